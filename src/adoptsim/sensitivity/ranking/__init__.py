"""Ranking of levers: at equal money, as reallocation of one envelope, at full strength; alone and in company."""

from adoptsim.sensitivity.ranking.design import ranking_design
from adoptsim.sensitivity.ranking.question import RankingQuestion, ranking_scenario
from adoptsim.sensitivity.ranking.rank import Ranking, rank_levers

__all__ = ["Ranking", "RankingQuestion", "rank_levers", "ranking_design", "ranking_scenario"]
