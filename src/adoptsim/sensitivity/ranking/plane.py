"""The figure of both halves of the headline rule: what each lever does to a gap, and what the poorest get."""

from __future__ import annotations

from math import ceil, log10
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.scale import SymmetricalLogScale
from matplotlib.ticker import FuncFormatter, NullLocator

from adoptsim.sensitivity.ranking.lists import ALONE, MORE
from adoptsim.sensitivity.ranking.marks import GREY, NAME, PALE, WIDE, colour_of, frame
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.words import outcome_words, setting_words

__all__ = ["plane_figure"]

ROOM = 3.0  # how far axes go beyond the largest value
LINEAR = 0.01  # of the largest value: below it the axes are linear, above it logarithmic
CORNERS = {
    (0.02, 0.98): "narrower,\nand the poorest gain",
    (0.98, 0.98): "the poorest gain,\nthe rich gain more",
    (0.02, 0.02): "levelled down",
    (0.98, 0.02): "wider,\nand the poorest lose",
}


def plane_figure(ranking: Ranking, width: float = WIDE) -> Figure | None:
    """Levers of the first setting by change of the gap (across) and of the access of the poorest (up), best first.

    None where the outcome is no gap.
    """
    if not ranking.reading.is_gap:
        return None
    setting = ranking.question.settings[0]
    rows = ranking.of(setting, ALL, MORE if setting == REALLOCATION else ALONE)
    wide = width >= WIDE
    figure = Figure(figsize=(width, 7.2 if wide else 9.5), facecolor="white", layout="constrained")
    axes = figure.subplots()
    _points(axes, rows)
    _scale(axes, "x", rows["mean"])
    _scale(axes, "y", rows["poor_mean"])
    for (x, y), words in CORNERS.items():
        axes.text(x, y, words, transform=axes.transAxes, color=GREY, size=9, style="italic",
                  ha="left" if x < 0.5 else "right", va="bottom" if y < 0.5 else "top")  # fmt: skip
    axes.set_xlabel(f"← narrower     change of {outcome_words(ranking.reading)}, {ranking.reading.unit}     wider →")
    axes.set_ylabel(f"useful access of the poorest 40 %, {ranking.reading.unit}")
    _names(figure, axes, [ranking.title(str(name)) for name in rows.index], wide)
    words = (
        f"{setting_words(ranking.question, setting)}; means over {ranking.worlds} worlds, bars: two standard errors. "
        "Blue narrows, orange widens, grey cannot be told. Numbers: place by mean. Axes are logarithmic but around 0."
    )
    frame(figure, "What becomes of the gap, and what do the poorest get?", f"{words[0].upper()}{words[1:]}", width)
    return figure


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    for number, row in enumerate(rows.to_dict("records"), start=1):
        colour = colour_of(str(row["direction"]))
        axes.errorbar(row["mean"], row["poor_mean"], xerr=2.0 * row["se"], yerr=2.0 * row["poor_se"], fmt="o",
                      color=colour, markersize=15, elinewidth=1.2, alpha=0.75, markeredgewidth=0)  # fmt: skip
        axes.annotate(str(number), (row["mean"], row["poor_mean"]), ha="center", va="center", color="white", size=8.5,
                      weight="bold")  # fmt: skip
    axes.axhline(0.0, color=PALE, linewidth=0.8, zorder=0)
    axes.axvline(0.0, color=PALE, linewidth=0.8, zorder=0)


def _scale(axes: Axes, along: str, values: pd.Series) -> None:
    """Logarithmic both ways but around 0, with room for the corners; ticks at powers of ten."""
    largest = float(values.abs().max()) or 1.0
    linear = LINEAR * largest
    powers = [10.0**k for k in range(ceil(log10(linear)), ceil(log10(ROOM * largest)) + 1) if 10.0**k > 2.0 * linear]
    ends = (ROOM * min(float(values.min()), -4.0 * linear), ROOM * max(float(values.max()), 4.0 * linear))
    axes.set(**{f"{along}scale": SymmetricalLogScale(None, linthresh=linear, linscale=0.4)})
    axis: Axis = getattr(axes, f"{along}axis")
    axis.set_ticks([*(-x for x in reversed(powers)), 0.0, *powers])
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+g}" if x else "0"))
    axes.set(**{f"{along}lim": ends})


def _names(figure: Figure, axes: Axes, titles: list[str], wide: bool) -> None:
    """What the numbers mean, beside the plane or below it."""
    lines = [
        fill(f"{i:\u2007>2}  {words}", NAME + 12 if wide else 2 * NAME, subsequent_indent="\u2007" * 4)
        for i, words in enumerate(titles, 1)
    ]
    at = (1.02, 1.0) if wide else (0.0, -0.16)
    axes.annotate("\n".join(lines), at, xycoords="axes fraction", va="top", size=9, annotation_clip=False)
