"""The subject: which country an explanation is about, found by code or name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.countries import Countries, load_countries
from adoptsim.inputs.country_names import NEAR, nearest_country
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.own_tables import read_own_tables
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import cast_for

__all__ = ["Subject", "UnknownNameError", "find"]

SHORTEST = 4  # letters of a name that may stand for the whole


class UnknownNameError(ValueError):
    """A country or application that is not there; the message names the nearest that is."""


@dataclass(frozen=True)
class Subject:
    """One country of a scenario, and what of it is told.

    ``row`` is its place among the units; ``applications`` are id and title of all in the run, ``shown`` the places of
    those that are told of one by one. ``in_region`` and ``in_income`` count the units of its groups, itself included.
    """

    row: int
    iso3: str
    name: str
    region: str
    income: str
    in_region: int
    in_income: int
    applications: tuple[tuple[str, str], ...]
    once: tuple[bool, ...]  # once in life; else for every birth, patient or episode
    shown: tuple[int, ...]
    imputed: tuple[str, ...]  # values of it that no publisher measured
    makers: tuple[str, ...]


def find(country: str, scenario: Scenario, application: str | None = None) -> Subject:
    """The unit of a scenario with this code or name. UnknownNameError where there is none, or more than one."""
    units = load_countries(scenario.countries, scenario.start_year)
    known = load_applications(scenario.applications)
    row, ids = _row(country, units), [a.id for a in known]
    if application is not None and application not in ids:
        near = [nearest_name(application, ids)]
        raise UnknownNameError(f"no application {application!r} in this scenario{_hint(near, ids)}")
    return Subject(
        row,
        units.iso3[row],
        units.name[row],
        units.region[row],
        units.income[row],
        units.region.count(units.region[row]),
        units.income.count(units.income[row]),
        tuple((a.id, a.title) for a in known),
        tuple(bool(a.once) for a in known),
        tuple(i for i, name in enumerate(ids) if application in (None, name)),
        tuple(name for name, flags in sorted(units.imputed.items()) if bool(np.asarray(flags[row]).any())),
        tuple(cast_for(units, read_own_tables(scenario.generated, units, known)).makers.name),
    )


def _row(country: str, units: Countries) -> int:
    wanted = _plain(country)
    for labels in (units.iso3, units.name):
        same = [row for row, label in enumerate(labels) if _plain(label) == wanted]
        if same:
            return same[0]
    within = [row for row, name in enumerate(units.name) if len(wanted) >= SHORTEST and wanted in _plain(name)]
    if len(within) == 1:
        return within[0]
    if within:
        several = ", ".join(f"{units.iso3[row]} {units.name[row]}" for row in within[:8])
        raise UnknownNameError(f"{country!r} may be one of several: {several}")
    raise UnknownNameError(f"no country {country!r} in this scenario{_hint(_near(country, units), units.name)}")


def _near(country: str, units: Countries) -> list[str]:
    """The name of the unit that is meant by what people call it; of two that are as near, both."""
    names = dict(zip(units.iso3, units.name, strict=True))
    meant = nearest_country(country, names)
    if meant:
        return [names[meant]]
    plain = {_plain(name): name for name in units.name}
    return [plain[near] for near in get_close_matches(_plain(country), plain, n=2, cutoff=NEAR)]


def _hint(nearest: list[str], known: Sequence[str]) -> str:
    if any(nearest):
        return f"; did you mean {' or '.join(map(repr, nearest))}?"
    return f"; there are {', '.join(known[:5])}, ..."


def _plain(name: str) -> str:
    """A name without case and accents."""
    apart = unicodedata.normalize("NFKD", name.strip())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
