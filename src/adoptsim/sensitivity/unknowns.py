"""What would be worth knowing: expected value of perfect information about parameters, for the choice of a lever.

Regression of Strong, Oakley and Brennan (2014, Medical Decision Making 34:311): from one probabilistic sample the mean
effect of each lever given a parameter is fitted; what choosing the best lever for each value of the parameter gains
over the one lever that is best on average is the expected value of perfect partial information (EVPPI).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.inputs.errors import nearest_name
from adoptsim.sensitivity.matched import CELLS, DUMMIES, Array, Matched, dummies, matched
from adoptsim.sensitivity.smoother import Basis, binned, group_basis, rank_basis
from adoptsim.sensitivity.vocabulary import group_of, groups_of, words_of

__all__ = ["CANNOT_TELL", "WORTH", "Information", "value_of_information"]

WORTH, CANNOT_TELL = "worth knowing", "cannot tell"
DRAWS = 100  # of the fitted coefficients, for the standard error
NORMAL_95 = 1.96
FIRST_DUMMIES = 40  # of a group; more are tried only while it stays above all of them


@dataclass(frozen=True, eq=False)
class Information:
    """The value of information for one choice, in units of the effects.

    ``best`` is the lever of the highest mean effect, ``mean`` that effect; ``evpi`` (and its standard error) what
    knowing everything, luck included, would add. ``single`` has a row per parameter and ``groups`` one per group,
    the highest first: ``evppi``, ``se``, ``low`` and ``high`` (95 %), ``share`` (of the EVPI), ``floor`` (the largest
    value that parameters without any effect reached) and ``verdict``: worth knowing, or cannot tell.
    """

    best: str
    mean: float
    evpi: float
    evpi_se: float
    worlds: int
    dropped: int
    constant: tuple[str, ...]
    single: pd.DataFrame
    groups: pd.DataFrame

    def sentences(self, unit: str) -> tuple[str, ...]:
        """What a reader takes away, a line each; ``unit`` of the effects."""
        known = self.single[self.single["verdict"] == WORTH]
        told = "; ".join(f"{row['words']} (adds {row['evppi']:.2g})" for _, row in known.iterrows())
        floor = self.single["floor"].max()
        return (
            f"Chosen now: {self.best}, better than no lever by {self.mean:.2g} {unit} "
            f"in the mean of {self.worlds:,} worlds.",
            f"To know everything, luck included, before choosing would add {self.evpi:.2g} {unit} "
            f"(standard error {self.evpi_se:.1g}).",
            f"Worth knowing, of that: {told}." if told else "No parameter alone is worth more than noise gives.",
            f"What a parameter adds cannot be told from noise below {floor:.2g} {unit}.",
        )


def value_of_information(
    parameters: pd.DataFrame,
    effects: pd.DataFrame,
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    seed: int = 1,
) -> Information:
    """EVPI of the choice of a lever, and EVPPI of each parameter and of groups of parameters.

    Parameters
    ----------
    parameters
        Uncertain parameters (N worlds, P); worlds are matched with those of ``effects`` by index.
    effects
        Change of one outcome by each lever (N, L >= 2), larger is better; a column of zeros where doing nothing is a
        choice. Worlds with a missing number are left out.
    groups
        Parameters by name of their group; none = the groups of the registry. A block of parameters that were fitted
        together belongs into one group: parameters of different groups are taken to be independent.

    Raises
    ------
    ValueError
        If there are fewer than two levers or 16 whole worlds, or a group names a parameter that is not there.
    """
    if effects.shape[1] < 2:
        raise ValueError(f"a choice wants at least two levers, got {effects.shape[1]}")
    rng = np.random.default_rng(seed)
    sample = matched(parameters, effects, rng)
    y = sample.effects.to_numpy()
    best = int(y.mean(axis=0).argmax())
    against = np.delete(y - y[:, [best]], best, axis=1)  # what all levers share says nothing about the choice
    gained = np.maximum(against.max(axis=1), 0.0)
    single, named = _singles(sample, against, rng), _named(groups, sample)
    information = Information(
        best=str(sample.effects.columns[best]),
        mean=float(y[:, best].mean()),
        evpi=float(gained.mean()),
        evpi_se=float(gained.std(ddof=1) / np.sqrt(len(y))),
        worlds=len(y),
        dropped=sample.dropped,
        constant=sample.constant,
        single=single,
        groups=_at_least_members(_groups(sample, against, named, rng), single, named),
    )
    for table in (information.single, information.groups):
        table.insert(4, "share", table["evppi"] / information.evpi if information.evpi else 0.0)
    return information


def _named(groups: Mapping[str, Sequence[str]] | None, sample: Matched) -> dict[str, list[str]]:
    """Parameters that vary by group; ValueError for a name that is no parameter."""
    names = [str(name) for name in sample.parameters.columns]
    known = {*names, *sample.constant}
    found = groups_of(names) if groups is None else groups
    wrong = [(group, name) for group, members in found.items() for name in members if name not in known]
    if wrong:
        told = (
            f"{g}: no parameter {n!r}" + (f" (nearest: {h})" if (h := nearest_name(n, known)) else "") for g, n in wrong
        )
        raise ValueError("; ".join(told))
    return {group: here for group, members in found.items() if (here := [n for n in members if n in set(names)])}


def _singles(sample: Matched, against: Array, rng: np.random.Generator) -> pd.DataFrame:
    basis, means = rank_basis(len(against)), against.mean(axis=0)
    variance = against.var(axis=0)
    rows = []
    for orders in _batches(sample.orders(), against.size):
        raw = basis.coefficients(binned(against, orders))
        shrunk = basis.shrinkage(raw, variance)
        gains = basis.gain(raw * shrunk, means)
        rows += [(v, _error(basis, c, s, against, rng)) for v, c, s in zip(gains, raw, shrunk, strict=True)]
    floor = 0.0
    for orders in dummies(len(against), DUMMIES * len(rows), against.size, rng):
        raw = basis.coefficients(binned(against, orders))
        floor = max(floor, float(basis.gain(raw * basis.shrinkage(raw, variance), means).max()))
    names = [str(name) for name in sample.parameters.columns]
    words = pd.DataFrame({"group": map(group_of, names), "words": map(words_of, names)})
    return _table("parameter", names, rows, [floor] * len(rows), words)


def _batches(orders: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    step = max(1, CELLS // size)
    for start in range(0, len(orders), step):
        yield orders[start : start + step]


def _error(basis: Basis, raw: Array, shrunk: Array, against: Array, rng: np.random.Generator) -> float:
    """Standard error: spread of the gain when coefficients (K, L) are drawn from their normal approximation."""
    worlds, levers = against.shape
    deviations = against - against.mean(axis=0)
    covariance = np.atleast_2d(deviations.T @ deviations) / worlds**2
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    noise = rng.standard_normal((DRAWS, len(raw) + 1, levers)) @ root.T
    drawn = raw * shrunk + np.sqrt(shrunk) * noise[:, 1:]
    return float(basis.gain(drawn, against.mean(axis=0) + noise[:, 0]).std(ddof=1))


def _groups(
    sample: Matched, against: Array, groups: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> pd.DataFrame:
    rows, floors = [], []
    for members in groups.values():
        basis = group_basis(sample.parameters[list(members)].to_numpy())
        raw = basis.coefficients(against)
        shrunk = basis.shrinkage(raw, against.var(axis=0))
        value = float(basis.gain(raw * shrunk, against.mean(axis=0)))
        rows.append((value, _error(basis.thinned(), raw, shrunk, against, rng)))
        floors.append(_group_floor(basis, against, value, max(DUMMIES * len(groups), FIRST_DUMMIES), rng))
    counts = pd.DataFrame({"parameters": map(len, groups.values())})
    return _table("group", list(groups), rows, floors, counts)


def _at_least_members(table: pd.DataFrame, single: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """A group is worth at least what its members are, which a joint fit to few worlds may miss."""
    rows = []
    for group, row in table.to_dict("index").items():
        top = single.loc[list(groups[str(group)])].nlargest(1, "evppi").to_dict("records")[0]
        if top["verdict"] == WORTH and top["evppi"] > row["evppi"]:
            row |= {name: top[name] for name in ("evppi", "se", "low", "high", "floor", "verdict")}
        rows.append(row | {"high": max(row["high"], top["floor"])})
    return pd.DataFrame(rows, index=table.index).sort_values("evppi", ascending=False, kind="stable")


def _group_floor(basis: Basis, against: Array, value: float, most: int, rng: np.random.Generator) -> float:
    """The largest value of a group whose parameters are shuffled among worlds together."""
    floor, done = 0.0, 0
    variance, means, points = against.var(axis=0), against.mean(axis=0), basis.thinned()
    for orders in dummies(len(against), most, 4 * against.size, rng):
        raw = basis.coefficients(against[orders])
        floor = max(floor, float(points.gain(raw * basis.shrinkage(raw, variance), means).max()))
        done += len(orders)
        if floor >= value and done >= FIRST_DUMMIES:
            break
    return floor


def _table(
    what: str, names: list[str], rows: list[tuple[float, float]], floors: list[float], more: pd.DataFrame
) -> pd.DataFrame:
    value, error = np.array(rows, dtype=float).T
    table = pd.DataFrame({"evppi": value, "se": error})
    table["low"] = np.maximum(value - NORMAL_95 * error, 0.0)
    table["high"] = np.maximum(value + NORMAL_95 * error, floors)  # what is below the floor may be hidden there
    table["floor"] = floors
    table["verdict"] = np.where(value > np.array(floors), WORTH, CANNOT_TELL)
    named = table.join(more).set_index(pd.Index(names, name=what))
    return named.sort_values("evppi", ascending=False, kind="stable")
