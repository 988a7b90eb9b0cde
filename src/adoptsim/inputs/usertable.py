"""A user's own table, CSV or YAML: read, checked as a whole, and turned into arrays with gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from adoptsim.inputs.cells import MANY_COLUMNS, Cell, Checker, Row, csv_rows, number_in, place, read_text, text_of
from adoptsim.inputs.document import composed
from adoptsim.inputs.errors import InputError, nearest_name
from adoptsim.inputs.indicators import ANCESTRIES, ESTIMATES, FIFTHS, INCOMES, INDICATORS, REGIONS, SCALES

__all__ = ["UserTable", "read", "units_of"]

Array = NDArray[np.float64]

KINDS = (".csv", ".yaml", ".yml")
LABELS = ("id", "iso3", "name", "region", "income", "draw_key")
REQUIRED = ("region", "income", "population", "births", "gdp_pc_usd")
GROUPS = {name: tuple(f"{name}_q{q}" for q in range(1, 6)) for name in FIFTHS} | {
    "ancestry": tuple(f"ancestry_{group}" for group in ANCESTRIES)
}
WHOLE = ("income_share", "ancestry")  # groups of shares that add up to 1
ROUNDING = 0.01
LONGEST_KEY = 9
SIMPLE = (*(i.name for i in INDICATORS), "gov_health_pc_usd", *ESTIMATES)
GEOGRAPHY = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "un_ldc": (0.0, 1.0), "landlocked": (0.0, 1.0)}
FRACTIONS = {i.name for i in INDICATORS if i.scale == "logit"} | {"hiv_prevalence"} | set(ESTIMATES)
COLUMNS = (*LABELS, *SIMPLE, *GEOGRAPHY, *(column for group in GROUPS.values() for column in group))


@dataclass(frozen=True, eq=False)
class UserTable:
    """Checked units: labels (N,), and values (N,), (N, 5) or (N, 6), NaN where the user says nothing."""

    unit: tuple[str, ...]
    name: tuple[str, ...]
    region: tuple[str, ...]
    income: tuple[str, ...]
    draw_key: tuple[int | None, ...]
    values: dict[str, Array]


def read(path: Path) -> UserTable:
    """Read and check a table. Raises InputError with every problem found."""
    check = Checker(path)
    rows = _rows(path, check)
    if not rows and not check.problems:
        check.add(Cell("", 1, 1), "", "expected at least one unit: the file is empty")
    units = _labels(rows, check)
    values = _values(rows, check)
    check.stop_if_any()
    label = {field: tuple(text_of(row, field) for row in rows) for field in ("region", "income")}
    names = tuple(text_of(row, "name") or unit for row, unit in zip(rows, units, strict=True))
    keys = tuple(int(text_of(row, "draw_key")) if text_of(row, "draw_key") else None for row in rows)
    return UserTable(units, names, label["region"], label["income"], keys, values)


def units_of(path: Path) -> dict[str, str]:
    """Ids and names of the units of a table that may have faults, as far as they can be read."""
    try:
        rows = _rows(path, Checker(path))
    except InputError:
        return {}
    ids = ((text_of(row, "id" if "id" in row else "iso3"), text_of(row, "name")) for row in rows)
    return {unit: name or unit for unit, name in ids if unit}


def _rows(path: Path, check: Checker) -> list[Row]:
    text = read_text(path, KINDS, check)
    is_csv = path.suffix.lower() == ".csv"
    return csv_rows(text, COLUMNS, _missing, check) if is_csv else _yaml_rows(text, check)


def _missing(names: Sequence[str]) -> list[str]:
    """Required columns that are not among the names."""
    identified = "id" in names or "iso3" in names
    return [*(() if identified else ("id",)), *(column for column in REQUIRED if column not in names)]


def _yaml_rows(text: str, check: Checker) -> list[Row]:
    """Rows of a YAML list of units, or of a mapping from id to unit."""
    try:
        root = composed(check.file, text)
    except InputError as error:
        check.problems += error.problems
        return []
    if root is None:
        return []
    return [_yaml_row(node, key, check) for key, node in _units(root, check)]


def _units(root: Node, check: Checker) -> Iterator[tuple[ScalarNode | None, Node]]:
    if isinstance(root, SequenceNode):
        yield from ((None, node) for node in root.value)
    elif isinstance(root, MappingNode):
        yield from root.value
    else:
        check.add(_cell(root), "", "expected a list of units, or a mapping from id to unit")


def _yaml_row(node: Node, key: ScalarNode | None, check: Checker) -> Row:
    row = {} if key is None else {"id": _cell(key)}
    if not isinstance(node, MappingNode):
        check.add(_cell(node), "", "expected the values of a unit, such as 'population: 1000'")
        return row
    for name, value in node.value:
        cell = _cell(name)
        if cell.text not in COLUMNS:
            check.add(cell, "field", f"expected {MANY_COLUMNS}", nearest_name(cell.text, COLUMNS))
        elif cell.text in row:
            check.add(cell, "field", "expected each field once")
        elif not isinstance(value, ScalarNode):
            check.add(_cell(value), cell.text, "expected a single value")
        else:
            row[cell.text] = _cell(value)
    for column in _missing([*row, *(str(name.value) for name, _ in node.value)]):
        check.add(Cell("", node.start_mark.line + 1, 1), column, "expected this column: it is required")
    return row


def _cell(node: Node) -> Cell:
    text = str(node.value) if isinstance(node, ScalarNode) else ""
    empty = isinstance(node, ScalarNode) and node.style is None and text in ("null", "~")
    return Cell("" if empty else text, node.start_mark.line + 1, node.start_mark.column + 1)


def _labels(rows: Sequence[Row], check: Checker) -> tuple[str, ...]:
    """Check ids, regions, income groups and draw keys; return the ids."""
    seen: dict[str, int] = {}
    for row in rows:
        field = "id" if "id" in row else "iso3"
        cell = place(row, field)
        if field in row and not cell.text:
            check.add(cell, field, "expected an id")
        elif cell.text and cell.text in seen:
            check.add(cell, field, f"expected each id once: it is already on line {seen[cell.text]}")
        seen.setdefault(cell.text, cell.line)
        for name, codes in (("region", REGIONS), ("income", INCOMES)):
            code = place(row, name)
            if name in row and code.text not in codes:
                check.add(code, name, f"expected one of {', '.join(codes)}", nearest_name(code.text, codes))
        key = place(row, "draw_key")
        if key.text and not (key.text.isdecimal() and key.text.isascii() and len(key.text) <= LONGEST_KEY):
            check.add(key, "draw_key", f"expected a whole number, 0 or more, of at most {LONGEST_KEY} digits")
    return tuple(text_of(row, "id" if "id" in row else "iso3") for row in rows)


def _bounds(field: str) -> tuple[float, float, str]:
    """Lowest and highest value allowed, and these in words."""
    if field in GEOGRAPHY:
        low, high = GEOGRAPHY[field]
        return low, high, f"expected a number from {low:g} to {high:g}"
    if field in FRACTIONS or field not in SIMPLE:
        return 0.0, 1.0, "expected a share from 0 to 1"
    if SCALES[field] == "log":
        return np.finfo(float).tiny, np.inf, "expected a number above 0"
    return -np.inf, np.inf, "expected a number"


def _number(row: Row, field: str, check: Checker) -> float:
    """The number in a cell, NaN if it is empty or wrong."""
    cell = place(row, field)
    if not cell.text:
        if field in REQUIRED and field in row:
            check.add(cell, field, "expected a number: this value is required")
        return np.nan
    return number_in(cell, field, _bounds(field), "expected a number, or an empty cell if it is not known", check)


def _values(rows: Sequence[Row], check: Checker) -> dict[str, Array]:
    """Every value column as an array; groups of shares side by side."""
    values = {field: np.array([_number(row, field, check) for row in rows]) for field in (*SIMPLE, *GEOGRAPHY)}
    for name, columns in GROUPS.items():
        group = np.array([[_number(row, column, check) for column in columns] for row in rows])
        values[name] = group.reshape(len(rows), len(columns))
        for row, shares in zip(rows, values[name], strict=True):
            given = [column for column in columns if text_of(row, column)]
            if given and len(given) < len(columns):
                gap = next(column for column in columns if column not in given)
                check.add(place(row, gap), gap, "expected all parts of the group, or none")
            elif name in WHOLE and abs(float(shares.sum()) - 1) > ROUNDING:
                check.add(place(row, columns[0]), name, f"expected shares adding up to 1, not {shares.sum():.3g}")
    values["gini_modelled"] = np.full(len(rows), np.nan)
    return values
