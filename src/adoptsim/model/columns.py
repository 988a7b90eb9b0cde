"""State, rules and windows: how an actor is written.

A rule is a method of the Mesa agent that performs it. Inside a rule ``self`` is always a *window* on rows of one
population, with all four axes kept: ``(world, application, group, row)``. For one agent the window is one world and one
row; for the population it is everything. One body serves both, and they agree bit for bit, because a rule is
elementwise along worlds and rows: whatever sums, ranks or gathers along rows is a coupling (``couplings.py``).

``group`` is a quintile, a cadre, an ancestry or a purpose. An axis a column does not vary over has length 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, overload

import mesa
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AXES = ("world", "application", "group", "row")
ALL = slice(None)
STATE = ("kind", "columns", "par", "worlds", "rows", "whole", "everyone", "alike")


class State:
    """A column declared on an actor or relation.

    Parameters
    ----------
    *axes
        The axes it varies over besides world and row: ``"application"`` and/or the name of a group set
        (``"quintile"``, ``"cadre"``, ``"ancestry"``, ``"purpose"``, ``"platform"``).
    unit
        In words, shown in the documentation.
    start
        Value before the start state is written.
    worlds, rows
        ``False`` where the value is the same in all worlds (a measured covariate) or for all rows (calendar facts).
    """

    name: str

    def __init__(self, *axes: str, unit: str, start: float = 0.0, worlds: bool = True, rows: bool = True) -> None:
        self.axes, self.unit, self.start, self.worlds, self.rows = axes, unit, start, worlds, rows

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, who: None, owner: type | None = None) -> State: ...

    @overload
    def __get__(self, who: Any, owner: type | None = None) -> Array: ...

    def __get__(self, who: Any, owner: type | None = None) -> Any:
        if who is None:
            return self
        value = who.window.read(self.name)
        return value.item() if value.size == 1 else value.squeeze()  # seen from outside, on one agent

    def __set__(self, who: Any, value: Any) -> None:
        if np.ndim(value):  # an agent writes in the shape in which it reads
            now = who.window.read(self.name)
            if np.shape(value) not in (now.shape, now.squeeze().shape):
                raise ValueError(f"{self.name}: shape {now.squeeze().shape} wanted, got {np.shape(value)}")
            value = np.reshape(value, now.shape)
        who.window.write(self.name, value)

    def shape(self, lengths: Mapping[str, int], rows: int) -> tuple[int, int, int, int]:
        """Lengths of the four axes of this column for a population of ``rows`` rows."""
        groups = [a for a in self.axes if a != "application"]
        return (
            lengths["world"] if self.worlds else 1,
            lengths["application"] if "application" in self.axes else 1,
            lengths[groups[0]] if groups else 1,
            rows if self.rows else 1,
        )


class Quantity(State):
    """A column that levers and shocks change: written in the policy phase, read by rules like any other.

    ``combine`` says how several changes meet: ``"scale"`` multiplies by 1 + change x strength and ``"power"`` by
    change ** strength (neutral value 1: a time ratio), ``"add"`` adds change x strength (neutral value 0). One way per
    quantity, so levers and shocks commute.
    """

    def __init__(self, *axes: str, unit: str, combine: str = "scale") -> None:
        if combine not in ("scale", "power", "add"):
            raise ValueError(f"combine is 'scale', 'power' or 'add', not {combine!r}")
        super().__init__(*axes, unit=unit, start=0.0 if combine == "add" else 1.0)
        self.combine = combine


class rule:  # noqa: N801 - reads as a decorator
    """Marks a decision. It always runs on a window, whether called on an agent or on the population."""

    def __init__(self, function: Callable[..., Array]) -> None:
        self.function = function
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    @overload
    def __get__(self, who: None, owner: type | None = None) -> rule: ...

    @overload
    def __get__(self, who: Any, owner: type | None = None) -> Callable[[], Array]: ...

    def __get__(self, who: Any, owner: type | None = None) -> Any:
        return self if who is None else partial(self.function, who.window)


class Rows:
    """A window on the columns of one kind: a slice of worlds and a slice of rows.

    Columns read as attributes are read-only and have rank 4; assigning writes the whole window (rank 4 or a number).
    ``par[name]`` gives a parameter as ``(worlds or 1, applications or 1, 1, 1)``.

    Where worlds are ``alike`` but for factors of a design, a column is read with one world as long as nothing that
    differs between worlds has been written to it: rules then work it out once.
    """

    kind: type
    columns: dict[str, Array]
    par: Parameters
    everyone: Rows
    alike: bool

    def __init__(
        self,
        kind: type,
        columns: dict[str, Array],
        par: Parameters,
        worlds: slice = ALL,
        rows: slice = ALL,
        everyone: Rows | None = None,
        alike: bool = False,
    ) -> None:
        whole = worlds == ALL and rows == ALL
        self.__dict__["alike"] = alike
        self.__dict__.update(kind=kind, columns=columns, par=par.window(worlds), worlds=worlds, rows=rows, whole=whole)
        self.__dict__["everyone"] = self if everyone is None else everyone  # the population it is cut from

    @property
    def window(self) -> Rows:
        """Itself: a population is already a window."""
        return self

    def __len__(self) -> int:
        return int(max(column.shape[3] for column in self.columns.values()))

    def at(self, world: int, row: int) -> Rows:
        """The window of one agent: one world, one row."""
        return Rows(self.kind, self.columns, self.par, slice(world, world + 1), slice(row, row + 1), self.everyone)

    def fork(self) -> Rows:
        """A what-if copy: it shares every column until it writes one, and leaves this population alone."""
        columns = {name: column.view() for name, column in self.columns.items()}
        return Rows(self.kind, columns, self.par, alike=self.alike)

    def _part(self, name: str) -> Array:
        column = self.columns[name]
        if self.whole:
            return column
        return column[self.worlds if column.shape[0] > 1 else ALL, :, :, self.rows if column.shape[3] > 1 else ALL]

    def read(self, name: str) -> Array:
        """A read-only view: state changes only where a phase writes it."""
        view = self._part(name)
        if self.whole:
            if self.alike and view.strides[0] == 0:
                view = view[:1]
            self.__dict__[name] = view  # found without a search until the column is written
        return view

    def write(self, name: str, value: Any) -> None:
        """Write the whole window of a column. ValueError unless a number or rank 4 of matching lengths.

        A new array of the column's own shape is taken over instead of copied: do not change it afterwards.
        """
        column = self.columns[name]
        if self.whole:
            own = type(value) is np.ndarray and value.shape == column.shape and value.dtype == column.dtype
            if own and value.base is None and value.flags.writeable and value.flags.c_contiguous:
                value.flags.writeable = False  # also keeps one array from becoming two columns
                self.columns[name] = self.__dict__[name] = value
                return
            if self.alike and column.shape[0] > 1 and (np.ndim(value) == 0 or len(value) == 1):
                self._write_once(name, np.asarray(value, dtype=float))
                return
        value = np.asarray(value, dtype=float)
        self._check_fit(name, value)
        self._edit(name, ALL, value)

    def _write_once(self, name: str, value: Array) -> None:
        """Write what is the same in all worlds: kept once, seen in every world."""
        self._check_fit(name, value)
        shape = self.columns[name].shape
        once = np.array(np.broadcast_to(value, (1, *shape[1:])))
        once.flags.writeable = False
        self.columns[name], self.__dict__[name] = np.broadcast_to(once, shape), once

    def _check_fit(self, name: str, value: Array) -> None:
        shape = self._part(name).shape
        fits = value.ndim == 0 or (
            value.ndim == 4 and all(v in (1, p) for v, p in zip(value.shape, shape, strict=True))
        )
        if not fits:
            raise ValueError(
                f"{self.kind.__name__}.{name}: a number or the 4 axes {AXES} of lengths {shape} wanted, "
                f"got shape {value.shape}"
            )

    def write_group(self, name: str, group: int, value: Any) -> None:
        """Write one position of the group axis of a column."""
        self._edit(name, slice(group, group + 1), value)

    def _edit(self, name: str, groups: slice, value: Any) -> None:
        column = self.columns[name]
        if column.base is not None:  # a single number or a column shared with a fork
            column = self.columns[name] = column.copy()
            self.everyone.__dict__.pop(name, None)  # what the population has found before is the old array
        column.flags.writeable = True
        self._part(name)[:, :, groups] = value
        column.flags.writeable = False

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("columns", ()):
            return self.read(name)
        if name.startswith("__") or "kind" not in self.__dict__:  # keeps copy and pickle working
            raise AttributeError(name)
        found = getattr(self.kind, name)
        if isinstance(found, rule):
            found = found.__get__(self, self.kind)
            if self.whole:
                self.__dict__[name] = found
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.columns:
            raise AttributeError(f"{self.kind.__name__} has no column {name!r}")
        self.write(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {name: self.__dict__[name] for name in STATE}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for column in self.columns.values():
            column.flags.writeable = False  # copies and pickles come open


class Parameters:
    """Parameter values by registry name; ``(world or 1, application or 1, 1, 1)`` each."""

    def __init__(self, values: Mapping[str, Array], worlds: slice = slice(None)) -> None:
        self.values, self.worlds, self.whole = values, worlds, worlds == ALL

    def __getitem__(self, name: str) -> Array:
        value = self.values[name]
        return value if self.whole or value.shape[0] == 1 else value[self.worlds]

    def window(self, worlds: slice) -> Parameters:
        """The same parameters seen from a slice of worlds."""
        return Parameters(self.values, worlds)


def columns_of(kind: type) -> dict[str, State]:
    """The columns declared on a kind, in order of declaration."""
    found: dict[str, State] = {}
    for base in reversed(kind.__mro__):
        found.update({n: s for n, s in vars(base).items() if isinstance(s, State)})
    return found


def rules_of(kind: type) -> dict[str, rule]:
    """The rules declared on a kind, in order of declaration."""
    return {n: r for base in reversed(kind.__mro__) for n, r in vars(base).items() if isinstance(r, rule)}


def population(kind: type, lengths: Mapping[str, int], rows: int, par: Parameters, alike: bool = False) -> Rows:
    """All rows of a kind, every column at its start value; ``alike`` as in ``Rows``."""
    lengths = {**lengths, **getattr(kind, "groups", {})}
    columns = {n: np.broadcast_to(s.start, s.shape(lengths, rows)) for n, s in columns_of(kind).items()}
    return Rows(kind, columns, par, alike=alike)  # one number each, read-only, until first written


class Kind:
    """What actors and relations have in common, for the type checker: a rule's ``self`` is a window, ``Rows``."""

    if TYPE_CHECKING:
        par: Parameters
        window: Any

        def __getattr__(self, name: str) -> Array: ...  # columns declared on a fellow part of the same actor


