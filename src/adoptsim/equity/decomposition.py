"""How much of an inequality lies between groups and how much inside them, exactly, through time.

Every unit is followed down a ladder of means: that of everybody, of its group, of its subgroup, and its own estimate.
Each rung adds what it explains, and the rungs sum to the whole (Bourguignon 1979; Shorrocks 1980).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adoptsim.equity.arrays import LARGEST, Array, count_rows, scalar_or_array, weigh
from adoptsim.equity.bands import check_tails, tail_weights
from adoptsim.equity.registry import find
from adoptsim.equity.units import Question, Units, ask

Labels = Sequence[object] | NDArray[np.generic]


@dataclass(frozen=True)
class Decomposition:
    """A measure and its parts, each (...), in the unit of the measure.

    Attributes:
        measure: name of the measure.
        total: the measure over all units.
        parts: between groups, then between subgroups inside groups (if asked for), then within the finest groups;
            they sum to the total.
    """

    measure: str
    total: Array
    parts: tuple[Array, ...]

    @property
    def between(self) -> Array:
        """What is left if everybody had the mean of their (coarsest) group."""
        return self.parts[0]

    @property
    def within(self) -> Array:
        """All the rest: total minus between."""
        return scalar_or_array(np.sum(self.parts[1:], axis=0))

    @property
    def shares(self) -> tuple[Array, ...]:
        """Every part as a fraction of the total; NaN where the total is 0 or infinite."""
        sound = (self.total > 0) & np.isfinite(self.total)
        whole = np.where(sound, self.total, np.nan)
        return tuple(scalar_or_array(np.asarray(part / whole)) for part in self.parts)


class GapSplit(NamedTuple):
    """The gap between rich and poor people, and how much of it lies between and within groups; each (...)."""

    gap: Array
    between: Array
    within: Array


def decompose(
    name: str, estimate: ArrayLike, population: ArrayLike, groups: Labels, subgroups: Labels | None = None
) -> Decomposition:
    """Split Theil, mean log deviation or variance between and within groups, one or two levels deep.

    With m the mean of a unit's group and M the mean one level up, between is
    Theil: 1000 sum p (y/mu) ln(m/M); mean log deviation: 1000 sum p ln(M/m); variance: sum p (m - M)^2.

    Args:
        name: "theil" (TI), "mean_log_deviation" (MLD) or "variance" (BGV).
        estimate: (..., units); leading axes such as worlds and years are kept.
        population: people per unit, (units,) or (..., units).
        groups: one label per unit, such as its country.
        subgroups: one label per unit, nested in groups, such as its province.

    Returns:
        `Decomposition`, in the unit of the measure. NaN where the mean is 0, except for variance.

    Raises:
        ValueError: a measure that does not split, labels that do not nest, or a bad argument (named, with index).

    Source: Bourguignon (1979), Econometrica 47:901-920, doi:10.2307/1914138; Shorrocks (1980), Econometrica
    48:613-625, doi:10.2307/1913126.
    """
    entry = find(name)
    if entry.name not in _RUNGS:
        raise ValueError(f"name: {entry.name} does not split exactly; {', '.join(_RUNGS)} do")
    question = ask(estimate, population)
    codes = _codes(question, groups, subgroups)
    rows = count_rows(question.lead)
    whole, parts = np.empty(rows), [np.empty(rows) for _ in range(len(codes) + 1)]
    rung, factor = _RUNGS[entry.name]
    with np.errstate(divide="ignore", invalid="ignore"):
        for part, units in question.blocks(-LARGEST if entry.name == "variance" else 0.0):
            whole[part] = factor * rung(units, units.mean[:, None], units.estimate)
            for target, (upper, lower) in zip(parts, _ladder(units, codes), strict=True):
                target[part] = factor * rung(units, upper, lower)
    total, *split = (scalar_or_array(x.reshape(question.lead)) for x in (whole, *parts))
    return Decomposition(entry.name, total, tuple(split))


def split_gap(
    access: ArrayLike,
    population: ArrayLike,
    income: ArrayLike,
    groups: Labels,
    poor: float = 0.4,
    rich: float = 0.2,
) -> GapSplit:
    """How much of the gap between rich and poor people lies between groups (countries) and how much inside them.

    between = the gap if everybody had the mean access of their group, people standing in line as before;
    within = gap - between. Exact, because the gap is a weighted sum of access.

    Args:
        access, population, income, poor, rich: as in `headline`.
        groups: one label per cell, such as its country.

    Returns:
        `GapSplit(gap, between, within)`, each (...), in the unit of access.

    Raises:
        ValueError: a bad argument, named, with its first bad index.
    """
    check_tails(poor, rich)
    question = ask(access, population, income, names=("access", "income"))
    (code,) = _codes(question, groups, None)
    gap, between = np.empty(count_rows(question.lead)), np.empty(count_rows(question.lead))
    weights = tail_weights(question, poor, rich)
    for part, units in question.blocks():
        low, high = weights(part)
        means = _group_means(units, code)
        gap[part] = weigh(units.estimate, high) - weigh(units.estimate, low)
        between[part] = weigh(means, high) - weigh(means, low)
    return GapSplit(*(scalar_or_array(x.reshape(question.lead)) for x in (gap, between, gap - between)))


def _codes(question: Question, groups: Labels, subgroups: Labels | None) -> list[NDArray[np.intp]]:
    """Labels as numbers 0, 1, ...; ValueError if there are too few or they do not nest."""
    named = {"groups": groups} if subgroups is None else {"groups": groups, "subgroups": subgroups}
    codes, units = [], question.estimate.shape[-1]
    for name, labels in named.items():
        column = np.asarray(labels)
        if column.shape != (units,):
            raise ValueError(f"{name}: labels of shape {column.shape}, but there are {units} units")
        codes.append(np.unique(column, return_inverse=True)[1].astype(np.intp))
    if len(codes) == 2:
        coarse, fine = codes
        _, first = np.unique(fine, return_index=True)
        stray = coarse != coarse[first][fine]
        if stray.any():
            index = int(np.argmax(stray))
            raise ValueError(f"subgroups[{index}]: {np.asarray(subgroups)[index]!s} lies in more than one group")
    return codes


def _ladder(units: Units, codes: list[NDArray[np.intp]]) -> list[tuple[Array, Array]]:
    """The means one level up and here, from everybody down to the unit itself."""
    rungs = [units.mean[:, None], *(_group_means(units, code) for code in codes), units.estimate]
    return list(pairwise(rungs))


def _group_means(units: Units, code: NDArray[np.intp]) -> Array:
    """People-weighted mean of each unit's group, (rows, units); 0 for a group without people."""
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    people = np.broadcast_to(units.population, units.estimate.shape)[:, order]
    crowd = np.add.reduceat(people, starts, axis=1)
    held = np.add.reduceat(people * units.estimate[:, order], starts, axis=1)
    return (held / np.where(crowd > 0, crowd, 1.0))[:, code]


def _theil_rung(units: Units, upper: Array, lower: Array) -> Array:
    logs = _log_ratio(lower, upper, units.peopled & (units.estimate > 0))
    return weigh(units.estimate / units.mean[:, None] * logs, units.share)


def _mld_rung(units: Units, upper: Array, lower: Array) -> Array:
    logs = _log_ratio(upper, lower, units.peopled & (upper > 0))
    return np.where(units.mean > 0, weigh(logs, units.share), np.nan)


def _variance_rung(units: Units, upper: Array, lower: Array) -> Array:
    return weigh((lower - upper) ** 2, units.share)


def _log_ratio(numerator: Array, denominator: Array, where: NDArray[np.bool_]) -> Array:
    """ln(numerator / denominator) where it matters, else 0."""
    return np.where(where, np.log(numerator / denominator), 0.0)


_RUNGS = {
    "theil": (_theil_rung, 1000.0),
    "mean_log_deviation": (_mld_rung, 1000.0),
    "variance": (_variance_rung, 1.0),
}
