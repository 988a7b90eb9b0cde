"""Rows of a design found again: which row of the outcomes is which subset of levers in which world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.inputs.errors import nearest_name
from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.ranking.design import NOBODY, chains, orderings
from adoptsim.sensitivity.ranking.question import Allocation, Game, RankingQuestion

__all__ = ["Seats", "Worlds", "whole_worlds"]

Array = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Seats:
    """Rows of one game in W worlds with n players and k orderings.

    ``none`` and ``everyone`` (W,), ``alone`` and ``out`` (W, n), ``chain`` (W, k, n + 1): from nobody to all;
    ``order`` (W, k, n): which player came first, second, ..., as places in ``game.players``.
    """

    none: Places
    everyone: Places
    alone: Places
    out: Places
    chain: Places
    order: Places


@dataclass(frozen=True, eq=False)
class Worlds:
    """The worlds of which every row was finished: ``numbers`` (W,); ``dropped`` says why the others are not here."""

    question: RankingQuestion
    values: pd.DataFrame
    numbers: tuple[int, ...]
    dropped: Mapping[int, str]
    at: Mapping[tuple[int, Allocation], int]
    known: dict[Game, Seats] = field(default_factory=dict)  # finding rows is what costs time

    def column(self, name: str) -> Array:
        """An outcome in every row."""
        return self.values[name].to_numpy(dtype=np.float64)

    def seats(self, game: Game) -> Seats:
        """Where the subsets of a game are. ValueError where the table lacks one."""
        if game not in self.known:
            self.known[game] = self._seats(game)
        return self.known[game]

    def _seats(self, game: Game) -> Seats:
        everyone = frozenset(game.players)
        singles = [frozenset({i}) for i in game.players]
        place = {player: i for i, player in enumerate(game.players)}
        return Seats(
            self._rows(game, [NOBODY])[:, 0],
            self._rows(game, [everyone])[:, 0],
            self._rows(game, singles),
            self._rows(game, [everyone - one for one in singles]),
            np.array([[self._found(w, game, c) for c in chains(self.question, game, w)] for w in self.numbers]),
            np.array([[[place[i] for i in o] for o in orderings(self.question, game, w)] for w in self.numbers]),
        )

    def moves(self, game: Game) -> tuple[Places, Places]:
        """Rows of the even split (W,) and of each player with more (W, n)."""
        more = [[self._row(w, self.question.move(game, i)) for i in game.players] for w in self.numbers]
        return self._rows(game, [frozenset(game.players)])[:, 0], np.array(more)

    def _rows(self, game: Game, subsets: Sequence[frozenset[int]]) -> Places:
        return np.array([self._found(w, game, subsets) for w in self.numbers])

    def _found(self, world: int, game: Game, subsets: Iterable[frozenset[int]]) -> list[int]:
        return [self._row(world, self.question.give(game, subset)) for subset in subsets]

    def _row(self, world: int, given: Allocation) -> int:
        if (world, given) not in self.at:
            raise ValueError(f"world {world}: rows of the design are missing; is this another question's table?")
        return self.at[world, given]


def whole_worlds(table: pd.DataFrame, question: RankingQuestion, needed: Sequence[str]) -> Worlds:
    """The worlds of a table of outcomes that can be ranked on.

    A world with a row that failed, or in which a needed outcome is no number, is dropped with all its rows. ValueError
    where columns are missing, or several scenarios are mixed, or none is left.
    """
    budgets = [lever + BUDGET for lever in question.levers]
    _check_columns(table, (*budgets, "replicate", "status", *needed))
    if "scenario" in table and table["scenario"].nunique() > 1:
        raise ValueError(f"rows of one scenario are wanted, got {', '.join(sorted(table['scenario'].unique()))}")
    table = table[table["replicate"].between(0, question.worlds - 1)].reset_index(drop=True)
    dropped = _dropped(table, needed)
    values = table[~table["replicate"].isin(dropped)].reset_index(drop=True)
    given = map(tuple, values[budgets].to_numpy(dtype=np.float64).tolist())
    at = {key: row for row, key in enumerate(zip(values["replicate"].tolist(), given, strict=True))}
    numbers = tuple(w for w in range(question.worlds) if w not in dropped)
    if not numbers:
        raise ValueError(f"no world is whole: {next(iter(dropped.values()))}")
    return Worlds(question, values, numbers, dropped, at)


def _check_columns(table: pd.DataFrame, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in table]
    if missing:
        hint = nearest_name(missing[0], list(table.columns))
        near = f"; did you mean {hint!r}?" if hint else ""
        raise ValueError(f"the table has no column {', '.join(map(repr, missing))}{near}")


def _dropped(table: pd.DataFrame, needed: Sequence[str]) -> dict[int, str]:
    """Why worlds are left out, by number."""
    failed = table["status"] != "done"
    undefined = ~np.isfinite(table[list(needed)].to_numpy(dtype=np.float64))
    first = np.array(list(needed))[undefined.argmax(axis=1)]
    told = table["error"] if "error" in table else pd.Series("failed", index=table.index)
    why = told.where(failed, pd.Series(first, index=table.index) + " is no number")
    bad = failed | undefined.any(axis=1)
    return {int(w): str(text) for w, text in zip(table["replicate"][bad][::-1], why[bad][::-1], strict=True)}
