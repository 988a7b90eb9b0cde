"""Attainable ceilings: what could ever have happened if all that a lever acts on vanished for the whole run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from adoptsim.experiment.runner import simulate
from adoptsim.model.levers import LEVERS, Lever
from adoptsim.model.scenario import LeverUse, Scenario

__all__ = ["attainable_gains", "without_limit"]

WORLDS = 32  # a ceiling is told in one or two figures
OUTCOME = "useful_results.mean"


def without_limit(scenario: Scenario, lever: Lever) -> Scenario:
    """The scenario with the lever at full strength everywhere from the first quarter and nothing left of its limit."""
    everywhere = LeverUse(lever.name, intensity=1.0, start=float(scenario.start_year), ramp=0.25)
    return replace(
        scenario,
        name=f"ceiling of {lever.name}",
        levers=(everywhere,),
        parameters={**scenario.parameters, **lever.removes},
    )


def attainable_gains(
    scenario: Scenario, levers: Iterable[str], worlds: int, seed: int, jobs: int | None = None
) -> dict[str, dict[str, Any]]:
    """Relative gain in useful results over the run by lever: mean, 90 % interval over worlds, condition."""
    names = sorted(set(levers))
    if not names:
        return {}
    worlds = min(worlds, WORLDS)
    before = simulate(replace(scenario, levers=()), worlds, seed, jobs).outcomes[OUTCOME].to_numpy()
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        lever = LEVERS[name]
        gain = simulate(without_limit(scenario, lever), worlds, seed, jobs).outcomes[OUTCOME].to_numpy() / before - 1.0
        low, high = np.quantile(gain, (0.05, 0.95))
        found[name] = {
            "title": lever.title,
            "condition": lever.ceiling,
            "mean": float(gain.mean()),
            "p05": float(low),
            "p95": float(high),
        }
    return found
