"""What a user of Mesa sees: agents of six kinds, sets of them, selection, aggregates and a data collector."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np
import pytest

from adoptsim.model.actors import Country, Distributor, Funder, Manufacturer, RegionalHub, TrainingProgramme
from adoptsim.model.model import AdoptionModel
from adoptsim.model.phases import PHASES
from adoptsim.model.scenario import Scenario

COUNSELLING = 2  # index of the cadre


def test_there_are_agents_of_six_kinds_in_stated_numbers(midrun: AdoptionModel) -> None:
    counts = {kind: len(found) for kind, found in midrun.agents_by_type.items()}
    assert counts[Country] == 194
    assert 60 <= counts[Distributor] <= 100
    assert 3 <= counts[Manufacturer] <= 6
    assert 10 <= counts[Funder] <= 15
    assert 6 <= counts[RegionalHub] <= 30
    counselling = midrun.agents_by_type[TrainingProgramme].select(lambda agent: agent.cadre == COUNSELLING)
    assert 120 <= len(counselling) <= 140
    assert set(counts) == {Country, Distributor, Manufacturer, Funder, RegionalHub, TrainingProgramme}
    assert len(midrun.agents) == sum(counts.values())
    assert all(isinstance(agent, mesa.Agent) for agent in midrun.agents)


def test_names_are_told_apart(midrun: AdoptionModel) -> None:
    for kind, agents in midrun.agents_by_type.items():
        names = [agent.name for agent in agents]
        assert len(set(names)) == len(names), kind
    assert repr(next(iter(midrun.agents_by_type[Country]))) == "<Country Afghanistan>"


def test_select_and_agg(midrun: AdoptionModel) -> None:
    countries = midrun.agents_by_type[Country]
    poor = countries.select(lambda agent: agent.income == 0)
    assert len(poor) == 26
    assert poor.agg("gdp_pc", max) < countries.agg("gdp_pc", max)
    assert countries.agg("population", sum) == pytest.approx(midrun.countries.population[0].sum(), rel=1e-12)
    assert np.shape(countries.get("stage")) == (194, 6)
    assert all(agent.window.coverage().shape == (1, 6, 1, 1) for agent in poor)


def test_a_data_collector_works(fresh: Callable[[], AdoptionModel]) -> None:
    model = fresh()
    collector = mesa.DataCollector(
        model_reporters={"programmes": lambda m: float((m.countries.stage[0] == 2.0).sum())},
        agenttype_reporters={Country: {"commitment": "commitment", "sellers": "sellers"}},
    )
    for _ in range(3):
        model.step()
        collector.collect(model)
    assert len(collector.get_model_vars_dataframe()) == 3
    table = collector.get_agenttype_vars_dataframe(Country)
    assert len(table) == 3 * 194
    assert np.array_equal(table["commitment"].to_numpy()[-194:], model.countries.commitment[0, 0, 0])


def test_phases_are_public_and_in_order(midrun: AdoptionModel) -> None:
    assert [name for name, _ in midrun.phases] == [phase.__name__ for phase in PHASES] == [
        "drivers", "policy", "manufacture", "distribute", "procure", "fund", "train", "equip", "share_data", "appraise",
        "adopt", "deliver", "update", "record",
    ]  # fmt: skip


def test_a_phase_can_be_added_and_acts(fresh: Callable[[], AdoptionModel]) -> None:
    def strike(model: AdoptionModel) -> None:
        model.countries.staff = model.countries.staff * 0.5

    plain, struck = fresh(), fresh()
    struck.insert_phase("train", "strike", strike)
    assert [name for name, _ in struck.phases].index("strike") == [name for name, _ in struck.phases].index("train") + 1
    plain.step()
    struck.step()
    assert np.allclose(struck.countries.staff, plain.countries.staff / 2)
    with pytest.raises(KeyError, match="no phase 'trian'"):
        struck.insert_phase("trian", "x", strike)


def test_a_model_needs_a_world() -> None:
    with pytest.raises(ValueError, match="at least one world"):
        AdoptionModel(worlds=0)


def test_it_runs_until_its_horizon_as_a_model_of_mesa_does() -> None:
    """``run_model`` steps while ``running`` is true."""
    model = AdoptionModel(Scenario("short", quarters=3))
    model.run_model()
    assert (model.quarter, model.running) == (3, False)
    with pytest.raises(ValueError, match="ends after 3 quarters"):
        model.step()


def test_mesas_own_generator_is_never_used(midrun: AdoptionModel) -> None:
    """Its state is that of an empty model: every number comes from keyed draws."""
    new = mesa.Model(rng=11)
    assert midrun.rng.bit_generator.state == new.rng.bit_generator.state
    assert midrun.random.getstate() == new.random.getstate()
