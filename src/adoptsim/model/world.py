"""What a block of worlds is made of: parameter values, actors' columns and pairs, before the start state is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from adoptsim.inputs.applications import TRAITS, Application
from adoptsim.inputs.countries import Countries
from adoptsim.inputs.generate import generate_distributors, generate_hubs, generate_programmes
from adoptsim.inputs.levers import Lever
from adoptsim.inputs.names import ANCESTRIES, CADRES, PLATFORMS, PURPOSES
from adoptsim.inputs.own_tables import OwnTables
from adoptsim.inputs.pairs import Distances, Pairs, agreements, contracts, grants, neighbours, places, referrals
from adoptsim.inputs.parameters import Parameter, load_registry
from adoptsim.inputs.roster import (
    KINDS,
    Funders,
    Hubs,
    Index,
    Makers,
    Roster,
    Schools,
    Traders,
    packaged_funders,
    packaged_makers,
)
from adoptsim.model.columns import Array
from adoptsim.model.couplings import everyone
from adoptsim.model.draws import Places
from adoptsim.model.equations import QUARTERS, side_by_side
from adoptsim.model.scenario import Scenario

STACKS = {
    "money.purpose_share": PURPOSES,
    "work.routine_entry": CADRES,
    "equip.price": PLATFORMS,
    "data.vus_gap": ANCESTRIES,
    "data.missed": ANCESTRIES,
    "data.genome_share": ANCESTRIES,
}


def all_parameters(
    applications: Sequence[Application],
    levers: Iterable[Lever] = (),
    own: Mapping[str, Parameter] = MappingProxyType({}),
) -> dict[str, Parameter]:
    """Registry, those of a user's own model, what levers write out, and application traits, by name: everything that
    can be varied or fixed.
    """
    found = {**load_registry(), **own}
    for lever in levers:
        found.update(lever.parameters)
    for application in applications:
        found.update({trait.name: trait for trait in application.traits.values()})
    return found


def is_varied(parameter: Parameter, scenario: Scenario) -> bool:
    """Whether a parameter differs between worlds: not fixed by the scenario, by nature or by central values."""
    fixed = parameter.distribution == "fixed" or parameter.low == parameter.high
    return not (fixed or scenario.uncertainty == "central" or parameter.name in scenario.parameters)


def draw_parameters(
    parameters: Mapping[str, Parameter],
    worlds: Sequence[int],
    seed: int,
    scenario: Scenario,
    factors: Mapping[str, Array] = MappingProxyType({}),
) -> dict[str, Array]:
    """Values by name, (worlds,) each; keyed by name, so that one parameter more moves no other.

    Those of ``factors`` are given instead. What the scenario fixes, or ``uncertainty: central``, has length 1.
    """
    places = Places(worlds)
    out: dict[str, Array] = {}
    for name, parameter in parameters.items():
        if name in factors:
            out[name] = factors[name]
        elif not is_varied(parameter, scenario):
            out[name] = np.array([float(scenario.parameters.get(name, parameter.central))])
        else:
            out[name] = parameter.quantile(places.uniforms(seed, "parameter", name))
    return out


def as_columns(values: Mapping[str, Array], applications: Sequence[Application]) -> dict[str, Array]:
    """Parameter values as rank-4 arrays; traits stacked over applications as ``app.<trait>``."""
    out = {name: np.asarray(v, dtype=float).reshape(-1, 1, 1, 1) for name, v in values.items()}
    for stack, names in STACKS.items():
        out[stack] = side_by_side([out[f"{stack}.{n}"] for n in names], axis=2)
    for trait in TRAITS:
        out[f"app.{trait}"] = side_by_side([out[f"{a.id}.{trait}"] for a in applications], axis=1)
    rate = side_by_side([out[f"{a.id}.eligible_rate"] for a in applications], axis=1)
    for driver in ("per_birth", "per_person", "per_adult"):
        out[f"app.{driver}"] = rate * _flags([a.eligible_of == driver for a in applications])
    out["app.vehicle"] = _flags([a.vehicle for a in applications])
    out["app.once"] = _flags([a.once for a in applications])
    once = [a.once for a in applications]
    years = np.array([a.backlog_years or 1.0 for a in applications])
    out["app.backlog_years"] = _flags(years * once)
    out["app.still_counts"] = _flags((1.0 - 1.0 / (years * QUARTERS)) * once)  # the tested leave as the eligible do
    out["app.per_test_a_year"] = _flags([0.0 if o else QUARTERS for o in once])
    out["app.per_tested"] = _flags(once / years)
    for source in ("single", "multi"):
        out[f"app.{source}_source"] = _flags([a.source == source for a in applications])
    out["app.vus_weight"] = _flags([a.ancestry == "vus" for a in applications])
    out["app.detection_weight"] = _flags([a.ancestry == "detection" for a in applications])
    out["app.reference_value"] = _flags([a.platform == "sequencer" for a in applications])
    platforms = np.array([[a.platform == p for p in PLATFORMS] for a in applications], dtype=float)
    out["app.uses_platform"] = platforms[None, :, :, None]
    out["app.hours"] = out["app.platform_hours"] * np.asarray(platforms.any(axis=1))[None, :, None, None]
    minutes = np.array([a.minutes_per_test for a in applications])[None, :, :, None]
    positive = np.array([a.minutes_per_positive for a in applications])[None, :, :, None]
    out["app.minutes_per_test"], out["app.minutes_per_positive"] = minutes, positive
    out["app.uses_cadre"] = (minutes + positive > 0) * 1.0
    out["app.laboratory_minutes"] = minutes[:, :, :2].sum(axis=2, keepdims=True)
    return out


def _flags(values: Any) -> Array:
    return np.array(values, dtype=float).reshape(1, -1, 1, 1)


@dataclass(frozen=True, eq=False)
class Cast:
    """Who is on stage, and which pairs may matter: the same in all worlds and scenarios that use the same tables."""

    traders: Traders
    makers: Makers
    funders: Funders
    schools: Schools
    hubs: Hubs
    agreements: Pairs
    contracts: Pairs
    grants: Pairs
    places: Pairs
    referrals: Pairs
    neighbours: Index


def cast_for(countries: Countries, own: OwnTables | None = None) -> Cast:
    """Everybody besides the countries: a user's own tables first, else what ships or the rules generate."""
    if own is None or all(getattr(own, kind) is None for kind in KINDS):
        return _packaged_cast(countries)
    apart = Distances(countries)
    usual = _roster(countries, apart)
    return _paired(countries, apart, Roster(*(getattr(own, kind) or getattr(usual, kind) for kind in KINDS)))


