"""Tables of designs: a CSV whose columns are factors and whose rows are worlds.

A table without fault is read by pyarrow, a million rows in seconds. Only one that it refuses, or that holds units, is
read again cell by cell, so that whatever is wrong can be told with its place.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from adoptsim.experiment.design import Design
from adoptsim.experiment.files import units
from adoptsim.experiment.files.fields import MAX_BUDGET
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.inputs.cells import Cell, Checker, starts_of, wrong_separator
from adoptsim.inputs.document import shown
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.model.factors import GENERATED
from adoptsim.model.levers import parameters_of, strengths_of
from adoptsim.model.scenario import Scenario

__all__ = ["REPLICATE", "Factor", "factors_known", "read_design"]

REPLICATE = "replicate"
MAX_TOLD = 20
BATCH = 1 << 22  # bytes of the table that are read at a time
LONGEST_LINE = 100_000
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """What a column may hold.

    ``fixed``: the scenario that gives it one value already, ``missing``: one in which it means nothing; "" = none.
    """

    low: float
    high: float
    unit: str
    fixed: str = ""
    missing: str = ""

    @property
    def allowed(self) -> str:
        """The range in words."""
        if self.unit == "":
            return f"expected a whole number from {self.low:g} to {self.high:,.0f}"
        return f"expected {units.span(self.low, self.high, self.unit)}"


def factors_known(scenarios: Sequence[Scenario]) -> Mapping[str, Factor]:
    """Every column that a design for these scenarios may have."""
    fixed = {name: s for s in reversed(scenarios) for name in s.parameters}
    found = {REPLICATE: Factor(0, MAX_WORLDS - 1, "")}
    meant = {s.name: {*parameters_of(s), *strengths_of((s,))} for s in scenarios}

    def missing(name: str) -> str:
        return next((scenario for scenario, names in meant.items() if name not in names), "")

    for scenario in scenarios:
        for name, p in parameters_of(scenario).items():
            if name.startswith(GENERATED):
                continue  # the same in all worlds
            by = f"{fixed[name].name} ({fixed[name].origins.get(f'parameters.{name}', '')})" if name in fixed else ""
            found[name] = Factor(p.low, p.high, p.unit, by, missing(name))
    for lever in strengths_of(scenarios):
        found[lever] = Factor(0.0, 1.0, "share", missing=missing(lever))
        found[f"{lever}.budget"] = Factor(0.0, MAX_BUDGET, "US$ a year", missing=missing(lever))
    return found


def read_design(path: str, known: Mapping[str, Factor], block: int = 1) -> Design:
    """Read a table. Raises InputError that tells what is wrong, at most ``MAX_TOLD`` problems."""
    check = Checker(Path(path))
    with _opened(check) as text:
        names = _header(text, known, check)
    columns = None if check.problems else _fast(path, names, known)
    if columns is None:
        with _opened(check) as text:
            columns = _careful(text, names, known, check)
    rows = len(next(iter(columns.values())))
    if rows == 0:
        check.add(Cell("", 1, 1), "", "expected at least one row below the names of the columns")
    if rows % block:
        check.add(Cell(f"{rows:,} rows", 1, 1), "", f"expected whole blocks of {block:,} rows, as the experiment says")
    check.stop_if_any()
    replicates = columns.pop(REPLICATE, np.zeros(rows)).astype(np.int64)
    return Design(columns, replicates, block, path)


def _opened(check: Checker) -> TextIO:
    try:
        return Path(check.file).open(encoding="utf-8-sig", newline="")
    except OSError as error:
        check.add(Cell("", 1, 1), "", f"expected a file that can be read ({error.strerror})")
        check.stop_if_any()
        raise


def _header(text: TextIO, known: Mapping[str, Factor], check: Checker) -> list[str]:
    """The names of the columns, and what is wrong with them; InputError where there are none."""
    line = ""
    try:
        line = text.readline(LONGEST_LINE)
    except UnicodeDecodeError:
        _not_utf8(check)
    if not line.strip() and not check.problems:
        check.add(Cell("", 1, 1), "", "expected the names of columns in the first line: it is empty")
    names = [name.strip() for name in next(csv.reader([line]), [])] if not check.problems else []
    at = starts_of(line)
    if len(names) == 1 and (sign := wrong_separator(names[0])):
        check.add(Cell(shown(names[0]), 1, 1), "", f"expected columns separated by commas, not by {sign}")
        names = []
    for k, name in enumerate(names):
        cell = Cell(shown(name), 1, at(k))
        if name not in known:
            allowed = f"expected a parameter, a lever, LEVER.budget or {REPLICATE}"
            check.add(cell, "column", allowed, nearest_name(name, known))
        elif name in names[:k]:
            check.add(cell, "column", "expected each column once")
        elif name.endswith(".budget") and name.removesuffix(".budget") in names:
            check.add(cell, "column", f"expected {name} or {name.removesuffix('.budget')}, not both")
        elif known[name].fixed:
            allowed = f"expected no factor that a scenario fixes under parameters, as does {known[name].fixed}"
            check.add(cell, "column", allowed)
        elif known[name].missing:
            allowed = f"expected a factor of every scenario: {known[name].missing} does not name the file of it"
            check.add(cell, "column", f"{allowed} (a lever may stand there with level 0)")
    if names and not set(names) - {REPLICATE} and not check.problems:
        check.add(Cell(", ".join(names), 1, 1), "column", "expected at least one factor")
    if not names:
        _stop_if_any(check)
    return names


def _fast(path: str, names: Sequence[str], known: Mapping[str, Factor]) -> dict[str, Values] | None:
    """The columns, None unless every cell is a plain number in its range."""
    import pyarrow as pa
    from pyarrow import csv as table

    kinds = {name: pa.int64() if name == REPLICATE else pa.float64() for name in names}
    parts: dict[str, list[Values]] = {name: [] for name in names}
    rows = 0
    try:
        reader = table.open_csv(
            path,
            table.ReadOptions(column_names=list(names), skip_rows=1, block_size=BATCH, use_threads=False),
            convert_options=table.ConvertOptions(column_types=kinds, null_values=[], strings_can_be_null=False),
        )
        for batch in reader:
            rows += len(batch)
            for name, column in zip(names, batch.columns, strict=True):
                values = column.to_numpy(zero_copy_only=False).astype(np.float64)
                low, high = known[name].low, known[name].high
                if rows > MAX_WORLDS or not ((values >= low) & (values <= high)).all():
                    return None
                parts[name].append(values)
    except (pa.ArrowException, ValueError, OSError):
        return None
    return {name: np.concatenate(parts.pop(name) or [np.zeros(0)]) for name in names}


def _careful(text: TextIO, names: Sequence[str], known: Mapping[str, Factor], check: Checker) -> dict[str, Values]:
    """The columns read cell by cell, or InputError with the first problems and how many more there are."""
    columns = {name: array("d") for name in names}
    wrong, room = 0, max(MAX_TOLD - len(check.problems), 0)
    for line, raw, record in _records(text, check):
        pairs = zip(names, record, strict=False)
        cells = [_number(cell, known[name]) if name in known else 0.0 for name, cell in pairs]
        if len(record) == len(names) and None not in cells:
            for name, value in zip(names, cells, strict=True):
                columns[name].append(value or 0.0)
            continue
        at = starts_of(raw)
        for cell, field, allowed, nearest in _faults(line, at, record, names, known, cells):
            wrong += 1
            if wrong <= room:
                check.add(cell, field, allowed, nearest)
        last = line
    if wrong > room:
        check.add(Cell("", last, 1), "", f"{wrong - room:,} more problems in this file, the last in this line")
    _stop_if_any(check)
    return {
        name: np.frombuffer(values, dtype=np.float64) if values else np.zeros(0) for name, values in columns.items()
    }


def _records(text: TextIO, check: Checker) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, line and cells of each row that is not empty; what cannot be read is told, and ends them."""
    text.readline()
    number = 1
    try:
        while raw := text.readline(LONGEST_LINE):
            number += 1
            line = raw.rstrip("\r\n")
            if not line.strip():
                continue
            if len(raw) == LONGEST_LINE or number > MAX_WORLDS + 1:
                allowed = f"expected lines of less than {LONGEST_LINE:,} characters, and at most {MAX_WORLDS:,} of them"
                check.add(Cell("", number, 1), "", allowed)
                return
            yield number, line, next(csv.reader([line], strict=True))
    except UnicodeDecodeError:
        _not_utf8(check)
    except csv.Error as error:
        check.add(Cell("", number, 1), "", f"expected valid CSV: {error}")


