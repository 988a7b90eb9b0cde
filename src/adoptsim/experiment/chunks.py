"""Chunks on disk: each written by the process that ran it, whole or absent, and told from a damaged one."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from adoptsim.experiment.errors import RunStoppedError, StoreError
from adoptsim.experiment.identity import own_tables, source_hashes
from adoptsim.experiment.opened import open_netcdf
from adoptsim.experiment.plan import Chunk
from adoptsim.experiment.result import FAILED, KEYS, Result, assembled
from adoptsim.experiment.runner import run_batch

__all__ = [
    "Kept", "Task", "clear", "found_in", "open_data", "parquet_options", "read_rows", "run_task", "taken_over",
    "write_netcdf",
]  # fmt: skip

ROWS, DATA, DAMAGED, TEMPORARY = ".parquet", ".nc", ".damaged", ".tmp-"
CHUNK, SERIES, LOST = b"adoptsim.chunk", b"adoptsim.series", b"adoptsim.failed"  # what the rows of a chunk say of it
CODE = source_hashes()["code"]  # of what this process has imported, whatever lies on the disk by now
OURS = re.compile(r"\d{6}-[0-9a-f]{12}\.|\.tmp-")
TEXTS = ("scenario", "status", "error")


@dataclass(frozen=True)
class Task:
    """A chunk to be run, where it is kept, and the sources and user's own tables that the plan was made with."""

    chunk: Chunk
    folder: str
    code: str
    tables: Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """A chunk that is there and whole: its files, and how many of its worlds were finished and failed."""

    rows: Path
    data: Path | None
    done: int
    failed: int


def run_task(task: Task) -> Kept:
    """Run a chunk and keep it. Raises RunStoppedError where this process cannot, OSError where the disk cannot."""
    folder, chunk = Path(task.folder), task.chunk
    if not folder.is_dir():
        raise RunStoppedError(f"{socket.gethostname()} does not see the folder {folder}; workers must share it")
    if task.code != CODE:
        raise RunStoppedError(f"{socket.gethostname()} has another version of adoptsim; install the same everywhere")
    _check_tables(task)
    ran = run_batch(chunk.scenario, chunk.batch, chunk.seed, chunk.keep)
    _check_tables(task)  # what was read is what was planned
    return _write(folder, chunk, assembled(chunk.scenario, ran))


def _check_tables(task: Task) -> None:
    """Raise RunStoppedError where a user's table is not the one that the run was started with."""
    try:
        found = own_tables(task.chunk.scenario)
    except OSError as error:
        raise RunStoppedError(f"{error.filename}: cannot be read any more ({error.strerror})") from None
    for path, digest in found.items():
        if task.tables.get(path) != digest:
            raise RunStoppedError(f"{path}: was changed while the run went on; put it back, or start anew with it")


def taken_over(folder: Path, chunk: Chunk, rows: pd.DataFrame) -> Kept | None:
    """A chunk made of rows that another answer holds, in the order of worlds; None unless all of its worlds are there.

    For answers of outcomes alone. A world is the same where its factors and its replicate are.
    """
    batch, here = chunk.batch, rows.iloc[chunk.batch.worlds.start : chunk.batch.worlds.stop]
    same = len(here) == len(batch) and (here["replicate"].to_numpy() == batch.replicates).all()
    if not same or not all(np.array_equal(here[name].to_numpy(), values) for name, values in batch.factors.items()):
        return None
    return _keep(folder, chunk, here, int((here["status"] == FAILED).sum()), None)


def _write(folder: Path, chunk: Chunk, result: Result) -> Kept:
    """The series first: the rows, written last, say that the chunk is whole."""
    data = _file(folder, chunk.name + DATA, partial(write_netcdf, result.data)) if result.data.sizes else None
    return _keep(folder, chunk, result.outcomes.assign(scenario=chunk.scenario.name), result.failed, data)


