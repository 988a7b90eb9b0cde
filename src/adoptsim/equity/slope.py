"""A line fitted through everybody, read at its two ends: slope and relative index of inequality."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from adoptsim.equity.arrays import Array, largest, over, smallest, total, weigh
from adoptsim.equity.registry import measured
from adoptsim.equity.units import Units

SOURCE = "Mackenbach and Kunst (1997), Soc Sci Med 44:757-771, doi:10.1016/S0277-9536(96)00073-1"
STEPS = 200
HALVINGS = 40
STEADY = 1e-8
"""The fit is settled by a full Newton step this small beside the coefficients: the next would be its square."""

SLACK = 1e-12
"""How much of the likelihood a step may lose to rounding."""

ROUNDING = 16 * np.finfo(np.float64).eps
"""What the sums of a fit may lose to rounding, as a share of its level."""

Ends = tuple[Array, Array]


@measured(
    "Slope index of inequality",
    "v_1 - v_0, v_X the fitted value at fractional rank X; linear: ACI / (2 sum p (X - 1/2)^2)",
    SOURCE,
    who="SII",
    span="logit: -scale to scale; linear: -2 scale to 2 scale",
    sign="rank",
    ranked=True,
    fitted=True,
    undefined="logit: NaN if the fit does not settle",
)
def slope_index(units: Units) -> Array:
    """Slope index of inequality: fitted difference between the very top and the very bottom of the line.

    The linear form is the people-weighted regression on X in closed form. It can exceed the scale: for bounded
    indicators use the logit form. One place only: 0.
    """
    bottom, top = _ends(units)
    return top - bottom


@measured(
    "Relative index of inequality",
    "v_1 / v_0, v_X the fitted value at fractional rank X; linear: (mu + SII/2) / (mu - SII/2)",
    SOURCE,
    who="RII",
    unit="none",
    span="0 and above",
    even=1.0,
    sign="rank",
    domain="not negative",
    absolute=False,
    ranked=True,
    fitted=True,
    undefined="NaN when a fitted end is negative or the bottom one is 0",
)
def relative_index(units: Units) -> Array:
    """Relative index of inequality: fitted ratio of the very top to the very bottom of the line."""
    bottom, top = _ends(units)
    return over(np.where(top >= 0, top, np.nan), bottom)


def _ends(units: Units) -> Ends:
    """Fitted values at X = 0 and X = 1, in the unit of the estimate, (rows,) each."""
    counted = _in_whole_people(units) if units.options.who_compat else units
    return _logit_ends(counted) if units.options.form == "logit" else _linear_ends(counted)


def _in_whole_people(units: Units) -> Units:
    """The units as the WHO tools count them: people rounded up."""
    return replace(units, population=np.ceil(units.population), given_line=None)


def _linear_ends(units: Units) -> Ends:
    centred = units.line.position - 0.5
    spread = weigh(centred**2, units.share)
    slope = np.where(spread > 0, weigh(units.estimate, units.share * centred) / np.where(spread > 0, spread, 1.0), 0.0)
    half = slope / 2
    return _but_for_rounding(units.mean, -half), _but_for_rounding(units.mean, half)


def _but_for_rounding(level: Array, change: Array) -> Array:
    """Their sum, 0 where nothing but rounding is left of it: a ratio to that would be a number without meaning."""
    whole = level + change
    return np.where(np.abs(whole) <= ROUNDING * np.abs(level), 0.0, whole)


def _logit_ends(units: Units) -> Ends:
    """Ends of the binomial logit fit. WHO mode: whole cases, and weights of people squared."""
    scale, share = units.options.scale, units.share
    estimate, centred = np.broadcast_arrays(units.estimate / scale, units.line.position - 0.5)
    if units.options.who_compat:
        people = units.population
        estimate = np.divide(np.round(estimate * people), people, out=np.zeros(estimate.shape), where=people > 0)
        share = share * share
    level, slope = _fit(estimate, share, centred)
    bottom, top = _inverse_logit(level - slope / 2), _inverse_logit(level + slope / 2)
    limits = _limits(estimate, np.broadcast_to(units.peopled, estimate.shape), centred, share)
    for flagged, low, high in limits:
        bottom, top = np.where(flagged, low, bottom), np.where(flagged, high, top)
    return scale * bottom, scale * top


def _limits(
    estimate: Array, peopled: NDArray[np.bool_], centred: Array, share: Array
) -> list[tuple[NDArray[np.bool_], Array, Array]]:
    """Rows whose fit lies at infinity or is not identified, with the ends it tends to.

    Perfect separation: everybody below some place has 0 and everybody above it all. Then the ends tend to 0 and scale.
    """
    some, short = peopled & (estimate > 0), peopled & (estimate < 1)
    last_short, first_some = largest(centred, short), smallest(centred, some)
    last_some, first_short = largest(centred, some), smallest(centred, short)
    mean = weigh(estimate, share) / total(share)
    one_place = largest(centred, peopled) == smallest(centred, peopled)
    flat = one_place | ~some.any(axis=-1) | ~short.any(axis=-1)
    zero, one = np.zeros_like(mean), np.ones_like(mean)
    return [
        (last_short <= first_some, zero, one),
        (last_some <= first_short, one, zero),
        (flat, mean, mean),
    ]


def _fit(estimate: Array, weight: Array, centred: Array) -> Ends:
    """Level and slope of the weighted binomial logit fit by damped Newton steps; NaN where it does not settle."""
    mean = np.clip(weigh(estimate, weight) / total(weight), 1e-300, 1 - 1e-16)
    level, slope = np.log(mean) - np.log1p(-mean), np.zeros_like(mean)
    best = _likelihood(level, slope, estimate, weight, centred)
    settled = np.zeros(mean.shape, dtype=np.bool_)
    for _ in range(STEPS):
        steps = _newton_step(level, slope, estimate, weight, centred)
        by_level, by_slope = (np.where(settled, 0.0, step) for step in steps)
        settled |= np.abs(by_level) + np.abs(by_slope) <= STEADY * (1 + np.abs(level) + np.abs(slope))
        for _ in range(HALVINGS):
            trial = _likelihood(level + by_level, slope + by_slope, estimate, weight, centred)
            worse = ~(trial >= best - SLACK * (1 + np.abs(best)))
            if not worse.any():
                break
            by_level, by_slope = np.where(worse, by_level / 2, by_level), np.where(worse, by_slope / 2, by_slope)
        level, slope, best = level + by_level, slope + by_slope, trial
        if settled.all():
            break
    return np.where(settled, level, np.nan), np.where(settled, slope, np.nan)


def _newton_step(level: Array, slope: Array, estimate: Array, weight: Array, centred: Array) -> Ends:
    fitted = _inverse_logit(level[:, None] + slope[:, None] * centred)
    miss, curve = weight * (estimate - fitted), weight * fitted * (1 - fitted)
    g0, g1 = total(miss), weigh(miss, centred)
    h00, h01, h11 = total(curve), weigh(curve, centred), weigh(curve, centred**2)
    determinant = np.maximum(h00 * h11 - h01 * h01, np.finfo(np.float64).tiny)
    return (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant


def _likelihood(level: Array, slope: Array, estimate: Array, weight: Array, centred: Array) -> Array:
    score = level[:, None] + slope[:, None] * centred
    return weigh(estimate * score - np.logaddexp(0.0, score), weight)


def _inverse_logit(score: Array) -> Array:
    return 1 / (1 + np.exp(-score))
