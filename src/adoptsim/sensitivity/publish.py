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
from adoptsim.sensitivity.deciding import deciding
from adoptsim.sensitivity.figures import index_figure, morris_figure, save_figure
from adoptsim.sensitivity.indices import Indices
from adoptsim.sensitivity.ranking.figure import save_figures
from adoptsim.sensitivity.ranking.table import print_ranking, ranking_csv, ranking_text
from adoptsim.sensitivity.study import EQUAL_WEIGHTS
from adoptsim.sensitivity.told import Asked, indices_of, ranked, study_in
from adoptsim.sensitivity.unknowns_figure import information_figure

__all__ = ["print_study", "publish"]

SHOWN, WIDTH = 12, 100  # factors of a printed table, columns of a text
DECIDES = "What decides it, and what would be worth knowing"


def publish(folder: Path) -> None:
    """Write the tables and figures of a ranking or a sensitivity analysis."""
    stored = open_result(folder)
    tables, figures = folder / "tables", folder / "figures"
    tables.mkdir(exist_ok=True)
    if study_in(stored).kind == "ranking":
        _publish_ranking(stored, tables, figures)
    else:
        found = list(indices_of(stored))
        _table(found).to_csv(tables / "indices.csv", index=False, lineterminator="\n")
        figures.mkdir(exist_ok=True)
        for one, indices in found:
            name = one.outcome.replace("@", "_") + (f"_{one.of}" if one.against else "")
            draw = morris_figure if indices.analysis == "morris" else index_figure
            save_figure(draw(indices, one.words), figures / f"{name}.png")


def _publish_ranking(stored: StoredResult, tables: Path, figures: Path) -> None:
    """Rankings as tables, text and figures; what decides the first of them where there are worlds enough."""
    rankings = list(ranked(stored))
    ranking_csv(rankings, tables)
    first, regions = rankings[0], [ranking for ranking in rankings[1:] if EQUAL_WEIGHTS not in ranking.reading.outcome]
    save_figures(first, figures, [first, *regions] if regions else ())
    lines = ["\n".join(map(ranking_text, rankings))]
    if (found := deciding(stored, first)) is not None:
        lines += [DECIDES, *(f"  {line}" for line in found.sentences()), ""]
        for name in ("single", "groups"):
            table = getattr(found.information, name)
            table.to_csv(tables / f"unknowns_{name}.csv", lineterminator="\n")
        found.reversal.to_csv(tables / "reversals.csv", lineterminator="\n")
        found.boxes().to_csv(tables / "boxes.csv", index=False, lineterminator="\n")
        figure = information_figure(found.information, "What would be worth knowing?", found.unit)
        save_figure(figure, figures / "unknowns.png")
    (tables / "ranking.txt").write_text("\n".join(lines), encoding="utf-8")


def print_study(stored: StoredResult, console: Console) -> None:
    """Print what a study answers."""
    if study_in(stored).kind == "ranking":
        first = next(ranked(stored))
        print_ranking(first, console)
        if (found := deciding(stored, first)) is not None:
            console.print(Text(f"\n{DECIDES}", style="bold"))
            for line in found.sentences():
                console.print(
                    fill(line, WIDTH, initial_indent="  ", subsequent_indent="    "), highlight=False, markup=False
                )
        return
    for one, indices in indices_of(stored):
        console.print(Text(f"\nWhat decides {one.words}?", style="bold"))
        for line in _lines(indices):
            console.print(line, highlight=False, markup=False)


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
