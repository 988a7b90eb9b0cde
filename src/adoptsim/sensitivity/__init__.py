"""Sensitivity: which factors an outcome depends on, which levers lead, and how sure that is. SALib behind one door.

Loaded on first use, name by name: figures and SALib take their time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adoptsim.sensitivity.convergence import Convergence, until_stable
    from adoptsim.sensitivity.designs import SensitivityDesign, design
    from adoptsim.sensitivity.figures import index_figure, morris_figure, save_figure, stability_figure
    from adoptsim.sensitivity.indices import Indices, analyse, outcome_of
    from adoptsim.sensitivity.problem import Factor, Joint, factors_of
    from adoptsim.sensitivity.ranking import Ranking, RankingQuestion, rank_levers, ranking_design, ranking_scenario

__all__ = [
    "Convergence",
    "Factor",
    "Indices",
    "Joint",
    "Ranking",
    "RankingQuestion",
    "SensitivityDesign",
    "analyse",
    "design",
    "factors_of",
    "index_figure",
    "morris_figure",
    "outcome_of",
    "rank_levers",
    "ranking_design",
    "ranking_scenario",
    "save_figure",
    "stability_figure",
    "until_stable",
]

_HOMES = {
    "Convergence": "convergence",
    "Factor": "problem",
    "Indices": "indices",
    "Joint": "problem",
    "Ranking": "ranking",
    "RankingQuestion": "ranking",
    "SensitivityDesign": "designs",
    "analyse": "indices",
    "design": "designs",
    "factors_of": "problem",
    "index_figure": "figures",
    "morris_figure": "figures",
    "outcome_of": "indices",
    "rank_levers": "ranking",
    "ranking_design": "ranking",
    "ranking_scenario": "ranking",
    "save_figure": "figures",
    "stability_figure": "figures",
    "until_stable": "convergence",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = globals()[name] = getattr(import_module(f"adoptsim.sensitivity.{_HOMES[name]}"), name)
        return value
    raise AttributeError(f"module 'adoptsim.sensitivity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
