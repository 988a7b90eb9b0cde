"""Anyone's own table: read a CSV, measure it in every way that suits it, and print the answer.

Each measure is given twice, weighted by people and with all units equal: both readings are legitimate, and a conclusion
that holds in only one of them should say so. The mean stands first, because a gap can close by levelling down.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from adoptsim.equity.curve import concentration_figure
from adoptsim.equity.reading import Columns, read_columns
from adoptsim.equity.registry import MEASURES, Measure
from adoptsim.equity.units import Form

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MANY_UNITS = 100
"""Above this many units the ends are read off percentiles of people, not off the two extreme units."""

EXTREMES = ("difference", "ratio")
SHORT = {"that of the estimate": "estimate's", "square of the estimate's": "its square"}
FAVOURS = "favours "
TAILS = ("percentile_difference", "percentile_ratio", "ventile_difference", "ventile_ratio")


@dataclass(frozen=True)
class Row:
    """One measure of a table.

    Attributes:
        name: its name in `MEASURES`.
        label: in words, with the WHO short name and the form of the fit.
        unit: unit of the values.
        value: weighted by people.
        equal: with all units equal.
        favours: "favours advantaged", "favours disadvantaged", "even", or "" for a measure without a sign.
        note: why a value is missing, or what to beware of.
    """

    name: str
    label: str
    unit: str
    value: float
    equal: float
    favours: str
    note: str


def measure_table(
    path: str | Path,
    estimate: str,
    population: str,
    rank: str | None = None,
    *,
    reference: int | None = None,
    favourable: bool = True,
    scale: float | None = None,
    who_compat: bool = False,
) -> list[Row]:
    """Every measure that suits the table in a CSV file.

    Without a rank the ordered measures are left out; without a reference those against a reference; without a scale
    those that need bounds. With more than 100 units, percentiles and ventiles of people replace the extreme units.

    Args:
        path: a CSV file with a header; separated by comma, semicolon or tab; UTF-8.
        estimate, population, rank: names of columns of numbers.
        reference: index of the reference unit, counted from 0.
        favourable: whether more of the indicator is better.
        scale: upper bound of the estimate (1, 100, 1000), or None if it has none.
        who_compat: print what the WHO tools print, where they differ.

    Returns:
        Rows in the order of the documentation, the mean first. A value is NaN where the note says why.

    Raises:
        TableError: everything wrong with the file (the first 20 faults), each with file, line and column.
        ValueError: a reference outside the table, or a scale that is not positive.
        OSError: the file cannot be read.
    """
    columns = read_columns(path, estimate, population, rank, scale)
    rows = []
    for entry, form in _suitable(columns, reference, scale):
        value, equal = (
            _value(entry, columns, people, reference, favourable, scale or 1.0, form, who_compat)
            for people in (columns.population, (columns.population > 0).astype(np.float64))
        )
        label = f"{entry.label} ({entry.who})" if entry.who.isupper() else entry.label
        label += f", {form}" if entry.fitted else ""
        favours, otherwise = (entry.favours(x, favourable) for x in (value, equal))
        turned = {favours, otherwise} == {"favours advantaged", "favours disadvantaged"}
        note = _note(entry, columns, (value, equal), scale) or f"with units equal: {otherwise}" * turned
        rows.append(Row(entry.name, label, entry.unit, value, equal, favours, note))
    return rows


def table_figure(path: str | Path, estimate: str, population: str, rank: str) -> "Figure":
    """The concentration curve of the table in a CSV file, as `concentration_figure` draws it.

    Args:
        path, estimate, population, rank: as in `measure_table`.

    Raises:
        TableError: everything wrong with the file.
        ValueError: an estimate below 0: what cannot be shared out has no curve.
        OSError: the file cannot be read.
        ImportError: matplotlib is not installed.
    """
    columns = read_columns(path, estimate, population, rank)
    assert columns.rank is not None
    return concentration_figure(columns.estimate, columns.population, columns.rank, estimate, rank)


def _suitable(columns: Columns, reference: int | None, scale: float | None) -> Iterator[tuple[Measure, Form]]:
    """The measures to print, and their forms."""
    left_out = EXTREMES if columns.estimate.size > MANY_UNITS else TAILS
    for entry in MEASURES.values():
        unranked, unreferred = entry.ranked and columns.rank is None, entry.referred and reference is None
        if entry.name in left_out or unranked or unreferred or (entry.domain == "bounded" and scale is None):
            continue
        yield entry, "linear"
        if entry.fitted and scale is not None:
            yield entry, "logit"


def _value(
    entry: Measure,
    columns: Columns,
    people: np.ndarray,
    reference: int | None,
    favourable: bool,
    scale: float,
    form: Form,
    who_compat: bool,
) -> float:
    """A measure of the table; NaN if it takes no negative estimates and there are some."""
    if _too_low(entry, columns):
        return float("nan")
    arrays = (columns.estimate, people, columns.rank)
    return float(entry.function(*arrays, reference, favourable, scale, form, who_compat))


def _too_low(entry: Measure, columns: Columns) -> bool:
    return entry.domain != "any" and bool(columns.estimate.min() < 0)


def _note(entry: Measure, columns: Columns, values: tuple[float, float], scale: float | None) -> str:
    """Why a value is missing, or what to beware of."""
    if _too_low(entry, columns):
        return "needs estimates that are not negative"
    if not np.isfinite(values).all():
        return entry.undefined
    if entry.name == "slope_index" and scale is not None and max(map(abs, values)) > scale:
        return "beyond the scale: an index, not points"
    return ""


def format_table(rows: Sequence[Row], width: int = 100) -> str:
    """Rows as lines of aligned text under a header, then notes; "-" for a value that is missing.

    Long names of measures and notes are broken to keep within `width` columns.
    """
    notes = list(dict.fromkeys(row.note for row in rows if row.note))
    body = [_cells(row, notes) for row in rows]
    header = ("measure", "by people", "units equal", "unit", FAVOURS.strip(), "note")[: 6 if notes else 5]
    widths = [max(len(line[i]) for line in (header, *body)) for i in range(len(header))]
    widths[0] = max(len(header[0]), min(widths[0], width - sum(widths[1:]) - 2 * (len(header) - 1)))
    lines = [line for cells in (header, *body) for line in _lines(cells[: len(header)], widths)]
    below = [line for n, note in enumerate(notes, 1) for line in wrap(f"[{n}] {note}", width, subsequent_indent="    ")]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:], *([""] * bool(below)), *below])


def _cells(row: Row, notes: Sequence[str]) -> tuple[str, ...]:
    note = f"[{notes.index(row.note) + 1}]" if row.note else ""
    favours = row.favours.removeprefix(FAVOURS)
    return row.label, _number(row.value), _number(row.equal), SHORT.get(row.unit, row.unit), favours, note


def _lines(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """One row as a line, or more where the name of the measure is long."""
    name, *more = wrap(cells[0], widths[0], subsequent_indent="  ")
    numbers = [x.rjust(w) if i in (1, 2) else x.ljust(w) for i, (x, w) in enumerate(zip(cells, widths, strict=True))]
    yield "  ".join([name.ljust(widths[0]), *numbers[1:]]).rstrip()
    yield from more


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.4g}"
