"""The figure of investments: cost per DALY by application and place, against what the country would pay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from adoptsim.compare.figure import COLOURS, GREY, LEFT, PALE, STYLE
from adoptsim.experiment.opened import StoredResult
from adoptsim.inputs.applications import load_applications
from adoptsim.report.investments.account import SAVES, WORTH, WORTHLESS

__all__ = ["investment_figure", "save_figure"]

SAID = {WORTH: COLOURS[2], WORTHLESS: COLOURS[1]}
BIRTHS = COLOURS[4]
COLUMNS, TITLE = 3, 36
SPAN = (10.0, 1e6)  # US$ per DALY that are drawn; what lies beyond is written
MARKS = (10.0, 100.0, 1e3, 1e4, 1e5, 1e6)
RATIOS = ("usd_per_daly", "usd_per_daly_if_births_counted")


def save_figure(rows: pd.DataFrame, stored: StoredResult, folder: Path) -> None:
    """Write ``investments.png`` and ``investments.svg``."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(STYLE):
        figure = investment_figure(rows, stored)
        figure.savefig(folder / "investments.png", dpi=125)
        figure.savefig(folder / "investments.svg", metadata={"Date": None})


def investment_figure(rows: pd.DataFrame, stored: StoredResult) -> Figure:
    """A panel for each application, a line for each place; one logarithmic scale for all."""
    panels = list(rows.groupby("applications", sort=False))
    high = -(-len(panels) // COLUMNS)
    lines = max(len(group) for _, group in panels)
    figure = Figure(figsize=(12.8, 2.8 + high * (1.1 + 0.36 * lines)), facecolor="white")
    grid = figure.subplots(high, COLUMNS, squeeze=False, sharex=True)
    inches = figure.get_size_inches()[1]
    figure.subplots_adjust(left=0.07, right=0.985, top=1 - 1.75 / inches, bottom=1.0 / inches, wspace=0.22, hspace=0.42)
    for axes, (applications, group) in zip(grid.flat, panels, strict=False):
        _panel(axes, str(applications), group)
    for axes in list(grid.flat)[len(panels) :]:
        axes.remove()
    for column in range(COLUMNS):
        below = [grid[i, column] for i in range(high) if i * COLUMNS + column < len(panels)]
        if below:
            below[-1].tick_params(labelbottom=True)
            below[-1].set_xlabel("US$ per DALY averted", color=GREY)
    _words(figure, rows, stored)
    return figure


def _panel(axes: Axes, applications: str, group: pd.DataFrame) -> None:
    titles = {a.id: a.title for a in load_applications()}
    title = fill("; ".join(titles.get(n, n) for n in applications.split()), TITLE)
    axes.set_title(title, loc="left", weight="bold", size=10.5)
    axes.set_xscale("log")
    axes.set_xlim(*SPAN)
    axes.xaxis.set_major_locator(FixedLocator(MARKS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / 1e6:.0f} M" if x >= 1e6 else f"{x:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.set_yticks(range(len(group)), group["where"])
    axes.set_ylim(len(group) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    for place, row in enumerate(group.to_dict("records")):
        line = row["threshold_usd_per_daly"]
        if np.isfinite(line):
            axes.plot([line, line], [place - 0.36, place + 0.36], color="black", linewidth=2.2, solid_capstyle="butt")
        if words := _marked(axes, place, row):
            axes.annotate(
                words, (1.0, place), xycoords=("axes fraction", "data"), ha="right", va="center", size=9, color=GREY
            )


def _marked(axes: Axes, place: int, row: Mapping[Any, Any]) -> str:
    """Draw the ratio, its interval and that of worlds, hollow where it counts averted births; what must be written."""
    name = next((name for name in RATIOS if np.isfinite(row[name])), "")
    if not name:
        return str(row["verdict"])
    value = row[name]
    if value <= 0:
        return SAVES
    if value > SPAN[1]:
        return f"{value / 1e6:,.1f} million →"
    hollow = name == RATIOS[1]
    colour = BIRTHS if hollow else SAID.get(row["verdict"], GREY)
    for ends, wide in (("_worlds", 1.0), ("", 3.0)):
        low, high = (np.clip(row[f"{name}{ends}_{end}"], *SPAN) for end in ("low", "high"))
        axes.plot([low, high], [place, place], color=colour, linewidth=wide, solid_capstyle="butt")
    axes.plot([value], [place], "o", color=colour, markerfacecolor="white" if hollow else colour, markersize=7)
    return ""


def _words(figure: Figure, rows: pd.DataFrame, stored: StoredResult) -> None:
    high = figure.get_size_inches()[1]
    title = str(stored.manifest["title"] or stored.manifest["name"])
    figure.text(LEFT, 1 - 0.14 / high, title, size=16, weight="bold", va="top")
    worlds = int(rows["worlds"].max())
    below = (
        f"Public spending and care per DALY averted, change from the reference in the same {worlds} worlds.\n"
        "Dot: ratio of means; thick: interval of the ratio; thin: 90 % of worlds; bar: what countries would pay."
    )
    figure.text(LEFT, 1 - 0.55 / high, below, va="top", color=GREY, linespacing=1.4)
    keys = [
        *(Line2D([], [], color=colour, marker="o", label=said) for said, colour in SAID.items()),
        Line2D([], [], color=GREY, marker="o", label="cannot tell"),
        Line2D([], [], color=BIRTHS, marker="o", markerfacecolor="white", label="if averted births were counted"),
        Line2D([], [], color="black", marker="|", markersize=12, linestyle="none", label="what countries would pay"),
    ]
    figure.legend(handles=keys, loc="lower left", ncols=5, frameon=False, bbox_to_anchor=(LEFT - 0.01, 0.0))
