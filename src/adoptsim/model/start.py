"""The start state: what each column holds before the first quarter; each step uses the earlier ones.

Pipelines, grants and machine ages start in steady state. Programmes that exist are drawn first; the baseline hazard of
each application is then solved so that the expected number of programmes equals the stated one, and each country's own
propensity is drawn from its posterior given the programmes that it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logit, ndtr

from adoptsim.inputs.applications import Application
from adoptsim.inputs.names import CADRES, INCOMES, PLATFORMS, REGIONS
from adoptsim.model.actors.capacity import AWAY
from adoptsim.model.actors.economy import by_income
from adoptsim.model.columns import Array
from adoptsim.model.couplings import everyone, gather
from adoptsim.model.donors import commit_grants, pay_grants, see_countries
from adoptsim.model.equations import (
    QUARTERS,
    cournot_margin,
    logistic_rate,
    side_by_side,
    sum_groups,
    weibull_hazard,
)
from adoptsim.model.phases import (
    RESEARCH,
    adopting_neighbours,
    agree_on_volumes,
    colleagues_of_programmes,
    price_channels,
    price_hubs,
    release_budgets,
    sent_to_hubs,
    spread_knowledge,
    want_tests,
    years_since,
)
from adoptsim.model.pushed import people_by_ancestry
from adoptsim.model.world import start_staff

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

# UNDP classes of the human development index
HDI_CLASSES = (("low", -1.0, 0.55), ("medium", 0.55, 0.7), ("high", 0.7, 0.8), ("very_high", 0.8, 2.0))
NEWTON_STEPS = 6
GRANT_STEPS = 6  # until donors and the use of their money have settled on each other
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)  # expectation over a normal propensity
EDGES = np.linspace(-4.0, 4.0, 18)  # of slices of a country's own propensity, in standard deviations


def write_start(m: AdoptionModel) -> None:
    """Write the start state of all actors and relations."""
    _people(m)
    _supply(m)
    _staff(m)
    _knowledge(m)
    _programmes(m)
    _prices(m)
    _propensities(m)
    _services(m)
    _donors(m)


def rows(values: Array) -> Array:
    """Country values (N,) or (N, G) as (1, 1, G or 1, N)."""
    return values[None, None, None, :] if values.ndim == 1 else values.T[None, None]


def drawn(m: AdoptionModel, name: str, stream: str = "") -> Array:
    """A country value, moved in each world by the uncertainty of its imputation; (world or 1, 1, 5 or 1, row)."""
    if m.question.uncertainty == "central" or not m.inputs.spread[name].any():
        return rows(m.inputs.values[name])
    normal = m.draws.normal(f"imputed {stream or name}", m.slots)[0][:, 0, 0]
    value = m.inputs.drawn(name, normal)
    return value[:, None, None] if value.ndim == 2 else np.ascontiguousarray(value.transpose(0, 2, 1)[:, None])


def by_region(m: AdoptionModel, name: str) -> Array:
    """A parameter stated by WHO region (``name.AFR`` to ``name.WPR``), for each country."""
    stated = np.broadcast_arrays(*(m.par[f"{name}.{region}"] for region in REGIONS))
    return np.asarray(gather(np.concatenate(stated, axis=-1), m.region_links))


def _people(m: AdoptionModel) -> None:
    c, v, par = m.countries, m.inputs.values, m.par
    known = [r for r in REGIONS if r in m.inputs.region]
    c.region = rows(np.array([known.index(r) if r in known else -1 for r in m.inputs.region], dtype=float))
    c.income = rows(np.array([INCOMES.index(i) for i in m.inputs.income], dtype=float))
    c.population, c.births = rows(v["population"]), rows(v["births"])
    c.start_population = c.population[:1]
    c.adults_share, c.income_share = rows(v["pop_share_30_69"]), drawn(m, "income_share", "gini")
    c.gdp_pc, c.gdp_ppp = drawn(m, "gdp_pc_usd", "gdp"), drawn(m, "gdp_pc_ppp", "gdp")
    c.gov_health_pc, c.gov_effectiveness = drawn(m, "gov_health_pc_usd"), rows(v["gov_effectiveness"])
    c.gdp_trend, c.population_trend = rows(m.inputs.growth["gdp_pc"]), rows(m.inputs.growth["population"])
    c.births_trend = rows(m.inputs.growth["births"])
    c.weakness = c.weak_institutions()
    c.eligible = c.count_eligible()
    c.gdp_median = np.median(c.gdp_pc, axis=-1, keepdims=True)
    c.was_eligible = c.below_donor_line()
    c.ancestry = rows(v["ancestry"])
    share = rows(v["hta_body"])
    c.hta = (m.draws.uniform("hta", m.slots)[0] < share) * 1.0
    cet: Array = np.zeros(())
    for name, low, high in HDI_CLASSES:
        cet = cet + par[f"hta.cet.{name}"] * rows(((v["hdi"] >= low) & (v["hdi"] < high)).astype(float))
    m.threshold_ratio = cet
    c.threshold = cet * c.gdp_pc
    c.region_effect = (
        gather(m.draws.normal("region", np.arange(len(REGIONS)))[0], m.region_links) * par["diff.region_sd"]
    )


def _supply(m: AdoptionModel) -> None:
    """Mark-ups split into freight, duty and margin; sellers by market size; the demand slope returns the margin."""
    c, k, par = m.countries, m.contracts, m.par
    markup = (par["dist.markup"] - 1.0) * by_income(c, "dist.markup_gradient")
    physical = par["dist.share_freight"] + par["dist.share_duty"]
    c.transport, margin = markup * physical, markup * (1.0 - physical)
    goods = rows(m.inputs.values["health_exp_pc_usd"] * m.inputs.values["population"])
    c.lab_market = goods * par["dist.lab_goods_share"]
    m.traders.size = rows(m.cast.traders.size)
    k.exclusive = m.cast.contracts.columns["exclusive"][None, None, None]
    places = int(m.place_among_candidates.max(initial=0)) + 1
    noise = m.draws.normal("contract cost", m.slots, places)  # period = place among the market's candidates
    chosen = noise[m.place_among_candidates, :, 0, 0, m.contract_target.ends].T[:, None, None]
    k.cost_factor = np.exp(par["dist.fixed_cost_sd"] * chosen)
    candidates = np.bincount(m.contract_target.ends, minlength=len(m.inputs))
    carried = np.floor(margin * c.lab_market / par["dist.fixed_cost"])
    c.sellers = np.clip(carried, 1.0, rows(candidates.astype(float)))
    k.present = (m.place_among_candidates < gather(c.sellers, m.contract_target)) * 1.0
    selling = np.maximum(c.sellers, 1.0)  # where nobody is, one importer's margin
    c.choke, c.exclusive_margin = margin * (selling + 1.0), margin
    competed = cournot_margin(c.choke, selling)
    c.margin = side_by_side([competed, margin], axis=2)
    maker = m.makers
    maker.market_share = m.maker_shares
    paid = par["app.price"] * par["app.consumable_share"]  # landed, where it was paid
    landed = [1.0 + (par["dist.markup"] - 1.0) * par[f"dist.markup_gradient.{a.priced_in}"] for a in m.applications]
    maker.start_price = paid / side_by_side(landed, axis=1)
    maker.price = maker.start_price
    c.exworks = everyone(maker.price * maker.market_share)
    noise = np.exp(par["pool.barrier_sd"] * m.draws.normal("pool barrier", m.slots)[0])
    c.pool_barrier = par["pool.barrier"] * np.exp(-par["pool.barrier_effectiveness"] * c.gov_effectiveness) * noise


def _staff(m: AdoptionModel) -> None:
    """Stocks; programmes' seats so that the stock of counsellors grows as it did; students on their way."""
    c, t, par = m.countries, m.programmes, m.par
    c.abroad_share = par["work.emigration_stock"] * c.weakness
    known = {name: drawn(m, name) for name in ("physicians_per_1000", "researchers_per_million")}
    stock = start_staff(known | {"population": c.population, "gdp_pc_usd": c.gdp_pc}, par.values)
    c.staff = side_by_side([stock[n] for n in CADRES], axis=2)
    c.start_staff = c.staff
    c.minutes_hired = c.working_minutes()
    c.minutes = c.minutes_left()
    c.wage_minute = par["work.wage_multiple"] * c.gdp_pc / (QUARTERS * par["work.minutes_per_quarter"])
    growth = {
        "genetics": par["work.gc_growth"],
        "laboratory": par["work.other_growth"],
        "bioinformatics": par["work.other_growth"],
    }
    seats = np.zeros((1, 1, 1, len(t)))
    code = m.cast.schools.cadre
    for name, rate in growth.items():
        i = CADRES.index(name)
        lost = rate + par["work.attrition"] * (1.0 - par["work.routine_entry"][:, :, i : i + 1])
        whole = everyone(c.staff[:, :, i : i + 1] * lost) / (1.0 - par["work.dropout"])
        seats = seats + whole * m.cast.schools.weight * (code == i)
    t.cadre = code[None, None, None].astype(float)
    t.start_seats, t.start_colleagues = seats, colleagues_of_programmes(m)
    t.capacity = seats
    t.seats = seats
    p = m.places
    p.share, p.home = (m.cast.places.columns[n][None, None, None] for n in ("share", "home"))
    p.buying_share = m.buying_share
    p.seats = gather(t.seats, m.place_source)
    p.entering = p.enrol()
    m.students.fill(p.entering)


