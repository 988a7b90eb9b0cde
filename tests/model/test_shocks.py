"""Shocks: each moves what it should while it is in force, nothing elsewhere but through markets, and lets go again."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from adoptsim.model.model import AdoptionModel
from adoptsim.model.quantities import QUANTITIES
from adoptsim.model.scenario import LeverUse, Scenario, ShockUse
from adoptsim.model.shocks import SHOCKS
from support import ALL_LEVERS, ALL_SHOCKS, Array, differing, kept, state, stepped, unlike

HIT = ("NGA", "TUR", "PER", "VNM")  # of four regions; none of them hosts a hub
START, END = 2026.5, 2027.25  # in the middle of years
BEFORE, LASTS, QUARTERS, LONG = 6, 3, 16, 28  # quarters
LEVERS = tuple(
    LeverUse(name, intensity=0.8, start=2026.0, ramp=2.0)  # still rising while the shock is there
    for name in ("pooled_procurement", "workforce_training", "data_sharing")
)
CALM = Scenario("calm", levers=LEVERS, quarters=QUARTERS, parameters={"pool.joining_rate": 1.0, "pool.barrier": 0.001})


def model(*shocks: ShockUse, scenario: Scenario = CALM) -> AdoptionModel:
    return AdoptionModel(replace(scenario, shocks=shocks), worlds=2, rng=8)


@pytest.fixture(scope="module")
def calm() -> AdoptionModel:
    return model().run()


def assert_calm(one: AdoptionModel, calm: AdoptionModel) -> None:
    """The same bytes but for the memory of what donors gave."""
    assert differing(state(one), state(calm)) == []
    assert unlike(one.results(), calm.results()) == []


# no shock


@pytest.mark.parametrize("name", SHOCKS)
def test_what_does_not_strike_is_no_shock(name: str, calm: AdoptionModel) -> None:
    zero = ShockUse(name, 0.0, START, END)
    nobody = ShockUse(name, 0.9, START, END, regions=("AFR",), incomes=("HIC",), countries=("FRA",))
    nothing = ShockUse(name, 0.9, START, END, applications=("no such application",))
    late, over = ShockUse(name, 0.9, 2040.0), ShockUse(name, 0.9, 2020.0, 2025.0)
    never = ShockUse(name, 0.9, 2027.0, 2027.0)
    assert_calm(model(zero, nobody, nothing, late, over, never).run(), calm)


def test_what_does_not_strike_settles_nothing_anew() -> None:
    """While levers rise within the year, prices settled anew are others."""
    rising = replace(CALM, levers=ALL_LEVERS, quarters=4)
    zero, nobody = ShockUse("epidemic", 0.0, 2025.25), ShockUse("epidemic", 0.9, 2025.5, countries=("none",))
    calm = model(scenario=rising).run()
    assert_calm(model(zero, nobody, scenario=rising).run(), calm)
    assert unlike(model(replace(zero, size=0.1), scenario=rising).run().results(), calm.results()) != []


def test_order_does_not_matter() -> None:
    shocks = (
        *ALL_SHOCKS,
        ShockUse("price_jump", 0.7, 2026.0, 2027.0, regions=("AFR",)),
        ShockUse("price_jump", 3.0, 2026.0, regions=("AFR",)),
        ShockUse("donor_withdrawal", 0.7, 2027.5, incomes=("LIC",)),
    )
    first = model(*shocks).run()
    for order in itertools.islice(itertools.permutations(shocks), 1, None, 60_000):
        assert_calm(model(*order).run(), first)


def test_blocks_of_any_size_give_the_same_bytes() -> None:
    scenario = replace(CALM, shocks=ALL_SHOCKS)
    both = dict(kept(AdoptionModel(scenario, worlds=2, rng=8).run().results()))
    for world in range(2):
        alone = AdoptionModel(scenario, worlds=[world], rng=8).run().results()
        assert [n for n, v in kept(alone) if v.tobytes() != both[n][world : world + 1].tobytes()] == []


@pytest.mark.fast
@pytest.mark.parametrize(("name", "size"), [("epidemic", 1.1), ("epidemic", -0.1), ("price_jump", 10.5)])
def test_impossible_sizes_are_refused(name: str, size: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: a size from 0 to .* is wanted"):
        model(ShockUse(name, size, START))


@pytest.mark.fast
def test_shocks_name_quantities_that_scale() -> None:
    for shock in SHOCKS.values():
        for name, change in shock.acts.items():
            assert QUANTITIES[name][1].combine == "scale"
            assert 1.0 + change * shock.largest >= 0.0


# what each of them does

MEASURES: dict[str, list[tuple[Callable[[AdoptionModel], Array], float]]] = {  # what is seen, over calm, size 0.5
    "data_breach": [(lambda m: m.countries.deposit(), 0.5)],
    "donor_withdrawal": [(lambda m: m.countries.granted, 0.5)],
    "epidemic": [(lambda m: m.countries.minutes[:, :, :2], 0.5), (lambda m: m.countries.open_for_hours(), 0.5)],
    "health_spending_fall": [(lambda m: _released(m), 0.5)],
    "price_jump": [(lambda m: m.countries.consumables, 1.5)],
    "supply_interruption": [(lambda m: m.countries.scarce_supply ** (-1.0 / m.par["deliver.site_shape"]), 0.5)],
}


def _released(m: AdoptionModel) -> Array:
    """Domestic money for services that would be released if the same tests were wanted and no machines."""
    c = m.countries.fork()
    c.wanted_in, c.wanted_hub, c.hours_needed, c.instruments = m.countries.eligible / 100.0, 0.0, 0.0, 0.0
    return np.asarray(c.budget_domestic()[:, :, :1])


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_strikes_in_force_and_there_alone(name: str) -> None:
    alone = {"hub.reserve": 1e9, "fund.herding": 0.0}  # neither hubs nor donors bring one news of others
    scenario = replace(CALM, parameters={**CALM.parameters, **alone})
    shaken, calm = (model(*s, scenario=scenario) for s in ((ShockUse(name, 0.5, START, END, countries=HIT),), ()))
    hit = np.isin(calm.inputs.iso3, HIT)
    assert not np.isin(calm.cast.hubs.host, np.flatnonzero(hit)).any()
    stepped(shaken, BEFORE), stepped(calm, BEFORE)
    assert differing(state(shaken), state(calm)) == []
    for quarter in range(LASTS):
        stepped(shaken, 1), stepped(calm, 1)
        if quarter < 2:  # until the new year, in which markets, neighbours and the common reference answer
            seen = [n for n, v in calm.countries.columns.items() if v.shape[3] > 1 and n != "peers"]
            both = [{n: m.countries.columns[n][..., ~hit] for n in seen} for m in (shaken, calm)]
            assert differing(both[0], both[1]) == []
        for see, ratio in MEASURES[name]:
            one, other = see(shaken)[..., hit], see(calm)[..., hit]
            if quarter == 0:
                assert one == pytest.approx(other * ratio, rel=1e-9, abs=1e-9)
            assert other.max() > 0
            assert ((one < other) if ratio < 1 else (one > other))[other > 1e-9].all()
    stepped(shaken, 1), stepped(calm, 1)
    for see, _ in MEASURES[name]:
        over = see(shaken)[..., hit].sum() / see(calm)[..., hit].sum()
        assert over == pytest.approx(1.0, abs={"donor_withdrawal": 0.5, "data_breach": 0.1}.get(name, 0.03))


FEWER = ("epidemic", "health_spending_fall", "price_jump", "supply_interruption", "donor_withdrawal")


@pytest.mark.parametrize("name", FEWER)
def test_fewer_are_tested_while_it_lasts_and_most_come_back(name: str) -> None:
    long = replace(CALM, quarters=LONG)
    shock = ShockUse(name, 0.9, START, END, incomes=("LIC", "LMC"))
    shaken, calm = model(shock, scenario=long), model(scenario=long)
    poor = np.isin(calm.inputs.income, ("LIC", "LMC"))
    share = []
    for _ in range(LONG):
        stepped(shaken, 1), stepped(calm, 1)
        tests = [
            (m.countries.tests_in + m.countries.tests_hub + m.countries.tests_private)[..., poor]
            for m in (shaken, calm)
        ]
        share.append(tests[0].sum() / tests[1].sum())
        assert (shaken.countries.coverage() <= shaken.countries.ceiling).all()
        assert (tests[0] >= 0).all()
    assert share[:BEFORE] == [1.0] * BEFORE
    assert max(share[BEFORE + 1 : BEFORE + LASTS]) < 0.999
    still = (
        0.75 if name == "donor_withdrawal" else 0.5
    )  # a programme that did not start for want of a grant starts late
    assert share[-1] > 1.0 - still * (1.0 - min(share))


def test_targets_by_application_narrow_what_is_by_application() -> None:
    one = "newborn_sickle"
    shaken, calm = (
        stepped(model(*s), BEFORE + 1) for s in ((ShockUse("price_jump", 1.0, START, applications=(one,)),), ())
    )
    dearer = (shaken.countries.consumables / calm.countries.consumables)[:, :, 0]
    where = calm.application_ids.index(one)
    assert dearer[:, where] == pytest.approx(2.0)
    assert (np.delete(dearer, where, axis=1) == 1.0).all()


def test_adoption_answers_in_the_quarter_of_the_shock() -> None:
    """Strain is money over money of the quarter; pilots follow the grants that are left."""
    calm = stepped(model(), BEFORE + 1).countries
    poorer = stepped(model(ShockUse("health_spending_fall", 0.5, START)), BEFORE + 1).countries
    dearer = stepped(model(ShockUse("price_jump", 1.0, START)), BEFORE + 1).countries
    alone = stepped(model(ShockUse("donor_withdrawal", 0.5, START)), BEFORE + 1).countries
    for shaken in (poorer, dearer):
        assert (shaken.modifier <= calm.modifier).all()
        assert (shaken.modifier < calm.modifier).mean() > 0.5
        assert (shaken.hazard() < calm.hazard()).mean() > 0.5
    assert alone.pilots_by_grant.sum() < calm.pilots_by_grant.sum()


def test_two_shocks_of_one_kind_multiply() -> None:
    both = model(
        ShockUse("supply_interruption", 0.5, START), ShockUse("supply_interruption", 0.4, START, countries=HIT)
    )
    arriving = stepped(both, BEFORE + 1).countries.arriving[0, 0, 0]
    hit = np.isin(both.inputs.iso3, HIT)
    assert arriving[hit] == pytest.approx(0.3)
    assert arriving[~hit] == pytest.approx(0.5)


# simple truths


def test_cancelled_grants_do_not_come_back_and_new_ones_do() -> None:
    fixed = {"fund.grant_duration": 4.0, "fund.eligibility_line": 1e9, "fund.herding": 0.0, "fund.use_weight": 0.0}
    scenario = replace(CALM, parameters=fixed, quarters=32)
    shaken, calm = (
        model(ShockUse("donor_withdrawal", 1.0, START, END, countries=HIT), scenario=scenario),
        model(scenario=scenario),
    )
    hit = np.isin(calm.inputs.iso3, HIT)
    share = []
    for _ in range(32):
        stepped(shaken, 1), stepped(calm, 1)
        share.append((shaken.countries.granted[..., hit].sum() / calm.countries.granted[..., hit].sum()).round(6))
    assert share[:6] == [1.0] * 6
    assert share[6:12] == [0.0] * 6  # all are cancelled; the vintage of 2027 is not given
    assert 0.15 < share[12] < 0.35  # that of 2028 is
    assert share[12] < share[16] < share[20]
    assert share[24] == 1.0
    assert share[31] == 1.0


def test_donors_that_herd_are_slower_to_come_back() -> None:
    share = []
    for herding in (0.0, 0.3):
        fixed = {"fund.grant_duration": 4.0, "fund.eligibility_line": 1e9, "fund.herding": herding}
        scenario = replace(CALM, parameters=fixed, quarters=32)
        shock = ShockUse("donor_withdrawal", 1.0, START, END, countries=HIT)
        shaken, calm = (model(*shocks, scenario=scenario).run() for shocks in ((shock,), ()))
        hit = np.isin(calm.inputs.iso3, HIT)
        share.append(shaken.countries.granted[..., hit].sum() / calm.countries.granted[..., hit].sum())
    assert share[1] < 0.9 < share[0]


def test_without_government_health_money_nothing_breaks() -> None:
    ruin = model(ShockUse("health_spending_fall", 1.0, 2025.0), *(replace(s, size=1.0) for s in ALL_SHOCKS)).run()
    assert all(np.isfinite(v).all() for v in ruin.results().scalars.values())
    assert ruin.countries.domestic.max() < 1.0


def test_a_hub_s_clients_suffer_with_its_host() -> None:
    calm = model()
    busy = int(calm.chosen_hub.total(calm.countries.wanted_hub).sum(axis=(0, 1, 2)).argmax())
    host = int(calm.cast.hubs.host[busy])
    for name in ("epidemic", "supply_interruption"):
        shaken = model(ShockUse(name, 0.9, START, countries=(calm.inputs.iso3[host],)))
        pair = stepped(shaken, BEFORE + 1), stepped(model(), BEFORE + 1)
        assert np.array_equal(*(m.countries.wanted_hub for m in pair))
        sent = [m.chosen_hub.total(m.countries.tests_hub)[..., busy].sum() for m in pair]
        assert sent[0] < 0.7 * sent[1]


def test_households_pay_the_price_of_the_quarter() -> None:
    m, paid = model(ShockUse("price_jump", 4.0, START, END)), []

    def pay(m: AdoptionModel) -> None:
        c = m.countries
        paid.append((c.tests_private * c.price_private).sum(axis=(1, 2, 3)))

    m.insert_phase("deliver", "pay", pay)
    m.run()
    assert m.results().scalars["cost.household.mean"] == pytest.approx(4 * np.mean(paid, axis=0), rel=1e-9)
    assert paid[BEFORE].sum() != pytest.approx(paid[BEFORE - 1].sum(), rel=0.2)


def test_shared_data_are_not_lost_in_a_breach() -> None:
    m = model(ShockUse("data_breach", 1.0, START, END))
    genomes = [stepped(m, 1).reference.known() for _ in range(QUARTERS)]
    assert all((later > earlier).all() for earlier, later in itertools.pairwise(genomes))
