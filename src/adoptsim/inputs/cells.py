"""Cells that know where they stand: how a table written by a user is read, so that whatever is wrong can be found."""

import csv
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path

from adoptsim.inputs.errors import CONTROL, InputError, Problem, nearest_name

__all__ = [
    "Cell",
    "Checker",
    "Row",
    "csv_rows",
    "number_in",
    "place",
    "read_text",
    "starts_of",
    "text_of",
    "wrong_separator",
]

FEW = 12  # columns that a message may enumerate
MANY_COLUMNS = "a column of docs/files.md, 'Your own tables', or a country value of docs/odd.md"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Cell:
    """Text and where it stands, counted from 1."""

    text: str
    line: int
    column: int


Row = dict[str, Cell]


class Checker:
    """Collects the problems of one file."""

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.problems: list[Problem] = []

    def add(self, cell: Cell, field: str, allowed: str, nearest: str = "") -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(self.file, cell.line, cell.column, field, cell.text, allowed, nearest))

    def in_order(self) -> list[Problem]:
        """The problems from the top of the file to its end."""
        return sorted(self.problems, key=lambda p: (p.line, p.column))

    def stop_if_any(self) -> None:
        """Raise InputError if something is wrong."""
        if self.problems:
            raise InputError(self.in_order())


def read_text(path: Path, endings: Sequence[str], check: Checker) -> str:
    """Return the file as text, or stop."""
    start = Cell(str(path), 1, 1)
    if path.is_dir():
        check.add(start, "", "expected a file: this is a directory")
    elif path.exists() and not path.is_file():
        check.add(start, "", "expected a regular file")
    elif not path.exists():
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        check.add(start, "", "expected a file: there is none of this name", nearest_name(path.name, siblings))
    elif path.suffix.lower() not in endings:
        one_of = f"one of {', '.join(endings)}" if len(endings) > 1 else endings[0]
        check.add(start, "", f"expected a file name ending in {one_of}")
    check.stop_if_any()
    try:
        raw = path.read_bytes()
    except OSError as error:
        check.add(start, "", f"expected a file that can be read ({error.strerror})")
        check.stop_if_any()
        raise
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        byte = Cell(f"byte 0x{raw[error.start]:02x}", before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        check.add(byte, "", "expected UTF-8 text: save the file with this encoding")
        check.stop_if_any()
        raise
    if found := CONTROL.search(text.replace("\r", "\n")):
        before_it = text[: found.start()]
        where = Cell("", before_it.count("\n") + 1, found.start() - before_it.rfind("\n"))
        check.add(where, "", "expected no characters that cannot be printed")
    check.stop_if_any()
    return text


def csv_rows(
    text: str, columns: Collection[str], missing: Callable[[Sequence[str]], Sequence[str]], check: Checker
) -> list[Row]:
    """Rows of a CSV as cells by column name; empty lines are left out.

    ``columns`` are the names allowed, ``missing`` tells which required ones are not in the header.
    """
    records = _records(text, check)
    if not records:
        return []
    header_line, header, places = records[0]
    names = [name.strip() for name in header]
    if len(names) == 1 and (sign := wrong_separator(names[0])):
        check.add(Cell(names[0], header_line, 1), "", f"expected columns separated by commas, not by {sign}")
        check.stop_if_any()
    known = f"one of the columns {', '.join(columns)}" if len(columns) <= FEW else MANY_COLUMNS
    for k, name in enumerate(names):
        cell = Cell(name, header_line, places(k))
        if name not in columns:
            check.add(cell, "column", f"expected {known}", nearest_name(name, columns))
        elif name in names[:k]:
            check.add(cell, "column", "expected each column once")
    for column in missing(names):
        check.add(Cell("", header_line, 1), column, "expected this column: it is required")
    rows = []
    for line, record, at in records[1:]:
        if len(record) > len(names):
            check.add(Cell(record[len(names)], line, at(len(names))), "", f"expected {len(names)} cells in this row")
        padded = [*record, *[""] * len(names)]
        rows.append({name: Cell(padded[k].strip(), line, at(k)) for k, name in enumerate(names)})
    return rows


def wrong_separator(name: str) -> str:
    """What separates the columns of a header in place of commas, "" if nothing does."""
    return next((words for sign, words in SEPARATORS.items() if sign in name), "")


def _records(text: str, check: Checker) -> list[tuple[int, list[str], Callable[[int], int]]]:
    """Line, cells and where each begins; empty records are left out, and what follows a broken one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader(io.StringIO("\n".join(lines)), strict=True)
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend((reader.line_num, record) for record in reader if any(cell.strip() for cell in record))
    except csv.Error as error:
        check.add(Cell("", max(reader.line_num, 1), 1), "", f"expected valid CSV: {error}")
    return [(line, record, starts_of(lines[line - 1])) for line, record in found]


def starts_of(line: str) -> Callable[[int], int]:
    """Text column, from 1, at which the k-th cell of a CSV line begins; commas in quotes do not count."""
    quoted, starts = False, [1]
    for position, character in enumerate(line, start=2):
        quoted ^= character == '"'
        if character == "," and not quoted:
            starts.append(position)
    return lambda k: starts[k] if k < len(starts) else 1


def text_of(row: Row, field: str) -> str:
    """What a cell says, "" if there is none."""
    return row[field].text if field in row else ""


def place(row: Row, field: str) -> Cell:
    """The cell of a field, or the beginning of the row if it has none."""
    first = next(iter(row.values()), Cell("", 1, 1))
    return row.get(field, Cell("", first.line, 1))


def number_in(cell: Cell, field: str, bounds: tuple[float, float, str], no_number: str, check: Checker) -> float:
    """The number in a cell, NaN if it is wrong. ``bounds``: lowest, highest, and these in words."""
    low, high, allowed = bounds
    try:
        number = float(cell.text)
    except ValueError:
        number = nan
    if not isfinite(number):
        check.add(cell, field, no_number)
        return nan
    if not low <= number <= high:
        check.add(cell, field, allowed)
        return nan
    return number
