"""Attainable ceilings: what could ever have happened if the whole of what a lever acts on vanished."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from adoptsim.model.levers import LEVERS, attainable
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

__all__ = ["attainable_gains"]

WORLDS = 32  # a ceiling is told in one or two figures


def attainable_gains(scenario: Scenario, levers: Iterable[str], worlds: int, seed: int) -> dict[str, dict[str, Any]]:
    """Relative gain in useful results at the horizon by lever: mean, 90 % interval over worlds, condition."""
    names = sorted(set(levers))
    if not names:
        return {}
    model = AdoptionModel(scenario, worlds=min(worlds, WORLDS), rng=seed).run()
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        lever = LEVERS[name]
        gain = attainable(model.countries, lever)
        low, high = np.quantile(gain, (0.05, 0.95))
        found[name] = {
            "title": lever.title,
            "condition": lever.ceiling,
            "mean": float(gain.mean()),
            "p05": float(low),
            "p95": float(high),
        }
    return found
