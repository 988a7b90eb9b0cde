"""What a change is called, how much of a gap is closed, and how many years one group trails another.

A gap can also close because the better-off lose. So it *narrows* only if it falls while the access of the poor rises.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adoptsim.equity.arrays import Array, as_units, check, scalar_or_array

TOLERANCE = 1e-9
"""A change smaller than this counts as none."""


class Verdict(IntEnum):
    """What a change of the headline pair is called."""

    WIDENS = -1
    NO = 0
    NARROWS = 1

    @property
    def words(self) -> str:
        """The verdict as a report prints it."""
        return {-1: "widens the gap", 0: "does not narrow the gap", 1: "narrows the gap"}[self.value]


def verdict(change_gap: ArrayLike, change_poor: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.int8]:
    """Whether a change narrows the gap (1), widens it (-1), or does neither (0).

    1 if the gap falls and the access of the poor rises; -1 if the gap rises; 0 if the gap stays, or falls without the
    poor gaining (`levelled_down` tells which). Changes within the tolerance count as none.

    Args:
        change_gap: change of the gap against baseline in the same worlds, (...), in the unit of access.
        change_poor: change of the access of the poor, same shape or one that broadcasts.
        tolerance: largest change that counts as none, not negative.

    Returns:
        -1, 0 or 1 of shape (...); `Verdict(v).words` puts one in words.

    Raises:
        ValueError: a change that is not a finite number (named, with its first bad index), or shapes that do not fit.
    """
    gap, poor = _changes(change_gap, change_poor, tolerance)
    narrows = (gap < -tolerance) & (poor > tolerance)
    return (narrows.astype(np.int8) - (gap > tolerance).astype(np.int8))[()]


def levelled_down(change_gap: ArrayLike, change_poor: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.bool_]:
    """Whether the gap falls without the poor gaining: it closes at the expense of the better-off.

    Same arguments, shapes and errors as `verdict`; True where change_gap < -tolerance and change_poor <= tolerance.
    Source: Parfit (1997), "Equality and priority", Ratio 10:202-221, doi:10.1111/1467-9329.00041.
    """
    gap, poor = _changes(change_gap, change_poor, tolerance)
    result: NDArray[np.bool_] = ((gap < -tolerance) & (poor <= tolerance))[()]
    return result


def _changes(change_gap: ArrayLike, change_poor: ArrayLike, tolerance: float) -> tuple[Array, Array]:
    if not tolerance >= 0:
        raise ValueError(f"tolerance: {tolerance:g}, where a number that is not negative is needed")
    return _together("change_gap", change_gap, "change_poor", change_poor)


def _together(name: str, values: ArrayLike, other_name: str, others: ArrayLike) -> tuple[Array, Array]:
    """Two arguments of finite numbers, broadcast to one shape."""
    first, second = _numbers(name, values), _numbers(other_name, others)
    try:
        first, second = np.broadcast_arrays(first, second)
    except ValueError:
        raise ValueError(f"{other_name}: shape {second.shape} does not fit {name} {first.shape}") from None
    return first, second


def _numbers(name: str, values: ArrayLike) -> Array:
    """Finite numbers of any shape, or ValueError."""
    array = as_units(name, np.atleast_1d(np.asarray(values)))
    check(name, array)
    return array.reshape(np.shape(values))


def share_closed(gap: ArrayLike, baseline: ArrayLike, tolerance: float = TOLERANCE) -> Array:
    """Share of the baseline's gap that is closed: (baseline - gap) / baseline.

    1 closed, 0 unchanged, below 0 widened, above 1 reversed. NaN where the baseline's gap is within the tolerance of
    0: there is nothing to close.

    Args:
        gap: the gap, (...).
        baseline: the gap of the baseline in the same worlds, same shape or one that broadcasts.
        tolerance: largest baseline gap that counts as none.

    Returns:
        (...), a fraction.

    Raises:
        ValueError: a gap that is not a finite number (named, with its first bad index).
    """
    now, before = _together("gap", gap, "baseline", baseline)
    some = np.abs(before) > tolerance
    return scalar_or_array(np.where(some, (before - now) / np.where(some, before, 1.0), np.nan))


def year_reached(years: ArrayLike, series: ArrayLike, level: float) -> Array:
    """When a series first reaches a level, between its points by straight lines.

    Args:
        years: (time,), rising.
        series: (..., time), any unit.
        level: the level, in that unit.

    Returns:
        (...), in the unit of `years`. The first year if the series starts there already (it may have been earlier);
        infinite if it never gets there (it may be later).

    Raises:
        ValueError: years that do not rise, or a bad argument, named, with its first bad index.
    """
    return _reached(years, "series", series, level)


def _reached(years: ArrayLike, name: str, series: ArrayLike, level: float) -> Array:
    when, values = as_units("years", years), as_units(name, series)
    check("years", when)
    check(name, values)
    if when.ndim != 1 or values.shape[-1] != when.size:
        raise ValueError(f"{name}: {values.shape[-1]} points in time, but years has shape {when.shape}")
    if not (np.diff(when) > 0).all():
        raise ValueError(f"years[{int(np.argmin(np.diff(when) > 0)) + 1}]: years must rise")
    reached = values >= level
    here = np.argmax(reached, axis=-1)
    before = np.maximum(here - 1, 0)
    low, high = (np.take_along_axis(values, i[..., None], axis=-1)[..., 0] for i in (before, here))
    step = high > low
    part = np.where(step, (level - low) / np.where(step, high - low, 1.0), 0.0)
    crossing = when[before] + part * (when[here] - when[before])
    return scalar_or_array(np.where(reached.any(axis=-1), crossing, np.inf))


def lag_years(years: ArrayLike, leader: ArrayLike, follower: ArrayLike, level: float) -> Array:
    """Years by which one group trails another in reaching a level: year of the follower minus year of the leader.

    Negative if the follower is first; infinite (of either sign) if only one ever gets there within the years given;
    NaN if neither does.

    Args:
        years: (time,), rising.
        leader, follower: (..., time), shapes that broadcast, any unit.
        level: the level, in that unit.

    Returns:
        (...), years.

    Raises:
        ValueError: as `year_reached`.
    """
    first, second = _reached(years, "leader", leader, level), _reached(years, "follower", follower, level)
    with np.errstate(invalid="ignore"):
        return scalar_or_array(np.asarray(second - first))
