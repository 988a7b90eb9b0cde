"""Scenario discovery: in which worlds something happens, as boxes of few parameters and as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from adoptsim.sensitivity.matched import Array, matched
from adoptsim.sensitivity.prim import Bools, Limits, find_box, inside, quasi_p
from adoptsim.sensitivity.vocabulary import value_words, words_of

__all__ = ["Box", "Discovery", "Restriction", "discover"]

FOLDS = 5
FEWEST = 10  # worlds of either kind; fewer are not searched
MOST_BOXES = 3
LEVEL = 0.05
MOSTLY = 0.5  # density below which a box says 'more often', not 'when'


@dataclass(frozen=True)
class Restriction:
    """One side of a box: values of a parameter inside, infinite where open; ``quasi_p`` as Bryant and Lempert (2010).

    ``low_quantile`` and ``high_quantile``: share of all worlds below each limit.
    """

    parameter: str
    low: float
    high: float
    low_quantile: float
    high_quantile: float
    quasi_p: float

    @property
    def words(self) -> str:
        """Such as ``the mark-up on the landed price is low (below 1.6)``."""
        what = words_of(self.parameter)
        low, high = (value_words(self.parameter, value) for value in (self.low, self.high))
        if np.isfinite(self.low) and np.isfinite(self.high):
            return f"{what} is between {low} and {high}"
        if np.isfinite(self.high):
            size = "low" if self.high_quantile <= 0.5 else "not high" if self.high_quantile <= 0.8 else "not very high"
            return f"{what} is {size} (at most {high})"
        size = "high" if self.low_quantile >= 0.5 else "not low" if self.low_quantile >= 0.2 else "not very low"
        return f"{what} is {size} (at least {low})"


@dataclass(frozen=True, eq=False)
class Box:
    """A box that stands up in worlds it was not made from.

    ``coverage``: share of all wanted worlds that it holds; ``density``: share of its worlds that are wanted, against
    ``density_before`` in all worlds that no earlier box holds. ``held_out_coverage``, ``held_out_density``: the same
    for worlds left out while boxes were sought in the others; ``p``: the chance of as many wanted worlds in those
    boxes if they had nothing to do with it. ``trajectory`` and ``chosen`` as in ``prim.Found``.
    """

    restrictions: tuple[Restriction, ...]
    coverage: float
    density: float
    density_before: float
    held_out_coverage: float
    held_out_density: float
    p: float
    worlds: int
    trajectory: pd.DataFrame
    chosen: int


@dataclass(frozen=True, eq=False)
class Discovery:
    """What was found about ``event``, which happens in the share ``base`` of ``worlds``; no boxes = cannot tell."""

    event: str
    base: float
    worlds: int
    dropped: int
    boxes: tuple[Box, ...]
    trajectory: pd.DataFrame  # of the first search, also where its box did not stand up
    chosen: int
    why: str  # no further box

    def sentences(self) -> tuple[str, ...]:
        """A sentence per box, or why there is none."""
        if not self.boxes:
            return (f"{self.event}, in {_percent(self.base)} of {self.worlds:,} worlds: no box; {self.why}.",)
        return tuple(self._sentence(box) for box in self.boxes)

    def _sentence(self, box: Box) -> str:
        first = box is self.boxes[0]
        against = f"{_percent(self.base)} overall" if first else f"{_percent(box.density_before)} of what was left"
        also = "" if first else " also"
        often = "" if min(box.density, box.held_out_density) >= MOSTLY else " more often"
        return (
            f"{self.event}{also}{often} when {' and '.join(r.words for r in box.restrictions)}: coverage "
            f"{_percent(box.coverage)}, density {_percent(box.density)} against {against}; in worlds held out "
            f"{_percent(box.held_out_coverage)} and {_percent(box.held_out_density)}."
        )


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def discover(
    parameters: pd.DataFrame,
    wanted: pd.Series[bool],
    event: str,
    *,
    boxes: int = MOST_BOXES,
    level: float = LEVEL,
    seed: int = 1,
) -> Discovery:
    """Seek boxes of parameters in which an event happens.

    Parameters
    ----------
    parameters
        Uncertain parameters (N worlds, P).
    wanted
        Whether the event happens (N,), matched by index; missing where a world failed.
    event
        The event as the head of a sentence: ``Pooled procurement fails to narrow the gap``.
    boxes
        At most so many, each sought among the worlds that no earlier one holds.
    level
        Of the test of each box. Boxes are tested in turn and the first that fails ends the search, so noise gives any
        box at all with this chance. Divide it by their number where several events are asked about.

    Raises
    ------
    ValueError
        If fewer than 16 worlds are whole, no parameter varies, or ``level`` is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: a chance between 0 and 1 is wanted, got {level}")
    rng = np.random.default_rng(seed)
    sample = matched(parameters, wanted.astype(float).to_frame("wanted"), rng)
    values, y = sample.parameters.to_numpy(), sample.effects["wanted"].to_numpy() > 0.5
    search = _Search([str(name) for name in sample.parameters.columns], values, y, level, rng)
    search.run(boxes)
    trajectory, chosen = search.first
    return Discovery(
        event, float(y.mean()), len(y), sample.dropped, tuple(search.boxes), trajectory, chosen, search.why
    )


