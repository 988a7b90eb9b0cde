"""Designs of sensitivity analyses: which worlds are run, so that indices can be computed from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.experiment.design import LARGEST_BLOCK, Design
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.inputs.errors import nearest_name
from adoptsim.sensitivity.guards import undisturbed
from adoptsim.sensitivity.methods import METHODS, Plan, options_of
from adoptsim.sensitivity.problem import DUMMY, REPLICATE, Factor, Joint, factor_of_config

__all__ = ["SensitivityDesign", "design", "rows_hash"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SensitivityDesign:
    """What is varied, how it is sampled, and the rows that follow from it. ``design`` makes it, and says what is what.

    World ``w`` is row ``w``. Block ``i`` of scramble ``r`` stands at place ``i * scrambles + r``, so that a larger
    design of method ``sobol`` begins with the worlds of a smaller one.
    """

    factors: tuple[Factor | Joint, ...]
    method: str
    size: int
    seed: int = 1
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    second_order: bool = False
    scrambles: int = 1
    replicates: int = 1
    options: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frozen = {name: tuple(members) for name, members in self.groups.items()}
        object.__setattr__(self, "groups", MappingProxyType(frozen))
        object.__setattr__(self, "factors", tuple(self.factors))
        problems = list(_problems(self))
        if not problems:
            options, problems = options_of(self.method, self.options)[0], list(options_of(self.method, self.options)[1])
            object.__setattr__(self, "options", MappingProxyType(dict(options)))
        if not problems:
            problems = list(_wrong_sizes(self))
        if problems:
            raise ValueError("\n".join(problems))

    @property
    def luck_varied(self) -> bool:
        """Whether the replicate is one of the factors that have an index."""
        return self.replicates > 1 and METHODS[self.method].unordered

    @property
    def columns(self) -> tuple[str, ...]:
        """What is sampled, a column each."""
        return (*(f.name for f in self.factors), *((REPLICATE,) if self.luck_varied else ()), DUMMY)

    @property
    def units(self) -> tuple[str, ...]:
        """What has an index: groups, factors in none, the replicate where it is varied, and the dummy."""
        group = {name: label for label, members in self.groups.items() for name in members}
        return tuple(dict.fromkeys(group.get(name, name) for name in self.columns))

    @property
    def block(self) -> int:
        """Rows that belong together."""
        return METHODS[self.method].block(len(self.units), self.second_order)

    def plan(self, scramble: int) -> Plan:
        """What SALib is told of one scramble."""
        group = {name: label for label, members in self.groups.items() for name in members}
        units = self.units
        member = tuple(units.index(group.get(name, name)) for name in self.columns)
        state = np.random.SeedSequence([self.seed, scramble]).generate_state(1)
        seed = 1 + int(state[0]) // 2  # above 0, which SALib takes for none
        return Plan(self.size, units, member, self.second_order, self.options, seed=seed)

    @cached_property
    def unit(self) -> Array:
        """The sample as probabilities (worlds, columns), read-only."""
        with undisturbed():
            parts = [METHODS[self.method].sample(self.plan(r)) for r in range(self.scrambles)]
        blocks = [part.reshape(-1, self.block, len(self.columns)) for part in parts]
        rows = np.stack(blocks, axis=1).reshape(-1, len(self.columns))
        rows.flags.writeable = False
        return rows

    @cached_property
    def design(self) -> Design:
        """The rows that the runner takes; the dummy is not among their factors."""
        values: dict[str, Array] = {}
        for j, factor in enumerate(self.factors):
            values |= factor.values(self.unit[:, j])
        return Design(values, self._replicates(), self.block, f"sensitivity: {self.method}, seed {self.seed}")

    def _replicates(self) -> NDArray[np.int64]:
        """Whose luck each world shares: one in a block, but where luck is a factor it changes like one."""
        worlds = np.arange(len(self.unit))
        if self.luck_varied:
            u = self.unit[:, self.columns.index(REPLICATE)]
            return np.minimum((u * self.replicates).astype(np.int64), self.replicates - 1)
        if not METHODS[self.method].gaps:  # a curve has one luck, or its spectrum holds noise
            return (worlds % self.scrambles) % self.replicates
        return (worlds // self.block) % self.replicates

    def __len__(self) -> int:
        return len(self.unit)

    def by_scramble(self, values: Array) -> Array:
        """Values by world (worlds, ...) as (blocks, scrambles, rows of a block, ...)."""
        return values.reshape(-1, self.scrambles, self.block, *values.shape[1:])

    def part(self, worlds: range) -> Design:
        """Some worlds in a row, whole blocks of them, as a design of their own."""
        rows = slice(worlds.start, worlds.stop)
        values = {name: column[rows] for name, column in self.design.factors.items()}
        return Design(values, self.design.replicates[rows], self.block, self.design.source)

    def doubled(self) -> SensitivityDesign:
        """The design of twice the size, whose first worlds are the worlds of this one. ValueError but for ``sobol``."""
        if self.method != "sobol":
            raise ValueError(f"only sobol designs can be extended, not {self.method}")
        return replace(self, size=2 * self.size)

    @cached_property
    def hash(self) -> str:
        """A hash of all that is run: names, values and replicates of every world."""
        return rows_hash(self.design.factors, self.design.replicates)

    def as_config(self) -> dict[str, Any]:
        """The design as a mapping that JSON can hold; ``from_config`` makes the same rows of it."""
        return {
            "method": self.method,
            "size": self.size,
            "seed": self.seed,
            "factors": [factor.as_config() for factor in self.factors],
            "groups": {name: list(members) for name, members in self.groups.items()},
            "second_order": self.second_order,
            "scrambles": self.scrambles,
            "replicates": self.replicates,
            "options": dict(self.options),
            "hash": self.hash,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> SensitivityDesign:
        """The design that ``as_config`` wrote down. ValueError where its rows are not those of then."""
        fields = {name: value for name, value in config.items() if name not in ("hash", "factors")}
        made = cls(tuple(factor_of_config(factor) for factor in config["factors"]), **fields)
        if made.hash != config["hash"]:
            raise ValueError(
                "the rows of this design are not those that were run: it was changed, or other versions of "
                "SALib, scipy or numpy sample otherwise"
            )
        return made


def rows_hash(factors: Mapping[str, Iterable[float]], replicates: Iterable[int]) -> str:
    """A hash of factor values by name and of replicates, in the order of the worlds."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(factors):
        digest.update(f"{name}\n".encode())
        digest.update(np.ascontiguousarray(factors[name], dtype=np.float64).tobytes())
    digest.update(np.ascontiguousarray(replicates, dtype=np.int64).tobytes())
    return digest.hexdigest()


