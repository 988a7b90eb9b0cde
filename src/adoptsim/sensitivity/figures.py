"""Figures of sensitivity: Morris' plane, indices with intervals, and how the order settled as the design grew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import fill

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from adoptsim.compare.style import GREY, PALE, STYLE
from adoptsim.sensitivity.convergence import Convergence
from adoptsim.sensitivity.indices import Indices

__all__ = ["index_figure", "morris_figure", "save_figure", "stability_figure"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444", "#999933")  # Okabe and Ito
BAND = "#E8E8E8"
MOST, NAMED, LINES = 20, 10, len(COLOURS)  # factors with a bar, with a number, with a line; the largest first
WIDE = 6.5  # inches; below it words are broken earlier and lists stand below
MEANING = {
    "S1": "S1, share of variance by the factor alone",
    "ST": "ST, share of variance by the factor alone and with others",
    "mu_star": "mu*, mean size of an elementary effect",
    "pawn": "PAWN index, median distance of distributions",
    "delta": "delta, shift of the whole distribution",
    "shapley": "Shapley effect, share of variance",
    "dgsm": "upper bound of ST from derivatives",
    "rsa_max": "Cramér-von Mises distance, largest over parts of the outcome",
}
Labels = Mapping[str, str]


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as ``path`` with .png and with .svg."""
    with mpl.rc_context(STYLE):
        figure.savefig(path.with_suffix(".png"), dpi=150)
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def morris_figure(indices: Indices, title: str = "", labels: Labels | None = None, width: float = 8.0) -> Figure:
    """Morris' plane: mean size of a factor's effect against how much it differs from place to place.

    The largest have numbers; grey points are not distinguishable from the noise floor. A group has no spread, and lies
    on the axis. ``width`` in inches; ``labels`` are what factors are called. ValueError for another analysis.
    """
    if indices.analysis != "morris":
        raise ValueError(f"indices of morris are wanted, got {indices.analysis}")
    rows = indices.of("mu_star")
    sigmas = indices.table[indices.table["index"] == "sigma"].set_index("factor")["value"]
    spread = rows["factor"].map(sigmas).fillna(0.0)
    named = rows["factor"].head(NAMED)
    groups = [" (a group)" if indices.interval and name not in sigmas else "" for name in named]
    words = [_called(name, labels, 28) + group for name, group in zip(named, groups, strict=True)]
    listed = [f"{i}  {word}" for i, word in enumerate(words, start=1)]
    if len(rows) > NAMED:
        listed.append(f"and {len(rows) - NAMED} smaller ones")
    with mpl.rc_context(STYLE):
        narrow = width < WIDE
        figure = _page(width, 7.6 if narrow else 5.6)
        if narrow:
            axes, side = figure.subplots(2, 1, height_ratios=(1.0, 0.52))
        else:
            axes, side = figure.subplots(1, 2, width_ratios=(1.0, 0.5))
        side.axis("off")
        side.text(0.0, 1.0, "\n".join(listed), va="top", size=10, linespacing=1.3, transform=side.transAxes)
        top = 1.08 * float(max(rows["high"].fillna(0.0).max(), spread.max())) or 1.0
        _rays(axes, top)
        for i, (row, sigma) in enumerate(zip(rows.itertuples(), spread, strict=True), start=1):
            colour = COLOURS[0] if row.distinguishable else GREY
            axes.plot([row.low, row.high], [sigma, sigma], color=colour, alpha=0.4, linewidth=2)
            axes.plot(row.value, sigma, "o", color=colour, markersize=6.5, clip_on=False)
            if i <= NAMED:
                up = 6 if i % 2 or sigma < 0.05 * top else -13  # neighbours in rank are often neighbours in place
                axes.annotate(str(i), (row.value, sigma), (0, up), textcoords="offset points", ha="center", size=9.5)
        axes.set(xlim=(0.0, top), ylim=(0.0, top))
        axes.set_xlabel("mu*: mean size of the effect", color=GREY)
        axes.set_ylabel("sigma: how much effects differ", color=GREY)
        _words(figure, title or "Which factors matter, and which act with others or unevenly", indices)
    return figure


def _rays(axes: Axes, top: float) -> None:
    """Where effects differ as much as they are large, and where they are nearly alike everywhere."""
    for ratio, words in ((1.0, " sigma = mu*"), (0.1, " sigma = 0.1 mu*")):
        axes.plot([0.0, top], [0.0, ratio * top], color=PALE, linewidth=0.9, zorder=0)
        axes.annotate(words, (0.62 * top, 0.62 * ratio * top), color=GREY, size=8.5, va="top")


