"""The phases of a quarter, in order. A phase lets couplings bring rows together, calls rules, then writes once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adoptsim.inputs.names import CADRES, PURPOSES
from adoptsim.model import donors, pushed, settle
from adoptsim.model.columns import Array
from adoptsim.model.couplings import (
    Chosen,
    by_ancestry,
    everyone,
    gather,
    least_of_offers,
    neighbours_mean,
    ranked_flow,
    total,
)
from adoptsim.model.equations import QUARTERS, side_by_side, sum_groups

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

SERVICES, EQUIPMENT, TRAINING, RESEARCH = (PURPOSES.index(p) for p in PURPOSES)


def drivers(m: AdoptionModel) -> None:
    """0. People, income and health money move on their path; what depends on the year alone is brought up to date."""
    c = m.countries
    years_since(m)
    if new_year(m) and m.quarter > 0:
        c.was_eligible = c.below_donor_line()
        c.gdp_shock = m.yearly_normals("gdp")
        c.gdp_growth = c.grow_gdp()
        growth = np.exp(c.gdp_growth)
        c.gov_health_pc = c.next_gov_health()
        c.gdp_pc, c.gdp_ppp = c.gdp_pc * growth, c.gdp_ppp * growth
        c.population, c.births = c.population * np.exp(c.population_trend), c.births * np.exp(c.births_trend)
        trends = c.revert_gdp_trend(), c.revert_population_trend(), c.revert_births_trend()
        c.gdp_trend, c.population_trend, c.births_trend = trends
        c.eligible = c.count_eligible()
        c.gdp_median = np.median(c.gdp_pc, axis=-1, keepdims=True)
        c.threshold = m.threshold_ratio * c.gdp_pc
        c.wage_minute = m.par["work.wage_multiple"] * c.gdp_pc / (QUARTERS * m.par["work.minutes_per_quarter"])


def years_since(m: AdoptionModel) -> None:
    """Years since each technology has been available."""
    now = m.question.start_year + m.quarter / QUARTERS
    available = np.array([a.available for a in m.applications], dtype=float).reshape(1, -1, 1, 1)
    m.countries.years_available = np.maximum(now - available, 1.0 / QUARTERS)


def policy(m: AdoptionModel) -> None:
    """1. Levers, investments and shocks write the quantities they change; the programme cost of levers is added up."""
    m.lever_cost = m.board.write(m.quarter, m.populations, m.lever_rows)


def manufacture(m: AdoptionModel) -> None:
    """2. Makers cut ex-works prices, once a year."""
    if new_year(m) and m.quarter > 0:
        m.makers.price = m.makers.cut_price()
        m.countries.exworks = everyone(m.makers.price * m.makers.market_share)


def distribute(m: AdoptionModel) -> None:
    """3. Once a year the worst loser leaves each market, one distributor enters where profit is expected, and agencies
    that have been vacant are awarded.
    """
    if not new_year(m) or m.quarter == 0:
        return
    c, k, to_country = m.countries, m.contracts, m.contract_target
    settle.see_markets(m)
    vacant = total(k.exclusive, to_country) == 0
    staying = k.profit_if_staying()
    worst, _ = least_of_offers(staying, to_country)
    leaves = (np.arange(len(k)) == gather(worst, to_country)) & (staying < 0)
    k.present, k.exclusive = k.present * ~leaves, k.exclusive * ~leaves
    k.sellers = gather(total(k.present, to_country), to_country)
    settle.award_agencies(m, vacant)
    profit = k.profit_if_entering()
    best, _ = least_of_offers(-profit, to_country)
    enters = (np.arange(len(k)) == gather(best, to_country)) & (profit > 0)
    k.present = np.maximum(k.present, enters)
    c.sellers = total(k.present, to_country)
    k.sellers = gather(c.sellers, to_country)
    competed = total(k.price_multi_source() * k.present, to_country) / np.maximum(c.sellers, 1.0)
    lone = c.choke / 2.0  # nobody present, or no agent: imported at a monopolist's margin
    agency = np.where(total(k.exclusive, to_country) > 0, c.exclusive_margin, lone)
    c.margin = side_by_side([np.where(c.sellers > 0, competed, lone), agency], axis=2)
    m.traders.profit = total(k.yearly_profit() * k.present, m.contract_source)
    m.traders.markets = total(k.present, m.contract_source)


def procure(m: AdoptionModel) -> None:
    """4. Once a year countries join or leave pools and agree on volumes; landed prices and unit costs of the three
    channels follow, and are settled anew in the quarter in which a shock begins or ends.
    """
    c = m.countries
    if new_year(m):
        pushed.supply_terms(m)
        c.pool_draw = m.yearly_uniforms("pool")
        c.pool_member = c.join_pool()
        agree_on_volumes(m)
    if new_year(m) or m.board.jolt:
        c.scarce_supply = c.scarcity_of_supplies()
        c.consumables = c.landed()
        c.unit_in = c.cost_in_country()
        price_hubs(m)
        price_channels(m)


def agree_on_volumes(m: AdoptionModel) -> None:
    """What prices of the year are agreed for: they move with a shock in mid-year, and with nothing else."""
    c, h = m.countries, m.hubs
    c.pooled, c.planned, h.planned = c.buy_together(), c.plan_tests(), h.plan_tests()


def price_hubs(m: AdoptionModel) -> None:
    """Hub prices, and for each country the best offer; a country no hub serves sees a multiple of its own cost."""
    c, h, r = m.countries, m.hubs, m.referrals
    h.consumables, h.wage_minute = gather(c.price_to_others(), m.hub_host), gather(c.wage_minute, m.hub_host)
    h.open = gather(c.arriving, m.hub_host) * gather(c.laboratory_time, m.hub_host)
    r.price = gather(h.price(), m.referral_source)
    best, offer = least_of_offers(r.offer(), m.referral_target)
    m.chosen_hub = Chosen(np.broadcast_to(best, (m.worlds_count, *best.shape[1:])), m.referral_source)
    c.unit_hub = np.minimum(offer, c.unit_in * m.par["hub.none_factor"]) + c.follow_up()


def price_channels(m: AdoptionModel) -> None:
    """What follows from prices: sending out, household prices, willingness to pay."""
    c = m.countries
    c.hub_share = c.send_out()
    c.price_private = c.cost_to_household()
    c.private_fifths = c.would_pay()
    c.willing = sum_groups(c.private_fifths) / 5.0
    c.payers, c.unit_full = c.count_payers(), c.unit_at_scale()


def fund(m: AdoptionModel) -> None:
    """5. Once a year donors commit a vintage of grants; domestic budgets are released quarter by quarter as programmes
    could use them; the purse is filled. Grants are cancelled in the quarter in which a shock begins or ends.
    """
    c, g = m.countries, m.grants
    if m.board.jolt:
        m.vintages.cut(g.stand_by())
        g.given_before = g.given
    if new_year(m):
        donors.see_countries(m)
        donors.commit_grants(m)
    if new_year(m) or m.board.jolt:
        donors.pay_grants(m)
        c.duplicated = c.duplicate()
    if new_year(m) and m.quarter > 0:
        c.allowed_in, c.allowed_hub = c.allow_in_country(), c.allow_by_hub()
    release_budgets(m)
    pushed.plan_studies(m)
    c.available = c.can_spend()
    c.donors_share = c.mix_payers()
    c.spent = 0.0


def release_budgets(m: AdoptionModel) -> None:
    """Domestic money of the quarter, and what countries withdraw of it because donors pay."""
    m.countries.domestic = m.countries.budget_domestic()
    m.countries.displaced = m.countries.displace()


def train(m: AdoptionModel) -> None:
    """6. Once a year programmes offer seats, countries buy places, graduates come home, staff leave or emigrate."""
    if new_year(m):
        school_year(m)
    if new_year(m) or m.board.jolt:
        m.countries.minutes = m.countries.minutes_left()


def school_year(m: AdoptionModel) -> None:
    """A year of all programmes, and of staff."""
    c, t, p = m.countries, m.programmes, m.places
    t.colleagues = colleagues_of_programmes(m)
    t.seat_expansion = gather(c.seat_expansion, m.programme_host)
    t.supervision = gather(c.supervision, m.programme_host)
    t.capacity = t.grow()
    t.seats = t.offer()
    p.seats = gather(t.seats, m.place_source)
    p.bought = gather(c.available[:, :, TRAINING : TRAINING + 1] / m.par["work.cost_per_place"], m.place_target)
    p.asked = p.ask()
    t.asked = total(p.asked, m.place_source)
    p.accepted_share = gather(t.accept_share(), m.place_source)
    p.accepted = p.accept()
    p.entering = p.enrol()
    m.students.push(p.entering)
    p.finishing = m.students.due(m.par["work.training_years"][:, 0, 0, 0])
    c.write_group("spent", TRAINING, total(p.accepted, m.place_target) * m.par["work.cost_per_place"])
    back = total(p.come_home(), m.place_country_cadre) + total(p.stay_abroad(), m.place_host_cadre)
    left, arrived = ranked_flow(c.emigrate(), c.gdp_pc, c.gdp_pc * c.population)
    c.staff = c.keep() + c.recruit() - left + arrived + _unflat(back)
    c.minutes_hired = c.working_minutes()


def new_year(m: AdoptionModel) -> bool:
    """Whether the quarter opens a year: prices, grants, courses and appraisals are settled once a year."""
    return m.quarter % QUARTERS == 0


def colleagues_of_programmes(m: AdoptionModel) -> Array:
    """Persons of a programme's cadre in its host country, shared between the programmes there."""
    return np.asarray(
        np.take(_flat(m.countries.staff), m.programme_host_cadre, axis=-1)[:, :, None] / m.programmes_there
    )


