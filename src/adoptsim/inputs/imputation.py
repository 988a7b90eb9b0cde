"""Missing values: what is put in their place, and how far off that may be.

Every rule is learnt from the packaged table and can then be applied to a user's own. Levels come from ordinary least
squares on log GDP per head, government effectiveness, internet use, log population and WHO region; HIV prevalence from
the median of region and income group; income shares from a lognormal Lorenz curve on the Gini index; service coverage
by fifth from an imputed level and the median slope of the income group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from adoptsim.inputs.indicators import INCOMES, INDICATORS, REGIONS, SCALES, from_scale, to_scale

__all__ = ["Completed", "Imputer", "Observed", "cell_rows", "gaps", "lognormal_shares"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVELS = ("gdp_pc_ppp", "gov_effectiveness", "internet", "population")
SIZE = ("gdp_pc_ppp", "population")
GRADIENTS = ("skilled_birth", "immunisation")
PEERS = 5  # countries of the region nearest in population, where even GDP is missing
CELL_MINIMUM = 3  # smallest region x income cell that is trusted; else the region
DIGITS = 6  # significant digits of imputed values: the linear algebra of another machine gives the same bytes

_OWN_RULE = {"population", "births", "gdp_pc_ppp", "gdp_pc_usd", "gov_effectiveness", "internet", "hiv_prevalence"}
# (target, predictors), in this order: a later rule may use what an earlier one filled.
RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gdp_pc_ppp", ("gdp_pc_usd",)),
    ("gdp_pc_usd", ("gdp_pc_ppp",)),
    ("gov_effectiveness", SIZE),
    ("internet", SIZE),
    ("gini", ("gini_modelled",)),
    *((i.name, LEVELS) for i in INDICATORS if i.name not in _OWN_RULE),
    *((f"{name}_level", LEVELS) for name in GRADIENTS),
)


@dataclass(frozen=True, eq=False)
class Observed:
    """A table with gaps: values (N,) or (N, 5), NaN where missing."""

    region: tuple[str, ...]
    income: tuple[str, ...]
    values: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Completed:
    """The same without gaps, flags of what was filled (N,), and the residual sd of that on the scale of SCALES (N,)."""

    values: dict[str, Array]
    imputed: dict[str, Flags]
    spread: dict[str, Array]


@dataclass(frozen=True, eq=False)
class Regression:
    """Coefficients (p,) and the leave-one-out root mean square error."""

    coefficients: Array
    error: float


def lognormal_shares(gini: Array) -> Array:
    """Income shares of the fifths (..., 5), poorest first, if income is lognormal with this Gini index (...), 0-1."""
    sigma = np.sqrt(2.0) * ndtri((1 + np.asarray(gini)[..., None]) / 2)
    lorenz = ndtr(ndtri(np.arange(6) / 5) - sigma)
    return np.asarray(np.diff(lorenz, axis=-1))


def cell_rows(own: tuple[str, str], region: Sequence[str], income: Sequence[str], usable: Flags) -> Flags:
    """Rows of the table in the same WHO region and income group; in the region if too few; (N,), never none."""
    same_region: Flags = (np.array(region) == own[0]) & usable
    same_cell: Flags = same_region & (np.array(income) == own[1])
    for rows in (same_cell, same_region):
        if rows.sum() >= CELL_MINIMUM:
            return rows
    return usable


def gaps(values: Array) -> Flags:
    """Rows (N,) of an array (N,) or (N, k) that miss a value."""
    return np.asarray(np.isnan(values.reshape(len(values), -1)).any(axis=1))


def _round(values: Array) -> Array:
    flat = [float(f"{v:.{DIGITS}g}") for v in values.ravel()]
    return np.array(flat).reshape(values.shape)


def _features(names: Sequence[str], values: Mapping[str, Array], region: Sequence[str]) -> Array:
    """Design matrix (N, p): predictors on their scales, then one intercept per WHO region."""
    columns = [to_scale(values[n], "logit" if n == "gini_modelled" else SCALES[n]) for n in names]
    dummies = [np.array([r == code for r in region], dtype=float) for code in REGIONS]
    return np.column_stack([*columns, *dummies])


def _fit(design: Array, target: Array) -> Regression:
    known = ~np.isnan(target) & ~np.isnan(design).any(axis=1)
    x, y = design[known], target[known]
    coefficients = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
    leverage = np.sum(np.linalg.qr(x)[0] ** 2, axis=1)
    residual = (y - x @ coefficients) / np.maximum(1 - leverage, 1e-9)
    return Regression(coefficients, float(np.sqrt(np.mean(residual**2))))


class Imputer:
    """Rules learnt from a reference table; `complete` applies them to any table."""

    def __init__(self, reference: Observed) -> None:
        self._regressions: list[Regression] = []
        self._reference = reference
        self._offsets = {name: _gradients(reference, name) for name in GRADIENTS}
        self.completed = self.complete(reference)

    def complete(self, own: Observed) -> Completed:
        """Fill every gap of `own`; births, population and one kind of GDP per head are needed for each row."""
        values = {name: array.copy() for name, array in own.values.items()}
        for name in GRADIENTS:
            values[f"{name}_level"] = values[name].mean(axis=1)
        missing = {name: gaps(array) for name, array in values.items()}
        spread = {name: np.zeros(len(own.region)) for name in values}
        _gdp_from_peers(own, values, spread)
        learning = not self._regressions
        for k, (target, predictors) in enumerate(RULES):
            scale = SCALES[target.removesuffix("_level")]
            design = _features(predictors, values, own.region)
            if learning:
                self._regressions.append(_fit(design, to_scale(_observed(own, values, target), scale)))
            rule = self._regressions[k]
            rows = np.isnan(values[target]) & ~np.isnan(design).any(axis=1)
            values[target][rows] = _round(from_scale(design[rows] @ rule.coefficients, scale))
            spread[target][rows] = rule.error
        self._fill_distributions(own, values, spread)
        values["oop_share"] = np.where(
            missing["oop_share"], np.minimum(values["oop_share"], 1 - values["gov_health_share"]), values["oop_share"]
        )
        return Completed(values, missing, spread)

    def _fill_distributions(self, own: Observed, values: dict[str, Array], spread: dict[str, Array]) -> None:
        """Fill HIV prevalence, income shares and service coverage by fifth, in place."""
        rows = gaps(values["hiv_prevalence"])
        values["hiv_prevalence"][rows] = self._cell_medians(own, "hiv_prevalence")[rows]
        error = np.log(self._reference.values["hiv_prevalence"] / self._cell_medians(self._reference, "hiv_prevalence"))
        spread["hiv_prevalence"][rows] = np.nanstd(error)
        rows = gaps(values["income_share"])
        values["income_share"][rows] = _round(lognormal_shares(values["gini"][rows]))
        spread["income_share"][rows] = spread["gini"][rows]
        for name in GRADIENTS:
            rows = gaps(values[name])
            level = to_scale(values.pop(f"{name}_level"), "logit")
            offsets = np.stack([self._offsets[name][group] for group in own.income])
            values[name][rows] = _round(from_scale(level[:, None] + offsets, "logit")[rows])
            spread[name] = np.where(rows, spread.pop(f"{name}_level"), 0.0)

    def _cell_medians(self, own: Observed, name: str) -> Array:
        """Median of the measured values in each row's cell of WHO region and income group, (N,)."""
        reference = self._reference
        measured = reference.values[name]
        cells = [
            cell_rows(cell, reference.region, reference.income, ~np.isnan(measured))
            for cell in zip(own.region, own.income, strict=True)
        ]
        return np.array([np.median(measured[rows]) for rows in cells])


