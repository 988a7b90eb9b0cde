"""Levers: what the WHO programme of work can do, as changes of named quantities.

The actor that owns a quantity declares it (``Quantity``); a lever names quantities and the registry parameter that
says how much it changes them at full strength. A scenario says how strongly, when and where. Zero intensity, or a
target that matches nobody, changes nothing bit for bit; the order of entries cannot matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import ANCESTRIES
from adoptsim.model.actors import ACTORS, RELATIONS
from adoptsim.model.columns import Array, Parameters, Quantity, Rows, columns_of
from adoptsim.model.couplings import everyone
from adoptsim.model.equations import QUARTERS
from adoptsim.model.scenario import LeverUse, Scenario

QUANTITIES: Mapping[str, tuple[type, Quantity]] = {
    name: (kind, column)
    for kind in (*ACTORS, *RELATIONS)
    for name, column in columns_of(kind).items()
    if isinstance(column, Quantity)
}


@dataclass(frozen=True)
class Lever:
    """One intervention.

    ``acts`` maps a quantity to the registry parameter of its change at intensity 1 (a cut of 19 % is -0.19). Cost a
    year at full strength is ``cost_country`` for each targeted country plus ``cost_million`` per million people in it.
    ``removes`` maps parameters to the values at which all that the lever acts on is gone: its attainable ceiling.
    """

    name: str
    title: str
    acts: Mapping[str, str]
    cost_country: str
    cost_million: str
    levels: tuple[str, str, str, str, str]
    ceiling: str
    removes: Mapping[str, float]


PLENTY = 1e5  # staff per physician or researcher at which nobody is short of staff

LEVERS: Mapping[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever(
            "data_sharing",
            "Principles for sharing genomic data",
            {"sharing_gain": "lever.data_principles_effect", "reanalysis": "data.reanalysis_reach"},
            "cost.data_sharing_country",
            "cost.data_sharing_million",
            (
                "Each laboratory keeps its own data.",
                "The WHO principles are endorsed and a contact point is named.",
                "Consent forms and an access committee exist; main laboratories deposit variants.",
                "All public laboratories deposit variants yearly and old uncertain results are looked at again.",
                "Deposit is routine and lawful across borders, and every uncertain result is re-examined.",
            ),
            "if no result were uncertain or missed because of ancestry",
            {
                "data.vus_european": 0.0,
                **{f"data.vus_gap.{name}": 0.0 for name in ANCESTRIES},
                **{f"data.missed.{name}": 0.0 for name in ANCESTRIES},
            },
        ),
        Lever(
            "pooled_procurement",
            "Pooled procurement of kits and reagents",
            {"pool_share": "pool.volume_share"},
            "cost.pooled_procurement_country",
            "cost.pooled_procurement_million",
            (
                "Every country buys alone.",
                "A regional list of products and prices; a quarter of what a member buys may go through the pool.",
                "A working regional pool with framework contracts for half of what a member buys.",
                "Yearly tenders with a secretariat and credit line; three quarters of volume.",
                "One pool for all reagents and service contracts that a member wants to buy through it.",
            ),
            "if every country bought all that is cheaper there through a pool",
            {"pool.volume_share": 1.0, "pool.joining_rate": 1.0, "pool.barrier": 0.0},
        ),
        Lever(
            "workforce_training",
            "Training of the genomics workforce",
            {
                "seat_expansion": "work.seat_expansion",
                "supervision": "work.supervision_gain",
                "task_sharing": "work.task_sharing_gain",
            },
            "cost.workforce_training_country",
            "cost.workforce_training_million",
            (
                "Programmes grow as they do today.",
                "Counselling enters nursing and medical curricula; a quarter of the added seats.",
                "Half of the added seats; visiting supervisors; nurses trained to counsel before simple tests.",
                "Three quarters of the added seats in all cadres, with supervisors paid to teach.",
                "Seats in all cadres as many as supervisors can hold, and task-sharing wherever it is safe.",
            ),
            "if no country were short of any staff",
            {
                "work.laboratory_per_physician": PLENTY,
                "work.genomics_share_researchers": PLENTY,
                "work.counsellors_2025": PLENTY * 1e6,
                "work.general_per_physician": PLENTY,
            },
        ),
    )
}


class LeverBoard:
    """The uses of levers of one scenario in a block of worlds: writes quantities, adds up cost.

    Strength of a use is (world, application, 1, country), in [0, 1]: intensity x ramp x target.
    """

    def __init__(
        self, scenario: Scenario, countries: Countries, applications: tuple[str, ...], par: Parameters
    ) -> None:
        self.scenario, self.par = scenario, par
        self.uses = sorted(scenario.levers, key=LeverUse.canonical)
        people = countries.values["population"] / 1e6
        self.masks = [_mask(use, countries, applications) for use in self.uses]
        self.full_cost: list[Array] = []  # US$ a year at intensity 1, (world, 1, 1, country)
        self.intensity: list[Array] = []  # (world, 1, 1, 1)
        self.unabsorbed = np.zeros((1, 1, 1, 1))  # US$ a year, (world, 1, 1, 1)
        for use, mask in zip(self.uses, self.masks, strict=True):
            lever = LEVERS[use.lever]
            cost = (par[lever.cost_country] + par[lever.cost_million] * people) * mask.max(axis=1, keepdims=True)
            self.full_cost.append(cost)
            self.intensity.append(self._intensity(use, everyone(cost)))
        self.written: tuple[float, ...] | None = None

    def _intensity(self, use: LeverUse, whole: Array) -> Array:
        if use.budget is None:
            return np.full((1, 1, 1, 1), float(use.intensity or 0.0))
        bought = np.divide(use.budget, whole, out=np.zeros(whole.shape), where=whole > 0)
        self.unabsorbed = self.unabsorbed + np.maximum(use.budget - whole, 0.0)
        return np.minimum(bought, 1.0)

    def ramp(self, use: LeverUse, quarter: int) -> float:
        """Share of the chosen strength in force in a quarter: 0 before the start and after the end."""
        year = self.scenario.start_year + (quarter + 1) / QUARTERS
        if use.end is not None and year > use.end:
            return 0.0
        return float(np.clip((year - use.start) / max(use.ramp, 1.0 / QUARTERS), 0.0, 1.0))

    def write(self, quarter: int, populations: Mapping[type, Rows], target: Mapping[Any, Any]) -> Array:
        """Write every quantity that a lever changes; US$ of programme cost in the quarter, (world, 1, 1, country)."""
        ramps = tuple(self.ramp(use, quarter) for use in self.uses)
        if ramps != self.written:
            for name in sorted({q for use in self.uses for q in LEVERS[use.lever].acts}):
                kind, quantity = QUANTITIES[name]
                setattr(populations[kind], name, self._combined(name, quantity, ramps, target.get(kind)))
            self.written = ramps
        cost = np.zeros((1, 1, 1, 1))
        for intensity, full, ramp in zip(self.intensity, self.full_cost, ramps, strict=True):
            cost = cost + intensity * ramp * full / QUARTERS
        return cost

    def _combined(self, name: str, quantity: Quantity, ramps: tuple[float, ...], rows: Any) -> Array:
        out: Array = np.full((1, 1, 1, 1), quantity.start)
        for use, mask, intensity, ramp in zip(self.uses, self.masks, self.intensity, ramps, strict=True):
            effect = LEVERS[use.lever].acts.get(name)
            if effect is None:
                continue
            strength = intensity * ramp * (mask if "application" in quantity.axes else mask.max(axis=1, keepdims=True))
            strength = strength if rows is None else strength[..., rows]
            change = self.par[effect] * strength
            out = out * (1.0 + change) if quantity.combine == "scale" else out + change
        return out


def _mask(use: LeverUse, countries: Countries, applications: tuple[str, ...]) -> Array:
    """1 where a use aims, (1, application, 1, country)."""

    def one(values: tuple[str, ...], chosen: tuple[str, ...]) -> Any:
        return np.isin(values, chosen) if chosen else np.ones(len(values), dtype=bool)

    who = one(countries.region, use.regions) & one(countries.income, use.incomes) & one(countries.iso3, use.countries)
    what = one(applications, use.applications)
    return np.asarray((what[:, None, None] & who)[None], dtype=float)
