"""Means over people between two quantiles of income: the headline pair, whole or in two cheap steps."""

from collections.abc import Callable
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
    inside,
    parts,
    same_units,
    scalar_or_array,
    weigh,
)
from adoptsim.equity.standing import line_up
from adoptsim.equity.units import Question, ask


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
    cells, weights = Rows(question.estimate, question.lead), tail_weights(question, poor, rich)
    low, high = np.empty(count_rows(question.lead)), np.empty(count_rows(question.lead))
    for part in parts(low.size, question.estimate.shape[-1]):
        block = question.checked(cells.take(part))
        low[part], high[part] = (weigh(block, weight) for weight in weights(part))
    return Headline(*(scalar_or_array(x.reshape(question.lead)) for x in (low, high - low)))


def tail_weights(question: Question, poor: float, rich: float) -> Callable[[slice], list[Array]]:
    """The weights of the poor and of the rich for any rows: made once if rows share lines, else row by row."""
    tails = ((0.0, poor), (1.0 - rich, 1.0))
    population, income = question.population, question.rank
    assert income is not None
    if count_rows(common_lead(population=population, income=income)) < count_rows(question.lead):
        ready = [
            Rows(weights, question.lead) for weights in band_weights(population, income, *zip(*tails, strict=True))
        ]
        return lambda part: [rows.take(part) for rows in ready]
    people, rank = Rows(population, question.lead), Rows(income, question.lead)

    def weights(part: slice) -> list[Array]:
        line = line_up(people.take(part), rank.take(part))
        return [line.band(*tail) for tail in tails]

    return weights


def band_weights(population: ArrayLike, income: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> Array:
    """Weights whose weighted sum is the mean over the people between two quantiles of income.

    w_i = (people of cell i between the quantiles) / (all people between the quantiles).

    The cell on a quantile is split in proportion; cells of equal income share one place in the line and are split
    alike, so that cutting a cell in two changes nothing. Use with `weighted_sum`, which adds in a fixed order.

    Args:
        population: people per cell, (cells,) or (..., cells); not negative, not all zero.
        income: what people are ranked by, same shapes, any unit; higher is richer.
        lower: quantile of people to begin with, counted from the poorest, 0 or more; or one for each of several bands,
            (bands,), which are then cut from one line.
        upper: quantile of people to end with, above `lower`, at most 1; or (bands,).

    Returns:
        Weights in [0, 1] of the common shape (..., cells), summing to 1 along cells; (bands, ..., cells) for several.

    Raises:
        ValueError: a bad population or income (named, with its first bad index), or quantiles out of order.
    """
    begins, ends = _quantiles(lower, upper)
    question = ask(population, population, income, names=("population", "income"))
    cells = question.estimate.shape[-1]
    weights = np.empty((begins.size, count_rows(question.lead), cells))
    for part, units in question.blocks():
        line = units.line
        for band, (begin, end) in enumerate(zip(begins.ravel(), ends.ravel(), strict=True)):
            weights[band, part] = line.band(float(begin), float(end))
    return weights.reshape(*begins.shape, *question.lead, cells)


def _quantiles(lower: ArrayLike, upper: ArrayLike) -> tuple[Array, Array]:
    """Where bands begin and end, () or (bands,); ValueError unless 0 <= lower < upper <= 1."""
    begins, ends = (np.asarray(x, dtype=np.float64) for x in (lower, upper))
    if begins.shape != ends.shape or begins.ndim > 1:
        raise ValueError(f"lower, upper: need two numbers or two equally long lists, got {begins.shape}, {ends.shape}")
    for begin, end in zip(begins.ravel(), ends.ravel(), strict=True):
        if not 0 <= begin < end <= 1:
            raise ValueError(f"lower, upper: need 0 <= lower < upper <= 1, got {begin:g} and {end:g}")
    return begins, ends


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
    numbers, factors = as_units("values", values), as_units("weights", weights)
    same_units(values=numbers, weights=factors)
    lead = common_lead(values=numbers, weights=factors)
    check("weights", factors)
    rows, weight = Rows(numbers, lead), Rows(factors, lead)
    result = np.empty(count_rows(lead))
    for part in parts(result.size, numbers.shape[-1]):
        block = rows.take(part)
        if not inside(block):
            check("values", numbers)
        result[part] = weigh(block, weight.take(part))
    return scalar_or_array(result.reshape(lead))


def check_tails(poor: float, rich: float) -> None:
    """ValueError unless the poor and the rich are two separate shares of people."""
    if not (poor > 0 and rich > 0 and poor + rich <= 1 + 1e-12):
        raise ValueError(f"poor, rich: need shares above 0 that sum to at most 1, got {poor:g} and {rich:g}")
