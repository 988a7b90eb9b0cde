"""What each phase of the quarter did to the country: rows of flows a year and of states, first and last five years."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.inputs.names import CADRES, PLATFORMS, PURPOSES
from adoptsim.model.scenario import QUARTERS_A_YEAR
from adoptsim.report.explain.observe import Seen
from adoptsim.report.explain.subject import Subject
from adoptsim.report.explain.tidy import MILLION, PER_CENT, Periods, Row, a_year, amounts, level, ratio, shares, table

__all__ = ["adoption", "agreements", "phases", "prices", "staff_by_cadre", "starting", "verdicts"]

Array = NDArray[np.float64]
NATIONAL = 2.0
FUNDS = {
    "domestic": "domestic budget",
    "displaced": "of it withdrawn because donors pay",
    "granted": "donors' grants received",
    "duplicated": "of them lost to paying twice",
}
STAFF = {
    "trained": "trained and come home",
    "recruited": "from ordinary schools",
    "arrived": "arrived from elsewhere",
    "quit": "left the work",
    "emigrated": "emigrated",
}


def phases(seen: Seen, periods: Periods) -> pd.DataFrame:
    """A row for each thing that a phase did, with the phase in front."""
    rows: list[Row] = []
    for phase, what, unit, values, scale in _phases(seen, periods):
        rows += amounts(f"{phase}: {what}", unit, values, scale)
    return table(rows)


_Told = tuple[str, str, str, list[tuple[str, Array]], float]


def _phases(s: Seen, p: Periods) -> Iterator[_Told]:
    ends, year, million = p.ends, "US$ million a year", MILLION
    yield "policy", "cost of levers here", year, a_year(s["lever_cost"], ends), million
    yield "distribute", "distributors present", "number", level(s["sellers"], ends), 1.0
    landed = 1.0 + s["transport"] + s["margin"][:, :, 0]
    yield "procure", "landed price over maker's price", "ratio", level(landed, ends), 1.0
    yield "procure", "member of a pool", "% of the time", level(s["pool_member"], ends), PER_CENT
    yield "procure", "order to delivery", "months", level(s["lead_time"].mean(axis=-1), ends), 1.0
    for name, words in FUNDS.items():
        yield "fund", words, year, a_year(s[name].sum(axis=-1), ends), million
    for name, words in STAFF.items():
        yield "train", f"{words}, all cadres", "persons a year", a_year(s[name].sum(axis=-1), ends), 1.0
    yield from _spending(s, ends)
    yield (
        "share data",
        "results left uncertain",
        "% of tests",
        ratio(_sum(s, "uncertain_results"), _tests(s), ends),
        0.01,
    )
    yield "appraise", "appraising body works", "% of the time", level(s["hta"], ends), PER_CENT
    ratios = np.exp(s["modifier"]).mean(axis=-1)
    yield "adopt", "donors, peers, price, verdict", "x hazard", level(ratios, ends), 1.0
    wanted, done = _sum(s, "wanted_in", "wanted_hub"), _sum(s, "tests_in", "tests_hub")
    yield "deliver", "public tests wanted", "thousand a year", a_year(wanted, ends), 1e3
    yield "deliver", "public tests done", "thousand a year", a_year(done, ends), 1e3
    yield "deliver", "tests that households paid for", "thousand a year", a_year(_sum(s, "tests_private"), ends), 1e3
    yield "update", "money that lapsed unspent", year, a_year(s["lapsed"].sum(axis=-1), ends), million
    carried = [(label, s["opening"][:, part.stop - 1].sum(axis=-1)) for label, part in ends]
    yield "update", "money carried over at the end", "US$ million", carried, million


def _spending(s: Seen, ends: tuple[tuple[str, slice], ...]) -> Iterator[_Told]:
    for code, name in enumerate(PURPOSES):
        phase = {"services": "deliver", "equipment": "equip", "training": "train", "research": "share data"}[name]
        yield phase, f"spent on {name}", "US$ million a year", a_year(s["spent"][:, :, code], ends), MILLION
    for code, name in enumerate(PLATFORMS):
        yield "equip", f"{name}s bought", "number a year", a_year(s["bought"][:, :, code], ends), 1.0
    yield "equip", "service contracts paid", "%", level(s["service_paid"], ends), PER_CENT


def _sum(s: Seen, *names: str) -> Array:
    """Sum over applications of some flows, (world, quarter)."""
    out: Array = np.sum([s[name].sum(axis=-1) for name in names], axis=0)
    return out


def _tests(s: Seen) -> Array:
    return _sum(s, "tests_in", "tests_hub", "tests_private")


def staff_by_cadre(seen: Seen, periods: Periods) -> pd.DataFrame:
    """Flows of staff by cadre, persons over the whole run."""
    rows: list[Row] = []
    for code, cadre in enumerate(CADRES):
        for name, words in STAFF.items():
            flow = seen[name][:, :, code].sum(axis=1)
            years = periods.quarters / QUARTERS_A_YEAR
            rows += amounts(cadre, "persons a year", [(words, flow / years)])
    return table(rows)


def prices(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Consumables per test, at the maker's door and landed, first and last quarter, by application."""
    rows, dates = [], (periods.dates[0], periods.dates[-1])
    for a in who.shown:
        for name, words in (("exworks", "maker's door"), ("consumables", "landed")):
            values = [(f"{words} {label}", seen[name][:, q, a]) for label, q in dates]
            rows += amounts(who.applications[a][1], "US$ per test", values)
    return table(rows)


