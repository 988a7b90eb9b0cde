"""Measures of health inequality on plain arrays: the WHO set and what it lacks.

Needs NumPy only and imports nothing else of this package. Every measure takes
`(estimate, population, rank=None, reference=None, favourable=True, scale=1.0, form="linear", who_compat=False)` with
units on the last axis, and keeps the axes before it. `measure(name, ...)` finds one by our name or by WHO's;
`MEASURES` describes them all. See docs/equity.md for formulas, signs, and when to use which.
"""

from adoptsim.equity.bands import Headline, band_weights, headline, weighted_sum
from adoptsim.equity.curve import Curve, concentration_curve, concentration_figure
from adoptsim.equity.decomposition import Decomposition, GapSplit, decompose, split_gap
from adoptsim.equity.measures import (
    absolute_concentration,
    attributable_fraction,
    attributable_risk,
    best_gap,
    best_gap_weighted,
    coefficient_of_variation,
    difference,
    disparity,
    disparity_weighted,
    erreygers,
    gini,
    mean,
    mean_gap,
    mean_gap_weighted,
    mean_log_deviation,
    percentile_difference,
    percentile_ratio,
    ratio,
    reference_gap,
    reference_gap_weighted,
    relative_concentration,
    relative_index,
    slope_index,
    standard_deviation,
    theil,
    variance,
    ventile_difference,
    ventile_ratio,
    wagstaff,
)
from adoptsim.equity.need import equal_weights, need_weights, reversals
from adoptsim.equity.progress import Verdict, lag_years, levelled_down, share_closed, verdict, year_reached
from adoptsim.equity.reading import TableError
from adoptsim.equity.registry import MEASURES, Measure, find, measure
from adoptsim.equity.table import Row, format_table, measure_table, table_figure

__all__ = [
    "MEASURES",
    "Curve",
    "Decomposition",
    "GapSplit",
    "Headline",
    "Measure",
    "Row",
    "TableError",
    "Verdict",
    "absolute_concentration",
    "attributable_fraction",
    "attributable_risk",
    "band_weights",
    "best_gap",
    "best_gap_weighted",
    "coefficient_of_variation",
    "concentration_curve",
    "concentration_figure",
    "decompose",
    "difference",
    "disparity",
    "disparity_weighted",
    "equal_weights",
    "erreygers",
    "find",
    "format_table",
    "gini",
    "headline",
    "lag_years",
    "levelled_down",
    "mean",
    "mean_gap",
    "mean_gap_weighted",
    "mean_log_deviation",
    "measure",
    "measure_table",
    "need_weights",
    "percentile_difference",
    "percentile_ratio",
    "ratio",
    "reference_gap",
    "reference_gap_weighted",
    "relative_concentration",
    "relative_index",
    "reversals",
    "share_closed",
    "slope_index",
    "split_gap",
    "standard_deviation",
    "table_figure",
    "theil",
    "variance",
    "ventile_difference",
    "ventile_ratio",
    "verdict",
    "wagstaff",
    "weighted_sum",
    "year_reached",
]
