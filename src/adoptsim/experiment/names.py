"""The names that a file may use, and the nearest right one to a name that it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from adoptsim.inputs.errors import nearest_name

__all__ = ["Known", "known_names", "nearest_country"]

TABLES = ("countries", "distributors", "manufacturers", "funders", "programmes", "hubs")


@dataclass(frozen=True)
class Known:
    """Every name that can be written into a file, for a given set of tables."""

    levers: tuple[str, ...]
    countries: Mapping[str, str]  # code -> name
    applications: tuple[str, ...]
    parameters: Mapping[str, tuple[float, float, str]]  # low, high, unit
    own_countries: bool = False  # the codes come from a user's table


@lru_cache(maxsize=8)
def known_names() -> Known:
    """The packaged names."""
    return Known(_levers(), _countries(), _applications(), _parameters())


def _levers() -> tuple[str, ...]:
    try:
        from adoptsim.model.levers import LEVERS
    except ImportError:
        return ("data_sharing", "pooled_procurement", "workforce_training")
    return tuple(LEVERS)


def _countries() -> Mapping[str, str]:
    try:
        from adoptsim.inputs.countries import load_countries
    except ImportError:
        return {"FJI": "Fiji", "NGA": "Nigeria", "NIC": "Nicaragua", "NOR": "Norway", "THA": "Thailand"}
    countries = load_countries()
    return dict(zip(countries.iso3, countries.name, strict=True))


def _applications() -> tuple[str, ...]:
    return ("newborn_sickle", "hereditary_cancer")


def _parameters() -> Mapping[str, tuple[float, float, str]]:
    from adoptsim.inputs.parameters import load_registry

    try:
        return {p.name: (p.low, p.high, p.unit) for p in load_registry().values()}
    except FileNotFoundError:
        return {"pool.fee": (0.03, 0.1, "fraction")}


def nearest_country(text: str, countries: Mapping[str, str]) -> str:
    """The code meant by a name, the beginning of a code (as in two-letter codes) or a misspelt code."""
    by_name = {name.casefold(): code for code, name in countries.items()}
    if text.casefold() in by_name:
        return by_name[text.casefold()]
    begins = [code for code in countries if len(text) >= 2 and code.startswith(text.upper())]
    if len(begins) == 1:
        return begins[0]
    if len(text) > 3:
        return by_name.get(nearest_name(text, by_name), "")
    return nearest_name(text, countries)
