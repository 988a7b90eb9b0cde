"""Country: people, money and capacity, in plain arithmetic."""

from __future__ import annotations

from math import exp, log

from oracles import Plain, oracle

EQUIPMENT, GENETICS, GENERAL = 1, 2, 3


@oracle("Country")
def money_wanted(c: Plain) -> float:
    return sum((c.wanted_in[a] * c.unit_in[a] + c.wanted_hub[a] * c.unit_hub[a]) * c.unpaid[a] for a in c.apps)


@oracle("Country")
def weak_institutions(c: Plain) -> float:
    return 1 / (1 + exp(c.p("system.effectiveness_slope") * c.gov_effectiveness))


@oracle("Country")
def grow_gdp(c: Plain) -> float:
    return c.gdp_trend + c.p("proj.gdp_sd") * c.gdp_shock


@oracle("Country")
def revert_gdp_trend(c: Plain) -> float:
    stays = c.p("proj.growth_persistence")
    return stays * c.gdp_trend + (1 - stays) * c.p("proj.gdp_growth_long")


def _reverted(c: Plain, trend: float) -> float:
    stays = c.p("proj.population_persistence")
    return stays * trend + (1 - stays) * c.p("proj.population_growth_long")


@oracle("Country")
def revert_population_trend(c: Plain) -> float:
    return _reverted(c, c.population_trend)


@oracle("Country")
def revert_births_trend(c: Plain) -> float:
    return _reverted(c, c.births_trend)


@oracle("Country")
def next_gov_health(c: Plain) -> float:
    return c.gov_health_pc * exp(c.gdp_growth) ** c.p("proj.health_elasticity")


@oracle("Country")
def count_eligible(c: Plain, a: int) -> float:
    people = {"per_birth": c.births, "per_person": c.population, "per_adult": c.population * c.adults_share}
    return people[c.app(a).eligible_of] * c.trait("eligible_rate", a)


@oracle("Country")
def below_donor_line(c: Plain) -> float:
    return 1.0 if c.gdp_pc < c.p("fund.eligibility_line") else 0.0


@oracle("Country")
def poverty_weighted_people(c: Plain) -> float:
    return c.population * min(c.p("fund.eligibility_line") / c.gdp_pc, c.p("fund.need_cap"))


@oracle("Country")
def health_money(c: Plain) -> float:
    return c.gov_health_pc * c.population * max(c.health_spending, 1e-12)


@oracle("Country")
def money_usable(c: Plain) -> float:
    at_home = sum(c.wanted_in[a] * c.allowed_in[a] * c.unit_in[a] * c.unpaid[a] for a in c.apps)
    return at_home + sum(c.wanted_hub[a] * c.allowed_hub[a] * c.unit_hub[a] * c.unpaid[a] for a in c.apps)


@oracle("Country")
def allow_in_country(c: Plain, a: int) -> float:
    shape = c.p("deliver.site_shape")
    return (1 + c.short_staff[a] + c.scarce_supply[a]) ** (-1 / shape)


@oracle("Country")
def allow_by_hub(c: Plain, a: int) -> float:
    return (1 + c.short_counsel[a] + c.scarce_hub[a]) ** (-1 / c.p("deliver.site_shape"))


@oracle("Country", "purpose")
def could_use(c: Plain, g: int) -> float:
    known = money_usable(c), equipment_wanted(c)
    services, equipment, *rest = (
        c.p(f"money.purpose_share.{purpose}") for purpose in ("services", "equipment", "training", "research")
    )
    return known[g] if g < 2 else sum(known) * rest[g - 2] / (services + equipment)


@oracle("Country")
def equipment_wanted(c: Plain) -> float:
    return service_due(c) + sum(want_machines(c, p) * c.p("equip.price", g=p) for p in range(2))


