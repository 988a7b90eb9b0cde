"""Golden outcomes: numbers of three worlds, to notice when results move. `python -m tests.golden` makes them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario

FILE = Path(__file__).parent / "outcomes.json"
OUTCOMES = (
    "useful_access.p40.mean",
    "useful_access.gap.mean",
    "useful_access.p40@2045",
    "useful_access.gap@2045",
    "useful_access.lic@2045",
    "useful_access.hic_lic.mean",
    "people_reached.mean",
    "dalys_averted.mean",
    "net_health.mean",
    "cost.public.mean",
    "money.granted.mean",
    "counsellors@2045",
    "national_programmes@2045",
    "pool_members@2045",
)
SCENARIOS = (
    Scenario("baseline"),
    Scenario("all levers", levers=tuple(LeverUse(name, intensity=1.0) for name in LEVERS)),
)


def outcomes() -> dict[str, dict[str, list[float]]]:
    """Scenario -> outcome -> its value in worlds 0 to 2."""
    found = {}
    for scenario in SCENARIOS:
        with np.errstate(over="ignore", under="ignore"):
            scalars = AdoptionModel(scenario, worlds=3, rng=1).run().results().scalars
        found[scenario.name] = {name: scalars[name].tolist() for name in OUTCOMES}
    return found


def read() -> Any:
    """The outcomes that are kept."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def write() -> None:
    """Keep today's outcomes."""
    FILE.write_text(json.dumps(outcomes(), indent=1) + "\n", encoding="utf-8")
