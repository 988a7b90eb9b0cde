"""Couplings: whatever sums, ranks, gathers or shares out along rows.

The closed list through which rows of one population meet rows of another. The only room with tricks of layout, and the
only one an accelerated version may replace. No BLAS anywhere: the bytes do not depend on threads or block size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.model.columns import Array

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
    return np.take(values, links.ends, axis=-1)


def total(values: Array, links: Links) -> Array:
    """Sum relation rows into their end rows: (..., relations) -> (..., size)."""
    out = np.zeros((*values.shape[:-1], links.size))
    if len(links.filled):
        ordered = values if links.sorted else np.take(values, links.order, axis=-1)
        out[..., links.filled] = np.add.reduceat(ordered, links.starts, axis=-1)
    return out


def largest(values: Array, links: Links) -> Array:
    """The largest relation row of each end, 0 where there is none: (..., relations) -> (..., size)."""
    out = np.zeros((*values.shape[:-1], links.size))
    if len(links.filled):
        ordered = values if links.sorted else np.take(values, links.order, axis=-1)
        out[..., links.filled] = np.maximum.reduceat(ordered, links.starts, axis=-1)
    return out


def everyone(values: Array) -> Array:
    """Sum along all rows: (..., rows) -> (..., 1)."""
    return np.add.reduce(np.ascontiguousarray(values), axis=-1, keepdims=True)


def share_out(amount: Array, weight: Array, links: Links) -> Array:
    """Divide each end's amount over its relation rows by weight; an end whose weights are all 0 shares out nothing."""
    whole = total(weight, links)
    rate = np.divide(amount, whole, out=np.zeros(np.broadcast_shapes(amount.shape, whole.shape)), where=whole > 0)
    return np.asarray(weight * gather(rate, links))


def best_of(score: Array, links: Links) -> Index:
    """The relation row with the highest score of each end, (..., size); the first of equals; -1 where all are -inf."""
    padded = np.concatenate([score, np.full((*score.shape[:-1], 1), -np.inf)], axis=-1)
    best = np.full((*score.shape[:-1], links.size), -np.inf)
    where = np.full(best.shape, -1, dtype=np.int64)
    for candidate in links.padded.T:
        value = np.take(padded, candidate, axis=-1)
        better = value > best
        np.copyto(where, candidate, where=better)
        np.maximum(best, value, out=best)
    return where


def pick(values: Array, where: Index, missing: float) -> Array:
    """Read chosen rows, such as those of ``best_of``: (..., n) -> (..., size); ``missing`` where the choice is -1."""
    shape = np.broadcast_shapes(values.shape[:-1], where.shape[:-1])
    values = np.broadcast_to(values, (*shape, values.shape[-1]))
    where = np.broadcast_to(where, (*shape, where.shape[-1]))
    found = np.take_along_axis(values, np.maximum(where, 0), axis=-1)
    return np.where(where >= 0, found, missing)


def total_chosen(values: Array, choice: Index, size: int) -> Array:
    """Sum rows into the end that each has chosen in its world and application: (W, A, 1, rows) -> (W, A, 1, size).

    ``choice`` has the shape of ``values``; -1 is nobody. Rows are added in order, whatever the block.
    """
    w, a, _, _ = values.shape
    choice = np.broadcast_to(choice, values.shape)
    cell = np.arange(w * a).reshape(w, a, 1, 1) * (size + 1) + np.where(choice < 0, size, choice)
    sums = np.bincount(cell.ravel(), weights=values.ravel(), minlength=w * a * (size + 1))
    return np.ascontiguousarray(sums.reshape(w, a, 1, size + 1)[..., :size])


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
        Same shape as ``outflow``. The top row has nowhere to send to and keeps its own; the totals are equal.
    """
    order = np.argsort(rank, axis=-1, kind="stable")
    pull_up = np.take_along_axis(pull, order, axis=-1)
    above = np.flip(np.cumsum(np.flip(pull_up, -1), axis=-1), -1) - pull_up
    above = np.where(np.arange(above.shape[-1]) == above.shape[-1] - 1, 0.0, above)
    order = np.broadcast_to(order, outflow.shape)
    leaving = np.take_along_axis(outflow, order, axis=-1) * (above > 0)
    per_pull = np.divide(leaving, above, out=np.zeros(leaving.shape), where=above > 0)
    below = np.cumsum(per_pull, axis=-1) - per_pull
    left, arrived = np.empty(outflow.shape), np.empty(outflow.shape)
    np.put_along_axis(left, order, leaving, axis=-1)
    np.put_along_axis(arrived, order, below * pull_up, axis=-1)
    return left, arrived
