"""What was known at a start year: latest values, yearly series, recent growth, income groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.indicators import FIFTHS, INDICATORS, PERCENT, Indicator
from adoptsim.inputs.tables import deflators, read_table, series_arrays

__all__ = ["Start", "growth", "income_at", "observe", "series"]

Array = NDArray[np.float64]
Years = NDArray[np.int64]
Flags = NDArray[np.bool_]

GROWTH_YEARS = 10
GROWTH_MINIMUM = 3  # fewest yearly changes that say anything about growth
_NEVER = 9999


@dataclass(frozen=True, eq=False)
class Start:
    """Values (N,) or (N, 5) at the start, NaN where missing, and flags (N,) of those known only from a later year."""

    values: dict[str, Array]
    held: dict[str, Flags]


def _latest(iso3: Sequence[str]) -> dict[str, tuple[Array, Years]]:
    """Latest published value and its year by column, (N,) each; NaN and a far future where missing."""
    position = {unit: i for i, unit in enumerate(iso3)}
    table: dict[str, tuple[Array, Years]] = {}
    for row in read_table("indicators"):
        name = row["indicator"]
        if name not in table:
            table[name] = np.full(len(iso3), np.nan), np.full(len(iso3), _NEVER)
        values, years = table[name]
        values[position[row["iso3"]]] = float(row["value"])
        years[position[row["iso3"]]] = int(row["year"])
    return table


def _at(latest: tuple[Array, Years], yearly: tuple[Years, Array] | None, start: int) -> tuple[Array, Years]:
    """Value and year: the latest published up to the start, else that of the series, else the first one after it."""
    value, year = latest[0].copy(), latest[1].copy()
    if yearly is None:
        return value, year
    years, data = yearly
    known = ~np.isnan(data)
    for i in np.flatnonzero(year > start):
        candidates = np.flatnonzero(known[:, i])
        if candidates.size:
            k = candidates[max(int(np.searchsorted(years[candidates], start, side="right")) - 1, 0)]
            value[i], year[i] = data[k, i], years[k]
    return value, year


def observe(iso3: Sequence[str], start: int) -> Start:
    """Read every indicator as known at `start`."""
    latest, (years, yearly, _) = _latest(iso3), series_arrays()
    values: dict[str, Array] = {}
    held: dict[str, Flags] = {}
    for item in INDICATORS:
        panel = (years, yearly[item.column]) if item.column in yearly else None
        value, year = _at(latest[item.column], panel, start)
        values[item.name] = np.where(start - year > item.max_age, np.nan, _ours(item, value, year))
        held[item.name] = (year > start) & ~np.isnan(value)
    values["gini_modelled"] = latest["gini_modelled"][0] * PERCENT
    for name, (_, max_age) in FIFTHS.items():
        value = np.stack([latest[f"{name}_q{q}"][0] for q in range(1, 6)], axis=1)
        year = latest[f"{name}_q1"][1]
        share = value / value.sum(axis=1, keepdims=True) if name == "income_share" else value * PERCENT
        values[name] = np.where((start - year > max_age)[:, None], np.nan, share)
        held[name] = (year > start) & ~np.isnan(value[:, 0])
    _carry_gdp_back(values, held, latest["gdp_pc_usd"][1], start)
    values["gdp_pc_ppp"], capped = _without_outlier(values["gdp_pc_ppp"])
    held["gdp_pc_ppp"] |= capped
    return Start(values, held)


def _ours(item: Indicator, value: Array, year: Years) -> Array:
    """Publisher's unit to ours; current dollars to those of 2024."""
    deflator = np.interp(year, *deflators()) if item.money else np.ones(1)
    return np.asarray(value * item.factor * deflator)


def _carry_gdp_back(values: dict[str, Array], held: Mapping[str, Flags], year: Years, start: int) -> None:
    """GDP per head in US$ has no yearly series: move it to an earlier start along real growth, in place."""
    years, yearly, _ = series_arrays()
    real = yearly["gdp_pc_ppp"]
    now = int(np.clip(np.searchsorted(years, start), 0, len(years) - 1))
    for i in np.flatnonzero(held["gdp_pc_usd"]):
        then = int(np.searchsorted(years, year[i]))
        values["gdp_pc_usd"][i] *= real[now, i] / real[then, i]


def _without_outlier(gdp: Array) -> tuple[Array, Flags]:
    """Winsorise (..., N): the largest value takes the second largest, for Monaco stands at 3.5 times the next."""
    second = np.partition(np.nan_to_num(gdp, nan=-np.inf), -2, axis=-1)[..., -2:-1]
    with np.errstate(invalid="ignore"):
        above = gdp > second
    return np.where(above, second, gdp), np.asarray(above)


def series(at_start: Mapping[str, Array]) -> tuple[dict[str, tuple[Years, Array]], dict[str, Flags]]:
    """Yearly values (Y, N) by name and where they were observed.

    Gaps are interpolated linearly, ends held; a country without any observation has its start value throughout.
    """
    years, yearly, _ = series_arrays()
    filled: dict[str, tuple[Years, Array]] = {}
    observed: dict[str, Flags] = {}
    for item in INDICATORS:
        if item.column not in yearly:
            continue
        data = _ours(item, yearly[item.column], years[:, None])
        known = ~np.isnan(data)
        if item.name == "gdp_pc_ppp":
            data = _without_outlier(data)[0]
        for i in np.flatnonzero(~known.all(axis=0)):
            k = known[:, i]
            data[:, i] = np.interp(years, years[k], data[k, i]) if k.any() else at_start[item.name][i]
        filled[item.name], observed[item.name] = (years, data), known
    return filled, observed


def growth(yearly: tuple[Years, Array], observed: Flags, income: Sequence[str], start: int) -> Array:
    """Log growth per year (N,), shrunk towards the mean of the income group where it is noisy.

    The mean of the yearly log changes in the ten years up to `start` (the first ten on record if fewer than three
    changes lie before it) has the standard error se = sd / sqrt(n). With the variance tau2 between the countries of
    the income group, net of their mean se2, the result is w mean + (1 - w) group mean, w = tau2 / (tau2 + se2).
    A country without four observed years takes the group mean.
    """
    years, data = yearly
    last = int(np.searchsorted(years, start, side="right")) - 1
    first = max(last - GROWTH_YEARS, 0)
    if last - first < GROWTH_MINIMUM:
        first, last = 0, GROWTH_YEARS
    known = observed[first : last + 1].sum(axis=0) > GROWTH_MINIMUM
    change = np.diff(np.log(data[first : last + 1]), axis=0)
    mean, error2 = change.mean(axis=0), change.var(axis=0, ddof=1) / len(change)
    result: Array = mean.copy()
    for group in sorted(set(income)):
        rows = np.array([i == group for i in income])
        seen = rows & known
        centre = mean[seen].mean()
        between = max(float(np.var(mean[seen]) - error2[seen].mean()), 0.0)
        weight = known[rows] * between / np.maximum(between + error2[rows], np.finfo(float).tiny)
        result[rows] = weight * mean[rows] + (1 - weight) * centre
    return result


def income_at(start: int, today: tuple[str, ...]) -> tuple[str, ...]:
    """World Bank group of the start year where the yearly classification reaches it, else today's."""
    years, _, group = series_arrays()
    if start > years[np.flatnonzero((group != "").any(axis=1))[-1]]:
        return today
    row = group[max(start - int(years[0]), 0)]
    return tuple(str(g) if g else now for g, now in zip(row, today, strict=True))