def _knowledge(m: AdoptionModel) -> None:
    par = m.par
    genomes = par["data.genomes_world"] * par["data.genome_share"]
    m.reference.genomes, m.reference.start_genomes = genomes, genomes
    m.reference.people = people_by_ancestry(m)
    m.countries.recruitment = m.reference.recruit_today()
    m.countries.recruited = m.countries.recruit_for_studies()
    m.countries.sharing_now = by_income(m.countries, "data.sharing_now")
    m.countries.consent_now = by_region(m, "data.consent")
    joined = m.draws.uniform("first member", m.slots)[0] < m.countries.like_to_join()
    m.countries.data_member = joined * 1.0
    spread_knowledge(m)


def _programmes(m: AdoptionModel) -> None:
    """Stages drawn from the stated start probabilities; ages of national programmes uniform since availability."""
    c, par = m.countries, m.par
    c.prevalence = prevalence = side_by_side([_prevalence_of(m, a) for a in m.applications], axis=1)
    world = everyone(prevalence * c.eligible) / everyone(c.eligible)
    c.relative_need = prevalence / np.maximum(prevalence + world, 1e-300)  # 0 where nobody on earth has it
    c.test_minutes = par["app.minutes_per_test"] + prevalence * par["app.minutes_per_positive"]
    c.all_minutes, c.away_minutes = sum_groups(c.test_minutes), sum_groups(c.test_minutes[:, :, AWAY])
    skilled, immunised = drawn(m, "skilled_birth"), drawn(m, "immunisation")
    ends = [logit(np.clip(x[:, :, [0, 4]], 0.02, 0.98)) for x in (skilled, immunised)]
    slope = np.clip(sum(x[:, :, 1:] - x[:, :, :1] for x in ends) / 8.0, 0.0, 1.0)  # logits per fifth, mean of the two
    steps = np.arange(5.0)[None, None, :, None] - 2.0
    weight = np.exp(par["who.gradient_factor"] * slope * steps)
    c.fifth_weight = weight * (5.0 / sum_groups(weight))
    c.fifth_cap = np.maximum(skilled, par["who.reach_floor"]) * par["app.uptake"]
    c.ceiling = sum_groups(c.fifth_cap) / 5.0
    c.public_weight = c.fifth_weight
    c.outreach = c.reach_out()
    national, pilot, served = _stated_stages(m)
    u, aged = m.draws.uniform("start", m.slots, 2, m.application_ids)
    c.stage = np.where(u < national, 2.0, np.where(u < national + pilot, 1.0, 0.0))
    m.expected_programmes = everyone(national)
    years_since(m)
    age = c.years_available * aged
    seed = par["deliver.first_share"]
    rate = logistic_rate(np.ones(()), seed, par["diff.medicine_adoption_years"])
    share = 1.0 / (1.0 + (1.0 / seed - 1.0) * np.exp(-rate * age))
    pilot_level = c.ceiling * par["deliver.pilot_ceiling"]
    level = np.where(served >= 0, np.minimum(served, c.ceiling), c.ceiling * share)
    c.intended = np.where(c.stage == 2.0, level, np.where(c.stage == 1.0, pilot_level, 0.0))


