"""What phases do besides where a lever or an investment pushes a quantity, and nowhere else: else it costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adoptsim.inputs.names import PURPOSES
from adoptsim.model.columns import Array
from adoptsim.model.couplings import everyone, gather, total
from adoptsim.model.equations import QUARTERS, sum_applications, sum_groups

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

SERVICES = PURPOSES.index("services")


def supply_terms(m: AdoptionModel) -> None:
    """What countries agreed with makers for the year; whom public services begin with."""
    c, moved = m.countries, m.board.moved
    if "negotiating" in moved:
        sign_ceilings(m)
    if moved & {"local_kits", "rental"}:
        c.kit_factor = c.change_kits()
    if "poor_first" in moved:
        c.public_weight = c.weigh_fifths()
        c.outreach = c.reach_out()


def sign_ceilings(m: AdoptionModel) -> None:
    """Makers sign price ceilings, each by its own draw; what their lists then mean for each country."""
    c, k = m.countries, m.agreements
    k.year = m.question.start_year + m.quarter / QUARTERS
    k.ceiling_draw = gather(m.yearly_uniforms("ceiling"), m.agreement_source)
    k.tier_draw = gather(m.yearly_uniforms("tier"), m.agreement_source)
    k.market_share = gather(m.makers.market_share, m.agreement_source)
    k.below_line, k.gdp_pc = (gather(seen, m.agreement_target) for seen in (c.below_donor_line(), c.gdp_pc))
    k.signed = k.sign()
    k.tiered = k.choose_list()
    k.place = k.find_place()
    k.left = k.leave_place()
    k.concession = k.concede()
    c.capped = total(k.cover(), m.agreement_target)


def sold_by_distributors(m: AdoptionModel, value: Array) -> Array:
    """US$ a year that distributors sell of what is bought."""
    return value * (1.0 - np.minimum(m.countries.direct, 1.0)) if "direct" in m.board.moved else value


def help_with_machines(m: AdoptionModel) -> Array:
    """Machines placed or bought with outside money in the quarter; US$ that countries pay for them is written down."""
    c, moved = m.countries, m.board.moved
    if not moved & {"rental", "financed"}:
        return np.zeros(())
    c.placed = c.place_machines()
    c.helped = c.find_help()
    return np.asarray(c.placed + (c.want_machines() - c.placed) * c.helped)


def paid_in_part(m: AdoptionModel, helped: Array) -> Array:
    """US$ that countries pay themselves for machines bought with outside money."""
    if not helped.shape:
        return helped
    return m.par["fund.cofinance"] * sum_groups((helped - m.countries.placed) * m.par["equip.price"])


def count_rented(m: AdoptionModel) -> None:
    """Machines that belong to makers."""
    if "rental" in m.board.moved:
        m.countries.rented = m.countries.count_rented()


def plan_studies(m: AdoptionModel) -> None:
    """Whom studies of the under-represented look for in the quarter, and what they return for health services."""
    c, r = m.countries, m.reference
    if "studies" in m.board.moved:
        r.people = people_by_ancestry(m)
        c.lacking = r.lack()
        c.write_group("returned", SERVICES, c.return_benefits())


def studied(m: AdoptionModel) -> Array:
    """Genomes by ancestry that such studies add in the quarter."""
    return everyone(m.countries.study()) if "studies" in m.board.moved else np.zeros(())


def people_by_ancestry(m: AdoptionModel) -> Array:
    """Shares of all people by ancestry."""
    return np.asarray(everyone(m.countries.ancestry * m.countries.population) / everyone(m.countries.population))


def found_bodies(m: AdoptionModel) -> None:
    """Assessment bodies that start to work in the year."""
    if "founding" in m.board.moved:
        m.countries.body_draw = m.yearly_uniforms("body")
        m.countries.hta = m.countries.found_body()


def hold_forums(m: AdoptionModel) -> None:
    """Regions whose forum meets in the year."""
    if "convening" in m.board.moved:
        m.countries.forum_draw = gather(m.yearly_uniforms("forum"), m.region_links)
        m.countries.forum = m.countries.meet()


def hasten_adoption(m: AdoptionModel) -> None:
    """What levers that change the time to a programme mean for its hazard."""
    if "time_to_adopt" in m.board.moved:
        m.countries.hastened = m.countries.hasten()


def begin_programmes(m: AdoptionModel) -> None:
    """National programmes that investments decide, and what they leave to genomics budgets to pay."""
    if "decided" in m.board.moved:
        c = m.countries
        c.begun = c.found()
        c.stage = c.decide()
        c.unpaid = c.leave_unpaid()


def equip_programmes(m: AdoptionModel) -> Array:
    """Machines that investments buy in the quarter; what they cost is written down by payer."""
    c = m.countries
    if "decided" not in m.board.moved:
        return np.zeros(())
    bought, price = c.equip_programmes(), m.par["equip.price"]
    c.from_outside = sum_groups(c.equip_from_outside() * price)
    c.from_domestic = np.maximum(sum_groups(bought * price) - c.from_outside, 0.0)
    return np.asarray(bought)


def scarcity_of_money(m: AdoptionModel) -> Array:
    """Scarcity of money, by application where investments pay for some."""
    c = m.countries
    return np.asarray(c.scarcity_of_all_money() if "decided" in m.board.moved else c.scarcity_of_money())


def spent_on_services(m: AdoptionModel) -> Array:
    """US$ that genomics budgets spend on tests; what investments pay is written down by payer."""
    c = m.countries
    if "decided" not in m.board.moved:
        return np.asarray(c.spend_on_services())
    paid = c.pay_for_tests()
    whole, outside = sum_applications(paid), sum_applications(paid * c.outside_share())
    c.from_outside = c.from_outside + outside
    c.from_domestic = c.from_domestic + np.maximum(whole - outside, 0.0)
    return np.asarray(np.maximum(c.spend_on_services() - whole, 0.0))


def back_hubs(m: AdoptionModel) -> None:
    """What countries do for the hubs that they host."""
    if "hub_growth" in m.board.moved:
        m.hubs.backing = gather(m.countries.hub_growth, m.hub_host)
