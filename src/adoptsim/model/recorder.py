"""Recorder: what is kept of a run, without keeping the run.

Coverage of every quarter counts for access, which is a weighted sum of it; flows of tests and money are summed over the
quarters of a year. Both become outcomes when the year ends (what a test is worth changes only from year to year). The
split of coverage over wealth fifths is computed when a year ends, and its proportions serve the quarters of the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adoptsim.equity import band_weights, need_weights
from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import CADRES, INCOMES, PLATFORMS, PURPOSES, QUINTILES, REGIONS
from adoptsim.model.accounts import Accounts
from adoptsim.model.by_group import GROUPED, ByGroup
from adoptsim.model.columns import Array, Rows
from adoptsim.model.couplings import Links, everyone, gather, total, world_total
from adoptsim.model.equations import (
    QUARTERS,
    as_wide_as,
    mix_groups,
    side_by_side,
    sum_applications,
    sum_groups,
)
from adoptsim.model.inequality import MEASURED, measured
from adoptsim.model.scenario import KEEP, named

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

POOR, RICH = 0.4, 0.2  # the headline pair: poorest 40 % and richest 20 % of people on earth
GENETICS, SERVICES = CADRES.index("genetics"), PURPOSES.index("services")
BANDS = ("poorest 40 %", "richest 20 %")
MONEY = ("spent", "donated", "granted", "returned", "displaced", "duplicated", "lapsed")
FIFTHS = len(QUINTILES)
ENDS = (0.0, 1.0 - RICH), (POOR, 1.0)  # where the bands begin and end
SPLIT = ("useful_access.gap_between", "useful_access.gap_within")
STOCKS = ("counsellors", "national_programmes", "pool_members")
SERIES = ("useful_access", "people_reached", "cost.public", *STOCKS, *SPLIT)  # and what is asked for
COUNTRY_VALUES = (
    "useful_access", "people_reached", "cost.public", "counsellors_per_million", "national_programmes", "landed_ratio",
)  # fmt: skip
APPLICATION_VALUES = ("stage", "binding")  # of each country and application, "stage.newborn_sickle"
BY_FIFTH = ("coverage", "useful_access")


def regions_of(countries: Countries) -> list[str]:
    """WHO regions that are there in their order, then a user's own by name."""
    return [r for r in REGIONS if r in countries.region] + sorted(set(countries.region) - set(REGIONS))


def groups_of(countries: Countries) -> tuple[tuple[str, str], ...]:
    """Kind and name of the groups of yearly series, in order."""
    return (
        ("world", "all"),
        *(("income", i) for i in INCOMES),
        *(("region", r) for r in regions_of(countries)),
        *(("fifth", q) for q in QUINTILES),
        *(("people", b) for b in BANDS),
    )


