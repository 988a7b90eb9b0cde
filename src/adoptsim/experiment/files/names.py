"""The names that a file may use, and the nearest right one to a name that it may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.roster import KINDS

if TYPE_CHECKING:
    from adoptsim.inputs.applications import Application
    from adoptsim.inputs.levers import Lever
    from adoptsim.inputs.usertable import UserTable

__all__ = ["TABLES", "Known", "known_names", "nearest_country"]

TABLES = ("countries", *KINDS)


@dataclass(frozen=True)
class Known:
    """Every name that can be written into a file, for a given set of tables."""

    levers: tuple[str, ...]
    shocks: tuple[str, ...]
    regions: tuple[str, ...]
    countries: Mapping[str, str]  # code -> name
    applications: tuple[str, ...]
    parameters: Mapping[str, tuple[float, float, str]]  # low, high, unit
    own_countries: bool = False  # the codes come from a user's table

    def with_countries(self, table: UserTable) -> Known:
        """The names that hold with a user's table of countries."""
        names = dict(zip(table.unit, table.name, strict=True))
        regions = tuple(dict.fromkeys((*self.regions, *table.region)))
        return replace(self, countries=names, regions=regions, own_countries=True)

    def with_levers(self, levers: Iterable[Lever]) -> Known:
        """The names that hold with a user's levers beside the packaged ones."""
        own = {p.name: (p.low, p.high, p.unit) for lever in levers for p in lever.parameters.values()}
        return replace(self, parameters={**self.parameters, **own})

    def with_applications(self, applications: Sequence[Application]) -> Known:
        """The names that hold with a user's applications beside the packaged ones."""
        traits = {t.name: (t.low, t.high, t.unit) for a in applications for t in a.traits.values()}
        ids = tuple(dict.fromkeys((*self.applications, *(a.id for a in applications))))
        return replace(self, applications=ids, parameters={**self.parameters, **traits})


@lru_cache(maxsize=1)
def known_names() -> Known:
    """The packaged names."""
    from adoptsim.inputs.applications import load_applications
    from adoptsim.inputs.countries import load_countries
    from adoptsim.inputs.names import REGIONS
    from adoptsim.inputs.parameters import load_registry
    from adoptsim.model.levers import LEVERS
    from adoptsim.model.shocks import SHOCKS

    countries = load_countries()
    names = dict(zip(countries.iso3, countries.name, strict=True))
    parameters = {p.name: (p.low, p.high, p.unit) for p in load_registry().values()}
    return Known(tuple(LEVERS), tuple(SHOCKS), REGIONS, names, (), parameters).with_applications(load_applications())


def nearest_country(text: str, countries: Mapping[str, str]) -> str:
    """The code meant by a name, the beginning of a code (as in two-letter codes) or a misspelt code."""
    if len(text) > 100:
        return ""
    by_name = {name.casefold(): code for code, name in countries.items()}
    if text.casefold() in by_name:
        return by_name[text.casefold()]
    if len(text) > 3:
        inside = [name for name in by_name if text.casefold() in name]
        return by_name.get(inside[0] if len(inside) == 1 else nearest_name(text, by_name), "")
    begins = [code for code in countries if len(text) >= 2 and code.startswith(text[:2].upper())]
    return nearest_name(text, begins or countries)
