"""Which of two does better: a difference as a bounded outcome, which has Sobol' indices however long its tails are.

Where a few worlds hold most of the variance of a difference, its indices say what decides how large it is in them. What
decides the choice is another outcome: the indicator that one does better. Its Sobol' indices (Wei et al. 2012, Computer
Physics Communications 183:1728; Marrel and Chabridon 2021, Reliability Engineering & System Safety 214:107711, who call
it target sensitivity analysis) are those of a fixed function of the factors. Ranks within the sample are not, and hide
what acts with others (Saltelli and Sobol' 1995, Reliability Engineering & System Safety 50:225).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from adoptsim.equity.progress import TOLERANCE

__all__ = ["BETTER", "EQUAL", "WORSE", "shares_of", "which_better"]

WORSE, EQUAL, BETTER = 0.0, 0.5, 1.0


def which_better(difference: pd.Series, better: int = 1) -> pd.Series:
    """Whether the first of two does better, world by world: 1, 0 where the second does, a half where both do the same.

    Parameters
    ----------
    difference
        Outcome of the first less that of the second, by world; NaN where a world failed, and stays so. Up to 1e-9 is
        no difference.
    better
        1 where more is better, -1 where less is. Indices are the same either way, and whoever is called the first.
    """
    told = np.sign(difference) * (difference.abs() > TOLERANCE)
    found: pd.Series = EQUAL + (BETTER - EQUAL) * better * told
    return found


def shares_of(choice: pd.Series) -> tuple[float, float, float]:
    """Shares of worlds in which the first does better, the second does, and both do the same."""
    whole = choice.dropna()
    first, second, same = (float((whole == value).mean()) for value in (BETTER, WORSE, EQUAL))
    return first, second, same
