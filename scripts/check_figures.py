"""Checks of the model against figures that were not used to build it: each computes its figure from the runs.

A figure is (world,), or (1,) where it follows from the inputs alone. What was published, and how far a figure may lie
from it, stands in checks.csv under the same name.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from check_runs import ANALYSER, MIDDLE, SEQUENCER, Flags, Runs

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.names import CONSTRAINTS, INCOMES
from adoptsim.model.columns import Array

HERE = Path(__file__).resolve().parent
NATIONAL, MACHINE = 2.0, 0.5  # a stage; half a machine counts as one
AFTER_EXIT = 3  # years over which coverage is compared with that of the year before donors left
DOMESTIC_SHARE = 0.001  # of government health spending, in the orders of magnitude
Figure = Callable[[Runs], Array]


@dataclass(frozen=True)
class Check:
    """A row of checks.csv: what is compared, what was published where, which figures hold, what decides it here."""

    name: str
    title: str
    published: str
    low: float
    high: float
    source: str
    url: str
    why: str


@cache
def checks() -> dict[str, Check]:
    """All checks by name."""
    with (HERE / "checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["name"]: Check(**{**r, "low": float(r["low"]), "high": float(r["high"])}) for r in rows}  # type: ignore[arg-type]


@cache
def orders() -> dict[str, dict[str, float]]:
    """Births, screening cost and genomics money of 2025 by country (or LIC for all low-income ones), worked by hand."""
    with (HERE / "orders.csv").open(encoding="utf-8", newline="") as file:
        return {r.pop("who"): {n: float(v) for n, v in r.items()} for r in csv.DictReader(file)}


# adoption with and without donors that carry a technology


def share_national(seen: dict[str, Array], countries: Flags) -> Array:
    """Share of countries and applications with a national programme at the horizon."""
    return np.asarray((seen["stage"][:, -1][..., countries] == NATIONAL).mean(axis=(1, 2)))


def share_begun(seen: dict[str, Array], countries: Flags) -> Array:
    """Share with a national programme at some year's end, of those without one at the start."""
    without = (seen["start.stage"] < NATIONAL) & countries
    begun = (seen["stage"] == NATIONAL).any(axis=1) & without
    return np.asarray(begun.sum(axis=(1, 2)) / np.maximum(without.sum(axis=(1, 2)), 1))


def poor_over_rich(seen: dict[str, Array], runs: Runs) -> Array:
    """Share of low-income countries over share of high-income countries with a national programme."""
    return share_national(seen, runs.group("LIC")) / share_national(seen, runs.group("HIC"))


def never_over_ever(runs: Runs) -> Array:
    """Programmes begun in middle-income countries never below the donor line over those in countries below it."""
    middle, below = runs.group(*MIDDLE), runs.carried["start.below"][:, None] > 0
    never, ever = (share_begun(runs.carried, middle & who) for who in (~below, below))
    return never / np.maximum(ever, 1e-9)


def change_after_exit(runs: Runs) -> Array:
    """Points of coverage that national programmes intend: change where donors left less change where none ever were."""
    c = runs.carried
    coverage, national = 100.0 * c["intended"], c["stage"] == NATIONAL
    middle = runs.group(*MIDDLE)
    left, stayed, count, controls = (np.zeros(runs.worlds) for _ in range(4))
    never = (c["below"].max(axis=1) == 0) & (c["start.below"] == 0) & middle
    for year in range(1, coverage.shape[1] - AFTER_EXIT):
        change = coverage[:, year + AFTER_EXIT - 1] - coverage[:, year - 1]
        runs_on = national[:, year - 1] & national[:, year + AFTER_EXIT - 1]
        exits = (c["below"][:, year - 1] > 0) & (c["below"][:, year] == 0)
        for who, total, number in ((exits, left, count), (never, stayed, controls)):
            chosen = runs_on & who[:, None]
            total += (change * chosen).sum(axis=(1, 2))
            number += chosen.sum(axis=(1, 2))
    return np.where(count > 0, left / np.maximum(count, 1) - stayed / np.maximum(controls, 1), np.nan)


