"""Countries: 194 health systems at the start of a run, or the units of a user's own table.

Money is constant 2024 US$: current dollars of a year are multiplied by the ratio of the implicit price deflator of US
GDP in 2024 to that year (packaged table `deflator`). Shares run from 0 to 1. Units of all values are in `UNITS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs import history, usertable
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.imputation import Completed, Imputer, Observed, cell_rows, gaps, lognormal_shares
from adoptsim.inputs.indicators import ANCESTRIES, ESTIMATES, FIFTHS, INDICATORS, SCALES, UNITS, from_scale, to_scale
from adoptsim.inputs.tables import read_table

__all__ = ["ANCESTRIES", "FIRST_FREE_SLOT", "SCALES", "START_YEARS", "UNITS", "Countries", "load_countries"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)

FIRST_FREE_SLOT = 256  # draw keys of units that are not Member States start here
START_YEARS = range(1990, 2031)  # before it there are no data, after it most are too old to count
GEOGRAPHY = ("latitude", "longitude", "un_ldc", "landlocked")
RANGE_IN_SD = 3.29  # the low-high range of an estimate is read as a 90 % interval
GROWTH = {"population": "population", "births": "births", "gdp_pc": "gdp_pc_ppp"}


@dataclass(frozen=True, eq=False)
class Countries:
    """N units with complete values at the start year; arrays are read-only.

    `values` holds arrays (N,), fifths (N, 5) under income_share, skilled_birth and immunisation (poorest first), and
    ancestry (N, 6) in the order of ANCESTRIES. `imputed` flags (N,) what no publisher measured at or before the start
    year: filled by a rule, taken from a later year, capped, or a documented estimate; "income" flags the group.
    `spread` (N,) is the residual sd of such a value on the scale named in SCALES, 0 where measured, and 0 where a
    later year was taken. `growth` (N,) is log growth per year over ten years up to the start. `series` maps a name to
    years (Y,) and values (Y, N), gaps interpolated and ends held; `series_observed` (Y, N) tells which were observed.
    A user's table has no series.
    """

    iso3: tuple[str, ...]
    name: tuple[str, ...]
    region: tuple[str, ...]
    income: tuple[str, ...]
    draw_key: NDArray[np.int64]
    values: Mapping[str, Array]
    imputed: Mapping[str, Flags]
    spread: Mapping[str, Array]
    growth: Mapping[str, Array]
    series: Mapping[str, tuple[NDArray[np.int64], Array]]
    series_observed: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.iso3)

    def index(self, iso3: str) -> int:
        """Position of a unit. Raises KeyError, naming the nearest, if there is none."""
        if iso3 in self.iso3:
            return self.iso3.index(iso3)
        nearest = nearest_name(iso3, self.iso3)
        raise KeyError(f"no country {iso3!r}" + (f"; did you mean {nearest!r}?" if nearest else ""))

    def select(self, names: Sequence[str]) -> "Countries":
        """Return the units named by ISO3, in the order given. Raises KeyError as `index` does."""
        rows = [self.index(name) for name in names]

        def label(labels: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(labels[i] for i in rows)

        def pick(arrays: Mapping[str, NDArray[T]]) -> Mapping[str, NDArray[T]]:
            return _frozen_all({name: array[rows] for name, array in arrays.items()})

        return Countries(
            label(self.iso3), label(self.name), label(self.region), label(self.income), _frozen(self.draw_key[rows]),
            pick(self.values), pick(self.imputed), pick(self.spread), pick(self.growth),
            series={name: (years, _frozen(v[:, rows])) for name, (years, v) in self.series.items()},
            series_observed={name: _frozen(v[:, rows]) for name, v in self.series_observed.items()},
        )  # fmt: skip

    def drawn(self, name: str, normal: Array) -> Array:
        """One value per world: the measured ones as they are, the imputed ones moved by `normal` standard deviations.

        `normal` is (W, N) standard normal numbers; the result is (W, N), or (W, N, 5) for fifths. Income shares follow
        their Gini index: give both the same numbers. Raises KeyError for an unknown name.
        """
        if name == "income_share":
            moved = lognormal_shares(self.drawn("gini", normal))
            return np.where(self.imputed[name][:, None], moved, self.values[name])
        value, spread = self.values[name], self.spread[name]
        shift = normal * spread
        if value.ndim > 1:
            shift, spread = shift[..., None], spread[:, None]
        with np.errstate(divide="ignore"):  # a measured 0 or 1 is infinite on its scale and does not move
            moved = from_scale(to_scale(value, SCALES[name], edge=0.0) + shift, SCALES[name])
        if name in (*ESTIMATES, "hiv_prevalence"):  # shares whose scale does not keep them below 1
            moved = np.clip(moved, 0.0, 1.0)
        return np.where(spread > 0, moved, value)


def load_countries(path: str | Path | None = None, start_year: int = 2025) -> Countries:
    """Return the packaged 194 countries, or the units of a user's CSV or YAML, at the start year.

    Each value is the latest available up to `start_year`; levels older than ten years count as missing. For earlier
    start years a value known only later is held and flagged, GDP per head in US$ is carried back along real growth,
    and the income group is that of the year. A user's table (columns: id or iso3, region, income, population, births,
    gdp_pc_usd and any other value; money in 2024 US$, shares 0-1) replaces the packaged one; what it leaves out is
    filled by rules learnt from the packaged table. Raises InputError, naming everything wrong with the file, and
    ValueError if the start year lies outside START_YEARS.
    """
    if start_year not in START_YEARS:
        raise ValueError(f"start year {start_year} is not accepted, expected {START_YEARS[0]} to {START_YEARS[-1]}")
    if path is None:
        return _packaged(start_year)[0]
    return _from_user(usertable.read(Path(path)), start_year)


@lru_cache(maxsize=8)
def _packaged(start_year: int) -> tuple[Countries, Imputer]:
    rows = read_table("countries")
    iso3 = tuple(row["iso3"] for row in rows)
    today = tuple(row["income_group"] for row in rows)
    income = history.income_at(start_year, today)
    start = history.observe(iso3, start_year)
    region = tuple(row["who_region"] for row in rows)
    imputer = Imputer(Observed(region, income, start.values))
    filled = imputer.completed
    for name, held in start.held.items():
        filled.imputed[name] = filled.imputed[name] | held
    filled.imputed["income"] = np.array([bool(row["income_group_note"]) for row in rows])
    for name in GEOGRAPHY:
        filled.values[name] = np.array([float(row[name]) for row in rows])
        filled.imputed[name] = np.zeros(len(rows), dtype=bool)
        filled.spread[name] = np.zeros(len(rows))
    _add_estimates(filled, iso3)
    series, observed = history.series(filled.values)
    growth = {
        name: history.growth(series[column], observed[column], income, start_year) for name, column in GROWTH.items()
    }
    keys = np.arange(len(rows))
    names = tuple(row["name"] for row in rows)
    return _assemble((iso3, names, region, income), keys, filled, growth, series, observed), imputer


def _add_estimates(filled: Completed, iso3: tuple[str, ...]) -> None:
    """Put the documented estimates in, all flagged."""
    table = {(row["iso3"], row["estimate"]): row for row in read_table("estimates")}

    def column(estimate: str, field: str) -> Array:
        return np.array([float(table[unit, estimate][field]) for unit in iso3])

    for name, (estimate, _, factor) in ESTIMATES.items():
        filled.values[name] = column(estimate, "value") * factor
        filled.spread[name] = (column(estimate, "high") - column(estimate, "low")) / RANGE_IN_SD * factor
        filled.imputed[name] = np.ones(len(iso3), dtype=bool)
    filled.values["ancestry"] = np.stack([column(f"ancestry_{group}", "value") for group in ANCESTRIES], axis=1)
    filled.spread["ancestry"] = np.zeros(len(iso3))
    filled.imputed["ancestry"] = np.ones(len(iso3), dtype=bool)


def _from_user(table: usertable.UserTable, start_year: int) -> Countries:
    """Complete a user's table: regressions of the packaged table, else its cell of WHO region and income group."""
    packaged, imputer = _packaged(start_year)
    filled = imputer.complete(Observed(table.region, table.income, table.values))
    everyone = np.ones(len(packaged), dtype=bool)
    cells = np.stack([
        cell_rows(own, packaged.region, packaged.income, everyone)
        for own in zip(table.region, table.income, strict=True)
    ])  # fmt: skip
    weights = cells * packaged.values["births"]
    weights /= weights.sum(axis=1, keepdims=True)
    for name in (*ESTIMATES, "ancestry"):
        mean = np.stack([(w * packaged.values[name].T).sum(axis=-1) for w in weights])
        _fill(filled, name, mean, np.array([packaged.spread[name][c].mean() for c in cells]))
    for name in GEOGRAPHY:
        _fill(filled, name, np.array([np.median(packaged.values[name][c]) for c in cells]), np.zeros(len(cells)))
    growth = {n: np.array([np.median(g[c]) for c in cells]) for n, g in packaged.growth.items()}
    filled.imputed["income"] = np.zeros(len(cells), dtype=bool)
    slots = dict(zip(packaged.iso3, packaged.draw_key.tolist(), strict=True))
    keys = [key if key is not None else slots.get(unit, FIRST_FREE_SLOT + row)
            for row, (unit, key) in enumerate(zip(table.unit, table.draw_key, strict=True))]  # fmt: skip
    labels = (table.unit, table.name, table.region, table.income)
    return _assemble(labels, np.array(keys, dtype=np.int64), filled, growth, {}, {})


