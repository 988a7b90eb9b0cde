"""Factors: what an analysis varies, and how a number between 0 and 1 becomes a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.parameters import Parameter
from adoptsim.model.factors import BUDGET, GENERATED
from adoptsim.model.levers import parameters_of, strengths_of
from adoptsim.model.scenario import Scenario

__all__ = ["DISTRIBUTIONS", "DUMMY", "REPLICATE", "Factor", "Joint", "factor_of_config", "factors_of"]

Array = NDArray[np.float64]
DUMMY = "dummy"  # sampled, never handed to the model: what an analysis says of nothing
REPLICATE = "replicate"  # luck, and the parameters that are no factors
DISTRIBUTIONS = ("uniform", "loguniform", "triangular", "normal")


@dataclass(frozen=True)
class Factor:
    """One uncertain number, or the strength of a lever, independent of all other factors.

    Parameters
    ----------
    name
        A parameter, a lever, ``LEVER.budget``; any name where the model is a function of one's own.
    low, high
        Its bounds.
    distribution
        ``uniform``, ``loguniform``, ``triangular`` with its peak at ``central``, or ``normal``: mean ``central``,
        standard deviation ``spread``, cut at both bounds.

    Raises
    ------
    ValueError
        If bounds are not finite and in order, or do not fit the distribution.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    distribution: str = "uniform"
    central: float | None = None
    spread: float | None = None

    def __post_init__(self) -> None:
        middle = (self.low + self.high) / 2 if self.central is None else self.central
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise ValueError(f"factor {self.name!r}: finite low < high wanted, got {self.low} and {self.high}")
        if self.distribution not in DISTRIBUTIONS:
            hint = nearest_name(self.distribution, DISTRIBUTIONS) or ", ".join(DISTRIBUTIONS)
            raise ValueError(f"factor {self.name!r}: no distribution {self.distribution!r}; did you mean {hint}?")
        if (self.distribution == "normal") != (self.spread is not None and self.spread > 0):
            raise ValueError(f"factor {self.name!r}: a spread above 0 goes with normal, and with it alone")
        if self.distribution in ("triangular", "normal") and self.central is None:
            raise ValueError(f"factor {self.name!r}: {self.distribution} wants a central value")
        if not self.low <= middle <= self.high or (self.distribution == "loguniform" and self.low <= 0):
            raise ValueError(f"factor {self.name!r}: low <= central <= high wanted, and low above 0 for loguniform")

    def values(self, u: Array) -> dict[str, Array]:
        """What is handed to the model at probabilities ``u`` (rows,), by name."""
        if self.distribution == "normal":
            from scipy.stats import truncnorm

            mean, sd = self.central or 0.0, self.spread or 1.0
            cut = ((self.low - mean) / sd, (self.high - mean) / sd)
            return {self.name: np.asarray(truncnorm.ppf(u, *cut, loc=mean, scale=sd), dtype=float)}
        middle = (self.low + self.high) / 2 if self.central is None else self.central
        return {self.name: Parameter(self.name, "", self.low, middle, self.high, self.distribution).quantile(u)}

    def as_config(self) -> dict[str, Any]:
        """The factor as a mapping that JSON can hold."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Joint:
    """Numbers that hang together, as one factor: each value is a row of a table, such as a fitted posterior.

    ``columns`` maps each parameter to its values, all of one length. The rows have no order, so that only methods which
    need none may take it: ``sobol`` and ``shapley``. ValueError where lengths differ or a value is not finite.
    """

    name: str
    columns: Mapping[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        columns = {name: tuple(float(x) for x in values) for name, values in self.columns.items()}
        object.__setattr__(self, "columns", columns)
        lengths = {len(values) for values in columns.values()}
        if len(lengths) != 1 or min(lengths) < 2:
            raise ValueError(f"joint factor {self.name!r}: columns of one length, 2 or more, wanted; got {lengths}")
        wrong = [name for name, values in columns.items() if not np.isfinite(values).all()]
        if wrong:
            raise ValueError(f"joint factor {self.name!r}: every value must be a number ({', '.join(wrong)})")

    def values(self, u: Array) -> dict[str, Array]:
        """What is handed to the model at probabilities ``u`` (rows,), by name."""
        rows = len(next(iter(self.columns.values())))
        at = np.minimum((u * rows).astype(int), rows - 1)
        return {name: np.array(values)[at] for name, values in self.columns.items()}

    def as_config(self) -> dict[str, Any]:
        """The factor as a mapping that JSON can hold."""
        return {"name": self.name, "columns": {name: list(values) for name, values in self.columns.items()}}


def factor_of_config(config: Mapping[str, Any]) -> Factor | Joint:
    """The factor that ``as_config`` wrote down."""
    return Joint(**config) if "columns" in config else Factor(**config)


def factors_of(
    names: Sequence[str] | Mapping[str, tuple[float, float] | None], scenarios: Sequence[Scenario]
) -> tuple[Factor, ...]:
    """Factors by name, with the bounds and distributions of the registry.

    Parameters
    ----------
    names
        Parameters, levers (intensity 0 to 1) and ``LEVER.budget``; as a mapping also with narrower bounds. Bounds of a
        budget (US$ a year) must be given.
    scenarios
        Where they are varied.

    Raises
    ------
    ValueError
        With everything that cannot be a factor, why, and the nearest right name.
    """
    asked = names if isinstance(names, Mapping) else dict.fromkeys(names)
    where = {scenario.name: parameters_of(scenario) for scenario in scenarios}
    known = {name: p for parameters in where.values() for name, p in parameters.items()}
    levers = frozenset(strengths_of(scenarios))
    meant = {scenario.name: {*where[scenario.name], *strengths_of((scenario,))} for scenario in scenarios}
    found: list[Factor] = []
    problems: list[str] = []
    for name, bounds in asked.items():
        told = list(_problems(name, bounds, known, levers))
        of = name.removesuffix(BUDGET)
        nowhere = [s for s, own in meant.items() if of not in own] if of in levers or name in known else []
        told += [f"factor {name!r}: means nothing in {s}, which does not name the file of it" for s in nowhere]
        told += [f"factor {name!r}: {s.name} fixes it under parameters" for s in scenarios if name in s.parameters]
        if of != name and of in asked:
            told.append(f"factors {of!r} and {name!r}: the strength of a lever is one of them")
        problems += told
        if not told:
            try:
                found.append(_factor(name, bounds, known))
            except ValueError as error:
                problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(found)


def _problems(
    name: str,
    bounds: tuple[float, float] | None,
    known: Mapping[str, Parameter],
    levers: frozenset[str],
) -> Iterator[str]:
    """Why this cannot be a factor."""
    lever = name.removesuffix(BUDGET)
    if lever in levers:
        if name != lever and bounds is None:
            yield f"factor {name!r}: give its bounds, in US$ a year"
        low, high = bounds or (0.0, 1.0)
        if low < 0 or (name == lever and high > 1):
            yield f"factor {name!r}: {'an intensity from 0 to 1' if name == lever else '0 or more'} is wanted"
        return
    if name not in known:
        hint = nearest_name(name, (*known, *levers, *(lever + BUDGET for lever in levers)))
        yield f"factor {name!r} is no parameter, no lever and no budget of one" + (
            f"; did you mean {hint!r}?" if hint else ""
        )
        return
    p = known[name]
    if name.startswith(GENERATED):
        yield f"factor {name!r}: it says who is generated, which is the same in all worlds"
    if p.low == p.high or (p.distribution == "fixed" and bounds is None):
        yield f"factor {name!r}: the registry gives it one value, {p.central:g}" + (
            "" if p.low == p.high else f"; give bounds from {p.low:g} to {p.high:g} to vary it"
        )
    elif bounds is not None and not p.low <= bounds[0] < bounds[1] <= p.high:
        yield f"factor {name!r}: bounds within {p.low:g} to {p.high:g} are wanted, got {bounds[0]:g} to {bounds[1]:g}"


def _factor(name: str, bounds: tuple[float, float] | None, known: Mapping[str, Parameter]) -> Factor:
    if name not in known:
        return Factor(name, *(bounds or (0.0, 1.0)))
    p = known[name]
    low, high = bounds or (p.low, p.high)
    shape = "uniform" if p.distribution == "fixed" else p.distribution
    return Factor(name, low, high, shape, min(max(p.central, low), high) if shape == "triangular" else None)
