"""The answer in a few lines: which levers improve the outcome, which worsen it, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

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
from adoptsim.sensitivity.ranking.words import amount, listed, outcome_words, setting_words, signed

__all__ = ["short_answer"]


def short_answer(ranking: Ranking) -> list[str]:
    """A line per verdict on single levers in the first setting of the question; then what the poorest get."""
    setting, reading = ranking.question.settings[0], ranking.reading
    rows = ranking.of(setting, ALL, MORE if setting == REALLOCATION else ALONE)
    words = f"change of {outcome_words(reading)}{_level(ranking, setting)}"
    opening = f"In short ({setting_words(ranking.question, setting)}; {words}):"
    return [
        opening,
        *(f"  {line}" for line in _by_verdict(ranking, rows)),
        *(f"  {line}" for line in _poorest(ranking, rows)),
    ]


def _level(ranking: Ranking, setting: str) -> str:
    """What the outcome is without levers, and what the poorest have; "" in a setting without packages."""
    packages = ranking.packages[ranking.packages["setting"] == setting]
    if packages.empty:
        return ""
    level, poor = packages.iloc[0][["level", "poor_level"]].astype(float)
    poorest = f", where the poorest 40 % have {amount(poor)}" if ranking.reading.is_gap else ""
    return f", {amount(level)} {ranking.reading.unit} without levers{poorest}"


def _by_verdict(ranking: Ranking, rows: pd.DataFrame) -> Iterator[str]:
    """Levers by which way their mean goes."""
    reading = ranking.reading
    heads = {
        IMPROVES: f"{reading.verb} it",
        LEVELS_DOWN: "falls without the poorest gaining",
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


def _named(ranking: Ranking, lever: str, mean: float) -> str:
    """A lever with its mean, marked where it acts on whom services reach by construction."""
    mark = ", by construction" if lever == ranking.question.without else ""
    return f"{ranking.title(lever)} ({signed(mean)}{mark})"


def _poorest(ranking: Ranking, rows: pd.DataFrame) -> Iterator[str]:
    """What widening levers give the poorest all the same, and which levers take from them."""
    widens, fate = rows["direction"] == WORSENS, rows["poor_direction"]
    for these, words in (
        (widens & (fate == GAINS), "Of those that widen it, the poorest gain all the same from"),
        (fate == LOSES, "The poorest lose by"),
    ):
        if these.any():
            yield f"{words} {listed([ranking.title(str(name)) for name in rows.index[these]])}."