def agreements(seen: Seen, who: Subject) -> pd.DataFrame:
    """Price agreements that ever lowered a price here, by application and maker: how often, and those at the end."""
    rows: list[Row] = []
    for a, maker in product(who.shown, range(len(who.makers))):
        lower = seen["agreement.concession"][:, :, a, maker] > 0
        if not (lower.any() and seen["agreement.share"][0, 0, a, maker] > 0):
            continue
        what, last = f"{who.applications[a][1]}: {who.makers[maker]}", lower[:, -1]
        signed, tiered, left, price = (
            seen[f"agreement.{n}"][:, -1, a, maker] for n in ("signed", "tiered", "left", "price")
        )
        told = {"ever": lower.any(axis=1), "at the end": last, "tiers": last & (tiered > 0), "kept": last & (left > 0)}
        rows += shares(what, "share of worlds", [(words, float(np.mean(flag))) for words, flag in told.items()])
        if last.any():
            rows += amounts(what, "year", [("signed", signed[last])])
            rows += amounts(what, "US$ per test", [("price", price[last])])
            rows += amounts(what, "US$ per test", [("without", seen["exworks"][:, -1, a][last])])
    return table(rows)


def adoption(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """National programmes: there at the start, begun during the run, there at the horizon; the year they began."""
    rows: list[Row] = []
    for a in who.shown:
        title, national = who.applications[a][1], seen["stage"][:, :, a] == NATIONAL
        before = seen["start.stage"][:, a] == NATIONAL
        begun = ~before & national.any(axis=1)
        share = [("at the start", before), ("begun later", begun), ("at the horizon", national[:, -1])]
        rows += shares(title, "share of worlds", [(words, float(flag.mean())) for words, flag in share])
        if begun.any():
            first = periods.start_year + national.argmax(axis=1)[begun] // QUARTERS_A_YEAR
            rows += amounts(title, "year", [("begun in", first.astype(float))])
    return table(rows)


def verdicts(seen: Seen, who: Subject) -> pd.DataFrame:
    """Verdicts of appraisals in force at the horizon, and where a body works at all, by application."""
    rows: list[Row] = []
    for a in who.shown:
        last = seen["verdict"][:, -1, a]
        values = [(w, float((last == v).mean())) for w, v in (("favourable", 1), ("unfavourable", -1), ("none", 0))]
        rows += shares(who.applications[a][1], "share of worlds", values)
    return table(rows)


def starting(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Chance a year that a national programme would begin, and what multiplies it, by application."""
    rows: list[Row] = []
    multiples = (("inclination", "x country"), ("modifier", "x circumstances"))
    for a in who.shown:
        title = who.applications[a][1]
        chance = [(f"chance {label}", v) for label, v in level(seen["chance"][:, :, a], periods.ends)]
        rows += amounts(title, "% a year", chance, PER_CENT)
        for name, words in multiples:
            times = np.exp(seen[name][:, :, a])
            rows += amounts(title, "ratio", [(f"{words} {label}", v) for label, v in level(times, periods.ends[-1:])])
    return table(rows)
