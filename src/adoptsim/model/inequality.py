"""Inequality: outcomes asked for by the name of a measure, of useful access over all country fifths.

Any measure of ``adoptsim.equity``, by our name or the WHO short name. Fifths are ranked by their mean income and
weighted by their people. Nothing is computed unless a scenario asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from adoptsim.equity import MEASURES, Measure

__all__ = ["MEASURED", "measured"]

PREFIX = "useful_access."
MEASURED: Mapping[str, Measure] = MappingProxyType(
    {PREFIX + name: entry for entry in MEASURES.values() for name in (entry.name, entry.who) if name}
)
"""Measures by the outcome that they give, without ``.mean`` or ``@year``."""

Array = NDArray[np.float64]


def measured(names: Iterable[str], access: Array, people: Array, income: Array) -> dict[str, Array]:
    """Measures of access over cells, by outcome: (world, cell) each -> (world,); NaN where undefined or infinite.

    Measures against a reference take the cell of highest income.
    """
    access = np.minimum(access, 1.0)  # rounding alone goes beyond: bounded measures take no more than all
    found = {}
    for name in names:
        entry = MEASURED[name]
        reference = access.shape[-1] - 1 if entry.referred else None
        estimate, weight, rank = _poorest_first(access, people, income) if entry.referred else (access, people, income)
        values = np.atleast_1d(entry.function(estimate, weight, rank, reference))
        found[name] = np.where(np.isfinite(values), values, np.nan)
    return found


def _poorest_first(access: Array, people: Array, income: Array) -> tuple[Array, Array, Array]:
    order = np.argsort(income, axis=-1, kind="stable")
    first, second, third = (np.take_along_axis(values, order, axis=-1) for values in (access, people, income))
    return first, second, third
