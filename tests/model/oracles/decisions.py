"""Country: knowledge, appraisal and adoption, in plain arithmetic."""

from __future__ import annotations

from math import exp, log

from scipy.stats import norm

from oracles import Plain, oracle
from oracles.economy import health_money

RESEARCH, SERVICES = 3, 0


@oracle("Country")
def mean_sharing(c: Plain) -> float:
    return min(max(c.sharing_now + c.sharing_gain, 0.0), 1.0)


@oracle("Country")
def like_to_join(c: Plain) -> float:
    of_members = c.consent_now * c.p("data.member_share")
    return 1.0 if mean_sharing(c) >= of_members else mean_sharing(c) / of_members


@oracle("Country")
def consent(c: Plain) -> float:
    return min(max(c.consent_now + c.consent_gain, 0.0), 1.0)


@oracle("Country")
def let_out(c: Plain) -> float:
    usual = c.p("data.member_share")
    if mean_sharing(c) <= usual * c.consent_now:
        return usual
    return mean_sharing(c) / c.consent_now if mean_sharing(c) < c.consent_now else 1.0


@oracle("Country")
def join_agreements(c: Plain) -> float:
    reconsiders = c.p("data.member_pace") * max(1 - c.weakness, 0) ** c.p("data.member_governance")
    changes = 1 - like_to_join(c) if c.data_member else like_to_join(c)
    changed = c.member_draw < reconsiders * changes
    return float(changed != bool(c.data_member))


@oracle("Country")
def suffer_incident(c: Plain) -> float:
    return float(bool(c.data_member) and c.incident_draw < c.p("data.incident_chance") * c.incidents_left)


@oracle("Country")
def rebuild_trust(c: Plain) -> float:
    left = c.trust + (1 - c.trust) * c.p("data.trust_recovery")
    return left - left * c.p("data.incident_loss") if c.incident else left


@oracle("Country")
def share_data(c: Plain) -> float:
    if not c.data_member:
        return 0.0
    return let_out(c) * consent(c) * c.trust


@oracle("Country")
def deposit(c: Plain, a: int) -> float:
    if c.app(a).platform != "sequencer":
        return 0.0
    return (c.tests_in[a] + c.tests_hub[a]) * c.openness[a] * share_data(c) * c.p("data.record_worth")


@oracle("Country", "ancestry")
def recruit_for_studies(c: Plain, g: int) -> float:
    weights = [share * chance for share, chance in zip(c.ancestry, c.recruitment, strict=True)]
    return weights[g] / sum(weights)


@oracle("Country", "ancestry")
def pay_for_studies(c: Plain, g: int) -> float:
    return c.spent[RESEARCH] / c.p("data.cost_per_genome") * c.recruited[g]


@oracle("Country", "ancestry")
def study(c: Plain, g: int) -> float:
    money = c.studies * c.start_population / 4e6 * c.p("data.cost_per_genome")  # of the quarter
    for_genomes = money - money * c.p("lever.benefit_money")
    return for_genomes / c.p("data.cost_per_genome") * c.ancestry[g] * c.lacking[g]


@oracle("Country")
def return_benefits(c: Plain) -> float:
    """Whom studies recruit, what they cost, and the part of it that is not for genomes."""
    genomes = sum(study(c, g) for g in range(len(c.ancestry)))
    part = c.p("lever.benefit_money")
    return genomes * c.p("data.cost_per_genome") * part / (1 - part)


@oracle("Country")
def leave_uncertain(c: Plain, a: int) -> float:
    if c.app(a).ancestry != "vus":
        return 0.0
    mixed = sum(s * v for s, v in zip(c.ancestry, c.vus_by_ancestry[a], strict=True))
    return min(mixed * (1 - min(c.reanalysis, 1.0) * c.p("data.vus_reclassified")), c.p("data.vus_cap"))


@oracle("Country")
def can_use(c: Plain, a: int) -> float:
    missed = sum(s * v for s, v in zip(c.ancestry, c.missed_by_ancestry[a], strict=True))
    seen = 1 - missed if c.app(a).ancestry == "detection" else 1.0
    return (1 - c.p("dist.test_failure")) * c.trait("detection", a) * seen * (1 - c.uncertain[a])


@oracle("Country")
def useful(c: Plain, a: int) -> float:
    return c.certainty[a] * c.trait("linkage", a)


@oracle("Country")
def cost_of_programme(c: Plain, a: int) -> float:
    return c.unit_full[a] * c.eligible[a] * c.ceiling[a]


@oracle("Country")
def unit_at_scale(c: Plain, a: int) -> float:
    """Large laboratories cost half_volume tests of fixed cost a year more, up to the cap; or the hub."""
    volume = c.eligible[a] * c.ceiling[a]
    small = min(1 + c.trait("half_volume", a) / max(volume, 1e-9), c.p("price.small_order_cap"))
    work = c.all_minutes[a] * c.wage_minute * c.outreach
    return min(c.consumables[a] * small + work, c.unit_hub[a])


@oracle("Country")
def bill_donors(c: Plain, a: int) -> float:
    a_test = min(c.consumables[a], c.unit_full[a])
    return a_test * c.eligible[a] * c.ceiling[a] * (1 - c.p("fund.copay"))


@oracle("Country")
def cost_to_country(c: Plain, a: int) -> float:
    return cost_of_programme(c, a) - min(bill_donors(c, a), c.price_paid[a])


