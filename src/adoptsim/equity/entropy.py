"""Measures of information theory, which split exactly into parts between and within groups."""

import numpy as np

from adoptsim.equity.arrays import Array, weigh
from adoptsim.equity.registry import measured
from adoptsim.equity.units import Units

WHO_ZERO = 1e-6
"""What the WHO tools put in place of an estimate of 0, on any scale."""


@measured(
    "Theil index",
    "1000 sum p (y / mu) ln(y / mu)",
    "Theil (1967), Economics and Information Theory, North-Holland",
    who="TI",
    unit="thousandths",
    span="0 to 1000 ln(people / people of the smallest unit)",
    domain="not negative",
    absolute=False,
    undefined="NaN when the mean is 0",
)
def theil(units: Units) -> Array:
    """Theil index; a unit with 0 adds 0, its limit. In WHO mode an estimate of 0 becomes 1e-6."""
    relative = _relative(units)
    return 1000 * weigh(relative * np.log(np.where(relative > 0, relative, 1.0)), units.share)


@measured(
    "Mean log deviation",
    "1000 sum p ln(mu / y)",
    "Theil (1967), Economics and Information Theory, North-Holland",
    who="MLD",
    unit="thousandths",
    span="0 and above",
    domain="not negative",
    absolute=False,
    undefined="NaN when the mean is 0; infinite when some unit has 0",
)
def mean_log_deviation(units: Units) -> Array:
    """Mean log deviation; infinite as soon as people have 0. In WHO mode an estimate of 0 becomes 1e-6."""
    return 1000 * weigh(-np.log(np.where(units.peopled, _relative(units), 1.0)), units.share)


def _relative(units: Units) -> Array:
    """y / mu, (rows, units); NaN where the mean is 0."""
    if not units.options.who_compat:
        return units.estimate / units.mean[:, None]
    estimate = np.where(units.estimate == 0, WHO_ZERO, units.estimate)
    return estimate / weigh(estimate, units.share)[:, None]
