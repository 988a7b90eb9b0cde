"""A user's own CSV in the place of the distributors, manufacturers, funders, training programmes or hubs that ship.

=============  ==============================================================================================
kind           columns (those in brackets may be left out; `basis`, a note that nobody reads, is always allowed)
=============  ==============================================================================================
distributors   name, home, [size]
manufacturers  name, platform, source, share
funders        name, regions, budget_share, services, equipment, training, research, [supports]
programmes     name, host, cadre, weight
hubs           name, host
=============  ==============================================================================================

`home` and `host` are ISO3 codes (or ids) of the countries in use. `regions` and `supports` are lists with spaces
between the names; `supports` holds applications and may be empty. `size`, `share`, `budget_share` and `weight` are
above 0 and count in proportion, so that any unit will do; the four purposes of a funder add up to 1. The packaged
tables of funders and manufacturers have this form. Which pairs may matter follows from the same rules as for those
that ship (`pairs`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adoptsim.inputs.applications import Application, packaged_applications
from adoptsim.inputs.cells import Cell, Checker, Row, csv_rows, number_in, place, read_text, text_of
from adoptsim.inputs.countries import Countries
from adoptsim.inputs.country_names import nearest_country
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.inputs.names import CADRES, PLATFORMS, PURPOSES, REGIONS, SOURCES
from adoptsim.inputs.roster import (
    KINDS,
    TRAINED,
    Array,
    Funders,
    Hubs,
    Index,
    Makers,
    Schools,
    Traders,
    adding_to_one,
    funders_of,
    makers_of,
)

__all__ = ["OwnTables", "read_own_tables", "wrong_tables"]

REQUIRED = {
    "distributors": ("name", "home"),
    "manufacturers": ("name", "platform", "source", "share"),
    "funders": ("name", "regions", "budget_share", *PURPOSES),
    "programmes": ("name", "host", "cadre", "weight"),
    "hubs": ("name", "host"),
}
OPTIONAL = {"distributors": ("size", "basis"), "funders": ("supports", "basis")}
CHOICES = {"platform": PLATFORMS, "source": SOURCES, "cadre": TRAINED}
PROPORTIONS = ("share", "budget_share", "weight")
ABOVE_0 = (1e-15, 1e15, "expected a number above 0, from 1e-15 to 1e15")
SHARE = (0.0, 1.0, "expected a share from 0 to 1")
ROUNDING = 0.01
LISTED = 20  # names that a message may enumerate


@dataclass(frozen=True, eq=False)
class OwnTables:
    """What a user puts in the place of the rosters that ship; None where nothing."""

    distributors: Traders | None = None
    manufacturers: Makers | None = None
    funders: Funders | None = None
    programmes: Schools | None = None
    hubs: Hubs | None = None


def read_own_tables(
    paths: Mapping[str, str | Path], countries: Countries, applications: Sequence[Application]
) -> OwnTables:
    """Read a user's tables, ``paths`` by kind. Raises InputError with every problem of every table.

    ``countries`` and ``applications`` are those in use.
    """
    problems = [
        Problem("", 1, 1, "tables", kind, f"expected one of {', '.join(KINDS)}", nearest_name(kind, KINDS))
        for kind in paths
        if kind not in KINDS
    ]
    found: dict[str, Any] = {}
    names = dict(zip(countries.iso3, countries.name, strict=True))
    for kind in (kind for kind in KINDS if kind in paths):
        try:
            rows = _checked(kind, paths[kind], names, applications)
        except InputError as error:
            problems += error.problems
        else:
            found[kind] = BUILD[kind](rows, countries)
    if problems:
        raise InputError(problems)
    return OwnTables(**found)


def wrong_tables(
    paths: Mapping[str, str | Path], countries: Mapping[str, str] | None, applications: Sequence[Application] | None
) -> list[Problem]:
    """Every problem of a user's tables; ``countries`` maps id to name. What is None is not known and not checked."""
    problems: list[Problem] = []
    for kind in (kind for kind in KINDS if kind in paths):
        try:
            _checked(kind, paths[kind], countries, applications)
        except InputError as error:
            problems += error.problems
    return problems


def _checked(
    kind: str, path: str | Path, countries: Mapping[str, str] | None, applications: Sequence[Application] | None
) -> list[Row]:
    """The rows of a table without fault, or InputError with all its problems."""
    check = Checker(Path(path))
    rows = _rows(kind, check)
    _check_names(rows, check)
    for row in rows:
        for field, cell in row.items():
            if field in ("home", "host") and countries is not None:
                _check_country(cell, field, countries, check)
            elif field in CHOICES:
                _check_choice(cell, field, CHOICES[field], check)
            elif field in PROPORTIONS or (field == "size" and cell.text):
                number_in(cell, field, ABOVE_0, "expected a number", check)
    if kind == "funders":
        _check_funders(rows, applications, check)
    if kind == "manufacturers" and rows and applications is not None and not check.problems:
        _check_makers(rows, applications, check)
    check.stop_if_any()
    return rows