class Actor(mesa.Agent, Kind):  # type: ignore[misc]  # mesa carries no types
    """One row of its population: what Mesa sees. Reads give plain numbers of the world being shown."""

    rows: Rows
    row: int
    name: str

    def __init__(self, model: Any, rows: Rows, row: int, name: str) -> None:
        super().__init__(model)
        self.rows, self.row, self.name = rows, row, name

    @property
    def window(self) -> Rows:
        """This agent's own window in the world that the model shows."""
        model: Any = self.model
        return self.rows.at(model.shown_world, self.row)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Relation(Kind):
    """Pairs are populations too: a row per (source, target) pair that may ever matter. Presence is state."""


class Pipeline:
    """A ring of past inflows: students in training, machines by purchase quarter, yearly vintages of grants.

    ``push`` enters this period's inflow, ``due`` gives what was pushed ``delay`` periods before the newest push; a
    delay that is no whole number takes its parts from the two pushes around it.
    """

    def __init__(self, shape: tuple[int, ...], longest: int) -> None:
        self.ring = np.zeros((longest + 2, *shape))
        self.head = 0

    def fill(self, inflow: Any) -> None:
        """Steady state: as if this inflow had been pushed in every past period."""
        self.ring[:] = inflow

    def push(self, inflow: Any) -> None:
        """Enter the inflow of a new period."""
        self.head = (self.head + 1) % len(self.ring)
        self.ring[self.head] = inflow

    def cut(self, share: Array) -> None:
        """Keep a share of everything on its way."""
        self.ring *= share

    def due(self, delay: Array) -> Array:
        """What was pushed ``delay`` (one number per world) periods before the newest push."""
        whole = np.floor(delay).astype(np.int64)
        part = (delay - whole).reshape(-1, *([1] * (self.ring.ndim - 2)))
        now = self._pushed(whole)
        return now if not part.any() else (1.0 - part) * now + part * self._pushed(whole + 1)

    def _pushed(self, back: NDArray[np.int64]) -> Array:
        slots = (self.head - back) % len(self.ring)
        found: Array = self.ring[slots[0]] if len(slots) == 1 else self.ring[slots, np.arange(len(slots))]
        return found

    def inside(self, delay: Array) -> Array:
        """Sum of the last ``delay`` pushes (one number per world, fractions count in part): everything on its way."""
        out = np.zeros(self.ring.shape[1:])
        for back in range(len(self.ring) - 2):
            still = np.clip(delay - back, 0.0, 1.0).reshape(-1, *([1] * (out.ndim - 1)))
            out += self.ring[(self.head - back) % len(self.ring)] * still
        return out
