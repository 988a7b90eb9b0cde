"""Tidy: values by world turned into rows of a table, each with a unit, a mean and the range of 90 % of worlds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.model.scenario import QUARTERS_A_YEAR

__all__ = ["COLUMNS", "MILLION", "PER_CENT", "Periods", "Row", "amounts", "shares", "table"]

Array = NDArray[np.float64]
Row = tuple[str, str, str, float, float, float]

COLUMNS = ("what", "unit", "when", "mean", "low", "high")
LOW, HIGH = 0.05, 0.95
PERIOD = 5 * QUARTERS_A_YEAR
MILLION, PER_CENT = 1e6, 0.01


@dataclass(frozen=True)
class Periods:
    """Five-year periods of a run of some quarters; the last may be shorter."""

    start_year: int
    quarters: int

    @property
    def parts(self) -> tuple[slice, ...]:
        """Quarters of each period."""
        firsts = range(0, self.quarters, PERIOD)
        return tuple(slice(first, min(first + PERIOD, self.quarters)) for first in firsts)

    @property
    def labels(self) -> tuple[str, ...]:
        """ "2025-29" of each period."""
        return tuple(self.label(part) for part in self.parts)

    def label(self, part: slice) -> str:
        """First and last year that quarters touch."""
        first = self.start_year + part.start // QUARTERS_A_YEAR
        last = self.start_year + (part.stop - 1) // QUARTERS_A_YEAR
        return f"{first}-{last % 100:02d}" if last > first else str(first)

    @property
    def ends(self) -> tuple[tuple[str, slice], ...]:
        """The first and the last period, with their labels; one where there is only one."""
        pairs = list(zip(self.labels, self.parts, strict=True))
        return tuple(pairs[:1] + pairs[-1:]) if len(pairs) > 1 else tuple(pairs)

    @property
    def dates(self) -> tuple[tuple[str, int], ...]:
        """The first quarter, then the last quarter of each period, told as the year that then begins."""
        ends = [(str(self.year_after(part.stop - 1)), part.stop - 1) for part in self.parts]
        return ((f"{self.start_year} start", 0), *ends)

    def year_after(self, quarter: int) -> int:
        """The year that begins when a quarter's year ends."""
        return self.start_year + quarter // QUARTERS_A_YEAR + 1


def table(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as a frame with the columns of COLUMNS."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[3:], float))


def amounts(what: str, unit: str, values: Iterable[tuple[str, Array]], scale: float = 1.0) -> list[Row]:
    """A row for each (when, values by world), divided by ``scale``: mean and range over worlds."""
    out: list[Row] = []
    for when, given in values:
        each = np.asarray(given, dtype=float) / scale
        low, high = np.quantile(each, (LOW, HIGH))
        out.append((what, unit, when, float(each.mean()), float(low), float(high)))
    return out


def shares(what: str, unit: str, values: Iterable[tuple[str, float]]) -> list[Row]:
    """A row for each (when, share of worlds): such a share says itself how worlds differ and has no range."""
    return [(what, unit, when, float(value), float("nan"), float("nan")) for when, value in values]


def a_year(values: Array, parts: Sequence[tuple[str, slice]]) -> list[tuple[str, Array]]:
    """A flow by quarter (world, quarter) as amounts a year of each period."""
    return [(label, values[:, part].mean(axis=1) * QUARTERS_A_YEAR) for label, part in parts]


def level(values: Array, parts: Sequence[tuple[str, slice]]) -> list[tuple[str, Array]]:
    """A state by quarter (world, quarter) as its mean over each period."""
    return [(label, values[:, part].mean(axis=1)) for label, part in parts]


def ratio(above: Array, below: Array, parts: Sequence[tuple[str, slice]]) -> list[tuple[str, Array]]:
    """Sums over sums of two flows in each period; 0 where there is nothing below."""
    pairs = [(label, above[:, part].sum(axis=1), below[:, part].sum(axis=1)) for label, part in parts]
    return [(label, np.divide(a, b, out=np.zeros(a.shape), where=b > 0)) for label, a, b in pairs]