def _flat(staff: Array) -> Array:
    """(world, 1, cadre, row) -> (world, 1, cadre x row)."""
    return staff.reshape(staff.shape[0], 1, -1)


def _unflat(flat: Array) -> Array:
    """(world, 1, 1, cadre x row) -> (world, 1, cadre, row)."""
    return flat.reshape(flat.shape[0], 1, len(CADRES), -1)


def equip(m: AdoptionModel) -> None:
    """7. Service contracts are paid, new machines bought."""
    c = m.countries
    c.service_cost = c.service_due()
    c.service_paid = c.pay_service()
    invested = pushed.equip_programmes(m)
    c.instruments = c.instruments + invested
    helped = pushed.help_with_machines(m)
    bought = c.buy_machines()
    paid = sum_groups(bought * m.par["equip.price"]) + pushed.paid_in_part(m, helped)
    c.write_group("spent", EQUIPMENT, paid + c.service_cost * c.service_paid)
    m.machines.push(invested + bought + helped)
    c.instruments = c.instruments + bought + helped
    pushed.count_rented(m)


def share_data(m: AdoptionModel) -> None:
    """8. Countries pay for studies; members of agreements share test data; fewer results are uncertain."""
    c, r = m.countries, m.reference
    c.write_group("spent", RESEARCH, c.available[:, :, RESEARCH : RESEARCH + 1])
    if new_year(m):
        settle.agree_on_data(m)
    r.added = r.added + everyone(c.pay_for_studies()) + pushed.studied(m)
    c.shared = c.shared + c.deposit()
    r.genomes = r.grow()
    if new_year(m):
        spread_knowledge(m)


