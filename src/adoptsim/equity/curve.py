"""The concentration curve: who holds how much, cumulated from the most disadvantaged to the most advantaged."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from adoptsim.equity.arrays import Array, check
from adoptsim.equity.measures import relative_concentration
from adoptsim.equity.units import ask

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Curve(NamedTuple):
    """Points of a concentration curve from (0, 0) to (1, 1)."""

    people: Array
    held: Array


def concentration_curve(estimate: ArrayLike, population: ArrayLike, rank: ArrayLike) -> Curve:
    """Cumulative share of the indicator against cumulative share of people.

    Below the diagonal the advantaged hold more than their share; the relative concentration index is twice the area
    between diagonal and curve. Units with equal ranks form one straight piece.

    Args:
        estimate: (units,), not negative, any unit.
        population: people per unit, (units,).
        rank: what orders units, (units,); higher is more advantaged.

    Returns:
        `Curve(people, held)`, fractions, (places + 1,) each. `held` is NaN where nobody has anything.

    Raises:
        ValueError: a bad argument, named, with its first bad index, or more than one axis.

    Source: Wagstaff, Paci and van Doorslaer (1991), Soc Sci Med 33:545-557, doi:10.1016/0277-9536(91)90212-U.
    """
    question = ask(estimate, population, rank)
    if question.lead or question.rank is None:
        raise ValueError(f"estimate: a curve needs one axis, got leading axes {question.lead}")
    check("estimate", question.estimate, lower=0.0)
    places, place = np.unique(question.rank, return_inverse=True)
    amounts = (question.population, question.population * question.estimate)
    return Curve(*(_cumulated(np.bincount(place, amount, len(places)).astype(np.float64)) for amount in amounts))


def _cumulated(amounts: Array) -> Array:
    """Cumulative shares, beginning with 0; NaN if there is nothing to share."""
    until = np.concatenate([[0.0], np.cumsum(amounts)])
    return until / until[-1] if until[-1] > 0 else np.full_like(until, np.nan)


def concentration_figure(
    estimate: ArrayLike, population: ArrayLike, rank: ArrayLike, indicator: str = "indicator", by: str = "rank"
) -> "Figure":
    """The concentration curve as a matplotlib figure (imported only here), with the index in the title.

    Args:
        estimate, population, rank: as in `concentration_curve`.
        indicator: name of the estimate, for the vertical axis.
        by: name of the rank, for the horizontal axis.

    Returns:
        A figure of its own, without a window: save it with `figure.savefig(path)`.

    Raises:
        ValueError: as `concentration_curve`.
        ImportError: matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    curve = concentration_curve(estimate, population, rank)
    index = float(relative_concentration(estimate, population, rank))
    figure = Figure(figsize=(5.0, 5.0), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, label="equality")
    if np.isnan(index):
        axes.set_title(f"Nobody has any {indicator}: no curve")
    else:
        axes.plot(curve.people, curve.held, marker="o", markersize=3, color="#0072b2", label=indicator)
        axes.set_title(f"Relative concentration index {index:.3f}")
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel(f"Cumulative share of people, lowest {by} first")
    axes.set_ylabel(f"Cumulative share of {indicator}")
    axes.legend(frameon=False)
    return figure
