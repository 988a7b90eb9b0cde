"""A rule on one agent is its row of the rule on all, bit for bit, for every rule of every kind."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest

from adoptsim.model.actors import ACTORS, Country
from adoptsim.model.columns import rules_of
from adoptsim.model.model import AdoptionModel
from support import KINDS, cut

SAMPLE = 32  # rows of each world and kind
WITH_RULES = [kind for kind in KINDS if rules_of(kind)]


def wrong_rows(model: AdoptionModel, kind: type) -> list[tuple[str, int, int]]:
    """(rule, world, row) where a one-row window disagrees with the population in shape or in any bit."""
    everyone = model.populations[kind]
    step = max(1, len(everyone) // SAMPLE)
    found = []
    for name in rules_of(kind):
        whole = getattr(everyone, name)()
        assert whole.ndim == 4, name
        for world in range(model.worlds_count):
            for row in range(world % step, len(everyone), step):
                one, expected = getattr(everyone.at(world, row), name)(), cut(whole, world, row)
                if one.shape != expected.shape or one.tobytes() != expected.tobytes():
                    found.append((name, world, row))
    return found


@pytest.mark.parametrize("kind", WITH_RULES, ids=lambda kind: kind.__name__)
def test_one_row_equals_its_row_of_all(midrun: AdoptionModel, kind: type) -> None:
    assert wrong_rows(midrun, kind) == []


@pytest.mark.parametrize("kind", WITH_RULES, ids=lambda kind: kind.__name__)
def test_one_row_equals_its_row_of_all_at_the_start(kind: type) -> None:
    assert wrong_rows(AdoptionModel(worlds=2, rng=4), kind) == []


@pytest.mark.parametrize("kind", ACTORS, ids=lambda kind: kind.__name__)
def test_an_agent_shows_its_own_row_of_the_world_being_shown(fresh: Callable[[], AdoptionModel], kind: type) -> None:
    model = fresh()
    everyone = model.populations[kind]
    agents = list(model.agents_by_type[kind])
    assert [agent.row for agent in agents] == list(range(len(everyone)))
    for world in (0, 2):
        model.shown_world = world
        for name in rules_of(kind):
            whole = getattr(everyone, name)()
            for agent in agents[:: max(1, len(agents) // 5)]:
                assert getattr(agent, name)().tobytes() == cut(whole, world, agent.row).tobytes(), name
        for name in everyone.columns:
            for agent in agents[:: max(1, len(agents) // 5)]:
                value = np.asarray(getattr(agent, name))
                assert value.tobytes() == cut(everyone.columns[name], world, agent.row).tobytes(), name


def test_commitment_of_one_country_moves_its_row_only(fresh: Callable[[], AdoptionModel]) -> None:
    model = fresh()
    model.shown_world = 1
    countries = model.countries
    before = {name: getattr(countries, name)().copy() for name in rules_of(Country)}
    columns = {name: values.copy() for name, values in countries.columns.items()}
    agent = list(model.agents_by_type[Country])[37]
    agent.commitment = 0.97
    assert agent.commitment == 0.97
    moved = set()
    for name, old in before.items():
        new = getattr(countries, name)()
        different = np.argwhere(new != old)
        assert {(w, r) for w, _, _, r in different} <= {(1, 37)}, name
        if len(different):
            moved.add(name)
    assert {"own_effect", "settle_hazard"} <= moved
    changed = [name for name, old in columns.items() if not np.array_equal(countries.columns[name], old)]
    assert changed == ["commitment"]


def test_commitment_spreads_only_in_its_own_world(fresh: Callable[[], AdoptionModel]) -> None:
    plain, pushed = fresh(), fresh()
    for agent in pushed.agents_by_type[Country]:
        agent.commitment = 0.999999  # of world 0, which is being shown
    for _ in range(8):
        plain.step()
        pushed.step()
    stages = plain.countries.stage, pushed.countries.stage
    assert stages[1][0].sum() > stages[0][0].sum()
    assert np.array_equal(stages[0][1:], stages[1][1:])
    assert np.array_equal(plain.countries.tests_in[1:], pushed.countries.tests_in[1:])


def test_rules_leave_columns_alone(midrun: AdoptionModel) -> None:
    for kind in WITH_RULES:
        rows = midrun.populations[kind]
        before = copy.deepcopy(rows.columns)
        for name in rules_of(kind):
            getattr(rows, name)()
        assert all(np.array_equal(before[n], rows.columns[n], equal_nan=True) for n in before), kind
