"""A study: what an experiment's design is generated for, and with which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["METHODS", "OWN", "SETTINGS", "STUDIES", "TAKEN", "Study"]

STUDIES = ("ranking", "sensitivity")  # fields of an experiment file, of which it may have one
SETTINGS = ("equal_money", "reallocation", "full_strength")  # in which levers are ranked
METHODS = ("sobol", "morris", "latin", "fast", "dgsm", "shapley")  # by which worlds are sampled
OWN = "own"  # option of a ranking: titles of the user's own levers, by name
TAKEN = ("named", "grouped", "each")  # which parameters a sensitivity analysis varies


@dataclass(frozen=True)
class Study:
    """``kind`` is one of ``STUDIES``; ``options`` are its fields, as JSON may hold them.

    ``size`` names the size of the file that was chosen, "" where it has none. The room ``sensitivity`` makes the design
    of a study and reads its answer; this room only carries it from the file to the manifest. ``places`` says where an
    option is written, for whoever finds fault with it; ``files`` where the user's own levers are. An answer is read
    without either.
    """

    kind: str
    options: Mapping[str, Any]
    size: str = ""
    places: Mapping[str, tuple[str, int, int]] = field(default_factory=dict, compare=False)  # file, line, column
    files: Mapping[str, str] = field(default_factory=dict, compare=False)  # by the name of the lever

    def as_config(self) -> dict[str, Any]:
        """The study as JSON holds it."""
        return {"kind": self.kind, "size": self.size, "options": dict(self.options)}
