"""The packaged tables: read once, as text or as arrays."""

import csv
import io
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["SERIES_TEXT", "deflators", "read_table", "series_arrays"]

SERIES_TEXT = "income_group_analytical"


def _text(name: str) -> io.StringIO:
    return io.StringIO(files(__package__).joinpath("data", f"{name}.csv").read_text(encoding="utf-8"), newline="")


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of the packaged table `name` (such as "sources"), every cell as text, "" where missing.

    Raises FileNotFoundError if there is no such table.
    """
    return tuple(csv.DictReader(_text(name)))


@cache
def series_arrays() -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]], NDArray[np.str_]]:
    """Years (Y,), yearly values by column (Y, N), NaN where missing, and the yearly income group (Y, N), "" if none."""
    header, *rows = csv.reader(_text("series"))
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    years = np.unique(np.array(columns.pop("year"), dtype=np.int64))
    n = len(set(columns.pop("iso3")))
    group = np.array(columns.pop(SERIES_TEXT)).reshape(n, len(years)).T
    values = {
        name: np.array([float(cell) if cell else np.nan for cell in cells]).reshape(n, len(years)).T
        for name, cells in columns.items()
    }
    return years, values, group


@cache
def deflators() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Years and factors that turn current US$ of a year into 2024 US$ (implicit price deflator of US GDP)."""
    rows = read_table("deflator")
    index = np.array([float(row["us_gdp_deflator"]) for row in rows])
    years = np.array([int(row["year"]) for row in rows], dtype=np.int64)
    return years, index[years == 2024] / index
