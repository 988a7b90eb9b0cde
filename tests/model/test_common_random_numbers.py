"""Scenarios meet the same luck: nothing that is added or left out moves a draw that does not belong to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from adoptsim.inputs.applications import load_applications
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.model.world import all_parameters, draw_parameters
from support import ALL_LEVERS, differing, kept, state, stepped, unlike

QUARTERS = 16
APPLICATIONS = tuple(a.id for a in load_applications())


def ran(*levers: LeverUse, **more: object) -> AdoptionModel:
    return AdoptionModel(Scenario("s", levers=levers, quarters=QUARTERS, **more), worlds=2, rng=8).run()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plain() -> AdoptionModel:
    return ran()


def assert_same(one: AdoptionModel, other: AdoptionModel) -> None:
    assert differing(state(one), state(other)) == []
    assert unlike(one.results(), other.results()) == []


@pytest.mark.parametrize("lever", LEVERS)
def test_zero_intensity_is_no_lever(plain: AdoptionModel, lever: str) -> None:
    assert_same(ran(LeverUse(lever, intensity=0.0, start=2025.0, ramp=0.5)), plain)
    assert_same(ran(LeverUse(lever, budget=0.0, start=2025.0, ramp=0.5)), plain)


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_aimed_at_nobody_is_no_lever(plain: AdoptionModel, lever: str) -> None:
    nobody = LeverUse(lever, budget=5e7, start=2025.0, ramp=0.25, regions=("AFR",), countries=("FRA",))
    model = ran(nobody)
    assert differing(state(model), state(plain)) == []
    names = unlike(model.results(), plain.results())
    assert names == ["scalar lever.unabsorbed.mean", f"scalar lever.unabsorbed@{2025 + QUARTERS // 4}"]
    assert (model.results().scalars["lever.unabsorbed.mean"] == 5e7).all()


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_at_full_strength_is_seen(plain: AdoptionModel, lever: str) -> None:
    model = ran(LeverUse(lever, intensity=1.0, start=2025.0, ramp=0.5))
    assert differing(state(model), state(plain)) != []
    assert (model.results().scalars["cost.lever.mean"] > 0).all()


def test_the_order_of_levers_does_not_matter() -> None:
    uses = (
        *ALL_LEVERS,
        LeverUse("pooled_procurement", intensity=0.3, regions=("AFR",)),
        LeverUse("data_sharing", budget=2e7, incomes=("LIC", "LMC"), start=2025.5),
    )
    first = ran(*uses)
    shuffled = np.random.default_rng(3)
    for _ in range(4):
        assert_same(ran(*(uses[i] for i in shuffled.permutation(len(uses)))), first)


def test_levers_move_no_draw_and_no_parameter(plain: AdoptionModel) -> None:
    with_levers = ran(*ALL_LEVERS)
    assert differing(plain.drawn, with_levers.drawn) == []
    for name in ("adopt_draw", "lapse_draw", "appraise_draw", "pool_draw", "gdp_shock", "region_effect"):
        assert np.array_equal(plain.countries.read(name), with_levers.countries.read(name)), name
    assert (with_levers.countries.hta >= plain.countries.hta).all()  # a lever founds bodies
    assert np.array_equal(plain.grants.taste, with_levers.grants.taste)
    assert np.array_equal(plain.contracts.cost_factor, with_levers.contracts.cost_factor)


@pytest.mark.parametrize("added", ["carrier_screening", "pharmacogenomics"])
def test_an_application_more_moves_no_other_draw(plain: AdoptionModel, added: str) -> None:
    fewer = ran(applications=tuple(a for a in APPLICATIONS if a != added))
    rows = [APPLICATIONS.index(a) for a in fewer.application_ids]
    assert len(rows) == len(APPLICATIONS) - 1
    for name in ("adopt_draw", "lapse_draw", "appraise_draw", "years_available"):
        assert np.array_equal(plain.countries.read(name)[:, rows], fewer.countries.read(name)), name
    for name in ("pool_draw", "gdp_shock", "gdp_pc", "population", "hta", "region_effect", "pool_barrier"):
        assert np.array_equal(plain.countries.read(name), fewer.countries.read(name)), name
    assert np.array_equal(plain.grants.taste, fewer.grants.taste)
    assert np.array_equal(plain.contracts.cost_factor, fewer.contracts.cost_factor)
    assert [n for n in fewer.drawn if not np.array_equal(fewer.drawn[n], plain.drawn[n])] == []
    start, less = AdoptionModel(worlds=2, rng=8), AdoptionModel(fewer.question, worlds=2, rng=8)
    assert np.array_equal(start.countries.stage[:, rows], less.countries.stage)


def look(model: AdoptionModel) -> None:
    """A phase that reads everything and draws its own numbers."""
    for rows in model.populations.values():
        for name in rows.columns:
            getattr(rows, name).sum()
    model.draws.uniform("somebody's recorder", model.slots, 4, model.application_ids)


def test_a_phase_that_only_looks_changes_nothing(plain: AdoptionModel) -> None:
    watched = AdoptionModel(plain.question, worlds=2, rng=8)
    watched.insert_phase("deliver", "look", look)
    watched.insert_phase("record", "look again", look)
    assert_same(watched.run(), plain)


def test_a_longer_horizon_moves_nothing_before_it(plain: AdoptionModel) -> None:
    longer = stepped(AdoptionModel(Scenario("s", quarters=QUARTERS + 9), worlds=2, rng=8), QUARTERS)
    assert differing(state(longer), state(plain)) == []
    early, late = plain.results(), longer.run().results()
    for name, values in early.series.items():
        assert np.array_equal(values, late.series[name][:, : QUARTERS // 4], equal_nan=True), name
    assert late.years[: QUARTERS // 4] == early.years


def test_the_seed_alone_decides_parameters_by_name() -> None:
    scenario, known = Scenario("s"), dict(all_parameters(load_applications()))
    every = draw_parameters(known, range(40), 3, scenario)
    dropped = {name: p for i, (name, p) in enumerate(known.items()) if i % 3}
    fewer = draw_parameters(dict(reversed(dropped.items())), range(40), 3, scenario)
    assert all(np.array_equal(every[name], fewer[name]) for name in dropped)
    some = draw_parameters(known, [37, 5, 12], 3, scenario)
    assert all(np.array_equal(v if len(v) == 1 else v[[37, 5, 12]], some[n]) for n, v in every.items())
    one_fixed = Scenario("s", parameters={"work.attrition": 0.05})
    fixed = draw_parameters(known, range(40), 3, one_fixed)
    assert [n for n in known if not np.array_equal(fixed[n], every[n])] == ["work.attrition"]
    values = np.array([v for v in every.values() if len(v) == 40])
    assert len(np.unique(np.argsort(values, axis=1), axis=0)) == len(values)  # no two names share their numbers


def test_parameters_stay_within_their_bounds() -> None:
    known = dict(all_parameters(load_applications()))
    drawn = draw_parameters(known, range(500), 3, Scenario("s"))
    for name, p in known.items():
        assert (drawn[name] >= p.low * (1 - 1e-12) - 1e-12).all(), name
        assert (drawn[name] <= p.high * (1 + 1e-12) + 1e-12).all(), name
    central = draw_parameters(known, range(5), 3, Scenario("s", uncertainty="central"))
    assert all(central[name].tolist() == [p.central] for name, p in known.items())


def test_the_record_of_a_run_is_complete(plain: AdoptionModel) -> None:
    result = plain.results()
    assert result.years == tuple(range(2026, 2026 + QUARTERS // 4))
    assert dict(result.parameters).keys() == set(plain.varied)
    widths: dict[str, Callable[[np.ndarray], bool]] = {
        "scalar": lambda v: v.shape == (2,),
        "series": lambda v: v.shape == (2, QUARTERS // 4, len(result.groups)),
        "country": lambda v: v.shape == (2, 194),
    }
    assert all(widths[name.split()[0]](values) for name, values in kept(result))