def _number(text: str, factor: Factor) -> float | None:
    """The number in a cell, None if it is not one that the factor may have."""
    try:
        value = float(text)
    except ValueError:
        try:
            value = units.number(text.strip(), factor.unit or "rows")
        except units.UnitError:
            return None
    if not isfinite(value) or (not factor.unit and value != int(value)):
        return None
    return value if factor.low <= value <= factor.high else None


def _meant(text: str, factor: Factor) -> str:
    """How a cell is written rightly, "" where that is not known."""
    try:
        value: float | str = float(text)
    except ValueError:
        value = text.strip()
    return units.meant(value, factor.unit, factor.low, factor.high) if factor.unit else ""


def _faults(
    line: int,
    at: Callable[[int], int],
    record: Sequence[str],
    names: Sequence[str],
    known: Mapping[str, Factor],
    cells: Iterable[float | None],
) -> Iterator[tuple[Cell, str, str, str]]:
    """What is wrong with a row: cell, field, what is allowed, nearest right value."""
    for k, (name, text, value) in enumerate(zip(names, record, cells, strict=False)):
        if value is None:
            yield Cell(shown(text.strip()), line, at(k)), name, known[name].allowed, _meant(text, known[name])
    if len(record) != len(names):
        extra = min(len(names), len(record) - 1)
        told = f"{len(record)} cells"
        yield Cell(told, line, at(extra)), "", f"expected {len(names)} cells in this row", ""


def _not_utf8(check: Checker) -> None:
    """Tell where the first byte stands that is not UTF-8."""
    with Path(check.file).open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            try:
                raw.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                column = len(raw[: error.start].decode("utf-8-sig")) + 1
                byte = Cell(f"byte 0x{raw[error.start]:02x}", number, column)
                check.add(byte, "", "expected UTF-8 text: save the file with this encoding")
                return


def _stop_if_any(check: Checker) -> None:
    """Raise InputError with the first problems, and how many more there are."""
    found = check.in_order()
    if len(found) > MAX_TOLD + 1:
        last = found[-1]
        more = f"{len(found) - MAX_TOLD:,} more problems in this file"
        found = [*found[:MAX_TOLD], Problem(last.file, last.line, last.column, "", "", more)]
    if found:
        raise InputError(found)
