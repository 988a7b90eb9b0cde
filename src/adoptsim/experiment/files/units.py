"""Quantities as people write them: ``25 %``, ``40 million USD2024``, ``3 years``.

A bare number is always in the unit of its field. Commas are refused: ``1,500`` is one and a half thousand to some
readers and one and a half to others.
"""

from __future__ import annotations

import re

__all__ = ["CURRENCY", "UnitError", "fraction", "meant", "money", "number", "quantity", "span", "written", "years"]

DIGITS = r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
QUANTITY = re.compile(rf"{DIGITS}\s*(?:(thousand|million|billion|M|bn)(?![A-Za-z]))?\s*(\D.*)?")
LOOSE = re.compile(rf"{DIGITS}\s*(\D.*)?")
COMMAS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "M": 1e6, "bn": 1e9}
SCALES_MEANT = {
    **dict.fromkeys(("thousand", "thousands", "k"), "thousand"),
    **dict.fromkeys(("million", "millions", "m", "mn", "mio", "mln"), "million"),
    **dict.fromkeys(("billion", "billions", "b", "bn", "bln"), "billion"),
}
CURRENCY = "USD2024"
SYMBOLS = {"share": "%", "US$": CURRENCY}  # how a text says what the registry calls a share, or US$
SAID = ("%", CURRENCY, "years", "months", "km")  # units that people write beside the number
CURRENCIES_MEANT = ("", "usd", "us$", "$", "usd2024", "us$2024", "2024usd", "2024us$", "usdollars")  # of no other year
PERCENT_MEANT = ("%", "percent", "per cent", "pct")
QUARTERS = {"year": 4.0, "yr": 4.0, "quarter": 1.0, "month": 1.0 / 3.0}
LONGEST = 80
PERCENT_FROM = 2.0  # a share of 2 or more may be meant in per cent; 1.2 is rather one and a fifth
TINY = 1e-9


class UnitError(ValueError):
    """A text that is no quantity of the unit wanted."""


def quantity(value: object, unit: str) -> object:
    """A text as a number of ``unit``, as the registry writes units; anything else as it is. UnitError if it is none."""
    if not isinstance(value, str):
        return value
    if len(value) > LONGEST:
        raise UnitError
    found = QUANTITY.fullmatch(value.strip())
    if not found:
        raise UnitError
    digits, scale, given = found[1], found[2] or "", " ".join((found[3] or "").split())
    symbol, spellings = _spellings(unit)
    if given not in spellings or (symbol == "%" and scale):
        raise UnitError
    return float(digits) * SCALES[scale] / (100.0 if symbol == "%" else 1.0)


def meant(value: object, unit: str, low: float, high: float) -> str:
    """How a value that is refused is written rightly: the same size within the bounds; "" where that is not known."""
    guess = ""
    if isinstance(value, str) and len(value) <= LONGEST:
        guess = _guess(value.strip(), unit)
    elif unit.startswith("share") and isinstance(value, int | float) and max(high, PERCENT_FROM) <= value <= 100.0:
        guess = f"{value:g} %"
    try:
        return guess if guess != value and low <= number(guess, unit) <= high else ""
    except UnitError:
        return ""


def _guess(text: str, unit: str) -> str:
    """The same quantity in the usual spelling, "" if the text may mean something else."""
    symbol, spellings = _spellings(unit)
    plain = COMMAS.sub("", text)
    found = LOOSE.fullmatch(plain)
    if not found or (len(text) - len(plain) == 1 and symbol != CURRENCY):  # 1,500 years may be one and a half
        return ""
    digits, words = found[1], (found[2] or "").split()
    scale = SCALES_MEANT.get(words[0].casefold(), "") if words else ""
    given = " ".join(words[1:] if scale else words).casefold()
    given = given.removesuffix(_rest(unit))
    if symbol == "%":
        percent = f"{100.0 * float(digits):.6g}" if given in ("", "share") else digits if given in PERCENT_MEANT else ""
        return f"{percent} %" if percent and not scale else ""
    if symbol == CURRENCY:
        right = given.replace(" ", "") in CURRENCIES_MEANT
    elif {given.removesuffix("s"), symbol.removesuffix("s")} <= QUARTERS.keys():
        size = float(digits) * SCALES[scale] * QUARTERS[given.removesuffix("s")] / QUARTERS[symbol.removesuffix("s")]
        return f"{size:.3f}".rstrip("0").rstrip(".") + f" {symbol}" if abs(size - round(size, 3)) < TINY else ""
    else:
        right = given in {"", *(spelling.casefold() for spelling in spellings)}
    return " ".join(filter(None, (digits, scale, symbol if symbol in SAID else ""))) if right else ""


def _rest(unit: str) -> str:
    """What follows the name of a share or of money: " a year"."""
    return next((unit.removeprefix(name) for name in SYMBOLS if unit.startswith(name)), "")


def _spellings(unit: str) -> tuple[str, set[str]]:
    """The usual way to write a unit, and every way accepted."""
    for name, symbol in SYMBOLS.items():
        if unit.startswith(name):
            return symbol, {symbol, symbol + _rest(unit)}
    first = unit.split(" ")[0]
    return first, {unit, first, first.removesuffix("s")} - {""}


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
