"""What donors see once a year of countries, of each other and of their money's use; the grants that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adoptsim.model.columns import Array
from adoptsim.model.couplings import everyone, gather, largest, share_out, total
from adoptsim.model.equations import QUARTERS, sum_groups

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel


def see_countries(m: AdoptionModel) -> None:
    """What donors see of countries."""
    c, g = m.countries, m.grants
    g.below_line = gather(c.below_donor_line(), m.grant_target)
    g.need = gather(c.poverty_weighted_people(), m.grant_target)
    g.readiness = gather(1.0 - c.weakness, m.grant_target)
    lists = np.minimum(everyone(listed(m)) + c.vehicle_added, 1.0)
    c.carried, c.vehicle = c.vehicle.copy(), lists * c.below_donor_line()
    look_at_others(m)
    look_at_use(m)


def listed(m: AdoptionModel) -> Array:
    """1 where a donor lists the application, (1, application, 1, funder); all do where its own file says so."""
    return np.asarray(np.maximum(m.funders.supports, m.par["app.vehicle"]))


def look_at_others(m: AdoptionModel) -> None:
    """What other donors give each country for each in need, over the mean of the countries that a donor may support."""
    g, to_country = m.grants, m.grant_target
    running = sum_groups(g.running)
    others = gather(total(running, to_country), to_country) - running
    mine = g.eligible * g.below_line
    mean = everyone(others * mine) / np.maximum(everyone(g.need * mine), 1e-12)
    g.crowding = others / np.maximum(g.need * mean, 1e-12)
    g.seen = g.follow_others()


def look_at_use(m: AdoptionModel) -> None:
    """How much of last year's grants each country used for each purpose; a new year is counted from here on."""
    c = m.countries
    c.absorbed = c.absorb()
    c.reached, c.used = 0.0, 0.0
    m.grants.appeal = gather(c.appeal_by_use(), m.grant_target)


def count_use(m: AdoptionModel) -> None:
    """Donors' money of the quarter: what reached the purse, and what was spent."""
    c = m.countries
    c.reached = c.reached + (c.granted - c.duplicated)
    c.used = c.used + c.donated


def commit_grants(m: AdoptionModel, fill: bool = False) -> None:
    """A new vintage of grants by purpose; at the start vintages of a steady state."""
    g = m.grants
    g.committed = share_out(m.funders.budget(), g.score(), m.grant_source) * g.given * g.split()
    vintage = g.committed / m.par["fund.grant_duration"]
    if fill:
        m.vintages.fill(vintage)
    else:
        m.vintages.push(vintage)


def pay_grants(m: AdoptionModel) -> None:
    """What the running vintages pay, and how much of it is for the price of what donors list."""
    c, g = m.countries, m.grants
    g.running = m.vintages.inside(m.par["fund.grant_duration"][:, 0, 0, 0])
    paid = g.running / QUARTERS
    c.granted, c.largest_grant = total(paid, m.grant_target), largest(paid, m.grant_target)
    lists = listed(m)
    if lists.any():
        g.lists, g.bill = gather(lists, m.grant_source), gather(c.bill_donors(), m.grant_target)
        c.price_paid = total(g.pay_price(), m.grant_target)
