"""What each column of a stored answer means, and in which unit it is."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq

from adoptsim.compare.paired import COLUMNS as COMPARED
from adoptsim.experiment.opened import StoredResult
from adoptsim.inputs.applications import load_applications, parameter_meaning
from adoptsim.inputs.errors import InputError
from adoptsim.inputs.names import CONSTRAINTS
from adoptsim.model.factors import BUDGET, is_strength
from adoptsim.model.levers import LEVERS, parameters_of, strengths_of
from adoptsim.model.outcomes import UNITS, WHERE_LISTED
from adoptsim.model.world import all_parameters

__all__ = ["column_dictionary", "variable_meaning"]

KEYS = {
    "scenario": ("", "name of the scenario"),
    "world": ("", "number of the world; the same number is the same world in every scenario"),
    "replicate": ("", "whose luck the world shares: worlds of one number differ by what is set in them alone"),
    "status": ("", "done or failed"),
    "error": ("", "why a world failed"),
    "year": ("", "the state at the beginning of this year, flows of the year before it"),
    "group_kind": ("", "world, income group, WHO region, wealth fifth, or band of people by income"),
    "group": ("", "name of the group"),
    "outcome": ("", "name of the outcome"),
    "mean": ("that of the outcome", "mean over worlds"),
    "p05": ("that of the outcome", "5 % of worlds lie below"),
    "p50": ("that of the outcome", "half of worlds lie below"),
    "p95": ("that of the outcome", "95 % of worlds lie below"),
    "change": ("that of the outcome", "mean difference from the reference in the same worlds"),
    "change_p05": ("that of the outcome", "5 % of differences lie below"),
    "change_p95": ("that of the outcome", "95 % of differences lie below"),
    "narrows": ("share of worlds", "the gap falls and the poorest 40 % of people gain"),
    "widens": ("share of worlds", "the gap rises"),
    "worlds": ("worlds", "how many were finished in the scenario and in the reference"),
    "iso3": ("", "ISO 3166 code of the country"),
}
BY_COUNTRY = {
    "useful_access": ("share", "need-weighted useful access"),
    "people_reached": UNITS["people_reached"],
    "cost.public": UNITS["cost.public"],
    "counsellors_per_million": ("persons per million", "genetic counsellors at work"),
    "national_programmes": ("programmes", "national programmes, all applications"),
    "landed_ratio": ("ratio", "landed price of multi-source goods over the maker's price"),
    "coverage": ("share", "tests done over people who should be tested"),
}
CODES = ", ".join(f"{code} {name}" for code, name in enumerate(CONSTRAINTS))
BY_APPLICATION = {
    "stage": ("0, 1 or 2", "none, pilot or national programme for {}"),
    "binding": (
        "code",
        "what limited delivery of {} most: " + CODES,
    ),
}


def column_dictionary(result: StoredResult) -> pd.DataFrame:
    """Every column of every table: table, column, unit, meaning."""
    columns = {table: pq.read_schema(result.folder / f"{table}.parquet").names for table in result.tables}
    columns["comparison"] = list(COMPARED)
    rows = [(table, name, *_told(table, name, result)) for table, names in columns.items() for name in names]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])


def variable_meaning(name: str) -> tuple[str, str]:
    """Unit and meaning of a variable of ``Result.data``."""
    kind, _, of_country = name.partition(".")
    if kind in ("country", "country_year", "fifth"):
        return _of_country(of_country)
    return {**WHERE_LISTED, **UNITS, **BY_COUNTRY}[name]


def _told(table: str, column: str, result: StoredResult) -> tuple[str, str]:
    if column in KEYS:
        return KEYS[column]
    if table == "countries":
        return _of_country(column)
    name, _, year = column.partition("@")
    name, mean = name.removesuffix(".mean"), name.endswith(".mean")
    when = "mean over the run" if mean else f"at the beginning of {year}"
    known = {**WHERE_LISTED, **UNITS}
    if name in known:
        unit, meaning = known[name]
        return unit, f"{meaning}; {when}"
    return _of_parameter(column, result)


def _of_country(column: str) -> tuple[str, str]:
    kind, _, application = column.partition(".")
    if kind in BY_APPLICATION:
        unit, meaning = BY_APPLICATION[kind]
        return unit, meaning.format(application)
    return BY_COUNTRY.get(column, ("", ""))


def _of_parameter(column: str, result: StoredResult) -> tuple[str, str]:
    try:
        levers, known = strengths_of(result.scenarios), parameters_of(result.scenario)
    except InputError:  # the user's own files are no longer where they were
        levers, known = dict(LEVERS), all_parameters(load_applications())
    lever = column.removesuffix(BUDGET)
    if is_strength(column):
        title = levers[lever].title if lever in levers else lever
        return "US$ a year" if column.endswith(BUDGET) else "intensity, 0 to 1", f"factor: {title}"
    if column not in known:
        return "", "parameter"
    meaning = parameter_meaning(known[column])
    return known[column].unit, f"{meaning}{'; ' if meaning else ''}parameter ({known[column].quality})"
