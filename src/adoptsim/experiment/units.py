"""Quantities as people write them: ``50 %``, ``50 million USD2024``."""

from __future__ import annotations

import re

__all__ = ["fraction", "money"]

NUMBER = r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
PERCENT = re.compile(rf"{NUMBER}\s*%")
MONEY = re.compile(rf"{NUMBER}\s*(thousand|million|billion)?\s*([A-Za-z$€£]+\s?\d*)?")
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
CURRENCY = "USD2024"


def fraction(value: object) -> object:
    """``"50 %"`` as 0.5; anything else as it is. ValueError for a text that is not a percentage."""
    if not isinstance(value, str):
        return value
    found = PERCENT.fullmatch(value.strip())
    if not found:
        raise ValueError
    return float(found[1]) / 100.0


def money(value: object) -> object:
    """``"50 million USD2024"`` as 5e7; anything else as it is.

    ValueError for other texts; its message, if any, is the nearest right way to write the amount.
    """
    if not isinstance(value, str):
        return value
    found = MONEY.fullmatch(value.strip())
    if not found:
        raise ValueError
    number, scale, currency = found[1], found[2] or "", found[3] or ""
    if currency != CURRENCY:
        raise ValueError(" ".join(filter(None, (number, scale, CURRENCY))))
    return float(number) * SCALES[scale]
