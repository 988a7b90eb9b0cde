"""Tables and figures of a study, made from what is stored and kept beside it; and what a terminal shows of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import fill

import pandas as pd
from rich.console import Console
from rich.text import Text

from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.sensitivity.better import shares_of
from adoptsim.sensitivity.deciding import FEWEST, Deciding, deciding
from adoptsim.sensitivity.figures import index_figure, morris_figure, save_figure
from adoptsim.sensitivity.indices import Indices
from adoptsim.sensitivity.ranking.figure import save_figures
from adoptsim.sensitivity.ranking.lists import ALONE, MORE
from adoptsim.sensitivity.ranking.question import ALL
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.table import groups_text, ranking_csv, ranking_text
from adoptsim.sensitivity.ranking.verdict import reversal_sentence, reversals
from adoptsim.sensitivity.ranking.words import setting_words
from adoptsim.sensitivity.told import Asked, groups_without, indices_of, ranked, study_in
from adoptsim.sensitivity.unknowns_figure import information_figure
from adoptsim.sensitivity.vocabulary import words_of

__all__ = ["print_study", "publish"]

SHOWN, WIDTH = 12, 100  # factors of a printed table, columns of a text
ANSWER = "answer.txt"
DECIDES = "What decides it, and what would be worth knowing"
ASKS = {True: "which does better", False: "by how much"}
WIDEST = 1.0  # an interval of ST that is wider says less than what is known of every share
UNTOLD = (
    "Cannot tell: intervals are wider than from 0 to 1, as where a few worlds hold most of the variance. "
    "All numbers stand in indices.csv."
)
FLIPS = "ST: how often the better one changes where this alone is drawn anew, as a share of how often where all is"
MEANS = {  # of indices that rank factors, but of an indicator
    "ST": "share of the variance that is due to this factor, alone or with others; they may add up to more than 1",
    "S1": "share of the variance that would go, on average, if this factor were known",
    "mu_star": "mean size of the change where this factor alone moves, over its range",
    "shapley": "share of the variance, what factors do together shared out among them",
    "pawn": "distance (0 to 1) of the outcome's distribution where this factor is known from that where it is not",
    "delta": "part of the outcome's distribution (0 to 1) that moves when this factor becomes known",
    "rsa_max": "largest distance (0 to 1) of this factor's values in a part of the outcomes from those elsewhere",
    "dgsm": "what ST cannot exceed, from slopes of the outcome along this factor",
}
TOO_FEW = f"What is worth knowing, and where levers fail, is told from {FEWEST} worlds on."


def publish(folder: Path) -> None:
    """Write tables and figures of a ranking or a sensitivity analysis, and in ``tables/answer.txt`` what they say."""
    stored = open_result(folder)
    tables, figures = folder / "tables", folder / "figures"
    for part in (tables, figures):
        part.mkdir(exist_ok=True)
    write = _publish_ranking if study_in(stored).kind == "ranking" else _publish_indices
    lines = write(stored, tables, figures)
    (tables / ANSWER).write_text("\n".join(lines) + "\n", encoding="utf-8")


def print_study(stored: StoredResult, console: Console) -> None:
    """Print what a study answers, as it was written when the answer was published."""
    written = stored.folder / "tables" / ANSWER
    if not written.exists():
        publish(stored.folder)
    console.print(Text(written.read_text(encoding="utf-8").rstrip()))


def _publish_indices(stored: StoredResult, tables: Path, figures: Path) -> list[str]:
    """Sensitivity indices as a table, text and figures."""
    found = list(indices_of(stored))
    _table(found).to_csv(tables / "indices.csv", index=False, lineterminator="\n")
    chosen = any(one.which for one, _ in found)
    lines: list[str] = []
    for one, indices in found:
        heading = f"What decides {one.words}?"
        lines += ["", fill(heading, WIDTH, subsequent_indent="  ")]
        if chosen and not one.which and indices.widest() > WIDEST:
            lines += _filled(UNTOLD)
            continue
        lines += _choice_lines(one, indices) if one.which else _lines(indices)
        name = one.outcome.replace("@", "_") + (f"_{one.of}" if one.against else "")
        labels = {name: words_of(name) for name in indices.table["factor"]}
        if one.which:
            name += f"_or_{one.against}"
            figure = index_figure(indices, heading, labels, meaning=_meaning(indices))
        else:
            draw = morris_figure if indices.analysis == "morris" else index_figure
            figure = draw(indices, heading, labels)
        save_figure(figure, figures / f"{name}.png")
    return lines


def _publish_ranking(stored: StoredResult, tables: Path, figures: Path) -> list[str]:
    """Rankings as tables, text and figures; what decides the first of them where there are worlds enough."""
    first, equal, *others = rankings = list(ranked(stored))
    groups = [ranking for ranking in others if ranking.reading.is_gap]
    ranking_csv(rankings, tables)
    save_figures(first, figures, [first, *groups] if groups else ())
    (tables / "ranking.txt").write_text("\n".join(map(ranking_text, rankings)), encoding="utf-8")
    found = deciding(stored, first)
    shares = [f"Variance shares cannot be told: {first.shares_untold}."] if first.shares_untold else []
    empty = [f"No ranking for {group}: it has no gap in any world." for group in groups_without(stored)]
    told = [*empty, *shares, *_reversed(first, equal), *(line for one in found for line in one.sentences())]
    if found:
        _publish_deciding(found, tables, figures)
    else:
        told.append(TOO_FEW)
    lines = [fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ") for line in told]
    side_by_side = [groups_text([first, *groups])] if groups else []
    return [ranking_text(first), *side_by_side, DECIDES, *lines]


def _publish_deciding(found: list[Deciding], tables: Path, figures: Path) -> None:
    """What decides a ranking as tables, a row's package in its first column, and as a figure of the last package."""
    whole = {
        "unknowns_single": [one.information.single for one in found],
        "unknowns_groups": [one.information.groups for one in found],
        "reversals": [one.reversal for one in found],
    }
    for name, parts in whole.items():
        table = pd.concat(
            [part.reset_index() for part in parts], keys=[one.package for one in found], names=["package"]
        )
        table.reset_index("package").to_csv(tables / f"{name}.csv", index=False, lineterminator="\n")
    found[0].boxes().to_csv(tables / "boxes.csv", index=False, lineterminator="\n")
    last = found[-1]
    heading = f"What would be worth knowing, to choose among {last.package_words}?"
    save_figure(information_figure(last.information, heading, last.unit), figures / "unknowns.png")


