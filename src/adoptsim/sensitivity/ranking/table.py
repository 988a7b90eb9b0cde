"""The ranking as tables: tidy for a file, in plain words for a terminal."""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from adoptsim.sensitivity.ranking.lists import (
    ALONE,
    IMPROVES,
    LAST_OUT,
    LEVELS_DOWN,
    MORE,
    NOTHING,
    SHAPLEY,
    UNTOLD,
    WORSENS,
)
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.short import short_answer
from adoptsim.sensitivity.ranking.verdict import verdict_sentences
from adoptsim.sensitivity.ranking.words import (
    figures,
    outcome_words,
    package_words,
    place_words,
    setting_words,
    signed,
)

__all__ = ["groups_text", "print_ranking", "ranking_csv", "ranking_text", "tidy"]

WIDTH = 100
NAME_WIDTH, NARROWEST = 24, 12
RULES = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
PLAIN: dict[str, Any] = {"highlight": False, "markup": False}


def tidy(ranking: Ranking, name: str = "levers") -> pd.DataFrame:
    """``levers``, ``packages`` or ``interactions`` with outcome, unit and number of worlds in front."""
    table: pd.DataFrame = getattr(ranking, name).copy()
    table.insert(0, "outcome", ranking.reading.outcome)
    table.insert(1, "unit", ranking.reading.unit)
    table.insert(2, "worlds", ranking.worlds)
    return table