def _rows(kind: str, check: Checker) -> list[Row]:
    """The rows of a table whose columns are known."""
    required = REQUIRED[kind]
    columns = (*required, *OPTIONAL.get(kind, ("basis",)))
    text = read_text(Path(check.file), (".csv",), check)
    rows = csv_rows(text, columns, lambda names: [c for c in required if c not in names], check)
    if not rows and not check.problems:
        check.add(Cell("", 1, 1), "", f"expected at least one row of {kind}: the file is empty")
    return rows


# what is checked


def _check_names(rows: Iterable[Row], check: Checker) -> None:
    seen: dict[str, int] = {}
    for cell in (row["name"] for row in rows if "name" in row):
        if not cell.text:
            check.add(cell, "name", "expected a name")
        elif cell.text in seen:
            check.add(cell, "name", f"expected each name once: it is already on line {seen[cell.text]}")
        seen.setdefault(cell.text, cell.line)


def _check_choice(cell: Cell, field: str, known: Sequence[str], check: Checker) -> None:
    if cell.text not in known:
        check.add(cell, field, f"expected one of {', '.join(known)}", nearest_name(cell.text, known))


def _check_country(cell: Cell, field: str, countries: Mapping[str, str], check: Checker) -> None:
    if cell.text in countries:
        return
    listed = f": {', '.join(countries)}" if len(countries) <= LISTED else ""
    nearest = nearest_country(cell.text, countries)
    check.add(cell, field, f"expected the ISO3 code (or id) of one of the {len(countries)} countries{listed}", nearest)


def _check_funders(rows: Iterable[Row], applications: Sequence[Application] | None, check: Checker) -> None:
    choices: dict[str, Sequence[str]] = {"regions": REGIONS}
    if applications is not None:
        choices["supports"] = tuple(dict.fromkeys([*(a.id for a in applications), *packaged_applications()]))
    for row in rows:
        for field, known in choices.items():
            cell = place(row, field)
            for name in cell.text.split():
                _check_choice(Cell(name, cell.line, cell.column), field, known, check)
            if field == "regions" and field in row and not cell.text:
                check.add(cell, field, f"expected one or more of {', '.join(known)}")
        if all(purpose in row for purpose in PURPOSES):
            shares = [number_in(row[p], p, SHARE, "expected a number", check) for p in PURPOSES]
            whole = sum(shares)
            if abs(whole - 1.0) > ROUNDING:  # never where a share is no number
                cell = row[PURPOSES[0]]
                together = f"expected {', '.join(PURPOSES)} adding up to 1, not {whole:.3g}"
                check.add(Cell("", cell.line, cell.column), "", together)


def _check_makers(rows: Sequence[Row], applications: Iterable[Application], check: Checker) -> None:
    """Every application finds a manufacturer of its platform and source; of its source if it needs no platform."""
    made = {(row["platform"].text, row["source"].text) for row in rows}
    made |= {("", source) for _, source in made}
    wanted: dict[tuple[str, str], list[str]] = {}
    for a in applications:
        wanted.setdefault((a.platform, a.source), []).append(a.id)
    for (platform, source), ids in wanted.items():
        if (platform, source) not in made:
            what = f"of platform {platform} and source {source}" if platform else f"of source {source}"
            check.add(Cell("", 1, 1), "", f"expected a manufacturer {what}, which {', '.join(ids)} needs")


# what a checked table says


def _texts(rows: Iterable[Row], field: str) -> tuple[str, ...]:
    return tuple(text_of(row, field) for row in rows)


def _numbers(rows: Iterable[Row], field: str, otherwise: float = 1.0) -> Array:
    return np.array([float(text_of(row, field) or otherwise) for row in rows])


def _where(rows: Iterable[Row], field: str, countries: Countries) -> Index:
    at = {iso3: row for row, iso3 in enumerate(countries.iso3)}
    return np.array([at[row[field].text] for row in rows], dtype=np.int64)


def _plain(rows: Iterable[Row]) -> tuple[dict[str, str], ...]:
    return tuple({field: cell.text for field, cell in row.items()} for row in rows)


def _distributors(rows: Sequence[Row], countries: Countries) -> Traders:
    size = _numbers(rows, "size")
    return Traders(_texts(rows, "name"), _where(rows, "home", countries), size / size.mean())


def _programmes(rows: Sequence[Row], countries: Countries) -> Schools:
    cadre = np.array([CADRES.index(name) for name in _texts(rows, "cadre")], dtype=np.int64)
    weight = _numbers(rows, "weight")
    for code in np.unique(cadre):
        weight[cadre == code] = adding_to_one(weight[cadre == code])
    return Schools(_texts(rows, "name"), _where(rows, "host", countries), cadre, weight)


BUILD: dict[str, Callable[[Sequence[Row], Countries], Traders | Makers | Funders | Schools | Hubs]] = {
    "distributors": _distributors,
    "manufacturers": lambda rows, _: makers_of(_plain(rows)),
    "funders": lambda rows, _: funders_of(_plain(rows)),
    "programmes": _programmes,
    "hubs": lambda rows, countries: Hubs(_texts(rows, "name"), _where(rows, "host", countries)),
}
