"""Worlds that can be compared: rows with every number, and parameters that vary in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["CELLS", "DUMMIES", "Array", "Matched", "dummies", "matched"]

Array = NDArray[np.float64]
FEWEST = 16  # worlds; fewer are not analysed
CELLS = 2_000_000  # numbers in memory at a time
DUMMIES = 20  # for each parameter: the largest of all of them is passed by chance in 1 of 21 analyses


@dataclass(frozen=True, eq=False)
class Matched:
    """Parameters (N, P) and effects (N, L) of the same N worlds, in random order so that ties carry no meaning."""

    parameters: pd.DataFrame
    effects: pd.DataFrame
    dropped: int  # worlds left out because a number is missing
    constant: tuple[str, ...]  # parameters left out because they do not vary

    def orders(self) -> NDArray[np.int64]:
        """For each parameter the worlds from its lowest to its highest value (P, N)."""
        return np.argsort(self.parameters.to_numpy(float).T, axis=1, kind="stable")


def matched(parameters: pd.DataFrame, effects: pd.DataFrame, rng: np.random.Generator) -> Matched:
    """Match parameters and effects by world (their index).

    ValueError where names or worlds come twice, fewer than 16 worlds are whole, or no parameter varies.
    """
    for what, table in (("parameters", parameters), ("effects", effects)):
        if twice := sorted({str(name) for name in table.columns[table.columns.duplicated()]}):
            raise ValueError(f"{what}: columns that stand there twice: {', '.join(twice)}")
        if table.index.has_duplicates:
            raise ValueError(
                f"{what}: worlds that stand there twice, such as {table.index[table.index.duplicated()][0]}"
            )
    shared = parameters.index.intersection(effects.index)
    x, y = parameters.loc[shared].astype(float), effects.loc[shared].astype(float)
    whole = np.isfinite(x.to_numpy()).all(axis=1) & np.isfinite(y.to_numpy()).all(axis=1)
    if whole.sum() < FEWEST:
        raise ValueError(f"{whole.sum()} worlds have every parameter and effect; at least {FEWEST} are wanted")
    x, y = x[whole], y[whole]
    varies = np.ptp(x.to_numpy(), axis=0) > 0.0 if x.shape[1] else np.zeros(0, dtype=bool)
    if not varies.any():
        raise ValueError("no parameter varies between these worlds")
    shuffled = rng.permutation(len(x))
    dropped = len(parameters.index.union(effects.index)) - len(x)
    constant = tuple(str(name) for name in x.columns[~varies])
    return Matched(x.loc[:, varies].iloc[shuffled], y.iloc[shuffled], dropped, constant)


def dummies(worlds: int, count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Orders of worlds by ``count`` parameters that do nothing, in batches (?, N); ``size`` numbers belong to each."""
    step = max(1, CELLS // size)
    for start in range(0, count, step):
        yield rng.permuted(np.tile(np.arange(worlds), (min(step, count - start), 1)), axis=1)
