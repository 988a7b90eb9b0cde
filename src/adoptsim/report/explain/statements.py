"""Statements: sentences that follow from the tables, each with its number and unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from adoptsim.report.explain.layout import figure, per_cent, signed_figure, spread
from adoptsim.report.explain.moved import NOTHING, SMALL
from adoptsim.report.explain.observe import LIMITS_HUB, STATES

__all__ = [
    "access", "best_lever", "held_back", "in_words", "limits", "payers", "scarce", "sent_out", "unspent",
    "without_donors",
]  # fmt: skip

MOSTLY = 0.5
RARELY = 0.05
NO_PROGRAMME, DEMAND = STATES[0], STATES[1]
HUB_SHARE = "share of public tests meant to be sent out"
NEXT_TO_NOTHING = 0.01  # of public money
DOMESTIC = "domestic budget, withdrawals taken off"
BINDS = {
    "demand": "the size of the programme itself (demand)",
    "money": "money",
    "staff": "staff",
    "equipment": "machines",
    "supply": "supplies of reagents",
}


def cell(frame: pd.DataFrame, what: str, when: str) -> pd.Series:
    """One row of a tidy frame. KeyError where there is none."""
    found = frame[(frame["what"] == what) & (frame["when"] == when)]
    if found.empty:
        raise KeyError((what, when))
    return found.iloc[0]


def told(row: pd.Series) -> str:
    """Mean and range of a row."""
    return spread(row["mean"], row["low"], row["high"])


def in_words(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def access(frame: pd.DataFrame, name: str, region: str, end: str) -> str:
    """How access stands at the end, for whom, and beside its region."""
    here = cell(frame, f"useful access, {name}", end)
    poor, rich = (cell(frame, f"useful access, {name}, {w} fifth", end)["mean"] for w in ("poorest", "richest"))
    beside = cell(frame, f"useful access, WHO region {region}", end)["mean"]
    return (
        f"In {end} {told(here)} % of need is met: {figure(poor)} % in the poorest fifth of people, {figure(rich)} % in "
        f"the richest. The mean of WHO region {region} is {figure(beside)} %."
    )


def held_back(limits: pd.DataFrame) -> str:
    """The most frequent obstacle over all applications told of, and the most frequent with a programme."""
    by_state = limits.groupby("when", sort=False)["mean"].mean()
    none, there = float(by_state[NO_PROGRAMME]), by_state.drop(NO_PROGRAMME)
    words = f"There was no programme in {per_cent(none)} of applications, quarters and worlds"
    if not there.sum() > 0:
        return f"{words}."
    state = str(there.idxmax())
    return f"{words}; where there was one, {BINDS[state]} bound most often ({per_cent(there.max() / there.sum())})."


def limits(frame: pd.DataFrame, by_period: pd.DataFrame, what: str) -> str:
    """What bound one application most, when, and in what share of worlds."""
    part = frame[frame["what"] == what].set_index("when")["mean"]
    there = part.drop(NO_PROGRAMME)
    words = f"{what}: no programme in {per_cent(part[NO_PROGRAMME])} of quarters and worlds"
    if not there.sum() > 0:
        return f"{words}."
    state = str(there.idxmax())
    when = by_period[(by_period["what"] == what) & (by_period["constraint"] == state)]
    years = _runs(list(by_period[by_period["what"] == what]["when"]), list(when["when"]))
    worlds = when["worlds"]
    share = f" (in {per_cent(worlds.min())} to {per_cent(worlds.max())} of worlds with one)" if len(when) else ""
    share = f" (in {per_cent(worlds.min())} of worlds with one)" if len(when) and worlds.nunique() == 1 else share
    then = f"; it led in {in_words(years)}{share}" if years else ""
    return f"{words}; with one, {BINDS[state]} bound {per_cent(there[state] / there.sum())} of the time{then}."


def _runs(order: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Neighbouring periods as one: "2025-29", "2030-34" -> "2025-34"."""
    out: list[str] = []
    before = False
    for label in order:
        here = label in chosen
        if here and before:
            out[-1] = f"{out[-1].split('-')[0]}-{label.split('-')[-1][-2:]}"
        elif here:
            out.append(label)
        before = here
    return out


def scarce(frame: pd.DataFrame, limit: pd.DataFrame) -> Iterator[str]:
    """Which cadre was the scarcest, where staff bound at all."""
    names: dict[str, list[str]] = {}
    for what, part in frame.groupby("what", sort=False):
        bound = float(limit[(limit["what"] == what) & (limit["when"] == "staff")]["mean"].iloc[0])
        if bound > RARELY:
            top = part.iloc[int(part["mean"].argmax())]
            names.setdefault(str(top["when"]), []).append(f"{what} ({per_cent(top['mean'])})")
    for cadre, listed in names.items():
        yield f"Where staff bound, {cadre} staff were the scarcest most often for: {in_words(listed)}."


