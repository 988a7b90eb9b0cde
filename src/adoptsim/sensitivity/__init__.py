"""Sensitivity: which factors an outcome depends on, which levers lead, and how sure that is. SALib behind one door.

Loaded on first use, name by name: figures and SALib take their time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adoptsim.sensitivity.better import which_better
    from adoptsim.sensitivity.convergence import Convergence, until_stable
    from adoptsim.sensitivity.designs import SensitivityDesign, design
    from adoptsim.sensitivity.discovery import Box, Discovery, Restriction, discover
    from adoptsim.sensitivity.figures import index_figure, morris_figure, save_figure, stability_figure
    from adoptsim.sensitivity.indices import Indices, analyse, outcome_of
    from adoptsim.sensitivity.problem import Factor, Joint, factors_of
    from adoptsim.sensitivity.ranking import Ranking, RankingQuestion, rank_levers, ranking_design, ranking_scenario
    from adoptsim.sensitivity.reversal import rank_reversal, reversal_sentences
    from adoptsim.sensitivity.unknowns import Information, value_of_information
    from adoptsim.sensitivity.unknowns_figure import discovery_figure, information_figure
    from adoptsim.sensitivity.vocabulary import group_of, groups_of, value_words, words_of

__all__ = [
    "Box",
    "Convergence",
    "Discovery",
    "Factor",
    "Indices",
    "Information",
    "Joint",
    "Ranking",
    "RankingQuestion",
    "Restriction",
    "SensitivityDesign",
    "analyse",
    "design",
    "discover",
    "discovery_figure",
    "factors_of",
    "group_of",
    "groups_of",
    "index_figure",
    "information_figure",
    "morris_figure",
    "outcome_of",
    "rank_levers",
    "rank_reversal",
    "ranking_design",
    "ranking_scenario",
    "reversal_sentences",
    "save_figure",
    "stability_figure",
    "until_stable",
    "value_of_information",
    "value_words",
    "which_better",
    "words_of",
]

_HOMES = {
    "Box": "discovery",
    "Convergence": "convergence",
    "Discovery": "discovery",
    "Factor": "problem",
    "Indices": "indices",
    "Information": "unknowns",
    "Joint": "problem",
    "Ranking": "ranking",
    "RankingQuestion": "ranking",
    "Restriction": "discovery",
    "SensitivityDesign": "designs",
    "analyse": "indices",
    "design": "designs",
    "discover": "discovery",
    "discovery_figure": "unknowns_figure",
    "factors_of": "problem",
    "group_of": "vocabulary",
    "groups_of": "vocabulary",
    "index_figure": "figures",
    "information_figure": "unknowns_figure",
    "morris_figure": "figures",
    "outcome_of": "indices",
    "rank_levers": "ranking",
    "rank_reversal": "reversal",
    "ranking_design": "ranking",
    "ranking_scenario": "ranking",
    "reversal_sentences": "reversal",
    "save_figure": "figures",
    "stability_figure": "figures",
    "until_stable": "convergence",
    "value_of_information": "unknowns",
    "value_words": "vocabulary",
    "which_better": "better",
    "words_of": "vocabulary",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = globals()[name] = getattr(import_module(f"adoptsim.sensitivity.{_HOMES[name]}"), name)
        return value
    raise AttributeError(f"module 'adoptsim.sensitivity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