def index_figure(
    indices: Indices,
    title: str = "",
    labels: Labels | None = None,
    width: float = 8.0,
    also: str = "",
    meaning: str = "",
) -> Figure:
    """The primary index of the leading factors as bars with intervals, and another index (``also``, as S1) as dots.

    ``width`` in inches; ``meaning`` of the bars in words, left out = that of the index for any outcome.
    The grey band is the noise floor; pale bars are not distinguishable from it.
    """
    rows = indices.of().head(MOST)
    names = [_called(name, labels, 18 if width < WIDE else 30) for name in rows["factor"]]
    places = -np.arange(len(rows))
    with mpl.rc_context(STYLE):
        tallest = max(name.count("\n") for name in names)
        figure = _page(width, 1.9 + (0.26 + 0.15 * tallest) * len(names) + (0.3 if also else 0.0))
        axes = figure.subplots()
        floor = float(indices.floor.get(indices.primary, 0.0))
        axes.axvspan(0.0, floor, color=BAND, zorder=0)
        colours = [COLOURS[0] if yes else PALE for yes in rows["distinguishable"]]
        axes.barh(places, rows["value"].fillna(0.0), height=0.5, color=colours)
        axes.hlines(places, rows["low"], rows["high"], color="black", linewidth=1.4)
        if also:
            other = indices.of(also).set_index("factor").reindex(rows["factor"])
            axes.hlines(places - 0.38, other["low"], other["high"], color=COLOURS[1], linewidth=1.2)
            axes.plot(other["value"], places - 0.38, "o", color=COLOURS[1], markersize=4)
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        axes.set_yticks(places, names, color="black")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(places[-1] - 0.7, 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(4 if width < WIDE else 7))
        told = [f"bars: {meaning or MEANING.get(indices.primary, indices.primary)}"]
        told += [f"dots: {MEANING.get(also, also)}"] if also else []
        told += ["grey band: what a factor that no model sees reaches"] if floor > 0 else []
        axes.set_xlabel("\n".join(fill(words, int(7.5 * width)) for words in told), color=GREY, size=9.5)
        _words(figure, title or "Which factors the outcome depends on", indices)
    return figure


def stability_figure(found: Convergence, title: str = "", labels: Labels | None = None, width: float = 8.0) -> Figure:
    """Ranks of the leading factors as the design was doubled, and below it the widest interval of ST."""
    path = found.path
    sizes = [step.worlds for step in path]
    names = list(path[-1].values)[:LINES]
    with mpl.rc_context(STYLE):
        figure = _page(width, 6.4)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(1.0, 0.45))
        for colour, name in zip(COLOURS, names, strict=False):
            ranks = [1 + list(step.values).index(name) for step in path]
            upper.plot(sizes, ranks, "o-", color=colour, linewidth=2.2, markersize=6)
            words = _called(name, labels, 30)
            end = {"xytext": (9, 0), "textcoords": "offset points", "va": "center", "size": 9.5}
            upper.annotate(words, (sizes[-1], ranks[-1]), color=colour, annotation_clip=False, **end)
        lowest = max((list(step.values).index(name) for step in path for name in names), default=0)
        upper.set_ylim(lowest + 1.5, 0.5)
        upper.yaxis.set_major_locator(MaxNLocator(integer=True))
        upper.set_ylabel("rank by ST", color=GREY)
        widest = [np.nan if step.widest is None else step.widest for step in path]
        lower.plot(sizes, widest, "s-", color=GREY, linewidth=2)
        lower.set_ylim(bottom=0.0)
        lower.set_ylabel("widest\ninterval", color=GREY)
        lower.set_xscale("log", base=2)
        lower.xaxis.set_minor_locator(NullLocator())
        lower.set_xticks(sizes, [f"{n:,}" for n in sizes], rotation=45 if len(sizes) > width else 0)
        lower.set_xlabel("worlds", color=GREY)
        _words(figure, title or "Does the order hold as the design grows?", found.indices, f"Ended: {found.reason}. ")
    return figure


def _page(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), facecolor="white", layout="constrained")


def _called(name: str, labels: Labels | None, width: int) -> str:
    return fill((labels or {}).get(name, name.replace("_", " ")), width)


def _words(figure: Figure, title: str, indices: Indices, before: str = "") -> None:
    """Title above; worlds and where intervals come from below."""
    width = figure.get_figwidth()
    left = 0.12 / width
    figure.suptitle(fill(title, int(7.2 * width)), x=left, ha="left", size=13, weight="bold")
    shown = f"Intervals: 95 %, {indices.interval}." if indices.interval else "No variance: nothing can be said."
    lost = f" {indices.failed:,} of them failed." if indices.failed else ""
    told = f"{before}{indices.worlds:,} worlds.{lost} {shown}"
    figure.supxlabel(fill(told, int(13 * width)), x=left, ha="left", size=8.5, color=GREY)
