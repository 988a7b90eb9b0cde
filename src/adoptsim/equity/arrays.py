"""Arguments as rows of units: checked, aligned over leading axes, and summed in one fixed order.

A *unit* is a group of people (a quintile, a country, a district). Units lie on the last axis; every axis before it
(worlds, years) only repeats the question. Sums fold halves with elementwise additions instead of calling BLAS or
NumPy's own reductions: the order depends on the number of units alone, so the bytes of a result do not change with
threads, block size, memory layout or the number of rows.
"""

from collections.abc import Iterator
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Shape = tuple[int, ...]

BLOCK = 2**16
"""Numbers worked on together: half a megabyte, so that a block and its scratch stay in the cache."""

LARGEST = 1e150
"""Largest number taken: its square, summed, is still finite."""


def as_units(name: str, values: ArrayLike) -> Array:
    """`values` as float64 with units on the last axis; ValueError naming the argument if that cannot be."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: not an array of numbers ({error})") from None
    if array.ndim == 0:
        raise ValueError(f"{name}: one number, where an array with one entry per unit is needed")
    if array.shape[-1] == 0:
        raise ValueError(f"{name}: no units")
    return array


def same_units(**arrays: Array) -> None:
    """ValueError unless every argument has as many units as the first."""
    (first, leader), *others = arrays.items()
    for name, array in others:
        if array.shape[-1] != leader.shape[-1]:
            raise ValueError(f"{name}: {array.shape[-1]} units, but {first} has {leader.shape[-1]}")


def common_lead(**arrays: Array) -> Shape:
    """The leading shape (all axes but the last) that the arguments share by broadcasting."""
    try:
        return np.broadcast_shapes(*(array.shape[:-1] for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"leading axes do not fit together: {shapes}") from None


def inside(values: Array, lower: float = -LARGEST, upper: float = LARGEST) -> bool:
    """Whether every value is a number in [lower, upper]."""
    return values.size == 0 or bool(values.min() >= lower and values.max() <= upper)


def check(name: str, values: Array, lower: float = -LARGEST, upper: float = LARGEST) -> None:
    """ValueError naming the argument and its first entry that is not a number in [lower, upper]."""
    if not inside(values, lower, upper):
        blame(name, values, lower, upper)


def blame(name: str, values: Array, lower: float, upper: float) -> NoReturn:
    """Raise the error of `check`, for values known to hold a bad entry."""
    index = np.unravel_index(int(np.argmin((values >= lower) & (values <= upper))), values.shape)
    value = float(values[index])
    if not np.isfinite(value):
        reason = "not a finite number"
    elif value < lower:
        reason = "negative" if lower == 0 else f"below {lower:g}"
    else:
        reason = f"above its upper bound {upper:g} (is it on another scale?)"
    raise ValueError(f"{name}[{', '.join(map(str, index))}] = {value:g}: {reason}")


def fold(work: Array) -> Array:
    """Sum along the last axis by adding halves onto halves; overwrites `work`."""
    count = work.shape[-1]
    while count > 1:
        half = count // 2
        work[..., :half] += work[..., count - half : count]
        count -= half
    return work[..., 0].copy()


def total(values: Array | NDArray[np.bool_]) -> Array:
    """Sum along the last axis, in an order set by its length alone."""
    return fold(np.array(values, dtype=np.float64, order="C"))


def weigh(values: Array, weights: Array) -> Array:
    """Sum of values x weights along the last axis, in an order set by its length alone."""
    shape = np.broadcast_shapes(values.shape, weights.shape)
    return fold(np.multiply(values, weights, out=np.empty(shape)))


def largest(values: Array, where: NDArray[np.bool_]) -> Array:
    """Largest value along the last axis among those chosen; -inf if none is."""
    result: Array = np.where(where, values, -np.inf).max(axis=-1)
    return result


def smallest(values: Array, where: NDArray[np.bool_]) -> Array:
    """Smallest value along the last axis among those chosen; inf if none is."""
    return -largest(-values, where)


def over(numerator: Array, denominator: Array) -> Array:
    """numerator / denominator where the denominator is above 0, else NaN."""
    positive = denominator > 0
    return np.where(positive, numerator / np.where(positive, denominator, 1.0), np.nan)


class Rows:
    """An argument seen as rows of units: stored once, read by any row of a common leading shape."""

    def __init__(self, array: Array, lead: Shape) -> None:
        self.values = np.ascontiguousarray(array).reshape(-1, array.shape[-1])
        self.index: NDArray[np.intp] | None = None
        self.shared = self.values.shape[0] == 1
        if not self.shared and array.shape[:-1] != lead:
            own = np.arange(self.values.shape[0]).reshape(array.shape[:-1])
            self.index = np.broadcast_to(own, lead).ravel()

    def take(self, part: slice) -> Array:
        """The rows of `part`: one row if all share it."""
        if self.shared:
            return self.values
        return self.values[part] if self.index is None else self.values[self.index[part]]


def parts(rows: int, units: int) -> Iterator[slice]:
    """Slices of rows that hold about `BLOCK` numbers each."""
    step = max(1, BLOCK // units)
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def count_rows(lead: Shape) -> int:
    """How many rows a leading shape holds (one if it is empty)."""
    return int(np.prod(lead, dtype=np.intp))


def scalar_or_array(values: Array) -> Array:
    """A NumPy scalar when there are no leading axes, else the array."""
    result: Array = values[()]
    return result


def check_population(population: Array) -> None:
    """ValueError unless every count is finite and not negative and every row holds people."""
    check("population", population, lower=0.0)
    nobody = population.max(axis=-1) == 0
    if nobody.any():
        row = ", ".join(str(i) for i in np.unravel_index(int(np.argmax(nobody)), nobody.shape))
        raise ValueError(f"population{f'[{row}]' if row else ''}: all zero, so there is nobody to compare")