def _keep(folder: Path, chunk: Chunk, outcomes: pd.DataFrame, failed: int, data: Path | None) -> Kept:
    rows = as_table(outcomes)
    about = {CHUNK: chunk.name, SERIES: data.name if data else "", LOST: str(failed)}
    said = rows.replace_schema_metadata(about)
    path = _file(folder, chunk.name + ROWS, lambda path: pq.write_table(said, path, **parquet_options(said.schema)))
    return Kept(path, data, len(rows) - failed, failed)


def write_netcdf(data: xr.Dataset, path: Path) -> None:
    """Write a dataset in the NetCDF form that needs no library besides SciPy."""
    data.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")


def _file(folder: Path, name: str, write: Callable[[Path], None]) -> Path:
    """A file that is whole and on the disk before it gets its name, in which a digest of its content stands."""
    ending = Path(name).suffix
    temporary = folder / f"{TEMPORARY}{uuid4().hex[:8]}{ending}"
    try:
        write(temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        path = folder / f"{name.removesuffix(ending)}.{_digest(temporary)}{ending}"
        os.replace(temporary, path)
        return path
    finally:
        temporary.unlink(missing_ok=True)


def as_table(rows: pd.DataFrame) -> pa.Table:
    """Rows with one type a column whatever they hold: whole numbers, numbers or text."""
    types = {**dict.fromkeys(TEXTS, pa.string()), **dict.fromkeys(KEYS, pa.int64())}
    columns = ["scenario", *(name for name in rows.columns if name != "scenario")]
    return pa.table(
        {name: pa.array(rows[name].to_numpy(), types.get(name, pa.float64()), from_pandas=True) for name in columns}
    )


def parquet_options(schema: pa.Schema) -> dict[str, object]:
    """Numbers are split by byte, texts kept in a dictionary (smallest and quickest here); pages have checksums."""
    return {
        "compression": "zstd",
        "use_dictionary": [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)],
        "use_byte_stream_split": [f.name for f in schema if pa.types.is_floating(f.type)],
        "write_page_checksum": True,
    }


def found_in(folder: Path, chunks: Sequence[Chunk], complain: Callable[[str], None]) -> dict[str, Kept]:
    """What is kept of each chunk, by its name, after reading it through; a damaged one is set aside, and told.

    Half-written files are removed. Raises StoreError at a file that is not of this run.
    """
    known = {chunk.name: chunk for chunk in chunks}
    found: dict[str, Kept] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.split(".")[0]
        if path.name.startswith(TEMPORARY):
            path.unlink(missing_ok=True)
        elif name not in known:
            raise StoreError(f"{path}: is not of this run, and would be lost with {folder}; move it elsewhere")
        elif path.suffix == ROWS:
            kept = _read_through(path, known[name])
            if kept is not None:
                found[name] = kept
            else:
                os.replace(path, path.with_name(path.name + DAMAGED))
                complain(f"{path} was damaged; it is set aside, and its worlds are run again.")
    return found


def _read_through(path: Path, chunk: Chunk) -> Kept | None:
    """What a chunk's file holds, None where it or its series are not what was written."""
    try:
        if not _is_whole(path):
            return None
        rows = pq.read_metadata(path)
        said = rows.metadata
        data = path.with_name(said[SERIES].decode()) if said[SERIES] else None
        failed, of_this = int(said[LOST]), said[CHUNK] == chunk.name.encode()
    except (pa.ArrowException, OSError, KeyError):
        return None
    if not of_this or rows.num_rows != len(chunk.batch) or (data and not (data.exists() and _is_whole(data))):
        return None
    return Kept(path, data, rows.num_rows - failed, failed)


def _is_whole(path: Path) -> bool:
    return path.name.split(".")[-2] == _digest(path)


def clear(folder: Path) -> bool:
    """Remove the chunks of a folder, and the folder if nothing else is in it; whether it is gone."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if OURS.match(path.name):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def read_rows(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Rows of a chunk, some columns or all."""
    return pq.read_table(path, columns=columns, partitioning=None)


def open_data(kept: Kept) -> xr.Dataset | None:
    """Series and countries of a chunk, read when used."""
    return None if kept.data is None else open_netcdf(kept.data)


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "blake2b").hexdigest()[:32]
