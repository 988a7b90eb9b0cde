"""Means over people between two quantiles of income: the headline pair, whole or in two cheap steps."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from adoptsim.equity.arrays import (
    Array,
    Rows,
    as_units,
    check,
    common_lead,
    count_rows,
    parts,
    same_units,
    scalar_or_array,
    weigh,
)
from adoptsim.equity.units import ask


class Headline(NamedTuple):
    """Mean access of the poorest people, and how far the richest are ahead; both (...), in the unit of access."""

    poor: Array
    gap: Array


def headline(
    access: ArrayLike, population: ArrayLike, income: ArrayLike, poor: float = 0.4, rich: float = 0.2
) -> Headline:
    """Access of the poorest people, and of the richest minus the poorest.

    poor = sum w_i a_i over the poorest share of people; gap = the same over the richest share, minus poor.

    People of all cells stand in one line by the mean income of their cell, so the poorest 40 % are people, not
    countries. The cell on a line is split in proportion; cells of equal income are split alike, so that cutting a
    cell in two changes nothing. Bit for bit what `weighted_sum` gives with the weights of `band_weights`.

    Args:
        access: (..., cells), any unit, usually a share in [0, 1].
        population: people per cell, (cells,) or (..., cells); not negative, not all zero.
        income: mean income of a cell, same shapes, any unit. One shared line, (cells,), is fastest.
        poor: share of people called poor, above 0.
        rich: share of people called rich, above 0; together at most 1.

    Returns:
        `Headline(poor, gap)`, each (...). A positive gap favours the rich, a negative one the poor.

    Raises:
        ValueError: a bad argument, named, with its first bad index.

    Source: bands of people in place of countries after Milanovic (2012), "Global inequality recalculated and updated",
    J Economic Inequality 10:1-18, doi:10.1007/s10888-010-9155-y; 40 % and the top after Palma (2011), Development and
    Change 42:87-153, doi:10.1111/j.1467-7660.2011.01694.x.
    """
    check_tails(poor, rich)
    question = ask(access, population, income, names=("access", "income"))
    low, high = np.empty(count_rows(question.lead)), np.empty(count_rows(question.lead))
    for part, units in question.blocks():
        low[part] = weigh(units.estimate, units.line.band(0.0, poor))
        high[part] = weigh(units.estimate, units.line.band(1.0 - rich, 1.0))
    return Headline(*(scalar_or_array(x.reshape(question.lead)) for x in (low, high - low)))


def band_weights(population: ArrayLike, income: ArrayLike, lower: float, upper: float) -> Array:
    """Weights whose weighted sum is the mean over the people between two quantiles of income.

    w_i = (people of cell i between the quantiles) / (all people between the quantiles).

    The cell on a quantile is split in proportion; cells of equal income share one place in the line and are split
    alike, so that cutting a cell in two changes nothing. Use with `weighted_sum`, which adds in a fixed order.

    Args:
        population: people per cell, (cells,) or (..., cells); not negative, not all zero.
        income: what people are ranked by, same shapes, any unit; higher is richer.
        lower: quantile of people to begin with, counted from the poorest, 0 or more.
        upper: quantile of people to end with, above `lower`, at most 1.

    Returns:
        Weights in [0, 1] of the common shape (..., cells), summing to 1 along cells.

    Raises:
        ValueError: a bad population or income (named, with its first bad index), or quantiles out of order.
    """
    if not 0 <= lower < upper <= 1:
        raise ValueError(f"lower, upper: need 0 <= lower < upper <= 1, got {lower:g} and {upper:g}")
    question = ask(population, population, income, names=("population", "income"))
    cells = question.estimate.shape[-1]
    weights = np.empty((count_rows(question.lead), cells))
    for part, units in question.blocks():
        weights[part] = units.line.band(lower, upper)
    return weights.reshape(*question.lead, cells)


def weighted_sum(values: ArrayLike, weights: ArrayLike) -> Array:
    """Sum of values x weights over the last axis, added in an order fixed by its length.

    Unlike `values @ weights`, the bytes do not depend on threads, block size, memory layout or leading axes.

    Args:
        values: (..., cells), any unit.
        weights: (cells,) or (..., cells), such as `band_weights` gives.

    Returns:
        (...), in the unit of `values`.

    Raises:
        ValueError: mismatched cells, or a value or weight that is not finite (named, with its first bad index).
    """
    arrays = {"values": as_units("values", values), "weights": as_units("weights", weights)}
    same_units(**arrays)
    lead = common_lead(**arrays)
    for name, array in arrays.items():
        check(name, array)
    numbers, factors = (Rows(array, lead) for array in arrays.values())
    result = np.empty(count_rows(lead))
    for part in parts(result.size, arrays["values"].shape[-1]):
        result[part] = weigh(numbers.take(part), factors.take(part))
    return scalar_or_array(result.reshape(lead))


def check_tails(poor: float, rich: float) -> None:
    """ValueError unless the poor and the rich are two separate shares of people."""
    if not (poor > 0 and rich > 0 and poor + rich <= 1 + 1e-12):
        raise ValueError(f"poor, rich: need shares above 0 that sum to at most 1, got {poor:g} and {rich:g}")