def _observed(own: Observed, values: Mapping[str, Array], target: str) -> Array:
    """Return the observed target of a rule: never a value that an earlier rule filled."""
    return own.values[target] if target in own.values else values[target]


def _gradients(reference: Observed, name: str) -> dict[str, Array]:
    """Median distance of each fifth from the level, in logits, by income group: {group: (5,)}.

    A group without surveys takes what the next poorer group has.
    """
    fifths = reference.values[name]
    offset = to_scale(fifths, "logit") - to_scale(fifths.mean(axis=1), "logit")[:, None]
    surveyed, groups = ~gaps(fifths), np.array(reference.income)
    medians: dict[str, Array] = {}
    latest = np.asarray(np.median(offset[surveyed], axis=0))
    for group in INCOMES:
        rows = surveyed & (groups == group)
        latest = np.asarray(np.median(offset[rows], axis=0)) if rows.any() else latest
        medians[group] = latest
    return medians


def _gdp_from_peers(own: Observed, values: dict[str, Array], spread: dict[str, Array]) -> None:
    """Where no GDP is known at all: median of the region's countries nearest in population, in place."""
    gdp, region, size = own.values["gdp_pc_ppp"], np.array(own.region), np.log(own.values["population"])
    for i in np.flatnonzero(np.isnan(gdp) & np.isnan(own.values["gdp_pc_usd"])):
        others = np.flatnonzero((region == region[i]) & ~np.isnan(gdp))
        peers = others[np.argsort(np.abs(size[others] - size[i]), kind="stable")[:PEERS]]
        values["gdp_pc_ppp"][i] = np.median(gdp[peers])
        spread["gdp_pc_ppp"][i] = np.std(np.log(gdp[peers]))
