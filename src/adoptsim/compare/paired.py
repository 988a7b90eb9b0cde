"""Paired differences: scenarios against a reference in the same worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.equity import verdict
from adoptsim.experiment.opened import StoredResult
from adoptsim.experiment.result import Result
from adoptsim.inputs.errors import nearest_name
from adoptsim.model.factors import is_strength

__all__ = ["GAP", "POOR", "compare", "compare_stored", "compare_tables"]

POOR, GAP = "useful_access.p40.mean", "useful_access.gap.mean"  # the headline pair
INTERVAL = (0.05, 0.95)
CELLS = 8_000_000  # numbers of a stored answer that are in memory at a time
STUDIES = {  # what an answer may be besides a comparison, and where it is told
    "ranking": ("ranking", "ranking.csv, or use ad.sensitivity.rank_levers"),
    "sensitivity": ("sensitivity analysis", "indices.csv, or use ad.sensitivity.outcome_of and ad.sensitivity.analyse"),
}
COLUMNS = (
    "scenario",
    "outcome",
    "mean",
    "p05",
    "p95",
    "change",
    "change_p05",
    "change_p95",
    "narrows",
    "widens",
    "worlds",
)


def compare(results: Mapping[str, Result] | StoredResult, reference: str = "") -> pd.DataFrame:
    """Compare results with one of them, world by world.

    Parameters
    ----------
    results
        Results by the name that they should have in the table, or a result folder that was opened.
    reference
        The one compared against; none = the reference of the folder, or ``baseline``.

    Returns
    -------
    DataFrame
        A row per scenario and outcome: ``mean``, ``p05`` and ``p95`` of the outcome over worlds; ``change``,
        ``change_p05`` and ``change_p95``: mean and 90 % interval of the difference from the reference in the same
        worlds; ``narrows``: share of worlds in which the gap falls and the poorest 40 % gain; ``widens``: share of
        worlds in which it rises; ``worlds``: how many
        worlds were finished in both (0: the numbers are NaN).

    Raises
    ------
    ValueError
        If the reference is not among the results, they do not have the same outcomes, or one answers a ranking or a
        sensitivity analysis: its worlds are rows of a design, not draws, and their means and intervals say nothing.
    """
    for result in results.values() if isinstance(results, Mapping) else (results,):
        if isinstance(result, StoredResult):
            _refuse_study(result)
    if isinstance(results, StoredResult):
        return compare_stored(results, reference)
    if not isinstance(results, Mapping):
        raise TypeError("compare: results by name are wanted, such as {'baseline': a, 'pooled': b}")
    reference = reference or "baseline"
    _check_same_worlds(results, reference)
    names = dict.fromkeys(name for result in results.values() for name in result.outcome_names)
    return compare_tables({label: result.outcomes for label, result in results.items()}, tuple(names), reference)


def _refuse_study(result: StoredResult) -> None:
    """ValueError where the worlds of an answer are rows that a study made, with what tells of them instead."""
    study = result.manifest.get("study")
    if study:
        raise ValueError(
            f"{result.folder}: answers a {STUDIES[study['kind']][0]}; its worlds are rows of a design, whose means say "
            f"nothing. Read tables/{STUDIES[study['kind']][1]}"
        )


def _check_same_worlds(results: Mapping[str, Result], reference: str) -> None:
    """Raise ValueError where the same number is another world: another seed drew other parameters."""
    if reference not in results:
        return  # told below, with the nearest name
    base = results[reference]
    for label, result in results.items():
        both = [n for n in result.parameters if n in base.parameters and not is_strength(n)]
        here, there = (of.outcomes.set_index("world")[both] for of in (result, base))
        shared = here.index.intersection(there.index)
        if not np.array_equal(here.loc[shared].to_numpy(float), there.loc[shared].to_numpy(float), equal_nan=True):
            raise ValueError(f"{label}: its worlds are not those of {reference!r}; give both the same rng")


def compare_stored(result: StoredResult, reference: str = "") -> pd.DataFrame:
    """As ``compare``, for every outcome of a result folder; where there are many worlds, a few outcomes at a time."""
    names = list(result.outcome_names or (POOR, GAP))
    pair = [name for name in (POOR, GAP) if name in names]
    size = max(CELLS // max(result.rows, 1) - len(pair), 1)
    parts = []
    for batch in (names[i : i + size] for i in range(0, len(names), size)):
        wanted = list(dict.fromkeys((*pair, *batch))) if result.outcome_names else []
        rows = result.table("outcomes", ["scenario", "world", "status", *wanted])
        tables = {scenario.name: rows[rows["scenario"] == scenario.name] for scenario in result.scenarios}
        compared = compare_tables(tables, wanted or names, reference or result.scenario.name)
        parts.append(compared[compared["outcome"].isin(batch)])
    if len(parts) == 1:
        return parts[0]
    order = {name: i for i, name in enumerate(scenario.name for scenario in result.scenarios)}
    return pd.concat(parts).sort_values("scenario", key=lambda s: s.map(order), kind="stable", ignore_index=True)


def compare_tables(tables: Mapping[str, pd.DataFrame], outcomes: Sequence[str], reference: str) -> pd.DataFrame:
    """As ``compare``, from tables with a row per world (``Result.outcomes``)."""
    if reference not in tables:
        hint = nearest_name(reference, tables)
        known = ", ".join(tables) or "none"
        raise ValueError(
            f"no result is called {reference!r}; there are {known}" + f"; did you mean {hint!r}?" * bool(hint)
        )
    base = _finished(tables[reference])
    parts = [_against(label, _finished(table), base, outcomes) for label, table in tables.items()]
    return pd.concat(parts, ignore_index=True)


def _finished(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"] == "done"].set_index("world")


def _against(label: str, table: pd.DataFrame, base: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Rows of one scenario."""
    both = table.index.intersection(base.index)
    if both.empty:
        nothing = pd.DataFrame({"scenario": label, "outcome": list(outcomes), "worlds": 0})
        return nothing.reindex(columns=list(COLUMNS))
    missing = [name for name in outcomes if name not in table or name not in base]
    if missing:
        raise ValueError(
            f"{label}: outcomes that only some results have: {', '.join(missing)}; run them over the same years"
        )
    here = table.loc[both, list(outcomes)].to_numpy(dtype=np.float64)
    change = here - base.loc[both, list(outcomes)].to_numpy(dtype=np.float64)
    columns = [*_spread(here), *_spread(change)]
    rows = pd.DataFrame(dict(zip(COLUMNS[2:8], columns, strict=True)))
    narrows, widens = _turns(change, outcomes)
    rows = rows.assign(scenario=label, outcome=list(outcomes), narrows=narrows, widens=widens, worlds=len(both))
    return rows.reindex(columns=list(COLUMNS))


def _spread(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Mean and 90 % interval over worlds."""
    low, high = np.quantile(values, INTERVAL, axis=0)
    return values.mean(axis=0), low, high


def _turns(change: NDArray[np.float64], outcomes: Sequence[str]) -> tuple[float, float]:
    """Shares of worlds in which the gap narrows and widens, NaN where the headline pair is not among the outcomes."""
    if POOR not in outcomes or GAP not in outcomes:
        return float("nan"), float("nan")
    gap, poor = (change[:, list(outcomes).index(name)] for name in (GAP, POOR))
    found = verdict(gap, poor)
    return float(np.mean(found == 1)), float(np.mean(found == -1))
