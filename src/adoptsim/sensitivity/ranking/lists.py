"""The lists of a ranking: each lever alone, last, on average over orderings, and with more of the envelope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.equity.progress import TOLERANCE
from adoptsim.sensitivity.ranking.question import FULL_STRENGTH, REALLOCATION, Game
from adoptsim.sensitivity.ranking.reading import Reading
from adoptsim.sensitivity.ranking.standing import Mean, beats, places, told, told_apart, top_share
from adoptsim.sensitivity.ranking.worlds import Seats, Worlds

__all__ = ["ALONE", "INTERVAL", "LAST_OUT", "MEASURES", "MILLION", "MORE", "SHAPLEY", "SPENT", "UNABSORBED", "Key",
           "Listed", "lists", "margins"]  # fmt: skip

Array = NDArray[np.float64]
Key = tuple[str, str, str]  # setting, package, measure
ALONE, LAST_OUT, SHAPLEY, MORE = "alone", "last_out", "shapley", "more_money"
MEASURES = (ALONE, LAST_OUT, SHAPLEY, MORE)
SPENT, UNABSORBED = "cost.lever.mean", "lever.unabsorbed.mean"
MILLION = 1e-6
INTERVAL = (0.05, 0.95)
IMPROVES, WORSENS, NOTHING, LEVELS_DOWN, UNTOLD = "improves", "worsens", "none", "levels_down", "cannot_tell"
GAINS, LOSES = "gains", "loses"


@dataclass(frozen=True, eq=False)
class Listed:
    """One list of levers: effects in the model's units (W, n), of the outcome and of what is read with it."""

    key: Key
    names: tuple[str, ...]
    effect: Array
    poor: Array | None
    spent: Array | None  # US$ a year
    unabsorbed: Array | None
    se_orderings: Array

    def rows(self, reading: Reading) -> Iterator[dict[str, Any]]:
        """A row per lever, best first."""
        good = reading.better * self.effect
        turns = reading.turns(self.effect, self.poor)
        means = Mean.of(self.effect, TOLERANCE)
        place, low, high = places(good, told_apart(good, TOLERANCE))
        top = top_share(good, turns == 1)
        p05, p95 = np.quantile(self.effect, INTERVAL, axis=0)
        poor = None if self.poor is None else Mean.of(self.poor, TOLERANCE)
        ways = self._directions(means, poor, reading)
        fates = self._fates(poor)
        order = np.argsort(place)
        paid = self.key[-1] != MORE  # a reallocation spends what was spent before, but for what is not absorbed
        for rank, i in enumerate(order):
            spent = np.nan if self.spent is None else self.spent[:, i].mean() * MILLION
            yield {
                **dict(zip(("setting", "package", "measure"), self.key, strict=True)),
                "lever": self.names[i],
                "place": place[i],
                "place_low": low[i],
                "place_high": high[i],
                "mean": means.mean[i] * reading.factor,
                "se": means.se[i] * reading.factor,
                "se_orderings": self.se_orderings[i] * reading.factor,
                "p05": p05[i] * reading.factor,
                "p95": p95[i] * reading.factor,
                "direction": ways[i],
                "poor_mean": np.nan if poor is None else poor.mean[i] * reading.factor,
                "poor_se": np.nan if poor is None else poor.se[i] * reading.factor,
                "poor_direction": fates[i],
                "improves": float(np.mean(turns[:, i] == 1)),
                "worsens": float(np.mean(turns[:, i] == -1)),
                "top_three": top[i],
                **self._next(good, order[rank : rank + 2], reading.factor),
                "spent": spent,
                "per_million": means.mean[i] * reading.factor / spent if spent > 0 and paid else np.nan,
                "not_absorbed": np.nan if self.unabsorbed is None else self.unabsorbed[:, i].mean() * MILLION,
            }

    def _directions(self, means: Mean, poor: Mean | None, reading: Reading) -> list[str]:
        """Which way each mean goes, where it can be told; a gap that falls while the poor gain nothing levels down."""
        sure = reading.better * told(means)
        gains = np.ones(len(sure)) if poor is None else told(poor)
        idle = np.all(np.abs(self.effect) <= TOLERANCE, axis=0)
        words = {-1: WORSENS, 0: UNTOLD}
        return [
            NOTHING if none else (IMPROVES if gain > 0 else LEVELS_DOWN) if way > 0 else words[int(way)]
            for way, gain, none in zip(sure, gains, idle.tolist(), strict=True)
        ]

    def _fates(self, poor: Mean | None) -> list[str]:
        """Whether the poorest gain or lose, where it can be told; "" where the outcome is not read with theirs."""
        if poor is None:
            return [""] * len(self.names)
        return [(UNTOLD, GAINS, LOSES)[way] for way in told(poor).tolist()]

    def _next(self, good: Array, pair: NDArray[np.int64], factor: float) -> dict[str, Any]:
        """How a lever stands to the next in the list: by how much it is better, and in what share of worlds."""
        if len(pair) < 2:
            return {"next": "", "ahead": np.nan, "ahead_se": np.nan, "beats_next": np.nan}
        first, second = good[:, pair[0]], good[:, pair[1]]
        by = Mean.of((first - second)[:, None], TOLERANCE)
        return {
            "next": self.names[pair[1]],
            "ahead": by.mean[0] * factor,
            "ahead_se": by.se[0] * factor,
            "beats_next": beats(first, second, TOLERANCE),
        }


