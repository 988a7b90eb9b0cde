"""The account of investments: paired differences from the reference, in the same worlds, over the whole run.

Costs per DALY are ratios of means over worlds, with a bootstrap interval; never means of ratios. All that an investment
sets off counts: also what it takes from other programmes by its need of staff, and what is spent less on what it
replaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.compare.headline import FEWEST, PROBABLY, PROBABLY_NOT
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.opened import StoredResult
from adoptsim.inputs.applications import Application, load_applications
from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.names import CADRES, CONSTRAINTS, PLATFORMS
from adoptsim.inputs.parameters import load_registry
from adoptsim.model.accounts import OF_INVESTMENTS
from adoptsim.model.push import aim
from adoptsim.model.scenario import QUARTERS_A_YEAR, Investment, Scenario, where

__all__ = ["Case", "budget_table", "cases_of", "has_investments", "investment_table"]

Array = NDArray[np.float64]
INTERVAL = (0.05, 0.95)
RESAMPLES, SEED = 2_000, 1
DISCOUNT = 0.03  # a year, as DALYs per case are discounted in the data (out.scd_daly_per_treated_case)
FIVE, TEN = 5, 10  # years of a budget impact
NOT_COUNTED, NO_GAIN, SAVES = "DALYs not counted", "no gain found", "saves money"
WORTH, WORTHLESS = "worth it", "not worth it"
YEARLY = {
    "outside": "invested.outside",
    "treasuries": "invested.domestic",
    "all_public": "cost.public",
    "care": "cost.care",
    "households": "cost.household",
    "tests": "people_reached",
    "programme_tests": "invested.tests",
    "programme_tests_wanted": "invested.wanted",
    "dalys_averted": "dalys_averted",
}


@dataclass(frozen=True)
class Case:
    """One scenario with investments beside the reference: changes of outcomes by world."""

    scenario: Scenario
    stored: StoredResult

    @property
    def plans(self) -> tuple[Investment, ...]:
        """Its investments."""
        return self.scenario.investments

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """Those that it invests in."""
        known = {a.id: a for a in load_applications(self.scenario.applications)}
        return tuple(known[name] for name in dict.fromkeys(plan.application for plan in self.plans) if name in known)

    @property
    def where(self) -> str:
        """Its targets in words, "everywhere" if there are none."""
        return "; ".join(dict.fromkeys(where(plan) for plan in self.plans))

    @cached_property
    def aimed(self) -> NDArray[np.bool_]:
        """Whether each country is aimed at, in the order of its codes."""
        countries = load_countries(self.scenario.countries, self.scenario.start_year)
        one = [aim(plan, countries, plan.applications)[0, 0, 0] > 0 for plan in self.plans]
        return np.asarray(np.logical_or.reduce(one))

    @property
    def people(self) -> float:
        """People living in its targets when the run begins."""
        countries = load_countries(self.scenario.countries, self.scenario.start_year)
        return float(countries.values["population"][self.aimed].sum())

    @property
    def years(self) -> float:
        """Years of the run."""
        return self.scenario.quarters / QUARTERS_A_YEAR

    @cached_property
    def worlds(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Outcomes of it and of the reference in the worlds that are done in both."""
        rows = self.stored.outcomes
        done = rows[rows["status"] == "done"].set_index("world")
        here, base = (done[done["scenario"] == name] for name in (self.scenario.name, self.stored.scenario.name))
        both = here.index.intersection(base.index)
        return here.loc[both], base.loc[both]

    def change(self, outcome: str) -> Array:
        """Change of an outcome by world, summed over the run where it is a mean of it."""
        here, base = self.worlds
        times = self.years if outcome.endswith(".mean") else 1.0
        return np.asarray(here[outcome].to_numpy(np.float64) - base[outcome].to_numpy(np.float64)) * times

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """Mean changes by calendar year, a column per outcome of ``YEARLY``; empty where no series are kept."""
        if "changes" not in self.stored.tables:
            return pd.DataFrame()
        rows = self.stored.table("changes", scenario=self.scenario.name)
        world = rows[rows["group_kind"] == "world"].pivot_table(index="year", columns="outcome", values="mean")
        world.index = world.index - 1  # series are told at the end of a year
        return world[list(YEARLY.values())].set_axis(list(YEARLY), axis=1)

    @property
    def first(self) -> int:
        """The year in which its programmes begin."""
        return int(min(plan.start for plan in self.plans))

    @property
    def cost(self) -> Array:
        """US$ of public spending and care over the run, by world."""
        return self.change("cost.public.mean") + self.change("cost.care.mean")

    @property
    def births_counted(self) -> Array | None:
        """DALYs over the run if averted births counted, by world; None where that is no question."""
        traits = [(a, a.traits.get("dalys_if_births_counted")) for a in self.applications]
        if len(traits) != 1 or traits[0][1] is None:
            return None
        trait, here = traits[0][1], self.worlds[0]
        each = here[trait.name].to_numpy(np.float64) if trait.name in here else np.full(len(here), trait.central)
        return np.asarray(self.change("dalys_averted.mean") + self.change("cases_found.mean") * each)