@oracle("Country", "purpose")
def budget_domestic(c: Plain, g: int) -> float:
    most = c.gov_health_pc * c.population * c.domestic_share / 4
    asked = [could_use(c, p) * (1 + c.p("money.margin")) for p in range(4)]
    cut = most / sum(asked) if sum(asked) > most else 1.0
    return asked[g] * cut * max(c.health_spending, 1e-12)


@oracle("Country", "purpose")
def displace(c: Plain, g: int) -> float:
    return min(c.p("fund.displacement") * c.granted[g], c.domestic[g])


@oracle("Country", "purpose")
def duplicate(c: Plain, g: int) -> float:
    others = c.granted[g] - c.largest_grant[g]
    return c.p("lever.duplication_share") * max(others, 0.0) * c.doubling


@oracle("Country", "purpose")
def can_spend(c: Plain, g: int) -> float:
    return c.opening[g] + c.returned[g] + (c.granted[g] - c.duplicated[g]) + (c.domestic[g] - c.displaced[g])


@oracle("Country", "purpose")
def lapse(c: Plain, g: int) -> float:
    return (c.available[g] - c.spent[g]) * (1 - (1 - c.p("fund.lapse")) ** 0.25)


@oracle("Country", "purpose")
def mix_payers(c: Plain, g: int) -> float:
    given = c.opening[g] * c.donors_share[g] + c.granted[g] - c.duplicated[g]
    return min(max(given / max(c.available[g], 1e-9), 0.0), 1.0)


@oracle("Country", "purpose")
def forgo(c: Plain, g: int) -> float:
    own = c.spent[g] - c.donated[g]
    return own / c.threshold + (c.donated[g] + c.duplicated[g]) / c.p("fund.threshold")


@oracle("Country", "purpose")
def carry_over(c: Plain, g: int) -> float:
    return _unspent(c, g) + c.moved[g]


def _unspent(c: Plain, g: int) -> float:
    return c.available[g] - c.spent[g] - c.lapsed[g]


@oracle("Country", "purpose")
def move(c: Plain, g: int) -> float:
    """Givers give in proportion to what they may give, takers take in proportion to what they lack."""
    lacks = [max(could_use(c, p) - c.available[p], 0.0) for p in range(4)]
    gives = [0.0 if lacks[p] else max(_unspent(c, p), 0.0) * c.p("money.virement") for p in range(4)]
    amount = min(sum(lacks), sum(gives))
    came = lacks[g] / sum(lacks) * amount if lacks[g] else 0.0
    return came - (gives[g] / sum(gives) * amount if gives[g] else 0.0)


@oracle("Country", "purpose")
def come_in(c: Plain, g: int) -> float:
    return (c.domestic[g] - c.displaced[g]) + (c.granted[g] - c.duplicated[g])


@oracle("Country", "purpose")
def use_in_the_long_run(c: Plain, g: int) -> float:
    came, use = come_in(c, g), could_use(c, g)
    return use / came if came > max(use, 0.0) else 1.0


@oracle("Country", "purpose")
def absorb(c: Plain, g: int) -> float:
    if c.reached[g] <= 0:
        return c.absorbed[g]
    return 1.0 if c.used[g] > c.reached[g] else c.used[g] / c.reached[g]


@oracle("Country", "purpose")
def appeal_by_use(c: Plain, g: int) -> float:
    return exp(c.p("fund.use_weight") * log(max(c.absorbed[g], c.p("fund.use_floor"))))


@oracle("Country", "purpose")
def have_left(c: Plain, g: int) -> float:
    surplus = max(come_in(c, g) - could_use(c, g), 0.0)
    kept = (1 - c.p("fund.lapse")) ** 0.25
    return surplus * kept / (1 - kept)


# staff


@oracle("Country")
def emigration(c: Plain) -> float:
    s = min(c.abroad_share * c.p("work.emigration_factor"), c.p("work.emigration_cap"))
    return c.p("work.exit_rate_abroad") * s / (1 - s)


@oracle("Country", "cadre")
def emigrate(c: Plain, g: int) -> float:
    return c.staff[g] * emigration(c) * (c.emigrating if g < GENERAL else 1.0)


