"""Faults that were found once and mended: none may come back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from adoptsim.experiment.ceilings import without_limit
from adoptsim.model.actors import Country
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.model.world import as_columns


def test_no_lever_gains_more_than_its_ceiling() -> None:
    """In useful results over the run; a lever that can also harm may stay below 0."""

    def useful(scenario: Scenario) -> np.ndarray:
        return AdoptionModel(scenario, worlds=4, rng=5).run().results().scalars["useful_results.mean"]

    base = useful(Scenario("s"))
    for name, lever in LEVERS.items():
        full = LeverUse(name, intensity=1.0, start=2025.0, ramp=0.25)
        gain = useful(Scenario("s", levers=(full,))) / base - 1.0
        ceiling = useful(without_limit(Scenario("s"), lever)) / base - 1.0
        assert gain.mean() <= ceiling.mean() + 1e-9, name
        assert (gain <= ceiling + 1e-4).all(), (name, gain, ceiling)  # discrete programmes may differ a little


def ran(**parameters: float) -> dict[str, np.ndarray]:
    lever = LeverUse("workforce_training", intensity=1.0, start=2025.0)
    fixed = {name.replace("__", "."): value for name, value in parameters.items()}
    scenario = Scenario("s", levers=(lever,), uncertainty="central", parameters=fixed)
    return AdoptionModel(scenario, worlds=1, rng=5).run().results().scalars


def test_supervisors_decide_how_many_are_trained() -> None:
    """Seats are filled up to what supervisors hold; who pays for them depends on the seats that the lever adds."""
    few, many = ran(work__supervision_gain=0.2), ran(work__supervision_gain=1.0)
    assert many["counsellors@2045"].item() > 1.05 * few["counsellors@2045"].item()
    few, many = ran(work__seat_expansion=0.5), ran(work__seat_expansion=2.0)
    assert many["counsellors@2045"].item() > 0.99 * few["counsellors@2045"].item()
    assert many["cost.public.mean"].item() < few["cost.public.mean"].item()


def test_an_agent_refuses_a_value_of_another_shape(fresh: Callable[[], AdoptionModel]) -> None:
    agent = next(iter(fresh().agents_by_type[Country]))
    fifths = np.asarray(agent.fifth_cap)
    assert fifths.shape == (6, 5)
    with pytest.raises(ValueError, match="fifth_cap"):
        agent.fifth_cap = fifths.T


def test_an_application_may_state_that_it_has_a_vehicle(fresh: Callable[[], AdoptionModel]) -> None:
    m = fresh()
    applications = tuple(dataclasses.replace(a, vehicle=True) for a in m.applications)
    m.par.values["app.vehicle"] = as_columns(m.drawn, applications)["app.vehicle"]
    for _ in range(4):
        m.step()
    assert m.countries.vehicle.sum() > 0
