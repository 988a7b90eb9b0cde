"""Export: a stored answer as tidy CSV files, as an Excel workbook, or as one NetCDF file of what is kept of each world.

Every form comes with a dictionary of its columns: name, unit, meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from xlsxwriter.exceptions import XlsxWriterException

from adoptsim.compare.paired import compare_stored
from adoptsim.experiment.chunks import write_netcdf
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.opened import StoredResult
from adoptsim.report.dictionary import column_dictionary, variable_meaning

__all__ = ["FORMS", "export"]

SHEET_ROWS, SHEET_COLUMNS = 1_048_575, 16_384  # what a sheet of Excel holds below its header
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}  # a title is no formula
WIDE = 60  # characters
COLUMNS, COMPARISON, ABOUT = "columns", "comparison", "about"


def export(result: StoredResult, form: str, folder: Path, force: bool = False) -> list[Path]:
    """Write an answer in a form of ``FORMS`` into a folder; returns the files.

    Raises StoreError where a file is already there and ``force`` is not set (it may have been worked on), where the
    folder cannot be written, or where the answer does not hold what is asked for. No half-written file is left.
    """
    write = FORMS[form]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return list(write(result, folder, force))
    except StoreError:
        raise
    except XlsxWriterException as error:
        raise StoreError(f"{folder}: cannot be written ({error})") from None
    except OSError as error:
        raise StoreError(f"{error.filename or folder}: cannot be written ({error.strerror or error})") from None


def _whole(path: Path, force: bool, write: Callable[[Path], object]) -> Path:
    """A file that gets its name when all of it is written."""
    if path.exists() and not force:
        raise StoreError(f"{path}: is already there; --force replaces it")
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _csv(result: StoredResult, folder: Path, force: bool) -> Iterator[Path]:
    """Each stored table, what the answer says, and the dictionary of columns; a row group at a time."""
    for name in result.tables:
        yield _whole(folder / f"{name}.csv", force, partial(_stream, result.folder / f"{name}.parquet"))
    for name, table in {**_answer(result), COLUMNS: column_dictionary(result)}.items():
        yield _whole(folder / f"{name}.csv", force, partial(table.to_csv, index=False, lineterminator="\n"))


def _answer(result: StoredResult) -> dict[str, pd.DataFrame]:
    """What each scenario changes; of a ranking or a sensitivity analysis, whose worlds are a design, its own tables."""
    if not result.manifest.get("study"):
        return {COMPARISON: compare_stored(result)}
    files = sorted((result.folder / "tables").glob("*.csv"))
    return {file.stem: pd.read_csv(file, keep_default_na=False, na_values=[""]) for file in files}


def _stream(source: Path, path: Path) -> None:
    with pq.ParquetFile(source) as table, pa_csv.CSVWriter(path, table.schema_arrow) as out:
        for group in range(table.num_row_groups):
            out.write_table(table.read_row_group(group))


def _excel(result: StoredResult, folder: Path, force: bool) -> Iterator[Path]:
    """A workbook: what it is, what the answer says, tables that fit on a sheet, the dictionary of columns."""
    yield _whole(folder / f"{result.manifest['name']}.xlsx", force, partial(_workbook, result))


def _workbook(result: StoredResult, path: Path) -> None:
    left_out = {name: rows for name in result.tables if (rows := _rows(result, name)) > SHEET_ROWS}
    sheets: dict[str, pd.DataFrame] = {ABOUT: _about(result, left_out), **_answer(result)}
    sheets |= {name: result.table(name) for name in result.tables if name not in left_out}
    sheets[COLUMNS] = column_dictionary(result)
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": OPTIONS}) as book:
        book.book.set_properties({"title": result.manifest["title"], "created": datetime(2024, 1, 1)})
        bold = book.book.add_format({"bold": True, "bottom": 1})
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False)
            sheet = book.sheets[name]
            sheet.freeze_panes(1, 0)
            for i, column in enumerate(table.columns):
                longest = max([len(str(column)), *(len(str(value)) for value in table[column].head(100))])
                sheet.write(0, i, str(column), bold)
                sheet.set_column(i, i, min(longest + 1, WIDE))


def _rows(result: StoredResult, name: str) -> int:
    return int(pq.read_metadata(result.folder / f"{name}.parquet").num_rows)


def _about(result: StoredResult, left_out: Mapping[str, int]) -> pd.DataFrame:
    """What the workbook is, and what repeats it."""
    manifest = result.manifest
    rows = {
        "title": manifest["title"] or manifest["name"],
        "description": manifest["description"],
        "answer": f"{manifest['name']}-{manifest['hash'][:8]}",
        "worlds": manifest["worlds"],
        "worlds failed": manifest["failed"],
        "seed": manifest["seed"],
        "changes are against": manifest["reference"],
        **{f"scenario {s.name}": s.title or s.name for s in result.scenarios},
        **{f"version of {name}": version for name, version in manifest["versions"].items()},
        **{f"sheet {n}": f"left out: its {r:,} rows do not fit; export CSV" for n, r in left_out.items()},
    }
    return pd.DataFrame({"what": list(rows), "value": list(rows.values())})


def _netcdf(result: StoredResult, folder: Path, force: bool) -> Iterator[Path]:
    """What is kept of each world in one file, with units and meanings as attributes."""
    data = result.data
    if not data.sizes:
        raise StoreError(f"{result.folder}: keeps outcomes alone; run it with 'keep: groups' or more, or export CSV")
    for name in data.data_vars:
        unit, meaning = variable_meaning(str(name))
        data[name].attrs = {"units": unit, "long_name": meaning}
    data.attrs = {"title": result.manifest["title"], "source": f"adoptsim, answer {result.manifest['hash'][:8]}"}
    yield _whole(folder / f"{result.manifest['name']}.nc", force, partial(write_netcdf, data))


FORMS: Mapping[str, Callable[[StoredResult, Path, bool], Iterator[Path]]] = {
    "csv": _csv,
    "excel": _excel,
    "netcdf": _netcdf,
}
