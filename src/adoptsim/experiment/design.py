"""A design: rows of factor values, each run as a world; and batches: the worlds that are run together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST_BLOCK", "Batch", "Design"]

Array = NDArray[np.float64]
LARGEST_BLOCK = 4096  # rows that one process runs in one go: what a kill may cost


@dataclass(frozen=True, eq=False)
class Design:
    """N rows of a design.

    ``factors`` maps a name to (N,) values: a parameter of the registry or of an application, a lever (its intensity,
    0 to 1) or ``LEVER.budget`` (constant 2024 US$ a year). A lever's factor replaces the strength of its uses in the
    scenario; where the scenario does not use it, it acts everywhere from 2026 on. ``replicates`` (N,) says whose luck,
    and whose draw of the parameters that are no factors, a row shares: rows of one number differ by factors alone.
    ``block`` rows in a row belong together (a Saltelli block, a trajectory) and are run by one process.
    ValueError where lengths differ, or N is not a multiple of ``block``.
    """

    factors: Mapping[str, Array]
    replicates: NDArray[np.int64]
    block: int = 1
    source: str = ""  # the file that it came from

    def __post_init__(self) -> None:
        lengths = {len(values) for values in self.factors.values()} | {len(self.replicates)}
        if len(lengths) > 1 or not len(self):
            raise ValueError(f"a design wants columns of one length, at least 1; got {sorted(lengths)}")
        if not 1 <= self.block <= LARGEST_BLOCK or len(self) % self.block:
            raise ValueError(f"{len(self)} rows are not whole blocks of {self.block} (1 to {LARGEST_BLOCK:,})")

    def __len__(self) -> int:
        return len(self.replicates)


@dataclass(frozen=True, eq=False)
class Batch:
    """Worlds in a row: their numbers in the answer, whose luck each shares (W,), and what is set in each (W,)."""

    worlds: range
    replicates: NDArray[np.int64]
    factors: Mapping[str, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, worlds: range, design: Design | None = None) -> Batch:
        """Worlds of a design, or without one: each world has its own luck."""
        if design is None:
            return cls(worlds, np.arange(worlds.start, worlds.stop, dtype=np.int64))
        part = slice(worlds.start, worlds.stop)
        return cls(worlds, design.replicates[part], {name: values[part] for name, values in design.factors.items()})

    def __len__(self) -> int:
        return len(self.worlds)

    def parts(self, size: int) -> Iterator[Batch]:
        """The batch cut into smaller ones."""
        for start in range(0, len(self), size):
            yield self._part(start, start + size)

    def blocks(self, size: int) -> Iterator[Batch]:
        """The batch cut into blocks of at most ``size`` that are stepped together.

        Where many worlds in a row have the same luck, none but those are in a block: a model works out once what is
        alike in all of its worlds.
        """
        ends = np.flatnonzero(np.diff(self.replicates, append=-1)) + 1
        if len(self) < len(ends) * size / 2:
            yield from self.parts(size)
            return
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            alike = self._part(int(start), int(end))
            yield from alike.parts(-(-len(alike) // -(-len(alike) // size)))  # of equal length

    def _part(self, start: int, end: int) -> Batch:
        part = slice(start, end)
        factors = {name: values[part] for name, values in self.factors.items()}
        return Batch(self.worlds[part], self.replicates[part], factors)
