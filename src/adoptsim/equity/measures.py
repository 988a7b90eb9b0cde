"""All measures, imported in the order in which tables and documentation present them."""

# isort: off
from adoptsim.equity.pairwise import (
    mean,
    difference,
    ratio,
    percentile_difference,
    percentile_ratio,
    ventile_difference,
    ventile_ratio,
)
from adoptsim.equity.concentration import absolute_concentration, relative_concentration, wagstaff, erreygers, gini
from adoptsim.equity.slope import slope_index, relative_index
from adoptsim.equity.spread import (
    variance,
    standard_deviation,
    coefficient_of_variation,
    mean_gap,
    mean_gap_weighted,
    best_gap,
    best_gap_weighted,
    reference_gap,
    reference_gap_weighted,
    disparity,
    disparity_weighted,
)
from adoptsim.equity.entropy import theil, mean_log_deviation
from adoptsim.equity.potential import attributable_risk, attributable_fraction
# isort: on

__all__ = [
    "absolute_concentration",
    "attributable_fraction",
    "attributable_risk",
    "best_gap",
    "best_gap_weighted",
    "coefficient_of_variation",
    "difference",
    "disparity",
    "disparity_weighted",
    "erreygers",
    "gini",
    "mean",
    "mean_gap",
    "mean_gap_weighted",
    "mean_log_deviation",
    "percentile_difference",
    "percentile_ratio",
    "ratio",
    "reference_gap",
    "reference_gap_weighted",
    "relative_concentration",
    "relative_index",
    "slope_index",
    "standard_deviation",
    "theil",
    "variance",
    "ventile_difference",
    "ventile_ratio",
    "wagstaff",
]
