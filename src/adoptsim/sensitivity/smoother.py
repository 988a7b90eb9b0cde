"""Penalised regression of effects on parameters: conditional means of every lever, and what the best choice gains."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from adoptsim.sensitivity.matched import Array

__all__ = ["Basis", "binned", "group_basis", "rank_basis"]

BINS = 64  # worlds sorted by a parameter are averaged in so many ranks: a polynomial of degree 8 loses nothing
DEGREE = 8
GROUP_COLUMNS, GROUP_DEGREE = 100, 4
POINTS = 2000  # worlds at which repeated fits are evaluated
GAMMA = 1.4  # price of a degree of freedom; guards generalised cross-validation against overfitting (Kim and Gu 2004)
PENALTIES = np.logspace(-6.0, 5.0, 45)


class Basis:
    """Columns (B, K), orthonormal over the points they stand for, each with its roughness ``rough`` (K,).

    A coefficient is shrunk by ``1 / (1 + penalty * rough)``; the penalty of each lever is the one of least generalised
    cross-validation, which may take all of it away.
    """

    def __init__(self, columns: Array, rough: Array, weights: Array, worlds: int) -> None:
        self.columns, self.rough, self.weights, self.worlds = columns, rough, weights, worlds

    def coefficients(self, points: Array) -> Array:
        """Unshrunk coefficients (..., K, L) of effects at the points (..., B, L)."""
        return np.asarray((self.columns * self.weights[:, None]).T @ points)

    def shrinkage(self, coefficients: Array, variance: Array) -> Array:
        """Factors (..., K, L) from 0 to 1 for coefficients (..., K, L) of effects with these variances (L,)."""
        best = np.full((*coefficients.shape[:-2], coefficients.shape[-1]), np.inf)
        chosen = np.zeros_like(best)
        squares = coefficients**2
        for penalty in PENALTIES:
            s = 1.0 / (1.0 + penalty * self.rough)
            freedom = self.worlds - GAMMA * (1.0 + s.sum())
            if freedom <= 0.0:
                continue
            left = np.maximum(variance - np.tensordot(squares, s * (2.0 - s), ([-2], [0])), 0.0)
            score = left / freedom**2
            chosen = np.where(score < best, penalty, chosen)
            best = np.minimum(score, best)
        return np.asarray(1.0 / (1.0 + chosen[..., None, :] * self.rough[:, None]))

    def gain(self, coefficients: Array, means: Array) -> Array:
        """What choosing by the fitted means gains over one choice for all worlds (...,), in units of the effects.

        Effects and their ``means`` (..., L) are against a reference whose own effect is 0 everywhere.
        """
        fitted = self.columns @ coefficients + means[..., None, :]
        free = np.maximum(fitted.max(axis=-1), 0.0) @ self.weights
        return np.asarray(free - np.maximum(means.max(axis=-1), 0.0))

    def thinned(self) -> Basis:
        """The same fit evaluated at no more than 2,000 points: for standard errors and dummies."""
        if len(self.weights) <= POINTS:
            return self
        return Basis(self.columns[:POINTS], self.rough, np.full(POINTS, 1.0 / POINTS), self.worlds)


def rank_basis(worlds: int) -> Basis:
    """Legendre polynomials of a parameter's rank, one basis for every parameter; roughness is degree to the fourth."""
    bins = min(worlds, BINS)
    counts = np.diff(_edges(worlds, bins))
    weights = counts / worlds
    middle = (np.cumsum(counts) - 0.5 * counts) / worlds
    degree = min(DEGREE, bins // 4)
    raw = legendre.legvander(2.0 * middle - 1.0, degree) * np.sqrt(weights)[:, None]
    columns = np.linalg.qr(raw)[0][:, 1:] / np.sqrt(weights)[:, None]
    return Basis(columns, np.arange(1.0, degree + 1.0) ** 4, weights, worlds)


def _edges(worlds: int, bins: int) -> NDArray[np.int64]:
    return np.arange(bins + 1) * worlds // bins


def binned(effects: Array, orders: NDArray[np.int64]) -> Array:
    """Means of effects (N, L) in ranks of some orders of worlds (M, N): shape (M, B, L)."""
    edges = _edges(len(effects), min(len(effects), BINS))
    sums = np.add.reduceat(effects[orders], edges[:-1], axis=1)
    return np.asarray(sums / np.diff(edges)[:, None])


def group_basis(values: Array) -> Basis:
    """Columns for some parameters together (N, p): polynomials of each one's rank, and products of two where few.

    Higher degrees weigh less, as in ``rank_basis``. Correlated parameters share what they explain.
    """
    worlds, p = values.shape
    room = min(GROUP_COLUMNS, worlds // 4)
    degree = int(np.clip(room // p, 1, GROUP_DEGREE))
    ranks = (np.argsort(np.argsort(values, axis=0, kind="stable"), axis=0) + 0.5) / worlds
    powers = legendre.legvander(2.0 * ranks - 1.0, degree)[..., 1:]  # (N, p, degree)
    powers = (powers - powers.mean(axis=0)) / powers.std(axis=0)
    parts = [powers[..., d] / (d + 1.0) ** 2 for d in range(degree)]
    first, second = np.triu_indices(p, 1)
    if len(first) and p * degree + len(first) <= room:
        products = powers[:, first, 0] * powers[:, second, 0]
        parts.append((products - products.mean(axis=0)) / 4.0)
    raw = np.concatenate(parts, axis=1)
    size, vectors = np.linalg.eigh(raw.T @ raw / worlds)
    there = size > 1e-9 * size[-1]
    columns = raw @ (vectors[:, there] / np.sqrt(size[there]))
    return Basis(columns, 1.0 / size[there], np.full(worlds, 1.0 / worlds), worlds)
