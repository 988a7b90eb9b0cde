"""Country, part 2: capacity. Staff by cadre, instruments, reagents, and the pool a country may buy through."""

from __future__ import annotations

import numpy as np

from adoptsim.inputs.names import CADRES, PURPOSES, SOURCES
from adoptsim.model.columns import Array, Kind, Quantity, State, rule
from adoptsim.model.equations import QUARTERS, emigration_rate, side_by_side, sum_applications, sum_groups

GENETICS, GENERAL = CADRES.index("genetics"), CADRES.index("general")
BENCH = slice(0, GENETICS)  # cadres of the laboratory itself
AWAY = slice(GENETICS, GENERAL + 1)  # cadres that are needed at home whoever does the test
EQUIPMENT = PURPOSES.index("equipment")
SPECIALISTS: Array = np.array([cadre != "general" for cadre in CADRES], dtype=float)[None, None, :, None]


class Workforce(Kind):
    """Staff by cadre: trained, lost, shared."""

    staff = State("cadre", unit="persons working at home for genomic services")
    abroad_share = State(unit="share of its trained who live abroad")
    minutes_hired = State("cadre", unit="minutes a quarter that staff are there for genomic services")
    minutes = State("cadre", unit="minutes a quarter that staff can work on genomic services")
    start_staff = State("cadre", unit="persons at the start")
    start_population = State(unit="persons living in the country at the start", worlds=False)
    seat_expansion = Quantity(unit="factor on seats of programmes hosted here", combine="scale")
    supervision = Quantity(unit="factor on what supervisors can hold", combine="scale")
    task_sharing = Quantity(unit="share of counselling that trained general staff may take over, added", combine="add")
    leaving = Quantity(unit="factor on voluntary attrition of specialists", combine="scale")
    emigrating = Quantity(unit="factor on emigration of specialists to richer countries", combine="scale")
    laboratory_time = Quantity(unit="share of laboratory staff and machines left to genomic services", combine="scale")

    @rule
    def keep(self) -> Array:
        """Staff after the year's voluntary attrition; schemes to keep people are for all but general staff."""
        leaving: Array = 1.0 + (self.leaving - 1.0) * SPECIALISTS
        return self.staff * (1.0 - self.par["work.attrition"] * leaving)

    @rule
    def recruit(self) -> Array:
        """Entry from ordinary schools: it replaces a share of what a stock grown with population would lose."""
        grown = self.start_staff * (self.population / self.start_population)
        return grown * self.par["work.routine_entry"] * (self.par["work.attrition"] + self.emigration())

    @rule
    def emigrate(self) -> Array:
        """Persons who would leave for richer countries in the year."""
        going: Array = 1.0 + (self.emigrating - 1.0) * SPECIALISTS
        return self.staff * self.emigration() * going

    @rule
    def emigration(self) -> Array:
        """Yearly share that would leave for richer countries if nobody tried to keep them."""
        abroad = np.minimum(self.abroad_share * self.par["work.emigration_factor"], self.par["work.emigration_cap"])
        return emigration_rate(abroad, self.par["work.exit_rate_abroad"])

    @rule
    def working_minutes(self) -> Array:
        """Minutes a quarter by cadre. Counsellors see new patients in a part of it; geneticists and others help."""
        minutes = self.staff * self.par["work.minutes_per_quarter"]
        share = np.minimum(self.par["work.task_sharing_now"] + self.task_sharing, 1.0)
        lift = self.par["work.counselling_time"] * (1.0 + self.par["work.geneticists"])
        lift = lift * (1.0 + (self.par["work.task_shift_factor"] - 1.0) * share)
        genetics = np.zeros((1, 1, len(CADRES), 1))
        genetics[:, :, GENETICS] = 1.0
        return minutes * (1.0 + (lift - 1.0) * genetics)

    @rule
    def minutes_left(self) -> Array:
        """Minutes a quarter by cadre that can be worked: an epidemic takes staff of the laboratory, not counsellors."""
        return side_by_side([self.minutes_hired[:, :, BENCH] * self.laboratory_time, self.minutes_hired[:, :, AWAY]], 2)