@oracle("Country")
def strain(c: Plain, a: int) -> float:
    return log(cost_to_country(c, a)) - log(health_money(c))


@oracle("Country")
def inclination(c: Plain, a: int) -> float:
    slopes = c.p("diff.gdp") * (log(c.gdp_pc) - log(c.gdp_median)) + c.p("diff.government") * c.gov_effectiveness
    slopes += c.p("diff.population") * (log(c.population) - log(1e7))
    need = c.p("diff.need") * log(max(2 * c.relative_need[a], c.p("diff.need_floor")))
    weight = c.burden_weight if c.forum else 1.0
    return slopes * c.p("diff.transport") + weight * need + c.region_effect


@oracle("Country")
def own_effect(c: Plain) -> float:
    return float(norm.ppf(min(max(c.commitment, 1e-6), 1 - 1e-6))) * c.p("diff.country_sd")


@oracle("Country")
def modify(c: Plain, a: int) -> float:
    """Time ratios to hazard ratios by -k ln TR; all joint terms within the cap."""
    k = c.p("diff.weibull_shape")
    peers = min(c.peers[a] / c.p("diff.peers_full"), 1.0)
    ratio = c.p("diff.tr_donor") ** (-k * c.vehicle[a]) * c.p("diff.tr_neighbours") ** (-k * peers * c.peer_weight)
    ratio *= c.p("lever.investment_case_tr_hta") ** (-k * c.verdict[a])
    joint = c.p("diff.transport") * (log(ratio) + c.hastened[a]) - c.p("diff.strain") * (
        strain(c, a) - c.start_strain[a]
    )
    cap = log(c.p("diff.modifier_cap"))
    return min(max(joint, -cap), cap)


@oracle("Country")
def hasten(c: Plain, a: int) -> float:
    return -c.p("diff.weibull_shape") * log(c.time_to_adopt[a])


@oracle("Country")
def hazard(c: Plain, a: int) -> float:
    return max(c.years_available[a], 0.25) ** (c.p("diff.weibull_shape") - 1) * c.settled_hazard[a]


@oracle("Country")
def settle_hazard(c: Plain, a: int) -> float:
    return exp(c.p("app.baseline", a) + c.inclined[a]) * exp(c.modifier[a]) * exp(own_effect(c))


@oracle("Country")
def adopt(c: Plain, a: int) -> float:
    h = hazard(c, a) / 4
    tries = h * (1 + c.p("diff.pilot_factor")) + c.pilots_by_grant[a] / 4
    stage = 0.0
    u = 1 - exp(-c.adopt_draw[a])  # the exponential of the quarter as a uniform
    if u < 1 - exp(-h):
        stage = 2.0
    elif u < 1 - exp(-tries):
        stage = 1.0
    return max(stage, c.stage[a])


@oracle("Country")
def try_with_grants(c: Plain, a: int) -> float:
    cost = cost_of_programme(c, a) * c.p("deliver.pilot_ceiling")
    paid = min(4 * c.granted[SERVICES] / max(cost, 1e-9), 1.0)
    return c.p("diff.pilot_by_grant") * paid * min(2 * c.relative_need[a], 1.0)


@oracle("Country")
def lapse_programme(c: Plain, a: int) -> float:
    yearly = {
        0: 0.0,
        1: 1 - c.p("fund.service_persistence") ** (1 / (c.p("fund.grant_duration") + 3)),
        2: c.p("deliver.national_lapse"),
    }[int(c.stage[a])]
    return 0.0 if c.lapse_draw[a] < yearly else c.stage[a]


@oracle("Country")
def lose_coverage_after_exit(c: Plain, a: int) -> float:
    graduated = c.was_eligible == 1 and c.gdp_pc >= c.p("fund.eligibility_line")
    loss = c.p("fund.coverage_loss") * c.carried[a] if graduated else 0.0
    return max(c.intended[a] - loss, 0.0)


@oracle("Country")
def value_of_result(c: Plain, a: int) -> float:
    return c.prevalence[a] * useful(c, a) * c.trait("dalys", a)


@oracle("Country")
def care_per_test(c: Plain, a: int) -> float:
    local = (c.gdp_pc / c.p("care.income_reference")) ** c.p("care.income_elasticity")
    net = c.trait("care_cost", a) - c.trait("cost_offset", a)
    return c.prevalence[a] * useful(c, a) * net * local


@oracle("Country")
def net_value(c: Plain, a: int) -> float:
    return value_of_result(c, a) * c.threshold - c.unit_full[a] - care_per_test(c, a)


@oracle("Country")
def affordable(c: Plain, a: int) -> float:
    limit = c.p("hta.budget_impact") * c.gov_health_pc * c.population * c.health_spending
    return 1.0 if cost_to_country(c, a) <= limit else 0.0


@oracle("Country")
def found_body(c: Plain) -> float:
    return 1.0 if c.hta or c.body_draw < c.founding else 0.0


@oracle("Country")
def appraise(c: Plain, a: int) -> float:
    if c.hta == 0 or c.stage[a] == 2 or c.appraise_draw[a] >= c.appraisals[a] * c.p("hta.appraisal_rate"):
        return c.verdict[a]
    return 1.0 if net_value(c, a) > 0 and affordable(c, a) else -1.0


@oracle("Country")
def meet(c: Plain) -> float:
    return 1.0 if c.forum_draw < c.convening else c.forum