def _prevalence_of(m: AdoptionModel, application: Application) -> Array:
    """Share of those tested who have the condition: a country value, or one number for all, (world, 1, 1, row)."""
    if application.prevalence_of:
        return rows(m.inputs.values[application.prevalence_of] * application.prevalence_times)
    everywhere = m.par[f"{application.id}.prevalence"]
    return np.broadcast_to(everywhere, (len(everywhere), 1, 1, len(m.inputs)))


def _stated_stages(m: AdoptionModel) -> tuple[Array, Array, Array]:
    """Probability of a national programme and of a pilot; the share served where country columns state it (else -1)."""
    shape = (1, len(m.applications), 1, len(m.inputs))
    national, pilot, served = np.zeros(shape), np.zeros(shape), np.full(shape, -1.0)
    income = np.array(m.inputs.income)
    pilot_share = m.par["start.pilot_share"]
    for a, application in enumerate(m.applications):
        chance = np.array(
            [[table[i] for i in income] for table in (application.start_national, application.start_pilot)]
        )
        national[0, a, 0], pilot[0, a, 0] = chance
        if application.start_served:
            served[0, a, 0] = np.prod([m.inputs.values[name] for name in application.start_served], axis=0)
    served = np.where(served > pilot_share, served, -1.0)
    needed = np.minimum(2.0 * m.countries.relative_need, 1.0)  # few try what their people do not need
    national = np.where(
        served > m.par["start.programme_share"], 1.0, national * np.where(served > pilot_share, 0.0, needed)
    )
    pilot = np.where(served > pilot_share, 1.0, pilot * needed)
    return national, np.minimum(pilot, 1.0 - national), served


