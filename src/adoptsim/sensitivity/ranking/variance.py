"""Variance shares: what part of an outcome's variance the money of each lever causes, beside parameters and luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adoptsim.experiment.design import Design
from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.designs import SensitivityDesign, design
from adoptsim.sensitivity.indices import Indices, analyse
from adoptsim.sensitivity.problem import Factor
from adoptsim.sensitivity.ranking.question import RankingQuestion

__all__ = ["FIRST_REPLICATE", "variance_design", "variance_shares", "with_variance"]

SCRAMBLES = 4  # independent samples, from whose spread intervals come
LUCK = 100_000  # worlds, parameters and luck together, among which one factor chooses
FIRST_REPLICATE = 1_000_000  # no ranking has so many worlds; rows of both are told apart by it


def variance_design(question: RankingQuestion) -> SensitivityDesign:
    """Sobol' design of ``question.variance`` points: each budget uniform from 0 to ``money``; the world as one factor.

    The replicate is a factor as any other (draws of all parameters, and luck), so that the total-order index of a lever
    is its share of the variance under all uncertainty, alone and with whatever it acts together.
    """
    budgets = [Factor(lever + BUDGET, 0.0, question.money) for lever in question.levers]
    return design(budgets, "sobol", question.variance, max(question.seed, 1), scrambles=SCRAMBLES, replicates=LUCK)


def with_variance(rows: Design, question: RankingQuestion) -> Design:
    """The rows of a ranking, and behind them those of its variance shares, filled up to whole blocks."""
    if not question.variance:
        return rows
    added = variance_design(question).design
    short = -len(added) % rows.block
    factors = {n: np.concatenate([rows.factors[n], added.factors[n], np.zeros(short)]) for n in rows.factors}
    filling = np.full(short, added.replicates[-1])
    replicates = np.concatenate([rows.replicates, FIRST_REPLICATE + added.replicates, FIRST_REPLICATE + filling])
    return Design(factors, replicates, rows.block)


def variance_shares(outcomes: pd.DataFrame, question: RankingQuestion, outcome: str) -> Indices | None:
    """Sobol' indices of the budgets and of the world, None where the question asks for none.

    ``outcomes`` are the rows of the run, by world. ValueError where they are not those of the question.
    """
    if not question.variance:
        return None
    asked = variance_design(question)
    rows = outcomes[outcomes["replicate"] >= FIRST_REPLICATE].sort_values("world").head(len(asked))
    same = len(rows) == len(asked) and all(np.array_equal(rows[n], v) for n, v in asked.design.factors.items())
    if not same:
        raise ValueError("rows of the variance shares are missing; is this another question's table?")
    y = rows[outcome].where(rows["status"] == "done")
    return analyse(asked, pd.Series(y.to_numpy(dtype=np.float64), index=np.arange(len(asked))))
