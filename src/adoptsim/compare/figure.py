"""The figure of a run: the gap through time on the left, both halves of the headline pair on the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill, shorten
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from adoptsim.compare import style as common
from adoptsim.compare.headline import GAP_GROUP, Headline
from adoptsim.compare.table import verdict_cell
from adoptsim.experiment.opened import StoredResult

__all__ = ["gap_figure", "level_figure", "save_figure"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#444444", "#CC79A7", "#E69F00")  # Okabe and Ito: safe for the colour-blind
MARKERS: tuple[dict[str, Any], ...] = (
    {"marker": "o"},
    {"marker": "o", "markerfacecolor": "white"},
    {"marker": "D"},
    {"marker": "s"},
)
DASHES: tuple[Any, ...] = ("-", (0, (4, 2)), (0, (1, 1.5)), "-.")
GREY, PALE = common.GREY, common.PALE
POOR, GAP = "poorest_40_access", "gap_rich_20_minus_poor_40"
ACCESS = "useful_access"
BANDS = ("richest 20 %", "poorest 40 %")
MOST_PANELS = 6
HINT: dict[str, Any] = {"color": GREY, "size": 10, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
LEFT = 0.012
STYLE: dict[Any, Any] = {**common.STYLE, "axes.titlesize": 11.5}


@dataclass(frozen=True)
class Line:
    """How one scenario is drawn: scenarios of one title share a colour, their strengths differ in line and marker."""

    scenario: str
    title: str
    colour: str
    nth: int  # which strength, in order of appearance
    strength: str


def save_figure(head: Headline, stored: StoredResult, folder: Path) -> None:
    """Write ``gap.png`` (1,600 pixels wide) and ``gap.svg``."""
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(STYLE):
        alone = head.others().empty
        figure = level_figure(head, stored.table("series")) if alone else gap_figure(head, stored.table("changes"))
        figure.savefig(folder / "gap.png", dpi=125)
        figure.savefig(folder / "gap.svg", metadata={"Date": None})


def level_figure(head: Headline, series: pd.DataFrame) -> Figure:
    """One scenario alone: access of the richest and the poorest people through time."""
    figure = Figure(figsize=(12.8, 7.2), facecolor="white")
    axes = figure.add_axes((0.068, 0.1, 0.75, 0.72))
    for colour, band in zip(COLOURS, BANDS, strict=False):
        here = series[(series["group"] == band) & (series["outcome"] == ACCESS)]
        years = here["year"].to_numpy(dtype=float)
        middle, low, high = (100.0 * here[key].to_numpy(dtype=float) for key in ("p50", "p05", "p95"))
        axes.fill_between(years, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(years, middle, color=colour, linewidth=2)
        if len(years):
            axes.annotate(f" {band}", (years[-1], middle[-1]), color=colour, va="center", weight="bold")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.0)
    axes.set_ylabel("useful access, % of need", color=GREY)
    figure.text(LEFT, 0.97, _heading(head), size=18, weight="bold", va="top")
    people = (
        f"Access of the richest 20 % and the poorest 40 % of people on earth in {head.rows['worlds'].max()} worlds."
    )
    figure.text(LEFT, 0.915, people, va="top", color=GREY)
    figure.text(LEFT, 0.018, f"Lines: median; shades: 90 % of worlds. {_source(head)}", size=9, color=GREY)
    return figure


def gap_figure(head: Headline, changes: pd.DataFrame) -> Figure:
    """The figure, from the headline and the stored yearly changes against the reference."""
    lines = list(_lines(head))
    titles = {line.title: line.colour for line in lines}
    figure = Figure(figsize=(12.8, max(7.2, 2.2 + 0.5 * len(lines))), facecolor="white")
    grid = GridSpec(
        1, 2, figure, width_ratios=(1.0, 1.05), left=0.068, right=0.868, top=0.745, bottom=0.135, wspace=0.42
    )
    _small_multiples(figure, grid[0], dict(list(titles.items())[:MOST_PANELS]), lines, changes)
    _dots(figure, grid[1], lines, head)
    _words(figure, head)
    _key(figure, lines)
    return figure


def _lines(head: Headline) -> Iterator[Line]:
    others = head.others()
    titles = list(dict.fromkeys(others["title"]))
    strengths = list(dict.fromkeys(others["strength"].str.removesuffix(" each")))
    for name, row in others.iterrows():
        colour = COLOURS[titles.index(row["title"]) % len(COLOURS)]
        strength = str(row["strength"]).removesuffix(" each")
        yield Line(str(name), str(row["title"]), colour, strengths.index(strength) % len(MARKERS), strength)


def _small_multiples(
    figure: Figure, place: Any, titles: dict[str, str], lines: list[Line], changes: pd.DataFrame
) -> None:
    """Change of the gap through time: a panel per title, on one scale."""
    rows = -(-len(titles) // 2)
    grid = place.subgridspec(rows, min(2, len(titles)), hspace=0.34, wspace=0.12)
    of_gap = changes[(changes["group"] == GAP_GROUP) & (changes["outcome"] == ACCESS)]
    panels = list(grid.subplots(sharex=True, sharey=True, squeeze=False).flat)
    for (title, colour), axes in zip(titles.items(), panels, strict=False):
        for line in (line for line in lines if line.title == title):
            series = of_gap[of_gap["scenario"] == line.scenario]
            middle, low, high = (100.0 * series[key].to_numpy(dtype=float) for key in ("p50", "p05", "p95"))
            years = series["year"].to_numpy(dtype=float)
            axes.fill_between(years, low, high, color=line.colour, alpha=0.22 if line.nth == 0 else 0.12, linewidth=0)
            axes.plot(years, middle, color=line.colour, linestyle=DASHES[line.nth], linewidth=2)
        axes.axhline(0.0, color=GREY, linewidth=0.8)
        axes.set_title(fill(title, 24), loc="left", color=colour, weight="bold", pad=4)
        axes.margins(x=0.02)
    for axes in panels[len(titles) :]:
        axes.set_visible(False)
    for axes in panels[max(len(titles) - 2, 0) : len(titles)]:
        axes.tick_params(labelbottom=True)  # also where nothing stands below
    panels[0].xaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
    panels[0].annotate("wider ↑", (0.03, 0.98), xycoords="axes fraction", va="top", **HINT)
    panels[0].annotate("narrower ↓", (0.03, 0.02), xycoords="axes fraction", va="bottom", **HINT)
    figure.text(0.012, 0.44, "percentage points", rotation=90, va="center", color=GREY)


def _dots(figure: Figure, place: Any, lines: list[Line], head: Headline) -> None:
    """Change of both halves of the headline pair, a row per scenario, scenarios of one title together."""
    order = sorted(lines, key=lambda line: [x.title for x in lines].index(line.title))
    heights = _heights(order)
    left, right = place.subgridspec(1, 2, wspace=0.16).subplots(sharey=True)
    for axes, column in ((left, POOR), (right, GAP)):
        for line, y in zip(order, heights, strict=True):
            row = head.rows.loc[line.scenario]
            ends = [row[f"{column}_change_low"], row[f"{column}_change_high"]]
            axes.plot(ends, [y, y], color=line.colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
            axes.plot(
                row[f"{column}_change"], y, color=line.colour, markersize=8, markeredgewidth=1.8, **MARKERS[line.nth]
            )
        axes.axvline(0.0, color=GREY, linewidth=0.8, zorder=0)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(heights[-1] - 0.8, heights[0] + 0.8)
        axes.locator_params(axis="x", nbins=4)
    left.set_yticks([])
    for line, y in zip(order, heights, strict=True):
        _row_words(left, right, line, y, head)
    left.set_title("Access of the\npoorest 40 %", loc="left", weight="bold")
    right.set_title("Gap, richest 20 %\nless poorest 40 %", loc="left", weight="bold")
    figure.text(0.878, 0.7555, "Does the gap\nnarrow?", weight="bold", size=STYLE["axes.titlesize"])
    left.set_xlabel("more →\npercentage points", color=GREY)
    right.set_xlabel("← narrower     wider →\npercentage points", color=GREY)


def _heights(order: list[Line]) -> list[float]:
    """Row positions from the top, with some air between titles."""
    heights, y = list[float](), 0.0
    for i, line in enumerate(order):
        if i and line.title != order[i - 1].title:
            y -= 0.7
        heights.append(y)
        y -= 1.0
    return heights


def _row_words(left: Axes, right: Axes, line: Line, y: float, head: Headline) -> None:
    row = head.rows.loc[line.scenario]
    left.annotate(
        f"{fill(line.title, 24)}\n{row['strength']}".rstrip(),
        (-0.05, y),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        size=9.5,
        color=line.colour,
    )
    right.annotate(
        verdict_cell(row.to_dict()),
        (1.05, y),
        xycoords=("axes fraction", "data"),
        ha="left",
        va="center",
        size=9.5,
        color="black",
    )


def _words(figure: Figure, head: Headline) -> None:
    """Title, what is shown, and where the numbers come from."""
    start, end = head.years
    reference = head.rows.loc[head.reference]
    title = shorten(str(reference["title"]), 36, placeholder="...")
    figure.text(LEFT, 0.97, _heading(head), size=18, weight="bold", va="top")
    figure.text(
        LEFT,
        0.915,
        f"Change against '{title}' in the same {head.rows['worlds'].max()} worlds, where the poorest 40 % "
        f"have {reference[POOR]:.1f} % of the access they need and the gap is {reference[GAP]:.1f} points.",
        va="top",
        color=GREY,
    )
    figure.text(LEFT, 0.845, "Change of the gap through time", size=13, weight="bold", va="center")
    figure.text(0.5, 0.845, f"Mean change {start}-{end}", size=13, weight="bold", va="center")
    figure.text(
        LEFT,
        0.018,
        f"Lines: median; dots: mean; shades and bars: 90 % of worlds. The gap narrows in a world if it falls "
        f"and the poorest 40 % gain. {_source(head)}",
        size=9,
        color=GREY,
    )


def _heading(head: Headline) -> str:
    return shorten(str(head.manifest["title"] or head.manifest["name"]), 85, placeholder="...")


def _source(head: Headline) -> str:
    """Where the numbers come from."""
    manifest = head.manifest
    result = f"{manifest['name']}-{manifest['hash'][:8]}"
    return f"adoptsim {manifest['versions']['adoptsim']}, {result}, seed {manifest['seed']}"


def _key(figure: Figure, lines: list[Line]) -> None:
    """Which line and which dot stand for which strength."""
    nth = {line.strength: line.nth for line in lines if line.strength}
    if len(nth) < 2:
        return
    handles = [
        Line2D([], [], color=GREY, linestyle=DASHES[n], linewidth=2, markersize=8, **MARKERS[n]) for n in nth.values()
    ]
    figure.legend(
        handles,
        list(nth),
        loc="center right",
        bbox_to_anchor=(0.995, 0.845),
        ncols=len(nth),
        frameon=False,
        handlelength=2.8,
        fontsize=10,
    )