class Recorder:
    """Sums for means over the quarters, yearly series by group, and the state at the horizon.

    ``now[name]`` is (world,) at the latest year's end and ``sums[name]`` its sum over quarters, yearly outcomes counted
    once for each quarter of their year; ``series[name]`` is a list over years of (world, group); ``by_country[name]``
    is (world, row) at the latest year's end, ``country_years[name]`` (world, year, row) and ``by_fifth[name]`` (world,
    year, application, fifth, row) of float32; what ``keep`` does not ask for is not computed. ``measures`` names
    those that the scenario asks for, ``by_group`` keeps outcomes of single groups that it asks for, ``accounts`` what
    is paid and done by investments.
    """

    def __init__(self, m: AdoptionModel) -> None:
        c = m.countries
        self.level = KEEP.index(m.keep)
        self.weight = need_weights(c.eligible, c.prevalence, c.par["app.burden"], axis=1)
        self.covered: Array = np.zeros((1, 1, 1, 1))
        self.equal = np.full((1, self.weight.shape[1], 1, 1), 1.0 / self.weight.shape[1])
        self.measures = named(m.question.outcomes, MEASURED)
        self.by_group = ByGroup(named(m.question.outcomes, GROUPED), m.inputs)
        self.accounts = Accounts(m.question.outcomes)
        self.years: list[int] = []
        self.now: dict[str, Array] = {}
        self.sums: dict[str, Array] = {}
        self.count = 0
        self.by_country: dict[str, Array] = {}
        self.series: dict[str, list[Array]] = {}
        self.country_years: dict[str, NDArray[np.float32]] = {}
        self.by_fifth: dict[str, NDArray[np.float32]] = {}
        present = regions_of(m.inputs)
        self.incomes = Links(np.array([INCOMES.index(i) for i in m.inputs.income]), len(INCOMES))
        self.regions = Links(np.array([present.index(r) for r in m.inputs.region]), len(present))
        self.groups = groups_of(m.inputs)
        self.reach: list[Array] = []
        self.all = c.columns["tests_in"].shape  # worlds, applications, 1, countries
        self._clear_year(c)

    def _clear_year(self, c: Rows) -> None:
        self.quarters_of_year = 0
        self.public, self.private = np.zeros(self.all), np.zeros(self.all)
        self.covered_quarters = np.zeros(self.all)  # summed since the last split
        self.paid_before: Array = np.zeros(
            (1, 1, 1, 1)
        )  # by households, at prices that held before a shock in the year
        self.paid_tests: Array = np.zeros((1, 1, 1, 1))  # those that they paid for
        self.money: dict[str, Array] = dict.fromkeys((*MONEY, "forgone"), np.zeros((1, 1, 1, 1)))
        self.lever_cost: Array = np.zeros((1, 1, 1, 1))
        self.unabsorbed: Array = np.zeros((1, 1, 1, 1))
        self.accounts.clear()

    def quarter(self, m: AdoptionModel) -> None:
        """Record the quarter that has just been simulated."""
        c = m.countries
        ends = m.quarter + 1 == m.question.quarters or (m.quarter + 1) % QUARTERS == 0
        if m.quarter % QUARTERS == 0:
            self.useful = c.useful()
            self.valued = self.useful * self.weight
            self._weigh_reach()
            self.price = c.price_private
        elif m.board.jolt:
            self.paid_before, self.paid_tests = self._paid(), self.private.copy()
            self.price = c.price_private
        if m.quarter == 0 or ends:
            if self.quarters_of_year:
                self._close_quarters()
            self._rank_people(c)
            self._split(c)
        self.covered = c.coverage()
        self.covered_quarters += self.covered
        self.count += 1
        self.public += c.tests_in
        self.public += c.tests_hub
        self.private += c.tests_private
        for name in self.money:
            self.money[name] = self.money[name] + sum_groups(c.read(name))
        self.lever_cost = self.lever_cost + m.lever_cost
        self.unabsorbed = self.unabsorbed + m.board.unabsorbed / QUARTERS
        self.accounts.quarter(m)
        self.quarters_of_year += 1
        if ends:
            self._close_quarters()
            self.years.append(m.question.start_year + -(-(m.quarter + 1) // QUARTERS))
            self._year(m)
            self._clear_year(c)

    @property
    def asked(self) -> tuple[str, ...]:
        """Outcomes that are only kept where a scenario lists them."""
        return (*self.measures, *self.by_group.asked, *self.accounts.asked)

    def _wants(self, keep: str) -> bool:
        return self.level >= KEEP.index(keep)

    def _paid(self) -> Array:
        """US$ paid by households since the year began, (world, 1, 1, row)."""
        return self.paid_before + sum_applications((self.private - self.paid_tests) * self.price)

    # access, every quarter

    def _rank_people(self, c: Rows) -> None:
        """People ranked by the mean income of their country fifth, anew each year; weights (world, 1, 5, row)."""
        income, people = np.broadcast_arrays(c.gdp_ppp * c.income_share * FIFTHS, c.population / FIFTHS)
        shape = income.shape
        self.cells = people.reshape(shape[0], -1), income.reshape(shape[0], -1)
        self.bands = [band.reshape(shape) for band in band_weights(*self.cells, *ENDS)]
        self.by_group.rank_people(people, income, ENDS)
        self.lean = sum_groups(self.bands[1]) - sum_groups(self.bands[0])
        self.people_share = c.population / everyone(c.population)
        of_income = total(c.population, self.incomes)
        self.share_of_income = c.population / gather(of_income, self.incomes)  # of the people of its group
        self.nobody = np.where(of_income > 0, 0.0, np.nan)  # a group that nobody belongs to has no mean

    def _split(self, c: Rows) -> None:
        """The fifths of coverage, and what a unit of a country's coverage adds to the access of each band of people."""
        self.fifths = c.coverage_by_fifth()
        mean = np.maximum(sum_groups(self.fifths) / FIFTHS, 1e-300)
        self.reach = [mix_groups(self.fifths, band) / mean for band in self.bands]
        self.by_group.split(self.fifths, mean)
        self._weigh_reach()

    def _weigh_reach(self) -> None:
        values = self.valued, self.useful * self.equal
        self.adds = [value * reach for value in values for reach in self.reach]
        self.by_group.weigh(self.valued)

    @property
    def access(self) -> Array:
        """Useful access in the quarter that was recorded last, (world, 1, 1, row)."""
        return sum_applications(self.covered * self.valued)

    def _close_quarters(self) -> None:
        """Count the access of the quarters since the last split of coverage, together: it is linear in coverage."""
        covered = self.covered_quarters
        self.covered_quarters = np.zeros(covered.shape)
        poor, rich, poor_equal, rich_equal = (world_total(covered * adds) for adds in self.adds)
        access = sum_applications(covered * self.valued)
        by_income = total(access * self.share_of_income, self.incomes) + self.nobody
        lic, hic = by_income[:, 0, 0, 0], by_income[:, 0, 0, 3]
        between = world_total(access * self.lean)  # the gap if everybody had the mean of their country
        self._keep(
            {
                "useful_access.p40": poor,
                "useful_access.gap": rich - poor,
                "useful_access.r20": rich,
                "useful_access.hic_lic": hic - lic,
                "useful_access.lic": lic,
                "useful_access.world": world_total(access * self.people_share),
                "useful_access.p40_equal_weights": poor_equal,
                "useful_access.gap_equal_weights": rich_equal - poor_equal,
                **dict(zip(SPLIT, (between, rich - poor - between), strict=True)),
                **self.by_group.access(covered, access),
            },
            1,
        )

    def _keep(self, values: dict[str, Array], quarters: int) -> None:
        for name, value in values.items():
            self.now[name] = value
            self.sums[name] = self.sums.get(name, 0.0) + value * quarters

    # flows and stocks, when a year ends

    def _year(self, m: AdoptionModel) -> None:
        c, tests = m.countries, self.public + self.private
        yearly = QUARTERS / self.quarters_of_year
        dalys = sum_applications(tests * c.value_of_result())
        care = sum_applications(tests * c.care_per_test())
        spent = self.money["spent"] + self.accounts.public
        reached = sum_applications(tests)
        false = tests * (1.0 - c.prevalence) * m.par["app.false_positive"]
        counsellors, programmes = c.staff[:, :, GENETICS : GENETICS + 1], sum_applications((c.stage == 2.0) * 1.0)
        width = (m.worlds_count,)
        flows = {
            "people_reached": reached,
            "useful_results": sum_applications(tests * self.useful),
            "dalys_averted": dalys,
            "net_health": dalys - care / c.threshold - self.money["forgone"] - self.accounts.forgone(c),
            "uncertain_results": sum_applications(tests * c.uncertain),
            "false_positives": sum_applications(false),
            "cost.public": spent,
            "cost.care": care,
            "cost.household": self._paid(),
            "cost.lever": np.broadcast_to(self.lever_cost, (*width, 1, 1, self.lever_cost.shape[3])),
            **{f"money.{name}": self.money[name] for name in MONEY[1:]},
            **self.accounts.flows(c, tests, dalys, spent + care),
        }
        stocks = dict(zip(STOCKS, (counsellors, programmes, c.pool_member), strict=True))
        values = {name: world_total(value) * yearly for name, value in flows.items()}
        values |= {name: world_total(value) for name, value in stocks.items()}
        values["data_incidents"] = world_total(c.incident)
        values |= self._strains(c)
        values["lever.unabsorbed"] = np.broadcast_to(self.unabsorbed[:, 0, 0, 0] * yearly, width)
        values |= self._inequality() if self.measures else {}
        values |= self.by_group.flows(flows, yearly)
        self._keep(values, self.quarters_of_year)
        sums = {"people_reached": reached * yearly, "cost.public": spent * yearly, **stocks}
        self._tables(m, sums | {name: flows[name] * yearly for name in self.accounts.yearly})

    def _tables(self, m: AdoptionModel, sums: dict[str, Array]) -> None:
        """What is kept besides outcomes, as far as it is asked for."""
        if self._wants("groups"):
            self._series(m.countries, sums)
            self._countries(m, sums)
        if self._wants("countries"):
            self._add(m, self.country_years, self.by_country)
        if self._wants("trajectories"):
            self._add(m, self.by_fifth, dict(zip(BY_FIFTH, (self.fifths, self.fifths * self.useful), strict=True)))

    def _countries(self, m: AdoptionModel, sums: dict[str, Array]) -> None:
        """Values of each country at the year's end."""
        c, (reached, spent, counsellors, programmes, *_) = m.countries, sums.values()
        each, landed = counsellors / c.population * 1e6, 1.0 + c.transport + c.margin[:, :, :1]
        values = [as_wide_as(v, self.covered_quarters) for v in (self.access, reached, spent, each, programmes, landed)]
        self.by_country = {n: v[:, 0, 0] for n, v in zip(COUNTRY_VALUES, values, strict=True)}
        for name, value in zip(APPLICATION_VALUES, (c.stage, c.find_binding()), strict=True):
            column = as_wide_as(value, self.covered_quarters)
            self.by_country |= {f"{name}.{a}": column[:, i, 0] for i, a in enumerate(m.application_ids)}

    def _add(self, m: AdoptionModel, kept: dict[str, NDArray[np.float32]], values: dict[str, Array]) -> None:
        """Enter the values of the year that ends."""
        years = -(-m.question.quarters // QUARTERS)
        for name, value in values.items():
            if name not in kept:
                kept[name] = np.empty((m.worlds_count, years, *value.shape[1:]), dtype=np.float32)
            kept[name][:, len(self.years) - 1] = value

    def _inequality(self) -> dict[str, Array]:
        """The measures that the scenario asks for, of useful access over all fifths."""
        access = as_wide_as(sum_applications(self.fifths * self.valued), self.covered_quarters)
        return measured(self.measures, access.reshape(len(access), -1), *self.cells)

    @staticmethod
    def _strains(c: Rows) -> dict[str, Array]:
        """How hard inputs bind in the last quarter: what is delivered, used, left over; the joint hazard ratio."""
        money, services = c.spent[:, :, SERVICES : SERVICES + 1], c.available[:, :, SERVICES : SERVICES + 1]
        wanted, tests = c.wanted_in + c.wanted_hub, c.tests_in + c.tests_hub
        open_hours = c.instruments * c.par["equip.hours_per_quarter"]
        use = everyone(c.hours_of_machines()) / np.maximum(everyone(open_hours), 1e-12)
        ratio = everyone(sum_applications(np.exp(c.modifier))) / (c.modifier.shape[1] * c.modifier.shape[3])
        return {
            "delivered_share": world_total(tests) / np.maximum(world_total(wanted), 1e-12),
            "services_money_used": world_total(money) / np.maximum(world_total(services), 1e-12),
            **{f"machine_use.{name}": use[:, 0, p, 0] for p, name in enumerate(PLATFORMS)},
            "hazard_ratio": ratio[:, 0, 0, 0],
        }

    def _series(self, c: Rows, sums: dict[str, Array]) -> None:
        """World, income groups, regions: means over people for access (fifths and bands too), sums for the rest."""
        whole = everyone(c.population), total(c.population, self.incomes), total(c.population, self.regions)
        access = as_wide_as(self.access * c.population, self.covered_quarters)
        parts = [_per_head(p, w) for p, w in zip(self._grouped(access), whole, strict=True)]
        fifths = np.zeros(())
        for a in range(self.fifths.shape[1]):
            fifths = fifths + everyone(self.fifths[:, a : a + 1] * self.valued[:, a : a + 1] * self.people_share)
        bands = np.stack([self.now["useful_access.p40"], self.now["useful_access.r20"]], axis=1)
        rows = side_by_side([*(p[:, 0, 0] for p in parts), fifths[:, 0, :, 0], bands], axis=1)
        self.series.setdefault("useful_access", []).append(rows)
        blank = np.full((len(rows), FIFTHS + len(BANDS)), np.nan)
        for name, value in sums.items():
            found = side_by_side([*(p[:, 0, 0] for p in self._grouped(value)), blank], axis=1)
            self.series.setdefault(name, []).append(found)
        places = dict.fromkeys((*SPLIT, *self.measures), 0)  # all the world
        of_groups = self.by_group.asked.items()
        places |= {name: self.groups.index(of[1:]) for name, of in of_groups if name not in self.by_group.empty}
        for name in (*SPLIT, *self.measures, *self.by_group.asked):
            alone = np.full(rows.shape, np.nan)
            if name in places:
                alone[:, places[name]] = self.now[name]
            self.series.setdefault(name, []).append(alone)

    def _grouped(self, value: Array) -> list[Array]:
        return [everyone(value), total(value, self.incomes), total(value, self.regions)]


def _per_head(sums: Array, people: Array) -> Array:
    """Means over people, NaN for a group that nobody belongs to."""
    out: Array = np.divide(sums, people, out=np.full(sums.shape, np.nan), where=people > 0)
    return out
