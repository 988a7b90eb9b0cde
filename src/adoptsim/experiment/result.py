"""Result: the answer to a question, in memory; ``opened`` reads one back from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from adoptsim.experiment.design import Batch
from adoptsim.inputs.names import QUINTILES
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import Scenario

__all__ = [
    "COUNTRY_PREFIX", "DONE", "FAILED", "FATE", "GAP", "KEYS", "Failure", "Ran", "Result", "assembled", "group_label",
]  # fmt: skip

BANDS = (("people", "richest 20 %"), ("people", "poorest 40 %"))
GAP = ("people", "richest 20 % minus poorest 40 %")
KEYS = ("world", "replicate")
FATE = ("status", "error")
DONE, FAILED = "done", "failed"
COUNTRY_PREFIX = "country."
LAYOUT = (  # of ``Result.data``: tables of a block, what their names begin with, their axes
    ("series", "", ("world", "year", "group")),
    ("countries", COUNTRY_PREFIX, ("world", "iso3")),
    ("country_years", "country_year.", ("world", "year", "iso3")),
    ("fifths", "fifth.", ("world", "year", "application", "fifth", "iso3")),
)


@dataclass(frozen=True)
class Failure:
    """A world that could not be finished."""

    world: int
    replicate: int
    error: str
    parameters: Mapping[str, float]


@dataclass(eq=False)
class Ran:
    """What has been run of a scenario: blocks of finished worlds, and those that failed, in any order."""

    blocks: list[tuple[Batch, BlockResult]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many worlds were finished."""
        return sum(len(batch) for batch, _ in self.blocks)

    def add(self, other: Ran) -> None:
        """Take in what another process has run."""
        self.blocks += other.blocks
        self.failures += other.failures


class Result:
    """Outcomes of scenarios in the same worlds; of one scenario where it comes from ``simulate``.

    ``outcomes`` has a row per world: world, replicate, the varied parameters, the outcomes (headline pair first),
    status ("done" or "failed") and error. ``data`` holds, for the worlds that were finished, what ``keep`` says: yearly
    series by group (world, year, group); ``country.*``, values at the horizon (world, iso3); ``country_year.*``, the
    same year by year (world, year, iso3); ``fifth.*``, poorest fifth first (world, year, application, fifth, iso3).
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        parameters: Sequence[str],
        outcome_names: Sequence[str],
        outcomes: pd.DataFrame | None = None,
        data: xr.Dataset | None = None,
    ) -> None:
        self.scenarios = tuple(scenarios)
        self.parameters, self.outcome_names = tuple(parameters), tuple(outcome_names)
        self._outcomes, self._data = outcomes, data

    def __repr__(self) -> str:
        names = ", ".join(scenario.name for scenario in self.scenarios)
        return f"<{type(self).__name__} of {names}: {len(self.outcome_names)} outcomes>"

    @property
    def scenario(self) -> Scenario:
        """The scenario; the one compared against where there are several."""
        return self.scenarios[0]

    @property
    def outcomes(self) -> pd.DataFrame:
        """A row per world."""
        return pd.DataFrame() if self._outcomes is None else self._outcomes

    @property
    def data(self) -> xr.Dataset:
        """Series and values by country."""
        return xr.Dataset() if self._data is None else self._data

    @property
    def failed(self) -> int:
        """How many worlds could not be finished."""
        return int((self.outcomes["status"] == FAILED).sum())

    def by_scenario(self) -> dict[str, Result]:
        """The results of each scenario by its name, the one compared against first."""
        return {self.scenario.name: self}


def group_label(kind: str, name: str) -> str:
    """How a group is called on the axis of ``Result.data``."""
    return f"{kind}: {name}"


def assembled(scenario: Scenario, ran: Ran) -> Result:
    """One result from what has been run in any order."""
    blocks = sorted(ran.blocks, key=lambda block: block[0].worlds.start)
    failures = sorted(ran.failures, key=lambda failure: failure.world)
    parameters = tuple(blocks[0][1].parameters if blocks else failures[0].parameters if failures else ())
    names = tuple(blocks[0][1].scalars) if blocks else ()
    done = pd.concat([_rows(*block) for block in blocks]) if blocks else pd.DataFrame(columns=[*KEYS, *names])
    lost = pd.DataFrame(
        [
            {"world": f.world, "replicate": f.replicate, **f.parameters, "status": FAILED, "error": f.error}
            for f in failures
        ]
    )
    rows = pd.concat([part for part in (done, lost) if len(part)])
    ordered = rows.sort_values("world").reset_index(drop=True)
    columns = [*KEYS, *parameters, *names, *FATE]
    return Result((scenario,), parameters, names, ordered.reindex(columns=columns), _dataset(blocks))


def _rows(batch: Batch, block: BlockResult) -> pd.DataFrame:
    columns = {"world": np.asarray(batch.worlds, dtype=np.int64), "replicate": batch.replicates}
    return pd.DataFrame({**columns, **block.parameters, **block.scalars}).assign(status=DONE, error="")


def _dataset(blocks: Sequence[tuple[Batch, BlockResult]]) -> xr.Dataset:
    if not blocks or not blocks[0][1].series:
        return xr.Dataset()
    first = blocks[0][1]
    groups = (*first.groups, GAP) if set(BANDS) <= set(first.groups) else first.groups
    axes = {
        "world": np.concatenate([np.asarray(batch.worlds, dtype=np.int64) for batch, _ in blocks]),
        "year": list(first.years),
        "group": [group_label(*group) for group in groups],
        "iso3": list(first.iso3),
        "group_kind": ("group", [kind for kind, _ in groups]),
        "group_name": ("group", [name for _, name in groups]),
    }
    if first.fifths:
        axes |= {"application": list(first.applications), "fifth": list(QUINTILES)}
    variables: dict[str, tuple[tuple[str, ...], NDArray[np.float32]]] = {}
    for table, prefix, dims in LAYOUT:
        for name in getattr(first, table):
            values = np.concatenate([getattr(block, table)[name] for _, block in blocks])
            variables[prefix + name] = dims, _with_gap(values, first.groups) if table == "series" else values
    return xr.Dataset(variables, coords=axes)


def _with_gap(values: NDArray[np.float32], groups: tuple[tuple[str, str], ...]) -> NDArray[np.float32]:
    """The headline gap of every year as one group more."""
    if not set(BANDS) <= set(groups):
        return values
    rich, poor = (values[..., groups.index(band)] for band in BANDS)
    return np.concatenate([values, (rich - poor)[..., None]], axis=-1)
