"""Country, part 2: services. Who is to be tested where, what staff, machines and supplies allow, who gets it."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.inputs.names import CADRES, PLATFORMS, PURPOSES, SOURCES
from adoptsim.model.columns import Array, Kind, Quantity, State, rule
from adoptsim.model.equations import (
    QUARTERS,
    emigration_rate,
    filled_fifths,
    least_of,
    logistic_step,
    quarterly,
    scarcity,
    small_order_factor,
    sum_applications,
    sum_groups,
)

GENETICS, GENERAL = CADRES.index("genetics"), CADRES.index("general")
EQUIPMENT = PURPOSES.index("equipment")


class Workforce(Kind):
    """Staff by cadre: trained, lost, shared."""

    staff = State("cadre", unit="persons working at home for genomic services")
    abroad_share = State(unit="share of its trained who live abroad")
    start_staff = State("cadre", unit="persons at the start")
    start_population = State(unit="persons living in the country at the start", worlds=False)
    seat_expansion = Quantity(unit="factor on seats of programmes hosted here", combine="scale")
    supervision = Quantity(unit="factor on what supervisors can hold", combine="scale")
    task_sharing = Quantity(unit="share of counselling that trained general staff may take over, added", combine="add")

    @rule
    def keep(self) -> Array:
        """Staff after voluntary attrition of the quarter."""
        return self.staff * (1.0 - quarterly(self.par["work.attrition"]))

    @rule
    def recruit(self) -> Array:
        """Entry from ordinary schools: it replaces a share of what a stock grown with population would lose."""
        grown = self.start_staff * (self.population / self.start_population)
        return grown * self.par["work.routine_entry"] * quarterly(self.par["work.attrition"] + self.emigration())

    @rule
    def emigrate(self) -> Array:
        """Persons who would leave for richer countries in the quarter."""
        return self.staff * quarterly(self.emigration())

    @rule
    def emigration(self) -> Array:
        """Yearly share that would leave for richer countries."""
        abroad = np.minimum(self.abroad_share * self.par["work.emigration_factor"], 0.7)
        return emigration_rate(abroad, self.par["work.exit_rate_abroad"])

    @rule
    def working_minutes(self) -> Array:
        """Minutes a quarter by cadre. Task-sharing and geneticists multiply what counsellors can cover."""
        minutes = self.staff * self.par["work.minutes_per_quarter"]
        share = np.minimum(self.par["work.task_sharing_now"] + self.task_sharing, 1.0)
        lift = (1.0 + self.par["work.geneticists"]) * (1.0 + (self.par["work.task_shift_factor"] - 1.0) * share)
        genetics = np.zeros((1, 1, len(CADRES), 1))
        genetics[:, :, GENETICS] = 1.0
        return minutes * (1.0 + (lift - 1.0) * genetics)


class Laboratory(Kind):
    """Instruments, their uptime, and the supply of reagents."""

    instruments = State("platform", unit="machines of genomic services")
    service_paid = State(unit="share of service contracts paid", start=1.0)
    sellers = State(unit="distributors present", start=1.0)
    choke = State(unit="reservation price over unit cost of laboratory goods, less 1")
    exclusive_margin = State(unit="margin over landed cost, single-source goods")
    transport = State(unit="freight and duty over ex-works price")
    margin = State("source", unit="distributor margin over ex-works price")
    lab_market = State(unit="US$ a year of all laboratory goods at cost")
    hours_used = State("platform", unit="machine hours used in the quarter")

    pool_share = Quantity("application", unit="share of a member's volume that an open pool may buy", combine="add")
    pool_member = State(unit="1 while a member of an open pool")
    pool_barrier = State(unit="expected saving below which the country stays out, share of spend")
    pool_draw = State(unit="uniform of the quarter")

    @rule
    def service_due(self) -> Array:
        """US$ a quarter of service contracts on all machines."""
        return sum_groups(self.instruments * self.par["equip.price"]) * self.par["equip.service_fraction"] / QUARTERS

    @rule
    def pay_service(self) -> Array:
        """Share of service contracts that equipment money pays; they come before new machines."""
        return np.minimum(self.available[:, :, EQUIPMENT : EQUIPMENT + 1] / np.maximum(self.service_due(), 1e-9), 1.0)

    @rule
    def want_machines(self) -> Array:
        """Machines short of what intended public tests need at the planned use."""
        planned = self.hours_wanted() / (self.par["equip.hours_per_quarter"] * self.par["equip.target_use"])
        return np.maximum(planned - self.instruments, 0.0)

    @rule
    def buy_machines(self) -> Array:
        """Machines bought in the quarter: as many of those wanted as the rest of the equipment money pays."""
        wanted = self.want_machines()
        left = self.available[:, :, EQUIPMENT : EQUIPMENT + 1] - self.service_due() * self.service_paid
        cost = sum_groups(wanted * self.par["equip.price"])
        return wanted * np.minimum(np.maximum(left, 0.0) / np.maximum(cost, 1e-9), 1.0)

    @rule
    def open_for_hours(self) -> Array:
        """Machine hours available in the quarter, by platform: out-of-service share falls with service contracts."""
        best, worst = self.par["dist.out_of_service_best"], self.par["dist.out_of_service"]
        broken = best + (worst - best) * self.weakness
        broken = broken * (1.0 - self.par["dist.service_effect"] * self.service_paid * (self.sellers > 0))
        return self.instruments * (1.0 - broken) * self.par["equip.hours_per_quarter"]

    @rule
    def lead_time(self) -> Array:
        """Months from order to delivery; a pool changes it by a factor of uncertain sign on the volume it buys."""
        best, worst = self.par["dist.lead_time_best"], self.par["dist.lead_time"]
        pooled = self.pool_member * self.pool_share * (self.par["pool.lead_time_multiplier"] - 1.0)
        return (best + (worst - best) * self.weakness) * (1.0 + pooled)

    @rule
    def pool_discount(self) -> Array:
        """Cut in landed price on what the pool buys, by application, before its fee. Landed level, once."""
        single = self.par["app.single_source"]
        return single * self.par["lever.pooled_discount_sequencing"] + (1.0 - single) * self.par["pool.discount_multi"]

    @rule
    def landed(self) -> Array:
        """US$ per test of consumables at the laboratory door: maker, freight, duty, distributor, pool and its fee."""
        margin = np.zeros(())
        for s, source in enumerate(SOURCES):
            margin = margin + self.par[f"app.{source}_source"] * self.margin[:, :, s : s + 1]
        pooled = self.pool_member * self.pool_share * (self.pool_discount() - self.par["pool.fee"])
        return self.exworks * (1.0 + self.transport + margin) * (1.0 - pooled)

    @rule
    def join_pool(self) -> Array:
        """Join when the expected net saving beats the barrier, in time; leave when there is nothing to save."""
        saving = self.pool_share * (self.pool_discount() - self.par["pool.fee"])
        spend = self.tests_in * self.consumables + 1e-9 * self.eligible  # weights: where it buys, else where it might
        expected = sum_applications(saving * spend) / sum_applications(spend)
        joins = (expected > self.pool_barrier) & (self.pool_draw < quarterly(self.par["pool.joining_rate"]))
        stays = (self.pool_member > 0) & (expected > 0)
        return (joins | stays) * 1.0


class Services(Kind):
    """Programmes and their coverage, by application and channel."""

    exworks = State("application", unit="US$ per test, ex works", rows=False)
    stage = State("application", unit="0 none, 1 pilot, 2 national")
    intended = State("application", unit="public coverage intended, share of eligible people")
    prevalence = State("application", unit="people with the condition among those tested")
    relative_need = State("application", unit="local prevalence over local plus world mean; 0.5 where average")
    test_minutes = State("application", "cadre", unit="minutes per test, positives included")
    fifth_weight = State("quintile", unit="relative chance of being reached, mean 1")
    fifth_cap = State("application", "quintile", unit="highest coverage a fifth can reach")
    ceiling = State("application", unit="highest coverage the country can reach")
    outreach = State(unit="cost of reaching its mix of people over the cost of reaching the middle", start=1.0)
    wage_minute = State(unit="US$ per minute of work")

    consumables = State("application", unit="US$ per test landed, large laboratory")
    unit_in = State("application", unit="US$ per test in the country")
    unit_hub = State("application", unit="US$ per test sent to the best hub")
    price_private = State("application", unit="US$ a household pays")
    hub_share = State("application", unit="share of public tests sent out")
    private_fifths = State("application", "quintile", unit="share of the fifth that would pay")
    willing = State("application", unit="share of people who would pay")

    wanted_in = State("application", unit="tests a quarter")
    wanted_hub = State("application", unit="tests a quarter")
    wanted_private = State("application", unit="tests a quarter")
    scarce_money = State(unit="(money at hand / money wanted)^-k")
    scarce_staff = State("cadre", unit="(minutes at hand / wanted)^-k")
    scarce_machine = State("platform", unit="(hours at hand / wanted)^-k")
    scarce_supply = State("application", unit="(reagent cover / delivery time)^-k")
    scarce_hub = State("application", unit="(hub capacity / sent)^-k")
    hub_room = State("application", unit="capacity of the chosen hub over what it is sent")
    tests_in = State("application", unit="tests in the quarter, own laboratories")
    tests_hub = State("application", unit="tests in the quarter, sent out")
    tests_private = State("application", unit="tests in the quarter, paid by households")
    tested_in = State("application", unit="people alive and tested, own laboratories; once-in-life tests")
    tested_hub = State("application", unit="people alive and tested, sent out; once-in-life tests")
    tested_private = State("application", unit="people alive and tested, paid; once-in-life tests")
    binding = State("application", unit="index of the scarcest input, in CONSTRAINTS")

    @rule
    def spread(self) -> Array:
        """Intended public coverage next quarter: logistic from 1 % of the stage's ceiling, half of it after T years."""
        pilot = self.par["deliver.pilot_ceiling"]
        target = self.ceiling * np.where(self.stage > 1.5, 1.0, np.where(self.stage > 0.5, pilot, 0.0))
        seed = self.par["deliver.first_share"]
        rate = np.log(1.0 / seed - 1.0) / self.par["diff.medicine_adoption_years"]
        return logistic_step(np.maximum(self.intended, seed * target), target, rate, 1.0 / QUARTERS)

    @rule
    def labour(self) -> Array:
        """US$ of local work per test, by application: minutes of every cadre at the local wage."""
        return sum_groups(self.test_minutes) * self.wage_minute

    @rule
    def follow_up(self) -> Array:
        """US$ of local work per test done elsewhere: counselling and general staff only."""
        minutes = self.test_minutes[:, :, GENETICS : GENETICS + 1] + self.test_minutes[:, :, GENERAL : GENERAL + 1]
        return minutes * self.wage_minute

    @rule
    def cost_in_country(self) -> Array:
        """US$ per public test in own laboratories at the intended volume, small-order surcharge and outreach included."""
        planned = self.eligible * np.maximum(self.intended, self.par["deliver.pilot_ceiling"] * self.ceiling)
        scale = small_order_factor(planned, self.par["app.half_volume"], self.par["price.small_order_cap"])
        return self.consumables * scale + self.labour() * self.outreach

    @rule
    def cost_to_household(self) -> Array:
        """US$ a household pays: the cheaper of import and send-out, times the private mark-up."""
        cost = np.minimum(self.unit_in, self.unit_hub)
        return cost * self.par["private.markup"]

    @rule
    def send_out(self) -> Array:
        """Share of public tests sent to a hub: smooth in the ratio of the two costs, waiting counted as cost."""
        ratio = self.unit_hub * self.par["hub.inconvenience"] / self.unit_in
        return 1.0 / (1.0 + ratio ** self.par["deliver.send_out_elasticity"])

    @rule
    def would_pay(self) -> Array:
        """Share of each fifth that would pay out of pocket: falls with price over what its income allows."""
        mean_income = self.gdp_pc * self.income_share * self.income_share.shape[2]
        ratio = self.price_private / (mean_income * self.par["private.affordable_share"])
        return self.fifth_cap * self.par["private.reach"] / (1.0 + ratio * ratio)

    @rule
    def want_public(self) -> Array:
        """Public tests wanted in the quarter: the intended share of new people, and of the backlog for tests once in life."""
        stock = self.eligible * self.par["app.backlog_years"]
        tested = self.tested_in + self.tested_hub + self.tested_private
        backlog = np.maximum(self.intended * stock - tested, 0.0) * self.par["app.once"]
        return (self.intended * self.eligible + backlog) / QUARTERS

    @rule
    def want_private(self) -> Array:
        """Tests households want to pay for, among people the public programme does not intend to reach."""
        room = np.maximum(self.ceiling - self.intended, 0.0)
        return self.willing * self.relative_need * room * self.eligible / QUARTERS

    @rule
    def minutes_wanted(self) -> Array:
        """Minutes by cadre that all channels would use if nothing else were scarce."""
        at_home = np.zeros((1, 1, len(CADRES), 1))
        at_home[:, :, GENETICS] = at_home[:, :, GENERAL] = 1.0  # results of tests done elsewhere are given at home
        elsewhere = self.wanted_hub + self.wanted_private
        out = np.zeros(())
        for a in range(self.wanted_in.shape[1]):
            one = slice(a, a + 1)
            out = out + self.test_minutes[:, one] * (self.wanted_in[:, one] + at_home * elsewhere[:, one])
        return np.asarray(out)

    @rule
    def hours_wanted(self) -> Array:
        """Machine hours by platform that own laboratories would use if nothing else were scarce."""
        return sum_applications(self.wanted_in * self.par["app.platform_hours"])

    @rule
    def money_wanted(self) -> Array:
        """US$ that public services would use in the quarter if nothing else were scarce."""
        return sum_applications(self.wanted_in * self.unit_in + self.wanted_hub * self.unit_hub)

    @rule
    def scarcity_of_money(self) -> Array:
        """Services money at hand over wanted, as a term of the least of five."""
        services = self.available[:, :, 0:1]
        return scarcity(services / np.maximum(self.money_wanted(), 1e-9), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_staff(self) -> Array:
        """Minutes at hand over wanted, by cadre."""
        return scarcity(self.working_minutes() / np.maximum(self.minutes_wanted(), 1e-9), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_machines(self) -> Array:
        """Machine hours at hand over wanted, by platform."""
        return scarcity(self.open_for_hours() / np.maximum(self.hours_wanted(), 1e-9), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_supplies(self) -> Array:
        """Months of reagents in stock over months to delivery."""
        return scarcity(self.par["dist.buffer_months"] / self.lead_time(), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_hubs(self) -> Array:
        """Room at the chosen hub over what is sent to it."""
        return scarcity(self.hub_room, self.par["deliver.site_shape"])

    @rule
    def short_of_staff(self) -> Array:
        """The scarcest cadre among those an application uses."""
        uses, worst = self.par["app.uses_cadre"], np.zeros(())
        for c in range(len(CADRES)):
            worst = np.maximum(worst, uses[:, :, c : c + 1] * self.scarce_staff[:, :, c : c + 1])
        return worst

    @rule
    def short_of_counsel(self) -> Array:
        """The scarcest of the cadres that must be at home whoever does the test."""
        uses, worst = self.par["app.uses_cadre"], np.zeros(())
        for c in (GENETICS, GENERAL):
            worst = np.maximum(worst, uses[:, :, c : c + 1] * self.scarce_staff[:, :, c : c + 1])
        return worst

    @rule
    def short_of_machines(self) -> Array:
        """Scarcity of the platform an application runs on; 0 for none."""
        uses, out = self.par["app.uses_platform"], np.zeros(())
        for p in range(len(PLATFORMS)):
            out = out + uses[:, :, p : p + 1] * self.scarce_machine[:, :, p : p + 1]
        return out

    @rule
    def deliver_in_country(self) -> Array:
        """Tests in own laboratories: expected least of demanded, funded, staffed, equipped and supplied."""
        burden = 1.0 + self.scarce_money + self.short_of_staff() + self.short_of_machines() + self.scarce_supply
        return self.wanted_in * least_of(burden, self.par["deliver.site_shape"])

    @rule
    def deliver_by_hub(self) -> Array:
        """Tests sent out: demanded, funded, counselled at home, within the hub's capacity."""
        burden = 1.0 + self.scarce_money + self.short_of_counsel() + self.scarce_hub
        return self.wanted_hub * least_of(burden, self.par["deliver.site_shape"])

    @rule
    def deliver_privately(self) -> Array:
        """Tests paid by households: demanded, counselled, supplied."""
        burden = 1.0 + self.short_of_counsel() + self.scarce_supply
        return self.wanted_private * least_of(burden, self.par["deliver.site_shape"])

    @rule
    def find_binding(self) -> Array:
        """Index in CONSTRAINTS of the input with the largest share x_i^-k / sum; demand where nothing else is scarcer."""
        best, worst = np.zeros(()), np.ones(())
        terms = (self.scarce_money, self.short_of_staff(), self.short_of_machines(), self.scarce_supply)
        for i, term in enumerate(terms, start=1):
            scarcer = term > worst
            best, worst = np.where(scarcer, float(i), best), np.maximum(term, worst)
        return best

    @rule
    def hours_of_machines(self) -> Array:
        """Machine hours used in the quarter, by platform."""
        return sum_applications(self.tests_in * self.par["app.platform_hours"])

    @rule
    def spend_on_services(self) -> Array:
        """US$ of public money spent on tests in the quarter."""
        return sum_applications(self.tests_in * self.unit_in + self.tests_hub * self.unit_hub)

    @rule
    def household_payment(self) -> Array:
        """US$ paid by households in the quarter."""
        return sum_applications(self.tests_private * self.price_private)

    @rule
    def age_tested_in(self) -> Array:
        """People alive and tested in own laboratories, for tests once in life."""
        return _aged(self, self.tested_in, self.tests_in)

    @rule
    def age_tested_hub(self) -> Array:
        """The same, sent out."""
        return _aged(self, self.tested_hub, self.tests_hub)

    @rule
    def age_tested_private(self) -> Array:
        """The same, paid by households."""
        return _aged(self, self.tested_private, self.tests_private)

    @rule
    def public_coverage(self) -> Array:
        """Share of eligible people reached by public money: tests over the flow, or tested over the stock."""
        return _covered(self, self.tests_in + self.tests_hub, self.tested_in + self.tested_hub)

    @rule
    def private_coverage(self) -> Array:
        """Share of eligible people reached at their own cost."""
        return _covered(self, self.tests_private, self.tested_private)

    @rule
    def coverage(self) -> Array:
        """Share of eligible people reached by any channel."""
        return np.minimum(self.public_coverage() + self.private_coverage(), self.ceiling)

    @rule
    def coverage_by_fifth(self) -> Array:
        """Coverage of each wealth fifth, (world, application, 5, row): the national total split, conserved."""
        public, private = self.public_coverage(), self.private_coverage()
        weight = public * self.fifth_weight + private * self.private_fifths / np.maximum(self.willing, 1e-9) + 1e-12
        return filled_fifths(np.minimum(public + private, self.ceiling), weight, self.fifth_cap)


def _aged(who: Any, tested: Array, tests: Array) -> Array:
    years = np.maximum(who.par["app.backlog_years"], 1.0 / QUARTERS)
    return (tested * (1.0 - 1.0 / (years * QUARTERS)) + tests) * who.par["app.once"]


def _covered(who: Any, tests: Array, tested: Array) -> Array:
    once = who.par["app.once"]
    flow = tests * QUARTERS
    stock = who.par["app.backlog_years"]
    reached = flow + once * (tested / np.maximum(stock, 1e-9) - flow)
    return np.minimum(reached / np.maximum(who.eligible, 1e-12), who.ceiling)