def _fill(filled: Completed, name: str, guess: Array, spread: Array) -> None:
    """Put `guess` where the user's table says nothing."""
    given = filled.values[name]
    gap = gaps(given)
    filled.imputed[name] = gap
    filled.values[name] = np.where(gap if given.ndim == 1 else gap[:, None], guess, given)
    filled.spread[name] = np.where(gap, spread, 0.0)


def _assemble(
    labels: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    keys: NDArray[np.int64],
    filled: Completed,
    growth: Mapping[str, Array],
    series: Mapping[str, tuple[NDArray[np.int64], Array]],
    observed: Mapping[str, Flags],
) -> Countries:
    """Derive government health money, keep the public names and lock the arrays."""
    values, imputed, spread = filled.values, filled.imputed, filled.spread
    product = values["health_exp_pc_usd"] * values["gov_health_share"]
    given = values.get("gov_health_pc_usd", np.full(len(labels[0]), np.nan))
    either = imputed["health_exp_pc_usd"] | imputed["gov_health_share"]
    # A shift of the logit moves the logarithm of a share s by (1 - s) as much.
    share_spread = spread["gov_health_share"] * (1 - values["gov_health_share"])
    values["gov_health_pc_usd"] = np.where(np.isnan(given), product, given)
    imputed["gov_health_pc_usd"] = np.isnan(given) & either
    spread["gov_health_pc_usd"] = np.where(
        imputed["gov_health_pc_usd"], np.hypot(spread["health_exp_pc_usd"], share_spread), 0.0
    )
    public = [*(i.name for i in INDICATORS), "gov_health_pc_usd", *FIFTHS, *GEOGRAPHY, *ESTIMATES, "ancestry"]
    return Countries(
        *labels,
        draw_key=_frozen(keys),
        values=_frozen_all({name: values[name] for name in public}),
        imputed=_frozen_all({name: imputed[name] for name in [*public, "income"]}),
        spread=_frozen_all({name: spread[name] for name in public}),
        growth=_frozen_all(dict(growth)),
        series={name: (_frozen(years), _frozen(v)) for name, (years, v) in series.items()},
        series_observed=_frozen_all(dict(observed)),
    )


def _frozen(array: NDArray[T]) -> NDArray[T]:
    array.flags.writeable = False
    return array


def _frozen_all(arrays: dict[str, NDArray[T]]) -> Mapping[str, NDArray[T]]:
    return {name: _frozen(array) for name, array in arrays.items()}
