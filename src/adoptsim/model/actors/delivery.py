"""Country, part 3: services. Who is to be tested where, what money, staff, machines and supplies allow, who gets it."""

from __future__ import annotations

import numpy as np

from adoptsim.model.actors.capacity import AWAY, BENCH, EQUIPMENT, Laboratory
from adoptsim.model.columns import Array, Kind, Quantity, State, rule
from adoptsim.model.equations import (
    QUARTERS,
    as_wide_as,
    by_platform,
    filled_fifths,
    least_of,
    logistic_rate,
    logistic_step,
    once_in_life,
    scarcest,
    scarcity,
    side_by_side,
    small_order_factor,
    sum_applications,
    sum_groups,
)


class Prices(Kind):
    """What a test costs in each channel; agreed once a year."""

    exworks = State("application", unit="US$ per test, ex works", rows=False)
    consumables = State("application", unit="US$ per test landed, large laboratory")
    planned = State("application", unit="public tests a year in own laboratories that prices are agreed for")
    unit_in = State("application", unit="US$ per test in the country")
    unit_hub = State("application", unit="US$ per test sent to the best hub")
    unit_full = State("application", unit="US$ per public test of a full programme")
    price_private = State("application", unit="US$ a household pays")
    hub_share = State("application", unit="share of public tests sent out")
    private_fifths = State("application", "quintile", unit="share of the fifth that would pay")
    willing = State("application", unit="share of people who would pay")
    payers = State("application", unit="tests a quarter that households would pay for per share of people left to them")
    hub_friction = Quantity(unit="factor on the inconvenience of sending samples out", combine="scale")
    outreach = State(unit="cost of reaching its mix of people over the cost of reaching the middle", start=1.0)
    wage_minute = State(unit="US$ per minute of work")

    @rule
    def labour(self) -> Array:
        """US$ of local work per test, by application: minutes of every cadre at the local wage."""
        return self.all_minutes * self.wage_minute

    @rule
    def follow_up(self) -> Array:
        """US$ of local work per test done elsewhere: counselling and general staff only."""
        return self.away_minutes * self.wage_minute

    @rule
    def plan_tests(self) -> Array:
        """Public tests a year to agree prices for: as many as intended, at least those of a pilot."""
        return self.eligible * np.maximum(self.intended, self.par["deliver.pilot_ceiling"] * self.ceiling)

    @rule
    def cost_in_country(self) -> Array:
        """US$ per public test in own laboratories at the planned volume, small orders and outreach included."""
        scale = small_order_factor(self.planned, self.par["app.half_volume"], self.par["price.small_order_cap"])
        return self.consumables * scale + self.labour() * self.outreach

    @rule
    def cost_to_household(self) -> Array:
        """US$ a household pays: the cheaper of own and sent-out tests, times the private mark-up.

        Makers' ceilings are for public buyers: a part of the cut alone reaches private laboratories.
        """
        cut = self.capped * self.par["lever.negotiated_access_cut"]
        withheld = cut * (1.0 - self.par["lever.ceiling_private"]) / (1.0 - cut)
        own = self.unit_in + (self.unit_in - self.labour() * self.outreach) * withheld
        return np.minimum(own, self.unit_hub) * self.par["private.markup"]

    @rule
    def share_machines(self) -> Array:
        """US$ per test of machines at home, bought for their life and serviced: whole ones, at least one."""
        a_year = self.par["equip.price"] * (1.0 / self.par["equip.life"] + self.par["equip.service_fraction"])
        most = QUARTERS * self.par["equip.hours_per_quarter"] * self.par["equip.target_use"]
        hours = by_platform(self.planned * self.par["app.hours"], self.par["app.uses_platform"])
        an_hour = a_year / np.clip(hours, 1e-9, most)
        return sum_groups(self.par["app.uses_platform"] * an_hour) * self.par["app.hours"]

    @rule
    def send_out(self) -> Array:
        """Share of public tests sent to a hub: smooth in the ratio of the two costs, waiting and machines included."""
        away = self.unit_hub * (self.par["hub.inconvenience"] * self.hub_friction)
        ratio = away / (self.unit_in + self.share_machines())
        return 1.0 / (1.0 + ratio ** self.par["deliver.send_out_elasticity"])

    @rule
    def would_pay(self) -> Array:
        """Share of each fifth that would pay out of pocket: falls with price over what its income allows."""
        mean_income = self.gdp_pc * self.income_share * self.income_share.shape[2]
        allowed = mean_income * self.par["private.affordable_share"]
        squared = (self.price_private * self.price_private) * (1.0 / (allowed * allowed))
        return np.asarray(self.fifth_cap * self.par["private.reach"] / (1.0 + squared))


