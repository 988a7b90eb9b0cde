"""What must hold before numbers are handed to SALib; it checks little of it itself.

One value that is not finite, a constant, or rows in another order make its analysers return numbers without a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

__all__ = ["FEW", "MOST_DROPPED", "TooManyFailedError", "no_variance", "undisturbed", "whole_blocks", "worlds_in_order"]

Array = NDArray[np.float64]
MOST_DROPPED = 0.05  # share of blocks that may be dropped; beyond it what is left is another sample
FEW = 20  # values so few that shares of variance say little
ROUNDING = 1e-12  # range against size, below which a result differs by rounding alone


class TooManyFailedError(ValueError):
    """So many worlds failed that what is left is another sample."""


def worlds_in_order(y: pd.Series, worlds: int) -> Array:
    """``y`` by world number 0, 1, ... as floats (worlds,), whatever its order; a failed world is NaN.

    ValueError unless it is a Series that names every world once.
    """
    if not isinstance(y, pd.Series):
        raise ValueError(f"y: a pandas Series whose index is the number of the world is wanted, got {type(y).__name__}")
    index = y.index
    if len(y) != worlds or not index.is_unique or set(index) != set(range(worlds)):
        raise ValueError(
            f"y: each of {worlds:,} worlds once is wanted, numbered from 0; got {len(y):,} values, "
            f"{index.nunique():,} different worlds"
        )
    if not pd.api.types.is_numeric_dtype(y):
        raise ValueError(f"y: numbers are wanted, got {y.dtype}")
    return np.ascontiguousarray(y.sort_index().to_numpy(dtype=float, na_value=np.nan))


def whole_blocks(y: Array) -> NDArray[np.bool_]:
    """Which blocks of ``y`` (blocks, scrambles, rows) hold finite values alone, (blocks, scrambles).

    TooManyFailedError where more than ``MOST_DROPPED`` of them do not, or a scramble keeps fewer than two.
    """
    whole = np.asarray(np.isfinite(y).all(axis=2))
    dropped = int((~whole).sum())
    if dropped > MOST_DROPPED * whole.size:
        raise TooManyFailedError(
            f"{dropped:,} of {whole.size:,} blocks hold a failed world; at most {MOST_DROPPED:.0%} can be left out. "
            "The errors of these worlds stand in the table of outcomes"
        )
    if whole.sum(axis=0).min() < 2:
        raise TooManyFailedError("at least two whole blocks in each scramble are wanted")
    return whole


def no_variance(y: Array) -> bool:
    """Whether finite values differ by rounding alone."""
    return bool(np.ptp(y) <= ROUNDING * np.abs(y).max())


@contextmanager
def undisturbed() -> Iterator[None]:
    """What SALib changes for the whole process is put back: NumPy's global generator, how warnings are shown.

    Its many small matrices are worked on by one thread: several cost ten times the time, and give other last digits.
    """
    state, shown = np.random.get_state(), warnings.formatwarning  # noqa: NPY002
    with warnings.catch_warnings(record=True), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002
            warnings.formatwarning = shown
