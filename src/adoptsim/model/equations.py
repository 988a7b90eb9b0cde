"""Fitted and textbook equations as pure functions: the rules call them, and calibration fits the same code.

All arguments broadcast; shares are in [0, 1], times in years unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from adoptsim.model.columns import Array

QUARTERS = 4  # in a year


def quarterly(rate: Array) -> Array:
    """The quarterly probability with the same yearly survival as a yearly probability: 1 - (1 - p)^(1/4)."""
    return -np.expm1(np.log1p(-rate) / QUARTERS)


def weibull_hazard(years: Array, shape: Array) -> Array:
    """Yearly cloglog baseline (k - 1) log tau as a factor: tau^(k-1), tau in whole or part years since availability."""
    return np.exp((shape - 1.0) * np.log(np.maximum(years, 1.0 / QUARTERS)))


def log_hazard_of_time_ratio(time_ratio: Array, shape: Array) -> Array:
    """Log hazard ratio of an accelerated-failure-time ratio in a Weibull model: -k ln TR (Shearer et al. 2010)."""
    return -shape * np.log(time_ratio)


def cournot_margin(choke: Array, sellers: Array) -> Array:
    """Relative margin over the ex-works price of n equal sellers facing linear demand: choke / (n + 1).

    ``choke`` is (reservation price - unit cost) / unit cost, solved so that the start state returns the stated margin.
    """
    return choke / (sellers + 1.0)


def small_order_factor(yearly_tests: Array, half_volume: Array, cap: Array) -> Array:
    """Unit cost of a small laboratory over that of a large one: 1 + half_volume / tests, at most ``cap``.

    ``half_volume`` is the yearly number of tests at which fixed cost doubles the unit cost.
    """
    return np.minimum(1.0 + half_volume / np.maximum(yearly_tests, 1e-9), cap)


def logistic_step(level: Array, ceiling: Array, rate: Array, years: float) -> Array:
    """One exact step of logistic growth towards ``ceiling``; a level at or above the ceiling falls to it.

    A zero ceiling gives zero. c' = C c e^(rt) / (C + c (e^(rt) - 1)).
    """
    growth = np.exp(rate * years)
    level = np.minimum(level, ceiling)
    below = level * (growth - 1.0)
    below += np.maximum(ceiling, 1e-12)
    level = level * (ceiling * growth)
    level /= below
    return np.asarray(level)


def logistic_rate(ceiling: Array, start: Array, years_to_half: Array) -> Array:
    """Rate at which a logistic goes from ``start`` to half of ``ceiling`` in the stated time: ln(C / c0 - 1) / T."""
    return np.log(np.maximum(ceiling / start - 1.0, 1.0 + 1e-9)) / years_to_half


def least_of(others: Array, shape: Array) -> Array:
    """Share of demanded tests delivered when every input's site values are independent Weibull of one shape k.

    The expected least of independent Weibull inputs x_i is (sum x_i^-k)^(-1/k). With x_i as multiples of what is
    demanded, demand itself has x = 1 and ``others`` is the sum of the other inputs' x_i^-k: (1 + others)^(-1/k).
    """
    share: Array = np.log1p(others) * (-1.0 / shape)
    return np.exp(share, out=share)


def scarcity(ratio: Array, shape: Array, least: float = 1e-6) -> Array:
    """One input's term x^-k of ``least_of``; ``ratio`` is the amount at hand over the amount wanted.

    Ratios are bounded to [least, 1e6], so that an input nobody needs costs nothing and none blocks for ever.
    """
    term: Array = np.maximum(ratio, least)
    np.minimum(term, 1e6, out=term)
    term = np.log(term, out=term) * -shape
    return np.exp(term, out=term)


def vus_rate(european: Array, gap: Array, genomes: Array, start_genomes: Array, fold_to_halve: Array) -> Array:
    """Share of tests that end in a variant of uncertain significance, for one ancestry.

    The excess over the European rate halves with each ``fold_to_halve``-fold growth of matched reference genomes.
    """
    folds = np.log(np.maximum(genomes / start_genomes, 1.0)) / np.log(fold_to_halve)
    return european + gap * np.exp2(-folds)


def emigration_rate(stock_abroad: Array, exit_rate: Array) -> Array:
    """Yearly emigration flow per worker at home that holds a share ``s`` of the trained abroad: x s / (1 - s)."""
    return exit_rate * stock_abroad / (1.0 - stock_abroad)


def filled_fifths(total: Array, level: Array, cap: Array) -> Array:
    """Split a country's coverage over its five fifths: min(cap_q, scale * level_q), the mean over fifths conserved.

    Parameters
    ----------
    total
        (world, application, 1, row), at most the mean of ``cap``.
    level, cap
        (world, application, 5, row); ``level`` is the split without caps, of mean ``total``. It is overwritten.

    Returns
    -------
    (world, application, 5, row). Water-filling: a fifth at its cap passes the rest on in proportion to ``level``. Only
    rows in which a cap binds pay for the later passes.
    """
    fifths, rows = level.shape[2:]
    over = np.flatnonzero(np.logical_or.reduce(level > cap, axis=2))
    if len(over):
        total, cap = as_wide_as(total, level), np.broadcast_to(cap, level.shape)
        cells = (over // rows * (fifths * rows) + over % rows)[:, None] + np.arange(
            fifths
        ) * rows  # flat, (cell, fifth)
        np.put(level, cells, _refilled(total.ravel()[over] * fifths, np.take(level, cells), np.take(cap, cells)))
    return level


def _refilled(total: Array, weight: Array, cap: Array) -> Array:
    """Water-filling of cells (cell, fifth) in which some cap binds; ``total`` (cell,) is the sum over fifths.

    The sum of min(cap, scale * weight) is concave in scale and its pieces are the fifths at their caps in the order of
    weight / cap, so the scale that gives the total is the largest of those that the pieces give.
    """
    order = np.argsort(-weight / np.maximum(cap, 1e-300), axis=1, kind="stable")
    w, c = np.take_along_axis(weight, order, axis=1), np.take_along_axis(cap, order, axis=1)
    free = np.cumsum(w[:, ::-1], axis=1)[:, ::-1]  # from the small end: a difference of sums would lose small weights
    spare = total
    scale = spare / np.maximum(free[:, 0], 1e-300)
    for q in range(cap.shape[1] - 1):
        spare = spare - c[:, q]
        scale = np.maximum(scale, spare / np.maximum(free[:, q + 1], 1e-300))
    return np.minimum(cap, scale[:, None] * weight)


def sum_groups(values: Array) -> Array:
    """Sum along the group axis in its order: the bytes do not depend on shape. (W, A, G, N) -> (W, A, 1, N)."""
    if _in_order(values):
        return np.add.reduce(values, axis=2, keepdims=True)
    out = values[:, :, 0:1, :]
    for g in range(1, values.shape[2]):
        out = out + values[:, :, g : g + 1, :]
    return out


def mix_groups(shares: Array, values: Array) -> Array:
    """Mean of groups by their shares, ``sum_groups(shares * values)`` without that product in one piece."""
    out = shares[:, :, :1] * values[:, :, :1]
    for g in range(1, shares.shape[2]):
        out += shares[:, :, g : g + 1] * values[:, :, g : g + 1]
    return out


def sum_applications(values: Array) -> Array:
    """Sum along the application axis in its order. (W, A, G, N) -> (W, 1, G, N)."""
    if _in_order(values):
        return np.add.reduce(values, axis=1, keepdims=True)
    out = values[:, 0:1]
    for a in range(1, values.shape[1]):
        out = out + values[:, a : a + 1]
    return out


def side_by_side(parts: Sequence[Array], axis: int) -> Array:
    """Parts joined along an axis; one that is alike in all worlds is repeated where others are not."""
    worlds = max(part.shape[0] for part in parts)
    return np.concatenate([np.broadcast_to(part, (worlds, *part.shape[1:])) for part in parts], axis=axis)


def as_wide_as(values: Array, *others: Array) -> Array:
    """Values, repeated where they are alike in all worlds and others are not."""
    worlds = max(len(array) for array in (values, *others))
    return values if len(values) == worlds else np.repeat(values, worlds, axis=0)


def _in_order(values: Array) -> bool:
    """Whether NumPy adds along the second and third axis one after the other: it does where rows are innermost."""
    return values.shape[3] > 1 and values.flags.c_contiguous


def scarcest(scarcity: Array, uses: Array) -> Array:
    """The largest scarcity among what each application uses, 0 where nothing: (W, 1, G, N), flags (1, A, G, 1)."""
    out = np.zeros((scarcity.shape[0], uses.shape[1], 1, scarcity.shape[3]))
    for a, used in enumerate(_marked(uses[0, :, :, 0].tobytes(), uses.shape[2])):
        one = out[:, a : a + 1]
        for group in used:
            np.maximum(one, scarcity[:, :, group], out=one)
    return out


def once_in_life(flags: Array) -> list[slice]:
    """Positions, as slices of length 1, of the applications that are tested for once in life; flags (1, A, 1, 1)."""
    return _marked(flags.tobytes(), flags.size)[0]


@lru_cache(maxsize=64)
def _marked(flags: bytes, width: int) -> list[list[slice]]:
    """Where flags are not 0, row by row of a table, as slices of length 1."""
    table = np.frombuffer(flags).reshape(-1, width)
    return [[slice(i, i + 1) for i in np.flatnonzero(row)] for row in table]


def by_platform(values: Array, uses: Array) -> Array:
    """Sum applications by the platform that they run on: (W, A, 1, N) and (1, A, P, 1) of 0 and 1 -> (W, 1, P, N)."""
    out = np.zeros((values.shape[0], 1, uses.shape[2], values.shape[3]))
    for a, used in enumerate(_marked(uses[0, :, :, 0].tobytes(), uses.shape[2])):
        for platform in used:
            out[:, :, platform] += values[:, a : a + 1]
    return out
