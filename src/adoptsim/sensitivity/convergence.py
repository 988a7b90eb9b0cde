"""Convergence: a Sobol' design is doubled until the leading factors keep their order and intervals are narrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from adoptsim.sensitivity.designs import SensitivityDesign
from adoptsim.sensitivity.indices import Indices, analyse

__all__ = ["Convergence", "Step", "until_stable"]

Evaluate = Callable[[SensitivityDesign, range], pd.Series]


@dataclass(frozen=True)
class Step:
    """One size of the design: its worlds, ST by factor, the largest first, and the widest interval."""

    size: int
    worlds: int
    values: dict[str, float]
    top: tuple[str, ...]
    widest: float | None


@dataclass(frozen=True, eq=False)
class Convergence:
    """How a design grew: the last one, what was found with it, the path, and why it ended.

    ``reason`` is ``stable``, ``budget`` (another doubling would exceed it) or ``no variance``.
    """

    design: SensitivityDesign
    y: pd.Series
    indices: Indices
    path: tuple[Step, ...]
    reason: str

    @property
    def stable(self) -> bool:
        """Whether the order held and intervals are narrow."""
        return self.reason == "stable"

    def as_config(self) -> dict[str, Any]:
        """Reason and path as a mapping that JSON can hold."""
        return {"reason": self.reason, "path": [{**asdict(step), "top": list(step.top)} for step in self.path]}


def until_stable(
    evaluate: Evaluate, start: SensitivityDesign, budget: int, top: int = 3, widest: float = 0.05
) -> Convergence:
    """Double a Sobol' design until the result is stable, or the budget is spent. No world is asked for twice.

    Parameters
    ----------
    evaluate
        Called with the design and with the numbers of its worlds that are new; returns their outcomes by world.
        ``design.part(worlds)`` are their rows.
    start
        A ``sobol`` design of two scrambles or more: without them intervals are far too wide.
    budget
        Worlds that may be run at most, in all.
    top
        How many leading factors must keep their order from one size to the next (by ST).
    widest
        The width from low to high below which every interval of ST must be.

    Raises
    ------
    ValueError
        If the first design cannot be extended, has one scramble or exceeds the budget, or too many worlds failed.
    """
    if start.method != "sobol" or start.scrambles < 2:
        raise ValueError(f"a sobol design of two scrambles or more is wanted, got {start.method}, {start.scrambles}")
    if len(start) > budget:
        raise ValueError(f"the first design has {len(start):,} worlds, more than the budget of {budget:,}")
    design, y, path = start, evaluate(start, range(len(start))), list[Step]()
    while True:
        indices = analyse(design, y)
        leading, width = indices.top(top), indices.widest()
        rows = indices.of().dropna(subset="value")
        values = dict(zip(rows["factor"], rows["value"].astype(float), strict=True))
        path.append(Step(design.size, len(design), values, leading, None if pd.isna(width) else width))
        held = len(path) > 1 and path[-2].top == leading
        reason = ""
        if not leading:
            reason = "no variance"
        elif held and width < widest:
            reason = "stable"
        elif 2 * len(design) > budget:
            reason = "budget"
        if reason:
            return Convergence(design, y, indices, tuple(path), reason)
        design = design.doubled()
        more = evaluate(design, range(len(y), len(design)))
        y = pd.concat([y, more])
