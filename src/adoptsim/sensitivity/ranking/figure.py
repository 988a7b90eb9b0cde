"""The figures of a ranking: levers with intervals, what pairs do to each other, stability over worlds, regions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adoptsim.sensitivity.ranking.lists import ALONE, MORE, Key
from adoptsim.sensitivity.ranking.marks import GREY, LINES, NAME, NARROW, PALE, STYLE, WIDE, colour_of, frame
from adoptsim.sensitivity.ranking.plane import plane_figure
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import REST, Ranking
from adoptsim.sensitivity.ranking.words import (
    MEASURED_AS,
    figures,
    outcome_words,
    place_words,
    setting_words,
    signed,
)

__all__ = ["interaction_figure", "ranking_figure", "regions_figure", "save_figures", "stability_figure"]

FIRST = {REALLOCATION: MORE}


def save_figures(ranking: Ranking, folder: Path, regions: Sequence[Ranking] = ()) -> list[Path]:
    """Write each figure as PNG and SVG, on a wide sheet and (``-narrow``) on one for a telephone; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with mpl.rc_context(STYLE):
        for suffix, width in (("", WIDE), ("-narrow", NARROW)):
            figures = {
                "ranking": ranking_figure(ranking, width),
                "plane": plane_figure(ranking, width),
                "stability": stability_figure(ranking, width),
                "interactions": interaction_figure(ranking, width),
                "regions": regions_figure(regions, width) if regions else None,
            }
            for name, figure in figures.items():
                if figure is not None:
                    for form, options in (("png", {"dpi": 125}), ("svg", {"metadata": {"Date": None}})):
                        written.append(folder / f"{name}{suffix}.{form}")
                        figure.savefig(written[-1], **options)
    return written


def ranking_figure(ranking: Ranking, width: float = WIDE) -> Figure:
    """Each setting a column (a row on a narrow sheet): means, errors and the range of worlds, best lever first."""
    settings = ranking.question.settings
    across = len(settings) if width >= WIDE else 1
    down = -(-len(settings) // across)
    tall = 0.42 * len(ranking.question.levers) + 1.5
    figure = Figure(figsize=(width, down * tall + 1.5), facecolor="white", layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).flat
    for axes, setting in zip(panels, settings, strict=False):
        _dots(axes, ranking, (setting, ALL, FIRST.get(setting, ALONE)))
        _heading(axes, ranking, setting)
    question = f"Which lever {ranking.reading.verb} {outcome_words(ranking.reading)} most?"
    frame(figure, question, _means(ranking), width)
    return figure


def _dots(axes: Axes, ranking: Ranking, key: Key) -> None:
    """Levers from the top: the mean, twice its standard error (thick), 90 % of worlds (thin), places at the right."""
    rows = ranking.of(*key)
    digits = figures(rows["mean"], 3)
    for y, row in enumerate(rows.to_dict("records")):
        colour = colour_of(str(row["direction"]))
        axes.plot([row["p05"], row["p95"]], [y, y], color=colour, linewidth=1.2, alpha=0.6)
        error = 2.0 * row["se"]
        axes.plot([row["mean"] - error, row["mean"] + error], [y, y], color=colour, linewidth=4, alpha=0.6,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot(row["mean"], y, "o", color=colour, markersize=6)
    axes.axvline(0.0, color=GREY, linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(rows)), [fill(ranking.title(str(lever)), NAME) for lever in rows.index], size=9)
    means = [signed(mean, digits) for mean in rows["mean"]]
    stand = [place_words(*ends) for ends in zip(rows["place_low"], rows["place_high"], strict=True)]
    beside = [f"{mean:>7}{place:>6}" for mean, place in zip(("mean", *means), ("place", *stand), strict=True)]
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(-1, len(rows)), beside, size=8, family="DejaVu Sans Mono")
    right.tick_params(length=0)
    right.spines["right"].set_visible(False)
    axes.set_ylim(len(rows) - 0.4, -1.4)
    axes.tick_params(axis="y", length=0, labelcolor="black")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(3 if len(axes.figure.axes) > 1 else 7))
    axes.set_xlabel(_axis(ranking), color=GREY)


def _heading(axes: Axes, ranking: Ranking, setting: str) -> None:
    words = setting_words(ranking.question, setting)
    letters = 26 if len(axes.figure.axes) > 1 else 60
    axes.set_title(fill(f"{words[0].upper()}{words[1:]}", letters), loc="left", weight="bold", size=10.5)


