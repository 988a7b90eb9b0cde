"""Distributors, makers, hubs, funders, programmes and the common reference, in plain arithmetic."""

from __future__ import annotations

from math import exp, inf, log

from oracles import Plain, oracle

# contracts


@oracle("Contract")
def price_multi_source(k: Plain) -> float:
    return k.choke / (max(k.sellers, 1) + 1)


@oracle("Contract")
def price_single_source(k: Plain) -> float:
    return k.exclusive_margin if k.exclusive else 0.0


@oracle("Contract")
def yearly_profit(k: Plain) -> float:
    sellers = max(k.sellers, 1)
    trade = k.choke / (sellers + 1) * k.multi_market / sellers
    agency = k.exclusive_margin * k.single_market if k.exclusive else 0.0
    return trade + agency - k.fixed_cost * k.cost_factor


@oracle("Contract")
def profit_if_entering(k: Plain) -> float:
    if k.present:
        return -inf
    n = k.sellers + 1
    agency = k.exclusive_margin * k.single_market if k.exclusive else 0.0
    return k.choke / (n + 1) * k.multi_market / n + agency - k.fixed_cost * k.cost_factor


@oracle("Contract")
def bid_for_agency(k: Plain) -> float:
    if not k.vacant:
        return -inf
    n = max(k.sellers, 1) if k.present else k.sellers + 1
    return k.choke / (n + 1) * k.multi_market / n + k.exclusive_margin * k.single_market - k.fixed_cost * k.cost_factor


@oracle("Contract")
def profit_if_staying(k: Plain) -> float:
    return yearly_profit(k) if k.present else inf


# makers


@oracle("Agreement")
def sign(k: Plain, a: int) -> float:
    if k.signed[a] and k.year < k.signed[a] + k.p("lever.ceiling_years"):
        return k.signed[a]
    return k.year if k.ceiling_draw[a] < k.negotiating[a] else 0.0


@oracle("Agreement")
def choose_list(k: Plain, a: int) -> float:
    if not k.signed[a]:
        return 0.0
    if k.signed[a] < k.year:
        return k.tiered[a]
    return 1.0 if k.tier_draw[a] < k.p("lever.tier_chance") else 0.0


@oracle("Agreement")
def find_place(k: Plain, a: int) -> float:
    if not k.signed[a]:
        return 0.0
    if not k.tiered[a]:
        return 1.0 if k.below_line else 0.0
    for group in ("LIC", "LMC", "UMC"):
        if k.gdp_pc <= k.p(f"lever.tier_line.{group}"):
            return (1 - k.p(f"lever.tier_price.{group}")) / (1 - k.p("lever.tier_price.LIC"))
    return 0.0


@oracle("Agreement")
def leave_place(k: Plain, a: int) -> float:
    if not k.signed[a] or k.signed[a] >= k.year or k.place[a] >= k.concession[a]:
        return 0.0
    return k.left[a] or k.year


@oracle("Agreement")
def concede(k: Plain, a: int) -> float:
    if k.left[a] and k.year < k.left[a] + k.p("lever.price_kept"):
        return k.concession[a]
    return k.place[a]


@oracle("Agreement")
def cover(k: Plain, a: int) -> float:
    return k.market_share[a] * k.concession[a]


@oracle("Manufacturer")
def cut_price(m: Plain, a: int) -> float:
    return max(m.price[a] * (1 - m.trait("price_decline", a)), m.start_price[a] * m.trait("price_floor", a))


# hubs


@oracle("RegionalHub", rule="plan_tests")
def plan_tests_of_hub(h: Plain, a: int) -> float:
    return 4 * h.capacity[a]


@oracle("RegionalHub")
def price(h: Plain, a: int) -> float:
    surcharge = min(1 + h.trait("half_volume", a) / max(h.planned[a], 1e-9), h.p("price.small_order_cap"))
    bench = h.app(a).minutes_per_test[0] + h.app(a).minutes_per_test[1]
    return (h.consumables[a] * surcharge + bench * h.wage_minute) * (1 + h.p("hub.overhead"))


@oracle("RegionalHub")
def expand(h: Plain, a: int) -> float:
    step = h.p("hub.expansion") / 4
    return (1 - step) * h.capacity[a] + step * h.p("hub.reserve") * h.backing * h.demanded[a]


@oracle("RegionalHub")
def scarcity_of_capacity(h: Plain, a: int) -> float:
    ratio = h.capacity[a] * h.open[a] / max(h.demanded[a], 1e-9)
    return min(max(ratio, 1e-6), 1e6) ** -h.p("deliver.site_shape")


@oracle("Referral")
def offer(r: Plain, a: int) -> float:
    return r.price[a] + r.p("hub.shipping") + r.distance * r.p("hub.shipping_distance")


# donors


@oracle("Funder")
def budget(f: Plain) -> float:
    return f.p("fund.world_total") * f.budget_share


@oracle("Grant")
def stand_by(grant: Plain) -> float:
    if 0 < grant.given >= grant.given_before:
        return 1.0
    return grant.given / max(grant.given_before, 1e-12)


