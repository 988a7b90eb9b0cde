"""Figures of what is not known: what information is worth, and the trade-off behind a box."""

from __future__ import annotations

from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from adoptsim.compare.style import GREY, PALE, STYLE
from adoptsim.sensitivity.discovery import Discovery
from adoptsim.sensitivity.figures import COLOURS
from adoptsim.sensitivity.unknowns import WORTH, Information

__all__ = ["discovery_figure", "information_figure"]

BLUE, ORANGE = COLOURS[:2]
SHADES = ("white", "#C6DBEF", "#6BAED6", BLUE, "#08306B", "#041E42", "black")  # by the number of restricted parameters
SHOWN = 10  # parameters, and groups
LEFT = 0.012


def information_figure(found: Information, title: str, unit: str) -> Figure:
    """Bars of the EVPPI of parameters and groups with 95 % intervals, and what noise alone reaches.

    ``unit`` of the effects, such as ``percentage points``.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.8, 7.2), facecolor="white")
        left, right = figure.add_axes((0.26, 0.14, 0.28, 0.64)), figure.add_axes((0.71, 0.14, 0.27, 0.64))
        single, groups = found.single.head(SHOWN), found.groups.head(SHOWN)
        most = max(float(found.evpi), float(single["high"].max()), float(groups["high"].max()), 1e-12)
        _bars(left, single, list(single["words"]), most)
        _bars(right, groups, list(groups.index), most)
        left.set_title("One parameter known", loc="left", weight="bold")
        right.set_title("All of a group known", loc="left", weight="bold")
        for axes in (left, right):
            axes.axvline(found.evpi, color=GREY, linewidth=1.0, linestyle=(0, (4, 2)))
            axes.set_xlabel(f"gained by choosing then, {unit}", color=GREY)
        left.annotate(
            "everything known,\nluck included ",
            (found.evpi, 0.02),
            xycoords=("data", "axes fraction"),
            ha="right",
            size=9,
            color=GREY,
        )
        _heading(figure, title, _choice(found, unit))
        footnote = (
            "Bars: expected value of perfect partial information; lines: 95 % interval. Grey ticks: the most that "
            "parameters without any effect reached.\nA bar that does not pass its tick is pale: "
            "it cannot be told from noise."
        )
        figure.text(LEFT, 0.018, footnote, size=9, color=GREY)
        return figure


def _choice(found: Information, unit: str) -> str:
    return (
        f"Chosen without further knowledge: {found.best} "
        f"({found.mean:+.2g} {unit} in the mean of {found.worlds:,} worlds).\n"
        "How much better would the choice be if this were known before it is made?"
    )


def _bars(axes: Axes, table: pd.DataFrame, names: list[str], most: float) -> None:
    heights = -np.arange(len(table), dtype=float)
    worth = (table["verdict"] == WORTH).to_numpy()
    axes.barh(heights, table["evppi"], height=0.62, color=np.where(worth, BLUE, PALE))
    axes.hlines(heights, table["low"], table["high"], color=GREY, linewidth=1.6)
    axes.vlines(table["floor"], heights - 0.38, heights + 0.38, color="black", alpha=0.45, linewidth=1.6)
    axes.set_yticks(heights, [fill(name, 40) for name in names], size=9.5, color="black")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-SHOWN + 0.4, 0.6)
    axes.set_xlim(0.0, 1.05 * most)
    axes.locator_params(axis="x", nbins=4)


def discovery_figure(found: Discovery) -> Figure:
    """Coverage against density along the first peeling, with the box that was taken; below, the boxes in words."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12.8, 7.2), facecolor="white")
        axes = figure.add_axes((0.075, 0.3, 0.42, 0.5))
        if len(found.trajectory):
            _peeling(axes, found)
        axes.axhline(100 * found.base, color=GREY, linewidth=1.0, linestyle=(0, (4, 2)))
        axes.annotate("all worlds", (1.0, 100 * found.base), color=GREY, size=9, va="bottom")
        for box in found.boxes[:1]:
            held = (100 * box.held_out_coverage, 100 * box.held_out_density)
            axes.scatter(*held, marker="D", s=70, color=ORANGE, edgecolors="white", zorder=5)
            below = (0, -16)
            words = "in worlds held out"
            axes.annotate(words, held, below, textcoords="offset points", ha="right", color=ORANGE, size=9)
        axes.set_xlim(0.0, 104.0)
        axes.set_ylim(0.0, 104.0)
        axes.set_xlabel("coverage: % of these worlds that the box holds", color=GREY)
        axes.set_ylabel("density: % of the box that is such", color=GREY)
        axes.set_title("Peeling: smaller and denser boxes", loc="left", weight="bold")
        _restrictions(figure, found)
        base = f"It is so in {100 * found.base:.0f} % of {found.worlds:,} worlds."
        _heading(figure, found.event, f"{base} Which parameters tell these worlds from the others?")
        lines = "\n".join(fill(line, 150) for line in found.sentences())
        figure.text(LEFT, 0.2, lines, size=9.5, va="top")
        return figure


def _peeling(axes: Axes, found: Discovery) -> None:
    """The trajectory, a dot per peel, and a ring about the one that was taken."""
    for number, dots in found.trajectory.groupby("restricted"):
        words = f"{number} parameter{'s' * (number != 1)} restricted"
        shade = SHADES[int(str(number))]
        axes.scatter(100 * dots["coverage"], 100 * dots["density"], color=shade, edgecolors=GREY, label=words, zorder=3)
    taken = found.trajectory.iloc[found.chosen]
    x, y = 100 * float(taken["coverage"]), 100 * float(taken["density"])
    words = "the box taken" if found.boxes else "the box that did not stand up"
    axes.scatter(x, y, s=190, facecolors="none", edgecolors=ORANGE, linewidths=2, zorder=4, label=words)
    axes.legend(loc="lower left", frameon=False, fontsize=9, labelcolor=GREY)


def _restrictions(figure: Figure, found: Discovery) -> None:
    """For the first box, the part of each parameter's worlds that lies inside."""
    if not found.boxes:
        figure.text(0.72, 0.78, "No box: cannot tell", size=12, weight="bold", color=GREY)
        return
    axes = figure.add_axes((0.72, 0.3, 0.26, 0.5))
    axes.set_title("The first box", loc="left", weight="bold")
    rows = found.boxes[0].restrictions
    for y, row in enumerate(rows):
        axes.barh(-y, 100.0, height=0.3, color=PALE, alpha=0.5)
        axes.barh(-y, 100 * (row.high_quantile - row.low_quantile), left=100 * row.low_quantile, height=0.3, color=BLUE)
    axes.set_yticks([-y for y in range(len(rows))], [fill(row.words, 32) for row in rows], size=9, color="black")
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(-3.6, 0.6)
    axes.set_xlabel("worlds by this parameter, lowest to highest, %", color=GREY)


def _heading(figure: Figure, title: str, subtitle: str) -> None:
    figure.text(LEFT, 0.97, title, size=18, weight="bold", va="top")
    figure.text(LEFT, 0.915, subtitle, va="top", color=GREY)