class _Search:
    """Boxes one after another, each among the worlds that are left."""

    def __init__(
        self, names: Sequence[str], values: Array, wanted: Bools, level: float, rng: np.random.Generator
    ) -> None:
        self.names, self.values, self.wanted, self.level, self.rng = names, values, wanted, level, rng
        self.boxes: list[Box] = []
        self.first: tuple[pd.DataFrame, int] = (pd.DataFrame(), 0)
        self.why = ""

    def run(self, most: int) -> None:
        left = np.ones(len(self.wanted), dtype=bool)
        while not self.why:
            if len(self.boxes) == most:
                self.why = f"no more than {most} boxes are sought"
                return
            box = self._next(left)
            if box:
                self.boxes.append(box)
                left &= ~inside(self.values, self._limits(box))

    def _next(self, left: Bools) -> Box | None:
        """The next box, None (and why) if there is none that stands up."""
        values, wanted = self.values[left], self.wanted[left]
        if min(wanted.sum(), (~wanted).sum()) < FEWEST:
            self.why = f"it happens, or does not, in fewer than {FEWEST} worlds" + " that are left" * bool(self.boxes)
            return None
        found = find_box(values, wanted)
        if not self.boxes:
            self.first = found.trajectory, found.chosen
        coverage, density, p = _held_out(values, wanted, self.rng)
        if not found.limits or p > self.level:
            self.why = "what the search finds does not stand up in worlds held out, cannot tell"
            return None
        held = inside(values, found.limits)
        return Box(
            restrictions=self._restrictions(found.limits, quasi_p(values, wanted, found.limits)),
            coverage=float(wanted[held].sum() / self.wanted.sum()),
            density=float(wanted[held].mean()),
            density_before=float(wanted.mean()),
            held_out_coverage=coverage * float(wanted.sum() / self.wanted.sum()),
            held_out_density=density,
            p=p,
            worlds=int(held.sum()),
            trajectory=found.trajectory,
            chosen=found.chosen,
        )

    def _restrictions(self, limits: Limits, chances: dict[int, float]) -> tuple[Restriction, ...]:
        """The strongest first."""
        found = []
        for column in sorted(limits, key=lambda c: chances[c]):
            low, high = limits[column]
            below = (float((self.values[:, column] < low).mean()), float((self.values[:, column] <= high).mean()))
            found.append(Restriction(self.names[column], low, high, *below, chances[column]))
        return tuple(found)

    def _limits(self, box: Box) -> Limits:
        return {self.names.index(r.parameter): (r.low, r.high) for r in box.restrictions}


def _held_out(values: Array, wanted: Bools, rng: np.random.Generator) -> tuple[float, float, float]:
    """Coverage, density and chance of the whole search: each fifth of worlds judged by a box sought in the others."""
    fold = rng.permutation(len(wanted)) % FOLDS
    held = np.zeros(len(wanted), dtype=bool)
    for k in range(FOLDS):
        out = fold == k
        limits = find_box(values[~out], wanted[~out]).limits if 0 < wanted[~out].sum() < (~out).sum() else {}
        if limits:
            held[out] = inside(values[out], limits)
    hits = int(wanted[held].sum())
    p = float(hypergeom.sf(hits - 1, len(wanted), wanted.sum(), held.sum()))
    return hits / int(wanted.sum()), hits / max(int(held.sum()), 1), p