def ranking_csv(rankings: Ranking | list[Ranking], folder: str | Path) -> None:
    """Write ``ranking.csv``, ``packages.csv``, ``interactions.csv``: one outcome, or several below each other."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    several = [rankings] if isinstance(rankings, Ranking) else rankings
    for file, name in {"ranking": "levers", "packages": "packages", "interactions": "interactions"}.items():
        table = pd.concat([tidy(ranking, name) for ranking in several], ignore_index=True)
        table.to_csv(folder / f"{file}.csv", index=False, lineterminator="\n")


def ranking_text(ranking: Ranking, width: int = WIDTH) -> str:
    """The ranking as plain text."""
    out = io.StringIO()
    print_ranking(ranking, Console(file=out, width=width, color_system=None, force_terminal=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def groups_text(rankings: Sequence[Ranking], width: int = WIDTH) -> str:
    """Everybody and each group side by side: what each lever of the first ranking does in the first setting."""
    first, setting = rankings[0], rankings[0].question.settings[0]
    lists = [ranking.of(setting, ALL, MORE if setting == REALLOCATION else ALONE) for ranking in rankings]
    digits = figures(mean for rows in lists for mean in rows["mean"])
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False)
    table = _empty(first, ALL, [ranking.reading.place or "World" for ranking in rankings], console)
    table.padding = (0, 0, 0, 1)
    for lever in lists[0].index:
        table.add_row(first.title(str(lever)), *(_told(rows.loc[lever].to_dict(), digits) for rows in lists))
    words = setting_words(first.question, setting)
    note = "?: cannot be told from none; !: falls without the poorest gaining; 0: less than the decimals show"
    _print_lines(["Where does it do so? Change of the gap among the people of each group", ""], console)
    console.print(_fitted(table, console))
    _print_lines([f"  In {first.reading.unit}, {words}. {note}."], console)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _told(row: Mapping[Any, Any], digits: int) -> str:
    """A mean as far as it can be told."""
    marks = {UNTOLD: "?", LEVELS_DOWN: f"{signed(row['mean'], digits)}!"}
    return marks.get(row["direction"], signed(row["mean"], digits))


def print_ranking(ranking: Ranking, console: Console) -> None:
    """Print a table per setting for a policy reader, then the verdict."""
    reading = ranking.reading
    console.print(Text(f"\nWhich lever {reading.verb} {outcome_words(reading)} most?", style="bold"))
    console.print(
        f"Changes of {reading.outcome} in {reading.unit}, means over {ranking.worlds} worlds (± standard error).",
        **PLAIN,
    )
    console.print()
    _print_lines(short_answer(ranking), console)
    for setting in ranking.question.settings:
        words = setting_words(ranking.question, setting)
        console.print(Text(f"\n{words[0].upper()}{words[1:]}", style="bold"))
        for package in dict.fromkeys(key[1] for key in ranking.effects if key[0] == setting):
            for table in (_effects(ranking, setting, package, console), _beside(ranking, setting, package, console)):
                if table is not None:
                    console.print(table)
                    console.print()
    _print_lines([*verdict_sentences(ranking), *_reading(ranking)], console)


def _print_lines(lines: list[str], console: Console) -> None:
    """Lines broken where the page ends, each part as far in as the line and a little more."""
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()))
        text = fill(line.strip(), min(console.width, WIDTH), initial_indent=indent, subsequent_indent=indent + "  ")
        console.print(text, soft_wrap=True, **PLAIN)


def _effects(ranking: Ranking, setting: str, package: str, console: Console) -> Table:
    """Levers in the order of the first measure of the setting, the other measures beside it."""
    first = MORE if setting == REALLOCATION else ALONE
    rows = ranking.of(setting, package, first)
    others = [ranking.of(setting, package, measure) for measure in (LAST_OUT, SHAPLEY)] if first == ALONE else []
    verb = ranking.reading.verb.removesuffix("s")
    heads = [
        "Place",
        f"{'More' if first == MORE else 'Alone'}\n({ranking.reading.unit})",
        f"Does it {verb}\n{_it(ranking)}?",
    ]
    heads += ["Top\nthree", "Beats\nnext", *["Lost when\ntaken out", "Shapley\nshare"][: len(others)]]
    table = _empty(ranking, package, heads, console)
    digits = figures(pd.concat([part["mean"] for part in (rows, *others)]), 3)
    for lever, row in ((str(name), row.to_dict()) for name, row in rows.iterrows()):
        cells = [
            place_words(row["place_low"], row["place_high"]),
            _effect(row, digits),
            _way(ranking, row),
            _share(row["top_three"]),
            _share(row["beats_next"]),
            *(_effect(other.loc[lever].to_dict(), digits) for other in others),
        ]
        table.add_row(ranking.title(lever), *cells)
    return _fitted(table, console)


def _beside(ranking: Ranking, setting: str, package: str, console: Console) -> Table | None:
    """What each lever alone does to the poorest, what it spent and what that bought; of the package of all."""
    if package != ALL or setting == REALLOCATION:
        return None
    rows = ranking.of(setting, package, ALONE)
    heads = {
        f"Poorest 40 %\n({ranking.reading.unit})": (rows["poor_mean"], signed),
        "Spent\n(US$ M a year)": (rows["spent"], _amount),
        "Not absorbed\n(US$ M a year)": (rows["not_absorbed"], _amount),
        f"Per US$ 100 M\n({ranking.reading.unit})": (100.0 * rows["per_million"], signed),
        "Variance\nshare": (rows["variance_share"], _share),
    }
    known = {head: of for head, of in heads.items() if of[0].notna().any()}
    if not known:
        return None
    table = _empty(ranking, package, list(known), console)
    for i, lever in enumerate(rows.index):
        table.add_row(ranking.title(str(lever)), *(words(float(values.iloc[i])) for values, words in known.values()))
    return table


def _empty(ranking: Ranking, package: str, heads: list[str], console: Console) -> Table:
    style = box.SIMPLE_HEAD if console.is_terminal else RULES
    table = Table(box=style, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")
    name = package_words(ranking.question, package)
    table.add_column(f"{name[0].upper()}{name[1:]}", max_width=NAME_WIDTH, min_width=NAME_WIDTH)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _fitted(table: Table, console: Console) -> Table:
    """With names in a narrower column where numbers would be cut off otherwise."""
    wanted = Measurement.get(console, console.options.update(width=sys.maxsize), table).maximum
    over = max(wanted - console.width, 0)
    table.columns[0].min_width = table.columns[0].max_width = max(NAME_WIDTH - over, NARROWEST)
    return table


def _it(ranking: Ranking) -> str:
    return "the gap" if ranking.reading.is_gap else "it"


def _effect(row: Mapping[Any, Any], digits: int) -> str:
    """A mean, and below it its standard error."""
    error = "" if math.isnan(row["se"]) else f"\n(±{row['se']:.{digits}f})"
    return f"{signed(row['mean'], digits)}{error}"


def _way(ranking: Ranking, row: Mapping[Any, Any]) -> str:
    """Which way the mean goes, as far as it can be told, and the share of worlds behind it."""
    reading = ranking.reading
    if row["direction"] == NOTHING:
        return "no effect"
    words = {IMPROVES: reading.verb, WORSENS: reading.contrary, LEVELS_DOWN: "levels down"}
    turn, share = (reading.contrary, "worsens") if row["direction"] == WORSENS else (reading.verb, "improves")
    where = "in" if words.get(row["direction"]) == turn else turn
    return f"{words.get(row['direction'], 'cannot tell')}\n({where} {_share(row[share])})"


def _share(value: float) -> str:
    return "" if math.isnan(value) else f"{100 * value:.0f} %"


def _amount(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.{1 if value < 9.95 else 0}f}"


def _reading(ranking: Ranking) -> list[str]:
    """How to read the table."""
    poor = "falls AND the poorest gain" if ranking.reading.is_gap else "improves"
    shares = "sampled orderings" if not ranking.question.exact else "all orderings"
    without = [ranking.title(ranking.question.without) for package, _ in ranking.question.packages if package != ALL]
    verb = ranking.reading.verb
    lines = [
        "How to read this",
        "  Place: those that cannot be ruled out, from paired differences of means over worlds (5 % over all pairs "
        "together). 'Cannot tell': the mean cannot be told from no effect. 0: less than the decimals show.",
        f"  Below it the share of worlds in which it {verb}: it {poor}. Top three: share of worlds in which it {verb} "
        "and is among the three best of that world. Beats next: is better than the row below.",
        f"  Alone: against no lever. Lost when taken out: of the package. Shapley share: its part of what the package "
        f"does, from {shares}; shares add up to the package's effect.",
    ]
    if ranking.reading.is_gap:
        lines.append(
            "  Levels down: the gap falls, but it cannot be told that the poorest gain. Poorest 40 %: change of their "
            "useful access."
        )
    if REALLOCATION in ranking.question.settings:
        lines.append(
            f"  Reallocation: one lever gets US$ {ranking.question.moved / 1e6:g} M a year more, taken from the others "
            "equally; changes are against the even split of the same money."
        )
    return [
        *lines,
        *(f"  {x} acts on whom services reach by construction: all is told without it too." for x in without),
    ]