def used_of_grants(runs: Runs) -> Array:
    """Share of donors' money that is spent, of what reaches purses."""
    given, twice, spent = (runs.baseline[name].sum(axis=1) for name in ("granted", "duplicated", "donated"))
    return np.asarray(spent / np.maximum(given - twice, 1e-9))


# machines, staff, prices, data


def median_of_countries(values: Array, chosen: Flags) -> Array:
    """Median over chosen countries in each world; NaN where there are none."""
    masked = np.where(chosen, values, np.nan)
    out = np.full(len(values), np.nan)
    some = chosen.any(axis=1)
    out[some] = np.nanmedian(masked[some], axis=1)
    return out


def with_analysers(runs: Runs) -> Flags:
    """Low- and middle-income countries that have an analyser at the horizon, (world, country)."""
    return (runs.baseline["machines"][:, ANALYSER] >= MACHINE) & runs.group("LIC", *MIDDLE)


def machine_use(runs: Runs) -> Array:
    """Hours used over hours of analysers, median country."""
    return median_of_countries(runs.baseline["machine_use"][:, ANALYSER], with_analysers(runs))


def tests_a_machine(runs: Runs) -> Array:
    """Tests a year over analysers, median country."""
    machines = np.maximum(runs.baseline["machines"][:, ANALYSER], MACHINE)
    return median_of_countries(runs.baseline["analyser_tests"] / machines, with_analysers(runs))


def lic_with_sequencers(runs: Runs) -> Array:
    """Share of low-income countries with a sequencer at the start."""
    machines = runs.baseline["start.machines"][:, SEQUENCER][:, runs.group("LIC")]
    return np.asarray((machines >= MACHINE).mean(axis=1))


def lic_sequencers(runs: Runs) -> Array:
    """Low-income countries' share of the world's sequencers at the start."""
    machines = runs.baseline["start.machines"][:, SEQUENCER]
    return np.asarray(machines[:, runs.group("LIC")].sum(axis=1) / machines.sum(axis=1))


def abroad(runs: Runs) -> Array:
    """Share of the African-trained who live abroad at the horizon: twenty years of flows in and out of that stock."""
    african = np.array(runs.countries.region) == "AFR"
    away, home = (runs.baseline[name][:, african].sum(axis=1) for name in ("abroad", "staff"))
    return np.asarray(away / (away + home))


def counsellor_growth(runs: Runs) -> Array:
    """Yearly growth of the world's genetic counsellors over the first five years."""
    return np.asarray((runs.baseline["counsellors"][:, 4] / runs.baseline["start.counsellors"]) ** 0.2 - 1.0)


def price_ratio(runs: Runs) -> Array:
    """Landed consumables at the start, low- and middle-income countries over the USA: mean application, median."""
    price = runs.baseline["start.consumables"]
    ratio = (price / price[..., runs.row("USA"), None]).mean(axis=1)
    return np.asarray(np.median(ratio[:, runs.group("LIC", *MIDDLE)], axis=1))


def european_change(runs: Runs) -> Array:
    """Change of the European share of reference genomes over the run."""
    return np.asarray(runs.baseline["european"][:, -1] - runs.baseline["start.european"])


# start state and orders of magnitude


def of_births(*columns: str) -> Figure:
    """Share of the world's births in countries' programmes, as the product of these columns."""

    def figure(runs: Runs) -> Array:
        v = runs.countries.values
        share = np.prod([v[name] for name in columns], axis=0)
        return np.array([(share * v["births"]).sum() / v["births"].sum()])

    return figure


