"""Tables and figures of a stored answer, made from what is stored and kept beside it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from adoptsim.compare.figure import save_figure
from adoptsim.compare.headline import SHOWN, Headline, headline
from adoptsim.experiment.opened import open_result

__all__ = ["publish"]

FIRST = ("title", "strength", "worlds", "narrows", "widens", "verdict")


def publish(folder: Path) -> None:
    """Write ``tables/NAME.csv`` (the printed table), ``tables/comparison.csv`` and, if series are kept, the figure."""
    stored = open_result(folder)
    head = headline(stored)
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    _with_units(head).to_csv(tables / f"{head.manifest['name']}.csv", lineterminator="\n")
    head.everything.to_csv(tables / "comparison.csv", index=False, lineterminator="\n")
    if "series" in stored.tables:
        save_figure(head, stored, folder / "figures")


def _with_units(head: Headline) -> pd.DataFrame:
    """The headline's rows with the unit in the name of each column."""
    names = {}
    for shown in SHOWN:
        unit = "points" if shown.unit == "percent" else shown.unit
        names[shown.column] = f"{shown.column}_{shown.unit}"
        for suffix in ("_change", "_change_low", "_change_high"):
            names[shown.column + suffix] = f"{shown.column}{suffix}_{unit}"
    return head.rows[[*FIRST, *names]].rename(columns=names)
