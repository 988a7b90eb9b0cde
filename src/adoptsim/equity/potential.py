"""What could be gained if everybody had what the reference group has."""

import numpy as np

from adoptsim.equity.arrays import Array, over
from adoptsim.equity.pairwise import REVIEW
from adoptsim.equity.registry import measured
from adoptsim.equity.units import Units


@measured(
    "Population attributable risk",
    "y_ref - mu, or 0 if that is no improvement",
    REVIEW,
    who="PAR",
    span="0 and above (adverse: 0 and below)",
)
def attributable_risk(units: Units) -> Array:
    """Rise in the mean if all did as well as the reference group.

    The reference is the most advantaged with a rank, else the reference unit, else the best-performing unit.
    """
    return _gain(units)


@measured(
    "Population attributable fraction",
    "100 PAR / mu",
    REVIEW,
    who="PAF",
    unit="per cent",
    span="0 and above (adverse: -100 to 0)",
    domain="not negative",
    absolute=False,
    undefined="NaN when the mean is 0",
)
def attributable_fraction(units: Units) -> Array:
    """Rise in the mean, in per cent, if all did as well as the reference group (as in `attributable_risk`)."""
    return 100 * over(_gain(units), units.mean)


def _gain(units: Units) -> Array:
    """Reference minus mean, cut at 0 from the wrong side, (rows,)."""
    if units.rank is not None:
        aim = units.top(units.rank)
    else:
        aim = units.best if units.options.reference is None else units.referred
    return np.maximum(aim - units.mean, 0.0) if units.options.favourable else np.minimum(aim - units.mean, 0.0)
