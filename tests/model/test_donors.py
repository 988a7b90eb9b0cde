"""Donors that answer to how their money is used, and that pay the price of what they list as far as grants allow."""

from __future__ import annotations

import functools
from itertools import pairwise

import numpy as np
import pytest

from adoptsim.inputs.names import PURPOSES
from adoptsim.model.couplings import gather
from adoptsim.model.donors import commit_grants, count_use, look_at_use, pay_grants, see_countries
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario
from support import Array, differing, state, stepped

SERVICES, EQUIPMENT, RESEARCH = (PURPOSES.index(p) for p in ("services", "equipment", "research"))
JUDGED = range(RESEARCH)


def model(quarters: int = 80, **parameters: float) -> AdoptionModel:
    fixed = {name.replace("__", "."): value for name, value in parameters.items()}
    return AdoptionModel(Scenario("s", quarters=quarters, parameters=fixed), worlds=2, rng=6)


# use


def by_hand(m: AdoptionModel, world: int) -> Array:
    """What each grant commits by purpose, (purpose, grant): a donor's budget over its countries and their purposes."""
    g, c, e = m.grants, m.countries, float(m.par["fund.use_weight"].flat[0])
    shares = np.broadcast_to(g.purpose_share, (1, 1, len(PURPOSES), len(g)))
    out = np.zeros((len(PURPOSES), len(g)))
    for f in range(len(m.funders)):
        mine = [r for r in range(len(g)) if m.grant_source.ends[r] == f]
        wish = {}
        for r in mine:
            used = c.absorbed[min(world, c.absorbed.shape[0] - 1), 0, :, m.grant_target.ends[r]]
            own = [shares[0, 0, p, r] * max(used[p], 0.01) ** e for p in JUDGED]
            judged = sum(shares[0, 0, p, r] for p in JUDGED)
            plain = g.score()[world, 0, 0, r] / g.like_use()[world, 0, 0, r]
            wish[r] = plain * (sum(own) / judged), [x / sum(own) * judged for x in own]
        whole = sum(score for score, _ in wish.values())
        budget = m.funders.budget()[world % len(m.funders.budget()), 0, 0, f]
        for r, (score, split) in wish.items():
            if whole > 0:
                out[:RESEARCH, r] = [budget * score / whole * share for share in split]
                out[RESEARCH, r] = budget * score / whole * shares[0, 0, RESEARCH, r]
    return out


def test_a_new_vintage_follows_use() -> None:
    m = stepped(model(fund__use_weight=0.8), 9)
    for world in range(2):
        assert m.grants.committed[world, 0] == pytest.approx(by_hand(m, world), rel=1e-9, abs=1e-6)
    assert m.countries.absorbed[:, :, :RESEARCH].std() > 0.1


def test_use_is_what_the_year_spent_of_what_it_brought() -> None:
    m = stepped(model(), 4)
    came, spent = np.zeros(m.countries.granted.shape), np.zeros(m.countries.granted.shape)
    for _ in range(4):
        m.step()
        came, spent = came + m.countries.granted - m.countries.duplicated, spent + m.countries.donated
    before = m.countries.absorbed
    stepped(m, 1)
    c = m.countries
    for w, p, n in np.ndindex(came.shape[0], len(PURPOSES), came.shape[3]):
        got, used = came[w, 0, p, n], spent[w, 0, p, n]
        expected = min(used / got, 1.0) if got > 0 else before[w, 0, p, n]
        assert c.absorbed[w, 0, p, n] == pytest.approx(expected, rel=1e-9)


def test_donors_turn_to_the_purpose_and_the_country_that_use_their_money() -> None:
    m = model(fund__use_weight=0.5)
    c, g, row = m.countries, m.grants, m.inputs.index("MWI")
    mine = m.grant_target.ends == row
    c.absorbed = 0.5
    see_countries(m)
    commit_grants(m)
    before = g.committed.copy()
    kept = np.where((np.arange(len(m.inputs)) == row) & (np.arange(len(PURPOSES)) == EQUIPMENT)[:, None], 0.1, 0.5)
    c.absorbed = np.broadcast_to(kept[None, None], c.absorbed.shape).copy()
    look_at_use(m)
    commit_grants(m)
    now, then = g.committed.sum(axis=2)[:, 0], before.sum(axis=2)[:, 0]
    asks = np.broadcast_to(g.purpose_share, before.shape)[0, 0, EQUIPMENT, mine] > 0
    assert asks.any()
    assert (now[:, mine][:, asks] < 0.95 * then[:, mine][:, asks]).all()
    assert (now[:, ~mine] >= then[:, ~mine] * (1.0 - 1e-12)).all()
    share = g.committed / np.maximum(g.committed.sum(axis=2, keepdims=True), 1e-12)
    was = before / np.maximum(before.sum(axis=2, keepdims=True), 1e-12)
    assert (share[:, 0, EQUIPMENT, mine][:, asks] < was[:, 0, EQUIPMENT, mine][:, asks]).all()
    assert share[:, 0, RESEARCH] == pytest.approx(was[:, 0, RESEARCH], abs=1e-12)
    assert g.committed.sum(axis=(2, 3)) == pytest.approx(before.sum(axis=(2, 3)), rel=1e-12)  # the same in all


def test_without_weight_donors_give_whatever_is_used() -> None:
    m = stepped(model(fund__use_weight=0.0), 12)
    g = m.grants
    assert (g.like_use() == 1.0).all()
    assert np.array_equal(g.split(), np.broadcast_to(g.purpose_share, g.split().shape))


