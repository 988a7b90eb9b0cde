"""What the figures of a ranking have in common: sizes, colours of a verdict, heading and foot."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from matplotlib.figure import Figure

from adoptsim.compare import style as common

__all__ = ["GREY", "LINES", "NAME", "NARROW", "PALE", "STYLE", "WIDE", "colour_of", "frame"]

GREY, PALE = common.GREY, common.PALE
BETTER, WORSE = "#0072B2", "#D55E00"  # Okabe and Ito: safe for the colour-blind
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
STYLE: dict[Any, Any] = {**common.STYLE, "font.size": 10.5, "axes.titlesize": 11}
WIDE, NARROW = 12.8, 6.4  # inches
NAME = 26  # letters of a lever's name in a line


def colour_of(direction: str) -> str:
    """The colour of a verdict."""
    return {"improves": BETTER, "worsens": WORSE}.get(direction, GREY)


def frame(figure: Figure, heading: str, words: str, width: float) -> None:
    """Heading at the top left, what is shown at the bottom."""
    letters = int(13.5 * width)
    figure.suptitle(fill(heading, int(letters / 2)), x=0.01, ha="left", size=15 if width >= WIDE else 13, weight="bold")
    figure.supxlabel(fill(words, letters), x=0.01, ha="left", size=9, color=GREY)
