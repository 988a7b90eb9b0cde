"""Columns of numbers out of anyone's CSV file, with every fault named by file, line and column."""

import csv
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adoptsim.equity.arrays import Array

MOST_FAULTS = 20
DELIMITERS = ",;\t"

Limits = tuple[float, float]

MOST_NAMED = 12


class TableError(ValueError):
    """What is wrong with a file, one line per fault: file, line, column, value, what is needed."""


class Record(NamedTuple):
    """A line of the table: where it ends in the file, where each of its entries begins on it, and the entries."""

    line: int
    starts: list[int]
    entries: list[str]

    def at(self, place: int) -> tuple[int, int]:
        """Line and column of an entry, from 1; the column is 1 if the record spans lines."""
        return self.line, self.starts[place] if len(self.starts) == len(self.entries) else 1


Fault = tuple[int, int, str]


@dataclass(frozen=True)
class Columns:
    """Columns of a table as arrays, (units,) each; the rank is None if there is none."""

    estimate: Array
    population: Array
    rank: Array | None


def read_columns(
    path: str | Path, estimate: str, population: str, rank: str | None = None, scale: float | None = None
) -> Columns:
    """Columns of a CSV file as arrays, checked entry by entry. Empty lines are passed over.

    Args:
        path: a CSV file with a header; separated by comma, semicolon or tab; UTF-8.
        estimate, population, rank: names of columns of numbers.
        scale: upper bound of the estimate, or None if it has none.

    Returns:
        `Columns`.

    Raises:
        TableError: everything wrong with the file (the first 20 faults), each with file, line and column.
        OSError: the file cannot be read.
    """
    path = Path(path)
    first, *records = _records(path)
    header = first.entries
    wanted = {"estimate": estimate, "population": population} | ({"rank": rank} if rank is not None else {})
    _stop(path, [_no_column(first, name) for name in wanted.values() if header.count(name) != 1])
    uneven = [record for record in records if len(record.entries) != len(header)]
    counts = f"entries, but the header names {len(header)} columns"
    _stop(path, [(record.line, 1, f"{len(record.entries)} {counts}") for record in uneven])
    limits = {"estimate": (-np.inf, np.inf) if scale is None else (0.0, scale), "population": (0.0, np.inf)}
    faults: list[Fault] = []
    columns = {
        role: _column(records, header.index(name), name, limits.get(role, (-np.inf, np.inf)), faults)
        for role, name in wanted.items()
    }
    _stop(path, sorted(faults))
    if not columns["population"].any():
        where = records[0].at(header.index(population))
        _stop(path, [(*where, f"column {population!r}: all zero, so there is nobody to compare")])
    return Columns(columns["estimate"], columns["population"], columns.get("rank"))


def _stop(path: Path, faults: list[Fault]) -> None:
    """TableError if there are faults."""
    if faults:
        told = [f"{path}:{line}:{column}: {words}" for line, column, words in faults[:MOST_FAULTS]]
        more = [f"... and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise TableError("\n".join(told + more))


def _records(path: Path) -> list[Record]:
    """The header and the records that are not empty, with at least one record."""
    lines = io.StringIO(_text(path), newline="").readlines()
    delimiter = max(DELIMITERS, key=(lines or [""])[0].count)
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=True)
    records = []
    try:
        for entries in reader:
            starts = list(_starts(lines[reader.line_num - 1], delimiter))
            records.append(Record(reader.line_num, starts, [entry.strip() for entry in entries]))
    except csv.Error as error:
        _stop(path, [(reader.line_num, 1, str(error))])
    records = [record for record in records if any(record.entries)]
    if not records:
        _stop(path, [(1, 1, "empty, where a header is needed")])
    if len(records) == 1:
        _stop(path, [(records[0].line, 1, "a header without any line below it")])
    return records


def _text(path: Path) -> str:
    """What the file says; TableError if it is not UTF-8."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        _stop(path, [(before.count(b"\n") + 1, column, f"not UTF-8 text ({error.reason})")])
        raise


def _starts(line: str, delimiter: str) -> Iterator[int]:
    """Columns, from 1, at which the entries of a line begin."""
    quoted = False
    yield 1
    for column, character in enumerate(line, 2):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            yield column


def _no_column(header: Record, name: str) -> Fault:
    """Why a column cannot be had: it is missing or there are two."""
    known = header.entries
    if name in known:
        second = known.index(name, known.index(name) + 1)
        return (*header.at(second), f"column {name!r} appears {known.count(name)} times")
    near = difflib.get_close_matches(name, known, n=1)
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, known[:MOST_NAMED]))}{more}"
    return header.line, 1, f"no column {name!r}; {hint}"


def _column(records: list[Record], place: int, name: str, limits: Limits, faults: list[Fault]) -> Array:
    """Entries as numbers; whatever is wrong with them goes to `faults`."""
    values = []
    for record in records:
        try:
            values.append(_number(record.entries[place], *limits))
        except ValueError as fault:
            faults.append((*record.at(place), f"column {name!r}: {fault}"))
    return np.array(values)


def _number(entry: str, lower: float, upper: float) -> float:
    """An entry as a finite number within limits."""
    if not entry:
        raise ValueError("empty, where a number is needed (leave the line out to leave the unit out)")
    try:
        value = float(entry)
    except ValueError:
        raise ValueError(f"{entry!r} is not a number") from None
    if not np.isfinite(value):
        raise ValueError(f"{entry!r} is not a finite number")
    if value < lower:
        raise ValueError(f"{entry} is negative")
    if value > upper:
        raise ValueError(f"{entry} is above the scale {upper:g}")
    return value