def design(
    factors: Sequence[Factor | Joint],
    method: str,
    size: int,
    seed: int = 1,
    groups: Mapping[str, Sequence[str]] | None = None,
    second_order: bool = False,
    scrambles: int = 1,
    replicates: int = 1,
    **options: float,
) -> SensitivityDesign:
    """A design whose worlds, once run, ``analyse`` turns into indices. A factor ``dummy`` is added that no model sees.

    Parameters
    ----------
    factors
        What is varied, independently; ``factors_of`` takes them from the registry.
    method
        ``sobol``, ``morris``, ``latin`` (for pawn, delta, rbd_fast and rsa), ``fast``, ``dgsm`` or ``shapley``.
    size
        Blocks of one scramble: base points of ``sobol`` (a power of two) and ``dgsm``, trajectories of ``morris`` and
        ``shapley``, worlds of ``latin``; for ``fast`` the worlds of a curve, of which each factor has one.
    seed
        0 or more.
    groups
        Factors that have one index together, by the name of the group; for ``sobol`` and ``morris``.
    second_order
        Pairs of factors too (``sobol``), at nearly twice the worlds.
    scrambles
        Independent samples; from two on, intervals come from their spread (Student's t).
    replicates
        How many kinds of luck, each with its draw of the parameters that are no factors. The worlds of a block share
        one. Blocks take them in turn (curves of ``fast``: scrambles); ``sobol`` and ``shapley`` report them as one more
        factor, ``replicate``.
    options
        ``levels`` of morris (4), ``harmonics`` of fast (4), ``step`` of dgsm (0.01 of the value).

    Raises
    ------
    ValueError
        With everything that is wrong.
    """
    named = {name: tuple(members) for name, members in (groups or {}).items()}
    return SensitivityDesign(tuple(factors), method, size, seed, named, second_order, scrambles, replicates, options)


