"""The design of a ranking: per world, the subsets of levers that its answer is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, permutations

import numpy as np

from adoptsim.experiment.design import Design
from adoptsim.model.draws import Sequences
from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.ranking.question import REALLOCATION, Allocation, Game, RankingQuestion

__all__ = ["allocations", "chains", "orderings", "ranking_design"]

Ordering = tuple[int, ...]
NOBODY: frozenset[int] = frozenset()


def ranking_design(question: RankingQuestion) -> Design:
    """The rows of a ranking: one block of equal length per world, ``replicate`` its number.

    A factor ``LEVER.budget`` per lever. A world has, for every game, no lever, each alone, all, each left out and the
    levers that come first in its orderings; for reallocation the even split and each lever with more of it. What
    games or orderings share is one row. Short blocks end with the row without levers again.
    """
    blocks = [allocations(question, world) for world in range(question.worlds)]
    longest = max(map(len, blocks))
    nothing = (0.0,) * len(question.levers)
    rows = np.array([(*block, *[nothing] * (longest - len(block))) for block in blocks], dtype=np.float64)
    values = rows.reshape(-1, len(question.levers))
    factors = {lever + BUDGET: values[:, i].copy() for i, lever in enumerate(question.levers)}
    return Design(factors, np.repeat(np.arange(question.worlds, dtype=np.int64), longest), block=longest)


def allocations(question: RankingQuestion, world: int) -> tuple[Allocation, ...]:
    """What a world must be run with, each once."""
    return tuple(dict.fromkeys(row for game in question.games for row in _of_game(question, game, world)))


def _of_game(question: RankingQuestion, game: Game, world: int) -> Iterator[Allocation]:
    everyone = frozenset(game.players)
    if game.setting == REALLOCATION:
        yield question.give(game, everyone)
        yield from (question.move(game, i) for i in game.players)
        return
    singles = [frozenset({i}) for i in game.players]
    chained = [subset for chain in chains(question, game, world) for subset in chain]
    for subset in (NOBODY, *singles, everyone, *(everyone - one for one in singles), *chained):
        yield question.give(game, subset)


def chains(question: RankingQuestion, game: Game, world: int) -> list[list[frozenset[int]]]:
    """The levers that came first in each ordering, from nobody to all: (orderings, players + 1) subsets."""
    return [
        list(accumulate(ordering, lambda before, i: before | {i}, initial=NOBODY))
        for ordering in orderings(question, game, world)
    ]


def orderings(question: RankingQuestion, game: Game, world: int) -> list[Ordering]:
    """The orderings of a game's players in a world: drawn once for all levers, each followed by its reverse.

    The reverse takes away all error that pair interactions would cause (Owen 2013, Monte Carlo theory, methods and
    examples, section 8.2, on antithetic sampling; Mitchell et al. 2022, J. Mach. Learn. Res. 23(43), on orderings).
    """
    count = len(question.levers)
    if question.exact:
        ahead = [order for order in permutations(range(count)) if order < order[::-1]]
    else:
        pairs = question.orderings // 2
        keys = Sequences().uniforms(0, pairs * count, question.seed, "ranking", world).reshape(pairs, count)
        ahead = [tuple(map(int, order)) for order in np.argsort(keys, axis=1, kind="stable")]
    drawn = [order for one in ahead for order in (one, one[::-1])]
    return [tuple(i for i in order if i in game.players) for order in drawn]