def unused(weight: float) -> float:
    """Share of donors' money that stays unused over ten years."""
    m = model(40, fund__use_weight=weight)
    came = spent = 0.0
    for _ in range(40):
        stepped(m, 1)
        came += float((m.countries.granted - m.countries.duplicated).sum())
        spent += float(m.countries.donated.sum())
    return 1.0 - spent / came


def test_less_is_left_unused() -> None:
    assert unused(1.0) < unused(0.3) < unused(0.0)


def test_donors_and_use_start_settled_on_each_other() -> None:
    m = model(fund__use_weight=0.7)
    c = m.countries
    before = c.granted.copy()
    for _ in range(30):
        see_countries(m)
        commit_grants(m, fill=True)
        pay_grants(m)
        c.domestic = c.budget_domestic()
        c.displaced = c.displace()
        c.duplicated = c.duplicate()
        c.absorbed = np.sqrt(c.absorbed * c.use_in_the_long_run())
    assert np.abs(c.granted - before).sum() < 0.01 * before.sum()


def test_a_country_that_used_nothing_is_not_forgotten() -> None:
    m = model(fund__use_weight=1.0)
    c = m.countries
    c.reached, c.used = 1.0, 0.0
    see_countries(m)
    commit_grants(m)
    eligible = (m.grants.below_line > 0) & (m.grants.purpose_share[:, :, EQUIPMENT : EQUIPMENT + 1] > 0)
    assert (m.grants.committed[:, :, EQUIPMENT : EQUIPMENT + 1][eligible] > 0).all()
    count_use(m)
    assert (c.used == c.donated).all()


# price


@functools.cache
def carrying(total: float) -> AdoptionModel:
    """Every donor lists two applications; a first quarter."""
    m = model(fund__world_total=total, fund__copay=0.1)
    supports = np.zeros(m.funders.supports.shape)
    supports[:, :2] = 1.0
    m.funders.supports = supports
    return stepped(m, 1)


def test_what_donors_list_costs_the_country_its_own_part() -> None:
    m = carrying(1e13)
    c = m.countries
    below = np.broadcast_to(c.below_donor_line() > 0, c.price_paid[:, :2].shape) & (c.price_paid[:, :2] > 0)
    whole, own = c.cost_of_programme(), c.cost_to_country()
    consumables = np.minimum(c.consumables, c.unit_full) * c.eligible * c.ceiling
    assert below.sum() > 100
    assert own[:, :2][below] == pytest.approx((whole - 0.9 * consumables)[:, :2][below], rel=1e-9)
    assert np.array_equal(own[:, 2:], whole[:, 2:])
    above = np.broadcast_to(c.granted.sum(axis=2, keepdims=True) == 0, own.shape)
    assert np.array_equal(own[above], whole[above])
    eased = np.log(whole / own) * m.par["diff.strain"]
    plain = stepped(model(fund__world_total=1e13, fund__copay=0.1), 1)
    assert (plain.countries.price_paid == 0).all()
    assert np.array_equal(plain.countries.cost_to_country(), plain.countries.cost_of_programme())
    assert eased.max() > 0.1
    assert c.strain() == pytest.approx(plain.countries.strain() - np.log(whole / own), rel=1e-9)


def test_donors_pay_no_more_than_their_services_grants() -> None:
    m = carrying(1.2e8)
    c, g = m.countries, m.grants
    paid = np.minimum(c.price_paid, c.bill_donors())
    assert 0 < paid.sum() < 0.2 * c.bill_donors()[:, :2].sum()
    assert g.pay_price().sum(axis=1) == pytest.approx(g.running[:, 0, SERVICES : SERVICES + 1], rel=1e-9)
    assert c.price_paid.sum(axis=1) == pytest.approx(4 * c.granted[:, :, SERVICES], rel=1e-9)


def test_a_country_that_outgrows_donors_pays_more_from_year_to_year() -> None:
    """The co-payment phases out as running grants run out."""
    m = model(fund__world_total=1.2e8, fund__grant_duration=5.0)
    m.funders.supports = 1.0
    row, paid = m.inputs.index("RWA"), []
    for _ in range(7):
        stepped(m, 4)
        paid.append(m.countries.price_paid[0, :, 0, row].sum())
        m.countries.gdp_pc = np.where(np.arange(len(m.inputs)) == row, 2e4, m.countries.gdp_pc)
    assert all(later < 0.85 * earlier for earlier, later in pairwise(paid[:5]))
    assert paid[5:] == [0.0, 0.0]


def test_the_order_of_blocks_does_not_matter_where_donors_list() -> None:
    """One block of two worlds has the bytes of two blocks of one."""

    def run(worlds: range) -> AdoptionModel:
        m = AdoptionModel(Scenario("s", quarters=9), worlds=worlds, rng=6)
        m.funders.supports = 1.0
        return stepped(m, 9)

    both, parts = run(range(2)), [run(range(w, w + 1)) for w in range(2)]
    for name in ("Country.price_paid", "Country.absorbed", "Grant.committed", "Country.modifier"):
        whole = state(both)[name]
        for world, part in enumerate(parts):
            one = {name: np.ascontiguousarray(whole[world : world + 1])}
            assert not differing(one, {name: np.ascontiguousarray(state(part)[name])}), name
    assert gather(both.countries.price_paid, both.grant_target).shape[-1] == len(both.grants)