@oracle("Country", "cadre")
def keep(c: Plain, g: int) -> float:
    return c.staff[g] - (c.leaving if g < GENERAL else 1.0) * c.staff[g] * c.p("work.attrition")


@oracle("Country", "cadre")
def recruit(c: Plain, g: int) -> float:
    cadre = ("laboratory", "bioinformatics", "genetics", "general")[g]
    stock = c.start_staff[g] * c.population / c.start_population
    return stock * (c.p("work.attrition") + emigration(c)) * c.p(f"work.routine_entry.{cadre}")


@oracle("Country", "cadre")
def working_minutes(c: Plain, g: int) -> float:
    minutes = c.staff[g] * c.p("work.minutes_per_quarter")
    if g != GENETICS:
        return minutes
    shared = min(c.p("work.task_sharing_now") + c.task_sharing, 1.0)
    with_geneticists = minutes * c.p("work.counselling_time") * (1 + c.p("work.geneticists"))
    return with_geneticists * ((1 - shared) + shared * c.p("work.task_shift_factor"))


@oracle("Country", "cadre")
def minutes_left(c: Plain, g: int) -> float:
    return c.minutes_hired[g] * (c.laboratory_time if g < GENETICS else 1.0)


# machines and supplies


def _value_of_machines(c: Plain) -> float:
    return sum(n * c.p(f"equip.price.{p}") for n, p in zip(c.instruments, ("analyser", "sequencer"), strict=True))


@oracle("Country")
def service_due(c: Plain) -> float:
    own = [c.instruments[p] - c.lent[p] for p in range(2)]
    value = own[0] * c.p("equip.price.analyser") + own[1] * c.p("equip.price.sequencer")
    return value * c.p("equip.service_fraction") / 4


@oracle("Country")
def pay_service(c: Plain) -> float:
    money = min(c.domestic[EQUIPMENT] - c.displaced[EQUIPMENT], c.available[EQUIPMENT])
    return min(money / max(c.service_cost, 1e-9), 1.0)


@oracle("Country", "platform")
def hours_wanted(c: Plain, g: int) -> float:
    platform = ("analyser", "sequencer")[g]
    mine = [a for a in c.apps if c.app(a).platform == platform]
    return sum(c.wanted_in[a] * c.trait("platform_hours", a) for a in mine)


@oracle("Country", "platform")
def hours_of_machines(c: Plain, g: int) -> float:
    platform = ("analyser", "sequencer")[g]
    mine = [a for a in c.apps if c.app(a).platform == platform]
    return sum(c.tests_in[a] * c.trait("platform_hours", a) for a in mine)


@oracle("Country", "platform")
def want_machines(c: Plain, g: int) -> float:
    planned = c.hours_needed[g] / c.p("equip.hours_per_quarter") / c.p("equip.target_use")
    return max(planned - c.instruments[g] * in_service(c), 0.0)


@oracle("Country", "platform")
def place_machines(c: Plain, g: int) -> float:
    return want_machines(c, g) * (c.rental if c.rental < 1 else 1.0)


@oracle("Country", "platform")
def count_rented(c: Plain, g: int) -> float:
    retired = c.rented[g] / (4 * c.p("equip.life"))
    return min(c.rented[g] - retired + c.placed[g], c.instruments[g])


@oracle("Country")
def equipment_money(c: Plain) -> float:
    return max(c.available[EQUIPMENT] - c.service_cost * c.service_paid, 0.0)


def _price_of_short(c: Plain) -> float:
    short = [want_machines(c, p) - c.placed[p] for p in range(2)]
    return short[0] * c.p("equip.price.analyser") + short[1] * c.p("equip.price.sequencer")


@oracle("Country")
def find_help(c: Plain) -> float:
    """Worth of machines: what the donor's part, and what the country's part, carries; never more than is short."""
    part = c.p("fund.cofinance")
    by_donor = c.financed * c.population / 4e6 / (1 - part)
    by_country = equipment_money(c) / part
    return min(min(by_donor, by_country) / max(_price_of_short(c), 1e-9), 1.0)


