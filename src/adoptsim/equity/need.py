"""How applications weigh in a country's access: by the local burden they could relieve, or all alike."""

import numpy as np
from numpy.typing import ArrayLike

from adoptsim.equity.arrays import Array, as_units, check, total


def need_weights(eligible: ArrayLike, prevalence: ArrayLike, dalys: ArrayLike, axis: int = -1) -> Array:
    """Weights of applications by local burden: eligible people x prevalence x DALYs per untreated case.

    w = burden / sum of burden over applications. Where no application has any burden, all weigh alike.

    Args:
        eligible: people who could be tested, any shapes that broadcast together, such as (countries, applications).
        prevalence: affected share of the eligible, in [0, 1].
        dalys: disability-adjusted life years lost per untreated case.
        axis: where the applications lie.

    Returns:
        Weights in [0, 1] of the common shape, summing to 1 along `axis`; no unit.

    Raises:
        ValueError: a negative or non-finite entry, a prevalence above 1, or shapes that do not fit (named).
    """
    arrays = {"eligible": eligible, "prevalence": prevalence, "dalys": dalys}
    factors = {name: as_units(name, np.atleast_1d(np.asarray(values))) for name, values in arrays.items()}
    for name, factor in factors.items():
        check(name, factor, lower=0.0, **({"upper": 1.0} if name == "prevalence" else {}))
    try:
        people, share, loss = np.broadcast_arrays(*factors.values())
    except ValueError:
        shapes = ", ".join(f"{name} {factor.shape}" for name, factor in factors.items())
        raise ValueError(f"shapes do not fit together: {shapes}") from None
    burden = np.moveaxis(people * share * loss, axis, -1)
    whole = total(burden)[..., None]
    weights = np.where(whole > 0, burden / np.where(whole > 0, whole, 1.0), 1.0 / burden.shape[-1])
    return np.moveaxis(weights, -1, axis)


def equal_weights(applications: int) -> Array:
    """The robustness row: every application weighs alike, (applications,), summing to 1.

    Raises:
        ValueError: fewer than one application.
    """
    if applications < 1:
        raise ValueError(f"applications: {applications}, where at least one is needed")
    return np.full(applications, 1.0 / applications)


def reversals(scores: ArrayLike, robustness: ArrayLike, tolerance: float = 1e-9) -> list[tuple[int, int]]:
    """Pairs whose order under one weighting is turned round under another.

    Args:
        scores: one score per option, (options,), any unit.
        robustness: the scores under the other weighting, (options,).
        tolerance: largest difference that counts as a tie; a tie on either side is no reversal.

    Returns:
        Pairs (i, j) of indices, i < j, in which one side puts i above j and the other j above i.

    Raises:
        ValueError: scores of different length or not one-dimensional, or not finite (named, with its first bad index).
    """
    first, second = as_units("scores", scores), as_units("robustness", robustness)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"robustness: shape {second.shape}, but scores has {first.shape}; both need one axis")
    check("scores", first)
    check("robustness", second)
    one, other = (x[:, None] - x[None, :] for x in (first, second))
    turned = ((one > tolerance) & (other < -tolerance)) | ((one < -tolerance) & (other > tolerance))
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(turned)), strict=True)]
