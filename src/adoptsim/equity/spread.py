"""How far units lie from the mean, the best or a reference, whatever their order."""

import numpy as np

from adoptsim.equity.arrays import Array, over, weigh
from adoptsim.equity.pairwise import REVIEW
from adoptsim.equity.registry import measured
from adoptsim.equity.units import Units

NO_MEAN = "NaN when the mean is 0"


@measured(
    "Between-group variance", "sum p (y - mu)^2", REVIEW, who="BGV", unit="square of the estimate's", span="0 and above"
)
def variance(units: Units) -> Array:
    """Between-group variance."""
    return _variance(units)


@measured("Between-group standard deviation", "sqrt(BGV)", REVIEW, who="BGSD", span="0 and above")
def standard_deviation(units: Units) -> Array:
    """Between-group standard deviation."""
    return np.sqrt(_variance(units))


@measured(
    "Coefficient of variation",
    "100 BGSD / mu",
    REVIEW,
    who="COV",
    unit="per cent",
    span="0 and above",
    domain="not negative",
    absolute=False,
    undefined=NO_MEAN,
)
def coefficient_of_variation(units: Units) -> Array:
    """Coefficient of variation, in per cent."""
    return 100 * over(np.sqrt(_variance(units)), units.mean)


@measured("Mean difference from mean, units equal", "mean |y - mu|", REVIEW, who="MDMU", span="0 and above")
def mean_gap(units: Units) -> Array:
    """Mean distance of units from the people-weighted mean, every unit counting alike."""
    return _distance(units, units.mean, weighted=False)


@measured("Mean difference from mean", "sum p |y - mu|", REVIEW, who="MDMW", span="0 and above")
def mean_gap_weighted(units: Units) -> Array:
    """Mean distance of people's units from the mean."""
    return _distance(units, units.mean, weighted=True)


@measured("Mean difference from best, units equal", "mean |y - y_best|", REVIEW, who="MDBU", span="0 and above")
def best_gap(units: Units) -> Array:
    """Mean distance of units from the best-performing one, every unit counting alike."""
    return _distance(units, units.best, weighted=False)


@measured("Mean difference from best", "sum p |y - y_best|", REVIEW, who="MDBW", span="0 and above")
def best_gap_weighted(units: Units) -> Array:
    """Mean distance of people's units from the best-performing one."""
    return _distance(units, units.best, weighted=True)


@measured(
    "Mean difference from reference, units equal",
    "mean |y - y_ref|",
    REVIEW,
    who="MDRU",
    span="0 and above",
    referred=True,
)
def reference_gap(units: Units) -> Array:
    """Mean distance of units from the reference unit, every unit counting alike."""
    return _distance(units, units.referred, weighted=False)


@measured("Mean difference from reference", "sum p |y - y_ref|", REVIEW, who="MDRW", span="0 and above", referred=True)
def reference_gap_weighted(units: Units) -> Array:
    """Mean distance of people's units from the reference unit."""
    return _distance(units, units.referred, weighted=True)


@measured(
    "Index of disparity, units equal",
    "100 MDMU / mu",
    REVIEW,
    who="IDISU",
    unit="per cent",
    span="0 and above",
    domain="not negative",
    absolute=False,
    undefined=NO_MEAN,
)
def disparity(units: Units) -> Array:
    """Mean distance of units from the mean, in per cent of the mean, every unit counting alike."""
    return 100 * over(_distance(units, units.mean, weighted=False), units.mean)


@measured(
    "Index of disparity",
    "100 MDMW / mu",
    REVIEW,
    who="IDISW",
    unit="per cent",
    span="0 to 200",
    domain="not negative",
    absolute=False,
    undefined=NO_MEAN,
)
def disparity_weighted(units: Units) -> Array:
    """Mean distance of people's units from the mean, in per cent of the mean."""
    return 100 * over(_distance(units, units.mean, weighted=True), units.mean)


def _variance(units: Units) -> Array:
    """sum p (y - mu)^2, (rows,)."""
    return weigh((units.estimate - units.mean[:, None]) ** 2, units.share)


def _distance(units: Units, point: Array, weighted: bool) -> Array:
    """Mean of |y - point| over people or over units, (rows,)."""
    return units.average(np.abs(units.estimate - point[:, None]), weighted)
