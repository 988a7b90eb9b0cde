"""From chunks to the tables of an answer, in bounded memory whatever the number of worlds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from adoptsim.experiment.chunks import Kept, open_data, parquet_options, read_rows, write_netcdf
from adoptsim.experiment.opened import TRAJECTORIES
from adoptsim.experiment.result import FATE, KEYS
from adoptsim.experiment.summary import SERIES_COLUMNS, countries_table, series_table

__all__ = ["merge_countries", "merge_outcomes", "merge_series", "merge_trajectories", "outcomes_of"]

ROW_GROUP = 64_000
NO_SERIES = pa.schema([(column, pa.string()) for column in SERIES_COLUMNS])
Chunks = dict[str, list[Kept]]  # by scenario, the reference first


def merge_outcomes(folder: Path, chunks: Chunks, parameters: Sequence[str]) -> list[str]:
    """Write ``outcomes.parquet``, a row per scenario and world; returns the names of the outcomes.

    Columns are scenario, world, replicate, the parameters, the outcomes, status, error; what a scenario does not vary,
    or a failed world does not have, is missing.
    """
    everything = [kept for of in chunks.values() for kept in of]
    names = _outcome_names(everything, {"scenario", *KEYS, *parameters, *FATE})
    numbers = [(name, pa.float64()) for name in (*parameters, *names)]
    keys = [("scenario", pa.string()), *((name, pa.int64()) for name in KEYS)]
    schema = pa.schema([*keys, *numbers, *((name, pa.string()) for name in FATE)])
    with Growing(folder / "outcomes.parquet", nothing=schema) as table:
        for kept in everything:
            table.write(_aligned(read_rows(kept.rows), schema))
    return names


def _outcome_names(chunks: Iterable[Kept], known: set[str]) -> list[str]:
    """In the order of the first chunk that has them; a chunk of failed worlds alone has none."""
    columns = dict.fromkeys(tuple(pq.read_schema(kept.rows).names) for kept in chunks)
    return list(dict.fromkeys(name for names in columns for name in names if name not in known))


def _aligned(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if table.schema.names == schema.names:
        return table.replace_schema_metadata(None)
    there, nothing = dict(zip(table.schema.names, table.columns, strict=True)), pa.nulls(len(table), pa.float64())
    return pa.table([there.get(name, nothing) for name in schema.names], schema=schema)


def outcomes_of(chunks: Iterable[Kept], columns: list[str]) -> pd.DataFrame:
    """Some columns of some chunks; what a chunk of failed worlds lacks is missing."""
    found = []
    for kept in chunks:
        there = [name for name in columns if name in pq.read_schema(kept.rows).names]
        found.append(read_rows(kept.rows, there).to_pandas())
    rows: pd.DataFrame = pd.concat(found, ignore_index=True)
    return rows.reindex(columns=columns)


def merge_series(folder: Path, chunks: Chunks) -> None:
    """Write ``series.parquet``, and ``changes.parquet`` against the reference in the same worlds.

    One outcome of two scenarios is in memory at a time.
    """
    reference = next(iter(chunks))
    with (
        Growing(folder / "series.parquet") as series,
        Growing(folder / "changes.parquet") as changes,
        _opened(chunks[reference]) as base,
    ):
        for scenario, of in chunks.items():
            with _opened(of) as here:
                for name in _yearly(here):
                    values = _joined(here, name)
                    series.write(_plain(series_table(scenario, values)))
                    if scenario != reference and base:
                        changes.write(_plain(series_table(scenario, values - _joined(base, name))))


@contextmanager
def _opened(chunks: Sequence[Kept]) -> Iterator[list[xr.Dataset]]:
    """The series of chunks, open while they are used."""
    with ExitStack() as stack:
        yield [stack.enter_context(data) for kept in chunks if (data := open_data(kept)) is not None]


def merge_trajectories(folder: Path, chunks: Chunks) -> None:
    """Write ``trajectories/SCENARIO.nc``: every world of a scenario year by year, as ``Result.data`` lays it out."""
    into = folder / TRAJECTORIES
    into.mkdir(exist_ok=True)
    for scenario, of in chunks.items():
        with _opened(of) as opened:
            if opened:
                whole = xr.concat(opened, "world", data_vars="all", coords="minimal", compat="equals", join="exact")
                write_netcdf(whole, into / f"{scenario}.nc")


def _yearly(of: Sequence[xr.Dataset]) -> Iterator[str]:
    return (str(name) for data in of[:1] for name in data.data_vars if data[name].dims == ("world", "year", "group"))


def _joined(of: Sequence[xr.Dataset], name: str) -> xr.Dataset:
    """One series of all worlds."""
    first = of[0]
    axes = {axis: first[axis] for axis in ("year", "group", "group_kind", "group_name")}
    world = np.concatenate([data["world"].to_numpy() for data in of])
    values = np.concatenate([data[name].to_numpy() for data in of])
    return xr.Dataset({name: (first[name].dims, values)}, coords={"world": world, **axes})


def merge_countries(folder: Path, chunks: Chunks) -> None:
    """Write ``countries.parquet``, a row per scenario, world and country at the horizon."""
    schema = pa.schema([("scenario", pa.string()), ("world", pa.int64()), ("iso3", pa.string())])
    with Growing(folder / "countries.parquet", nothing=schema) as table:
        for scenario, of in chunks.items():
            for kept in of:
                with _opened([kept]) as opened:
                    for data in opened:
                        table.write(_plain(countries_table(scenario, data)))


def _plain(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)


class Growing:
    """A Parquet file that takes rows as they come, in row groups of 64,000 however they come.

    Where none come it has no rows, and the columns of ``nothing``.
    """

    def __init__(self, path: Path, nothing: pa.Schema = NO_SERIES) -> None:
        self.path, self.nothing = path, nothing
        self.writer: pq.ParquetWriter | None = None
        self.waiting: list[pa.Table] = []
        self.count = 0

    def __enter__(self) -> Growing:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._flush(self.count)
        if self.writer is not None:
            self.writer.close()

    def write(self, rows: pa.Table) -> None:
        """Append rows; all must have the same columns."""
        if not len(rows):
            return
        self.waiting.append(rows)
        self.count += len(rows)
        while self.count >= ROW_GROUP:
            self._flush(ROW_GROUP)

    def _flush(self, size: int) -> None:
        whole = pa.concat_tables(self.waiting) if self.waiting else self.nothing.empty_table()
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, whole.schema, **parquet_options(whole.schema))
        self.writer.write_table(whole.slice(0, size), row_group_size=ROW_GROUP)
        self.waiting, self.count = [whole.slice(size)], self.count - size
