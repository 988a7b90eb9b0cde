"""The answer in a few lines: which levers improve the outcome, which worsen it, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from adoptsim.sensitivity.ranking.interactions import FEWEST
from adoptsim.sensitivity.ranking.lists import (
    ALONE,
    GAINS,
    IMPROVES,
    LEVELS_DOWN,
    LOSES,
    MORE,
    NOTHING,
    UNTOLD,
    WORSENS,
)
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.reading import Reading
from adoptsim.sensitivity.ranking.words import amount, listed, outcome_words, package_words, setting_words, signed

__all__ = ["short_answer"]


def short_answer(ranking: Ranking) -> list[str]:
    """A line per verdict on single levers in the first setting of the question; then what the poorest get."""
    setting, reading = ranking.question.settings[0], ranking.reading
    rows = ranking.of(setting, ALL, MORE if setting == REALLOCATION else ALONE)
    words = f"change of {outcome_words(reading)}{_level(ranking, setting)}"
    opening = f"In short ({setting_words(ranking.question, setting)}; {words}):"
    lines = (
        _meaning(reading),
        _trial(ranking),
        _by_verdict(ranking, rows),
        _of_the_whole(ranking, setting, rows),
        _poorest(ranking, rows),
        _together(ranking, setting),
    )
    return [opening, *(f"  {line}" for part in lines for line in part)]


def _meaning(reading: Reading) -> Iterator[str]:
    """What the gap is, of whom and when."""
    if reading.is_richest_less_poorest:
        people = f"the people of {reading.place}" if reading.place else "all people on earth"
        year = reading.outcome.rpartition("@")[2]
        when = f"in {year}" if year != reading.outcome else "mean over the run"
        yield (
            f"The gap: useful access of the richest 20 % of {people} less that of the poorest 40 %, in points, {when}. "
            "Useful access: the share of need for genomic services, in %, that ends in a useful result."
        )


def _trial(ranking: Ranking) -> Iterator[str]:
    if ranking.worlds < FEWEST:
        yield f"A trial: {ranking.worlds} worlds, where {FEWEST} or more are wanted. Draw no conclusion from it."


def _level(ranking: Ranking, setting: str) -> str:
    """What the outcome is without levers, and what the poorest have; "" in a setting without packages."""
    packages = ranking.packages[ranking.packages["setting"] == setting]
    if packages.empty:
        return ""
    level, poor = packages.iloc[0][["level", "poor_level"]].astype(float)
    who = ranking.reading.poorest
    poorest = f", where {who} have {amount(poor)} % of what they need" if ranking.reading.is_gap else ""
    return f", {amount(level)} {ranking.reading.unit} without levers{poorest}"


def _by_verdict(ranking: Ranking, rows: pd.DataFrame) -> Iterator[str]:
    """Levers by which way their mean goes."""
    reading = ranking.reading
    heads = {
        IMPROVES: f"{reading.verb} it",
        LEVELS_DOWN: f"falls without a gain for {reading.poorest}",
        UNTOLD: "cannot be told",
        NOTHING: "no effect",
        WORSENS: f"{reading.contrary} it",
    }
    for direction, head in heads.items():
        there = rows[rows["direction"] == direction]
        there = there[::-1] if direction == WORSENS else there
        if len(there):
            names = listed([_named(ranking, str(lever), mean) for lever, mean in there["mean"].items()])
            yield f"{head[0].upper()}{head[1:]}: {names}."


def _of_the_whole(ranking: Ranking, setting: str, rows: pd.DataFrame) -> Iterator[str]:
    """How much of the gap the best lever closes, and the best beside the one that acts by construction."""
    packages = ranking.packages[ranking.packages["setting"] == setting]
    helps = rows["mean"][rows["direction"] == IMPROVES]
    if not ranking.reading.is_gap or packages.empty or helps.empty:
        return
    level, without = float(packages.iloc[0]["level"]), ranking.question.without
    best = dict.fromkeys([helps.index[0], *helps.index[helps.index != without][:1]])
    parts = [f"{ranking.title(str(name))} closes {-100.0 * helps[name] / level:.2g} %" for name in best]
    yield f"Of the whole gap {' and, as the best of the others, '.join(parts)}."


def _named(ranking: Ranking, lever: str, mean: float) -> str:
    """A lever with its mean, marked where it acts on whom services reach by construction."""
    mark = ", by construction" if lever == ranking.question.without else ""
    return f"{ranking.title(lever)} ({signed(mean)}{mark})"


def _poorest(ranking: Ranking, rows: pd.DataFrame) -> Iterator[str]:
    """What widening levers give the poorest all the same, and which levers take from them."""
    who = ranking.reading.poorest
    widens, fate = rows["direction"] == WORSENS, rows["poor_direction"]
    for these, words in (
        (widens & (fate == GAINS), f"Of those that widen it, {who} gain all the same from"),
        (fate == LOSES, f"{who[0].upper()}{who[1:]} lose by"),
    ):
        if these.any():
            yield f"{words} {listed([ranking.title(str(name)) for name in rows.index[these]])}."


def _together(ranking: Ranking, setting: str) -> Iterator[str]:
    """What whole packages do."""
    rows = ranking.packages[ranking.packages["setting"] == setting].to_dict("records")
    verb = ranking.reading.verb
    parts = [
        f"{package_words(ranking.question, row['package'])} {signed(row['mean'])} "
        f"({verb} it in {100 * row['improves']:.0f} % of worlds)"
        for row in rows
    ]
    if parts:
        yield f"Together: {listed(parts)}."
