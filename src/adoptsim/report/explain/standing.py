"""Where the country stands, and what held it back: access, stages, binding constraints."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.inputs.names import CADRES
from adoptsim.report.explain.observe import LIMITS_HUB, STATES, Seen
from adoptsim.report.explain.subject import Subject
from adoptsim.report.explain.tidy import MILLION, PER_CENT, Periods, Row, amounts, shares, table

__all__ = ["constraints", "constraints_by_period", "peers", "scarce_cadres", "sending_limits", "stages", "standing"]

Array = NDArray[np.float64]
NONE = 0  # of STATES
STAFF = STATES.index("staff")


def standing(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """People, money for health, useful access of all and of the poorest and richest fifth, beside its groups' means."""
    dates = periods.dates[0], periods.dates[-1]
    rows: list[Row] = []
    people, gdp, health = seen["population"], seen["gdp_pc"], seen["gov_health_pc"]
    rows += amounts("people", "million", _at(people, dates), MILLION)
    rows += amounts("income per head (GDP)", "US$ a year", _at(gdp, dates))
    rows += amounts("government health spending per head", "US$ a year", _at(health, dates))
    for label, prefix in ((who.name, ""), (f"WHO region {who.region}", "region."), (f"group {who.income}", "income.")):
        access, fifths = seen[f"{prefix}access"], seen[f"{prefix}access_fifths"]
        rows += amounts(f"useful access, {label}", "% of need", _at(access, dates), PER_CENT)
        for fifth, words in ((0, "poorest"), (-1, "richest")):
            values = fifths[:, :, fifth]
            rows += amounts(f"useful access, {label}, {words} fifth", "% of need", _at(values, dates), PER_CENT)
    return table(rows)


def _at(values: Array, dates: tuple[tuple[str, int], ...]) -> Iterator[tuple[str, Array]]:
    for label, quarter in dates:
        yield label, values[:, quarter]


def stages(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Share of worlds without a programme, with a pilot, with a national one; coverage; by application."""
    stage, rows = seen["stage"], []
    dates = periods.dates[0], periods.dates[-1]
    for a in who.shown:
        title = who.applications[a][1]
        for code, words in enumerate(("no programme", "pilot", "national")):
            values = [(f"{words} {label}", float((stage[:, q, a] == code).mean())) for label, q in dates]
            rows += shares(title, "share of worlds", values)
        covered = [(f"coverage {label}", seen["coverage"][:, q, a]) for label, q in dates]
        rows += amounts(title, "% of those who should be tested", covered, PER_CENT)
    return table(rows)


def peers(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """Share of the units of its region and income group with a pilot or a national programme, by application."""
    rows, dates = [], (periods.dates[0], periods.dates[-1])
    for a in who.shown:
        for group, label in (("region", who.region), ("income", who.income)):
            for stage in ("pilot", "national"):
                there = seen[f"{group}.{stage}"][:, :, a]
                values = [(f"{stage} {label} {when}", there[:, q]) for when, q in dates]
                rows += amounts(who.applications[a][1], "share of units", values)
    return table(rows)


def constraints(seen: Seen, who: Subject) -> pd.DataFrame:
    """Share of world-quarters in which each state of STATES held an application back, over the whole run."""
    rows: list[Row] = []
    for a in who.shown:
        found = seen["state"][:, :, a]
        values = [(state, float((found == code).mean())) for code, state in enumerate(STATES)]
        rows += shares(who.applications[a][1], "share of worlds and quarters", values)
    return table(rows)


def constraints_by_period(seen: Seen, who: Subject, periods: Periods) -> pd.DataFrame:
    """In each period: how often there was a programme, what bound it most, and in what share of that time.

    Columns: what, when, programme (share of world-quarters), constraint, share (of those with a programme),
    worlds (share of worlds with a programme in which it bound most).
    """
    rows = []
    for a in who.shown:
        for label, part in zip(periods.labels, periods.parts, strict=True):
            found = seen["state"][:, part, a]
            there = found != NONE
            counts = np.array([[(w == code).sum() for code in range(1, len(STATES))] for w in found])
            whole = int(counts.sum())
            most = int(np.argmax(counts.sum(axis=0)))
            with_one = counts.sum(axis=1) > 0
            in_worlds = float((counts.argmax(axis=1) == most)[with_one].mean()) if with_one.any() else np.nan
            share = float(counts.sum(axis=0)[most] / whole) if whole else np.nan
            name = STATES[1 + most] if whole else ""
            rows.append((who.applications[a][1], label, float(there.mean()), name, share, in_worlds))
    return pd.DataFrame(rows, columns=["what", "when", "programme", "constraint", "share", "worlds"])


def scarce_cadres(seen: Seen, who: Subject) -> pd.DataFrame:
    """Where staff bound: which cadre was the scarcest, in what share of that time."""
    rows: list[Row] = []
    for a in who.shown:
        bound = seen["state"][:, :, a] == STAFF
        which = seen["scarcest_cadre"][:, :, a][bound]
        values = [(name, float((which == code).mean()) if len(which) else 0.0) for code, name in enumerate(CADRES)]
        rows += shares(who.applications[a][1], "share of the time that staff bound", values)
    return table(rows)


def sending_limits(seen: Seen, who: Subject) -> pd.DataFrame:
    """For samples sent out while there was a programme: what limited them, in what share of world-quarters."""
    rows: list[Row] = []
    for a in who.shown:
        there = seen["state"][:, :, a] != NONE
        which = seen["limit_hub"][:, :, a][there]
        sent = seen["wanted_hub"][:, :, a][there].sum()
        whole = sent + seen["wanted_in"][:, :, a][there].sum()
        values = [(name, float((which == code).mean()) if len(which) else 0.0) for code, name in enumerate(LIMITS_HUB)]
        values += [("share of public tests meant to be sent out", float(sent / whole) if whole > 0 else 0.0)]
        rows += shares(who.applications[a][1], "share of worlds and quarters with a programme", values)
    return table(rows)
