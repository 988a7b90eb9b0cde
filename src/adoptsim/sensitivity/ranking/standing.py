"""Who stands where, and what can be told of it: means over worlds with their error, places, and chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["LEVEL", "TOP", "Mean", "beats", "places", "told", "told_apart", "top_share"]

Array = NDArray[np.float64]
Signs = NDArray[np.int8]
LEVEL = 0.05  # chance that anything at all is told of a family of differences that are all nothing
TOP = 3


@dataclass(frozen=True, eq=False)
class Mean:
    """Means over worlds of (W, n) values, their standard errors, and the chance of so large a mean by luck, (n,)."""

    mean: Array
    se: Array
    p: Array

    @classmethod
    def of(cls, values: Array, tolerance: float) -> Mean:
        """Student's t over worlds; a mean within the tolerance counts as none, and one world tells nothing."""
        worlds = len(values)
        mean = values.mean(axis=0)
        if worlds < 2:
            return cls(mean, np.full_like(mean, np.nan), np.ones_like(mean))
        return cls.known(mean, values.std(axis=0, ddof=1) / np.sqrt(worlds), worlds, tolerance)

    @classmethod
    def known(cls, mean: Array, se: Array, worlds: int, tolerance: float) -> Mean:
        """From means and standard errors that are known."""
        t = np.divide(np.abs(mean), se, out=np.full_like(mean, np.inf), where=se > 0)
        return cls(mean, se, np.where(np.abs(mean) <= tolerance, 1.0, 2.0 * stats.t.sf(t, max(worlds - 1, 1))))


def told(means: Mean) -> Signs:
    """Signs of the means that can be told from 0, else 0; over all of them together the chance of error is ``LEVEL``.

    Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    count = len(means.p)
    order = np.argsort(means.p, kind="stable")
    adjusted = np.maximum.accumulate(means.p[order] * np.arange(count, 0, -1))
    sure = np.zeros(count, dtype=bool)
    sure[order] = adjusted < LEVEL
    return np.asarray(np.sign(means.mean) * sure, dtype=np.int8)


def told_apart(values: Array, tolerance: float) -> Signs:
    """(n, n): 1 where the mean of one can be told to be above that of the other, -1 below, 0 where it cannot be told.

    From the differences in the same worlds of (W, n) values, all pairs together.
    """
    count = values.shape[1]
    first, second = np.triu_indices(count, 1)
    parts = [Mean.of(values[:, i, None] - values[:, i + 1 :], tolerance) for i in range(count - 1)]
    whole = Mean(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "se", "p")))
    found = np.zeros((count, count), dtype=np.int8)
    found[first, second] = told(whole)
    return found - found.T


def places(good: Array, apart: Signs) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Place by mean (1 = best), and the best and the worst place that cannot be ruled out, (n,) each.

    ``good`` (W, n): more is better. ``apart`` as from ``told_apart`` of it: who is told to be better stands before, who
    is told to be worse behind; all others may stand anywhere between, so levers may share places.
    """
    mean = good.mean(axis=0)
    place = np.empty(len(mean), dtype=np.int64)
    place[np.argsort(-mean, kind="stable")] = np.arange(1, len(mean) + 1)
    return place, 1 + (apart < 0).sum(axis=1), len(mean) - (apart > 0).sum(axis=1)


def top_share(good: Array, improves: NDArray[np.bool_]) -> Array:
    """Share of worlds in which each is among the best three and does improve the outcome, (n,)."""
    ahead = (good[:, None, :] > good[:, :, None]).sum(axis=2)
    return np.asarray(((ahead < TOP) & improves).mean(axis=0), dtype=np.float64)


def beats(good: Array, other: Array, tolerance: float) -> float:
    """Share of worlds in which one (W,) is better than another by more than the tolerance."""
    return float(np.mean(good - other > tolerance))