def worst_order(what: str) -> Figure:
    """Input over the figure worked by hand, of the country where that is farthest from 1."""

    def figure(runs: Runs) -> Array:
        v = runs.countries.values
        price = next(a for a in load_applications() if a.id == "newborn_sickle").traits["price"].central
        of_country = {
            "births": v["births"],
            "screening": v["births"] * price,
            "money": v["gov_health_pc_usd"] * v["population"] * DOMESTIC_SHARE,
        }[what]
        found = [
            of_country[runs.group(who) if who in INCOMES else runs.row(who)].sum() / f[what]
            for who, f in orders().items()
        ]
        return np.array([max(found, key=lambda ratio: abs(np.log(ratio)))])

    return figure


def programme_cost(iso3: str) -> Figure:
    """Cost of every application for all who are eligible over government health spending, at the start."""
    return lambda runs: runs.baseline["start.programme_cost"][:, runs.row(iso3)]


def binds_most(constraint: str, *incomes: str) -> Figure:
    """Share of programmes and years that a constraint binds less the largest share of any other."""

    def figure(runs: Runs) -> Array:
        counts = runs.baseline["binding"][:, [INCOMES.index(i) for i in incomes]].sum(axis=1)
        shares, at = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), CONSTRAINTS.index(constraint)
        return np.asarray(shares[:, at] - np.delete(shares, at, axis=1).max(axis=1))

    return figure


def sent_out(iso3: str) -> Figure:
    """Share of a country's public tests wanted that it sends to a hub, whole run."""

    def figure(runs: Runs) -> Array:
        hub, own = (runs.baseline[name][:, runs.row(iso3)] for name in ("wanted_hub", "wanted_in"))
        return np.where(hub + own > 0, hub / np.maximum(hub + own, 1e-300), np.nan)

    return figure


# no state is a dead end


def countries_that_ever_start(runs: Runs) -> Array:
    """Share of countries whose public services reached somebody in at least one world."""
    return np.array([(runs.baseline["public_ever"].max(axis=(0, 1)) > 0).mean()])


def least_chance(runs: Runs) -> Array:
    """Least chance over countries of any programme in the next twenty years, from where each world ended."""
    none = np.prod(1.0 - runs.baseline["chance"].astype(np.float64), axis=1)
    return np.asarray((1.0 - none).min(axis=1))


FIGURES: dict[str, Figure] = {
    "adoption.lic": lambda r: share_begun(r.baseline, r.group("LIC")),
    "adoption.poor_over_rich.none": lambda r: poor_over_rich(r.baseline, r),
    "adoption.poor_over_rich.carried": lambda r: poor_over_rich(r.carried, r),
    "adoption.flatter": lambda r: poor_over_rich(r.carried, r) - poor_over_rich(r.baseline, r),
    "adoption.never_eligible": never_over_ever,
    "donors.exit": change_after_exit,
    "donors.used": used_of_grants,
    "machines.use": machine_use,
    "machines.tests": tests_a_machine,
    "sequencing.lic_any": lic_with_sequencers,
    "sequencing.lic_share": lic_sequencers,
    "price.ratio": price_ratio,
    "staff.abroad": abroad,
    "staff.counsellors": lambda r: r.baseline["start.counsellors"],
    "staff.growth": counsellor_growth,
    "data.european_start": lambda r: r.baseline["start.european"],
    "data.european_change": european_change,
    "start.bloodspot": of_births("bloodspot_programme"),
    "start.haemoglobin": of_births("bloodspot_programme", "haemoglobin_in_bloodspot"),
    **{f"{what}.worst": worst_order(what) for what in ("births", "screening", "money")},
    **{f"cost.{iso3}": programme_cost(iso3) for iso3 in ("USA", "THA", "FJI", "RWA", "NGA")},
    "binding.LIC": binds_most("money", "LIC"),
    "binding.middle": binds_most("staff", *MIDDLE),
    "binding.HIC": binds_most("demand", "HIC"),
    "hubs.FJI": sent_out("FJI"),
    "zero.left": countries_that_ever_start,
    "zero.chance": least_chance,
}
