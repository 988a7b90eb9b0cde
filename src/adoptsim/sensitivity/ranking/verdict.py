"""The verdict in sentences: who leads and how sure, what levers do to each other, what turns the order round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from adoptsim.sensitivity.ranking.interactions import FEWEST
from adoptsim.sensitivity.ranking.lists import (
    ALONE,
    IMPROVES,
    LAST_OUT,
    LEVELS_DOWN,
    MORE,
    NOTHING,
    SHAPLEY,
    UNTOLD,
    WORSENS,
    Key,
)
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import REST, Ranking
from adoptsim.sensitivity.ranking.standing import TOP, Mean, told
from adoptsim.sensitivity.ranking.words import (
    amount,
    listed,
    outcome_words,
    package_words,
    setting_words,
    signed,
)

__all__ = ["Agreement", "compare_seeds", "interaction_sentences", "reversal_sentence", "reversals", "verdict_sentences"]

NAMED = 6  # interactions of a setting that are put in words
AS = {
    ALONE: "Each lever alone",
    LAST_OUT: "Taken out of the package of {package}",
    SHAPLEY: "As a share of what {package} do together",
    MORE: "With more of the envelope ({package})",
}


def verdict_sentences(ranking: Ranking) -> list[str]:
    """The answer in sentences, one a line: per setting who leads and how sure, then interactions and reversals."""
    lines = list(_cautions(ranking))
    for setting in ranking.question.settings:
        words = setting_words(ranking.question, setting)
        lines.append(f"At {words}:" if setting != REALLOCATION else f"{words[0].upper()}{words[1:]}:")
        lines += [f"  {line}" for line in _of_setting(ranking, setting)]
        lines += [f"  {line}" for line in interaction_sentences(ranking, setting)]
    return [*lines, *_without(ranking)]


def _cautions(ranking: Ranking) -> Iterator[str]:
    if ranking.dropped:
        lost = len(ranking.dropped)
        world, why = next(iter(ranking.dropped.items()))
        words = (
            "1 world is left out with all its rows" if lost == 1 else f"{lost} worlds are left out with all their rows"
        )
        yield f"{words} (the first, world {world}: {why})."
    if ranking.worlds < FEWEST:
        yield f"A trial: {ranking.worlds} worlds, where {FEWEST} or more are wanted for a verdict."


def _of_setting(ranking: Ranking, setting: str) -> Iterator[str]:
    packages = ranking.packages[ranking.packages["setting"] == setting]
    for row in packages.to_dict("records"):
        package = package_words(ranking.question, row["package"])
        yield (
            f"{package.capitalize()} together change {outcome_words(ranking.reading)} by "
            f"{signed(row['mean'])} of {amount(row['level'])} {ranking.reading.unit} (in 90 % of worlds "
            f"{signed(row['p05'])} to {signed(row['p95'])}; {ranking.reading.verb} in {100 * row['improves']:.0f} %)."
        )
    for key in (key for key in ranking.effects if key[0] == setting):
        package = package_words(ranking.question, key[1])
        if key[1] == ALL:
            yield f"{AS[key[2]].format(package=package)}: {_leader(ranking, key)}{_harm(ranking, key)}"
        elif key[2] in (SHAPLEY, MORE):
            yield f"{AS[key[2]].format(package=package)}: {_leader(ranking, key)}"


def _leader(ranking: Ranking, key: Key) -> str:
    """Who leads a list, as far as it can be told."""
    rows, reading = ranking.of(*key), ranking.reading
    best = rows.iloc[0]
    helps = best["direction"] == IMPROVES
    if not helps:
        if (rows["direction"] == NOTHING).all():
            return f"no lever changes {outcome_words(reading)}."
        level = rows.index[rows["direction"] == LEVELS_DOWN]
        verb = "lowers" if len(level) == 1 else "lower"
        down = (
            f" {listed([ranking.title(x) for x in level])} {verb} it without the poorest gaining." if len(level) else ""
        )
        return f"it cannot be told that any lever {reading.verb} {outcome_words(reading)}.{down}"
    rivals = [str(name) for name in rows.index[1:] if rows.at[name, "place_low"] == 1]
    sure = (
        f"mean {signed(best['mean'])} {reading.unit} (90 % of worlds {signed(best['p05'])} to {signed(best['p95'])}), "
        f"{reading.verb} {outcome_words(reading)} in {100 * best['improves']:.0f} % of worlds, "
        f"in the top three in {100 * best['top_three']:.0f} %"
    )
    name = ranking.title(str(rows.index[0]))
    if not rivals:
        ahead = (
            f"ahead of {ranking.title(best['next'])} in {100 * best['beats_next']:.0f} %"
            if best["next"]
            else "the only one"
        )
        return f"{name} leads: {sure}, {ahead}."
    return f"{name} has the best mean, but cannot be told from {listed([ranking.title(x) for x in rivals])}: {sure}."


def _harm(ranking: Ranking, key: Key) -> str:
    rows = ranking.of(*key)
    worse = [ranking.title(str(name)) for name in rows.index[rows["direction"] == WORSENS][::-1]]
    if not worse:
        return ""
    verb = ranking.reading.contrary if len(worse) == 1 else ranking.reading.contrary.removesuffix("s")
    return f" {listed(worse)} {verb} it."


def interaction_sentences(ranking: Ranking, setting: str) -> list[str]:
    """What levers do to each other in the package of all, where it can be told: pairs first, the strongest first."""
    rows = ranking.interactions
    rows = rows[(rows["setting"] == setting) & (rows["package"] == ALL)]
    if rows.empty:
        return []
    sure = rows[rows["told"].astype(bool)]
    sure = sure.iloc[np.lexsort((-sure["mean"].abs().to_numpy(), (sure["other"] == REST).to_numpy()))]
    found = [
        _company(ranking, setting, str(row.lever)) if row.other == REST else _pair(ranking, row)
        for row in sure.head(NAMED).itertuples()
    ]
    if len(sure) > NAMED:
        found.append(f"{len(sure) - NAMED} weaker interactions can be told; the table of interactions has them.")
    if (rows["other"] == REST).all() and len(ranking.question.levers) > 1:
        found.append(f"Pairs are not told: {FEWEST} worlds or more are wanted, with orderings in which all pairs meet.")
    return found or ["No interaction of levers can be told from noise."]


def _company(ranking: Ranking, setting: str, lever: str) -> str:
    """A lever among all others against the lever alone."""
    alone, last = (ranking.of(setting, ALL, measure).loc[lever].to_dict() for measure in (ALONE, LAST_OUT))
    unit = ranking.reading.unit
    numbers = f"({signed(alone['mean'])} {unit} alone, {signed(last['mean'])} as the last of the package)"
    if alone["direction"] != IMPROVES and last["direction"] == IMPROVES:
        return f"{ranking.title(lever)} helps in company, and {_alone(alone)} {numbers}."
    if alone["direction"] == IMPROVES and last["direction"] != IMPROVES:
        return f"{ranking.title(lever)} helps alone; that it adds anything to the package cannot be told {numbers}."
    more = ranking.reading.better * (last["mean"] - alone["mean"]) > 0
    harm = alone["direction"] == last["direction"] == WORSENS
    words = ("less harm" if more else "more harm") if harm else ("better" if more else "less good")
    return f"{ranking.title(lever)} does {words} in company than alone {numbers}."


def _alone(row: dict[Any, Any]) -> str:
    return "cannot be told to help alone" if row["direction"] == UNTOLD else "does not help alone"


def _pair(ranking: Ranking, row: Any) -> str:
    """A pair of levers, on average over the companies in which they were met."""
    together = f"{signed(row.mean)} {ranking.reading.unit} beyond the sum of their effects"
    pair = row.lever, row.other
    if ranking.reading.better * row.mean < 0:
        return (
            f"{listed([ranking.title(x) for x in pair])} do part of the same, or get in each other's way: {together}."
        )
    alone = ranking.of(row.setting, ALL, ALONE)
    needy = []
    for lever in pair:
        mine = alone.loc[lever].to_dict()
        both = ranking.reading.better * (mine["mean"] + row.mean)
        if mine["direction"] != IMPROVES and both > 2.0 * float(np.hypot(mine["se"], row.se)):
            needy.append(lever)
    if len(needy) == 1:
        friend = pair[1 - pair.index(needy[0])]
        why = _alone(alone.loc[needy[0]].to_dict())
        return f"{ranking.title(needy[0])} helps where {ranking.title(friend)} runs, and {why}: {together}."
    verb = "help together, and neither can be told to help alone" if needy else "strengthen each other"
    return f"{listed([ranking.title(x) for x in pair])} {verb}: {together}."


def reversals(one: Ranking, other: Ranking, key: Key, other_key: Key | None = None) -> pd.DataFrame:
    """Pairs of levers that one list tells in one order and another in the other order.

    Columns ``ahead`` and ``behind`` (as ``one`` has them) and ``told``: whether both orders can be told from noise.
    Another weighting, another region, another seed or the package without a lever are other lists.
    """
    second = other_key or key
    both = [name for name in one.players[key] if name in other.players[second]]
    here, there = ([r.players[k].index(name) for name in both] for r, k in ((one, key), (other, second)))
    first, last = (
        (r.reading.better * r.effects[k].mean(axis=0)[at], r.apart(k)[np.ix_(at, at)], r.tolerance)
        for r, k, at in ((one, key, here), (other, second, there))
    )
    rows = []
    for i, j in combinations(range(len(both)), 2):
        by, turned = first[0][i] - first[0][j], last[0][i] - last[0][j]
        if by * turned < 0 and abs(by) > first[2] and abs(turned) > last[2]:
            pair = (both[i], both[j]) if by > 0 else (both[j], both[i])
            rows.append((*pair, bool(first[1][i, j] * last[1][i, j] < 0)))
    return pd.DataFrame(rows, columns=["ahead", "behind", "told"])


def reversal_sentence(ranking: Ranking, found: pd.DataFrame, under: str) -> str:
    """What turns round, where it can be told, and how much more only seems to."""
    sure = found[found["told"].astype(bool)]
    more = len(found) - len(sure)
    pairs_more = "1 pair changes" if more == 1 else f"{more} pairs change"
    seems = f"{pairs_more} places by the means alone, which cannot be told from noise." if more else ""
    if sure.empty:
        return f"{under}, no change of places can be told. {seems}".rstrip()
    pairs = listed(
        [f"{ranking.title(b)} overtakes {ranking.title(a)}" for a, b in zip(sure["ahead"], sure["behind"], strict=True)]
    )
    return f"{under}, {pairs}. {seems}".rstrip()


def _without(ranking: Ranking) -> Iterator[str]:
    """What changes where the lever that acts by construction is no part of the package."""
    for setting, package, measure in ranking.effects:
        if package != ALL and measure in (SHAPLEY, MORE):
            found = reversals(ranking, ranking, (setting, ALL, measure), (setting, package, measure))
            words = setting_words(ranking.question, setting).split(",")[0]
            yield reversal_sentence(ranking, found, f"Among {package_words(ranking.question, package)} ({words})")


@dataclass(frozen=True)
class Agreement:
    """Whether two seeds name the same three levers: ``verdict`` is agree, cannot_tell or disagree."""

    verdict: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    words: str


def compare_seeds(one: Ranking, other: Ranking, key: Key) -> Agreement:
    """Compare the top three of one list under two seeds: other worlds, other orderings, the same question otherwise.

    They agree if the same three lead. If not, the levers that only one of them names are compared: where the difference
    between two of them differs between the seeds by more than chance (5 % over all pairs of levers), they disagree,
    else it cannot be told. ValueError where the two are of one seed, or of different levers.
    """
    if one.question.seed == other.question.seed:
        raise ValueError(f"two seeds are wanted, both have {one.question.seed}")
    if set(one.players[key]) != set(other.players[key]) or one.reading != other.reading:
        raise ValueError("rankings of the same levers by the same outcome are wanted")
    first, second = (tuple(map(str, ranking.of(*key).index[:TOP])) for ranking in (one, other))
    if set(first) == set(second):
        order = "in the same order" if first == second else "in another order"
        return Agreement(
            "agree", first, second, f"Both seeds put {listed([one.title(x) for x in first])} first, {order}."
        )
    left, came = (sorted(set(a) - set(b)) for a, b in ((first, second), (second, first)))
    names = one.players[key]
    pairs = list(combinations(names, 2))
    means = [Mean.of(_differences(ranking, key, pairs), ranking.tolerance) for ranking in (one, other)]
    fewer = min(one.worlds, other.worlds)
    by = Mean.known(means[0].mean - means[1].mean, np.hypot(means[0].se, means[1].se), fewer, one.tolerance)
    meant = [{*pair} & {*left} and {*pair} & {*came} for pair in pairs]
    sure = fewer > 1 and any(sign and these for sign, these in zip(told(by), meant, strict=True))
    named = f"{listed([one.title(x) for x in left])} or {listed([one.title(x) for x in came])}"
    if sure:
        return Agreement(
            "disagree", first, second, f"The seeds disagree on whether {named} belongs to the first three."
        )
    words = f"It cannot be told whether {named} belongs to the first three: the seeds differ by no more than chance."
    return Agreement("cannot_tell", first, second, words)


def _differences(ranking: Ranking, key: Key, pairs: list[tuple[str, str]]) -> np.ndarray:
    at = {name: i for i, name in enumerate(ranking.players[key])}
    effects = ranking.effects[key]
    return np.stack([effects[:, at[a]] - effects[:, at[b]] for a, b in pairs], axis=1)