def _reversed(first: Ranking, equal: Ranking) -> Iterator[str]:
    """What other weights of applications turn round."""
    for setting, package, measure in first.effects:
        if package == ALL and measure in (ALONE, MORE):
            words = f"If all applications weighed alike ({setting_words(first.question, setting).split(',')[0]})"
            yield reversal_sentence(first, reversals(first, equal, (setting, package, measure)), words)


def _table(found: list[tuple[Asked, Indices]]) -> pd.DataFrame:
    parts = [
        indices.table.assign(outcome=one.outcome, scenario=one.of, against=one.against, analysis=indices.analysis)
        for one, indices in found
    ]
    if any(one.which for one, _ in found):
        parts = [part.assign(asks=ASKS[bool(one.which)]) for part, (one, _) in zip(parts, found, strict=True)]
    whole = pd.concat(parts, ignore_index=True)
    whole["words"] = [words_of(name) for name in whole["factor"]]
    first = [name for name in ("outcome", "scenario", "against", "asks", "analysis") if name in whole]
    return whole[[*first, *(name for name in whole.columns if name not in first)]]


def _choice_lines(one: Asked, indices: Indices) -> Iterator[str]:
    """Which of two does better and how often, then what decides it, in words that need no variance."""
    first, second, same = shares_of(one.y)
    alike = f"; both do the same in {100 * same:.3g} %" if same else ""
    this, that = one.which
    yield from _filled(f"{this} does better in {100 * first:.3g} % of worlds, {that} in {100 * second:.3g} %{alike}.")
    yield from _lines(indices, {})
    rows = indices.of()
    sure = rows[rows["distinguishable"].astype(bool)].to_dict("records")
    if not sure and first < 1.0 and second < 1.0 and same < 1.0:
        yield from _filled("Cannot tell which of these decides it: more worlds are wanted.")
    elif sure and _meaning(indices):
        every, alone = (200.0 * part * one.y.var(ddof=0) for part in (1.0, min(sure[0]["value"], 1.0)))
        yield from _filled(
            f"{_meaning(indices)}. All drawn anew, it changes in {every:.2g} % of worlds; with "
            f"{words_of(sure[0]['factor'])} alone drawn anew, in {alone:.2g} %."
        )


def _meaning(indices: Indices) -> str:
    """What the index of an indicator is a share of: half the mean square of its change is how often it changes."""
    return FLIPS if indices.primary == "ST" else ""


def _filled(words: str) -> list[str]:
    return [fill(words, WIDTH, initial_indent="  ", subsequent_indent="    ")]


def _lines(indices: Indices, means: Mapping[str, str] = MEANS) -> Iterator[str]:
    """The factors with the largest index, then what it is and how sure."""
    yield f"{indices.primary} by {indices.analysis}; {indices.worlds:,} worlds; intervals: {indices.interval}"
    shown = indices.of().head(SHOWN).to_dict("records")
    for row in shown:
        span = "" if math.isnan(row["low"]) else f"{row['low']:>10.2g} to {row['high']:<8.2g}"
        mark = " " if row["distinguishable"] else "?"
        yield f"  {row['value']:>8.2g}{span} {mark} {words_of(row['factor'])}"
    if not all(row["distinguishable"] for row in shown):
        yield "  ?: not told from the dummy, a factor that does nothing"
    if indices.primary in means:
        yield from _filled(f"{indices.primary}: {means[indices.primary]}")
    yield from (f"  {note}" for note in indices.notes)
