"""What decides a ranking: the value of knowing parameters, who is best where they are low, where levers fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from adoptsim.experiment.opened import StoredResult
from adoptsim.sensitivity.discovery import LEVEL, Discovery, discover
from adoptsim.sensitivity.ranking.lists import ALONE, Key
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.words import package_words
from adoptsim.sensitivity.reversal import rank_reversal, reversal_sentences
from adoptsim.sensitivity.unknowns import Information, value_of_information

__all__ = ["FEWEST", "NOTHING", "Deciding", "deciding"]

FEWEST = 64  # worlds: with fewer hardly anything can be told from noise
NOTHING = "no lever"  # a choice too


@dataclass(frozen=True, eq=False)
class Deciding:
    """What decides which lever of a package is best alone, in the first setting of a ranking.

    ``information``: value of perfect information; ``reversal``: who is best in thirds of each parameter;
    ``discoveries``: for each lever that narrows the gap in some worlds and not in others, where it fails to (of the
    package of all).
    """

    package: str
    package_words: str
    unit: str
    information: Information
    reversal: pd.DataFrame
    discoveries: tuple[Discovery, ...] = ()

    def sentences(self) -> Iterator[str]:
        """What a reader takes away."""
        yield f"Which of {self.package_words} is best alone:"
        yield from self.information.sentences(self.unit)
        yield from reversal_sentences(self.reversal, self.unit)
        for found in self.discoveries:
            if found.boxes:
                yield from found.sentences()
        open_ones = [f"{found.event} (in {100 * found.base:.0f} %)" for found in self.discoveries if not found.boxes]
        if open_ones:
            yield f"In which worlds the others fail cannot be told: {'; '.join(open_ones)}."

    def boxes(self) -> pd.DataFrame:
        """A row per box and restriction."""
        columns = ("event", "box", "coverage", "density", "base", "parameter", "low", "high", "quasi_p")
        rows = [
            (found.event, number, box.coverage, box.density, found.base, r.parameter, r.low, r.high, r.quasi_p)
            for found in self.discoveries
            for number, box in enumerate(found.boxes, start=1)
            for r in box.restrictions
        ]
        return pd.DataFrame(rows, columns=list(columns))


def deciding(stored: StoredResult, ranking: Ranking) -> list[Deciding]:
    """What decides a ranking, from its own worlds: of the package of all levers, then of those without what acts by
    construction. None where there are fewer than ``FEWEST`` worlds, or no setting but one of reallocation.
    """
    settings = [setting for setting in ranking.question.settings if setting != REALLOCATION]
    if ranking.worlds < FEWEST or not settings:
        return []
    worlds = pd.Index([w for w in range(ranking.question.worlds) if w not in ranking.dropped], name="world")
    parameters = _parameters(stored, worlds)
    found = []
    for package, _ in ranking.question.packages:
        key = settings[0], package, ALONE
        names = list(map(ranking.title, ranking.players[key]))
        good = pd.DataFrame(ranking.reading.better * ranking.effects[key], worlds, names)
        information = value_of_information(parameters, good.assign(**{NOTHING: 0.0}))
        of_all = _discoveries(ranking, key, parameters) if package == ALL else ()
        words, reversal = package_words(ranking.question, package), rank_reversal(parameters, good)
        found.append(Deciding(package, words, ranking.reading.unit, information, reversal, of_all))
    return found


def _discoveries(ranking: Ranking, key: Key, parameters: pd.DataFrame) -> tuple[Discovery, ...]:
    """Where each lever fails; the chance of a box in noise is that of all levers together."""
    verb, turns = ranking.reading.verb.removesuffix("s"), ranking.turns[key]
    level = LEVEL / turns.shape[1]
    fails = {name: pd.Series(turns[:, i] != 1, parameters.index) for i, name in enumerate(ranking.players[key])}
    return tuple(
        discover(parameters, failed, f"{ranking.title(name)} fails to {verb} {_it(ranking)}", level=level)
        for name, failed in fails.items()
        if 0.0 < failed.mean() < 1.0
    )


def _it(ranking: Ranking) -> str:
    return "the gap" if ranking.reading.is_gap else "it"


def _parameters(stored: StoredResult, worlds: pd.Index) -> pd.DataFrame:
    """Uncertain parameters by world; what is given to levers is none."""
    names = [name for name in stored.parameters if name not in stored.factors]
    rows = stored.outcomes.drop_duplicates("replicate").set_index("replicate")
    return rows.loc[worlds, names].set_axis(worlds)
