"""Two ends compared: the simple measures."""

import numpy as np

from adoptsim.equity.arrays import Array, largest, over, smallest, weigh
from adoptsim.equity.registry import measured
from adoptsim.equity.units import Units

HEAT = "WHO, Health Equity Assessment Toolkit, Technical Notes 6.0 (2024)"
REVIEW = "Schlotheuber and Hosseinpoor (2022), Int J Environ Res Public Health 19:3697, doi:10.3390/ijerph19063697"
AT_QUANTILE = 1e-12
"""How close, in shares of people, counts as standing exactly on a percentile."""


@measured("Mean", "sum p y", REVIEW, span="that of the estimate", even=np.nan)
def mean(units: Units) -> Array:
    """People-weighted mean: not a measure of inequality, but to be read beside each of them."""
    return units.mean


@measured("Difference", "y_a - y_b (which units: see the documentation)", REVIEW, who="D", span="any", sign="gap")
def difference(units: Units) -> Array:
    """Difference between two units.

    With a rank: most minus least advantaged, reversed for an adverse indicator; ties are averaged. Without one: the
    reference minus the lowest (adverse: the highest minus the reference), or highest minus lowest.
    """
    first, second = _compared(units)
    return first - second


@measured(
    "Ratio",
    "y_a / y_b (which units: see the documentation)",
    REVIEW,
    who="R",
    unit="none",
    span="0 and above",
    even=1.0,
    sign="gap",
    domain="not negative",
    absolute=False,
    undefined="NaN when the estimate divided by is 0",
)
def ratio(units: Units) -> Array:
    """Ratio of two units, chosen as in `difference`."""
    return over(*_compared(units))


def _compared(units: Units) -> tuple[Array, Array]:
    """The two estimates that difference and ratio compare."""
    favourable = units.options.favourable
    if units.rank is not None:
        advantaged, disadvantaged = units.top(units.rank), units.top(-units.rank)
        return (advantaged, disadvantaged) if favourable else (disadvantaged, advantaged)
    if units.options.reference is not None:
        return (units.referred, units.lowest) if favourable else (units.highest, units.referred)
    return units.highest, units.lowest


@measured(
    "95th minus 5th percentile",
    "y at 95 % of people - y at 5 % of people, people ordered by y",
    HEAT,
    who="P95-P5",
    span="0 and above",
)
def percentile_difference(units: Units) -> Array:
    """What the person at the 95th percentile has, minus the person at the 5th: for more than about 100 units."""
    return _percentile(units, 0.95) - _percentile(units, 0.05)


@measured(
    "95th over 5th percentile",
    "y at 95 % of people / y at 5 % of people, people ordered by y",
    HEAT,
    who="P95/P5",
    unit="none",
    span="1 and above",
    even=1.0,
    domain="not negative",
    absolute=False,
    undefined="NaN when the 5th percentile is 0",
)
def percentile_ratio(units: Units) -> Array:
    """What the person at the 95th percentile has, over the person at the 5th."""
    return over(_percentile(units, 0.95), _percentile(units, 0.05))


def _percentile(units: Units, quantile: float) -> Array:
    """Estimate of the person at a quantile; on the line between two units, the average of both."""
    line = units.by_itself()
    before = largest(units.estimate, units.peopled & (line.below < quantile - AT_QUANTILE))
    after = smallest(units.estimate, units.peopled & (line.upto > quantile + AT_QUANTILE))
    return (before + after) / 2


@measured(
    "Top minus bottom ventile",
    "mean y of the top 5 % of people - mean y of the bottom 5 %, people ordered by y",
    HEAT,
    who="V20-V1",
    span="0 and above",
)
def ventile_difference(units: Units) -> Array:
    """Mean of the best-placed twentieth of people minus that of the worst-placed: for more than about 100 units."""
    return np.subtract(*_ventiles(units))


@measured(
    "Top over bottom ventile",
    "mean y of the top 5 % of people / mean y of the bottom 5 %, people ordered by y",
    HEAT,
    who="V20/V1",
    unit="none",
    span="1 and above",
    even=1.0,
    domain="not negative",
    absolute=False,
    undefined="NaN when the bottom ventile has 0",
)
def ventile_ratio(units: Units) -> Array:
    """Mean of the best-placed twentieth of people over that of the worst-placed."""
    return over(*_ventiles(units))


def _ventiles(units: Units) -> tuple[Array, Array]:
    """Mean estimate of the top and of the bottom 5 % of people, ordered by the estimate."""
    line = units.by_itself()
    return weigh(units.estimate, line.band(0.95, 1.0)), weigh(units.estimate, line.band(0.0, 0.05))