def _problems(asked: SensitivityDesign) -> Iterator[str]:
    """What is wrong with names, groups and counts."""
    if asked.method not in METHODS:
        hint = nearest_name(asked.method, METHODS)
        yield f"method {asked.method!r}: expected one of {', '.join(METHODS)}" + (
            f"; did you mean {hint}?" if hint else ""
        )
        return
    method = METHODS[asked.method]
    names = [factor.name for factor in asked.factors]
    handed = [n for f in asked.factors for n in (f.columns if isinstance(f, Joint) else (f.name,))]
    for name in dict.fromkeys((*names, *handed)):
        if names.count(name) > 1 or handed.count(name) > 1:
            yield f"factor {name!r}: stands twice"
        if name in (DUMMY, REPLICATE):
            yield f"factor {name!r}: this name is taken by the analysis itself"
    yield from _wrong_groups(asked, names)
    for factor in asked.factors:
        if isinstance(factor, Joint) and not method.unordered:
            yield f"joint factor {factor.name!r}: its rows have no order, which {asked.method} wants; sobol does not"
    if len(set(asked.units) - {DUMMY}) < 2:
        yield "at least two factors or groups are wanted: the share of one is all there is"
    if asked.second_order and asked.method != "sobol":
        yield f"second_order: {asked.method} has none; sobol has"
    if asked.scrambles > 1 and not method.random:
        yield f"scrambles: {asked.method} samples without chance, so that there is one alone"
    for what, least in (("size", 1), ("seed", 0), ("scrambles", 1), ("replicates", 1)):
        value = getattr(asked, what)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            yield f"{what}: a whole number from {least} on is wanted, got {value!r}"
    if isinstance(asked.replicates, int) and asked.replicates > MAX_WORLDS:
        yield f"replicates: at most {MAX_WORLDS:,} are wanted, got {asked.replicates:,}"


def _wrong_groups(asked: SensitivityDesign, names: Sequence[str]) -> Iterator[str]:
    if asked.groups and not METHODS[asked.method].groups:
        yield f"groups: {asked.method} has none; sobol and morris have"
    members = [name for group in asked.groups.values() for name in group]
    for group, listed in asked.groups.items():
        if not listed:
            yield f"group {group!r}: is empty"
        if group in (*names, DUMMY, REPLICATE):
            yield f"group {group!r}: is called like a factor"
        for name in listed:
            if name not in names:
                hint = nearest_name(name, names)
                yield f"group {group!r}: {name!r} is no factor" + (f"; did you mean {hint!r}?" if hint else "")
            elif members.count(name) > 1:
                yield f"group {group!r}: {name!r} stands in several groups, or twice"


def _wrong_sizes(asked: SensitivityDesign) -> Iterator[str]:
    """What is wrong with the number of worlds."""
    method = METHODS[asked.method]
    smallest = method.smallest(len(asked.columns), asked.options)
    if asked.size < smallest:
        yield f"size: {asked.method} wants {smallest:,} or more for {len(asked.columns)} factors, got {asked.size:,}"
    if method.power_of_two and asked.size & (asked.size - 1):
        yield f"size: {asked.method} wants a power of two, got {asked.size:,}; {1 << asked.size.bit_length():,} is one"
    if asked.block > LARGEST_BLOCK:
        yield f"blocks of {asked.block:,} worlds are too large, at most {LARGEST_BLOCK:,}: form groups"
    curves = 1 if method.gaps else len(asked.columns)
    worlds = asked.size * asked.block * asked.scrambles * curves
    if worlds > MAX_WORLDS:
        yield f"this design has {worlds:,} worlds, at most {MAX_WORLDS:,} can be run"
