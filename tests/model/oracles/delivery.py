"""Country: prices and services, in plain arithmetic."""

from __future__ import annotations

from math import exp, inf, log

from oracles import Plain, oracle
from oracles.economy import lead_time, money_wanted, open_for_hours

LAB, INFORMATICS, GENETICS, GENERAL = range(4)
PLATFORMS = ("analyser", "sequencer")


def _cents(ratio: float, c: Plain) -> float:
    return min(max(ratio, 1e-6), 1e6) ** -c.p("deliver.site_shape")


def _small_orders(tests: float, half: float, cap: float) -> float:
    return min(1 + half / tests, cap) if tests > 0 else cap


@oracle("Country")
def labour(c: Plain, a: int) -> float:
    return c.all_minutes[a] * c.wage_minute


@oracle("Country")
def follow_up(c: Plain, a: int) -> float:
    return c.away_minutes[a] * c.wage_minute


@oracle("Country")
def plan_tests(c: Plain, a: int) -> float:
    return c.eligible[a] * max(c.intended[a], c.p("deliver.pilot_ceiling") * c.ceiling[a])


@oracle("Country")
def cost_in_country(c: Plain, a: int) -> float:
    surcharge = _small_orders(c.planned[a], c.trait("half_volume", a), c.p("price.small_order_cap"))
    return c.consumables[a] * surcharge + labour(c, a) * c.outreach


@oracle("Country")
def cost_to_household(c: Plain, a: int) -> float:
    work = c.all_minutes[a] * c.wage_minute * c.outreach
    cut = c.capped[a] * c.p("lever.negotiated_access_cut")
    goods = (c.unit_in[a] - work) / (1 - cut) * (1 - cut * c.p("lever.ceiling_private"))
    return min(goods + work, c.unit_hub[a]) * c.p("private.markup")


@oracle("Country")
def share_machines(c: Plain, a: int) -> float:
    """A year of one machine over the hours it is used, or as many machines as those hours need."""
    if c.app(a).platform not in PLATFORMS:
        return 0.0
    same = [b for b in c.apps if c.app(b).platform == c.app(a).platform]
    hours = sum(c.planned[b] * c.trait("platform_hours", b) for b in same)
    price = c.p("equip.price", g=PLATFORMS.index(c.app(a).platform))
    machine = price / c.p("equip.life") + price * c.p("equip.service_fraction")
    full = 4 * c.p("equip.hours_per_quarter") * c.p("equip.target_use")
    return machine / min(max(hours, 1e-9), full) * c.trait("platform_hours", a)


@oracle("Country")
def send_out(c: Plain, a: int) -> float:
    e = c.p("deliver.send_out_elasticity")
    here, away = (
        (c.unit_in[a] + share_machines(c, a)) ** e,
        (c.unit_hub[a] * c.hub_friction * c.p("hub.inconvenience")) ** e,
    )
    return here / (here + away)


@oracle("Country", "quintile")
def would_pay(c: Plain, a: int, g: int) -> float:
    affordable = c.gdp_pc * c.income_share[g] * 5 * c.p("private.affordable_share")
    price = c.price_private[a] / affordable
    return c.fifth_cap[a][g] * c.p("private.reach") / (1 + price**2)


@oracle("Country")
def aim(c: Plain, a: int) -> float:
    return {0: 0.0, 1: c.ceiling[a] * c.p("deliver.pilot_ceiling"), 2: c.ceiling[a]}[int(c.stage[a])]


@oracle("Country")
def begin(c: Plain, a: int) -> float:
    return c.target[a] if c.stage[a] == 1 else c.target[a] * c.p("deliver.first_share")


@oracle("Country")
def spread(c: Plain, a: int) -> float:
    top, now = c.target[a], max(c.intended[a], c.first_sites[a])
    now = min(now, top)
    if now == 0:
        return 0.0
    rate = log(1 / c.p("deliver.first_share") - 1) / c.p("diff.medicine_adoption_years")
    return top / (1 + (top / now - 1) * exp(-rate / 4))


@oracle("Country")
def want_public(c: Plain, a: int) -> float:
    flow = c.intended[a] * c.eligible[a]
    if not c.app(a).once:
        return flow / 4
    stock = flow * c.app(a).backlog_years
    return (flow + max(stock - c.tested_public[a] - c.tested_private[a], 0.0)) / 4


@oracle("Country")
def want_private(c: Plain, a: int) -> float:
    return max(c.ceiling[a] - c.intended[a], 0.0) * c.payers[a]


@oracle("Country")
def count_payers(c: Plain, a: int) -> float:
    return c.willing[a] * min(2 * c.relative_need[a], 1.0) * c.eligible[a] / 4


@oracle("Country", "cadre")
def minutes_wanted(c: Plain, g: int) -> float:
    at_home = [c.wanted_in[a] for a in c.apps]
    if g in (GENETICS, GENERAL):
        at_home = [c.wanted_in[a] + c.wanted_hub[a] + c.wanted_private[a] for a in c.apps]
    return sum(c.test_minutes[a][g] * at_home[a] for a in c.apps)


@oracle("Country")
def spend_on_services(c: Plain) -> float:
    return sum(c.tests_in[a] * c.unit_in[a] + c.tests_hub[a] * c.unit_hub[a] for a in c.apps)


@oracle("Country")
def purse_ratio(c: Plain) -> float:
    wanted = money_wanted(c)
    return (c.available[0] if wanted > 0 else 1.0) / max(wanted, 1e-9)


