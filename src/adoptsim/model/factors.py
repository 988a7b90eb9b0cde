"""Factors: what a design sets in each world, instead of a draw or of what the scenario says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.parameters import Parameter
from adoptsim.model.columns import Array
from adoptsim.model.levers import Lever, strengths_of
from adoptsim.model.quantities import PLAIN, Extension
from adoptsim.model.scenario import Scenario

BUDGET = ".budget"
GENERATED = "gen."  # numbers that say who is on stage: the same in all worlds


@dataclass(frozen=True, eq=False)
class Factors:
    """Factor values by name, (world,) each, checked.

    ``parameters`` in the order of the registry; ``strengths`` of levers in the order given: the intensity under the
    lever's name, its yearly budget under ``LEVER.budget``.
    """

    parameters: Mapping[str, Array] = field(default_factory=dict)
    strengths: Mapping[str, Array] = field(default_factory=dict)

    def levers(self) -> set[str]:
        """Levers whose strength is a factor."""
        return {name.removesuffix(BUDGET) for name in self.strengths}


def is_strength(name: str) -> bool:
    """Whether a factor is the strength of a lever, packaged or a user's own: names of parameters have a dot."""
    return "." not in name.removesuffix(BUDGET)


def read_factors(
    factors: Mapping[str, ArrayLike] | None,
    known: Mapping[str, Parameter],
    scenario: Scenario,
    worlds: int,
    extension: Extension = PLAIN,
) -> Factors:
    """Check factors against what can be varied. ValueError at the first that cannot be used, with the reason."""
    values = {name: _values(name, given, worlds) for name, given in (factors or {}).items()}
    levers = strengths_of((scenario,), extension) if values else {}
    strengths = {name: x for name, x in values.items() if name.removesuffix(BUDGET) in levers}
    for name in values.keys() - strengths.keys():
        _check_parameter(name, known, levers, scenario)
    for name, x in strengths.items():
        _check_strength(name, x, strengths)
    return Factors({name: values[name] for name in known if name in values}, strengths)


def _values(name: str, given: ArrayLike, worlds: int) -> Array:
    x = np.array(given, dtype=float)
    if x.shape != (worlds,):
        raise ValueError(f"factor {name!r}: one value for each of {worlds} worlds is wanted, got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"factor {name!r}: every value must be a number")
    return x


def _check_parameter(
    name: str, known: Mapping[str, Parameter], levers: Mapping[str, Lever], scenario: Scenario
) -> None:
    if name not in known:
        hint = nearest_name(name, (*known, *levers, *(lever + BUDGET for lever in levers)))
        found = f"; did you mean {hint!r}?" if hint else ""
        raise ValueError(f"factor {name!r} is no parameter, no lever and no budget of one{found}")
    if name in scenario.parameters:
        raise ValueError(f"factor {name!r}: the scenario {scenario.name!r} fixes it under parameters")
    if name.startswith(GENERATED):
        raise ValueError(f"factor {name!r}: it says who is generated, which is the same in all worlds")


def _check_strength(name: str, x: Array, strengths: Mapping[str, Array]) -> None:
    if name + BUDGET in strengths:
        raise ValueError(f"factors {name!r} and {name + BUDGET!r}: the strength of a lever is one of them")
    highest = np.inf if name.endswith(BUDGET) else 1.0
    if x.min() < 0.0 or x.max() > highest:
        allowed = "US$ a year, 0 or more" if name.endswith(BUDGET) else "an intensity from 0 to 1"
        raise ValueError(f"factor {name!r}: {allowed} is wanted, got {x.min():g} to {x.max():g}")