def sent_out(frame: pd.DataFrame) -> Iterator[str]:
    """What limits samples that are sent out, for applications that mostly go that way."""
    for what, part in frame.groupby("what", sort=False):
        of = part.set_index("when")["mean"]
        if of[HUB_SHARE] <= MOSTLY:
            continue
        state = str(of[list(LIMITS_HUB)].idxmax())
        limit = f"{BINDS.get(state, state)} limits most, {per_cent(of[state])} of the time"
        yield f"{what} ({per_cent(of[HUB_SHARE])} sent out): {limit}"


def best_lever(frame: pd.DataFrame) -> str:
    """Which lever moves the country most, or that none does."""
    if frame.empty:
        return "There are no levers."
    best = frame.iloc[0]
    title = best["title"].lower()
    change = (
        f"{spread(best['all'], best['all_low'], best['all_high'], sign=True)} points on {figure(best['base'])} % of "
        f"need (mean over the run), {signed_figure(best['poorest'])} in the poorest fifth; gains in "
        f"{per_cent(best['all_gains'])} of worlds; US$ {figure(best['cost'])} million a year here"
    )
    if best["all"] <= NOTHING:
        return "None of the levers moves it."
    poorest = _best_for_the_poorest(frame)
    if best["all"] < SMALL * best["base"]:
        return f"None of the levers moves it by a hundredth of what it is. The best is {title}: {change}.{poorest}"
    return f"The lever that moves it most is {title}: {change}.{poorest}"


def _best_for_the_poorest(frame: pd.DataFrame) -> str:
    """The lever that moves the poorest fifth most, where it is another one."""
    row = frame.iloc[int(frame["poorest"].argmax())]
    if row["lever"] == frame.iloc[0]["lever"] or row["poorest"] < SMALL * row["base_poorest"]:
        return ""
    change = spread(row["poorest"], row["poorest_low"], row["poorest_high"], sign=True)
    base, gains = figure(row["base_poorest"]), per_cent(row["poorest_gains"])
    return (
        f" The one that moves the poorest fifth most is {row['title'].lower()}: {change} points on {base} % of its "
        f"need; gains in {gains} of worlds."
    )


def payers(frame: pd.DataFrame) -> Iterator[tuple[str, float]]:
    """Who put how much of the money in, all periods: words and share, by domestic budget, donors and households."""
    sums = frame.groupby("what", sort=False)["mean"].sum()
    names = {
        "the domestic budget": "in: domestic budget, withdrawals taken off",
        "donors": "in: donors",
        "households": "besides: households, for their own tests",
    }
    whole = float(np.sum([sums[row] for row in names.values()]))
    for words, row in names.items():
        yield words, float(sums[row]) / whole if whole > 0 else math.nan


def unspent(frame: pd.DataFrame) -> str:
    """Which share of public money is never spent on anything, all periods."""
    sums = frame.groupby("what", sort=False)["mean"].sum()
    into = float(sum(value for what, value in sums.items() if str(what).startswith("in:")))
    lost = float(sums["out: lapsed unspent"] + sums["out: paid twice by donors"])
    return f"Of public money {per_cent(lost / into) if into > 0 else 'none'} lapses unspent or is paid twice."


def without_donors(frame: pd.DataFrame, year: int) -> str:
    """What happens when donors leave."""
    gave, own = (cell(frame, what, "donors stay")["mean"] for what in ("donors", DOMESTIC))
    if gave < NEXT_TO_NOTHING * (gave + own):
        return (
            f"From {year} on donors give next to nothing here (US$ {figure(gave)} million a year) and are not missed."
        )
    tests, without = (cell(frame, "public tests", when)["mean"] for when in ("donors stay", "donors gone"))
    budget, spent = (cell(frame, what, "change")["mean"] for what in (DOMESTIC, "spent, all purposes"))
    poorest = cell(frame, "useful access, poorest fifth", "change")
    change = f"{100 * (without / tests - 1.0):+.0f} %" if tests > 0 else "0 %"
    domestic = f"US$ {figure(abs(budget))} million of domestic money {'go with them' if budget < 0 else 'come back'}"
    return (
        f"If donors leave in {year}, US$ {figure(gave)} million a year go and {domestic}; "
        f"spending changes by US$ {signed_figure(spent)} million a year, public tests by {change}, "
        f"access of the poorest fifth by {spread(poorest['mean'], poorest['low'], poorest['high'], sign=True)} points."
    )
