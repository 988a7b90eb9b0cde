"""Recorder: what is kept of a run, quarter by quarter, without keeping the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from adoptsim.equity import band_weights
from adoptsim.inputs.names import CADRES, INCOMES, QUINTILES, REGIONS
from adoptsim.model.columns import Array, Rows
from adoptsim.model.couplings import Links, everyone, total
from adoptsim.model.equations import QUARTERS, sum_applications, sum_groups

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

POOR, RICH = 0.4, 0.2  # the headline pair: poorest 40 % and richest 20 % of people on earth
GENETICS = CADRES.index("genetics")
BANDS = ("poorest 40 %", "richest 20 %")


def need_weights(c: Rows) -> Array:
    """Local burden weights of applications at the start, (world, application, 1, row), summing to 1 over applications.

    Eligible people x prevalence x DALYs per untreated case; equal weights where a country has no burden at all.
    """
    burden = c.eligible * c.prevalence * c.par["app.burden"]
    whole = sum_applications(burden)
    return np.where(whole > 0, burden / np.maximum(whole, 1e-300), 1.0 / burden.shape[1])


class Recorder:
    """Sums over quarters for means, yearly series by group, and the state at the horizon.

    ``series[name]`` is (year, world, group); ``now[name]`` is (world,) for the quarter just recorded and ``sums[name]``
    its sum over all quarters; ``by_country[name]`` is (world, row) at the last quarter recorded.
    """

    def __init__(self, m: AdoptionModel) -> None:
        c, n = m.countries, len(m.inputs)
        self.weight = need_weights(c)
        self.equal = np.full((1, self.weight.shape[1], 1, 1), 1.0 / self.weight.shape[1])
        self.start_year, self.years = m.scenario.start_year, list[int]()
        self.now: dict[str, Array] = {}
        self.sums: dict[str, Array] = {}
        self.count = 0
        self.by_country: dict[str, Array] = {}
        self.series: dict[str, list[Array]] = {}
        income, region = np.array(m.inputs.income), np.array(m.inputs.region)
        present = [r for r in REGIONS if r in region] + sorted(set(m.inputs.region) - set(REGIONS))
        self.incomes = Links(np.array([INCOMES.index(i) for i in income]), len(INCOMES))
        self.regions = Links(np.array([present.index(r) for r in region]), len(present))
        self.groups = (
            ("world", "all"),
            *(("income", i) for i in INCOMES),
            *(("region", r) for r in present),
            *(("fifth", q) for q in QUINTILES),
            *(("people", b) for b in BANDS),
        )
        self.rows = n
        self.poor: Array = np.zeros(())
        self.rich: Array = np.zeros(())

    def quarter(self, m: AdoptionModel) -> None:
        """Record the quarter that has just been simulated."""
        c = m.countries
        if m.quarter % QUARTERS == 0:
            self._rank_people(c)
        useful = c.useful()
        fifths = c.coverage_by_fifth()
        access = self._access(useful * self.weight, fifths)
        self._scalars(m, access, useful, fifths)
        last = m.quarter + 1 == m.scenario.quarters
        if (m.quarter + 1) % QUARTERS == 0 or last:
            self.years.append(self.start_year + -(-(m.quarter + 1) // QUARTERS))
            self._yearly(m, access)

    def _rank_people(self, c: Rows) -> None:
        """People ranked by the mean income of their country quintile, anew each year; (world, 1, 5, row) weights."""
        income = c.gdp_ppp * c.income_share * len(QUINTILES)
        shape = income.shape
        people = np.broadcast_to(c.population / len(QUINTILES), shape)
        flat = people.reshape(shape[0], -1), income.reshape(shape[0], -1)
        self.poor = band_weights(*flat, 0.0, POOR).reshape(shape)
        self.rich = band_weights(*flat, 1.0 - RICH, 1.0).reshape(shape)
        whole = everyone(c.population)
        self.people_share = c.population / whole
        self.income_people = total(c.population, self.incomes)

    @staticmethod
    def _access(weighted: Array, fifths: Array) -> Array:
        """Need-weighted useful access of each country fifth, (world, 1, 5, row)."""
        out = weighted[:, 0:1] * fifths[:, 0:1]
        for a in range(1, fifths.shape[1]):
            out = out + weighted[:, a : a + 1] * fifths[:, a : a + 1]
        return out

    def _scalars(self, m: AdoptionModel, access: Array, useful: Array, fifths: Array) -> None:
        c = m.countries
        tests = c.tests_in + c.tests_hub + c.tests_private
        results = tests * useful * c.prevalence
        dalys = sum_applications(results * m.par["app.dalys"])
        care = sum_applications(tests * c.care_per_test())
        public = sum_groups(c.spent)
        poor, rich = self._band(access, self.poor), self._band(access, self.rich)
        self.mean_access = sum_groups(access) / len(QUINTILES)
        by_income = total(self.mean_access * c.population, self.incomes) / np.maximum(self.income_people, 1e-12)
        equal = self._access(useful * self.equal, fifths)
        poor_equal, rich_equal = self._band(equal, self.poor), self._band(equal, self.rich)
        year = QUARTERS
        self.flows = {"people_reached": sum_applications(tests) * year, "cost.public": public * year}
        self.now = {
            "useful_access.p40": poor,
            "useful_access.gap": rich - poor,
            "useful_access.r20": rich,
            "useful_access.hic_lic": (by_income[..., 3:4] - by_income[..., 0:1])[:, 0, 0, 0],
            "useful_access.lic": by_income[:, 0, 0, 0],
            "useful_access.world": _all(self.mean_access * self.people_share),
            "useful_access.p40_equal_weights": poor_equal,
            "useful_access.gap_equal_weights": rich_equal - poor_equal,
            "people_reached": _all(self.flows["people_reached"]),
            "dalys_averted": _all(dalys) * year,
            "net_health": _all(dalys - (public + care) / c.threshold) * year,
            "uncertain_results": _all(sum_applications(tests * c.uncertain)) * year,
            "false_positives": _all(sum_applications(tests * (1 - c.prevalence) * m.par["app.false_positive"])) * year,
            "cost.public": _all(self.flows["cost.public"]),
            "cost.care": _all(care) * year,
            "cost.household": _all(c.household_payment()) * year,
            "cost.lever": _all(np.broadcast_to(m.lever_cost, (m.worlds_count, 1, 1, m.lever_cost.shape[3]))) * year,
            "lever.unabsorbed": np.broadcast_to(m.board.unabsorbed[:, 0, 0, 0], (m.worlds_count,)),
            "money.granted": _all(sum_groups(c.granted)) * year,
            "money.displaced": _all(sum_groups(c.displaced)) * year,
            "money.duplicated": _all(sum_groups(c.duplicated)) * year,
            "money.lapsed": _all(sum_groups(c.lapsed)) * year,
            "counsellors": _all(c.staff[:, :, GENETICS : GENETICS + 1]),
            "national_programmes": _all(sum_applications((c.stage == 2.0) * 1.0)),
            "pool_members": _all(c.pool_member),
        }
        for name, value in self.now.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        self.count += 1

    @staticmethod
    def _band(access: Array, weights: Array) -> Array:
        """Weighted sum over country fifths, (world,)."""
        return _all(sum_groups(access * weights))

    def _yearly(self, m: AdoptionModel, access: Array) -> None:
        c = m.countries
        self._grouped("useful_access", self.mean_access, c.population)
        fifths = everyone(access * self.people_share)[:, 0, :, 0]
        bands = np.stack([self.now["useful_access.p40"], self.now["useful_access.r20"]], axis=1)
        self.series["useful_access"][-1] = np.concatenate([self.series["useful_access"][-1], fifths, bands], axis=1)
        for name, value in (
            ("people_reached", self.flows["people_reached"]),
            ("cost.public", self.flows["cost.public"]),
            ("counsellors", c.staff[:, :, GENETICS : GENETICS + 1]),
            ("national_programmes", sum_applications((c.stage == 2.0) * 1.0)),
        ):
            self._grouped(name, value, None)
            blank = np.full((m.worlds_count, len(QUINTILES) + len(BANDS)), np.nan)
            self.series[name][-1] = np.concatenate([self.series[name][-1], blank], axis=1)
        self.by_country = {
            "useful_access": self.mean_access[:, 0, 0],
            "people_reached": self.flows["people_reached"][:, 0, 0],
            "cost.public": self.flows["cost.public"][:, 0, 0],
            "counsellors_per_million": (c.staff[:, :, GENETICS : GENETICS + 1] / c.population)[:, 0, 0] * 1e6,
            "national_programmes": sum_applications((c.stage == 2.0) * 1.0)[:, 0, 0],
            "landed_ratio": (1.0 + c.transport + c.margin[:, :, :1])[:, 0, 0],
        }

    def _grouped(self, name: str, value: Array, weight: Array | None) -> None:
        """World, income groups and regions: a mean where a weight is given, else a sum."""
        parts = [everyone(value if weight is None else value * weight)]
        parts += [total(value if weight is None else value * weight, links) for links in (self.incomes, self.regions)]
        if weight is not None:
            whole = [everyone(weight), total(weight, self.incomes), total(weight, self.regions)]
            parts = [p / np.maximum(w, 1e-12) for p, w in zip(parts, whole, strict=True)]
        self.series.setdefault(name, []).append(np.concatenate([p[:, 0, 0] for p in parts], axis=1))


def _all(values: Array) -> Array:
    """Sum over rows of a (world, 1, 1, row) array: (world,)."""
    return everyone(values)[:, 0, 0, 0]
