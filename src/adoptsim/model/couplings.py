"""Couplings: whatever sums, ranks, gathers or shares out along rows.

The closed list through which rows of one population meet rows of another. The only room with tricks of layout, and the
only one an accelerated version may replace. No BLAS anywhere: the bytes do not depend on threads or block size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.model.columns import Array
from adoptsim.model.equations import as_wide_as, sum_applications

Index = NDArray[np.int64]


class Links:
    """Which relation rows belong to which row of one end, prepared once: ``ends[r]`` is the end of relation row r."""

    def __init__(self, ends: Index, size: int) -> None:
        self.ends, self.size = np.asarray(ends, dtype=np.int64), size
        self.order = np.argsort(self.ends, kind="stable")
        counts = np.bincount(self.ends, minlength=size)
        self.filled = np.flatnonzero(counts)
        self.starts = np.concatenate([[0], np.cumsum(counts)[:-1]])[self.filled].astype(np.int64)
        self.sorted = bool((self.order == np.arange(len(self.order))).all())
        width = int(counts.max(initial=0))
        self.padded = np.full((size, width), len(self.ends), dtype=np.int64)  # index one past the end = nothing
        for row, first, count in zip(self.filled, self.starts, counts[self.filled], strict=True):
            self.padded[row, :count] = self.order[first : first + count]


def gather(values: Any, links: Links) -> Any:
    """Each relation row reads its end: (..., size) -> (..., relations)."""
    if values.shape[-1] == 1:
        return values
    return _pick(values, links.ends)


def _pick(values: Any, index: Index) -> Any:
    """``values[..., index]``; none is below 0 or too high, and to check that would cost most of the time."""
    return np.take(values, index, axis=-1, mode="clip")


def total(values: Array, links: Links) -> Array:
    """Sum relation rows into their end rows: (..., relations) -> (..., size)."""
    return _reduced(np.add, values, links)


def largest(values: Array, links: Links) -> Array:
    """The largest relation row of each end, 0 where there is none: (..., relations) -> (..., size)."""
    return _reduced(np.maximum, values, links)


def _reduced(how: np.ufunc, values: Array, links: Links) -> Array:
    out = np.zeros((*values.shape[:-1], links.size))
    if len(links.filled):
        ordered = values if links.sorted else _pick(values, links.order)
        found: Array = how.reduceat(ordered, links.starts, axis=-1)
        if len(links.filled) == links.size:
            return found
        out[..., links.filled] = found
    return out


def everyone(values: Array) -> Array:
    """Sum along all rows: (..., rows) -> (..., 1)."""
    return np.add.reduce(np.ascontiguousarray(values), axis=-1, keepdims=True)


def world_total(values: Array) -> Array:
    """Sum over applications and rows: (world, application, 1, row) -> (world,)."""
    return sum_applications(everyone(values))[:, 0, 0, 0]


def share_out(amount: Array, weight: Array, links: Links) -> Array:
    """Divide each end's amount over its relation rows by weight; an end whose weights are all 0 shares out nothing."""
    whole = total(weight, links)
    rate = np.divide(amount, whole, out=np.zeros(np.broadcast_shapes(amount.shape, whole.shape)), where=whole > 0)
    return np.asarray(weight * gather(rate, links))


def least_of_offers(offer: Array, links: Links) -> tuple[Index, Array]:
    """The relation row with the least offer of each end, and the offer: (..., relations) -> two of (..., size).

    The first of equals; row -1 and an infinite offer where an end has no relation rows.
    """
    best = np.full((*offer.shape[:-1], links.size), np.inf)
    place = np.zeros(best.shape, dtype=np.int16)  # of the best among the candidates, from 1 on
    offers = np.concatenate([offer, np.full((*offer.shape[:-1], 1), np.inf)], axis=-1)  # none: dearer than any
    for k, candidate in enumerate(links.padded.T, start=1):
        value = _pick(offers, candidate)
        np.maximum(place, (value < best) * np.int16(k), out=place)
        np.minimum(best, value, out=best)
    row = np.concatenate([np.full((links.size, 1), -1), links.padded], axis=1)
    return _pick(row.ravel(), np.arange(links.size) * row.shape[1] + place), best


