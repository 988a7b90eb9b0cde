"""Numbers and names as they stand in sentences, tables and figures of a ranking."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from adoptsim.model.scenario import EVERYWHERE, where
from adoptsim.sensitivity.ranking.lists import ALONE, LAST_OUT, MORE, SHAPLEY
from adoptsim.sensitivity.ranking.question import ALL, EQUAL_MONEY, FULL_STRENGTH, REALLOCATION, RankingQuestion
from adoptsim.sensitivity.ranking.reading import Reading

__all__ = [
    "MEASURED_AS",
    "amount",
    "figures",
    "listed",
    "outcome_words",
    "package_words",
    "place_words",
    "setting_words",
    "signed",
]

MOST = 5  # decimals
MEASURED_AS = {
    ALONE: "Alone",
    LAST_OUT: "Lost when taken out of the package",
    SHAPLEY: "Share of the package's effect",
    MORE: "With more of the envelope",
}


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def setting_words(question: RankingQuestion, setting: str) -> str:
    """A setting in words, and where levers act if not everywhere."""
    each, moved = (f"US$ {money / 1e6:g} M a year" for money in (question.money, question.moved))
    words = {
        EQUAL_MONEY: f"equal money, {each} each",
        REALLOCATION: f"reallocation, {moved} moved from the others to one",
        FULL_STRENGTH: "full strength, whatever it costs",
    }[setting]
    place = where(question)
    there = "" if place == EVERYWHERE else f", in {place} alone"
    return words + there + (f", for {', '.join(question.applications)} alone" if question.applications else "")


def package_words(question: RankingQuestion, package: str) -> str:
    """A package in words."""
    if package == ALL:
        return "all levers"
    name = question.title(package.removeprefix("without_"))
    return f"all levers but {name[0].lower()}{name[1:]}"


def outcome_words(reading: Reading) -> str:
    """An outcome in words: the gap in AFR."""
    return reading.noun + (f" in {reading.place}" if reading.place else "")


def place_words(low: int, high: int) -> str:
    """Places that cannot be ruled out."""
    return f"{low}" if low == high else f"{low}-{high}"


def figures(values: Iterable[float], count: int = 2) -> int:
    """Decimals that show so many figures of the largest of some values, at most ``MOST``."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return min(MOST, max(0, count - 1 - math.floor(math.log10(largest)))) if largest > 0 else 0


def amount(value: float) -> str:
    """A level, to three figures where it is small."""
    return f"{value:,.{figures([value], 3)}f}"


def signed(value: float, decimals: int | None = None) -> str:
    """A change with its sign, to two figures unless decimals are given; a dash where there is none."""
    if math.isnan(value):
        return "–"
    text = f"{value:+,.{figures([value]) if decimals is None else decimals}f}"
    return text if text.strip("+-0.,") else "0"