class Laboratory(Workforce):
    """Instruments, their uptime, and the supply of reagents."""

    instruments = State("platform", unit="machines of genomic services")
    lent = State("platform", unit="machines among them that surveillance and research lend, renew and service")
    rented = State("platform", unit="machines among them that makers have placed")
    service_cost = State(unit="US$ of service contracts on all machines in the quarter")
    service_paid = State(unit="share of service contracts paid", start=1.0)
    sellers = State(unit="distributors present", start=1.0)
    choke = State(unit="reservation price over unit cost of laboratory goods, less 1")
    exclusive_margin = State(unit="margin over ex-works price, single-source goods")
    transport = State(unit="freight and duty over ex-works price")
    kit_factor = State(
        "application", unit="factor on the landed price from kits made at home and rented machines", start=1.0
    )
    margin = State("source", unit="distributor margin over ex-works price")
    lab_market = State(unit="US$ a year of all laboratory goods at cost")

    pool_share = Quantity("application", unit="share of a member's volume that an open pool may buy", combine="add")
    arriving = Quantity("application", unit="share of the consumables on order that arrives", combine="scale")
    makers_price = Quantity("application", unit="factor on what makers ask of the country", combine="scale")
    reluctance = Quantity(unit="factor on the barrier to joining a pool", combine="scale")
    direct = Quantity(unit="share of consumables bought from makers without a distributor, added", combine="add")
    broken_factor = Quantity(unit="factor on the share of machines out of service", combine="scale")
    rental = Quantity(unit="share of machines wanted that makers place against dearer reagents, added", combine="add")
    local_kits = Quantity("application", unit="share of kits that makers at home could supply, added", combine="add")
    capped = State("application", unit="share of the cut under makers' ceilings, on all its consumables")
    pooled = State("application", unit="share of volume bought through a pool, agreed for the year")
    pool_member = State(unit="1 while a member of an open pool")
    pool_barrier = State(unit="expected saving below which the country stays out, share of spend")
    pool_draw = State(unit="uniform of the year", start=1.0)

    @rule
    def service_due(self) -> Array:
        """US$ a quarter of service contracts on all machines but those lent."""
        value = sum_groups((self.instruments - self.lent) * self.par["equip.price"])
        return value * self.par["equip.service_fraction"] / QUARTERS

    @rule
    def pay_service(self) -> Array:
        """Share of service contracts that domestic equipment money pays, before machines; donors pay machines alone."""
        domestic = (self.domestic - self.displaced)[:, :, EQUIPMENT : EQUIPMENT + 1]
        money = np.minimum(domestic, self.available[:, :, EQUIPMENT : EQUIPMENT + 1])
        return np.minimum(money / np.maximum(self.service_cost, 1e-9), 1.0)

    @rule
    def in_service(self) -> Array:
        """Share of machines that work: the share out of service falls with service contracts."""
        best, worst = self.par["dist.out_of_service_best"], self.par["dist.out_of_service"]
        broken = best + (worst - best) * self.weakness
        served = self.service_paid * (self.sellers > 0) * (self.par["dist.service_effect"] * self.served_share())
        return 1.0 - broken * self.broken_factor * (1.0 - served)

    @rule
    def open_for_hours(self) -> Array:
        """Machine hours available in the quarter, by platform; an epidemic takes its share of what works."""
        return self.instruments * (self.in_service() * self.laboratory_time) * self.par["equip.hours_per_quarter"]

    @rule
    def served_share(self) -> Array:
        """Share of a distributor's service that is left when a part of the goods is bought past it."""
        return 1.0 - np.minimum(self.direct, 1.0) * self.par["dist.service_lost"]

    @rule
    def buy_together(self) -> Array:
        """Share of its volume that a member buys through the pool in the year."""
        return self.pool_member * self.pool_share

    @rule
    def lead_time(self) -> Array:
        """Months from order to delivery; a pool changes it by a factor of uncertain sign on the volume it buys."""
        best, worst = self.par["dist.lead_time_best"], self.par["dist.lead_time"]
        pooled = self.pooled * (self.par["pool.lead_time_multiplier"] - 1.0)
        return (best + (worst - best) * self.weakness) * (1.0 + pooled)

    @rule
    def pool_discount(self) -> Array:
        """Cut in landed price on what the pool buys, by application, before its fee. Landed level, once."""
        single = self.par["app.single_source"]
        return single * self.par["lever.pooled_discount_sequencing"] + (1.0 - single) * self.par["pool.discount_multi"]

    @rule
    def landed(self) -> Array:
        """US$ per test of consumables at the laboratory door: maker, freight, duty, distributor, pool and its fee.

        What is bought directly saves at most the distributor's margin; kits made at home and rented machines change the
        price of what is bought.
        """
        margin = np.zeros(())
        for s, source in enumerate(SOURCES):
            margin = margin + self.par[f"app.{source}_source"] * self.margin[:, :, s : s + 1]
        pooled = self.pooled * (self.pool_discount() - self.par["pool.fee"])
        whole = 1.0 + self.transport + margin
        saved = np.minimum(self.par["lever.direct_supply_markup_cut"], margin / whole)
        direct = np.minimum(self.direct, 1.0) * (1.0 - self.pooled) * saved
        asked = self.makers_price * (1.0 - self.capped * self.par["lever.negotiated_access_cut"])
        return self.exworks * asked * whole * (1.0 - pooled - direct) * self.kit_factor

    @rule
    def price_to_others(self) -> Array:
        """US$ per test of consumables at the door of a laboratory that has no part in makers' agreements."""
        return self.consumables / (1.0 - self.capped * self.par["lever.negotiated_access_cut"])

    @rule
    def change_kits(self) -> Array:
        """Factor on the landed price: cheaper kits made at home where institutions carry it, dearer rented reagents."""
        home = self.par["app.multi_source"] * np.minimum(self.local_kits, 1.0) * (1.0 - self.weakness)
        rented = sum_groups(self.par["app.uses_platform"] * (self.rented / np.maximum(self.instruments, 1e-12)))
        return (1.0 - home * self.par["lever.local_kit_cut"]) * (1.0 + rented * self.par["lever.rental_premium"])

    @rule
    def join_pool(self) -> Array:
        """Join when the expected net saving beats the barrier, in time; leave when there is nothing to save."""
        saving = self.pool_share * (self.pool_discount() - self.par["pool.fee"])
        spend = self.tests_in * self.consumables + 1e-9 * self.eligible  # weights: where it buys, else where it might
        expected = sum_applications(saving * spend) / sum_applications(spend)
        joins = (expected > self.pool_barrier * self.reluctance) & (self.pool_draw < self.par["pool.joining_rate"])
        stays = (self.pool_member > 0) & (expected > 0)
        return np.asarray(joins | stays, dtype=float)
