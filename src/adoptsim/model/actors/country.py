"""Country: a health system. What it knows, and how it appraises, adopts and shares.

People and money are in ``economy.py``, staff, machines and supplies in ``capacity.py``, services in ``delivery.py``,
budgets in ``budget.py``, investments in ``investment.py``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from adoptsim.inputs.names import PURPOSES
from adoptsim.model.actors.delivery import Prices
from adoptsim.model.actors.economy import Economy, Purse
from adoptsim.model.actors.investment import Investment
from adoptsim.model.columns import Actor, Array, Kind, Quantity, State, rule
from adoptsim.model.equations import (
    QUARTERS,
    log_hazard_of_time_ratio,
    mix_groups,
    small_order_factor,
    sum_groups,
    weibull_hazard,
)

SERVICES, RESEARCH = PURPOSES.index("services"), PURPOSES.index("research")


class Knowledge(Kind):
    """What its people's genomes mean to a laboratory: reference data, agreements, uncertain results."""

    ancestry = State("ancestry", unit="share of population", worlds=False)
    recruited = State("ancestry", unit="share of those whom publicly paid studies recruit")
    vus_by_ancestry = State("application", "ancestry", unit="share of tests, standard panel", rows=False)
    missed_by_ancestry = State("application", "ancestry", unit="share of detectable variants missed", rows=False)
    sharing_now = State(unit="share of its test data shared at the start")
    consent_now = State(unit="share of people tested who at the start let their data be shared")
    shared = State("application", unit="worth of tests shared since the reference was last read, in genomes")
    uncertain = State("application", unit="share of tests that end in an uncertain result")
    certainty = State("application", unit="share of results that can be used")
    data_member = State(unit="1 while a member of agreements to share genomic data")
    member_draw = State(unit="uniform of the year", start=1.0)
    incident = State(unit="1 where an incident of shared genomic data happened in the year")
    incident_draw = State(unit="uniform of the year", start=1.0)
    trust = State(unit="share of its usual sharing that incidents have left", start=1.0)
    incidents_left = Quantity(unit="factor on the chance of an incident of data", combine="scale")
    sharing_gain = Quantity(unit="share of test data shared, added", combine="add")
    consent_gain = Quantity(unit="share of people tested who let their data be shared, added", combine="add")
    openness = Quantity("application", unit="factor on the share of test data shared", combine="scale")
    recruitment = State("ancestry", unit="chance to be recruited by a study, over the average", rows=False, start=1.0)
    lacking = State("ancestry", unit="how far an ancestry is under-represented, 0 to 1", rows=False)
    studies = Quantity(
        unit="genomes a year per million people that outside money for studies of the under-represented buys, added",
        combine="add",
    )
    reanalysis = Quantity(unit="share of uncertain results re-examined under agreements, added", combine="add")

    @rule
    def mean_sharing(self) -> Array:
        """Share of test data that countries like this one share on average, members of agreements or not."""
        return np.clip(self.sharing_now + self.sharing_gain, 0.0, 1.0)

    @rule
    def like_to_join(self) -> Array:
        """Chance to be a member in the long run: what is shared on average over what a member shares at the start."""
        each = self.consent_now * self.par["data.member_share"]
        return np.minimum(self.mean_sharing() / np.maximum(each, 1e-12), 1.0)

    @rule
    def consent(self) -> Array:
        """Share of people tested who let their data be shared."""
        return np.clip(self.consent_now + self.consent_gain, 0.0, 1.0)

    @rule
    def let_out(self) -> Array:
        """Share of the data with consent that agreements let out; more where the stated mean asks for more."""
        asked = self.mean_sharing() / np.maximum(self.consent_now, 1e-12)
        return np.minimum(np.maximum(asked, self.par["data.member_share"]), 1.0)

    @rule
    def join_agreements(self) -> Array:
        """1 where a member next: countries join and leave, the sooner the better governed, about the long-run share."""
        strength = np.maximum(1.0 - self.weakness, 0.0)
        pace = self.par["data.member_pace"] * strength ** self.par["data.member_governance"]
        goal = self.like_to_join()
        stays = self.member_draw >= pace * (1.0 - goal)
        return np.where(self.data_member > 0, stays, self.member_draw < pace * goal).astype(float)

    @rule
    def suffer_incident(self) -> Array:
        """1 where shared data are misused or leak in the year: it can befall members alone."""
        chance = self.par["data.incident_chance"] * np.maximum(self.incidents_left, 0.0)
        return self.data_member * (self.incident_draw < chance)

    @rule
    def rebuild_trust(self) -> Array:
        """Trust next: a share of what is missing comes back in a year; an incident costs a share of it."""
        back = 1.0 - (1.0 - self.trust) * (1.0 - self.par["data.trust_recovery"])
        return back * (1.0 - self.par["data.incident_loss"] * self.incident)

    @rule
    def share_data(self) -> Array:
        """Share of its test data that reaches the common reference while nothing keeps it back: members' alone."""
        return self.data_member * self.trust * self.consent() * self.let_out()

    @rule
    def deposit(self) -> Array:
        """Worth of shared public tests of sequenced applications in a quarter, in genomes, for their own genes."""
        worth = self.share_data() * self.par["data.record_worth"]
        return (self.tests_in + self.tests_hub) * self.openness * worth * self.par["app.reference_value"]

    @rule
    def recruit_for_studies(self) -> Array:
        """Shares by ancestry of those whom public studies recruit: people, weighted as research recruits today."""
        weight = self.ancestry * self.recruitment
        return np.asarray(weight / sum_groups(weight))

    @rule
    def pay_for_studies(self) -> Array:
        """Reference genomes a quarter by ancestry from publicly paid studies."""
        return self.spent[:, :, RESEARCH : RESEARCH + 1] / self.par["data.cost_per_genome"] * self.recruited

    @rule
    def study(self) -> Array:
        """Reference genomes a quarter by ancestry from studies of its under-represented people, paid from outside.

        Money is given for the people of the start, as levers are charged; what returns as benefits buys no genomes.
        """
        bought = self.studies / QUARTERS * (1.0 - self.par["lever.benefit_money"])
        return bought * (self.start_population / 1e6) * self.ancestry * self.lacking

    @rule
    def return_benefits(self) -> Array:
        """US$ of the quarter that such studies return to the country, a share of what they cost."""
        cost = self.studies / QUARTERS * (self.start_population / 1e6) * self.par["data.cost_per_genome"]
        return self.par["lever.benefit_money"] * cost * sum_groups(self.ancestry * self.lacking)

    @rule
    def leave_uncertain(self) -> Array:
        """Share of tests that end in a variant of uncertain significance, by application, after reanalysis."""
        plain = mix_groups(self.ancestry, self.vus_by_ancestry)
        solved = np.minimum(self.reanalysis, 1.0) * self.par["data.vus_reclassified"]
        return np.minimum(self.par["app.vus_weight"] * plain * (1.0 - solved), self.par["data.vus_cap"])

    @rule
    def can_use(self) -> Array:
        """Share of tests whose result can be used: not failed, detected, not uncertain."""
        missed = self.par["app.detection_weight"] * mix_groups(self.ancestry, self.missed_by_ancestry)
        works = (1.0 - self.par["dist.test_failure"]) * self.par["app.detection"] * (1.0 - missed)
        return works * (1.0 - self.uncertain)

    @rule
    def useful(self) -> Array:
        """Useful result per test: usable and linked to care."""
        return self.certainty * self.par["app.linkage"]


