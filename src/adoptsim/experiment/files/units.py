"""Quantities as people write them: ``25 %``, ``40 million USD2024``, ``3 years``.

A bare number is always in the unit of its field. Commas are refused: ``1,500`` is one and a half thousand to some
readers and one and a half to others.
"""

from __future__ import annotations

import re

__all__ = ["CURRENCY", "UnitError", "fraction", "money", "number", "quantity", "span", "written", "years"]

DIGITS = r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
QUANTITY = re.compile(rf"{DIGITS}\s*(thousand|million|billion)?\s*(\D.*)?")
COMMAS = re.compile(r"(?<=\d),(?=\d{3})")
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
CURRENCY = "USD2024"
SYMBOLS = {"share": "%", "US$": CURRENCY}  # how a text says what the registry calls a share, or US$
SAID = ("%", CURRENCY, "years", "months", "km")  # units that people write beside the number
LONGEST = 80


class UnitError(ValueError):
    """A text that is no quantity of the unit wanted; ``nearest`` is the right way to write what it may mean, or ""."""

    def __init__(self, nearest: str = "") -> None:
        self.nearest = nearest
        super().__init__(nearest)


def quantity(value: object, unit: str) -> object:
    """A text as a number of ``unit``, as the registry writes units; anything else as it is. UnitError if it is none."""
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST:
        raise UnitError
    text = COMMAS.sub("", value.strip())
    found = QUANTITY.fullmatch(text)
    if not found:
        raise UnitError
    digits, scale, unit_given = found[1], found[2] or "", " ".join((found[3] or "").split())
    symbol, spellings = _spellings(unit)
    if text != value.strip() or unit_given not in spellings or (symbol == "%" and scale):
        raise UnitError(_meant(digits, scale, unit_given, symbol))
    return float(digits) * SCALES[scale] / (100.0 if symbol == "%" else 1.0)


def _spellings(unit: str) -> tuple[str, set[str]]:
    """The usual way to write a unit, and every way accepted."""
    for name, symbol in SYMBOLS.items():
        if unit.startswith(name):
            return symbol, {symbol, symbol + unit.removeprefix(name)}
    first = unit.split(" ")[0]
    return first, {unit, first, first.removesuffix("s")} - {""}


def _meant(digits: str, scale: str, given: str, symbol: str) -> str:
    """How a quantity in a wrong unit is written rightly."""
    if symbol == "%":
        return f"{digits} %" if given else f"{100.0 * float(digits) * SCALES[scale]:g} %"
    return " ".join(filter(None, (digits, scale, symbol if symbol in SAID else "")))


def written(value: float, unit: str) -> str:
    """A number of a unit as a file may write it: 0.05 of a share as ``5 %``."""
    symbol, _ = _spellings(unit)
    if symbol == "%":
        return f"{100.0 * value:.6g} %"
    scale = next((s for s in ("billion", "million") if symbol == CURRENCY and abs(value) >= SCALES[s]), "")
    shown = symbol if symbol in SAID else ""
    return " ".join(filter(None, (f"{value / SCALES[scale]:.6g}", scale, shown)))


def span(low: float, high: float, unit: str) -> str:
    """A range in words, with an example where the unit is usually written beside the number."""
    example = written(high, unit)
    if unit.startswith("US$"):
        return f"{written(low, unit)} to {example}{unit.removeprefix('US$')}"
    return f"{low:g} to {high:g} {unit}".rstrip() + (f", such as {example!r}" if " " in example else "")


def number(value: object, unit: str) -> float:
    """A number, or a text that is one with its unit. UnitError if it is neither."""
    found = quantity(value, unit)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise UnitError
    return float(found)


def fraction(value: object) -> object:
    """``"50 %"`` as 0.5; anything else as it is. UnitError for a text that is not a percentage."""
    return quantity(value, "share")


def money(value: object) -> object:
    """``"50 million USD2024"`` as 5e7; anything else as it is. UnitError for other texts."""
    return quantity(value, "US$ a year")


def years(value: object) -> object:
    """``"3 years"`` as 3; anything else as it is. UnitError for other texts."""
    return quantity(value, "years")
