"""The names that a file may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from adoptsim.inputs.roster import KINDS

if TYPE_CHECKING:
    from adoptsim.inputs.applications import Application
    from adoptsim.inputs.levers import Lever
    from adoptsim.inputs.parameters import Parameter

__all__ = ["TABLES", "Known", "known_names"]

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
    own_countries: str = ""  # the user's table from which the codes come
    sure_of_countries: bool = True  # False where the user's table cannot be read: no code is refused
    sure_of_applications: bool = True  # False where a file of the user's cannot be read
    sure_of_levers: bool = True  # the same of levers
    ranked: Mapping[str, Lever] = field(default_factory=dict)  # the user's own that a ranking lists, by file

    def with_parameters(self, parameters: Iterable[Parameter]) -> Known:
        """The names that hold with a user's parameters beside the packaged ones."""
        own = {p.name: (p.low, p.high, p.unit) for p in parameters}
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
