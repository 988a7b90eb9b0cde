"""From the worlds of one scenario to rows of the stored tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from adoptsim.experiment.result import COUNTRY_PREFIX

__all__ = ["INTERVAL", "SERIES_COLUMNS", "countries_table", "series_table"]

INTERVAL = {"p05": 0.05, "p50": 0.50, "p95": 0.95}
SERIES_COLUMNS = ("scenario", "year", "group_kind", "group", "outcome", "mean", *INTERVAL)


def series_table(scenario: str, data: xr.Dataset) -> pd.DataFrame:
    """Yearly series in long form: mean and quantiles over the worlds, a row per year, group and outcome."""
    parts = [_long(name, data) for name in data.data_vars if "year" in data[name].dims and data.sizes["world"]]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=SERIES_COLUMNS)
    return rows.assign(scenario=scenario).reindex(columns=SERIES_COLUMNS)


def _long(name: object, data: xr.Dataset) -> pd.DataFrame:
    values = data[name].transpose("world", "year", "group").to_numpy()
    known = ~np.isnan(values).all(axis=(0, 1))  # not every outcome exists for every group
    year, kind, group = (data[axis].to_numpy() for axis in ("year", "group_kind", "group_name"))
    mean, *quantiles = (
        np.concatenate(rows) for rows in zip(*(_spread(v[:, known]) for v in _by_year(values)), strict=True)
    )
    return pd.DataFrame(
        {
            "year": np.repeat(year, known.sum()),
            "group_kind": np.tile(kind[known], len(year)),
            "group": np.tile(group[known], len(year)),
            "outcome": str(name),
            "mean": mean,
            **dict(zip(INTERVAL, quantiles, strict=True)),
        }
    )


def _by_year(values: NDArray[np.float32]) -> Iterator[NDArray[np.float64]]:
    """Year by year in double precision, so that a large ensemble needs little memory."""
    return (values[:, y].astype(np.float64) for y in range(values.shape[1]))


def _spread(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Mean and quantiles over worlds."""
    return values.mean(axis=0), *np.quantile(values, list(INTERVAL.values()), axis=0)


def countries_table(scenario: str, data: xr.Dataset) -> pd.DataFrame:
    """Values of each country at the horizon, a row per world and country."""
    names = [str(name) for name in data.data_vars if str(name).startswith(COUNTRY_PREFIX)]
    if not names:
        return pd.DataFrame({"scenario": [], "world": [], "iso3": []})
    world, iso3 = data["world"].to_numpy(), data["iso3"].to_numpy()
    keys = {"scenario": scenario, "world": np.repeat(world, len(iso3)), "iso3": np.tile(iso3, len(world))}
    values = {name.removeprefix(COUNTRY_PREFIX): data[name].to_numpy().ravel() for name in names}
    return pd.DataFrame({**keys, **values})