def has_investments(stored: StoredResult) -> bool:
    """Whether an answer has investments and holds what tells of them."""
    return bool(_invested(stored)) and set(OF_INVESTMENTS) <= set(stored.outcome_names)


def _invested(stored: StoredResult) -> list[Scenario]:
    return [s for s in stored.scenarios[1:] if s.investments and s.investments != stored.scenario.investments]


def cases_of(stored: StoredResult) -> list[Case]:
    """Scenarios with investments that the reference does not have. StoreError where what they need was not kept."""
    found = _invested(stored)
    missing = [name for name in OF_INVESTMENTS if name not in stored.outcome_names]
    if found and missing:
        raise StoreError(f"{stored.folder}: the run did not keep {', '.join(missing)}; list them under outcomes")
    return [Case(scenario, stored) for scenario in found]


def investment_table(stored: StoredResult) -> pd.DataFrame:
    """A row per investment scenario: sums over the run, with intervals of 90 % of worlds; units in the column names.

    ``usd_per_daly`` is missing where no gain is found, where DALYs are not counted, or where money is saved.
    """
    return pd.DataFrame([_row(case) for case in cases_of(stored)])


def _row(case: Case) -> dict[str, object]:
    here = case.worlds[0]
    wanted, done = here["invested.wanted.mean"].mean(), here["invested.tests.mean"].mean()
    return {
        "scenario": case.scenario.name,
        "title": case.scenario.title,
        "applications": " ".join(a.id for a in case.applications),
        "where": case.where,
        "worlds": len(here),
        "people_million": case.people / 1e6,
        **_reached(case, done),
        **_spread("dalys_averted_thousand", case.change("dalys_averted.mean") / 1e3),
        **_spread("public_cost_million_usd", case.change("cost.public.mean") / 1e6),
        **_spread("care_cost_million_usd", case.change("cost.care.mean") / 1e6),
        **_spread("household_cost_million_usd", case.change("cost.household.mean") / 1e6),
        **_worth(case),
        **_budget(case),
        "delivered_share": done / wanted if wanted > 0 else float("nan"),
        "held_back_by": _held_back(case),
        **_needs(case),
    }


def _reached(case: Case, done: float) -> dict[str, float]:
    at_end = f"people_reached@{case.scenario.end_year}"
    return {
        "tests_of_programmes_million": done * case.years / 1e6,
        **_spread("more_tests_million", case.change("people_reached.mean") / 1e6),
        "more_tests_per_million_people_in_last_year": float(case.change(at_end).mean() / case.people * 1e6),
        **_spread("cases_found_thousand", case.change("cases_found.mean") / 1e3),
        **_spread("uncertain_results_thousand", case.change("uncertain_results.mean") / 1e3),
        **_spread("false_positives_thousand", case.change("false_positives.mean") / 1e3),
    }


