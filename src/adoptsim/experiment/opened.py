"""Result folders read back: everything at once where it fits, some columns where there are a million worlds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.identity import STORE_FORMAT
from adoptsim.experiment.question import from_config
from adoptsim.experiment.result import COUNTRY_PREFIX, Result
from adoptsim.inputs.errors import nearest_name

__all__ = ["CHUNKS", "MANIFEST", "TABLES", "TRAJECTORIES", "UNFINISHED", "StoredResult", "open_netcdf", "open_result"]

MANIFEST, CHUNKS, UNFINISHED, TRAJECTORIES = "manifest.json", "chunks", ".unfinished", "trajectories"
TABLES = ("outcomes", "series", "changes", "countries")
CHECKED = {"page_checksum_verification": True}
NEEDED = {"hash", "keep", "scenarios", "reference", "parameters", "outcomes", "failed", "worlds", "design", "ceilings"}


class StoredResult(Result):
    """The answer in a result folder.

    ``outcomes`` has a row per scenario and world, with the name of the scenario first; ``data`` has values by country
    at the horizon (scenario, world, iso3). Both are read when first used; ``table`` reads some columns of any table.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        named = {config["name"]: from_config(config) for config in manifest["scenarios"]}
        first = named.pop(manifest["reference"])
        super().__init__((first, *named.values()), manifest["parameters"], manifest["outcomes"])
        self.folder, self.manifest = folder, manifest

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors of its design, none where there is no design."""
        return tuple(self.manifest["design"]["factors"]) if self.manifest["design"] else ()

    @property
    def rows(self) -> int:
        """How many worlds of how many scenarios: rows of ``outcomes``."""
        return int(self.manifest["worlds"]) * len(self.scenarios)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that the folder holds."""
        return tuple(name for name in TABLES if (self.folder / f"{name}.parquet").is_file())

    def table(self, name: str, columns: Sequence[str] | None = None, scenario: str | None = None) -> pd.DataFrame:
        """A table: ``outcomes``, ``series``, ``changes`` (series against the reference) or ``countries``.

        Parameters
        ----------
        columns
            Which columns, none = all. A million worlds have gigabytes of outcomes; a few columns of them are quick.
        scenario
            Rows of one scenario only.

        Raises
        ------
        KeyError
            If there is no such table, column or scenario, with the nearest right name.
        """
        if name in TABLES and name not in self.tables:
            raise KeyError(f"no table {name!r}: the run kept {self.manifest['keep']} alone; 'keep: groups' keeps it")
        path = self.folder / f"{_one_of(name, self.tables, 'table')}.parquet"
        if columns is not None:
            there = pq.read_schema(path).names
            columns = [_one_of(column, there, "column") for column in columns]
        wanted = None
        if scenario is not None:
            wanted = [("scenario", "==", _one_of(scenario, [s.name for s in self.scenarios], "scenario"))]
        try:
            read = pq.read_table(path, columns=columns, filters=wanted, partitioning=None, **CHECKED)
        except (pa.ArrowException, OSError) as error:
            raise StoreError(
                f"{path}: is damaged ({_first_line(error)}); run the question again with --force"
            ) from None
        found: pd.DataFrame = read.to_pandas()
        return found

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row per scenario and world."""
        return self.table("outcomes")

    @cached_property
    def data(self) -> xr.Dataset:
        """What is kept of each world (scenario, world, ...), float32, NaN where a world failed.

        ``country.*`` at the horizon; where ``keep`` was ``countries`` or ``trajectories`` all of ``Result.data``.
        """
        parts = {scenario.name: data for scenario in self.scenarios if (data := self._data_of(scenario.name)).sizes}
        if not parts:
            return xr.Dataset()
        names = pd.Index(parts, name="scenario")
        return xr.concat(parts.values(), names, data_vars="all", coords="minimal", compat="equals", join="outer")

    def _data_of(self, scenario: str) -> xr.Dataset:
        path = self.folder / TRAJECTORIES / f"{scenario}.nc"
        if path.exists():
            return open_netcdf(path)
        if "countries" not in self.tables:
            return xr.Dataset()
        rows = self.table("countries", scenario=scenario).drop(columns="scenario").set_index(["world", "iso3"])
        return xr.Dataset.from_dataframe(rows).rename({name: COUNTRY_PREFIX + str(name) for name in rows})

    @property
    def failed(self) -> int:
        """How many worlds could not be finished, all scenarios."""
        return int(self.manifest["failed"])

    def by_scenario(self) -> dict[str, Result]:
        """The results of each scenario by its name, the one compared against first."""
        return {scenario.name: self._of(scenario.name) for scenario in self.scenarios}

    def _of(self, name: str) -> Result:
        (scenario,) = (s for s in self.scenarios if s.name == name)
        rows = self.outcomes[self.outcomes["scenario"] == name].drop(columns="scenario").reset_index(drop=True)
        return Result((scenario,), self.parameters, self.outcome_names, rows, self._data_of(name))


def _one_of(name: str, allowed: Sequence[str], what: str) -> str:
    if name not in allowed:
        hint = nearest_name(name, allowed)
        listed = f"; there are {', '.join(allowed)}" if len(allowed) <= 12 else ""
        raise KeyError(f"no {what} {name!r}" + (f"; did you mean {hint!r}?" if hint else listed))
    return name


def open_result(folder: str | Path) -> StoredResult:
    """Open a result folder. Raises StoreError if there is none, or it is not whole."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file; a result folder is wanted")
    if not folder.is_dir():
        raise StoreError(f"{folder}: there is no such folder" + _hint(folder))
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{folder}: is not a result folder ({MANIFEST} is missing)") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"{folder / MANIFEST}: cannot be read ({error})") from None
    if not isinstance(manifest, dict) or manifest.get("format") != STORE_FORMAT:
        raise StoreError(f"{folder}: is not a result folder of this version")
    if manifest.get("state") != "finished":
        raise StoreError(f"{folder}: this run is not finished; start it again with the same command, it continues")
    if not manifest.keys() >= NEEDED:
        raise StoreError(f"{folder / MANIFEST}: is damaged ({', '.join(sorted(NEEDED - manifest.keys()))} missing)")
    wanted = TABLES[:1] if manifest["keep"] == "outcomes" else TABLES
    missing = [f"{name}.parquet" for name in wanted if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise StoreError(f"{folder}: is not whole ({', '.join(missing)} is missing)")
    for name in wanted:
        try:
            pq.read_metadata(folder / f"{name}.parquet")
        except (pa.ArrowException, OSError) as error:
            raise StoreError(f"{folder / name}.parquet: is damaged ({_first_line(error)})") from None
    return StoredResult(folder, manifest)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def open_netcdf(path: Path) -> xr.Dataset:
    """A NetCDF file, each variable read when it is used."""
    data = xr.open_dataset(path, engine="scipy")
    return data.assign_coords(world=data["world"].astype(np.int64))


def _hint(folder: Path) -> str:
    siblings = [path.name for path in folder.parent.iterdir()] if folder.parent.is_dir() else []
    hint = nearest_name(folder.name, siblings)
    return f"; did you mean {str(folder.parent / hint)!r}?" if hint else ""
