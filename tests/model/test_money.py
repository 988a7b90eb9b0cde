"""Money is traced to the cent, for every country, purpose and quarter of a run with all levers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from adoptsim.model.actors import Funder
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario, ShockUse
from support import ALL_SHOCKS, Array, all_levers

CENT = 0.01
PURSE = (
    "opening", "domestic", "granted", "returned", "largest_grant", "displaced", "duplicated", "available", "spent",
    "lapsed",
)  # fmt: skip
NO_DOMESTIC = {f"money.domestic_share.{group}": 0.0 for group in ("LIC", "LMC", "UMC", "HIC")}


def quarters(model: AdoptionModel) -> Iterator[tuple[Array, AdoptionModel]]:
    """Each quarter of a run: what was carried into it, and the model after it."""
    with np.errstate(over="ignore", under="ignore"):
        for _ in range(model.question.quarters):
            opening = model.countries.opening.copy()
            model.step()
            yield opening, model


def imbalance(opening: Array, model: AdoptionModel) -> Array:
    """What came in less what went where, US$ by world, purpose and country."""
    c = model.countries
    came = opening + c.granted + c.domestic + c.returned - c.displaced + c.moved
    return np.asarray(came - (c.spent + c.opening + c.duplicated + c.lapsed))


@pytest.mark.parametrize("shocks", [(), ALL_SHOCKS], ids=["calm", "shocks"])
def test_every_dollar_is_traced_and_nothing_is_negative(shocks: tuple[ShockUse, ...]) -> None:
    scenario = replace(all_levers(80), shocks=shocks)
    for opening, model in quarters(AdoptionModel(scenario, worlds=3, rng=17)):
        c = model.countries
        assert np.abs(imbalance(opening, model)).max() < CENT
        assert np.abs(c.moved.sum(axis=2)).max() < CENT  # between purposes alone
        for name in PURSE:
            assert c.read(name).min() >= -1e-6, name
        assert (c.spent <= c.available * (1 + 1e-12) + 1e-9).all()
        assert (c.displaced <= c.domestic).all()
        assert (c.duplicated <= c.granted).all()


def test_what_countries_get_is_what_funders_pay() -> None:
    for _, model in quarters(AdoptionModel(all_levers(44), worlds=3, rng=17)):
        received = 4 * model.countries.granted.sum(axis=(0, 3))
        assert received == pytest.approx(model.grants.running.sum(axis=(0, 3)), rel=1e-12)
        for f, funder in enumerate(model.agents_by_type[Funder]):
            mine = model.grant_source.ends == f
            served = (model.grants.below_line[..., mine] > 0).any(axis=-1)[:, 0]
            committed = model.grants.committed[..., mine].sum(axis=(2, 3))
            budget = model.funders.budget()[..., f][:, 0] * served
            assert committed == pytest.approx(budget, rel=1e-9), funder.name
        assert (model.countries.largest_grant <= model.countries.granted * (1 + 1e-12)).all()


def test_donors_start_in_steady_state() -> None:
    """Before the first quarter the vintages of past years pay out a year's budget."""
    model = AdoptionModel(Scenario("s", quarters=4), worlds=5, rng=3)
    budgets = model.par["fund.world_total"][:, 0, 0, 0]
    assert model.grants.running.sum(axis=(1, 2, 3)) == pytest.approx(budgets, rel=1e-9)


def test_grants_go_below_the_line_only() -> None:
    model = AdoptionModel(Scenario("s", quarters=4), worlds=5, rng=3)
    above = model.countries.gdp_pc >= model.par["fund.eligibility_line"]
    model.step()
    granted = model.countries.granted.sum(axis=2, keepdims=True)
    assert (granted[above] == 0).all()
    assert (granted[~above] > 0).mean() > 0.9


def test_grants_run_out_after_a_country_crosses_the_line() -> None:
    """What was committed is still paid; then it ends."""
    model = AdoptionModel(Scenario("s", quarters=40, uncertainty="central"), worlds=1, rng=3)
    row = model.inputs.index("RWA")
    paid = []
    with np.errstate(over="ignore", under="ignore"):
        for _ in range(10):
            model.step()
            for _ in range(3):
                model.step()
            paid.append(model.countries.granted[0, 0, :, row].sum())
            agent = model.countries.at(0, row)
            agent.gdp_pc = 20_000.0
    assert paid[0] > 0
    assert all(later < earlier for earlier, later in pairwise(paid[:6]))
    assert paid[6:] == [0.0] * 4


def test_the_money_of_the_registry_is_the_money_of_the_model() -> None:
    """Where programmes could use more than there is, domestic budgets are the stated share of health spending."""
    model = AdoptionModel(Scenario("s", uncertainty="central"), worlds=1, rng=1)
    model.countries.wanted_in = 1e12
    model.countries.domestic = model.countries.budget_domestic()
    c, groups = model.countries, np.array(model.inputs.income)
    whole = model.inputs.values["gov_health_pc_usd"] * model.inputs.values["population"]
    for group, share in (("LIC", 0.001), ("LMC", 0.0015), ("UMC", 0.002), ("HIC", 0.003)):
        mine = groups == group
        assert 4 * c.domestic[0, 0][:, mine].sum() == pytest.approx(share * whole[mine].sum(), rel=1e-9)


def test_donors_money_is_told_apart() -> None:
    """Nobody's own money: all that is spent was donated. No donors: nothing is."""
    for parameters, share in (({**NO_DOMESTIC, "money.virement": 0.0}, 1.0), ({"fund.world_total": 0.0}, 0.0)):
        for _, model in quarters(AdoptionModel(Scenario("s", quarters=8, parameters=parameters), worlds=2, rng=17)):
            assert model.countries.donated == pytest.approx(model.countries.spent * share, abs=CENT)


def test_domestic_money_answers_to_use() -> None:
    """What is wanted, a margin and no more is released; training and studies keep their proportion to the rest."""
    model = AdoptionModel(Scenario("s", quarters=8), worlds=3, rng=1).run()
    c, par = model.countries, model.par
    most = model.countries.health_money() / 1e9  # far below every stated share
    c.wanted_in = c.wanted_in * (most / np.maximum(c.money_wanted(), 1e-9))
    c.wanted_hub, c.hours_needed, c.instruments = 0.0, 0.0, c.instruments / 1e9
    money, service = c.money_usable(), c.service_due()
    asked = (money + service) / 0.85 * (1.0 + par["money.margin"])
    assert c.budget_domestic().sum(axis=2, keepdims=True) == pytest.approx(asked, rel=1e-9)
    assert c.budget_domestic()[:, :, :1] == pytest.approx(money * (1.0 + par["money.margin"]), rel=1e-9)


def test_an_empty_purse_spends_nothing() -> None:
    scenario = Scenario("s", quarters=8, parameters={**NO_DOMESTIC, "fund.world_total": 0.0})
    for opening, model in quarters(AdoptionModel(scenario, worlds=2, rng=17)):
        assert np.abs(imbalance(opening, model)).max() < CENT
        assert (model.countries.spent <= model.countries.available).all()
