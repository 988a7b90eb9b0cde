"""Variance shares: what part of the variance of the levers' joint effect the money of each lever causes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adoptsim.experiment.design import Design
from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.designs import SensitivityDesign, design
from adoptsim.sensitivity.indices import Indices, analyse
from adoptsim.sensitivity.problem import Factor
from adoptsim.sensitivity.ranking.design import ranking_design
from adoptsim.sensitivity.ranking.question import RankingQuestion

__all__ = ["variance_design", "variance_shares", "with_variance"]

SCRAMBLES = 4  # independent samples, from whose spread intervals come
NO_DIFFERENCE = 1e-12  # budgets that are the same number, however they were read


def variance_design(question: RankingQuestion) -> SensitivityDesign:
    """Sobol' design of ``question.variance`` points: each budget uniform from 0 to ``money``; the world as one factor.

    The world (draws of all parameters, and luck) is one of the ranking's, chosen by a factor like any other, so that
    the total-order index of a lever is its share under all uncertainty, alone and with whatever it acts together.
    """
    budgets = [Factor(lever + BUDGET, 0.0, question.money) for lever in question.levers]
    return design(budgets, "sobol", question.variance, question.seed, scrambles=SCRAMBLES, replicates=question.worlds)


def with_variance(rows: Design, question: RankingQuestion) -> Design:
    """The rows of a ranking, and behind them those of its variance shares, filled up to whole blocks."""
    if not question.variance:
        return rows
    added = variance_design(question).design
    short = -len(added) % rows.block
    factors = {n: np.concatenate([rows.factors[n], added.factors[n], np.zeros(short)]) for n in rows.factors}
    filling = np.zeros(short, dtype=np.int64)
    return Design(factors, np.concatenate([rows.replicates, added.replicates, filling]), rows.block)


def variance_shares(outcomes: pd.DataFrame, question: RankingQuestion, outcome: str) -> Indices | None:
    """Sobol' indices of the budgets, and of the world, for the change of an outcome against the world without money.

    None where the question asks for none. ``outcomes`` are the rows of the run, by world. ValueError where they are not
    those of the question.
    """
    if not question.variance:
        return None
    asked, rows = variance_design(question), outcomes.sort_values("world")
    first = len(ranking_design(question))
    here = rows.iloc[first : first + len(asked)]
    alike = (np.allclose(here[n], v, rtol=NO_DIFFERENCE) for n, v in asked.design.factors.items())
    if len(here) != len(asked) or not all(alike):
        raise ValueError("rows of the variance shares are missing; is this another question's table?")
    budgets = rows[[lever + BUDGET for lever in question.levers]]
    done = rows[outcome].where(rows["status"] == "done")
    bare = done[(budgets == 0.0).all(axis=1)].groupby(rows["replicate"]).first()
    y = done.loc[here.index] - here["replicate"].map(bare)
    return analyse(asked, pd.Series(y.to_numpy(dtype=np.float64), index=np.arange(len(asked))))