class Chosen:
    """Each country's chosen supplier by world and application, prepared once for many sums and reads.

    ``rows`` (W, A, 1, N) are relation rows, -1 for nobody; ``links`` leads from relation rows to suppliers.
    """

    def __init__(self, rows: Index, links: Links) -> None:
        self.size, self.shape = links.size, rows.shape
        supplier: Index = np.append(links.ends, links.size)[rows]  # row -1, nobody, reads the place past the suppliers
        cells = np.arange(rows.shape[0] * rows.shape[1]).reshape(*rows.shape[:2], 1, 1)
        self.cell = (cells * (links.size + 1) + supplier).ravel()

    def total(self, values: Array) -> Array:
        """Sum countries into the supplier they chose: (W, A, 1, N) -> (W, A, 1, suppliers); added in order of rows."""
        w, a = self.shape[:2]
        weights = np.broadcast_to(values, self.shape).ravel()
        sums = np.bincount(self.cell, weights=weights, minlength=w * a * (self.size + 1))
        return np.ascontiguousarray(sums.reshape(w, a, 1, self.size + 1)[..., :-1])

    def read(self, values: Array) -> Array:
        """Each country reads its chosen supplier, 0 for nobody: (W, A, 1, suppliers) -> (W, A, 1, N)."""
        padded = np.zeros((*self.shape[:2], 1, self.size + 1))
        padded[..., :-1] = values
        return np.asarray(_pick(padded.ravel(), self.cell).reshape(self.shape))


def neighbours_mean(values: Array, neighbours: Index) -> Array:
    """Mean over each row's neighbours; ``neighbours`` is (rows, n), -1 where there are fewer. No neighbours: 0."""
    padded = np.concatenate([values, np.zeros((*values.shape[:-1], 1))], axis=-1)
    out = np.zeros(values.shape)
    for column in neighbours.T:
        out += np.take(padded, column, axis=-1)
    count = (neighbours >= 0).sum(axis=1)
    return np.asarray(out / np.maximum(count, 1))


def ranked_flow(outflow: Array, rank: Array, pull: Array) -> tuple[Array, Array]:
    """Flows from each row to the rows that rank above it, in proportion to their pull.

    Parameters
    ----------
    outflow
        (world, 1, group, row): what would leave each row.
    rank, pull
        (world, 1, 1, row): higher ranks attract; pull is the weight among those above.

    Returns
    -------
    left, arrived
        Same shape as ``outflow``. Equals do not attract one another: the top rows have nowhere to send to and keep
        their own. The totals are equal.
    """
    outflow = as_wide_as(outflow, rank, pull)
    order = np.argsort(rank, axis=-1, kind="stable")
    pull_up = np.take_along_axis(pull, order, axis=-1)
    above = np.flip(np.cumsum(np.flip(pull_up, -1), axis=-1), -1) - pull_up
    above = np.where(np.arange(above.shape[-1]) == above.shape[-1] - 1, 0.0, above)
    ranked = np.take_along_axis(rank, order, axis=-1)
    equals = bool((ranked[..., 1:] == ranked[..., :-1]).any())  # rare, and dear
    first, last = _ends_of_equals(ranked) if equals else (order, order)
    above = np.take_along_axis(above, last, axis=-1) if equals else above
    order = np.broadcast_to(order, outflow.shape)
    leaving = np.take_along_axis(outflow, order, axis=-1) * (above > 0)
    per_pull = np.divide(leaving, above, out=np.zeros(leaving.shape), where=above > 0)
    below = np.cumsum(per_pull, axis=-1) - per_pull
    below = np.take_along_axis(below, np.broadcast_to(first, outflow.shape), axis=-1) if equals else below
    left, arrived = np.empty(outflow.shape), np.empty(outflow.shape)
    np.put_along_axis(left, order, leaving, axis=-1)
    np.put_along_axis(arrived, order, below * pull_up, axis=-1)
    return left, arrived


def _ends_of_equals(ranked: Array) -> tuple[Index, Index]:
    """For each place of ranks in order, the first and the last place of those that are equal to it."""
    places = np.arange(ranked.shape[-1])
    differs = ranked[..., 1:] != ranked[..., :-1]
    begins, ends = np.ones(ranked.shape, dtype=bool), np.ones(ranked.shape, dtype=bool)
    begins[..., 1:], ends[..., :-1] = differs, differs
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=-1)
    last = np.flip(np.minimum.accumulate(np.flip(np.where(ends, places, places[-1]), -1), axis=-1), -1)
    return first, last


def by_ancestry(deposits: Array, ancestry: Array) -> Array:
    """What all countries deposit, (world, application, ancestry, 1): shares of their people."""
    parts = [everyone(deposits[:, a : a + 1] * ancestry) for a in range(deposits.shape[1])]
    return np.concatenate(parts, axis=1)
