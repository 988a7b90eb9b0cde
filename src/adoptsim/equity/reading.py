"""Columns of numbers out of anyone's CSV file, with every fault named by file, line and column."""

import csv
import difflib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adoptsim.equity.arrays import Array

MOST_FAULTS = 20
DELIMITERS = ",;\t"

Limits = tuple[float, float]
Record = tuple[int, list[str]]


class TableError(ValueError):
    """What is wrong with a file, one line per fault: file, line, column, value, what is needed."""


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
    header, records = _records(path)
    wanted = {"estimate": estimate, "population": population} | ({"rank": rank} if rank is not None else {})
    _stop([_no_column(path, header, name) for name in wanted.values() if header.count(name) != 1])
    limits = {"estimate": (-np.inf, np.inf) if scale is None else (0.0, scale), "population": (0.0, np.inf)}
    faults = [
        f"{path}:{line}: {len(record)} entries, but the header names {len(header)} columns"
        for line, record in records
        if len(record) != len(header)
    ]
    _stop(faults)
    columns = {}
    for role, name in wanted.items():
        place = header.index(name)
        entries = [(line, record[place]) for line, record in records]
        columns[role] = _column(entries, f"{path}:{{}}: column {name!r}: ", limits.get(role, (-np.inf, np.inf)), faults)
    _stop(sorted(faults, key=lambda fault: int(fault.removeprefix(f"{path}:").split(":")[0])))
    if not columns["population"].any():
        raise TableError(f"{path}:2: column {population!r}: all zero, so there is nobody to compare")
    return Columns(columns["estimate"], columns["population"], columns.get("rank"))


def _stop(faults: list[str]) -> None:
    """TableError if there are faults."""
    if faults:
        more = [f"... and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        raise TableError("\n".join(faults[:MOST_FAULTS] + more))


def _records(path: Path) -> tuple[list[str], list[Record]]:
    """The header, and the records that are not empty, each with its line in the file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(DELIMITERS, key=first.count), strict=True)
            records = [(reader.line_num, [entry.strip() for entry in record]) for record in reader]
    except UnicodeDecodeError as error:
        raise TableError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from None
    except csv.Error as error:
        raise TableError(f"{path}:{reader.line_num}: {error}") from None
    records = [(line, record) for line, record in records if any(record)]
    if not records:
        raise TableError(f"{path}:1: empty, where a header is needed")
    (line, header), *rest = records
    if not rest:
        raise TableError(f"{path}:{line}: a header without any line below it")
    return header, rest


def _no_column(path: Path, header: list[str], name: str) -> str:
    """Why a column cannot be had: it is missing or there are two."""
    if name in header:
        return f"{path}:1: column {name!r} appears {header.count(name)} times"
    near = difflib.get_close_matches(name, header, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(map(repr, header))}"
    return f"{path}:1: no column {name!r}; {hint}"


def _column(entries: list[tuple[int, str]], where: str, limits: Limits, faults: list[str]) -> Array:
    """Entries as numbers; whatever is wrong with them goes to `faults`."""
    values = []
    for line, entry in entries:
        try:
            values.append(_number(entry, *limits))
        except ValueError as fault:
            faults.append(where.format(line) + str(fault))
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
