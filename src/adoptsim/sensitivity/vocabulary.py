"""Parameters in plain words: the group each belongs to, what it is, and its values with units."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from adoptsim.inputs.applications import OPTIONAL_TRAITS, RATES, TRAITS, packaged_applications
from adoptsim.inputs.parameters import Parameter, load_registry
from adoptsim.model.factors import is_strength

__all__ = ["group_of", "groups_of", "unit_of", "value_words", "words_of"]

GROUPS = {  # first part of a name -> group
    "price": "prices",
    "cost": "costs of levers",
    "lever": "effects of levers",
    "dist": "distribution",
    "pool": "pooled buying",
    "fund": "donors",
    "money": "domestic money",
    "private": "private supply",
    "work": "workforce",
    "data": "data and ancestry",
    "deliver": "delivery",
    "diff": "adoption",
    "hta": "adoption",
    "who": "who is reached",
    "equip": "equipment",
    "hub": "regional hubs",
    "care": "tests and health",
    "proj": "economy and institutions",
    "system": "economy and institutions",
}
OF_PRICE = ("price", "consumable_share", "price_decline", "price_floor", "half_volume", "platform_hours")
OF_APPLICATIONS = {
    **dict.fromkeys((*TRAITS, *OPTIONAL_TRAITS, *RATES), "tests and health"),
    **dict.fromkeys(OF_PRICE, "prices"),
}
STRENGTHS, OTHER = "strengths of levers", "other"


def group_of(name: str) -> str:
    """The group of a parameter, of an application's trait, or of a factor that sets a lever; ``other`` if unknown."""
    if is_strength(name):
        return STRENGTHS
    first, _, rest = name.partition(".")
    return GROUPS.get(first) or OF_APPLICATIONS.get(rest, OTHER)


def groups_of(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Names by their group, groups and names in order of appearance."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(group_of(name), []).append(name)
    return {group: tuple(members) for group, members in found.items()}


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    with resources.files("adoptsim.sensitivity").joinpath("words.csv").open(encoding="utf-8") as lines:
        return {row["name"]: row["words"] for row in csv.DictReader(lines)}


def words_of(name: str) -> str:
    """What a parameter is, as a noun phrase; the name itself where nobody has found words for it."""
    first, _, rest = name.partition(".")
    if name in _words():
        return _words()[name]
    if first in GROUPS or f"app.{rest}" not in _words():
        return name
    return f"{_words()[f'app.{rest}']} ({first.replace('_', ' ')})"


def _parameter(name: str) -> Parameter | None:
    first, _, rest = name.partition(".")
    application = packaged_applications().get(first)
    return load_registry().get(name) or (application.traits.get(rest) if application else None)


def unit_of(name: str) -> str:
    """The registry's unit of a parameter, empty where it is not known."""
    found = _parameter(name)
    return found.unit if found else ""


def value_words(name: str, value: float) -> str:
    """A value with its unit: ``31 % of the mark-up``, ``US$ 150,000 a year``, ``4.5 months``, ``1.7``."""
    unit = unit_of(name)
    if unit.startswith("share"):
        return f"{100.0 * value:.3g} %{unit.removeprefix('share')}"
    number = f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
    if unit.startswith("US$"):
        return f"US$ {number}{unit.removeprefix('US$')}"
    bare = (
        unit in ("", "ratio", "fold", "shape", "elasticity", "log")
        or " ratio" in unit
        or unit.startswith(("log ", "per "))
    )
    return number if bare else f"{number} {unit}"