class Services(Laboratory):
    """Programmes and their coverage, by application and channel."""

    stage = State("application", unit="0 none, 1 pilot, 2 national")
    target = State("application", unit="coverage that the stage aims at, share of eligible people")
    first_sites = State("application", unit="coverage that the programme begins with")
    intended = State("application", unit="public coverage intended, share of eligible people")
    prevalence = State("application", unit="people with the condition among those tested")
    relative_need = State("application", unit="local prevalence over local plus world mean; 0.5 where average")
    test_minutes = State("application", "cadre", unit="minutes per test, positives included")
    all_minutes = State("application", unit="minutes per test of all cadres together")
    away_minutes = State("application", unit="the same of cadres that are needed at home whoever does the test")
    fifth_weight = State("quintile", unit="relative chance of being reached, mean 1")
    public_weight = State("quintile", unit="the same for public services, which may begin with the poorest", start=1.0)
    poor_first = Quantity(unit="share undone of the gradient by wealth in who is reached, added", combine="add")
    financed = Quantity(unit="US$ a year per million people for machines from outside, added", combine="add")
    fifth_cap = State("application", "quintile", unit="highest coverage a fifth can reach")
    ceiling = State("application", unit="highest coverage the country can reach")

    wanted_in = State("application", unit="tests a quarter")
    wanted_hub = State("application", unit="tests a quarter")
    wanted_private = State("application", unit="tests a quarter")
    scarce_money = State("application", unit="(money at hand / money wanted)^-k")
    scarce_staff = State("cadre", unit="(minutes at hand / wanted)^-k")
    scarce_machine = State("platform", unit="(hours at hand / wanted)^-k")
    scarce_supply = State("application", unit="(reagents in stock / delivery time)^-k")
    scarce_hub = State("application", unit="(hub capacity / sent)^-k")
    short_counsel = State("application", unit="scarcest cadre that must be at home whoever tests")
    short_staff = State("application", unit="scarcest cadre")
    short_machine = State("application", unit="scarcity of the platform; 0 for none")
    tests_in = State("application", unit="tests in the quarter, own laboratories")
    tests_hub = State("application", unit="tests in the quarter, sent out")
    tests_private = State("application", unit="tests in the quarter, paid by households")
    tested_public = State("application", unit="people alive and tested by public money; tests once in life only")
    tested_private = State("application", unit="people alive and tested at their own cost; tests once in life only")
    placed = State("platform", unit="machines that makers place in the quarter against dearer reagents")
    helped = State(unit="share of the machines still wanted that outside money helps to buy in the quarter")
    hours_needed = State("platform", unit="machine hours that last quarter's wanted tests would use")

    @rule
    def aim(self) -> Array:
        """Coverage that the stage aims at: the ceiling nationally, a small part of it in a pilot."""
        national, pilot = self.stage == 2.0, self.stage == 1.0
        return np.asarray(self.ceiling * (national + self.par["deliver.pilot_ceiling"] * pilot))

    @rule
    def begin(self) -> Array:
        """Coverage that a programme begins with: all of its small target in a pilot, else the first sites."""
        first = self.par["deliver.first_share"]
        return np.asarray(self.target * (first + (1.0 - first) * (self.stage == 1.0)))

    @rule
    def spread(self) -> Array:
        """Intended public coverage next quarter: logistic, nationally half of the ceiling after T years."""
        first, years = self.par["deliver.first_share"], self.par["diff.medicine_adoption_years"]
        rate = logistic_rate(np.ones(()), first, years)
        return logistic_step(np.maximum(self.intended, self.first_sites), self.target, rate, 1.0 / QUARTERS)

    @rule
    def want_public(self) -> Array:
        """Public tests wanted in the quarter: the intended share of new people and of any backlog."""
        wanted = as_wide_as(self.intended * self.eligible, self.tested_public, self.tested_private)
        for one in once_in_life(self.par["app.once"]):
            target = wanted[:, one] * self.par["app.backlog_years"][:, one]
            wanted[:, one] += np.maximum(target - self.tested_public[:, one] - self.tested_private[:, one], 0.0)
        return wanted / QUARTERS

    @rule
    def count_payers(self) -> Array:
        """Tests a quarter that households would pay for if the public programme reached nobody and all could be."""
        return self.willing * np.minimum(2.0 * self.relative_need, 1.0) * self.eligible / QUARTERS

    @rule
    def want_private(self) -> Array:
        """Tests households want to pay for, among people the public programme does not intend to reach."""
        return np.maximum(self.ceiling - self.intended, 0.0) * self.payers

    @rule
    def minutes_wanted(self) -> Array:
        """Minutes by cadre that all channels would use if nothing else were scarce; results are given at home."""
        everywhere = self.wanted_in + self.wanted_hub + self.wanted_private
        by_cadre = [self.wanted_in] * BENCH.stop + [everywhere] * (AWAY.stop - AWAY.start)
        return sum_applications(side_by_side(by_cadre, axis=2) * self.test_minutes)

    @rule
    def hours_wanted(self) -> Array:
        """Machine hours by platform that own laboratories would use if nothing else were scarce."""
        return by_platform(self.wanted_in * self.par["app.hours"], self.par["app.uses_platform"])

    @rule
    def want_machines(self) -> Array:
        """Machines that work short of what intended public tests need at the planned use."""
        planned = self.hours_needed / (self.par["equip.hours_per_quarter"] * self.par["equip.target_use"])
        return np.maximum(planned - self.instruments * self.in_service(), 0.0)

    @rule
    def equipment_money(self) -> Array:
        """US$ of equipment money that service contracts leave."""
        left = self.available[:, :, EQUIPMENT : EQUIPMENT + 1] - self.service_cost * self.service_paid
        return np.maximum(left, 0.0)

    @rule
    def place_machines(self) -> Array:
        """Machines that makers place in the quarter: a share of those wanted."""
        return self.want_machines() * np.minimum(self.rental, 1.0)

    @rule
    def count_rented(self) -> Array:
        """Machines of makers at the quarter's end: those placed before, as far as they still run, and the new ones."""
        still = self.rented * (1.0 - 1.0 / (QUARTERS * self.par["equip.life"]))
        return np.minimum(still + self.placed, self.instruments)

    @rule
    def find_help(self) -> Array:
        """Share of machines wanted and not placed that outside money helps to buy, if the country pays its part."""
        cost = sum_groups((self.want_machines() - self.placed) * self.par["equip.price"])
        own = self.par["fund.cofinance"]
        money = self.financed * (self.population / 1e6) / QUARTERS
        worth = np.minimum(money / (1.0 - own), self.equipment_money() / own)
        return np.minimum(worth / np.maximum(cost, 1e-9), 1.0)

    @rule
    def buy_machines(self) -> Array:
        """Machines bought without help: as many of those still wanted as the rest of the equipment money pays."""
        short = self.want_machines() - self.placed
        cost = sum_groups(short * self.par["equip.price"])
        left = self.equipment_money() - self.par["fund.cofinance"] * self.helped * cost
        alone = 1.0 - self.helped
        return short * alone * np.minimum(np.maximum(left, 0.0) / np.maximum(cost * alone, 1e-9), 1.0)

    @rule
    def money_wanted(self) -> Array:
        """US$ of its own that public services would use in the quarter if nothing else were scarce."""
        return sum_applications((self.wanted_in * self.unit_in + self.wanted_hub * self.unit_hub) * self.unpaid)

    @rule
    def purse_ratio(self) -> Array:
        """Services money at hand over wanted; where nothing is wanted nothing lacks."""
        money, wanted = self.available[:, :, 0:1], self.money_wanted()
        return np.asarray(np.where(wanted > 0, money, 1.0) / np.maximum(wanted, 1e-9))

    @rule
    def scarcity_of_money(self) -> Array:
        """Services money at hand over wanted, as a term of the least of five; infinite where there is none."""
        ratio = self.purse_ratio()
        return np.where(ratio > 0, scarcity(ratio, self.par["deliver.site_shape"], least=1e-40), np.inf)

    @rule
    def scarcity_of_staff(self) -> Array:
        """Minutes at hand over wanted, by cadre."""
        return scarcity(self.minutes / np.maximum(self.minutes_wanted(), 1e-9), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_machines(self) -> Array:
        """Machine hours at hand over wanted, by platform."""
        return scarcity(self.open_for_hours() / np.maximum(self.hours_needed, 1e-9), self.par["deliver.site_shape"])

    @rule
    def scarcity_of_supplies(self) -> Array:
        """Months of reagents in stock over months to delivery, as far as they arrive."""
        months = self.par["dist.buffer_months"] / self.lead_time()
        return scarcity(months * self.arriving, self.par["deliver.site_shape"])

    @rule
    def short_of_counsel(self) -> Array:
        """The scarcest of the cadres that must be at home whoever does the test."""
        return scarcest(self.scarce_staff[:, :, AWAY], self.par["app.uses_cadre"][:, :, AWAY])

    @rule
    def short_of_staff(self) -> Array:
        """The scarcest cadre among those an application uses."""
        bench = scarcest(self.scarce_staff[:, :, BENCH], self.par["app.uses_cadre"][:, :, BENCH])
        return np.maximum(bench, self.short_counsel)

    @rule
    def short_of_machines(self) -> Array:
        """Scarcity of the platform an application runs on; 0 for none."""
        return scarcest(self.scarce_machine, self.par["app.uses_platform"])

    @rule
    def deliver_in_country(self) -> Array:
        """Tests in own laboratories: expected least of demanded, funded, staffed, equipped and supplied."""
        others = self.scarce_money + self.scarce_supply + self.short_staff + self.short_machine
        return least_of(others, self.par["deliver.site_shape"]) * self.wanted_in

    @rule
    def deliver_by_hub(self) -> Array:
        """Tests sent out: demanded, funded, counselled at home, within the hub's capacity."""
        others = self.scarce_money + self.short_counsel + self.scarce_hub
        return least_of(others, self.par["deliver.site_shape"]) * self.wanted_hub

    @rule
    def deliver_privately(self) -> Array:
        """Tests paid by households: demanded, counselled, supplied."""
        return least_of(self.short_counsel + self.scarce_supply, self.par["deliver.site_shape"]) * self.wanted_private

    @rule
    def find_binding(self) -> Array:
        """Index in CONSTRAINTS of the input with the largest share x_i^-k / sum; demand where none is scarcer."""
        money, supply, staff, machine = self.scarce_money, self.scarce_supply, self.short_staff, self.short_machine
        lab = np.maximum(staff, machine)
        outside = np.maximum(money, supply)
        inside = (lab > outside) & (lab > 1.0)
        other = (outside >= lab) & (outside > 1.0)
        by_machine, by_supply = inside & (machine > staff), other & (supply > money)
        code = np.add(inside, inside, dtype=np.int8) + by_machine + other + by_supply * np.int8(3)
        return code.astype(float)

    @rule
    def hours_of_machines(self) -> Array:
        """Machine hours used in the quarter, by platform."""
        return by_platform(self.tests_in * self.par["app.hours"], self.par["app.uses_platform"])

    @rule
    def spend_on_services(self) -> Array:
        """US$ of public money spent on tests in the quarter, that of investments included."""
        return sum_applications(self.tests_in * self.unit_in + self.tests_hub * self.unit_hub)

    @rule
    def age_tested_public(self) -> Array:
        """People alive and tested by public money, for tests once in life."""
        tested = as_wide_as(np.zeros(self.tested_public.shape), self.tests_in, self.tests_hub)
        for one in once_in_life(self.par["app.once"]):
            new = self.tests_in[:, one] + self.tests_hub[:, one]
            tested[:, one] = self.tested_public[:, one] * self.par["app.still_counts"][:, one] + new
        return tested

    @rule
    def age_tested_private(self) -> Array:
        """The same, at their own cost."""
        tested = as_wide_as(np.zeros(self.tested_private.shape), self.tests_private)
        for one in once_in_life(self.par["app.once"]):
            kept = self.tested_private[:, one] * self.par["app.still_counts"][:, one]
            tested[:, one] = kept + self.tests_private[:, one]
        return tested

    @rule
    def weigh_fifths(self) -> Array:
        """Relative chance of each fifth to be reached by public services, mean 1: the gradient, or what is left of it.

        Beyond the whole of it services lean to the poorer.
        """
        leaning: Array = self.fifth_weight ** (1.0 - self.poor_first)
        return np.asarray(leaning / (sum_groups(leaning) / sum_groups(self.fifth_weight)))

    @rule
    def reach_out(self) -> Array:
        """Cost of local work for the people reached over that for the middle: the poorest fifth costs more."""
        poorest: Array = self.public_weight[:, :, :1] / self.public_weight.shape[2]
        return np.asarray(1.0 + (self.par["who.poorest_cost"] - 1.0) * poorest)

    @rule
    def coverage(self) -> Array:
        """Share of eligible people reached by any channel: tests over the yearly flow, or tested over the stock."""
        reached = (self.tests_in + self.tests_hub + self.tests_private) * self.par["app.per_test_a_year"]
        reached = as_wide_as(reached, self.tested_public, self.tested_private, self.eligible, self.ceiling)
        for one in once_in_life(self.par["app.once"]):
            tested = self.tested_public[:, one] + self.tested_private[:, one]
            reached[:, one] += tested * self.par["app.per_tested"][:, one]
        return np.minimum(reached / self.eligible, self.ceiling)

    @rule
    def coverage_by_fifth(self) -> Array:
        """Coverage of each wealth fifth, (world, application, 5, row): the national total split, conserved."""
        per_test, per_tested = self.par["app.per_test_a_year"], self.par["app.per_tested"]
        public = (self.tests_in + self.tests_hub) * per_test + self.tested_public * per_tested
        paid = self.tests_private * per_test + self.tested_private * per_tested
        private = paid / np.maximum(self.willing, 1e-9)
        covered, fifths = self.coverage(), self.fifth_cap.shape[2]
        whole = public * sum_groups(self.public_weight) + private * sum_groups(self.private_fifths)
        scale = covered * fifths / np.maximum(whole, 1e-300)
        level = scale * public * self.public_weight + scale * private * self.private_fifths
        return filled_fifths(covered, level, self.fifth_cap)
