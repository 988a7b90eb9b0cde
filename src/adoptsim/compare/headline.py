"""The headline of a stored answer: what a policy reader is shown, in units that people use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from adoptsim.compare.paired import GAP, POOR, compare_stored
from adoptsim.experiment.files.telling import shock_warnings
from adoptsim.experiment.opened import StoredResult
from adoptsim.model.factors import is_strength

__all__ = ["SHOWN", "Headline", "Shown", "headline", "verdict_words"]

GAP_GROUP = "richest 20 % minus poorest 40 %"
SUFFIXES = {"": "mean", "_change": "change", "_change_low": "change_p05", "_change_high": "change_p95"}
PROBABLY, PROBABLY_NOT = 0.8, 0.2
FEWEST = 20  # worlds that a verdict wants


@dataclass(frozen=True)
class Shown:
    """An outcome as it is shown: ``factor`` turns the model's unit into ``unit``."""

    outcome: str
    column: str
    unit: str
    factor: float


SHOWN = (
    Shown(POOR, "poorest_40_access", "percent", 100.0),
    Shown(GAP, "gap_rich_20_minus_poor_40", "points", 100.0),
    Shown("useful_access.hic_lic.mean", "hic_minus_lic", "points", 100.0),
    Shown("people_reached.mean", "people_reached", "million_a_year", 1e-6),
    Shown("cost.public.mean", "health_system_cost", "million_usd2024_a_year", 1e-6),
    Shown("cost.household.mean", "household_cost", "million_usd2024_a_year", 1e-6),
    Shown("cost.lever.mean", "lever_cost", "million_usd2024_a_year", 1e-6),
    Shown("lever.unabsorbed.mean", "lever_budget_not_absorbed", "million_usd2024_a_year", 1e-6),
)


@dataclass(frozen=True, eq=False)
class Headline:
    """Rows of scenarios with what is shown of them.

    ``rows`` is indexed by scenario name and has title, strength (in words), worlds, narrows and widens (shares of
    worlds), verdict and for each ``SHOWN`` column ``x``: ``x``, ``x_change``, ``x_change_low`` and ``x_change_high``
    (90 % interval).
    """

    rows: pd.DataFrame
    everything: pd.DataFrame  # every outcome of every scenario, as ``compare`` returns it
    manifest: Mapping[str, Any]
    notes: tuple[str, ...]  # what a reader must know of how the scenarios differ
    path: pd.DataFrame  # of the reference: year, poor and gap in per cent and points; empty where no series are kept

    @property
    def reference(self) -> str:
        """Name of the scenario compared against."""
        return str(self.manifest["reference"])

    @property
    def years(self) -> tuple[int, int]:
        """First year and horizon."""
        first = self.manifest["scenarios"][0]
        return int(first["start_year"]), int(first["start_year"]) + -(-int(first["quarters"]) // 4)

    def others(self) -> pd.DataFrame:
        """The rows that are compared with the reference."""
        return self.rows.drop(index=self.reference)


def headline(stored: StoredResult) -> Headline:
    """The headline of a stored answer; scenarios of which no world was finished have NaN and say so."""
    manifest = stored.manifest
    everything = compare_stored(stored)
    rows = [_row(config, everything, manifest["reference"]) for config in manifest["scenarios"]]
    if any(map(is_strength, stored.factors)):
        rows = [{**row, "strength": "strengths from the table"} for row in rows]
    notes = tuple(shock_warnings(stored.scenarios, manifest["reference"]))
    return Headline(pd.DataFrame(rows).set_index("scenario"), everything, manifest, notes, _path(stored))


def _path(stored: StoredResult) -> pd.DataFrame:
    """How the headline pair of the reference goes through time, means over worlds."""
    rows = stored.table("series", scenario=stored.scenario.name) if "series" in stored.tables else pd.DataFrame()
    if rows.empty:
        return pd.DataFrame(columns=["poor", "gap"])
    access = rows[rows["outcome"] == "useful_access"].pivot_table(index="year", columns="group", values="mean")
    known = {"poorest 40 %": "poor", GAP_GROUP: "gap"}
    return 100.0 * access.reindex(columns=list(known)).rename(columns=known)


def _row(config: Mapping[str, Any], everything: pd.DataFrame, reference: str) -> dict[str, Any]:
    name = config["name"]
    here = everything[everything["scenario"] == name].set_index("outcome")
    narrows, widens = float(here["narrows"].iloc[0]), float(here["widens"].iloc[0])
    row: dict[str, Any] = {
        "scenario": name,
        "title": config["title"] or name,
        "strength": strength_words(config),
        "worlds": int(here["worlds"].iloc[0]),
        "narrows": np.nan if name == reference else narrows,
        "widens": np.nan if name == reference else widens,
        "verdict": "" if name == reference else verdict_words(narrows, widens, int(here["worlds"].iloc[0])),
    }
    for shown in SHOWN:
        for suffix, key in SUFFIXES.items():
            known = shown.outcome in here.index
            row[shown.column + suffix] = float(here.at[shown.outcome, key]) * shown.factor if known else np.nan
    return row


def verdict_words(narrows: float, widens: float = 0.0, worlds: int = FEWEST) -> str:
    """What the shares of worlds in which the gap narrows and widens let one say."""
    if np.isnan(narrows):
        return "no world finished in both"
    if narrows == widens == 0.0:
        return "no change of the gap"
    if worlds < FEWEST:
        return "too few worlds"
    if narrows >= PROBABLY:
        return "probably narrows"
    if widens >= PROBABLY:
        return "probably widens"
    return "probably does not" if narrows <= PROBABLY_NOT else "cannot tell"


def strength_words(config: Mapping[str, Any]) -> str:
    """How strongly the levers of a scenario are used, "" where there are none."""
    uses = [use for listed in config["levers"].values() for use in listed]
    budgets, intensities = ({use.get(key) for use in uses} for key in ("budget", "intensity"))
    if not uses:
        return ""
    if intensities == {None}:
        money = " and ".join(f"{budget / 1e6:g}" for budget in sorted(budgets))
        return f"US$ {money} M a year" + " each" * (len(uses) > 1)
    if budgets == {None} and len(intensities) == 1:
        intensity = float(intensities.pop())
        return "full strength" if intensity == 1.0 else f"{100 * intensity:g} % strength"
    return "mixed strengths"
