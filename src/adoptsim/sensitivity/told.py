"""What a stored study answers: its rankings, or the indices of each outcome that it asks about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from adoptsim.experiment.opened import StoredResult
from adoptsim.experiment.study import Study
from adoptsim.model.factors import BUDGET
from adoptsim.sensitivity.better import which_better
from adoptsim.sensitivity.designs import SensitivityDesign
from adoptsim.sensitivity.guards import TooManyFailedError
from adoptsim.sensitivity.indices import Indices, analyse, outcome_of
from adoptsim.sensitivity.ranking import Ranking, RankingQuestion, rank_levers, ranking_design
from adoptsim.sensitivity.ranking.reading import read_outcome
from adoptsim.sensitivity.ranking.variance import variance_shares
from adoptsim.sensitivity.ranking.words import outcome_words
from adoptsim.sensitivity.study import EQUAL_WEIGHTS, HEADLINE, design_of, question_of

__all__ = ["Asked", "asked", "groups_without", "indices_of", "ranked", "study_in"]

OF_JUMPS = ("sobol", "shapley")  # methods for outcomes of few values: no steps, slices, densities or curves


@dataclass(frozen=True, eq=False)
class Asked:
    """One thing that a sensitivity analysis asks about, world by world: an outcome, or its change by a scenario."""

    outcome: str
    of: str  # the scenario
    against: str  # the scenario subtracted, "" = none
    y: pd.Series  # in the unit of ``reading``
    which: tuple[str, ...] = ()  # titles of the two, where it is asked which does better, not by how much

    @property
    def words(self) -> str:
        """In words."""
        reading = read_outcome(self.outcome)
        if self.which:
            return f"which {reading.verb} {outcome_words(reading)} more: {' or '.join(self.which)}"
        unit = f", {reading.unit}" if reading.unit else ""
        what = f"{outcome_words(reading)} ({self.outcome}{unit}) in {self.of}"
        return what + (f" less that in {self.against}" if self.against else "")


def study_in(stored: StoredResult) -> Study:
    """The study that an answer was made for. ValueError where there was none."""
    found = stored.manifest.get("study")
    if not found:
        raise ValueError(f"{stored.folder}: answers no ranking and no sensitivity analysis")
    return Study(found["kind"], found["options"], found["size"])


def ranked(stored: StoredResult) -> Iterator[Ranking]:
    """The rankings of an answer: by the gap, under equal weights, by the gap of each group that has one, by others."""
    study = study_in(stored)
    question, gap = question_of(study, stored.manifest["seed"]), HEADLINE[0]
    rows, without = stored.outcomes, groups_without(stored)
    groups = [group for group in study.options["groups"] if group not in without]
    own = len(ranking_design(question))  # behind them stand the rows of variance shares
    names = [f"{gap}.mean", f"{gap}{EQUAL_WEIGHTS}.mean", *(f"{gap}.{group}.mean" for group in groups)]
    for name in dict.fromkeys((*names, *study.options.get("of", ()))):
        shares, untold = _variance(rows, question, name)
        ranking = rank_levers(rows[rows["world"] < own], question, name, variance_share=shares)
        yield replace(ranking, shares_untold=untold)


def groups_without(stored: StoredResult) -> list[str]:
    """Groups that were asked for and have no gap in any world: nobody lives there, as in a table of the user's own."""
    names = {group: f"{HEADLINE[0]}.{group}.mean" for group in study_in(stored).options["groups"]}
    return [group for group, name in names.items() if not stored.outcomes[name].notna().any()]


def _variance(rows: pd.DataFrame, question: RankingQuestion, outcome: str) -> tuple[pd.Series | None, str]:
    """Variance shares by lever if there are any; else why not, "" where none were asked for."""
    try:
        found = variance_shares(rows, question, outcome)
    except TooManyFailedError as error:
        return None, str(error)
    return (None, "") if found is None else (_by_lever(found), "")


def _by_lever(indices: Indices) -> pd.Series:
    """Total-order indices of the budgets by the name of their lever."""
    values: pd.Series = indices.of("ST").set_index("factor")["value"]
    return values.rename(lambda name: str(name).removesuffix(BUDGET))


def asked(stored: StoredResult, design: SensitivityDesign) -> Iterator[Asked]:
    """Every outcome asked about: of two scenarios' difference, of each scenario's change, or of the only scenario.

    Of two scenarios first which does better, where the method takes an outcome that jumps, then their difference.
    """
    options, reference = study_in(stored).options, str(stored.manifest["reference"])
    others = [scenario.name for scenario in stored.scenarios if scenario.name != reference]
    pairs = [(other, reference) for other in others] or [(reference, "")]
    if options["difference"]:
        pairs = [tuple(options["difference"])]
    titles = {scenario.name: scenario.title or scenario.name for scenario in stored.scenarios}
    for outcome in options["of"]:
        for of, against in pairs:
            reading = read_outcome(outcome)
            y = outcome_of(stored, design, outcome, of, against)
            if options["difference"] and design.method in OF_JUMPS:
                choice = which_better(y, reading.better)
                yield Asked(outcome, of, against, choice, which=(titles[of], titles[against]))
            yield Asked(outcome, of, against, y * reading.factor)


def indices_of(stored: StoredResult) -> Iterator[tuple[Asked, Indices]]:
    """The indices of every outcome asked about."""
    design = design_of(study_in(stored))
    for one in asked(stored, design):
        yield one, analyse(design, one.y)