@lru_cache(maxsize=4)
def _packaged_cast(countries: Countries) -> Cast:
    apart = Distances(countries)
    return _paired(countries, apart, _roster(countries, apart))


def _roster(countries: Countries, apart: Distances) -> Roster:
    """The packaged makers and funders; distributors, programmes and hubs by the rules of ``inputs.generate``."""
    number = {name: p.central for name, p in load_registry().items()}
    v = countries.values
    market = v["health_exp_pc_usd"] * v["population"] * number["dist.lab_goods_share"]
    staff = start_staff(v, {k: np.array(x) for k, x in number.items()})
    totals = {
        "genetics": int(number["gen.counselling_programmes"]),
        "laboratory": int(number["gen.other_programmes"]),
        "bioinformatics": int(number["gen.other_programmes"]),
    }
    scale = len(countries) / 194 if len(countries) < 194 else 1.0  # a part of the world needs a part of the actors
    totals = {k: max(1, round(n * scale)) for k, n in totals.items()}
    distributors = max(1, round(number["gen.distributors"] * scale))
    return Roster(
        generate_distributors(countries, market, distributors, int(number["gen.market_candidates"])),
        packaged_makers(),
        packaged_funders(),
        generate_programmes(countries, staff, totals),
        generate_hubs(countries, apart, int(number["gen.hubs_per_region"]), number["gen.hub_distance"]),
    )


def _paired(countries: Countries, apart: Distances, who: Roster) -> Cast:
    """The roster with the pairs that may matter, by the rules of ``inputs.pairs``."""
    number = {name: p.central for name, p in load_registry().items()}
    return Cast(
        who.distributors,
        who.manufacturers,
        who.funders,
        who.programmes,
        who.hubs,
        agreements=agreements(countries, who.manufacturers),
        contracts=contracts(countries, who.distributors, int(number["gen.market_candidates"])),
        grants=grants(countries, who.funders),
        places=places(countries, apart, who.programmes, number["gen.foreign_seats"]),
        referrals=referrals(countries, apart, who.hubs),
        neighbours=neighbours(countries, apart, int(number["gen.neighbours"])),
    )


def start_staff(v: Mapping[str, Array], par: Mapping[str, Array]) -> dict[str, Array]:
    """Persons by cadre at the start; country values and parameters broadcast, rows on the last axis.

    Counsellors: a world total spread by population and a power of GDP per head. Laboratory and general staff follow
    physicians; bioinformatics staff follow researchers (documented estimates).
    """
    physicians = v["physicians_per_1000"] / 1000 * v["population"]
    researchers = v["researchers_per_million"] / 1e6 * v["population"]
    weight = v["population"] * (v["gdp_pc_usd"] / 1e4) ** par["work.counsellor_income_elasticity"]
    whole = everyone(weight) if weight.ndim > 1 else weight.sum()
    return {
        "laboratory": physicians * par["work.laboratory_per_physician"] * par["work.genomics_share_laboratory"],
        "bioinformatics": researchers * par["work.genomics_share_researchers"],
        "genetics": par["work.counsellors_2025"] * weight / whole,
        "general": physicians * par["work.general_per_physician"],
    }
