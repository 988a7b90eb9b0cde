"""Random numbers: common to all scenarios by construction.

Every number is a pure function of (root seed, replicate, stream name, application, slot, period). Blocks are drawn by
Philox, keyed by a hash of the first four, time-major, in pages of slots: a longer horizon leaves earlier periods
alone, and a lever, actor, application or recorder more moves no other draw. Never ``model.random``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from adoptsim.model.columns import Array

NEAR = 2000  # numbers that cost as much to draw as starting anew behind them
PAGE = 196  # slots drawn together: the 194 member states and two to spare


def key(*parts: object) -> NDArray[np.uint64]:
    """A Philox key from any parts; independent of the interpreter's hash seed."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype=np.uint64)


class Sequences:
    """One generator that enters keyed sequences anywhere; to make one for each sequence costs more than most draws."""

    def __init__(self) -> None:
        self.bits = np.random.Philox(key=0)
        self.generator = np.random.Generator(self.bits)

    def at(self, start: int, *parts: object) -> np.random.Generator:
        """The generator, about to give the sequence of a key from the last multiple of four up to ``start`` on."""
        self.bits.state = {
            "bit_generator": "Philox",
            "state": {"counter": np.array([start // 4, 0, 0, 0], dtype=np.uint64), "key": key(*parts)},
            "buffer": np.zeros(4, dtype=np.uint64),
            "buffer_pos": 4,  # nothing left in it
            "has_uint32": 0,
            "uinteger": 0,
        }
        return self.generator

    def uniforms(self, start: int, count: int, *parts: object) -> Array:
        """``count`` uniforms of the keyed sequence from position ``start`` on, without drawing those before."""
        return self.at(start, *parts).random(start % 4 + count)[start % 4 :]


class Places:
    """Places in keyed sequences, in any order and with repeats: runs of near ones are drawn together."""

    def __init__(self, numbers: Sequence[int]) -> None:
        known, self.order = np.unique(np.asarray(numbers, dtype=np.int64), return_inverse=True)
        if known[0] < 0:
            raise ValueError(f"worlds are numbered from 0, got {known[0]}")
        runs = np.split(known, np.flatnonzero(np.diff(known) > NEAR) + 1)
        self.runs = [(int(run[0]), int(run[-1] - run[0]) + 1, run - run[0]) for run in runs]
        self.sequences = Sequences()

    def uniforms(self, *parts: object) -> Array:
        """The uniforms of a keyed sequence at these places."""
        found = [self.sequences.uniforms(first, count, *parts)[at] for first, count, at in self.runs]
        return np.concatenate(found)[self.order]


class Draws:
    """The random numbers of a block of worlds.

    Parameters
    ----------
    seed
        Root seed of the ensemble.
    replicates
        One replicate number per world of the block; worlds of one number have the same luck.
    """

    def __init__(self, seed: int, replicates: Sequence[int]) -> None:
        self.seed, self.worlds, self.sequences = seed, len(replicates), Sequences()
        self.replicates: dict[int, list[int]] = {}  # number -> its worlds
        for world, replicate in enumerate(replicates):
            self.replicates.setdefault(replicate, []).append(world)

    def uniform(
        self, stream: str, slots: NDArray[np.int64], periods: int = 1, applications: Sequence[str] = ("",)
    ) -> Array:
        """Uniforms in (0, 1), shape (periods, worlds, applications, 1, slots)."""
        pages, parts = slots // PAGE, []
        known = np.unique(pages)
        for page in known:
            columns = slots[pages == page] % PAGE
            run = slice(columns[0], columns[0] + len(columns)) if (np.diff(columns) == 1).all() else columns
            parts.append(self._page(stream, int(page), periods, applications)[..., run])
        out = parts[0] if len(parts) == 1 else _joined(parts, [np.flatnonzero(pages == page) for page in known])
        return out.transpose(2, 0, 1, 3)[:, :, :, None]

    def _page(self, stream: str, page: int, periods: int, applications: Sequence[str]) -> Array:
        """All slots of a page, (world, application, period, slot): drawn where they stay."""
        out = np.empty((self.worlds, len(applications), periods, PAGE))
        for replicate, (first, *others) in self.replicates.items():
            for a, application in enumerate(applications):
                block = out[first, a]
                self.sequences.at(0, self.seed, replicate, stream, application, page).random(out=block)
                np.maximum(block, 2.0**-54, out=block)  # it may give 0, at which quantile functions are infinite
            out[others] = out[first]
        return out

    def normal(self, stream: str, slots: NDArray[np.int64], periods: int = 1) -> Array:
        """Standard normals, shape (periods, worlds, 1, 1, slots)."""
        value: Array = ndtri(self.uniform(stream, slots, periods))
        return value


def _joined(parts: Sequence[Array], places: Sequence[NDArray[np.int64]]) -> Array:
    """Pages side by side, each column at its place."""
    return np.take(np.concatenate(parts, axis=-1), np.argsort(np.concatenate(places)), axis=-1)
