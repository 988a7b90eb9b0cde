"""Wrong input, told all at once and in a way that can be mended."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

__all__ = ["CONTROL", "LONGEST", "InputError", "Problem", "nearest_name"]

CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)  # characters that a terminal may obey, or cannot print
FEW, SIMILAR = 10, 0.6  # as difflib has it
LONGEST = 100  # no name is longer, and comparing a long text takes long


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where it is, what it says, what would be right.

    `line` and `column` count from 1 and are positions in the text, 0 where there is none, as in a scenario made in
    Python; `field` names the value meant ("" for the file).
    """

    file: str
    line: int
    column: int
    field: str
    value: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        subject = f"{self.field}: " if self.field else ""
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        fault = f"{self.value!r} is not accepted, " if self.value else ""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return CONTROL.sub("?", f"{place}: {subject}{fault}{self.allowed}{hint}")


class InputError(ValueError):
    """Input that cannot be used; `problems` holds every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest_name(name: str, allowed: Iterable[str]) -> str:
    """Return the most similar allowed name, "" if none is similar; case is ignored.

    Of names with dots each part must be similar: ``fund.grants`` is not ``fund.lapse``.
    """
    if len(name) > LONGEST:
        return ""
    known = {candidate.casefold(): candidate for candidate in allowed}
    near = get_close_matches(name.casefold(), known, n=FEW)
    return next((known[match] for match in near if _alike(name.casefold(), match)), "")


def _alike(name: str, other: str) -> bool:
    """Whether every part of a dotted name is similar to that of another; names of other lengths are not compared."""
    parts = list(zip(name.split("."), other.split("."), strict=False))
    different = len({name.count("."), other.count(".")}) > 1
    return different or all(SequenceMatcher(None, a, b).ratio() >= SIMILAR for a, b in parts)
