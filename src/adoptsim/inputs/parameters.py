"""The parameter registry: every number of the model that is not 0, 1 or a unit conversion.

A parameter has a name, unit, low, central, high, distribution, quality and note; its evidence is one or more rows of
the packaged evidence table. The registry gives defaults, draws, the docs table and, later, the factors of a design.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DISTRIBUTIONS = ("triangular", "uniform", "loguniform", "fixed")
QUALITIES = ("measured", "expert", "assumption")


@dataclass(frozen=True)
class Parameter:
    """One uncertain number.

    ``triangular`` peaks at central; ``loguniform`` is uniform in logs, its central value stands for single runs.
    ValueError where low <= central <= high does not hold or a distribution is not known.
    """

    name: str
    unit: str
    low: float
    central: float
    high: float
    distribution: str = "triangular"
    quality: str = "assumption"
    evidence: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise ValueError(
                f"{self.name}: distribution {self.distribution!r} is not one of {', '.join(DISTRIBUTIONS)}"
            )
        if self.quality not in QUALITIES:
            raise ValueError(f"{self.name}: quality {self.quality!r} is not one of {', '.join(QUALITIES)}")
        if not self.low <= self.central <= self.high:
            raise ValueError(f"{self.name}: low <= central <= high wanted, got {self.low}, {self.central}, {self.high}")
        if self.distribution == "loguniform" and self.low <= 0:
            raise ValueError(f"{self.name}: loguniform wants a low above 0, got {self.low}")

    def quantile(self, u: Array) -> Array:
        """Values at probabilities ``u``, same shape."""
        low, mode, high = self.low, self.central, self.high
        if self.distribution == "fixed" or low == high:
            return np.full(u.shape, mode)
        if self.distribution == "uniform":
            return low + u * (high - low)
        if self.distribution == "loguniform":
            return np.asarray(np.exp(np.log(low) + u * (np.log(high) - np.log(low))))
        peak = (mode - low) / (high - low)
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
        return np.where(u < peak, rising, falling)


@dataclass(frozen=True)
class Evidence:
    """One sourced figure behind the registry."""

    name: str
    meaning: str
    unit: str
    low: str
    central: str
    high: str
    source: str
    url: str
    quality: str
    note: str


def _rows(file: str) -> Iterable[dict[str, str]]:
    with resources.files("adoptsim.inputs").joinpath("data", file).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@lru_cache(maxsize=1)
def load_registry() -> Mapping[str, Parameter]:
    """The model's parameters by name, in the order of the table. ValueError on duplicate names or bad bounds."""
    found: dict[str, Parameter] = {}
    for row in _rows("parameters.csv"):
        p = Parameter(
            row["name"],
            row["unit"],
            float(row["low"]),
            float(row["central"]),
            float(row["high"]),
            row["distribution"],
            row["quality"],
            row["evidence"],
            row["note"],
        )
        if p.name in found:
            raise ValueError(f"{p.name}: stands twice in the registry")
        found[p.name] = p
    return found


@lru_cache(maxsize=1)
def load_evidence() -> Mapping[str, Evidence]:
    """The sourced figures by name."""
    return {row["name"]: Evidence(**row) for row in _rows("evidence.csv")}
