"""The store: a folder per answer, whole or absent."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from adoptsim.experiment.ceilings import attainable_gains
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.identity import STORE_FORMAT, experiment_hash, own_tables, source_hashes, versions
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.experiment.result import Result
from adoptsim.experiment.runner import Progress, run_scenarios
from adoptsim.experiment.summary import SERIES_COLUMNS, countries_table, series_table

__all__ = ["StoreError", "Stored", "folder_of", "open_folder", "run_experiment"]

MANIFEST = "manifest.json"
REPLACE = "--force replaces it"
TABLES = ("outcomes", "series", "changes", "countries")
Finish = Callable[[Path], None]


@dataclass(frozen=True)
class Stored:
    """A result folder: its manifest, and its tables when asked for."""

    folder: Path
    manifest: dict[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """A table by name: outcomes, series, changes (series against the reference) or countries."""
        return pd.read_parquet(self.folder / f"{name}.parquet")


def folder_of(experiment: Experiment, out: str | Path = "results") -> Path:
    """Where the answer to an experiment is kept; its name holds a hash of all that the answer depends on."""
    return Path(out) / f"{experiment.name}-{experiment_hash(experiment)[:8]}"


def open_folder(folder: str | Path) -> Stored:
    """Open a result folder. Raises StoreError if there is no whole one."""
    folder = Path(folder)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise StoreError(f"{folder}: {MANIFEST} cannot be read; {REPLACE}") from None
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
    if missing or not isinstance(manifest, dict) or manifest.get("format") != STORE_FORMAT:
        raise StoreError(f"{folder}: not a whole result folder of this version; {REPLACE}")
    return Stored(folder, manifest)


def run_experiment(
    experiment: Experiment,
    jobs: int | None = None,
    out: str | Path = "results",
    progress: Progress | None = None,
    force: bool = False,
    finish: Finish | None = None,
) -> Path:
    """Run all scenarios in the same worlds and keep the answer; returns its folder.

    A folder with the answer to the same question is left as it is unless ``force`` is set. ``finish`` is called with
    the folder before it gets its name: for tables and figures made from what is stored. Raises StoreError if the folder
    cannot be written or holds something else.
    """
    target = folder_of(experiment, out)
    if target.exists() and not force:
        if open_folder(target).manifest["hash"] != experiment_hash(experiment):
            raise StoreError(f"{target}: holds the answer to another question; {REPLACE}")
        return target
    started = time.perf_counter()
    with _published(target) as folder:
        manifest = _write(
            experiment, folder, run_scenarios(experiment.in_order, experiment.worlds, experiment.seed, jobs, progress)
        )
        manifest["ceilings"] = _ceilings(experiment, jobs)
        manifest["seconds"] = round(time.perf_counter() - started, 1)
        manifest["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        failure = _attempt(finish, folder)
    if failure is not None:
        raise RuntimeError(f"{target}: the answer is there, but not its tables and figures ({failure})") from failure
    return target


def _attempt(finish: Finish | None, folder: Path) -> Exception | None:
    """What went wrong in ``finish``: a figure that fails must not cost the run."""
    try:
        if finish is not None:
            finish(folder)
    except Exception as error:
        return error
    return None


@contextmanager
def _published(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its name when everything in it is written."""
    folder = target.with_name(f".{target.name}-{uuid4().hex[:8]}")
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"{target.parent}: cannot be written ({error.strerror})") from None
    try:
        yield folder
        if target.exists():
            old = folder.with_name(folder.name + "-old")
            os.replace(target, old)
            shutil.rmtree(old)
        os.replace(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(experiment: Experiment, folder: Path, results: Iterator[Result]) -> dict[str, Any]:
    """Write the tables scenario by scenario, the reference first; returns the manifest."""
    outcomes: list[pd.DataFrame] = []
    parameters: dict[str, None] = {}
    names: dict[str, None] = {}
    reference: xr.Dataset | None = None
    with _Tables(folder) as tables:
        for result in results:
            name = result.scenario.name
            reference = result.data if reference is None else reference
            outcomes.append(result.outcomes.assign(scenario=name))
            parameters.update(dict.fromkeys(result.parameters))
            names.update(dict.fromkeys(result.outcome_names))
            tables.write("series", series_table(name, result.data))
            if name != experiment.reference:
                tables.write("changes", series_table(name, result.data - reference))
            tables.write("countries", countries_table(name, result.data))
        columns = ["scenario", "world", "replicate", *parameters, *names, "status", "error"]
        table = pd.concat(outcomes, ignore_index=True).reindex(columns=columns)
        tables.write("outcomes", table)
    return _manifest(experiment, parameters, names, int((table["status"] != "done").sum()))


class _Tables:
    """Parquet files that grow by a row group per scenario."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        for name in set(TABLES) - set(self.writers):  # nothing to say, as of changes where there is one scenario only
            blank = pa.table({column: pa.array([], pa.string()) for column in SERIES_COLUMNS})
            pq.write_table(blank, self.folder / f"{name}.parquet")
        for writer in self.writers.values():
            writer.close()

    def write(self, name: str, rows: pd.DataFrame) -> None:
        """Append rows to the table ``name``."""
        if rows.empty:
            return
        table = pa.Table.from_pandas(rows, preserve_index=False)
        if name not in self.writers:
            path = self.folder / f"{name}.parquet"
            self.writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
        self.writers[name].write_table(table)


def _ceilings(experiment: Experiment, jobs: int | None) -> dict[str, dict[str, Any]]:
    """What each lever could attain at most; an experiment that fails here still has its answer."""
    levers = {use.lever for scenario in experiment.scenarios for use in scenario.levers}
    try:
        return attainable_gains(experiment.in_order[0], levers, experiment.worlds, experiment.seed, jobs)
    except Exception as error:
        return {name: {"error": f"{type(error).__name__}: {error}"} for name in sorted(levers)}


def _manifest(
    experiment: Experiment, parameters: dict[str, None], names: dict[str, None], failed: int
) -> dict[str, Any]:
    return {
        "format": STORE_FORMAT,
        "name": experiment.name,
        "hash": experiment_hash(experiment),
        "title": experiment.title,
        "description": experiment.description,
        "worlds": experiment.worlds,
        "seed": experiment.seed,
        "reference": experiment.reference,
        "failed": failed,
        "scenarios": [as_config(scenario) for scenario in experiment.scenarios],
        "parameters": list(parameters),
        "outcomes": list(names),
        "own_tables": {path: h for scenario in experiment.scenarios for path, h in own_tables(scenario).items()},
        "sources": source_hashes(),
        "versions": versions(),
    }
