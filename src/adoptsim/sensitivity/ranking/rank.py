"""The ranking: levers by what they do to one outcome, in every setting, and what they do to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.equity.progress import TOLERANCE
from adoptsim.sensitivity.ranking.interactions import pair_interactions
from adoptsim.sensitivity.ranking.lists import INTERVAL, MILLION, SPENT, UNABSORBED, Key, lists, margins
from adoptsim.sensitivity.ranking.question import FULL_STRENGTH, REALLOCATION, Game, RankingQuestion
from adoptsim.sensitivity.ranking.reading import Reading, read_outcome
from adoptsim.sensitivity.ranking.standing import Mean, told, told_apart
from adoptsim.sensitivity.ranking.worlds import Worlds, whole_worlds

__all__ = ["REST", "Ranking", "rank_levers"]

Array = NDArray[np.float64]
REST = "the rest"
PACKAGE = (
    "setting",
    "package",
    "level",
    "poor_level",
    "mean",
    "se",
    "p05",
    "p95",
    "improves",
    "worsens",
    "spent",
    "not_absorbed",
)
INTERACTION = ("setting", "package", "lever", "other", "mean", "se", "told")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Levers ranked by what they do to one outcome. Effects are in ``reading.unit``; negative is a fall.

    ``levers``: a row per setting, package, measure and lever, best first (columns: docs/ranking.md). ``packages``: what
    each package does as a whole, ``level`` being the mean outcome without levers. ``interactions``: what a lever gains
    in company (``other`` is "the rest": last less alone), and pairs. ``effects``: (W, n) of each list's levers in the
    order of ``players``; ``turns``: whether it improves (1) or worsens (-1) the outcome there. ``dropped``: why worlds
    are not here; ``shares_untold``: why variance shares that were asked for are not, "" where they are.
    """

    question: RankingQuestion
    reading: Reading
    worlds: int
    dropped: Mapping[int, str]
    levers: pd.DataFrame
    packages: pd.DataFrame
    interactions: pd.DataFrame
    effects: Mapping[Key, Array]
    turns: Mapping[Key, NDArray[np.int8]]
    players: Mapping[Key, tuple[str, ...]]
    shares_untold: str = ""

    @property
    def tolerance(self) -> float:
        """Largest change that counts as none, in the unit told."""
        return TOLERANCE * self.reading.factor

    def title(self, lever: str) -> str:
        """A lever as people call it."""
        return self.question.title(lever)

    def of(self, setting: str, package: str, measure: str) -> pd.DataFrame:
        """Levers of one list, best first, indexed by name. KeyError if there is no such list."""
        key = setting, package, measure
        if key not in self.effects:
            raise KeyError(f"no list {key}; there are {', '.join(map(str, self.effects))}")
        rows = self.levers
        here = (rows["setting"] == setting) & (rows["package"] == package) & (rows["measure"] == measure)
        return rows[here].set_index("lever")

    def apart(self, key: Key) -> NDArray[np.int8]:
        """(n, n) in the order of ``players``: 1 where one is told to be better than another, -1 worse, else 0."""
        return told_apart(self.reading.better * self.effects[key], self.tolerance)