def _spread(name: str, values: Array) -> dict[str, float]:
    """Mean and 90 % interval over worlds."""
    low, high = np.quantile(values, INTERVAL) if len(values) else (np.nan, np.nan)
    mean = values.mean() if len(values) else np.nan
    return {name: float(mean), f"{name}_low": float(low), f"{name}_high": float(high)}


def ratio_of_means(cost: Array, gain: Array) -> tuple[float, float, float]:
    """Mean cost over mean gain with a bootstrap interval (percentiles, worlds drawn anew together); NaN without a gain.

    A gain is there where 95 % of resampled means are above 0.
    """
    if len(gain) < 2:
        return (np.nan,) * 3
    worlds = np.random.default_rng(SEED).integers(len(gain), size=(RESAMPLES, len(gain)))
    gains = gain[worlds].mean(axis=1)
    if np.quantile(gains, INTERVAL[0]) <= 0:
        return (np.nan,) * 3
    low, high = np.quantile(cost[worlds].mean(axis=1) / gains, INTERVAL)
    return float(cost.mean() / gain.mean()), float(low), float(high)


def _of_worlds(name: str, cost: Array, gain: Array, shown: bool) -> dict[str, float]:
    """What 90 % of worlds cost per DALY, each by itself; missing where the ratio is, or a world gains nothing."""
    low, high = np.quantile(cost / gain, INTERVAL) if shown and (gain > 0).all() else (np.nan, np.nan)
    return {f"{name}_worlds_low": float(low), f"{name}_worlds_high": float(high)}


def _worth(case: Case) -> dict[str, object]:
    """Cost per DALY, net health at the countries' own thresholds and at others, and what is said of them."""
    cost, gain, net = case.cost, case.change("dalys_averted.mean"), case.change("net_health.mean")
    counted = any(a.traits["dalys"].high > 0 for a in case.applications)
    found = ratio_of_means(cost, gain) if counted else (np.nan,) * 3
    says = _verdict(counted, found[0], net, cost)
    if says == SAVES:
        found = (np.nan,) * 3
    births = case.births_counted
    if_counted = ratio_of_means(cost, births) if births is not None else (np.nan,) * 3
    counted_worlds = births if births is not None else gain
    forgone = gain - net  # what the money would have bought elsewhere, at each country's threshold
    return {
        **dict(zip(("usd_per_daly", "usd_per_daly_low", "usd_per_daly_high"), found, strict=True)),
        **_of_worlds("usd_per_daly", cost, gain, np.isfinite(found[0])),
        "usd_per_daly_discounted": _discounted(case) if np.isfinite(found[0]) else np.nan,
        "threshold_usd_per_daly": _threshold(cost, forgone),
        **_spread("net_health_thousand_dalys", net / 1e3),
        "net_health_half_gdp_thousand_dalys": float(case.change("net_health.half_gdp.mean").mean() / 1e3),
        "net_health_one_gdp_thousand_dalys": float(case.change("net_health.gdp.mean").mean() / 1e3),
        "worth_it_share_of_worlds": float((net > 0).mean()),
        "verdict": says,
        **{
            f"usd_per_daly_if_births_counted{end}": value
            for end, value in zip(("", "_low", "_high"), if_counted, strict=True)
        },
        **_of_worlds("usd_per_daly_if_births_counted", cost, counted_worlds, np.isfinite(if_counted[0])),
        "net_health_if_births_counted_thousand_dalys": (
            float((net + births - gain).mean() / 1e3) if births is not None else np.nan
        ),
    }


def _threshold(cost: Array, forgone: Array) -> float:
    """US$ per DALY at which the money spent is valued, missing where money is saved; ``forgone`` DALYs by world."""
    return float(cost.mean() / forgone.mean()) if min(cost.mean(), forgone.mean()) > 0 else float("nan")


