"""A minister's questions: displacement, budget and payers, donors leaving, channels, capacity, waiting, harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.inputs.names import CADRES, PLATFORMS, PURPOSES, QUINTILES
from adoptsim.model.scenario import QUARTERS_A_YEAR
from adoptsim.report.explain.observe import Seen
from adoptsim.report.explain.subject import Subject
from adoptsim.report.explain.tidy import (
    MILLION,
    PER_CENT,
    Periods,
    Row,
    a_year,
    amounts,
    level,
    ratio,
    shares,
    table,
)

__all__ = ["budget", "capacity", "channels", "costs", "displacement", "donors_gone", "harm", "households", "waiting"]

Array = NDArray[np.float64]
Parts = tuple[tuple[str, slice], ...]
CHANNELS = {"tests_in": "own laboratories", "tests_hub": "sent out", "tests_private": "households"}
YEAR = "US$ million a year"


def displacement(seen: Seen, periods: Periods) -> pd.DataFrame:
    """What the money does not do elsewhere: withdrawn budgets, and health that it would have bought, as DALYs."""
    ends, rows = periods.ends, []
    spent, care, threshold = seen["spent"].sum(axis=-1), seen["care"].sum(axis=-1), seen["threshold"]
    forgone, own = seen["forgone"].sum(axis=-1), (spent - seen["donated"].sum(axis=-1)) / threshold
    dalys = seen["dalys"].sum(axis=-1)
    withdrawn = seen["displaced"].sum(axis=-1)
    rows += amounts("domestic money withdrawn because donors pay", YEAR, a_year(withdrawn, ends), MILLION)
    rows += amounts("public spending on genomics", YEAR, a_year(spent, ends), MILLION)
    share = ratio(spent, seen["health_money"] / QUARTERS_A_YEAR, ends)
    rows += amounts("it is of government health spending", "%", share, PER_CENT)
    rows += amounts("health gained", "DALYs a year", a_year(dalys, ends))
    rows += amounts("health forgone elsewhere: own public spending", "DALYs a year", a_year(own, ends))
    rows += amounts("health forgone elsewhere: donors' spending", "DALYs a year", a_year(forgone - own, ends))
    rows += amounts("health forgone elsewhere: care downstream", "DALYs a year", a_year(care / threshold, ends))
    rows += amounts("net", "DALYs a year", a_year(dalys - forgone - care / threshold, ends))
    rows += amounts("threshold: what a DALY costs elsewhere", "US$ per DALY", level(threshold, ends))
    return table(rows)


def budget(seen: Seen, periods: Periods) -> pd.DataFrame:
    """Five-year budgets, US$ million: who puts money in, and what becomes of it. Public money in = out."""
    parts, unit = tuple(zip(periods.labels, periods.parts, strict=True)), "US$ million"

    def summed(values: Array) -> list[tuple[str, Array]]:
        return [(label, values[:, part].sum(axis=1)) for label, part in parts]

    flows = "domestic", "displaced", "granted", "returned", "duplicated", "lapsed"
    whole = {name: seen[name].sum(axis=-1) for name in flows}
    carried = np.concatenate([seen["start.opening"].sum(axis=-1)[:, None], seen["opening"].sum(axis=-1)], axis=1)
    lines: list[tuple[str, list[tuple[str, Array]]]] = [
        ("in: domestic budget, withdrawals taken off", summed(whole["domestic"] - whole["displaced"])),
        ("in: donors", summed(whole["granted"])),
        *([("in: benefits of studies", summed(whole["returned"]))] if whole["returned"].any() else []),
        *((f"out: {name}", summed(seen["spent"][:, :, code])) for code, name in enumerate(PURPOSES)),
        ("out: lapsed unspent", summed(whole["lapsed"])),
        ("out: paid twice by donors", summed(whole["duplicated"])),
        ("out: more carried over than before", summed(np.diff(carried, axis=1))),
        ("besides: households, for their own tests", summed(seen["household_paid"].sum(axis=-1))),
        ("besides: levers here, paid from outside", summed(seen["lever_cost"])),
    ]
    return table(row for words, values in lines for row in amounts(words, unit, values, MILLION))


def donors_gone(seen: Seen, gone: Seen, year: int, periods: Periods) -> pd.DataFrame:
    """The years after donors have left, a year: as it is, and without them."""
    first = (year - periods.start_year) * QUARTERS_A_YEAR
    after = slice(first, periods.quarters)
    both = (("donors stay", seen), ("donors gone", gone))
    rows: list[Row] = []

    def told(what: str, unit: str, scale: float, values: dict[str, Array]) -> None:
        pairs = [(label, v[:, after].mean(axis=1)) for label, v in values.items()]
        rows.extend(amounts(what, unit, [*pairs, ("change", pairs[1][1] - pairs[0][1])], scale))

    flows: dict[str, Callable[[Seen], Array]] = {
        "domestic budget, withdrawals taken off": lambda s: (s["domestic"] - s["displaced"]).sum(axis=-1),
        "donors": lambda s: s["granted"].sum(axis=-1),
        "spent, all purposes": lambda s: s["spent"].sum(axis=-1),
        "lapsed or paid twice": lambda s: (s["lapsed"] + s["duplicated"]).sum(axis=-1),
        "households": lambda s: s["household_paid"].sum(axis=-1),
    }
    for what, read in flows.items():
        told(what, YEAR, MILLION / QUARTERS_A_YEAR, {label: read(s) for label, s in both})
    public = {label: (s["tests_in"] + s["tests_hub"]).sum(axis=-1) for label, s in both}
    told("public tests", "thousand a year", 1e3 / QUARTERS_A_YEAR, public)
    told("useful access, everybody", "% of need", PER_CENT, {label: s["access"] for label, s in both})
    told("useful access, poorest fifth", "% of need", PER_CENT, {k: s["access_fifths"][:, :, 0] for k, s in both})
    return table(rows)


def costs(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Cost per test in own laboratories, sent out, and to a household, first and last quarter, by application."""
    rows, dates = [], (periods.dates[0], periods.dates[-1])
    for a in who.shown:
        for name, words in (("unit_in", "own"), ("unit_hub", "sent out"), ("price_private", "household")):
            values = [(f"{words} {label}", seen[name][:, q, a]) for label, q in dates]
            rows += amounts(who.applications[a][1], "US$ per test", values)
    return table(rows)