def rank_levers(
    outcomes: pd.DataFrame | Sequence[pd.DataFrame],
    question: RankingQuestion,
    outcome: str = "useful_access.gap.mean",
    lower_is_better: bool | None = None,
    variance_share: pd.Series | None = None,
) -> Ranking:
    """Rank levers by what they do to an outcome, from the outcomes of ``ranking_design(question)``.

    Parameters
    ----------
    outcomes
        Rows of one scenario (``open_result(folder).outcomes``), or several tables of it. Needed: replicate, status, the
        factors ``LEVER.budget``, ``outcome``, and for a gap the access of the poor that belongs to it (``Reading``);
        ``cost.lever.mean`` and ``lever.unabsorbed.mean`` say what was spent, where they are there.
    question
        That which made the design.
    outcome
        Any outcome by its name; a region or income group is an outcome of its own.
    lower_is_better
        Which way is better; none = as its name says.
    variance_share
        By lever: share of the outcome's variance that its budget and effects cause (a grouped total-order Sobol'
        index), from another design; told beside the rest.

    Raises
    ------
    ValueError
        If columns or rows are missing, several scenarios are mixed, or no world is whole.
    """
    table = outcomes if isinstance(outcomes, pd.DataFrame) else pd.concat(list(outcomes), ignore_index=True)
    reading = read_outcome(outcome, lower_is_better)
    money = [name for name in (SPENT, UNABSORBED) if name in table]
    worlds = whole_worlds(table, question, [outcome, *([reading.poor] if reading.poor else []), *money])
    found = [listed for game in question.games for listed in lists(game, worlds, reading)]
    levers = pd.DataFrame([row for listed in found for row in listed.rows(reading)])
    shares = {} if variance_share is None else variance_share.to_dict()
    subsets = [game for game in question.games if game.setting != REALLOCATION]
    return Ranking(
        question,
        reading,
        len(worlds.numbers),
        worlds.dropped,
        levers.assign(variance_share=levers["lever"].map(shares).astype(float)),
        pd.DataFrame([_package(game, worlds, reading) for game in subsets], columns=PACKAGE),
        pd.DataFrame([row for game in subsets for row in _interactions(game, worlds, reading)], columns=INTERACTION),
        MappingProxyType({listed.key: listed.effect * reading.factor for listed in found}),
        MappingProxyType({listed.key: reading.turns(listed.effect, listed.poor) for listed in found}),
        MappingProxyType({listed.key: listed.names for listed in found}),
    )


def _package(game: Game, worlds: Worlds, reading: Reading) -> dict[str, Any]:
    """What a package does as a whole, against no lever in the same worlds."""
    seats = worlds.seats(game)

    def change(name: str) -> Array | None:
        if name not in worlds.values:
            return None
        x = worlds.column(name)
        return x[seats.everyone] - x[seats.none]

    effect, poor, spent, unabsorbed = (change(name) for name in (reading.outcome, reading.poor, SPENT, UNABSORBED))
    assert effect is not None
    turns = reading.turns(effect, poor)
    means = Mean.of(effect[:, None], TOLERANCE)
    p05, p95 = np.quantile(effect, INTERVAL) * reading.factor
    poor_level = worlds.column(reading.poor)[seats.none].mean() if reading.poor else np.nan
    absorbed = unabsorbed is not None and game.setting != FULL_STRENGTH
    return {
        **dict(zip(PACKAGE, game.key, strict=False)),
        "level": worlds.column(reading.outcome)[seats.none].mean() * reading.factor,
        "poor_level": poor_level * reading.factor,
        "mean": means.mean[0] * reading.factor,
        "se": means.se[0] * reading.factor,
        "p05": p05,
        "p95": p95,
        "improves": float(np.mean(turns == 1)),
        "worsens": float(np.mean(turns == -1)),
        "spent": np.nan if spent is None else spent.mean() * MILLION,
        "not_absorbed": unabsorbed.mean() * MILLION if unabsorbed is not None and absorbed else np.nan,
    }


def _interactions(game: Game, worlds: Worlds, reading: Reading) -> Iterator[dict[str, Any]]:
    """What each lever gains or loses in company, and each pair, as far as it can be estimated."""
    seats, x = worlds.seats(game), worlds.column(reading.outcome)
    names = [worlds.question.levers[i] for i in game.players]
    alone, last = x[seats.alone] - x[seats.none][:, None], x[seats.everyone][:, None] - x[seats.out]
    company = Mean.of(last - alone, TOLERANCE)
    yield from _rows(game, [(name, REST) for name in names], company, reading)
    pairs = pair_interactions(margins(x, seats), seats.order, TOLERANCE)
    if pairs is not None:
        yield from _rows(game, list(combinations(names, 2)), pairs, reading)


def _rows(game: Game, of: list[tuple[str, str]], means: Mean, reading: Reading) -> Iterator[dict[str, Any]]:
    mean, se = means.mean * reading.factor, means.se * reading.factor
    for (lever, other), *numbers in zip(of, mean.tolist(), se.tolist(), (told(means) != 0).tolist(), strict=True):
        yield dict(zip(INTERACTION, (*game.key, lever, other, *numbers), strict=True))
