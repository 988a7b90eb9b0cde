"""The checked question behind every measure, and the rows of units that a kernel sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adoptsim.equity.arrays import (
    LARGEST,
    Array,
    Rows,
    Shape,
    as_units,
    blame,
    check,
    check_population,
    common_lead,
    count_rows,
    inside,
    largest,
    parts,
    same_units,
    smallest,
    total,
    weigh,
)
from adoptsim.equity.standing import Line, line_up

Form = Literal["linear", "logit"]


@dataclass(frozen=True)
class Options:
    """The choices that come with a question; see `adoptsim.equity.measure`."""

    reference: int | None = None
    favourable: bool = True
    scale: float = 1.0
    form: Form = "linear"
    who_compat: bool = False


@dataclass(frozen=True)
class Units:
    """Rows of units: every array is (rows, units), or (1, units) where all rows share it."""

    estimate: Array
    population: Array
    rank: Array | None
    options: Options
    given_line: Line | None = None

    @cached_property
    def line(self) -> Line:
        """People in line by rank."""
        return self.given_line or line_up(self.population, self.rank)

    @property
    def share(self) -> Array:
        """Share of people, p."""
        return self.line.share

    @cached_property
    def mean(self) -> Array:
        """People-weighted mean of the estimate, (rows,)."""
        return weigh(self.estimate, self.share)

    @property
    def peopled(self) -> NDArray[np.bool_]:
        """Whether a unit holds people; empty units are left out of every measure."""
        return self.population > 0

    @property
    def highest(self) -> Array:
        """Highest estimate, (rows,)."""
        return largest(self.estimate, self.peopled)

    @property
    def lowest(self) -> Array:
        """Lowest estimate, (rows,)."""
        return smallest(self.estimate, self.peopled)

    @property
    def best(self) -> Array:
        """Estimate of the best-performing unit: highest if favourable, else lowest, (rows,)."""
        return self.highest if self.options.favourable else self.lowest

    @property
    def referred(self) -> Array:
        """Estimate of the reference unit, (rows,)."""
        return self.estimate[:, self.options.reference]

    def top(self, rank: Array) -> Array:
        """Mean estimate of the people of highest rank, (rows,)."""
        people = self.population * (rank == largest(rank, self.peopled)[:, None])
        return weigh(self.estimate, people) / total(people)

    def average(self, values: Array, weighted: bool) -> Array:
        """Mean of values over people, or over units that hold people, (rows,)."""
        return weigh(values, self.share if weighted else self.peopled / total(self.peopled)[..., None])

    def by_itself(self) -> Line:
        """People in line by the estimate itself."""
        return line_up(self.population, self.estimate)


@dataclass(frozen=True)
class Question:
    """Checked arguments: units on the last axis, leading axes that broadcast to `lead`."""

    estimate: Array
    population: Array
    rank: Array | None
    options: Options
    lead: Shape
    name: str = "estimate"

    def blocks(self, lower: float = -LARGEST, upper: float = LARGEST) -> Iterator[tuple[slice, Units]]:
        """Blocks of rows small enough for the cache; ValueError on an estimate not in [lower, upper]."""
        rows = count_rows(self.lead)
        estimate, population = Rows(self.estimate, self.lead), Rows(self.population, self.lead)
        rank = None if self.rank is None else Rows(self.rank, self.lead)
        line = self._shared_line(rows)
        for part in parts(rows, self.estimate.shape[-1]):
            block = self.checked(estimate.take(part), lower, upper)
            yield (
                part,
                Units(
                    block,
                    population.take(part),
                    rank.take(part) if rank else None,
                    self.options,
                    Line(*(column.take(part) for column in line)) if line else None,
                ),
            )

    def checked(self, block: Array, lower: float = -LARGEST, upper: float = LARGEST) -> Array:
        """The block itself; ValueError naming the first bad entry of the estimate if one is not in [lower, upper]."""
        if not inside(block, lower, upper):
            blame(self.name, self.estimate, lower, upper)
        return block

    def _shared_line(self, rows: int) -> tuple[Rows, ...] | None:
        """The line-up done once, if fewer rows than asked for have one of their own."""
        lead = self.population.shape[:-1] if self.rank is None else common_lead(a=self.population, b=self.rank)
        own, units = count_rows(lead), self.estimate.shape[-1]
        if own == rows:
            return None
        population, rank = Rows(self.population, lead), None if self.rank is None else Rows(self.rank, lead)
        pieces = [line_up(population.take(part), rank.take(part) if rank else None) for part in parts(own, units)]
        columns = (np.concatenate(column) for column in zip(*pieces, strict=True))
        return tuple(Rows(column.reshape(*lead, units), self.lead) for column in columns)


def ask(
    estimate: ArrayLike,
    population: ArrayLike,
    rank: ArrayLike | None = None,
    options: Options | None = None,
    names: tuple[str, str] = ("estimate", "rank"),
) -> Question:
    """Check the arguments and align them; ValueError names the bad one and its first bad index.

    `names` is what the caller calls the estimate and the rank. The estimate's own entries are checked block by block.
    """
    name, rank_name = names
    arrays = {name: as_units(name, estimate), "population": as_units("population", population)}
    if rank is not None:
        arrays[rank_name] = as_units(rank_name, rank)
    same_units(**arrays)
    lead = common_lead(**arrays)
    check_population(arrays["population"])
    if rank is not None:
        check(rank_name, arrays[rank_name])
    return Question(arrays[name], arrays["population"], arrays.get(rank_name), options or Options(), lead, name)