@oracle("Country", "platform")
def buy_machines(c: Plain, g: int) -> float:
    price = _price_of_short(c)
    left = max(equipment_money(c) - c.p("fund.cofinance") * price * c.helped, 0.0)
    short = (want_machines(c, g) - c.placed[g]) * (1 - c.helped)
    return short * min(left / max(price * (1 - c.helped), 1e-9), 1.0)


@oracle("Country")
def served_share(c: Plain) -> float:
    passed_by = c.direct if c.direct < 1 else 1.0
    return (1 - passed_by) + passed_by * (1 - c.p("dist.service_lost"))


@oracle("Country")
def change_kits(c: Plain, a: int) -> float:
    factor = 1.0
    if c.app(a).source == "multi":
        factor -= min(c.local_kits[a], 1) * (1 - c.weakness) * c.p("lever.local_kit_cut")
    if not c.app(a).platform:
        return factor
    at = ("analyser", "sequencer").index(c.app(a).platform)
    return factor * (1 + c.rented[at] / max(c.instruments[at], 1e-12) * c.p("lever.rental_premium"))


@oracle("Country")
def in_service(c: Plain) -> float:
    good, bad = c.p("dist.out_of_service_best"), c.p("dist.out_of_service")
    broken = good * (1 - c.weakness) + bad * c.weakness
    served = c.service_paid if c.sellers > 0 else 0.0
    served *= served_share(c)
    broken -= broken * c.p("dist.service_effect") * served
    broken *= c.broken_factor
    return 1 - broken


@oracle("Country", "platform")
def open_for_hours(c: Plain, g: int) -> float:
    return c.instruments[g] * c.p("equip.hours_per_quarter") * in_service(c) * c.laboratory_time


@oracle("Country")
def price_to_others(c: Plain, a: int) -> float:
    return c.consumables[a] / (1 - c.p("lever.negotiated_access_cut") * c.capped[a])


@oracle("Country")
def lead_time(c: Plain, a: int) -> float:
    months = c.p("dist.lead_time_best") * (1 - c.weakness) + c.p("dist.lead_time") * c.weakness
    pooled = c.pooled[a]
    return months * ((1 - pooled) + pooled * c.p("pool.lead_time_multiplier"))


@oracle("Country")
def buy_together(c: Plain, a: int) -> float:
    return c.pool_share[a] if c.pool_member else 0.0


@oracle("Country")
def pool_discount(c: Plain, a: int) -> float:
    single = c.app(a).source == "single"
    return c.p("lever.pooled_discount_sequencing") if single else c.p("pool.discount_multi")


@oracle("Country")
def landed(c: Plain, a: int) -> float:
    multi, single = c.margin
    margin = single if c.app(a).source == "single" else multi
    asked = c.exworks[a] * c.makers_price[a] * (1 - c.p("lever.negotiated_access_cut") * c.capped[a])
    price = asked * (1 + c.transport + margin)
    pooled = c.pooled[a]
    alone = min(price * c.p("lever.direct_supply_markup_cut"), asked * margin) * min(
        c.direct, 1
    )  # saved by going direct
    bought = (price - alone) * (1 - pooled) + price * pooled * (1 - pool_discount(c, a) + c.p("pool.fee"))
    return bought * c.kit_factor[a]


@oracle("Country")
def join_pool(c: Plain) -> float:
    spend = [c.tests_in[a] * c.consumables[a] + 1e-9 * c.eligible[a] for a in c.apps]
    savings = [c.pool_share[a] * (pool_discount(c, a) - c.p("pool.fee")) for a in c.apps]
    expected = sum(x * y for x, y in zip(savings, spend, strict=True)) / sum(spend)
    if expected > c.reluctance * c.pool_barrier and c.pool_draw < c.p("pool.joining_rate"):
        return 1.0
    return 1.0 if c.pool_member and expected > 0 else 0.0
