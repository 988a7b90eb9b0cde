"""Indices: what the worlds of a design say of its factors, with intervals and with what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from adoptsim.experiment.opened import StoredResult
from adoptsim.experiment.result import DONE
from adoptsim.inputs.errors import nearest_name
from adoptsim.sensitivity.better import BETTER, EQUAL, WORSE
from adoptsim.sensitivity.designs import SensitivityDesign, rows_hash
from adoptsim.sensitivity.guards import FEW, no_variance, undisturbed, whole_blocks, worlds_in_order
from adoptsim.sensitivity.methods import ANALYSES, FEWEST, METHODS, RESAMPLES, SLICES, Rows
from adoptsim.sensitivity.problem import DUMMY, REPLICATE

__all__ = ["LEVEL", "Indices", "analyse", "outcome_of"]

Array = NDArray[np.float64]
LEVEL = 0.95
SIGNED = "mu"
POINTS = 2  # independent worlds of a block, at least: those from which a variance is estimated
COLUMNS = ["factor", "partner", "index", "value", "low", "high"]


@dataclass(frozen=True, eq=False)
class Indices:
    """Sensitivity indices.

    ``table`` has a row per factor (or group) and index: ``factor``, ``partner`` (of a pair, else ""), ``index``,
    ``value``, ``low`` and ``high`` (95 %; NaN where there is no sound interval), and ``distinguishable``: whether all
    of the interval (the size of ``mu``) is above the noise floor, the largest size that the dummy's interval holds.
    ``primary`` is the index that ranks factors; ``interval`` says where intervals come from.
    """

    analysis: str
    primary: str
    table: pd.DataFrame
    interval: str
    worlds: int
    failed: int  # worlds without a finite value
    blocks: int
    dropped: int  # blocks left out because of them
    notes: tuple[str, ...] = ()

    @property
    def floor(self) -> pd.Series:
        """The noise floor of each index."""
        return _floor(self.table, self.analysis)

    def of(self, index: str = "") -> pd.DataFrame:
        """Rows of one index (the primary one), factors alone, the largest first. KeyError if there is no such index."""
        index = index or self.primary
        known = list(dict.fromkeys(self.table["index"]))
        if index not in known:
            hint = nearest_name(index, known)
            raise KeyError(f"no index {index!r}" + (f"; did you mean {hint!r}?" if hint else f"; there are {known}"))
        own = self.table[["factor", "partner"]].isin((DUMMY, REPLICATE)).any(axis=1)
        rows = self.table[(self.table["index"] == index) & ~own]
        return rows.sort_values("value", ascending=False, kind="stable", na_position="last").reset_index(drop=True)

    def top(self, count: int = 3, index: str = "") -> tuple[str, ...]:
        """The factors with the largest values, the largest first; none where there is no variance."""
        rows = self.of(index).dropna(subset="value")
        return tuple(rows["factor"].head(count))

    def widest(self, index: str = "") -> float:
        """The widest interval of an index, from low to high; NaN where there is none."""
        rows = self.of(index)
        return float((rows["high"] - rows["low"]).max())


def analyse(design: SensitivityDesign, y: pd.Series, by: str = "", slices: int = 10) -> Indices:
    """The indices of a design.

    Parameters
    ----------
    design
        What was run.
    y
        One number of each world, by the number of the world; NaN where a world failed. ``outcome_of`` reads it from a
        result.
    by
        For designs of method ``latin``: ``pawn`` (left out), ``delta``, ``rbd_fast`` or ``rsa``. The others have one
        analysis each.
    slices
        Of a factor's values (pawn) or of the outcome (rsa): 5, 8, 10 or 20.

    Raises
    ------
    ValueError
        If worlds are missing or named twice, more than 5 % of blocks hold a failed world, or the analysis does not go
        with the design.
    """
    analysis = _chosen(design.method, by)
    if slices not in SLICES:
        raise ValueError(f"slices: one of {', '.join(map(str, SLICES))} is wanted, got {slices}")
    values = worlds_in_order(y, len(design))
    blocks = design.by_scramble(values)
    if not METHODS[design.method].gaps:  # a scramble is one block
        blocks = np.moveaxis(blocks, 1, 0).reshape(1, design.scrambles, -1)
    whole = _whole(blocks, METHODS[design.method].gaps)
    finite = values[np.isfinite(values)]
    notes = [*_notes(design, finite, int((~whole).sum()), whole.size)]
    if no_variance(finite):
        table = pd.DataFrame(
            [(u, "", ANALYSES[analysis].primary, *[np.nan] * 3) for u in design.units], columns=COLUMNS
        )
        interval = ""
        notes.insert(0, f"no variance: the outcome is {finite[0]:g} in every world, and nothing can be said of factors")
    else:
        parts = [_of_scramble(design, analysis, r, values, whole[:, r], slices) for r in range(design.scrambles)]
        table, interval = _together(parts, analysis)
        missing = table["value"].isna()
        if missing.any():
            told = table.loc[missing, ["factor", "index"]].agg(" of ".join, axis=1)
            notes.append(f"could not be computed: {', '.join(told)}")
    table = _judged(table, analysis)
    failed = int((~np.isfinite(values)).sum())
    found = Indices(
        analysis, ANALYSES[analysis].primary, table, interval, len(values), failed, whole.size, int((~whole).sum())
    )
    return replace(found, notes=tuple(notes))


def _chosen(method: str, by: str) -> str:
    allowed = METHODS[method].analyses
    if by and by not in allowed:
        raise ValueError(f"by {by!r}: a {method} design can be analysed by {', '.join(allowed)}")
    return by or allowed[0]


def _whole(blocks: Array, gaps: bool) -> NDArray[np.bool_]:
    """Which blocks are whole (blocks, scrambles); all of them must be where a curve bears no gap."""
    if gaps:
        return whole_blocks(blocks)
    whole = np.asarray(np.isfinite(blocks).all(axis=2))
    if not whole.all():
        raise ValueError(
            f"{int((~np.isfinite(blocks)).sum()):,} worlds failed; a curve of fast bears no gap. Use sobol instead"
        )
    return whole


def _notes(design: SensitivityDesign, y: Array, dropped: int, blocks: int) -> Iterator[str]:
    """What the reader of the indices must know."""
    if dropped:
        yield f"{dropped:,} of {blocks:,} blocks hold a failed world and are left out"
    distinct, counts = np.unique(y, return_counts=True)
    if set(distinct) <= {WORSE, EQUAL, BETTER}:
        rare = 1.0 - float(counts.max() / len(y))
        if 0.0 < rare * POINTS * blocks < FEW:
            yield f"only {100.0 * rare:.2g} % of worlds differ from the rest: of {blocks:,} blocks too few to say much"
    elif 1 < len(distinct) < FEW:
        yield f"the outcome takes {len(distinct)} different values alone; indices say little of it"
    if design.replicates == 1:
        yield "one kind of luck, and one draw of every parameter that is no factor; more replicates vary them"
    elif design.method == "latin":
        yield "every world has luck of its own: what luck does lowers all indices alike"


def _of_scramble(
    design: SensitivityDesign, analysis: str, r: int, values: Array, whole: NDArray[np.bool_], slices: int
) -> Rows:
    """What SALib says of one scramble's whole blocks."""
    if METHODS[design.method].gaps:
        x = design.by_scramble(design.unit)[whole, r].reshape(-1, len(design.columns))
        y = design.by_scramble(values)[whole, r].reshape(-1)
    else:
        x, y = (design.by_scramble(part)[:, r, 0] for part in (design.unit, values))
    plan = replace(design.plan(r), slices=slices, resamples=RESAMPLES if design.scrambles == 1 else FEWEST)
    with undisturbed():
        rows = ANALYSES[analysis].run(plan, np.ascontiguousarray(x), np.ascontiguousarray(y))
    if no_variance(y):
        return dict.fromkeys(rows, (np.nan, np.nan))
    return rows