def spread_knowledge(m: AdoptionModel) -> None:
    """Shared tests reach the reference; what it means for each country's results."""
    c, r = m.countries, m.reference
    r.records, c.shared = r.records + by_ancestry(c.shared, c.ancestry), 0.0
    c.vus_by_ancestry, c.missed_by_ancestry = r.vus(), r.missed()
    c.uncertain = c.leave_uncertain()
    c.certainty = c.can_use()


def appraise(m: AdoptionModel) -> None:
    """9. Once a year bodies that work take up some applications."""
    c = m.countries
    if new_year(m):
        pushed.found_bodies(m)
        c.appraise_draw = m.yearly_uniforms("appraise")
        c.verdict = c.appraise()


def adopt(m: AdoptionModel) -> None:
    """10. Countries start pilots and national programmes; a few lapse."""
    c = m.countries
    c.adopt_draw = m.adopt_draws()
    if new_year(m):
        pushed.hold_forums(m)
        c.inclined = c.inclination()
        pushed.hasten_adoption(m)
    if new_year(m) or m.board.jolt:
        c.modifier, c.pilots_by_grant = c.modify(), c.try_with_grants()
        c.settled_hazard = c.settle_hazard()
    if new_year(m):
        c.intended = c.lose_coverage_after_exit()
        c.lapse_draw = m.yearly_uniforms("lapse")
        c.stage = c.lapse_programme()
    c.stage = c.adopt()
    pushed.begin_programmes(m)
    c.target = c.aim()
    c.first_sites = c.begin()


