"""Rules that generate the actors no table lists: distributors, training programmes, hubs.

Nothing here is random: a rule of size and place decides, so that the same countries give the same actors. Numbers come
from the ``gen.*`` rows of the registry. Which pairs may matter is decided in ``pairs``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import CADRES, REGIONS
from adoptsim.inputs.pairs import Distances
from adoptsim.inputs.roster import Array, Hubs, Index, Schools, Traders

__all__ = ["apportion", "generate_distributors", "generate_hubs", "generate_programmes"]


def apportion(weight: Array, seats: int) -> Index:
    """Whole seats in proportion to weight, by largest remainder (Hamilton); ties by row."""
    if not weight.sum() > 0 or seats <= 0:
        return np.zeros(len(weight), dtype=np.int64)
    exact = weight / weight.sum() * seats
    got: Index = np.floor(exact).astype(np.int64)
    order = np.lexsort((np.arange(len(weight)), -(exact - got)))
    got[order[: seats - int(got.sum())]] += 1
    return got


def generate_distributors(countries: Countries, market: Array, total: int, candidates: int) -> Traders:
    """About ``total`` distributors, by region and market size.

    Regions get numbers in proportion to the square root of their laboratory market, at least as many as candidates per
    market. Within a region homes go to the largest markets; sizes follow a rank-size rule.
    """
    region = np.array(countries.region)
    present = [r for r in REGIONS if (region == r).any()] or sorted(set(region))
    weight = np.array([np.sqrt(market[region == r].sum()) for r in present])
    counts = np.maximum(apportion(weight, total), candidates)
    names, home, size = [], [], []
    for r, n in zip(present, counts, strict=True):
        rows = np.flatnonzero(region == r)
        seats = apportion(np.sqrt(market[rows]), int(n))
        homes = np.repeat(rows, seats)
        for rank, h in enumerate(sorted(homes, key=lambda i: (-market[i], i)), start=1):
            names.append(f"Distributor {r} {rank}")
            home.append(int(h))
            size.append(1.0 / rank**0.5)
    sizes = np.array(size)
    return Traders(tuple(names), np.array(home, dtype=np.int64), sizes / sizes.mean())


def generate_programmes(countries: Countries, staff: Mapping[str, Array], totals: Mapping[str, int]) -> Schools:
    """Training programmes by cadre: hosts in proportion to the square root of the cadre's stock at the start.

    A host's share of the cadre's seats is its share of the hosts' stock, divided equally over its programmes.
    """
    name: list[str] = []
    host: list[int] = []
    cadre: list[int] = []
    weight: list[float] = []
    for c, cadre_name in enumerate(CADRES):
        if not totals.get(cadre_name):
            continue
        number = apportion(np.sqrt(staff[cadre_name]), totals[cadre_name])
        stock = staff[cadre_name] * (number > 0)
        for i in np.flatnonzero(number):
            for k in range(number[i]):
                name.append(f"{cadre_name.capitalize()} programme {countries.iso3[i]} {k + 1}")
                host.append(int(i))
                cadre.append(c)
                weight.append(float(stock[i] / stock.sum() / number[i]))
    return Schools(tuple(name), np.array(host, dtype=np.int64), np.array(cadre, dtype=np.int64), np.array(weight))


def generate_hubs(countries: Countries, apart: Distances, per_region: int, apart_km: float) -> Hubs:
    """A few hubs per region, in the largest health systems with working institutions, well apart from each other."""
    region = np.array(countries.region)
    effectiveness = countries.values["gov_effectiveness"]
    strength = countries.values["gov_health_pc_usd"] * countries.values["population"] * np.exp(effectiveness)
    order = np.lexsort((np.arange(len(countries)), -strength))
    hosts: list[int] = []
    for r in dict.fromkeys([*REGIONS, *countries.region]):
        mine: list[int] = []
        for i in order[region[order] == r]:
            if len(mine) < per_region and bool((apart[i, mine] * 1000 >= apart_km).all()):
                mine.append(int(i))
        hosts += mine
    return Hubs(tuple(f"Hub {region[h]} {countries.iso3[h]}" for h in hosts), np.array(hosts, dtype=np.int64))
