from pathlib import Path

import pytest

from adoptsim.experiment.question import Experiment
from adoptsim.experiment.result import Result
from adoptsim.experiment.runner import simulate
from adoptsim.experiment.store import run_experiment
from adoptsim.model.scenario import LeverUse, Scenario

QUARTERS = 12
BASELINE = Scenario("baseline", "Nothing done", quarters=QUARTERS)
POOLED = Scenario("pooled", "Pooled", levers=(LeverUse("pooled_procurement", intensity=1.0),), quarters=QUARTERS)
SHARED = Scenario("shared", "Shared", levers=(LeverUse("data_sharing", budget=5e7),), quarters=QUARTERS)


@pytest.fixture(scope="session")
def small() -> Experiment:
    return Experiment("small", (BASELINE, POOLED, SHARED), "A small question", worlds=5, seed=3)


@pytest.fixture(scope="session")
def baseline() -> Result:
    return simulate(BASELINE, worlds=5, rng=3, jobs=1)


@pytest.fixture(scope="session")
def kept(small: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small experiment, run in one process."""
    return run_experiment(small, jobs=1, out=tmp_path_factory.mktemp("results"))
