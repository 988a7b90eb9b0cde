"""How an outcome is read: in what unit, which way is better, and with which other outcome it must be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adoptsim.equity import verdict
from adoptsim.equity.progress import TOLERANCE
from adoptsim.model.by_group import BY_GROUP, GROUPED
from adoptsim.model.inequality import MEASURED
from adoptsim.model.outcomes import UNITS, WHERE_LISTED

__all__ = ["Reading", "read_outcome"]

Array = NDArray[np.float64]
PAIRS = {"useful_access.gap": "useful_access.p40", "useful_access.hic_lic": "useful_access.lic"}
WEIGHTED = "_equal_weights"
WEIGHED_ALIKE = " with all applications weighed alike"
THE_GAP = "the gap"
NOUNS = {
    "useful_access.gap": THE_GAP,
    "useful_access": "mean access",
    "useful_access.world": "mean access",
    "useful_access.lic": "access in low-income countries",
    "useful_access.p40": "access of the poorest 40 %",
    "useful_access.hic_lic": "the gap between high- and low-income countries",
    "useful_access.gap_between": "the gap between countries",
    "useful_access.gap_within": "the gap within countries",
    "cost.household": "what households pay",
    "money.granted": "what countries receive from donors",
}
LOWER = ("useful_access.gap", "useful_access.hic_lic", "cost.", "lever.unabsorbed", "money.displaced",
         "money.duplicated", "money.lapsed", "uncertain_results", "false_positives", "data_incidents")  # fmt: skip
POINTS = 100.0, "points"
SHOWN = {"share": POINTS, "that of the estimate": POINTS, "US$ a year": (1e-6, "US$ M a year"), "none": (1.0, "")}


@dataclass(frozen=True)
class Reading:
    """One outcome, with its ``.mean`` or ``@year``.

    ``poor`` is the outcome that must rise where ``outcome`` falls, or the gap has not narrowed (the headline rule); ""
    where there is no such rule. ``better`` is -1 where less is better, else 1. ``factor`` turns the model's unit into
    ``unit``; ``noun`` and ``place`` name it in a sentence.
    """

    outcome: str
    poor: str
    better: int
    factor: float
    unit: str
    noun: str
    place: str

    @property
    def is_gap(self) -> bool:
        """Whether the headline rule applies."""
        return bool(self.poor)

    @property
    def is_richest_less_poorest(self) -> bool:
        """Whether it is the gap of the headline: between the richest 20 % and the poorest 40 %."""
        return self.noun.removesuffix(WEIGHED_ALIKE) == THE_GAP

    @property
    def poorest(self) -> str:
        """Who must gain where a gap falls, or it has not narrowed."""
        return "the poorest 40 %" if self.is_richest_less_poorest else "low-income countries"

    @property
    def verb(self) -> str:
        """What a lever does that improves it: narrows the gap."""
        return "narrows" if self.is_gap else ("lowers" if self.better < 0 else "raises")

    @property
    def contrary(self) -> str:
        """What a lever does that worsens it."""
        return "widens" if self.is_gap else ("raises" if self.better < 0 else "lowers")

    def turns(self, change: Array, poor: Array | None) -> NDArray[np.int8]:
        """1 where a change improves, -1 where it worsens, 0 where it does neither; in the model's units, any shape.

        By the headline rule where there is one: a gap that falls without the poor gaining does not improve.
        """
        if poor is not None:
            found: NDArray[np.int8] = np.asarray(verdict(change, poor), dtype=np.int8)
            return found
        good = self.better * change
        return np.asarray((good > TOLERANCE).astype(np.int8) - (good < -TOLERANCE).astype(np.int8), dtype=np.int8)


def read_outcome(outcome: str, lower_is_better: bool | None = None) -> Reading:
    """How an outcome is read, from its name.

    A gap (``useful_access.gap.mean``, ``useful_access.gap.AFR.mean``, ``useful_access.gap_equal_weights@2045``) is read
    with the access of the poorest 40 % of the same people; ``hic_lic`` with that of low-income countries. Less is
    better for gaps, costs, money lost, wrong results and measures of inequality, unless ``lower_is_better`` says.
    """
    asked = outcome.rpartition("@")[0] or outcome.removesuffix(".mean")
    name, place = (GROUPED[asked].outcome, GROUPED[asked].group) if asked in GROUPED else (asked, "")
    unit, noun = BY_GROUP[name] if place else {**UNITS, **WHERE_LISTED}.get(name, ("", name))
    lower = name.startswith(LOWER) or (name in MEASURED and MEASURED[name].name != "mean")
    better = -1 if (lower if lower_is_better is None else lower_is_better) else 1
    weights = WEIGHTED if name.endswith(WEIGHTED) else ""
    bare = name.removesuffix(WEIGHTED)
    poor = outcome.replace(name, PAIRS[bare] + weights, 1) if bare in PAIRS and better < 0 else ""
    factor, unit = SHOWN.get(unit, (1.0, unit))
    noun = re.split("[;:,]", NOUNS.get(bare, noun))[0] + (WEIGHED_ALIKE if weights else "")
    return Reading(outcome, poor, better, factor, unit, noun, place)
