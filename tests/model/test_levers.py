"""All levers: each does what its file says, none makes money, people or machines, and each can lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from adoptsim.inputs.names import CADRES
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.phases import equip
from adoptsim.model.push import INVESTED
from adoptsim.model.quantities import QUANTITIES
from adoptsim.model.scenario import LeverUse, Scenario
from support import Array, all_levers, stepped

QUARTERS = 40
MONEY = ("gdp_pc", "gov_health_pc")  # of a country, where the units are US$


def full(lever: str, **more: object) -> LeverUse:
    return LeverUse(lever, intensity=1.0, start=2025.0, ramp=0.25, **more)  # type: ignore[arg-type]


def model(*levers: LeverUse, worlds: int = 3, quarters: int = QUARTERS, **fixed: float) -> AdoptionModel:
    parameters = {name.replace("__", "."): value for name, value in fixed.items()}
    return AdoptionModel(Scenario("s", levers=levers, quarters=quarters, parameters=parameters), worlds=worlds, rng=8)


def scalars(*levers: LeverUse, **fixed: float) -> Mapping[str, Array]:
    return model(*levers, worlds=4, quarters=80, **fixed).run().results().scalars


@pytest.mark.fast
def test_the_programme_of_work_has_twelve_levers_that_change_known_quantities() -> None:
    assert len(LEVERS) == 12
    for lever in LEVERS.values():
        assert set(lever.acts) <= set(QUANTITIES), lever.name


@pytest.mark.fast
def test_every_quantity_is_moved_by_somebody() -> None:
    from adoptsim.model.shocks import SHOCKS

    moved = {quantity for one in (*LEVERS.values(), *SHOCKS.values()) for quantity in one.acts} | set(INVESTED)
    assert moved == set(QUANTITIES)


# all of them together


def test_a_little_of_every_lever_does_little() -> None:
    """No jump at 0: the smallest strengths change outcomes in proportion, where luck turns on no single programme."""
    still = {"hta__appraisal_rate": 0.0, "diff__modifier_cap": 1.0}  # no verdict and no hazard depends on a lever

    def access(strength: float) -> Array:
        uses = tuple(LeverUse(name, intensity=strength, start=2025.0, ramp=0.25) for name in LEVERS)
        quiet = tuple(use for use in uses if use.lever not in ("pooled_procurement", "regional_consultations"))
        fixed = {**still, "diff__need": 0.0, "diff__pilot_by_grant": 0.0, "lever__ceiling_chance": 0.0}
        return model(*quiet, worlds=2, quarters=16, **fixed).run().results().scalars["useful_access.p40.mean"]

    none, some, more = access(0.0), access(1e-4), access(2e-4)
    assert (some != none).all()
    assert (more - none) / (some - none) == pytest.approx([2.0, 2.0], rel=0.02)


@pytest.mark.parametrize("budgets", [False, True], ids=["intensities", "budgets"])
def test_doubling_every_price_and_income_changes_no_quantity(budgets: bool) -> None:
    """Money is a measure: prices, wages, budgets, thresholds, costs of levers, GDP and incomes doubled."""

    def run(times: float) -> AdoptionModel:
        scenario = all_levers(24)
        if budgets:
            uses = tuple(replace(use, intensity=None, budget=3e7 * times) for use in scenario.levers)
            scenario = replace(scenario, levers=uses)
        plain = AdoptionModel(scenario, worlds=2, rng=8)
        units = {name: p.unit for a in plain.applications for name, p in [(t.name, t) for t in a.traits.values()]}
        units |= {name: p.unit for name, p in known_parameters().items()}
        factors = {n: np.broadcast_to(v, 2) * times for n, v in plain.drawn.items() if units[n].startswith("US$")}
        return doubled(scenario, factors, times)

    one, two = run(1.0), run(2.0)
    for name in ("people_reached", "useful_access.p40", "useful_access.gap", "counsellors", "national_programmes"):
        assert two.results().scalars[f"{name}.mean"] == pytest.approx(one.results().scalars[f"{name}.mean"], rel=1e-6)
    money = "cost.public", "cost.lever", "money.granted", "money.returned", "money.duplicated", "cost.household"
    for name in money:
        ratio = two.results().scalars[f"{name}.mean"] / one.results().scalars[f"{name}.mean"]
        assert ratio == pytest.approx([2.0, 2.0], rel=1e-6), name


def known_parameters() -> Mapping[str, object]:
    from adoptsim.inputs.parameters import load_registry

    return load_registry()


def doubled(scenario: Scenario, factors: Mapping[str, Array], times: float) -> AdoptionModel:
    """A run in which country values in US$ are so many times as large."""
    from unittest.mock import patch

    from adoptsim.inputs.countries import Countries, load_countries

    inputs = load_countries(scenario.countries, scenario.start_year)
    names = [n for n in inputs.values if n.endswith("_usd")]
    values = {n: v * times if n in names else v for n, v in inputs.values.items()}
    larger: Countries = replace(inputs, values=values)
    with patch("adoptsim.model.model.load_countries", return_value=larger):
        return AdoptionModel(scenario, worlds=2, rng=8, factors=factors).run()


# one by one


def test_advocacy_without_effect_changes_nothing_but_its_cost() -> None:
    with_it, without = (scalars(*uses, lever__advocacy_tr=1.0) for uses in ((full("advocacy"),), ()))
    differs = {name for name in without if not np.array_equal(with_it[name], without[name])}
    assert differs == {"cost.lever.mean", "cost.lever@2045"}


def test_advocacy_shortens_the_time_by_its_ratio() -> None:
    m = stepped(model(full("advocacy"), lever__advocacy_tr=0.9, diff__modifier_cap=1e9), 1)
    plain = stepped(model(lever__advocacy_tr=0.9, diff__modifier_cap=1e9), 1)
    shape, transport = m.par["diff.weibull_shape"], m.par["diff.transport"]
    ratio = m.countries.settled_hazard / plain.countries.settled_hazard
    assert ratio == pytest.approx(np.broadcast_to(0.9 ** (-shape * transport), ratio.shape), rel=1e-9)


def test_investment_cases_do_not_touch_verdicts() -> None:
    """More cases; each is judged as it would have been. Where budgets forbid all, cases delay."""
    m = stepped(model(full("investment_cases")), 20)
    plain = stepped(model(), 20)
    assert (m.countries.verdict != 0).sum() > 1.3 * (plain.countries.verdict != 0).sum()
    both = (m.countries.hta > 0) & (plain.countries.hta > 0)
    assert (m.countries.hta >= plain.countries.hta).all()
    assert both.any()
    forbidden = {"hta__budget_impact": 1e-9, "lever__investment_case_tr_hta": 0.5}
    losing = scalars(full("investment_cases"), **forbidden)["national_programmes@2045"]
    assert (losing < scalars(**forbidden)["national_programmes@2045"]).all()


def test_coordinated_donors_pay_less_twice_and_spread_more_evenly() -> None:
    m, plain = (model(*uses, quarters=44).run() for uses in ((full("coordination"),), ()))
    assert m.countries.duplicated.sum() < 0.8 * plain.countries.duplicated.sum()
    assert m.grants.committed.sum() == pytest.approx(plain.grants.committed.sum(), rel=1e-9)

    def spread(one: AdoptionModel) -> float:
        c = one.countries
        helped = (c.below_donor_line() > 0) & (c.granted.sum(axis=2, keepdims=True) > 0)
        each = np.log(c.granted.sum(axis=2, keepdims=True)[helped] / c.poverty_weighted_people()[helped])
        return float(each.std())

    assert spread(m) < spread(plain)


def test_who_stays_at_home_is_missed_abroad() -> None:
    """Retention makes nobody: without attrition and programmes, all that one country keeps another lacks."""
    fixed = {"lever__retention_attrition": 0.0, "lever__retention_emigration": -0.4}
    m, plain = (stepped(model(*uses, **fixed), 1) for uses in ((full("retention"),), ()))
    kept = m.countries.staff - plain.countries.staff
    assert kept.sum(axis=3)[:, 0] == pytest.approx(np.zeros((3, len(CADRES))), abs=1e-6)
    assert np.abs(kept[:, :, :3]).max() > 0.1
    assert np.array_equal(m.countries.staff[:, :, 3], plain.countries.staff[:, :, 3])
    poorest, richest = np.argsort(m.countries.gdp_pc[0, 0, 0])[[0, -1]]
    assert (kept[:, 0, :3, poorest] >= 0).all()
    assert (kept[:, 0, :3, richest] < 0).all()


def test_retention_costs_a_share_of_wages() -> None:
    fixed = {"cost__retention_country": 0.0}
    m = stepped(model(full("retention"), lever__retention_topup=0.25, **fixed), 2)
    c = stepped(model(), 0).countries
    wages = c.start_staff[:, :, :3].sum(axis=2, keepdims=True) * m.par["work.wage_multiple"] * c.gdp_pc
    assert 4 * m.lever_cost.sum() == pytest.approx(0.25 * wages.sum(), rel=0.05)  # imputed stocks differ by world


def test_going_past_the_distributor_saves_its_margin_at_most_and_loses_its_service() -> None:
    only = {"lever__ceiling_chance": 0.0, "lever__rental_share": 0.0, "lever__local_kits_reach": 0.0}
    fixed = {**only, "lever__direct_volume": 1.0, "lever__direct_supply_markup_cut": 1.0, "lever__service_terms": 0.0}
    m, plain = (
        stepped(model(*uses, dist__service_lost=1.0, **fixed), 1) for uses in ((full("supplier_engagement"),), ())
    )
    c = m.countries
    door = c.exworks * (1.0 + c.transport)
    assert c.consumables == pytest.approx(np.broadcast_to(door, c.consumables.shape), rel=1e-9)
    c.instruments = plain.countries.instruments  # lower prices leave more money for machines
    assert (c.open_for_hours() <= plain.countries.open_for_hours() + 1e-9).all()
    assert c.open_for_hours().sum() < plain.countries.open_for_hours().sum()
    risky = scalars(
        full("supplier_engagement"), dist__service_lost=1.0, **{**fixed, "lever__direct_supply_markup_cut": 0.0}
    )
    before = scalars(dist__service_lost=1.0, **fixed)
    assert (risky["useful_results.mean"] < before["useful_results.mean"]).all()  # it can lose


def test_makers_sign_one_by_one_for_a_term_and_for_poorer_countries_alone() -> None:
    term = 3
    fixed = {"lever__ceiling_chance": 0.3, "lever__ceiling_years": term}
    fixed |= {"lever__tier_chance": 0.0, "lever__price_kept": 0.0}
    m = model(full("supplier_engagement"), quarters=40, **fixed)
    ends = []
    for _ in range(10):
        before = m.agreements.signed.copy()
        stepped(m, 4)
        k, c = m.agreements, m.countries
        assert set(np.unique(k.signed)) <= {0.0, *(2025.0 + year for year in range(10))}
        assert ((k.signed == 0) | (k.year - k.signed < term)).all()
        assert ((before == 0) | (k.signed == before) | (k.year == before + term)).all()  # nothing else ends one
        ends.append(((before > 0) & (k.signed == 0)).any())
        by_maker = k.signed.reshape(*k.signed.shape[:3], len(m.makers), len(m.inputs))
        assert (by_maker == by_maker[..., :1]).all()  # a maker signs with all at once
        assert not c.capped[np.broadcast_to(c.below_donor_line() == 0, c.capped.shape)].any()
    assert any(ends)
    parts = np.unique(c.capped[:, [a.source == "single" for a in m.applications]])
    assert {0.25, 0.75} & set(parts)  # one signs and another does not


def test_a_ceiling_names_only_countries_that_are_aimed_at_and_public_buyers() -> None:
    fixed = {
        "lever__ceiling_private": 0.0,
        "lever__ceiling_chance": 1.0,
        "lever__tier_chance": 0.0,
        "lever__direct_volume": 0.0,
        "lever__rental_share": 0.0,
    }
    fixed |= {"lever__local_kits_reach": 0.0}
    use = full("supplier_engagement", regions=("AFR",))
    m, plain = (stepped(model(*uses, **fixed), 1) for uses in ((use,), ()))
    c, before = m.countries, plain.countries
    listed = np.broadcast_to((np.array(m.inputs.region) == "AFR") & (c.below_donor_line() > 0), c.capped.shape)
    assert c.capped == pytest.approx(listed * 1.0)
    cut = np.broadcast_to(m.par["lever.negotiated_access_cut"], c.capped.shape)
    price = np.broadcast_to(before.consumables, c.capped.shape)
    assert c.consumables[listed] == pytest.approx((price * (1.0 - cut))[listed])
    at_home = (c.price_private < c.unit_hub * m.par["private.markup"]) & listed
    assert at_home.any()
    assert c.price_private[at_home] == pytest.approx(before.price_private[at_home])  # nothing for private buyers


def test_rented_machines_come_at_once_and_make_their_tests_dearer() -> None:
    fixed = {"lever__rental_share": 0.6, "lever__rental_premium": 0.5, "lever__ceiling_chance": 0.0}
    fixed |= {"lever__direct_volume": 0.0, "lever__local_kits_reach": 0.0}
    m, plain = (stepped(model(*uses, **fixed), 5) for uses in ((full("supplier_engagement"),), ()))
    c = m.countries
    assert (c.rented <= c.instruments).all()
    for a, application in enumerate(m.applications):
        at = ("analyser", "sequencer").index(application.platform)
        used = c.rented[:, 0, at] > 0
        dearer = c.consumables[:, a, 0] / plain.countries.consumables[:, a, 0]
        assert used.any()
        assert dearer.min() >= 1.0 - 1e-12
        assert 1.05 < dearer.max() <= 1.5 + 1e-9
        assert dearer[~used] == pytest.approx(1.0)


def test_machines_from_outside_cost_the_country_its_part() -> None:
    """Half of what is short where money is half of its part; nothing more where its own money is ample."""
    m = stepped(model(full("infrastructure_financing"), lever__infrastructure_money=80_000.0), 2)
    c, price = m.countries.fork(), m.par["equip.price"]
    c.instruments, c.service_cost, c.placed, c.financed = 0.0, 0.0, 0.0, 1e12
    short = c.want_machines()
    cost = (short * price).sum(axis=2, keepdims=True)
    seen = (cost > 1.0)[:, 0, 0]

    def part(machines: Array) -> Array:
        return ((machines * price).sum(axis=2, keepdims=True) / np.maximum(cost, 1.0))[:, 0, 0][seen]

    for own, bought in ((0.5, 0.5), (1.0, 1.0), (20.0, 1.0), (0.0, 0.0)):
        c.available = m.par["fund.cofinance"] * cost * own
        c.helped = c.find_help()
        assert part(short * c.helped + c.buy_machines()) == pytest.approx(bought), own
    c.financed, c.available = 0.0, m.par["fund.cofinance"] * cost
    c.helped = c.find_help()
    assert c.helped.max() == 0.0
    alone = np.broadcast_to(m.par["fund.cofinance"], cost.shape)[:, 0, 0][seen]
    assert part(c.buy_machines()) == pytest.approx(alone)


def test_what_the_country_pays_for_helped_machines_is_spent() -> None:
    m = stepped(model(full("infrastructure_financing"), lever__infrastructure_money=80_000.0), 2)
    c, price = m.countries, m.par["equip.price"]
    m.machines.fill(0.0)
    c.instruments, c.lent, c.available, c.financed = 0.0, 0.0, 1e15, 1e12
    equip(m)
    worth = (c.instruments * price).sum(axis=2)
    assert c.helped.min() == 1.0
    assert worth.max() > 1e6
    assert c.spent[:, :, 1] == pytest.approx(np.broadcast_to(m.par["fund.cofinance"][:, :, 0], worth.shape) * worth)


def test_representation_adds_genomes_of_the_under_represented_alone() -> None:
    m, plain = (stepped(model(*uses, lever__benefit_sharing=0.0), 8) for uses in ((full("representation"),), ()))
    more = m.reference.known() / plain.reference.known()
    european = 3
    assert more[:, :, european] == pytest.approx(np.ones((3, more.shape[1], 1)), rel=1e-3)
    assert (more[:, :, [0, 5]] > 1.01).all()
    assert (m.countries.vus_by_ancestry <= plain.countries.vus_by_ancestry + 1e-12).all()


def test_the_roadmap_turns_donors_and_services_to_the_poorer() -> None:
    m, plain = (model(*uses, lever__equity_tilt=1.0).run() for uses in ((full("equity_roadmap"),), ()))
    to_poorest = (m.countries.income[0, 0, 0] == 0)[m.grant_target.ends]
    got, before = (one.grants.committed[..., to_poorest].sum() for one in (m, plain))
    assert got > before
    weight = m.countries.public_weight
    assert weight == pytest.approx(np.ones(weight.shape), rel=1e-9)  # the whole gradient is undone
    steep = plain.countries.fifth_weight[0, 0, 0] < 0.9
    assert (m.countries.outreach > plain.countries.outreach)[0, 0, 0][steep].all()  # at its higher cost


def test_consultations_open_pools_and_hubs_and_weigh_own_burden() -> None:
    fixed = {"lever__regional_consultation_tr": 1.0, "lever__consultation_hub_friction": 0.0, "pool__joining_rate": 1.0}
    fixed |= {"lever__forum_chance": 1.0}
    use, pool = full("regional_consultations"), full("pooled_procurement")
    m, plain = (stepped(model(*uses, pool, **fixed), 1) for uses in ((use,), ()))
    assert (m.countries.pool_member >= plain.countries.pool_member).all()
    assert m.countries.pool_member.sum() > plain.countries.pool_member.sum()
    easier = stepped(model(use, pool, **{**fixed, "lever__consultation_hub_friction": -0.3}), 1)
    assert (easier.countries.hub_share >= m.countries.hub_share).all()
    assert (m.countries.forum == 1.0).all()
    need = m.countries.relative_need
    change = m.countries.inclination() - plain.countries.inclination()
    assert (change[need > 0.51] >= 0).all()
    assert (change[need < 0.49] <= 0).all()


def test_a_region_meets_together_and_weighs_its_burden_from_then_on() -> None:
    fixed = {"lever__forum_chance": 0.2, "lever__consultation_burden": 1.0}
    m = model(full("regional_consultations", regions=("AFR", "WPR")), **fixed)
    region, still = np.array(m.inputs.region), model(**fixed).run().countries
    met = []
    for _ in range(10):
        stepped(m, 4)
        c = m.countries
        for name in set(m.inputs.region):
            here = c.forum[..., region == name]
            assert (here == here[..., :1]).all()
        unheard = c.fork()
        unheard.forum = 0.0
        differs = c.inclination() != unheard.inclination()
        met_here = np.broadcast_to(c.forum > 0, differs.shape)
        assert not differs[~met_here].any()
        assert differs[met_here & (np.abs(c.relative_need - 0.5) > 0.01)].all()
        met.append(c.forum[:, 0, 0].copy())
    assert (np.diff(met, axis=0) >= 0).all()
    assert 0 < met[0].mean() < met[-1].mean()
    assert not met[-1][:, ~np.isin(region, ("AFR", "WPR"))].any()
    assert still.forum.max() == 0.0


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_acts_where_it_is_aimed(lever: str) -> None:
    """In its first quarter, before markets answer, other regions see nothing but what all share."""
    m = stepped(model(full(lever, regions=("AFR",))), 1)
    plain = stepped(model(), 1)
    elsewhere = np.array(m.inputs.region) != "AFR"
    for name in LEVERS[lever].acts:
        kind, quantity = QUANTITIES[name]
        values = m.populations[kind].read(name)
        rows = elsewhere if (target := m.lever_rows.get(kind)) is None else elsewhere[target]
        assert (values[..., rows] == quantity.start).all(), name
        assert (values[..., ~rows] != quantity.start).any(), name
    national, before = (one.countries.stage[..., elsewhere] == 2 for one in (m, plain))  # pilots follow donors' choice
    assert np.array_equal(national, before)