def lists(game: Game, worlds: Worlds, reading: Reading) -> Iterator[Listed]:
    """The lists of a game, one per measure."""
    names = tuple(worlds.question.levers[i] for i in game.players)
    wanted = (reading.outcome, reading.poor, SPENT, "" if game.setting == FULL_STRENGTH else UNABSORBED)
    columns = [worlds.column(name) if name in worlds.values else None for name in wanted]
    unknown = np.full(len(names), np.nan)
    if game.setting == REALLOCATION:
        even, more = worlds.moves(game)
        changes = [None if x is None else x[more] - x[even][:, None] for x in columns]
        yield _listed((*game.key, MORE), names, changes, unknown)
        return
    seats = worlds.seats(game)
    for measure, function in ((ALONE, _alone), (LAST_OUT, _last_out), (SHAPLEY, _shapley)):
        changes = [None if x is None else function(x, seats) for x in columns]
        error = unknown
        if measure == SHAPLEY:
            error = _error_of_orderings(margins(worlds.column(reading.outcome), seats), worlds.question.exact)
        yield _listed((*game.key, measure), names, changes, error)


def _listed(key: Key, names: tuple[str, ...], changes: list[Array | None], error: Array) -> Listed:
    effect, poor, spent, unabsorbed = changes
    assert effect is not None  # the outcome's column is there, or no world would be whole
    return Listed(key, names, effect, poor, spent, unabsorbed, error)


def _alone(x: Array, seats: Seats) -> Array:
    """Effect of each lever by itself, (W, n)."""
    return x[seats.alone] - x[seats.none][:, None]


def _last_out(x: Array, seats: Seats) -> Array:
    """What is lost when a lever is taken out of the full package, (W, n)."""
    return x[seats.everyone][:, None] - x[seats.out]


def margins(x: Array, seats: Seats) -> Array:
    """Effect of each lever when it joins those before it, by player (W, k, n)."""
    steps = np.diff(x[seats.chain], axis=2)
    found = np.empty_like(steps)
    np.put_along_axis(found, seats.order, steps, axis=2)
    return found


def _shapley(x: Array, seats: Seats) -> Array:
    """Mean effect of a lever when it joins, over the orderings of each world, (W, n); sums to the package's effect.

    Shapley (1953), A value for n-person games, Contributions to the Theory of Games II:307-317; orderings sampled as in
    Castro, Gomez and Tejada (2009), Computers & Operations Research 36:1726-1730.
    """
    return np.asarray(margins(x, seats).mean(axis=1), dtype=np.float64)


def _error_of_orderings(margin: Array, exact: bool) -> Array:
    """The part of the shares' standard error that more orderings would take away, (n,); NaN from one pair per world."""
    worlds, count, players = margin.shape
    if exact:
        return np.zeros(players)
    if count < 4:
        return np.full(players, np.nan)
    pairs = margin.reshape(worlds, count // 2, 2, players).mean(axis=2)
    return np.asarray(np.sqrt((pairs.var(axis=1, ddof=1) / (count // 2)).mean(axis=0) / worlds), dtype=np.float64)
