"""Attainable ceilings: what could ever have happened if all that a lever acts on vanished for the whole run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from adoptsim.experiment.question import Experiment
from adoptsim.model.levers import Lever, lever_of
from adoptsim.model.scenario import LeverUse, Scenario

__all__ = ["OUTCOME", "attainable_gain", "ceiling_scenarios", "without_limit"]

WORLDS = 32  # a ceiling is told in one or two figures
OUTCOME = "useful_results.mean"


def without_limit(scenario: Scenario, lever: Lever, name: str = "") -> Scenario:
    """The scenario with the lever at full strength everywhere from the first quarter and nothing left of its limit.

    ``name`` is that under which scenarios use it: the path of a lever of a user's own.
    """
    name = name or lever.name
    everywhere = LeverUse(name, intensity=1.0, start=float(scenario.start_year), ramp=0.25)
    return replace(
        scenario,
        name=f"ceiling of {lever.name}",
        levers=(everywhere,),
        parameters={**scenario.parameters, **lever.removes},
    )


def ceiling_scenarios(experiment: Experiment) -> list[tuple[Scenario, int]]:
    """What is run to tell the ceilings, and in how many worlds: no lever, then each lever alone."""
    names = sorted({use.lever for scenario in experiment.scenarios for use in scenario.levers})
    if not names or experiment.design is not None:
        return []
    bare = replace(experiment.in_order[0], name="no levers", levers=())
    worlds = min(experiment.worlds, WORLDS)
    return [(scenario, worlds) for scenario in (bare, *(without_limit(bare, lever_of(name), name) for name in names))]


def attainable_gain(lever: str, before: pd.DataFrame, after: pd.DataFrame) -> dict[str, Any]:
    """Relative gain in useful results over the run: mean, 90 % interval over the worlds finished in both, condition."""
    acting = lever_of(lever)
    told = {"title": acting.title, "condition": acting.ceiling}
    pair = pd.merge(before, after, on="world", suffixes=("_before", "_after"))
    done = pair[(pair["status_before"] == "done") & (pair["status_after"] == "done")]
    if done.empty:
        errors = [error for error in (*pair["error_after"], *pair["error_before"]) if error]
        return {**told, "error": errors[0] if errors else "no world was finished"}
    gain = (done[f"{OUTCOME}_after"] / done[f"{OUTCOME}_before"] - 1.0).to_numpy(dtype=np.float64)
    low, high = np.quantile(gain, (0.05, 0.95))
    return {**told, "mean": float(gain.mean()), "p05": float(low), "p95": float(high)}
