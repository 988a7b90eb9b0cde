"""What all figures have in common: letters, spines, greys, and the same bytes for the same answer."""

from __future__ import annotations

from typing import Any

__all__ = ["GREY", "PALE", "STYLE"]

GREY, PALE = "#555555", "#BBBBBB"
STYLE: dict[Any, Any] = {
    "font.size": 11,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALE,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "svg.hashsalt": "adoptsim",
}
