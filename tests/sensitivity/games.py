"""Synthetic games: a table of outcomes as a ranking's design would give it, from any function of the budgets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.ranking import RankingQuestion, ranking_design

Array = NDArray[np.float64]
GAP, POOR = "useful_access.gap.mean", "useful_access.p40.mean"
Value = Callable[[Array, NDArray[np.int64]], Array]


def played(question: RankingQuestion, value: Value, poor: Value | None = None) -> pd.DataFrame:
    """Outcomes of a design where the gap is ``value(used (rows, n), world (rows,))``, ``used`` the share of the money.

    The poor gain what the gap falls by, unless said. Levers cost what they are given.
    """
    design = ranking_design(question)
    budgets = pd.DataFrame({lever: design.factors[lever + BUDGET] for lever in question.levers})
    used = np.minimum(budgets.to_numpy() / question.money, 3.0)
    gap = value(used, design.replicates)
    return budgets.add_suffix(BUDGET).assign(
        scenario="baseline",
        world=np.arange(len(design)),
        replicate=design.replicates,
        status="done",
        error="",
        **{GAP: gap, POOR: -gap if poor is None else poor(used, design.replicates)},
        **{"cost.lever.mean": budgets.sum(axis=1), "lever.unabsorbed.mean": 0.0},
    )