def _prices(m: AdoptionModel) -> None:
    c = m.countries
    agree_on_volumes(m)
    c.consumables = c.landed()
    c.unit_in = c.cost_in_country()
    c.unit_hub = c.unit_in
    m.hubs.capacity = 1e6  # first as if hubs were large, then capacity and prices settle on each other
    for _ in range(2):
        m.hubs.planned = m.hubs.plan_tests()
        price_hubs(m)
        c.hub_share = c.send_out()
        c.wanted_hub = c.want_public() * c.hub_share
        m.hubs.capacity = np.maximum(sent_to_hubs(m) * m.par["hub.reserve"], 1.0)
    m.hubs.planned = m.hubs.plan_tests()
    price_hubs(m)
    price_channels(m)
    c.start_strain = everyone(c.strain()) / len(m.inputs)
    c.inclined, c.modifier = c.inclination(), c.modify()


def _propensities(m: AdoptionModel) -> None:
    """Baseline log hazard by application, then each country's own propensity from its posterior on a grid."""
    c, par = m.countries, m.par
    tau = np.arange(1.0, 200.0)
    shape = par["diff.weibull_shape"]
    past = np.cumsum(weibull_hazard(tau[None, None, None], shape), axis=-1)
    years = np.clip(c.years_available[0, :, 0, 0].astype(int), 1, len(tau)) - 1
    exposure = np.log(past[:, 0, 0][:, years])[:, :, None, None]  # log of sum of tau^(k-1) since availability
    fixed = exposure + c.inclined + c.modifier
    sd = par["diff.country_sd"]
    baseline = solve_baseline(fixed, sd, m.expected_programmes)
    m.par.values["app.baseline"] = baseline  # type: ignore[index]
    c.commitment = posterior_share(baseline + fixed, sd, c.stage == 2.0, m.draws.uniform("commitment", m.slots)[0])
    c.settled_hazard = c.settle_hazard()


def solve_baseline(fixed: Array, sd: Array, expected: Array) -> Array:
    """Baseline a with sum over countries of E_v[1 - exp(-exp(a + v + fixed))] = expected, by Newton's method.

    Parameters
    ----------
    fixed
        (world, application, 1, row): log of integrated hazard without baseline and own propensity v.
    sd
        (world or 1, 1, 1, 1): standard deviation of v, a normal of mean 0 (Gauss-Hermite quadrature).
    expected
        (world or 1, application, 1, 1): programmes expected; kept off 0 and all, where no baseline is finite.

    Returns
    -------
    (world, application, 1, 1)
    """
    n = fixed.shape[-1]
    target = np.clip(expected, 1e-3, n - 1e-3) if n > 1 else np.clip(expected, 1e-3, 1 - 1e-3)
    weights = NODE_WEIGHTS / NODE_WEIGHTS.sum()
    risks = [np.exp(fixed + sd * node) for node in NODES]
    a = np.log(target) - np.log(sum(w * everyone(r) for w, r in zip(weights, risks, strict=True)))
    for _ in range(NEWTON_STEPS):  # log E is increasing and concave in a: Newton from the left does not overshoot
        share, slope = np.zeros(()), np.zeros(())
        for weight, risk in zip(weights, risks, strict=True):
            h = np.exp(a) * risk
            stays = np.exp(-h)
            share = share + weight * everyone(1.0 - stays)
            slope = slope + weight * everyone(h * stays)
        a = a + (np.log(target) - np.log(share)) * share / np.maximum(slope, 1e-300)
    return np.asarray(a)


