"""What actors see of each other and settle among themselves once a year: data agreements, agencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adoptsim.model import pushed
from adoptsim.model.columns import Array
from adoptsim.model.couplings import gather, least_of_offers, total
from adoptsim.model.equations import QUARTERS, sum_applications

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel


def agree_on_data(m: AdoptionModel) -> None:
    """Countries join and leave agreements on data; incidents befall members."""
    c = m.countries
    c.member_draw, c.incident_draw = m.yearly_uniforms("member"), m.yearly_uniforms("incident")
    c.data_member = c.join_agreements()
    c.incident = c.suffer_incident()
    c.trust = c.rebuild_trust()


def see_markets(m: AdoptionModel) -> None:
    """What distributors see of markets."""
    c, k, to_country = m.countries, m.contracts, m.contract_target
    value = pushed.sold_by_distributors(m, (c.tests_in + c.tests_private) * c.consumables * QUARTERS)
    k.choke, k.exclusive_margin = gather(c.choke, to_country), gather(c.exclusive_margin, to_country)
    k.sellers = gather(c.sellers, to_country)
    k.single_market = gather(sum_applications(value * m.par["app.single_source"]), to_country)
    k.multi_market = gather(c.lab_market + sum_applications(value * m.par["app.multi_source"]), to_country)
    k.fixed_cost = m.par["dist.fixed_cost"]


def award_agencies(m: AdoptionModel, vacant: Array) -> None:
    """Makers' agencies that have been vacant for a year go to the best-placed candidate, who enters if need be."""
    k, to_country = m.contracts, m.contract_target
    k.vacant = gather(vacant * 1.0, to_country)
    bid = k.bid_for_agency()
    best, _ = least_of_offers(-bid, to_country)
    wins = (np.arange(len(k)) == gather(best, to_country)) & (bid > 0)
    k.exclusive, k.present = np.maximum(k.exclusive, wins), np.maximum(k.present, wins)
    k.sellers = gather(total(k.present, to_country), to_country)
