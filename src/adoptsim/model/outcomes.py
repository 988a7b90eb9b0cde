"""Outcomes: the named results of a block of worlds; names end in ``.mean`` (over all quarters) or ``@year``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.names import QUINTILES
from adoptsim.model.accounts import ACCOUNTS, FLOWS
from adoptsim.model.by_group import BY_GROUP, GROUPED
from adoptsim.model.columns import Array
from adoptsim.model.inequality import MEASURED
from adoptsim.model.levers import parameters_of
from adoptsim.model.recorder import APPLICATION_VALUES, BY_FIFTH, COUNTRY_VALUES, SERIES, groups_of
from adoptsim.model.scenario import KEEP, QUARTERS_A_YEAR, Scenario, named
from adoptsim.model.world import is_varied

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

UNITS = {
    "useful_access.p40": ("share", "need-weighted useful access of the poorest 40 % of people on earth"),
    "useful_access.gap": ("share", "richest 20 % minus poorest 40 % of people"),
    "useful_access.r20": ("share", "need-weighted useful access of the richest 20 % of people"),
    "useful_access.hic_lic": ("share", "high-income minus low-income countries; missing where either is"),
    "useful_access.lic": ("share", "low-income countries; missing where there are none"),
    "useful_access.world": ("share", "mean of all people"),
    "useful_access.p40_equal_weights": ("share", "poorest 40 %, all applications weighted alike"),
    "useful_access.gap_equal_weights": ("share", "gap, all applications weighted alike"),
    "useful_access.gap_between": ("share", "gap between countries: what is left if all have their country's mean"),
    "useful_access.gap_within": ("share", "gap within countries: the gap less the part between them"),
    "people_reached": ("tests a year", "tests done, all channels"),
    "useful_results": ("tests a year", "tests whose result was usable and linked to care"),
    "dalys_averted": ("DALYs a year", "disability-adjusted life years averted"),
    "net_health": ("DALYs a year", "DALYs averted less those that public money and care cost would avert elsewhere"),
    "uncertain_results": ("tests a year", "tests that end in a variant of uncertain significance"),
    "false_positives": ("tests a year", "people told wrongly that they have the condition"),
    "data_incidents": ("incidents a year", "countries in which shared genomic data were misused or leaked"),
    "cost.public": ("US$ a year", "public spending on genomic services, equipment, training and studies"),
    "cost.care": ("US$ a year", "downstream care less treatment made needless"),
    "cost.household": ("US$ a year", "paid by households"),
    "cost.lever": ("US$ a year", "programme cost of the levers, paid from outside"),
    "lever.unabsorbed": ("US$ a year", "lever budget beyond full strength"),
    "money.donated": ("US$ a year", "donor money spent on services, equipment, training and studies"),
    "money.granted": ("US$ a year", "received from donors"),
    "money.returned": ("US$ a year", "benefits that studies return to countries, a part of cost.lever"),
    "money.displaced": ("US$ a year", "domestic money withdrawn because donors pay"),
    "money.duplicated": ("US$ a year", "donor money that paid twice for the same"),
    "money.lapsed": ("US$ a year", "unspent money that lapsed, domestic budgets included"),
    "counsellors": ("persons", "genetic counsellors at work"),
    "national_programmes": ("programmes", "national programmes, all countries and applications"),
    "pool_members": ("countries", "members of an open pool"),
    "delivered_share": ("share", "public tests done over public tests wanted; five equal inputs give 5^(-1/k)"),
    "services_money_used": ("share", "services money spent over services money at hand"),
    "machine_use.analyser": ("share", "hours used over hours of all machines"),
    "machine_use.sequencer": ("share", "hours used over hours of all machines"),
    "hazard_ratio": ("ratio", "mean joint hazard ratio of donors, peers, strain and verdicts, after the cap"),
}

KINDS = {"region": "WHO region", "income": "income group"}
WHERE_LISTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {name: (entry.unit, f"{entry.label} of useful access") for name, entry in MEASURED.items()}
    | {
        name: (BY_GROUP[of.outcome][0], f"{KINDS[of.kind]} {of.group} alone: {BY_GROUP[of.outcome][1]}")
        for name, of in GROUPED.items()
    }
    | dict(ACCOUNTS)
)
"""Unit and meaning of outcomes that are kept where a scenario lists them."""
OF_INCOME_GROUPS = ("useful_access.lic", "useful_access.hic_lic")  # missing where nobody belongs to them


def outcome_names(end_year: int) -> tuple[str, ...]:
    """Every name that a scenario may list under ``outcomes``, with its ``.mean`` or ``@year``."""
    return tuple(name + suffix for name in (*UNITS, *WHERE_LISTED) for suffix in (".mean", f"@{end_year}"))


def check_names(names: Iterable[str], end_year: int) -> None:
    """Raise ValueError at the first name that is no outcome, with the nearest that is."""
    known = outcome_names(end_year)
    for name in names:
        if name not in known:
            hint = nearest_name(name, known)
            raise ValueError(f"outcomes: {name!r} is no outcome" + f"; did you mean {hint!r}?" * bool(hint))


@dataclass(frozen=True, eq=False)
class BlockResult:
    """Results of a block of worlds.

    ``parameters`` (those that vary, then strengths of levers that are factors) and ``scalars`` map names to (world,);
    ``series`` to (world, year, group) float32, NaN where a group has no such outcome; ``countries`` to (world, country)
    float32 at the horizon, ``country_years`` to (world, year, country) float32 under the same names; ``fifths``
    (coverage and useful access) to (world, year, application, wealth fifth, country) float32, poorest fifth first.
    Empty is what ``keep`` does not ask for.
    """

    worlds: tuple[int, ...]
    parameters: dict[str, Array]
    scalars: dict[str, Array]
    years: tuple[int, ...]
    groups: tuple[tuple[str, str], ...]
    series: dict[str, NDArray[np.float32]]
    countries: dict[str, NDArray[np.float32]]
    iso3: tuple[str, ...]
    applications: tuple[str, ...] = ()
    country_years: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    fifths: dict[str, NDArray[np.float32]] = field(default_factory=dict)


def collect(m: AdoptionModel) -> BlockResult:
    """Everything kept of a model that has run; FloatingPointError if a world left its bounds, naming the outcome."""
    r, width, end = m.recorder, m.worlds_count, m.question.end_year
    scalars: dict[str, Array] = {}
    for suffix in (".mean", f"@{end}"):
        for name in r.now:
            if name in r.asked and name + suffix not in m.question.outcomes:
                continue
            value = r.sums[name] / r.count if suffix == ".mean" else r.now[name]
            scalars[name + suffix] = np.array(np.broadcast_to(value, (width,)))
    missing = (*r.measures, *r.by_group.empty)  # may be undefined: told as missing
    if not {"LIC", "HIC"} <= set(m.inputs.income):  # a user's own countries
        missing += OF_INCOME_GROUPS
    undefined = {name + suffix for name in missing for suffix in (".mean", f"@{end}")}
    bad = [name for name, value in scalars.items() if name not in undefined and not np.isfinite(value).all()]
    if bad:
        world = int(np.flatnonzero(~np.isfinite(scalars[bad[0]]))[0])
        raise FloatingPointError(f"world {m.world_numbers[world]} left its bounds: {bad[0]} is not a number")
    told = {n: m.drawn[n] for n in m.varied} | dict(m.factors.strengths)
    return BlockResult(
        worlds=tuple(m.world_numbers),
        parameters={n: np.array(np.broadcast_to(v, (width,))) for n, v in told.items()},
        scalars=scalars,
        years=tuple(r.years),
        groups=r.groups,
        series={n: np.stack(v, axis=1).astype(np.float32) for n, v in r.series.items()},
        countries={n: np.array(v, dtype=np.float32) for n, v in r.by_country.items()},
        iso3=m.inputs.iso3,
        applications=m.application_ids,
        country_years={n: v[:, : len(r.years)] for n, v in r.country_years.items()},
        fifths={n: v[:, : len(r.years)] for n, v in r.by_fifth.items()},
    )


def bytes_per_world(scenario: Scenario) -> dict[str, int]:
    """Bytes of one world's results by how much is kept, without running it. Factors of a design come on top, 8 each."""
    countries = load_countries(scenario.countries, scenario.start_year)
    applications = load_applications(scenario.applications)
    years = -(-scenario.quarters // QUARTERS_A_YEAR)
    single, double = np.dtype(np.float32).itemsize, np.dtype(np.float64).itemsize
    varied = sum(is_varied(p, scenario) for p in parameters_of(scenario).values())
    in_series = named(scenario.outcomes, (*WHERE_LISTED, *FLOWS))
    listed = sum(bool(named((name,), WHERE_LISTED)) for name in set(scenario.outcomes))
    by_country = len(countries) * (len(COUNTRY_VALUES) + len(APPLICATION_VALUES) * len(applications)) * single
    of_groups = years * len(groups_of(countries)) * (len(SERIES) + len(in_series)) * single
    of_fifths = years * len(applications) * len(QUINTILES) * len(countries) * len(BY_FIFTH) * single
    parts = (varied + 2 * len(UNITS) + listed) * double, of_groups + by_country, years * by_country, of_fifths
    return {keep: sum(parts[: i + 1]) for i, keep in enumerate(KEEP)}