def _axis(ranking: Ranking) -> str:
    reading = ranking.reading
    ends = ("narrower", "wider") if reading.is_gap else ("less", "more")
    return f"← {ends[0]}     {ends[1]} →\n{reading.unit}"


def _means(ranking: Ranking) -> str:
    good, bad = ranking.reading.verb, ranking.reading.contrary
    return (
        f"Dots: means over {ranking.worlds} worlds; thick: two standard errors either way; thin: 90 % of worlds. "
        f"Blue {good} and orange {bad} on average, grey cannot be told. Place: those that cannot be ruled out."
    )


def stability_figure(ranking: Ranking, width: float = WIDE) -> Figure:
    """Place by mean of every lever as worlds are added, per setting; at the right the places that can be told."""
    settings = ranking.question.settings
    across = len(settings) if width >= WIDE else 1
    down = -(-len(settings) // across)
    figure = Figure(figsize=(width, down * (0.3 * len(ranking.question.levers) + 1.2) + 1.2), facecolor="white",
                    layout="constrained")  # fmt: skip
    for axes, setting in zip(figure.subplots(down, across, squeeze=False).flat, settings, strict=False):
        _places_over_worlds(axes, ranking, (setting, ALL, FIRST.get(setting, ALONE)))
        _heading(axes, ranking, setting)
    words = "Place by the mean over the first worlds. In brackets: places that cannot be ruled out with all worlds."
    frame(figure, "Would more worlds change the order?", words, width)
    return figure


def _places_over_worlds(axes: Axes, ranking: Ranking, key: Key) -> None:
    rows, names = ranking.of(*key), ranking.players[key]
    good = ranking.reading.better * ranking.effects[key]
    counts = _steps(ranking.worlds)
    means = np.cumsum(good, axis=0)[np.array(counts) - 1] / np.array(counts)[:, None]
    place = np.argsort(np.argsort(-means, axis=1, kind="stable"), axis=1) + 1
    for lever, row in rows.iterrows():
        rank = int(row["place"])
        colour = LINES[rank - 1] if rank <= len(LINES) else PALE
        axes.plot(counts, place[:, names.index(str(lever))], color=colour, linewidth=2 if rank <= len(LINES) else 1)
        words = f"{ranking.title(str(lever))} ({place_words(row['place_low'], row['place_high'])})"
        axes.annotate(fill(words, NAME + 6), (1.02, rank), xycoords=("axes fraction", "data"), va="center", size=8.5,
                      color=colour if rank <= len(LINES) else GREY)  # fmt: skip
    axes.set_ylim(len(rows) + 0.5, 0.5)
    axes.set_yticks(range(1, len(rows) + 1))
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, [f"{count:,}" for count in counts])
    axes.minorticks_off()
    axes.set_xlim(counts[0], counts[-1])
    axes.set_xlabel("worlds", color=GREY)


def _steps(worlds: int) -> list[int]:
    """1, 2, 4, ... and all worlds."""
    powers = [2**k for k in range(worlds.bit_length()) if 2**k < worlds / 1.4]
    return [*powers, worlds]