def channels(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Which share of all tests goes which way, first and last five years, by application; of tests of all worlds."""
    rows: list[Row] = []
    for a in who.shown:
        for name, words in CHANNELS.items():
            values = []
            for label, part in periods.ends:
                whole = sum(float(seen[n][:, part, a].sum()) for n in CHANNELS)
                here = float(seen[name][:, part, a].sum())
                values.append((f"{words} {label}", here / whole if whole > 0 else 0.0))
            rows += shares(who.applications[a][1], "share of tests", values)
    return table(rows)


def capacity(seen: Seen, periods: Periods) -> pd.DataFrame:
    """Staff by cadre and machines by platform: there, and needed for the tests then wanted; every five years."""
    rows: list[Row] = []
    needed = np.divide(
        seen["staff"] * seen["minutes_wanted"], seen["minutes"], out=np.zeros(seen["staff"].shape),
        where=seen["minutes"] > 0,
    )  # fmt: skip
    for names, unit, pairs in (
        (CADRES, "persons", (("there", seen["staff"]), ("needed", needed))),
        (PLATFORMS, "machines", (("there", seen["instruments"]), ("needed", seen["machines_needed"]))),
    ):
        for code, name in enumerate(names):
            for words, values in pairs:
                rows += amounts(f"{name}, {words}", unit, [(w, values[:, q, code]) for w, q in periods.dates])
    return table(rows)


def waiting(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """What stands for waiting: months to delivery, tests wanted and not done, years of work that are left."""
    rows, ends = [], periods.ends
    rows += amounts("reagents, from order to delivery", "months", level(seen["lead_time"].mean(axis=-1), ends))
    for a in who.shown:
        wanted = (seen["wanted_in"] + seen["wanted_hub"])[:, :, a]
        done = (seen["tests_in"] + seen["tests_hub"])[:, :, a]
        title = who.applications[a][1]
        there = np.array([wanted[:, part].sum() > 0 for _, part in ends])
        if there.any():
            missed = [(label, v) for (label, v) in _missed(wanted, done, ends)]
            rows += amounts(f"{title}: wanted, not done", "% of tests", missed, PER_CENT)
        if who.once[a]:
            rows += amounts(f"{title}: work left", "years at that pace", _work_left(wanted, done, ends))
    return table(rows)


def _missed(wanted: Array, done: Array, ends: Parts) -> Iterator[tuple[str, Array]]:
    """Share of public tests wanted that were not done, in worlds where any were wanted."""
    for label, part in ends:
        asked = wanted[:, part].sum(axis=1)
        got = done[:, part].sum(axis=1)
        some = asked > 0
        yield label, (1.0 - got[some] / asked[some]) if some.any() else np.zeros(1)


def _work_left(wanted: Array, done: Array, ends: Parts) -> Iterator[tuple[str, Array]]:
    """Tests wanted in a year, backlog included, over tests done in a year: years until all have been tested."""
    for label, part in ends:
        asked, got = wanted[:, part].sum(axis=1), done[:, part].sum(axis=1)
        some = (asked > 0) & (got > 0)
        yield label, asked[some] / got[some] if some.any() else np.zeros(1)


def households(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """What a household pays for one test, over the yearly income per head of the poorest and the middle fifth."""
    rows, dates = [], (periods.dates[0], periods.dates[-1])
    fifths = len(QUINTILES)
    for a in who.shown:
        for fifth, words in ((0, "poorest fifth"), (fifths // 2, "middle fifth")):
            income = seen["gdp_pc"] * seen["income_share"][:, :, fifth] * fifths
            over = seen["price_private"][:, :, a] / income
            values = [(f"{words} {label}", over[:, q]) for label, q in dates]
            rows += amounts(who.applications[a][1], "% of a year's income per head", values, PER_CENT)
    return table(rows)


def harm(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Uncertain results and false positives a year; counted, not valued."""
    rows, ends = [], periods.ends
    for a in who.shown:
        title = who.applications[a][1]
        for name, words in (("uncertain_results", "uncertain results"), ("false_positives", "false positives")):
            flow = [(f"{words} {label}", v) for label, v in a_year(seen[name][:, :, a], ends)]
            rows += amounts(title, "people a year", flow)
        tests = sum(seen[name][:, :, a] for name in CHANNELS)
        rows += amounts(title, "people a year", [(f"tests {label}", v) for label, v in a_year(np.asarray(tests), ends)])
    return table(rows)