JUDGED = range(3)  # services, equipment, training: studies take all that they get


@oracle("Grant")
def like_use(grant: Plain) -> float:
    share = sum(grant.purpose_share[p] for p in JUDGED)
    return sum(grant.purpose_share[p] * grant.appeal[p] for p in JUDGED) / share if share > 0 else 1.0


@oracle("Grant", "purpose")
def split(grant: Plain, g: int) -> float:
    """What its own purposes but studies get is shared anew, by its shares times how well each is used."""
    if g not in JUDGED or grant.purpose_share[g] == 0:
        return grant.purpose_share[g]
    weight = [grant.purpose_share[p] * grant.appeal[p] for p in JUDGED]
    return sum(grant.purpose_share[p] for p in JUDGED) * weight[g] / sum(weight)


@oracle("Grant")
def pay_price(grant: Plain, a: int) -> float:
    bills = [grant.bill[b] if grant.lists[b] else 0.0 for b in grant.apps]
    return grant.running[0] * bills[a] / sum(bills) if bills[a] else 0.0


@oracle("Grant")
def score(grant: Plain) -> float:
    if not (grant.eligible and grant.below_line):
        return 0.0
    readiness = max(grant.readiness, grant.p("fund.readiness_floor"))
    wish = grant.p("fund.need_weight") * grant.need_focus * log(grant.need)
    wish += grant.p("fund.readiness_weight") * grant.strength_focus * log(readiness)
    return exp(wish + grant.taste) * grant.seen * like_use(grant)


@oracle("Grant")
def follow_others(grant: Plain) -> float:
    low = grant.p("fund.crowding_floor")
    elasticity = grant.p("fund.herding") - grant.sight
    return exp(elasticity * log(min(max(grant.crowding, low), 1 / low)))


# programmes


@oracle("TrainingProgramme")
def grow(t: Plain) -> float:
    return t.capacity + t.capacity * t.p("work.capacity_growth")


@oracle("TrainingProgramme")
def supervised(t: Plain) -> float:
    a_year = t.p("work.supervisor_ratio") / t.p("work.training_years")  # students of one supervisor
    further = max(t.colleagues - t.start_colleagues, 0.0) * t.p("work.supervising_share")
    today = max(t.start_seats * (1 + t.p("work.supervisor_slack")), t.p("work.foreign_supervisors") * a_year)
    return t.supervision * (today + further * a_year)


@oracle("TrainingProgramme", rule="offer")
def offer_seats(t: Plain) -> float:
    return min(t.capacity * t.seat_expansion, supervised(t))


@oracle("TrainingProgramme")
def accept_share(t: Plain) -> float:
    room = max(supervised(t) - t.seats, 0.0)
    return min(room / t.asked, 1.0) if t.asked > 1e-12 else min(room / 1e-12, 1.0)


@oracle("Place")
def enrol(p: Plain) -> float:
    return p.seats * p.share + p.accepted


@oracle("Place")
def ask(p: Plain) -> float:
    return p.bought * p.buying_share


@oracle("Place")
def accept(p: Plain) -> float:
    return p.asked * p.accepted_share


@oracle("Place")
def come_home(p: Plain) -> float:
    graduates = p.finishing * (1 - p.p("work.dropout"))
    return graduates if p.home else graduates * p.p("work.return_after_foreign_training")


@oracle("Place")
def stay_abroad(p: Plain) -> float:
    graduates = p.finishing * (1 - p.p("work.dropout"))
    return 0.0 if p.home else graduates * (1 - p.p("work.return_after_foreign_training"))


# the common reference


@oracle("Reference", "ancestry", rule="grow")
def grow_reference(r: Plain, g: int) -> float:
    return r.genomes[g] * (1 + r.p("data.studies_growth")) ** 0.25


@oracle("Reference", "ancestry")
def recruit_today(r: Plain, g: int) -> float:
    return (r.genomes[g] / sum(r.genomes) / r.people[g]) ** r.p("data.recruitment_bias")


@oracle("Reference", "ancestry")
def known(r: Plain, a: int, g: int) -> float:
    return r.genomes[g] + r.added[g] + r.records[a][g]


def _halvings(r: Plain, a: int, g: int) -> float:
    folds = max(log(known(r, a, g) / r.start_genomes[g]), 0.0) / log(r.p("lever.representation_vus_halving"))
    return 0.5**folds


@oracle("Reference", "ancestry")
def lack(r: Plain, g: int) -> float:
    share = (r.genomes[g] + r.added[g]) / (sum(r.genomes) + sum(r.added))
    return min(max(1 - share / max(r.people[g], 1e-12), 0.0), 1.0)


@oracle("Reference", "ancestry")
def vus(r: Plain, a: int, g: int) -> float:
    return r.p("data.vus_european") + r.p("data.vus_gap", g=g) * _halvings(r, a, g)


@oracle("Reference", "ancestry")
def missed(r: Plain, a: int, g: int) -> float:
    return r.p("data.missed", g=g) * _halvings(r, a, g)
