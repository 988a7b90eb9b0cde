"""Where people stand when they are lined up from the most disadvantaged to the most advantaged.

Units with the same rank stand together: they share one place in the line, so that splitting a unit in two changes
nothing. A unit's place is the stretch between the share of people strictly *below* its rank and the share *up to* and
including it; the middle of that stretch is its fractional rank X (ridit).
"""

from typing import NamedTuple

import numpy as np

from adoptsim.equity.arrays import Array, total


class Line(NamedTuple):
    """People in line, each array (rows, units) or a shape that broadcasts to it."""

    share: Array
    below: Array
    upto: Array

    @property
    def position(self) -> Array:
        """Fractional rank X, in (0, 1)."""
        return (self.below + self.upto) / 2

    def band(self, lower: float, upper: float) -> Array:
        """Weights, summing to 1 along units, of the people between two quantiles of the line."""
        weights = np.clip(self.upto, lower, upper)
        weights -= np.clip(self.below, lower, upper)
        weights *= self._thinness
        weights /= total(weights)[..., None]
        return weights

    @property
    def _thinness(self) -> Array:
        """People of a unit per stretch of line it stands on: 1 alone, less beside others of the same rank."""
        return self.share / np.maximum(self.upto - self.below, np.finfo(np.float64).tiny)


def line_up(population: Array, rank: Array | None) -> Line:
    """The line of rows (rows, units), either argument being one row for all; without a rank all share one place."""
    share = population / total(population)[..., None]
    if rank is None:
        return Line(share, np.zeros_like(share), np.ones_like(share))
    shape = np.broadcast_shapes(rank.shape, population.shape)
    return Line(np.broadcast_to(share, shape), *_places(population, np.broadcast_to(rank, shape)))


def _places(population: Array, rank: Array) -> tuple[Array, Array]:
    """Shares of people below, and up to, each rank; `population` may be one row for all."""
    order = np.argsort(rank, axis=-1)
    alike = population[0].take(order) if population.shape[0] == 1 else None
    order += np.arange(0, rank.size, rank.shape[-1])[:, None]
    flat = order.ravel()
    people = population.take(flat).reshape(rank.shape) if alike is None else alike
    upto = np.cumsum(people, axis=-1, out=people)
    upto /= upto[:, -1:].copy()
    below = np.empty_like(upto)
    below[:, 0] = 0.0
    below[:, 1:] = upto[:, :-1]

    ranked = rank.take(flat).reshape(rank.shape)
    first = np.ones(rank.shape, dtype=np.bool_)
    np.not_equal(ranked[:, 1:], ranked[:, :-1], out=first[:, 1:])
    if not first.all():
        starts = np.flatnonzero(first)
        lengths = np.diff(starts, append=rank.size)
        below = np.repeat(below.ravel()[starts], lengths)
        upto = np.repeat(upto.ravel()[starts + lengths - 1], lengths)
    return _unsorted(below, flat, rank.shape), _unsorted(upto, flat, rank.shape)


def _unsorted(values: Array, flat: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Sorted values put back where they came from."""
    result = np.empty(values.size)
    result[flat] = values.ravel()
    return result.reshape(shape)