def want_tests(m: AdoptionModel) -> None:
    """Tests wanted by channel."""
    c = m.countries
    public = c.want_public()
    abroad = public * c.hub_share
    c.wanted_in, c.wanted_hub = public - abroad, abroad
    c.wanted_private = c.want_private()


def sent_to_hubs(m: AdoptionModel) -> Array:
    """Tests wanted from each hub, (world, application, 1, hub)."""
    return m.chosen_hub.total(m.countries.wanted_hub)


def deliver(m: AdoptionModel) -> None:
    """11. Inputs are shared out, tests are done, money is spent."""
    c, h = m.countries, m.hubs
    c.intended = c.spread()
    want_tests(m)
    c.scarce_money, c.scarce_staff = pushed.scarcity_of_money(m), c.scarcity_of_staff()
    c.hours_needed = c.hours_wanted()
    c.scarce_machine = c.scarcity_of_machines()
    h.demanded = sent_to_hubs(m)
    h.scarce = h.scarcity_of_capacity()
    c.scarce_hub = m.chosen_hub.read(h.scarce)
    c.short_counsel = c.short_of_counsel()
    c.short_staff, c.short_machine = c.short_of_staff(), c.short_of_machines()
    c.tests_in, c.tests_hub, c.tests_private = c.deliver_in_country(), c.deliver_by_hub(), c.deliver_privately()
    c.write_group("spent", SERVICES, pushed.spent_on_services(m))


def update(m: AdoptionModel) -> None:
    """12. Unspent money lapses or is kept; machines and the tested age; hubs grow; neighbours see who adopted."""
    c, h = m.countries, m.hubs
    c.instruments = np.maximum(c.instruments - m.machines.due(m.machine_quarters - 1.0), c.lent)
    c.donated = c.spent * c.donors_share
    donors.count_use(m)
    c.forgone = c.forgo()
    c.lapsed = c.lapse()
    c.moved = c.move() if new_year(m) else 0.0
    c.opening = c.carry_over()
    c.tested_public, c.tested_private = c.age_tested_public(), c.age_tested_private()
    pushed.back_hubs(m)
    h.capacity = h.expand()
    if (m.quarter + 1) % QUARTERS == 0:
        c.peers = adopting_neighbours(m)


def adopting_neighbours(m: AdoptionModel) -> Array:
    """Share of each country's neighbours with a national programme."""
    return neighbours_mean((m.countries.stage == 2.0) * 1.0, m.cast.neighbours)


def record(m: AdoptionModel) -> None:
    """13. Write down the quarter."""
    m.recorder.quarter(m)


PHASES = (
    drivers,
    policy,
    manufacture,
    distribute,
    procure,
    fund,
    train,
    equip,
    share_data,
    appraise,
    adopt,
    deliver,
    update,
    record,
)
