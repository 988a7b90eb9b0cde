"""Agencies of makers that end, stand vacant and are competed for; donors that follow one another."""

from __future__ import annotations

import numpy as np
import pytest

from adoptsim.model.couplings import total
from adoptsim.model.model import AdoptionModel
from adoptsim.model.phases import distribute
from adoptsim.model.scenario import LeverUse, Scenario
from support import Array


def agents(m: AdoptionModel) -> Array:
    return total(m.contracts.exclusive, m.contract_target)[:, 0, 0]


def test_an_agency_ends_with_its_agent_and_goes_to_the_best_placed_after_a_year() -> None:
    m = AdoptionModel(Scenario("s"), worlds=3, rng=2)
    m.quarter = 4
    c, k = m.countries, m.contracts
    market, full = m.contract_target.ends, c.lab_market
    first = k.exclusive.copy()
    assert (agents(m) == 1).all()
    k.cost_factor = np.where(first > 0, 3.0, k.cost_factor)  # agents are the first to lose money
    c.lab_market = 1e-6 * full
    distribute(m)
    assert (agents(m) == 0).mean() > 0.9
    gone, stays = agents(m) == 0, agents(m) == 1
    single = c.margin[:, 0, 1]
    choke, fixed = np.broadcast_to(c.choke, c.margin[:, :, :1].shape), c.exclusive_margin
    assert single[gone] == pytest.approx((choke[:, 0, 0] / 2.0)[gone])  # imported at a monopolist's margin
    assert single[stays] == pytest.approx(np.broadcast_to(fixed[:, 0, 0], single.shape)[stays])
    c.lab_market = 100.0 * full
    present = k.present.copy()
    distribute(m)
    assert (agents(m) == 1).all()
    assert (k.exclusive <= k.present).all()
    new = (k.exclusive > 0) & (first == 0)
    assert new[:, 0, 0].any(axis=0).sum() > 100
    cost = np.broadcast_to(k.cost_factor, k.exclusive.shape)
    for w, row in zip(*np.nonzero(new[:, 0, 0]), strict=True):
        rivals = cost[w, 0, 0, (market == market[row]) & (present[w, 0, 0] > 0)]
        assert cost[w, 0, 0, row] <= rivals.min(initial=np.inf)
    assert c.margin[:, 0, 1] == pytest.approx(np.broadcast_to(fixed[:, 0, 0], single.shape))


def test_an_agency_that_stands_is_not_competed_for() -> None:
    m = AdoptionModel(Scenario("s"), worlds=2, rng=2)
    m.quarter = 4
    m.countries.lab_market = 100.0 * m.countries.lab_market
    before = m.contracts.exclusive.copy()
    distribute(m)
    assert np.array_equal(m.contracts.exclusive, before)


def spread(herding: float, *uses: LeverUse) -> float:
    """Spread over countries below the line of what all donors give for each in need, logs, at the end."""
    fixed = {"fund.herding": herding, "lever.coordination_sight": 0.8}
    m = AdoptionModel(Scenario("s", levers=uses, quarters=28, parameters=fixed), worlds=3, rng=8).run()
    c = m.countries
    helped = (c.below_donor_line() > 0) & (c.granted.sum(axis=2, keepdims=True) > 0)
    return float(np.log(c.granted.sum(axis=2, keepdims=True)[helped] / c.poverty_weighted_people()[helped]).std())


def test_donors_that_herd_crowd_and_coordination_turns_it() -> None:
    alone, herd = spread(0.0), spread(0.3)
    assert herd > 1.1 * alone
    coordinated = spread(0.3, LeverUse("coordination", intensity=1.0, start=2025.0, ramp=0.25))
    assert coordinated < alone


def test_without_herding_donors_do_not_look_at_others() -> None:
    fixed = {"fund.herding": 0.0}
    m = AdoptionModel(Scenario("s", quarters=8, parameters=fixed), worlds=2, rng=8).run()
    assert (m.grants.seen == 1.0).all()