def _verdict(counted: bool, ratio: float, net: Array, cost: Array) -> str:
    """What a reader may take from it."""
    if len(net) < FEWEST:
        return "too few worlds"
    if (cost < 0).mean() >= PROBABLY:
        return SAVES
    if not counted:
        return NOT_COUNTED
    if not np.isfinite(ratio):
        return NO_GAIN
    worth = (net > 0).mean()
    return WORTH if worth >= PROBABLY else WORTHLESS if worth <= PROBABLY_NOT else "cannot tell"


def _discounted(case: Case) -> float:
    """Cost per DALY with both discounted to the first year of the investment."""
    yearly = case.yearly
    if yearly.empty:
        return float("nan")
    weight = (1.0 + DISCOUNT) ** -(yearly.index.to_numpy(float) - case.first)
    cost = ((yearly["all_public"] + yearly["care"]) * weight).sum()
    return float(cost / (yearly["dalys_averted"] * weight).sum())


def _budget(case: Case) -> dict[str, float]:
    """Mean budget impact of the first five and ten years, by payer; genomics budgets are what is left of all public."""
    yearly, first = case.yearly, case.first
    found: dict[str, float] = {}
    for years in (FIVE, TEN):
        here = yearly[(yearly.index >= first) & (yearly.index < first + years)] / 1e6 if len(yearly) else yearly
        for payer in ("all_public", "outside", "treasuries", "care", "households"):
            found[f"{payer}_{years}_years_million_usd"] = float(here[payer].sum()) if len(here) else np.nan
    return found


def budget_table(stored: StoredResult) -> pd.DataFrame:
    """Budget impact year by year: US$ by payer, tests and DALYs; means over worlds of changes from the reference."""
    parts = []
    for case in cases_of(stored):
        yearly = case.yearly.copy()
        yearly.insert(3, "genomics_budgets", yearly["all_public"] - yearly["outside"] - yearly["treasuries"])
        begun = yearly[yearly.index >= case.first]
        parts.append(begun.reset_index(names="year").assign(scenario=case.scenario.name))
    table = pd.concat(parts, ignore_index=True)
    return table[["scenario", *table.columns.drop("scenario")]]


def _held_back(case: Case) -> str:
    """What binds most often in its countries in the last quarter, with its share; "" where countries are not kept."""
    if "countries" not in case.stored.tables or len(case.applications) != 1:
        return ""
    name = case.applications[0].id
    rows = case.stored.table("countries", ["iso3", f"binding.{name}", f"stage.{name}"], scenario=case.scenario.name)
    codes = np.array(load_countries(case.scenario.countries, case.scenario.start_year).iso3)[case.aimed]
    here = rows[rows["iso3"].isin(codes) & (rows[f"stage.{name}"] == 2.0)][f"binding.{name}"]
    (code, times), *_ = Counter(here.astype(int)).most_common(1) or [(-1, 0)]
    word = "nothing" if CONSTRAINTS[code] == "demand" else CONSTRAINTS[code]  # no input is scarcer than what is wanted
    return f"{word} ({100 * times / len(here):.0f} %)" if times else ""


def _needs(case: Case) -> dict[str, float]:
    """Staff and machines that the programmes' tests of the last year occupy, at central values of the registry.

    Follow-up of those who have the condition is left out; so is everything where no series are kept.
    """
    yearly = case.yearly
    if len(case.applications) != 1 or yearly.empty:
        return {}
    number = {name: p.central for name, p in load_registry().items()}
    return dict(_occupied(case.applications[0], float(yearly["programme_tests"].iloc[-1]), number))


def _occupied(one: Application, tests: float, number: dict[str, float]) -> Iterator[tuple[str, float]]:
    for cadre, minutes in zip(CADRES, one.minutes_per_test, strict=True):
        yield f"staff_{cadre}", tests * minutes / (QUARTERS_A_YEAR * number["work.minutes_per_quarter"])
    hours = tests * one.traits["platform_hours"].central
    open_hours = QUARTERS_A_YEAR * number["equip.hours_per_quarter"] * number["equip.target_use"]
    for platform in PLATFORMS:
        yield f"machines_{platform}", hours / open_hours * (one.platform == platform)
