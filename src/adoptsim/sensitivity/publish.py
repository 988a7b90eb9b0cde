"""Tables and figures of a study, made from what is stored and kept beside it; and what a terminal shows of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

import pandas as pd
from rich.console import Console
from rich.text import Text

from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.sensitivity.deciding import FEWEST, Deciding, deciding
from adoptsim.sensitivity.figures import index_figure, morris_figure, save_figure
from adoptsim.sensitivity.indices import Indices
from adoptsim.sensitivity.ranking.figure import save_figures
from adoptsim.sensitivity.ranking.lists import ALONE, MORE
from adoptsim.sensitivity.ranking.question import ALL
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.table import groups_text, ranking_csv, ranking_text
from adoptsim.sensitivity.ranking.verdict import reversal_sentence, reversals
from adoptsim.sensitivity.ranking.words import package_words, setting_words
from adoptsim.sensitivity.told import Asked, groups_without, indices_of, ranked, study_in, without_shares
from adoptsim.sensitivity.unknowns_figure import information_figure
from adoptsim.sensitivity.vocabulary import words_of

__all__ = ["print_study", "publish"]

SHOWN, WIDTH = 12, 100  # factors of a printed table, columns of a text
ANSWER = "answer.txt"
DECIDES = "What decides it, and what would be worth knowing"
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
    lines: list[str] = []
    for one, indices in found:
        name = one.outcome.replace("@", "_") + (f"_{one.of}" if one.against else "")
        draw = morris_figure if indices.analysis == "morris" else index_figure
        labels = {name: words_of(name) for name in indices.table["factor"]}
        save_figure(draw(indices, one.words, labels), figures / f"{name}.png")
        lines += ["", f"What decides {one.words}?", *_lines(indices)]
    return lines


def _publish_ranking(stored: StoredResult, tables: Path, figures: Path) -> list[str]:
    """Rankings as tables, text and figures; what decides the first of them where there are worlds enough."""
    first, equal, *others = rankings = list(ranked(stored))
    groups = [ranking for ranking in others if ranking.reading.is_gap]
    ranking_csv(rankings, tables)
    save_figures(first, figures, [first, *groups] if groups else ())
    (tables / "ranking.txt").write_text("\n".join(map(ranking_text, rankings)), encoding="utf-8")
    found = deciding(stored, first)
    missing = without_shares(stored)
    shares = [f"Variance shares cannot be told: {missing}."] if missing else []
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
    heading = f"What would be worth knowing, to choose among {package_words(last.package)}?"
    save_figure(information_figure(last.information, heading, last.unit), figures / "unknowns.png")


def _reversed(first: Ranking, equal: Ranking) -> Iterator[str]:
    """What other weights of applications turn round."""
    for setting, package, measure in first.effects:
        if package == ALL and measure in (ALONE, MORE):
            words = f"If all applications weighed alike ({setting_words(first.question, setting).split(',')[0]})"
            yield reversal_sentence(reversals(first, equal, (setting, package, measure)), words)


def _table(found: list[tuple[Asked, Indices]]) -> pd.DataFrame:
    parts = [
        indices.table.assign(outcome=one.outcome, scenario=one.of, against=one.against, analysis=indices.analysis)
        for one, indices in found
    ]
    whole = pd.concat(parts, ignore_index=True)
    first = ["outcome", "scenario", "against", "analysis"]
    return whole[[*first, *(name for name in whole.columns if name not in first)]]


def _lines(indices: Indices) -> Iterator[str]:
    """The factors with the largest index, then how sure that is."""
    yield f"{indices.primary} by {indices.analysis}; {indices.worlds:,} worlds; intervals: {indices.interval}"
    for row in indices.of().head(SHOWN).to_dict("records"):
        span = "" if math.isnan(row["low"]) else f"  {row['low']:10.4g} to {row['high']:.4g}"
        mark = "" if row["distinguishable"] else "  not told from the dummy"
        yield f"  {row['factor']:<44}{row['value']:10.4g}{span}{mark}"
    yield from (f"  {note}" for note in indices.notes)
