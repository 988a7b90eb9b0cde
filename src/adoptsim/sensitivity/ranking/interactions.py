"""What levers do to each other: alone against last in the package, and pairs out of the sampled orderings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from adoptsim.sensitivity.ranking.standing import Mean

__all__ = ["FEWEST", "pair_interactions"]

Array = NDArray[np.float64]
FEWEST = 20  # worlds that an error over worlds wants


def pair_interactions(margins: Array, order: NDArray[np.int64], tolerance: float) -> Mean | None:
    """Mean interaction of every pair of players over worlds, in the order of ``combinations``; None if not estimable.

    A lever's margin is its effect where those before it run already. Taken in an ordering less in its reverse, its own
    effect falls out, and each other lever's influence on it is left with the sign of who came first:

        margin_i(ordering) - margin_i(reverse) = sum over j of I_ij (+1 if j came before i, else -1)

    I is fitted by least squares over all worlds (in a game without interactions of three or more it is exact), its
    standard error is robust to what differs between worlds (a cluster is a world; Liang and Zeger 1986, Biometrika
    73:13-22, with the usual small-sample factor).

    Parameters
    ----------
    margins
        (W, k, n) by player; orderings in pairs, each followed by its reverse.
    order
        (W, k, n): which player came first, second, ...
    """
    worlds, _, count = margins.shape
    pairs = list(combinations(range(count), 2))
    rows = _rows(order[:, ::2], pairs)
    turned = (margins[:, ::2] - margins[:, 1::2]).reshape(worlds, -1)
    whole = np.einsum("wrp,wrq->pq", rows, rows, optimize=True)
    if worlds < FEWEST or np.linalg.matrix_rank(whole) < len(pairs):
        return None
    inverse = np.linalg.inv(whole)
    found = inverse @ np.einsum("wrp,wr->p", rows, turned)
    scores = np.einsum("wrp,wr->wp", rows, turned - rows @ found)
    seen = turned.size
    small = worlds / (worlds - 1) * (seen - 1) / max(seen - len(pairs), 1)
    spread = small * inverse @ (scores.T @ scores) @ inverse
    return Mean.known(found, np.sqrt(np.maximum(np.diag(spread), 0.0)), worlds, tolerance)


def _rows(order: NDArray[np.int64], pairs: list[tuple[int, int]]) -> Array:
    """(W, pairs of orderings x n, pairs of players): the sign with which an interaction acts on a player's margin."""
    worlds = len(order)
    place = np.argsort(order, axis=2)
    signs = np.zeros((*order.shape, len(pairs)))
    for column, (i, j) in enumerate(pairs):
        first = np.where(place[..., j] < place[..., i], 1.0, -1.0)
        signs[:, :, i, column], signs[:, :, j, column] = first, -first
    return signs.reshape(worlds, -1, len(pairs))
