"""What decides a ranking: the value of knowing parameters, who is best where they are low, where levers fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adoptsim.experiment.opened import StoredResult
from adoptsim.sensitivity.discovery import LEVEL, Discovery, discover
from adoptsim.sensitivity.ranking.lists import ALONE
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.ranking.words import title
from adoptsim.sensitivity.reversal import rank_reversal, reversal_sentences
from adoptsim.sensitivity.unknowns import Information, value_of_information

__all__ = ["FEWEST", "NOTHING", "Deciding", "deciding"]

FEWEST = 64  # worlds: with fewer hardly anything can be told from noise
NOTHING = "no lever"  # a choice too


@dataclass(frozen=True, eq=False)
class Deciding:
    """What decides which lever is best alone, in the first setting of a ranking.

    ``information``: value of perfect information; ``reversal``: who is best in thirds of each parameter;
    ``discoveries``: for each lever that narrows the gap in some worlds and not in others, where it fails to.
    """

    unit: str
    information: Information
    reversal: pd.DataFrame
    discoveries: tuple[Discovery, ...]

    def sentences(self) -> Iterator[str]:
        """What a reader takes away."""
        yield from self.information.sentences(self.unit)
        yield from reversal_sentences(self.reversal, self.unit)
        for found in self.discoveries:
            yield from found.sentences()

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


def deciding(stored: StoredResult, ranking: Ranking) -> Deciding | None:
    """What decides a ranking, from its own worlds; None where there are fewer than ``FEWEST``, or no setting but one of
    reallocation.
    """
    settings = [setting for setting in ranking.question.settings if setting != REALLOCATION]
    if ranking.worlds < FEWEST or not settings:
        return None
    key = settings[0], ALL, ALONE
    worlds = pd.Index([w for w in range(ranking.question.worlds) if w not in ranking.dropped], name="world")
    good = pd.DataFrame(ranking.reading.better * ranking.effects[key], worlds, list(map(title, ranking.players[key])))
    parameters = _parameters(stored, worlds)
    level = LEVEL / good.shape[1]
    fails = {name: ~narrows for name, narrows in _improves(ranking, key, worlds).items()}
    discoveries = [
        discover(parameters, failed, f"{name} fails to {ranking.reading.verb.removesuffix('s')} the gap", level=level)
        for name, failed in fails.items()
        if 0.0 < failed.mean() < 1.0
    ]
    return Deciding(
        ranking.reading.unit,
        value_of_information(parameters, good.assign(**{NOTHING: 0.0})),
        rank_reversal(parameters, good),
        tuple(discoveries),
    )


def _parameters(stored: StoredResult, worlds: pd.Index) -> pd.DataFrame:
    """Uncertain parameters by world; what is given to levers is none."""
    names = [name for name in stored.parameters if name not in stored.factors]
    rows = stored.outcomes.drop_duplicates("replicate").set_index("replicate")
    return rows.loc[worlds, names].set_axis(worlds)


def _improves(ranking: Ranking, key: tuple[str, str, str], worlds: pd.Index) -> dict[str, pd.Series]:
    """Whether each lever narrows the gap, by world."""
    turns = ranking.turns[key]
    return {title(name): pd.Series(np.asarray(turns[:, i] == 1), worlds) for i, name in enumerate(ranking.players[key])}
