"""Models that many tests look at. Nobody writes to them: copy first."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable

import numpy as np
import pytest

from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import Scenario
from support import all_levers, stepped


def pytest_collection_finish() -> None:
    """What was imported stays: the collections of garbage that follow each block of worlds need not look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def midrun() -> AdoptionModel:
    """Three worlds, all levers, eleven quarters into a run."""
    return stepped(AdoptionModel(all_levers(), worlds=3, rng=11), 11)


@pytest.fixture(scope="session")
def starting() -> AdoptionModel:
    """A hundred worlds before their first quarter."""
    return AdoptionModel(Scenario("start"), worlds=100, rng=2025)


@pytest.fixture
def fresh(midrun: AdoptionModel) -> Callable[[], AdoptionModel]:
    """A copy of the model in mid-run that a test may write to."""
    return lambda: copy.deepcopy(midrun)


@pytest.fixture(scope="session")
def ensemble() -> BlockResult:
    """Forty worlds without levers, run to the horizon: shared by all ensemble checks."""
    with np.errstate(over="ignore", under="ignore"):
        return AdoptionModel(Scenario("baseline"), worlds=40, rng=2025).run().results()
