"""Result: the answer of one scenario in many worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import Scenario

__all__ = ["GAP", "Failure", "Result", "assembled", "country_variable", "group_label"]

BANDS = (("people", "richest 20 %"), ("people", "poorest 40 %"))
GAP = ("people", "richest 20 % minus poorest 40 %")
KEYS = ("world", "replicate")
FATE = ("status", "error")
DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class Failure:
    """A world that could not be finished."""

    world: int
    error: str
    parameters: dict[str, float]


@dataclass(frozen=True, eq=False)
class Result:
    """Outcomes of a scenario.

    ``outcomes`` has a row per world: world, replicate, the varied parameters, the outcomes (headline pair first),
    status ("done" or "failed") and error. ``data`` holds, for the worlds that were finished, yearly series by group
    (world, year, group) and, under names that begin with ``country.``, values at the horizon (world, iso3).
    """

    scenario: Scenario
    outcomes: pd.DataFrame
    data: xr.Dataset
    parameters: tuple[str, ...]
    outcome_names: tuple[str, ...]

    @property
    def failed(self) -> int:
        """How many worlds could not be finished."""
        return int((self.outcomes["status"] == FAILED).sum())


def group_label(kind: str, name: str) -> str:
    """How a group is called on the axis of ``Result.data``."""
    return f"{kind}: {name}"


def country_variable(name: str) -> str:
    """How a country's outcome is called in ``Result.data``."""
    return f"country.{name}"


def assembled(scenario: Scenario, blocks: Sequence[BlockResult], failures: Sequence[Failure]) -> Result:
    """One result from blocks of worlds in any order."""
    blocks = sorted(blocks, key=lambda block: block.worlds)
    parameters = tuple(blocks[0].parameters) if blocks else tuple(failures[0].parameters if failures else ())
    names = tuple(blocks[0].scalars) if blocks else ()
    done = pd.concat([_rows(block) for block in blocks]) if blocks else pd.DataFrame(columns=[*KEYS, *names])
    lost = pd.DataFrame([{"world": f.world, **f.parameters, "status": FAILED, "error": f.error} for f in failures])
    rows = pd.concat([part for part in (done, lost) if len(part)])
    rows["replicate"] = rows["world"]
    ordered = rows.sort_values("world").reset_index(drop=True)
    columns = [*KEYS, *parameters, *names, *FATE]
    return Result(scenario, ordered.reindex(columns=columns), _dataset(blocks), parameters, names)


def _rows(block: BlockResult) -> pd.DataFrame:
    columns = {"world": np.asarray(block.worlds, dtype=np.int64), **block.parameters, **block.scalars}
    return pd.DataFrame(columns).assign(status=DONE, error="")


def _dataset(blocks: Sequence[BlockResult]) -> xr.Dataset:
    if not blocks:
        return xr.Dataset()
    first = blocks[0]
    groups = (*first.groups, GAP) if set(BANDS) <= set(first.groups) else first.groups
    axes = {
        "world": np.concatenate([block.worlds for block in blocks]),
        "year": list(first.years),
        "group": [group_label(*group) for group in groups],
        "iso3": list(first.iso3),
        "group_kind": ("group", [kind for kind, _ in groups]),
        "group_name": ("group", [name for _, name in groups]),
    }
    variables: dict[str, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
    for name in first.series:
        values = np.concatenate([block.series[name] for block in blocks])
        variables[name] = ("world", "year", "group"), _with_gap(values, first.groups)
    for name in first.countries:
        values = np.concatenate([block.countries[name] for block in blocks])
        variables[country_variable(name)] = ("world", "iso3"), values
    return xr.Dataset(variables, coords=axes)


def _with_gap(values: NDArray[np.float32], groups: tuple[tuple[str, str], ...]) -> NDArray[np.float32]:
    """The headline gap of every year as one group more."""
    if not set(BANDS) <= set(groups):
        return values
    rich, poor = (values[..., groups.index(band)] for band in BANDS)
    return np.concatenate([values, (rich - poor)[..., None]], axis=-1)