def interaction_figure(ranking: Ranking, width: float = WIDE) -> Figure | None:
    """What pairs of levers do to each other beyond the sum of their effects; None where pairs were not estimated.

    The first setting's package of all levers. The last column is a lever in company less alone.
    """
    rows = ranking.interactions
    rows = rows[(rows["package"] == ALL)]
    rows = rows[rows["setting"] == (rows["setting"].iloc[0] if len(rows) else "")]
    if (rows["other"] == REST).all():
        return None
    names = list(ranking.of(rows["setting"].iloc[0], ALL, ALONE).index.map(str))
    grid, sure = np.full((len(names), len(names) + 1), np.nan), np.zeros((len(names), len(names) + 1), dtype=bool)
    for row in rows.itertuples():
        i = names.index(row.lever)
        j = len(names) if row.other == REST else names.index(row.other)
        for a, b in ((i, j), (j, i)) if row.other != REST else ((i, j),):
            grid[a, b], sure[a, b] = row.mean, row.told
    size = 0.5 if width >= WIDE else 0.3
    figure = Figure(figsize=(width, size * len(names) + 3.6), facecolor="white", layout="constrained")
    axes = figure.subplots()
    most = float(np.nanmax(np.abs(grid))) or 1.0
    colours = "RdBu" if ranking.reading.better > 0 else "RdBu_r"
    scale: dict[str, Any] = {"cmap": colours, "vmin": -most, "vmax": most, "edgecolor": "white", "linewidth": 1}
    axes.pcolormesh(grid, alpha=0.3, **scale)  # pale: may be noise
    image = axes.pcolormesh(np.where(sure, grid, np.nan), **scale)
    digits = figures([most])
    for i, j in zip(*np.nonzero(sure), strict=True):
        axes.annotate(signed(grid[i, j], digits), (j + 0.5, i + 0.5), ha="center", va="center",
                      size=8 if width >= WIDE else 5.5,
                      color="white" if abs(grid[i, j]) > most / 2 else "black")  # fmt: skip
    short = NAME if width >= WIDE else NAME - 6
    labels = [fill(ranking.title(name), short) for name in names]
    at = np.arange(len(names)) + 0.5
    axes.set_yticks(at, labels, size=8.5 if width >= WIDE else 7)
    axes.set_xticks([*at, len(names) + 0.5], [*labels, "all the rest"], rotation=90, size=8.5 if width >= WIDE else 7)
    axes.tick_params(length=0, labelcolor="black")
    axes.invert_yaxis()
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.colorbar(image, ax=axes, shrink=0.6)
    bar.set_label(ranking.reading.unit, color=GREY)
    words = (
        f"Change of {outcome_words(ranking.reading)} beyond the sum of effects, in the average company; blue: better "
        "together. Numbers: can be told from noise; pale: cannot. Last column: a lever as the last of the "
        "package less alone. "
        f"At {setting_words(ranking.question, str(rows['setting'].iloc[0]))}; {ranking.worlds} worlds."
    )
    frame(figure, "What do levers do to each other?", words, width)
    return figure


def regions_figure(rankings: Sequence[Ranking], width: float = WIDE) -> Figure:
    """Small multiples: a panel per outcome (globe, regions, income groups), the same levers in the same order in each.

    The first ranking gives the order of levers and, with ``question.settings[0]``, the list.
    """
    first = rankings[0]
    key = (first.question.settings[0], ALL, FIRST.get(first.question.settings[0], ALONE))
    names = [str(name) for name in first.of(*key).index]
    across = min(len(rankings), 4 if width >= WIDE else 2)
    down = -(-len(rankings) // across)
    figure = Figure(figsize=(width, down * (0.3 * len(names) + 0.9) + 1.4), facecolor="white", layout="constrained")
    panels = list(figure.subplots(down, across, squeeze=False, sharey=True).flat)
    for number, (axes, ranking) in enumerate(zip(panels, rankings, strict=False)):
        rows = ranking.of(*key).loc[names]
        for y, (_, row) in enumerate(rows.iterrows()):
            colour = colour_of(str(row["direction"]))
            error = 2.0 * row["se"]
            axes.plot([row["mean"] - error, row["mean"] + error], [y, y], color=colour, linewidth=3, alpha=0.6)
            axes.plot(row["mean"], y, "o", color=colour, markersize=4.5)
        axes.axvline(0.0, color=GREY, linewidth=0.8, zorder=0)
        axes.set_title(fill(_panel(ranking, first), 24), loc="left", weight="bold")
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.tick_params(axis="y", length=0, labelcolor="black")
        axes.spines["left"].set_visible(False)
        if number % across == 0:
            axes.set_yticks(range(len(names)), [fill(ranking.title(name), NAME) for name in names], size=8.5)
        if number >= len(rankings) - across:
            axes.set_xlabel(_axis(ranking), color=GREY, size=9)
    for axes in panels[len(rankings) :]:
        axes.set_visible(False)
    words = setting_words(first.question, key[0])
    measure = MEASURED_AS[key[2]].lower()
    told = f"{words[0].upper()}{words[1:]}; {measure}. Bars: two standard errors. Each panel has its own scale."
    verb, what = first.reading.verb, outcome_words(first.reading)
    frame(figure, f"Does the lever that {verb} {what} most do so everywhere?", told, width)
    return figure


def _panel(ranking: Ranking, first: Ranking) -> str:
    """Region or income group; where there is none, the outcome."""
    words = outcome_words(ranking.reading)
    return ranking.reading.place or ("Everybody" if ranking is first else f"{words[0].upper()}{words[1:]}")