def posterior_share(log_hazard: Array, sd: Array, adopted: Array, u: Array) -> Array:
    """Own propensity as a prior probability, drawn from its posterior given which programmes stand. (world, 1, 1, row).

    Prior: v normal with standard deviation ``sd``, on a grid. Likelihood: product over applications of exp(-e^v H)
    where not adopted and 1 - exp(-e^v H) where adopted.
    """
    middle, width = (EDGES[1:] + EDGES[:-1]) / 2.0, EDGES[1] - EDGES[0]
    logs: Array = np.log(np.diff(ndtr(EDGES)))[None, None, :, None]
    v = middle[None, None, :, None] * sd
    for a in range(log_hazard.shape[1]):
        one = slice(a, a + 1)
        risk = np.exp(log_hazard[:, one] + v)
        logs = logs + np.where(adopted[:, one], np.log(-np.expm1(-risk) + 1e-300), -risk)
    weight = np.exp(logs - logs.max(axis=2, keepdims=True))
    whole = sum_groups(weight)
    below, z = np.zeros(whole.shape), np.full(whole.shape, EDGES[-1])
    for g, edge in enumerate(EDGES[:-1]):
        share = weight[:, :, g : g + 1] / whole
        inside = (u >= below) & (u < below + share)
        z = np.where(inside, edge + width * (u - below) / np.maximum(share, 1e-300), z)
        below = below + share
    return np.asarray(ndtr(z))


def _services(m: AdoptionModel) -> None:
    """Machines, hubs and stocks of tested people as if the start programmes had run for long."""
    c, par = m.countries, m.par
    c.peers = adopting_neighbours(m)
    c.target = c.aim()
    c.first_sites = c.begin()
    c.tested_public = c.intended * c.eligible * par["app.backlog_years"]
    want_tests(m)
    c.hours_needed = c.hours_wanted()
    planned = c.hours_needed / (par["equip.hours_per_quarter"] * par["equip.target_use"])
    sequencer = np.array([p == "sequencer" for p in PLATFORMS], dtype=float)[None, None, :, None]
    surveillance = by_income(c, "equip.base") * par["equip.base_reach"] * (c.population / 1e6)
    own = planned / c.in_service()
    c.lent = surveillance * sequencer
    life = np.rint(par["equip.life"] * QUARTERS)
    m.machines.fill(own / life)
    c.instruments = own * (1.0 - 1.0 / life) + c.lent  # the oldest have just retired


def _donors(m: AdoptionModel) -> None:
    par, c = m.par, m.countries
    c.domestic_share = by_income(c, "money.domestic_share")
    m.funders.budget_share, m.funders.purpose_share, m.funders.supports = m.funder_columns
    g = m.grants
    g.purpose_share = gather(m.funders.purpose_share, m.grant_source)
    noise = m.draws.normal("funder taste", m.slots, len(m.funders))  # period = funder
    g.taste = par["fund.taste_sd"] * noise[m.grant_source.ends, :, 0, 0, m.grant_target.ends].T[:, None, None]
    g.eligible = 1.0
    for _ in range(GRANT_STEPS):  # first as if others gave nothing and all were used, then as it is, by half steps
        see_countries(m)
        commit_grants(m, fill=True)
        pay_grants(m)
        release_budgets(m)
        c.duplicated = c.duplicate()
        c.absorbed = np.sqrt(c.absorbed * c.use_in_the_long_run())
    c.available = c.can_spend()
    c.donors_share = c.mix_payers()
    c.opening = c.have_left()
    c.write_group("opening", RESEARCH, 0.0)  # studies take all that they get
