"""Layout: figures as people write them, and small tables of plain text that fit a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import wrap

import pandas as pd

__all__ = ["WIDTH", "columns", "figure", "grid", "paragraph", "per_cent", "signed_figure", "spread", "stacked"]

WIDTH = 100
LABEL = 40  # columns of the first column, at most
NARROW, NARROWEST = 30, 22  # of the first column, where others need room
INDENT = "  "
INLINE = 2  # up to so many columns a range stands beside its mean, else below it
GAP = "  "
SHARE = "share"


def figure(value: float) -> str:
    """About three figures, thousands apart, never an exponent; what is tiny is told as such."""
    size = abs(value)
    if math.isnan(value):
        return "-"
    if size == 0 or size < 1e-12:
        return "0"
    if size < 0.0005:
        return "<0.001" if value > 0 else ">-0.001"
    decimals = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.0995 else 3
    return f"{value:,.{decimals}f}"


def signed_figure(value: float) -> str:
    """A change with its sign."""
    text = figure(value)
    return f"+{text}" if value > 0 and text[0].isdigit() and text != "0" else text


def per_cent(share: float) -> str:
    """A share as a whole per cent; what is not quite nothing or everything is told as such."""
    if math.isnan(share):
        return "-"
    if 0 < abs(share) < 0.005:
        return "<1 %"
    if 0.995 <= share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"


def spread(mean: float, low: float, high: float, sign: bool = False) -> str:
    """ "1.2 (0.4 to 2.5)"; the mean alone where all worlds agree."""
    tell = signed_figure if sign else figure
    if math.isnan(low) or tell(low) == tell(high) == tell(mean):
        return tell(mean)
    return f"{tell(mean)} ({tell(low)} to {tell(high)})"


def paragraph(text: str, indent: str = "  ") -> str:
    """Text broken at the width of a page."""
    return "\n".join(wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent))


def grid(frame: pd.DataFrame, head: str = "", units: bool = True, label: int = LABEL, sign: bool = False) -> str:
    """A tidy frame with rows by ``what`` and columns by ``when``; units stand behind what is told."""
    whens = list(dict.fromkeys(frame["when"]))
    inline = len(whens) <= INLINE
    rows = []
    for what, part in frame.groupby("what", sort=False):
        of = part.set_index("when")
        unit = f", {part['unit'].iloc[0]}" if units else ""
        cells = [_cell(of.loc[when], inline, sign) if when in of.index else "" for when in whens]
        rows.append([f"{what}{unit}", *cells])
    return columns([head, *whens], rows, label)


def _cell(row: pd.Series, inline: bool, sign: bool) -> str:
    if str(row["unit"]).startswith(SHARE):
        mean, ends = per_cent(row["mean"]), tuple(per_cent(row[end]) for end in ("low", "high"))
        text = mean if math.isnan(row["low"]) or set(ends) == {mean} else f"{mean} ({ends[0]} to {ends[1]})"
    elif row["unit"] == "year":
        text = f"{row['mean']:.0f} ({row['low']:.0f} to {row['high']:.0f})"
    else:
        text = spread(row["mean"], row["low"], row["high"], sign)
    return text if inline else stacked(text)


def stacked(text: str) -> str:
    """A range below its mean, with a dash where no sign could be mistaken for one."""
    text = text.replace(" (", "\n(", 1)
    return text if "-" in text or "+" in text else text.replace(" to ", "-", 1)


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], label: int = LABEL) -> str:
    """A table: the first column to the left and broken at ``label``, the others to the right; cells may have lines.

    What is too wide for a page gets a narrower first column, then goes on below with the columns that are left.
    """
    for narrow in (label, *(n for n in (NARROW, NARROWEST) if n < label)):
        text, fits = _table(header, rows, narrow)
        if fits or len(header) == 2:
            return text
    half = 1 + len(header) // 2
    parts = slice(1, half), slice(half, None)
    return "\n\n".join(columns([header[0], *header[p]], [[r[0], *r[p]] for r in rows], label) for p in parts)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], label: int) -> tuple[str, bool]:
    """The table with a first column of some width, and whether it fits a page."""
    split = [[wrap(row[0], label, subsequent_indent="  ") or [""], *(c.split("\n") for c in row[1:])] for row in rows]
    widths = [max([1, *(len(line) for row in split for line in row[i])]) for i in range(len(header))]
    heads = [wrap(header[0], label) or [""]]
    for i, words in enumerate(header[1:], 1):
        widths[i] = max(widths[i], *(len(word) for word in words.split()))
        heads.append(wrap(words, widths[i]))
    widths[0] = max(widths[0], *(len(line) for line in heads[0]))
    wide = sum(widths) + len(GAP) * (len(header) - 1)
    lines = _lines(heads, widths, bottom=True)
    lines.append("-" * wide)
    for row in split:
        lines += _lines(row, widths)
    return "\n".join(f"{INDENT}{line}".rstrip() for line in lines), wide + len(INDENT) <= WIDTH


def _lines(cells: Sequence[Sequence[str]], widths: Sequence[int], bottom: bool = False) -> list[str]:
    height = max(len(cell) for cell in cells)
    out = []
    for n in range(height):
        parts = []
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            at = n - (height - len(cell)) if bottom else n
            text = cell[at] if 0 <= at < len(cell) else ""
            parts.append(f"{text:<{width}}" if i == 0 else f"{text:>{width}}")
        out.append(GAP.join(parts))
    return out
