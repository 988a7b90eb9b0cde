"""Functions whose indices are known, and how a design is run on them."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from adoptsim.sensitivity import Factor, SensitivityDesign, design

Values = dict[str, np.ndarray]


def ishigami(f: Values) -> np.ndarray:
    """Ishigami and Homma (1990), a = 7, b = 0.1."""
    return np.sin(f["x1"]) + 7 * np.sin(f["x2"]) ** 2 + 0.1 * f["x3"] ** 4 * np.sin(f["x1"])


ISHIGAMI = tuple(Factor(f"x{i}", -np.pi, np.pi) for i in (1, 2, 3))
ISHIGAMI_S1 = {"x1": 0.313905, "x2": 0.442411, "x3": 0.0}
ISHIGAMI_ST = {"x1": 0.557589, "x2": 0.442411, "x3": 0.243684}
ISHIGAMI_SHAPLEY = {"x1": 0.435747, "x2": 0.442411, "x3": 0.121842}

G_WEIGHTS = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0)


def sobol_g(f: Values) -> np.ndarray:
    """Sobol' G."""
    parts = [(np.abs(4 * f[f"x{i}"] - 2) + a) / (1 + a) for i, a in enumerate(G_WEIGHTS)]
    return np.prod(parts, axis=0)


SOBOL_G = tuple(Factor(f"x{i}") for i in range(8))


def sobol_g_truth() -> tuple[Values, Values]:
    """S1 and ST from the closed form: each factor alone has the variance 1 / 3(1 + a)^2."""
    alone = np.array([1 / (3 * (1 + a) ** 2) for a in G_WEIGHTS])
    whole = np.prod(1 + alone) - 1
    first = alone / whole
    total = alone * np.prod(1 + alone) / (1 + alone) / whole
    names = [f.name for f in SOBOL_G]
    return dict(zip(names, first, strict=True)), dict(zip(names, total, strict=True))


def morris_20(f: Values) -> np.ndarray:
    """Morris (1991), 20 factors, its random coefficients replaced by signs in turn."""
    x = np.column_stack([f[f"x{i}"] for i in range(1, 21)])
    w = 2 * (x - 0.5)
    for j in (2, 4, 6):
        w[:, j] = 2 * (1.1 * x[:, j] / (x[:, j] + 0.1) - 0.5)
    y = sum((20.0 if i < 10 else (-1.0) ** (i + 1)) * w[:, i] for i in range(20))
    for i in range(20):
        for j in range(i + 1, 20):
            y = y + (-15.0 if j < 6 else (-1.0) ** (i + j)) * w[:, i] * w[:, j]
            for k in range(j + 1, 5):
                y = y - 10.0 * w[:, i] * w[:, j] * w[:, k]
    return y + 5.0 * w[:, 0] * w[:, 1] * w[:, 2] * w[:, 3]


MORRIS_20 = tuple(Factor(f"x{i}") for i in range(1, 21))


def additive(f: Values) -> np.ndarray:
    return 4 * f["x1"] + 2 * f["x2"]


ADDITIVE = tuple(Factor(f"x{i}") for i in (1, 2))


def run(made: SensitivityDesign, function: Callable[[Values], np.ndarray]) -> pd.Series:
    """The function in every world."""
    return pd.Series(function(dict(made.design.factors)), index=range(len(made)))


def small(**given: object) -> SensitivityDesign:
    """A Sobol' design of the additive function."""
    return design(ADDITIVE, **{"method": "sobol", "size": 64, **given})  # type: ignore[arg-type]


def cauchy(f: Values) -> np.ndarray:
    """Two standard Cauchy numbers added, times a size from 1 to e^9: no variance exists, and its sign is known."""
    return np.exp(9.0 * f["size"]) * (np.tan(np.pi * (f["a"] - 0.5)) + np.tan(np.pi * (f["b"] - 0.5)))


CAUCHY = tuple(Factor(name) for name in ("a", "b", "size"))
# a + b > 1 decides the sign: given a its chance is a, so that S1 = var(a) / (1/4), and ST = 1 - S1 of the other
CAUCHY_S1 = {"a": 1 / 3, "b": 1 / 3, "size": 0.0}
CAUCHY_ST = {"a": 2 / 3, "b": 2 / 3, "size": 0.0}