class Country(Economy, Purse, Prices, Investment, Knowledge, Actor):
    """A health system of five wealth quintiles."""

    commitment = State(unit="probability scale of the country's own propensity to adopt", start=0.5)
    region_effect = State(unit="log hazard shared by the WHO region")
    start_strain = State("application", unit="mean over countries of the log strain at the start", rows=False)
    gdp_median = State(unit="median US$ per head over countries", rows=False, start=1.0)
    years_available = State("application", unit="years since the technology exists", rows=False, worlds=False)
    carried = State("application", unit="vehicle of the year before")
    vehicle = State("application", unit="donor that lists the application and supports the country, 0 to 1")
    price_paid = State("application", unit="US$ a year that donors who list the application have for its consumables")
    vehicle_added = Quantity("application", unit="share of a donor vehicle, added", combine="add")
    hub_growth = Quantity(unit="factor on the reserve of hubs that the country hosts", combine="scale")
    time_to_adopt = Quantity("application", unit="factor on the time to a national programme", combine="power")
    hastened = State("application", unit="log hazard from levers that change the time to a programme")
    peer_weight = Quantity(unit="factor on the log hazard from neighbours", combine="scale")
    burden_weight = Quantity(unit="factor on the log hazard from local need", combine="scale")
    convening = Quantity(unit="chance a year that the country meets in a forum of its region", combine="add")
    forum = State(unit="1 once the country has met in a forum of its region")
    forum_draw = State(unit="uniform of the region and year", start=1.0)
    appraisals = Quantity("application", unit="factor on the rate of appraisals", combine="scale")
    founding = Quantity(unit="chance a year that an assessment body starts to work", combine="add")
    body_draw = State(unit="uniform of the year", start=1.0)
    peers = State("application", unit="share of neighbours with a national programme, last quarter")
    hta = State(unit="1 where a health-technology-assessment body works")
    threshold = State(unit="US$ per DALY averted the country is ready to pay")
    verdict = State("application", unit="-1 unfavourable, 0 none, 1 favourable")
    inclined = State("application", unit="log hazard from what the country is, this year")
    pilots_by_grant = State("application", unit="yearly hazard of a pilot that donors pay for")
    modifier = State("application", unit="joint log hazard ratio of donors, peers, price and verdict, capped")
    settled_hazard = State("application", unit="yearly hazard of a national programme of a technology one year old")
    appraise_draw = State("application", unit="uniform of the year", start=1.0)
    adopt_draw = State("application", unit="standard exponential of the quarter", start=np.inf)
    lapse_draw = State("application", unit="uniform of the year", start=1.0)
    was_eligible = State(unit="1 where below the donor line last year")

    @rule
    def cost_of_programme(self) -> Array:
        """US$ a year of reaching the ceiling, at the unit cost of that volume."""
        return self.unit_full * self.eligible * self.ceiling

    @rule
    def unit_at_scale(self) -> Array:
        """US$ per public test of a full programme: the cheaper of own laboratories and sending out."""
        volume = self.eligible * self.ceiling
        scale = small_order_factor(volume, self.par["app.half_volume"], self.par["price.small_order_cap"])
        return np.minimum(self.consumables * scale + self.labour() * self.outreach, self.unit_hub)

    @rule
    def bill_donors(self) -> Array:
        """US$ a year of a full programme's consumables that donors who list it would pay: all but a co-payment."""
        price = np.minimum(self.consumables, self.unit_full)
        return (1.0 - self.par["fund.copay"]) * price * self.eligible * self.ceiling

    @rule
    def cost_to_country(self) -> Array:
        """US$ a year of a full programme that donors leave to the country: they pay what grants allow, no more."""
        return self.cost_of_programme() - np.minimum(self.price_paid, self.bill_donors())

    @rule
    def strain(self) -> Array:
        """Log of what a full programme would cost the country a year over government health spending."""
        return np.log(self.cost_to_country() / self.health_money())

    @rule
    def inclination(self) -> Array:
        """Log hazard from what the country is: income, government, size, need as it weighs it, region."""
        slopes = (
            self.par["diff.gdp"] * np.log(self.gdp_pc / self.gdp_median)
            + self.par["diff.government"] * self.gov_effectiveness
            + self.par["diff.population"] * np.log(self.population / self.par["diff.population_reference"])
        )
        need = self.par["diff.need"] * np.log(np.maximum(2.0 * self.relative_need, self.par["diff.need_floor"]))
        weight = 1.0 + (self.burden_weight - 1.0) * self.forum
        return self.par["diff.transport"] * slopes + need * weight + self.region_effect

    @rule
    def own_effect(self) -> Array:
        """v of the hazard: commitment on the scale of its normal distribution."""
        share = np.clip(self.commitment, 1e-6, 1.0 - 1e-6)
        return np.asarray(ndtri(share) * self.par["diff.country_sd"])

    @rule
    def modify(self) -> Array:
        """Joint log hazard ratio of donors, peers, price, verdict and haste, bounded by the cap on either side."""
        shape = self.par["diff.weibull_shape"]
        cap = np.log(self.par["diff.modifier_cap"])
        case = log_hazard_of_time_ratio(self.par["lever.investment_case_tr_hta"], shape)
        peers = np.minimum(self.peers / self.par["diff.peers_full"], 1.0)
        carried = (
            log_hazard_of_time_ratio(self.par["diff.tr_donor"], shape) * self.vehicle
            + log_hazard_of_time_ratio(self.par["diff.tr_neighbours"], shape) * (peers * self.peer_weight)
            + case * self.verdict
            + self.hastened
        )
        strained = self.par["diff.strain"] * (self.strain() - self.start_strain)
        return np.clip(self.par["diff.transport"] * carried - strained, -cap, cap)

    @rule
    def hasten(self) -> Array:
        """Log hazard ratio of the levers that change the time to a programme."""
        return log_hazard_of_time_ratio(self.time_to_adopt, self.par["diff.weibull_shape"]) + 0.0  # no lever: 0, not -0

    @rule
    def settle_hazard(self) -> Array:
        """Yearly hazard at an age of one year: what decides adoption besides the age of the technology, once a year."""
        return np.exp(self.par["app.baseline"] + self.inclined + self.modifier + self.own_effect())

    @rule
    def hazard(self) -> Array:
        """Yearly integrated hazard of a national programme: discrete-time cloglog (Prentice and Gloeckler 1978)."""
        return weibull_hazard(self.years_available, self.par["diff.weibull_shape"]) * self.settled_hazard

    @rule
    def adopt(self) -> Array:
        """Stage next quarter. One draw a quarter: national first, else a pilot where there is none."""
        hazard = self.hazard() / QUARTERS
        trying = hazard * (1.0 + self.par["diff.pilot_factor"]) + self.pilots_by_grant / QUARTERS
        national, pilot = self.adopt_draw < hazard, self.adopt_draw < trying  # P(draw < h) = 1 - exp(-h)
        return np.maximum(self.stage, np.add(national, pilot, dtype=np.int8))  # who draws national also draws pilot

    @rule
    def try_with_grants(self) -> Array:
        """Yearly hazard of a pilot that donors pay for: where their money covers it, for what its people need."""
        cost = self.cost_of_programme() * self.par["deliver.pilot_ceiling"]
        paid = np.minimum(self.granted[:, :, SERVICES : SERVICES + 1] * QUARTERS / np.maximum(cost, 1e-9), 1.0)
        return self.par["diff.pilot_by_grant"] * paid * np.minimum(2.0 * self.relative_need, 1.0)

    @rule
    def lapse_programme(self) -> Array:
        """Stage after the year's lapses: a pilot may end with its grant; a national programme almost never does."""
        years = self.par["fund.grant_duration"] + self.par["fund.follow_up"]
        ends = 1.0 - self.par["fund.service_persistence"] ** (1.0 / years)
        pilot_ends = (self.stage == 1.0) & (self.lapse_draw < ends)
        national_ends = (self.stage == 2.0) & (self.lapse_draw < self.par["deliver.national_lapse"])
        return np.asarray(self.stage * ~(pilot_ends | national_ends))

    @rule
    def lose_coverage_after_exit(self) -> Array:
        """Intended coverage falls where donors that carried an application leave."""
        left = (self.was_eligible > 0) & (self.below_donor_line() == 0)
        loss = self.par["fund.coverage_loss"] * left * self.carried
        return np.asarray(np.maximum(self.intended - loss, 0.0))

    @rule
    def value_of_result(self) -> Array:
        """DALYs averted per test, by application."""
        return self.prevalence * self.useful() * self.par["app.dalys"]

    @rule
    def care_per_test(self) -> Array:
        """US$ per test of downstream care less the treatment it makes needless, at local prices."""
        local = (self.gdp_pc / self.par["care.income_reference"]) ** self.par["care.income_elasticity"]
        return self.prevalence * self.useful() * (self.par["app.care_cost"] - self.par["app.cost_offset"]) * local

    @rule
    def net_value(self) -> Array:
        """US$ per test at the country's threshold: DALYs averted x threshold, less the test and downstream care."""
        return self.value_of_result() * self.threshold - self.unit_full - self.care_per_test()

    @rule
    def affordable(self) -> Array:
        """1 where what a full programme would cost the country stays under the budget-impact ceiling."""
        limit = self.par["hta.budget_impact"] * self.gov_health_pc * self.population * self.health_spending
        return np.less_equal(self.cost_to_country(), limit).astype(float)

    @rule
    def meet(self) -> Array:
        """1 once the country has met in a forum: one draw of the region; what it learnt stays."""
        return np.maximum(self.forum, self.forum_draw < self.convening)

    @rule
    def found_body(self) -> Array:
        """1 where an assessment body works; one that starts to work stays."""
        return np.maximum(self.hta, self.body_draw < self.founding)

    @rule
    def appraise(self) -> Array:
        """Verdict after this year's appraisals: where a body works, some applications not yet national are taken up."""
        rate = self.par["hta.appraisal_rate"] * self.appraisals
        taken = (self.hta > 0) & (self.stage < 2.0) & (self.appraise_draw < rate)
        good = (self.net_value() > 0) & (self.affordable() > 0)
        return np.where(taken, np.where(good, 1.0, -1.0), self.verdict)