def _together(parts: Sequence[Rows], analysis: str) -> tuple[pd.DataFrame, str]:
    """Means over scrambles with their intervals (Student's t), or one scramble with SALib's own."""
    keys = list(parts[0])
    values = np.array([[part[key][0] for key in keys] for part in parts])
    values[~np.isfinite(values)] = np.nan
    mean = values.mean(axis=0)
    if len(parts) > 1:
        error = values.std(axis=0, ddof=1) / np.sqrt(len(parts))
        half = student.ppf(0.5 + LEVEL / 2, len(parts) - 1) * error
        told = f"Student's t over {len(parts)} independent scrambles"
    else:
        half = np.array([parts[0][key][1] for key in keys])
        told = ANALYSES[analysis].interval or "none: two scrambles or more give intervals"
    table = pd.DataFrame(keys, columns=COLUMNS[:3])
    return table.assign(value=mean, low=mean - half, high=mean + half), told


def _floor(table: pd.DataFrame, analysis: str) -> pd.Series:
    """The largest size that the dummy, or a pair with it, reaches in each index."""
    dummy = table[(table["factor"] == DUMMY) | (table["partner"] == DUMMY)]
    size = dummy[["value", "low", "high"]].abs().max(axis=1)
    floor = size.groupby(dummy["index"], sort=False).max().rename("floor")
    of_all = ANALYSES[analysis].floor
    return floor.where(floor.index == of_all, floor[of_all]) if of_all in floor else floor


def _judged(table: pd.DataFrame, analysis: str) -> pd.DataFrame:
    """With a column that says whether a value stands out of the noise floor. Only a mean effect can be below 0."""
    size = table["low"].fillna(table["value"]).where(table["index"] != SIGNED, table["value"].abs())
    return table.assign(distinguishable=size > table["index"].map(_floor(table, analysis)))


def outcome_of(
    stored: StoredResult, design: SensitivityDesign, outcome: str, scenario: str = "", against: str = ""
) -> pd.Series:
    """An outcome of each world of a stored result, by the number of the world; NaN where the world failed.

    Parameters
    ----------
    scenario
        Of which scenario, left out = the reference.
    against
        A scenario whose outcome in the same world is subtracted.

    Raises
    ------
    KeyError
        If there is no such outcome or scenario, with the nearest right name.
    ValueError
        If the rows that were run are not those of the design.
    """
    scenario = scenario or str(stored.manifest["reference"])
    y = _checked(stored, design, outcome, scenario)
    if against:
        y = y - _checked(stored, design, outcome, against)
    return y.rename(outcome)


def _checked(stored: StoredResult, design: SensitivityDesign, outcome: str, scenario: str) -> pd.Series:
    names = list(design.design.factors)
    unknown = sorted(set(stored.factors) ^ set(names))
    if unknown:
        raise ValueError(f"{stored.folder}: holds another design; {', '.join(unknown)} stands in one of the two alone")
    rows = stored.table("outcomes", ["world", REPLICATE, *names, outcome, "status"], scenario)
    rows = rows.set_index("world").sort_index()
    found = rows_hash({name: rows[name].to_numpy() for name in names}, rows[REPLICATE].to_numpy())
    if found != design.hash:
        raise ValueError(
            f"{stored.folder}: its worlds are not the rows of this design ({found[:8]}, {design.hash[:8]})"
        )
    y = rows[outcome].astype(float)
    return y.where(rows["status"] == DONE)