@oracle("Country")
def scarcity_of_money(c: Plain) -> float:
    ratio = purse_ratio(c)
    return inf if ratio <= 0 else min(max(ratio, 1e-40), 1e6) ** -c.p("deliver.site_shape")


@oracle("Country", "cadre")
def scarcity_of_staff(c: Plain, g: int) -> float:
    return _cents(c.minutes[g] / max(minutes_wanted(c, g), 1e-9), c)


@oracle("Country", "platform")
def scarcity_of_machines(c: Plain, g: int) -> float:
    return _cents(open_for_hours(c, g) / max(c.hours_needed[g], 1e-9), c)


@oracle("Country")
def scarcity_of_supplies(c: Plain, a: int) -> float:
    return _cents(c.arriving[a] * c.p("dist.buffer_months") / lead_time(c, a), c)


def _used(c: Plain, a: int, cadre: int) -> bool:
    return c.app(a).minutes_per_test[cadre] + c.app(a).minutes_per_positive[cadre] > 0


@oracle("Country")
def short_of_counsel(c: Plain, a: int) -> float:
    return max((c.scarce_staff[g] for g in (GENETICS, GENERAL) if _used(c, a, g)), default=0.0)


@oracle("Country")
def short_of_staff(c: Plain, a: int) -> float:
    bench = [c.scarce_staff[g] for g in (LAB, INFORMATICS) if _used(c, a, g)]
    return max([c.short_counsel[a], *bench])


@oracle("Country")
def short_of_machines(c: Plain, a: int) -> float:
    platform = c.app(a).platform
    return c.scarce_machine[PLATFORMS.index(platform)] if platform else 0.0


def _least(c: Plain, *terms: float) -> float:
    k = c.p("deliver.site_shape")
    return (1 + sum(terms)) ** (-1 / k)


@oracle("Country")
def deliver_in_country(c: Plain, a: int) -> float:
    least = _least(c, c.scarce_money[a], c.scarce_supply[a], c.short_staff[a], c.short_machine[a])
    return c.wanted_in[a] * least


@oracle("Country")
def deliver_by_hub(c: Plain, a: int) -> float:
    return c.wanted_hub[a] * _least(c, c.scarce_money[a], c.short_counsel[a], c.scarce_hub[a])


@oracle("Country")
def deliver_privately(c: Plain, a: int) -> float:
    return c.wanted_private[a] * _least(c, c.short_counsel[a], c.scarce_supply[a])


@oracle("Country")
def find_binding(c: Plain, a: int) -> float:
    """The largest term; the first of equals in the order demand, money, supply, staff, machine."""
    terms = ((0, 1.0), (1, c.scarce_money[a]), (4, c.scarce_supply[a]), (2, c.short_staff[a]), (3, c.short_machine[a]))
    return max(terms, key=lambda term: term[1])[0]


@oracle("Country")
def age_tested_public(c: Plain, a: int) -> float:
    if not c.app(a).once:
        return 0.0
    leave = c.tested_public[a] / (c.app(a).backlog_years * 4)
    return c.tested_public[a] - leave + c.tests_in[a] + c.tests_hub[a]


@oracle("Country")
def age_tested_private(c: Plain, a: int) -> float:
    if not c.app(a).once:
        return 0.0
    return c.tested_private[a] - c.tested_private[a] / (c.app(a).backlog_years * 4) + c.tests_private[a]


@oracle("Country")
def coverage(c: Plain, a: int) -> float:
    if c.app(a).once:
        reached = (c.tested_public[a] + c.tested_private[a]) / (c.eligible[a] * c.app(a).backlog_years)
    else:
        reached = (c.tests_in[a] + c.tests_hub[a] + c.tests_private[a]) * 4 / c.eligible[a]
    return min(reached, c.ceiling[a])


@oracle("Country", "quintile")
def weigh_fifths(c: Plain, g: int) -> float:
    """A part of the gradient is undone, on the scale of before."""
    leaning = [w / exp(c.poor_first * log(w)) for w in c.fifth_weight]
    return leaning[g] * sum(c.fifth_weight) / sum(leaning)


@oracle("Country")
def reach_out(c: Plain) -> float:
    return 1 + c.public_weight[0] / 5 * (c.p("who.poorest_cost") - 1)


@oracle("Country", "quintile")
def coverage_by_fifth(c: Plain, a: int, g: int) -> float:
    if c.app(a).once:
        public, private = c.tested_public[a], c.tested_private[a]
    else:
        public, private = c.tests_in[a] + c.tests_hub[a], c.tests_private[a]
    scale = 1 / c.app(a).backlog_years if c.app(a).once else 4.0
    payers = [f / max(c.willing[a], 1e-9) for f in c.private_fifths[a]]
    weight = [(public * w + private * f) * scale for w, f in zip(c.public_weight, payers, strict=True)]
    wanted, caps = coverage(c, a), c.fifth_cap[a]
    if wanted == 0:
        return 0.0
    low, high = 0.0, 1 + 10 * max(caps) / min(w for w in weight if w > 0)
    for _ in range(300):
        middle = (low + high) / 2
        filled = sum(min(cap, middle * w) for cap, w in zip(caps, weight, strict=True)) / 5
        low, high = (middle, high) if filled < wanted else (low, middle)
    return min(caps[g], high * weight[g])
