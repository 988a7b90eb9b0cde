"""Every rule once more, in plain scalar arithmetic on one agent: what the arrays are compared with.

An oracle has the name of its rule. It takes the plain numbers of one row and, where the rule has those axes, an
application ``a`` and a group ``g``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adoptsim.inputs.names import GROUPS
from adoptsim.model.columns import columns_of
from adoptsim.model.model import AdoptionModel

ORACLES: dict[tuple[str, str], Callable[..., float]] = {}
SIZES: dict[tuple[str, str], int] = {}


def oracle(kind: str, group: str = "", rule: str = "") -> Callable[[Callable[..., float]], Callable[..., float]]:
    """Register the oracle of the rule of its name (or of ``rule``); ``group`` is the group set of the result."""

    def register(function: Callable[..., float]) -> Callable[..., float]:
        ORACLES[kind, rule or function.__name__] = function
        SIZES[kind, rule or function.__name__] = GROUPS[group] if group else 1
        return function

    return register


class Plain:
    """The numbers of one row in one world: ``c.gdp_pc``, ``c.stage[a]``, ``c.staff[g]``, ``c.fifth_cap[a][g]``."""

    def __init__(self, model: AdoptionModel, kind: type, world: int, row: int) -> None:
        self.model, self.world, self.row = model, world, row
        self.rows = model.populations[kind]
        self.declared = columns_of(kind)

    def __getattr__(self, name: str) -> Any:
        if name not in self.declared:
            raise AttributeError(name)
        column, axes = self.rows.columns[name], self.declared[name].axes
        one = column[min(self.world, column.shape[0] - 1), :, :, min(self.row, column.shape[3] - 1)]
        if "application" not in axes:
            one = one[0]
        if not [axis for axis in axes if axis != "application"]:
            one = one[..., 0]
        return one.tolist()

    def p(self, name: str, a: int = 0, g: int = 0) -> float:
        """A parameter of the registry, by application or group where it is stacked."""
        value = self.model.par.values[name]
        return float(value[min(self.world, len(value) - 1), min(a, value.shape[1] - 1), min(g, value.shape[2] - 1), 0])

    def trait(self, name: str, a: int) -> float:
        """A trait of an application, as drawn."""
        drawn = self.model.drawn[f"{self.model.applications[a].id}.{name}"]
        return float(drawn[min(self.world, len(drawn) - 1)])

    def app(self, a: int) -> Any:
        """What the YAML file of an application says."""
        return self.model.applications[a]

    @property
    def apps(self) -> range:
        """Positions of all applications."""
        return range(len(self.model.applications))


def expected(model: AdoptionModel, kind: type, rule: str, world: int, row: int) -> np.ndarray:
    """What the oracle of a rule says for one row, (applications or 1, groups or 1)."""
    function, size = ORACLES[kind.__name__, rule], SIZES[kind.__name__, rule]
    c = Plain(model, kind, world, row)
    names = set(inspect.signature(function).parameters)
    applications = c.apps if "a" in names else range(1)
    groups = range(size if "g" in names else 1)

    def value(a: int, g: int) -> float:
        return float(function(c, **{k: v for k, v in (("a", a), ("g", g)) if k in names}))

    return np.array([[value(a, g) for g in groups] for a in applications])
