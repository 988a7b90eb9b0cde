"""Outcomes of one WHO region or World Bank income group alone, ``OUTCOME.GROUP`` such as ``useful_access.gap.AFR``.

Access is measured every quarter and flows when a year ends, as for the world. A group is the countries that were in it
at the start; its poorest and richest people are ranked among themselves. Nothing is computed unless a scenario asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from adoptsim.equity import band_weights
from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.model.columns import Array
from adoptsim.model.couplings import everyone, world_total
from adoptsim.model.equations import sum_groups

__all__ = ["BY_GROUP", "GROUPED", "ByGroup", "OfGroup"]

BY_GROUP: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "useful_access": ("share", "need-weighted useful access, mean of people"),
        "useful_access.p40": ("share", "need-weighted useful access of the poorest 40 % of its people"),
        "useful_access.gap": ("share", "richest 20 % minus poorest 40 % of its people"),
        "people_reached": ("tests a year", "tests done, all channels"),
        "dalys_averted": ("DALYs a year", "disability-adjusted life years averted"),
        "net_health": ("DALYs a year", "DALYs averted less public and care cost over each country's threshold"),
        "cost.public": ("US$ a year", "public spending on genomic services, equipment, training and studies"),
    }
)
"""Unit and meaning of what can be asked of a group."""
ACCESS, POOR, GAP = "useful_access", "useful_access.p40", "useful_access.gap"


class OfGroup(NamedTuple):
    """What an outcome of a group is of: the outcome, and kind and name of the group as in yearly series."""

    outcome: str
    kind: str
    group: str


GROUPED: Mapping[str, OfGroup] = MappingProxyType(
    {
        f"{outcome}.{group}": OfGroup(outcome, kind, group)
        for outcome in BY_GROUP
        for kind, groups in (("region", REGIONS), ("income", INCOMES))
        for group in groups
    }
)
"""Outcomes of groups by name, without ``.mean`` or ``@year``."""


class ByGroup:
    """What a recorder keeps of the groups that are asked for.

    ``asked`` maps names to what they are of, ``empty`` names those of groups that nobody belongs to: they are missing.
    """

    def __init__(self, names: Iterable[str], countries: Countries) -> None:
        self.asked = {name: GROUPED[name] for name in names}
        group_of = {"region": np.array(countries.region), "income": np.array(countries.income)}
        self.rows = {of.group: np.flatnonzero(group_of[of.kind] == of.group) for of in self.asked.values()}
        self.empty = tuple(name for name, of in self.asked.items() if not len(self.rows[of.group]))
        self.averaged, self.ranked = self._groups(ACCESS), self._groups(POOR, GAP)
        self.people_share: dict[str, Array] = {}
        self.bands: dict[str, list[Array]] = {}
        self.reach: dict[str, list[Array]] = {}
        self.adds: dict[str, list[Array]] = {}

    def _groups(self, *outcomes: str) -> list[str]:
        """Groups of which one of some outcomes is asked for and to which somebody belongs."""
        found = (of.group for of in self.asked.values() if of.outcome in outcomes)
        return [group for group in dict.fromkeys(found) if len(self.rows[group])]

    def rank_people(self, people: Array, income: Array, ends: tuple[tuple[float, ...], ...]) -> None:
        """Count and rank the people of each group; of fifths, (world, 1, 5, row), with the ends of bands."""
        for group in self.averaged:
            here = np.take(people[:, :, :1], self.rows[group], axis=-1)  # of one fifth: all are alike in people
            self.people_share[group] = here / everyone(here)
        for group in self.ranked:
            cells = [np.take(values, self.rows[group], axis=-1) for values in (people, income)]
            flat = (values.reshape(len(values), -1) for values in cells)
            self.bands[group] = [band.reshape(cells[0].shape) for band in band_weights(*flat, *ends)]

    def split(self, fifths: Array, mean: Array) -> None:
        """What a unit of a country's coverage adds to each band; coverage of fifths and their mean, by row."""
        for group in self.ranked:
            here, of_row = (np.take(values, self.rows[group], axis=-1) for values in (fifths, mean))
            self.reach[group] = [sum_groups(here * band) / of_row for band in self.bands[group]]

    def weigh(self, valued: Array) -> None:
        """Value reach by what a test is worth, (world, application, 1, row)."""
        for group, reach in self.reach.items():
            self.adds[group] = [np.take(valued, self.rows[group], axis=-1) * of_band for of_band in reach]

    def access(self, covered: Array, access: Array) -> dict[str, Array]:
        """Access now: coverage (world, application, 1, row) and useful access (world, 1, 1, row)."""
        found: dict[str, Array] = dict.fromkeys(self.empty, np.full(1, np.nan))
        for group, adds in self.adds.items():
            here = np.take(covered, self.rows[group], axis=-1)
            poor, rich = (world_total(here * of_band) for of_band in adds)
            found |= {f"{POOR}.{group}": poor, f"{GAP}.{group}": rich - poor}
        for group, share in self.people_share.items():
            found[f"{ACCESS}.{group}"] = world_total(np.take(access, self.rows[group], axis=-1) * share)
        return {name: found[name] for name, of in self.asked.items() if of.outcome in (ACCESS, POOR, GAP)}

    def flows(self, values: Mapping[str, Array], yearly: float) -> dict[str, Array]:
        """Flows of a year out of those of rows, (world, 1, 1, row) each."""
        found = {}
        for name, of in self.asked.items():
            if of.outcome in values:
                here = np.take(values[of.outcome], self.rows[of.group], axis=-1)
                found[name] = np.full(1, np.nan) if name in self.empty else world_total(here) * yearly
        return found
