"""Patient rule induction (Friedman and Fisher 1999, Statistics and Computing 9:123): peel, paste, drop.

For scenario discovery (Bryant and Lempert 2010, Technological Forecasting and Social Change 77:34): a box is a few
intervals of parameters, and holds as many as it can of the worlds that are asked about and few others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from adoptsim.sensitivity.matched import Array

__all__ = ["Limits", "find_box", "inside", "quasi_p"]

Bools = NDArray[np.bool_]
Limits = Mapping[int, tuple[float, float]]  # column -> (lowest, highest) value inside; infinite where open
PEEL, PASTE = 0.05, 0.05  # share of the box's worlds taken off, or put back, in one step
LEAST_SHARE, LEAST_WORLDS = 0.05, 10  # a box holds at least this share of worlds, and as many
SCREENED = 6  # parameters that are peeled: among hundreds the first peels would follow noise
MOST_RESTRICTED = 4  # parameters: more makes no sentence
QUASI_P = 0.05  # a restriction that chance explains as well is dropped


@dataclass(frozen=True, eq=False)
class Found:
    """A box and how it came about: ``trajectory`` has a row per peel, ``chosen`` is the row that was taken."""

    limits: Limits
    trajectory: pd.DataFrame
    chosen: int


def inside(values: Array, limits: Limits) -> Bools:
    """Which worlds (N,) of values (N, P) a box holds."""
    held = np.ones(len(values), dtype=bool)
    for column, (low, high) in limits.items():
        held &= (values[:, column] >= low) & (values[:, column] <= high)
    return held


def find_box(values: Array, wanted: Bools) -> Found:
    """One box around wanted worlds (N,) in parameters (N, P), both kinds present.

    Of the six parameters that tell wanted worlds best apart, peels worlds off one end of one after the other, each time
    the peel that leaves the highest density. Of the trajectory the box of the highest ``gain`` is taken: share of
    worlds inside times density above that of all worlds (weighted relative accuracy: coverage against density).
    Restrictions that chance explains as well are dropped, the weakest first, and no more than four are kept; the others
    are peeled anew, and edges are pasted outwards while density rises.
    """
    trajectory, boxes = _peel(values, wanted, _screened(values, wanted))
    chosen = int(trajectory["gain"].to_numpy().argmax())
    limits = _drop(values, wanted, boxes[chosen])
    if limits:
        trajectory, boxes = _peel(values, wanted, np.array(sorted(limits)))
        chosen = int(trajectory["gain"].to_numpy().argmax())
        limits = _drop(values, wanted, boxes[chosen])
    return Found(_paste(values, wanted, limits), trajectory, chosen)


def _screened(values: Array, wanted: Bools) -> NDArray[np.int64]:
    """The parameters whose distributions in wanted and other worlds lie furthest apart (Kolmogorov and Smirnov)."""
    order = np.argsort(values, axis=0, kind="stable")
    hits = np.cumsum(wanted[order], axis=0)
    others = np.arange(1, len(wanted) + 1)[:, None] - hits
    apart = np.abs(hits / wanted.sum() - others / (~wanted).sum()).max(axis=0)
    return np.sort(np.argsort(-apart, kind="stable")[:SCREENED])


def _peel(values: Array, wanted: Bools, columns: NDArray[np.int64]) -> tuple[pd.DataFrame, list[Limits]]:
    worlds, hits = len(wanted), int(wanted.sum())
    least = max(LEAST_WORLDS, int(np.ceil(LEAST_SHARE * worlds)))
    values = values[:, columns]
    order = np.argsort(values, axis=0, kind="stable").T.copy()  # (P, n): worlds of the box by each parameter
    limits: Limits = MappingProxyType({})
    boxes, rows = [limits], [_row(worlds, hits, worlds, hits, limits)]
    while order.shape[1] > least and 0 < rows[-1][2] < order.shape[1]:
        step = _best_peel(values, wanted, order, limits, least)
        if step is None:
            break
        column, end, keep = step
        low, high = limits.get(column, (-np.inf, np.inf))
        edge = values[order[column], column]
        low, high = (edge[-keep], high) if end == 0 else (low, edge[keep - 1])
        limits = MappingProxyType({**limits, column: (float(low), float(high))})
        here = np.zeros(worlds, dtype=bool)
        here[order[column][-keep:] if end == 0 else order[column][:keep]] = True
        order = order[here[order]].reshape(len(order), keep)
        boxes.append({int(columns[c]): limit for c, limit in limits.items()})
        rows.append(_row(keep, int(wanted[order[0]].sum()), worlds, hits, limits))
    names = ["restricted", "worlds", "wanted", "mass", "coverage", "density", "gain"]
    return pd.DataFrame(rows, columns=names), boxes


def _row(
    held: int, found: int, worlds: int, hits: int, limits: Limits
) -> tuple[int, int, int, float, float, float, float]:
    density = found / held
    return len(limits), held, found, held / worlds, found / hits, density, held / worlds * (density - hits / worlds)


def _best_peel(
    values: Array, wanted: Bools, order: NDArray[np.int64], limits: Limits, least: int
) -> tuple[int, int, int] | None:
    """Column, end (0 low, 1 high) and number of worlds kept of the peel that leaves the highest density.

    Where a limit falls between equal values all of them go. A tie is for a parameter that is restricted already.
    """
    n = order.shape[1]
    off = int(np.ceil(PEEL * n))
    hits = wanted[order]
    total = int(hits[0].sum())
    restricted = np.isin(np.arange(len(order)), list(limits))
    best: tuple[float, bool, int, int, int] | None = None
    for end in (0, 1):
        left = (total - (hits[:, :off] if end == 0 else hits[:, -off:]).sum(axis=1)) / (n - off)
        for i in np.lexsort((~restricted, -left)):
            if best is not None and (left[i], restricted[i]) <= best[:2]:
                break
            keep = _whole(values[order[i], i], off, end)
            if keep >= least:
                best = (float(left[i]), bool(restricted[i]), int(i), end, keep)
                break
    return best[2:] if best else None


def _whole(sorted_values: Array, off: int, end: int) -> int:
    """How many worlds are kept when at least ``off`` go at one end, equal values together."""
    n = len(sorted_values)
    if end == 0:
        return n - int(np.searchsorted(sorted_values, sorted_values[off - 1], side="right"))
    return int(np.searchsorted(sorted_values, sorted_values[n - off], side="left"))


def quasi_p(values: Array, wanted: Bools, limits: Limits) -> dict[int, float]:
    """For each restricted parameter: the chance of as many wanted worlds, were they as dense as without it.

    Binomial (Bryant and Lempert 2010). It says nothing about the search that found the box; a test on worlds that the
    search has not seen does.
    """
    held = inside(values, limits)
    found = {}
    for column in limits:
        wider = inside(values, {c: limit for c, limit in limits.items() if c != column})
        found[column] = float(binom.sf(wanted[held].sum() - 1, held.sum(), wanted[wider].mean()))
    return found


def _drop(values: Array, wanted: Bools, limits: Limits) -> Limits:
    """Without the restrictions that chance explains as well, the weakest first."""
    limits = dict(limits)
    while limits:
        chances = quasi_p(values, wanted, limits)
        weakest = max(chances, key=chances.__getitem__)
        if chances[weakest] <= QUASI_P and len(limits) <= MOST_RESTRICTED:
            break
        del limits[weakest]
    return limits


def _paste(values: Array, wanted: Bools, limits: Limits) -> Limits:
    """Edges moved outwards by a twentieth of the box at a time, while density rises."""
    limits = dict(limits)
    while limits:
        held = inside(values, limits)
        density, best = float(wanted[held].mean()), None
        for column, (low, high) in limits.items():
            others = inside(values, {c: limit for c, limit in limits.items() if c != column})
            there = values[others, column]
            put = int(np.ceil(PASTE * held.sum()))
            lower, upper = np.sort(there[there < low])[::-1], np.sort(there[there > high])
            for edge in ((_edge(lower, put, -np.inf), high), (low, _edge(upper, put, np.inf))):
                wider = {**limits, column: edge}
                dense = float(wanted[inside(values, wider)].mean())
                if edge != (low, high) and dense > density:
                    density, best = dense, wider
        if best is None:
            return limits
        limits = {c: limit for c, limit in best.items() if limit != (-np.inf, np.inf)}
    return limits


def _edge(beyond: Array, put: int, open_end: float) -> float:
    """The value at which ``put`` more worlds are inside; open where there are no more."""
    return float(beyond[put - 1]) if len(beyond) >= put else open_end
