"""What a value of a YAML file of ours may be: a check takes it and says what is allowed where it is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from adoptsim.inputs.document import UNREADABLE, Document, Path
from adoptsim.inputs.errors import Problem, nearest_name
from adoptsim.inputs.parameters import Parameter

__all__ = ["TEXT", "YES_NO", "Check", "choice", "is_a", "is_number", "parameter_of", "wrong_fields", "wrong_range"]

# a check returns what is allowed and the nearest right word, None if the value is right
Check = Callable[[Any], tuple[str, str] | None]


def is_a(allowed: str, right: Callable[[Any], bool]) -> Check:
    """A check by a yes or no."""
    return lambda value: None if right(value) else (allowed, "")


def choice(names: Sequence[str]) -> Check:
    """A check for a word from a list."""

    def check(value: Any) -> tuple[str, str] | None:
        return None if value in names else (f"one of {', '.join(names)}", nearest_name(str(value), names))

    return check


def is_number(value: Any, low: float = -math.inf, high: float = math.inf) -> bool:
    """Whether a value is a finite number within bounds."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value) and low <= value <= high


def wrong_range(entry: Any, key: str) -> tuple[str, str] | None:
    """Whether an entry holds low, central and high of a parameter."""
    allowed = f"{key}: [low, central, high], numbers in this order"
    if not (isinstance(entry, dict) and isinstance(entry.get(key), list) and all(map(is_number, entry[key]))):
        return allowed, ""
    texts = ("unit", "distribution", "quality", "evidence", "note")
    wrong = [name for name in texts if not isinstance(entry.get(name), str | None)]
    if wrong or any(name not in (key, "of", "country", "times", *texts) for name in entry):
        return f"{key} and, as texts, {', '.join(texts)}", ""
    try:
        parameter_of("trait", entry, key)
    except ValueError as error:
        return f"{allowed} ({error})", ""
    return None


def parameter_of(name: str, entry: Mapping[str, Any], key: str = "value") -> Parameter:
    """A parameter written out as low, central and high under ``key``, with its unit, quality and evidence."""
    low, central, high = (float(x) for x in entry[key])
    return Parameter(
        name,
        str(entry.get("unit") or "share"),
        low,
        central,
        high,
        entry.get("distribution") or "triangular",
        entry.get("quality") or "assumption",
        entry.get("evidence") or "",
        entry.get("note") or "",
    )


TEXT = is_a("a text", lambda v: isinstance(v, str))
YES_NO = is_a("true or false", lambda v: isinstance(v, bool))


def wrong_fields(
    document: Document, at: Path, checks: Mapping[str, Check], optional: Sequence[str] = ()
) -> Iterator[Problem]:
    """Every field of the mapping at ``at`` that is missing or wrong; an optional one may be left out or empty."""
    entry = document.at(at)
    for key, check in checks.items():
        if key not in entry:
            if key not in optional:
                yield document.problem((*at, key), "this field is needed")
        elif entry[key] is None and key in optional:
            continue
        elif entry[key] is not UNREADABLE and (found := check(entry[key])):
            yield document.problem((*at, key), found[0], found[1], value=entry[key])
