"""Rules that generate the actors no table lists: distributors, training programmes, hubs; and pairs that may matter.

Nothing here is random: a rule of size and place decides, so that the same countries give the same actors. Numbers come
from the ``gen.*`` rows of the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import CADRES, REGIONS

Array = NDArray[np.float64]
Index = NDArray[np.int64]
EARTH_KM = 6371.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows of a relation: ``source`` and ``target`` row numbers, and any columns that go with them."""

    source: Index
    target: Index
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False)
class Traders:
    """Distributors and the markets they may serve."""

    name: tuple[str, ...]
    home: Index
    size: Array
    contracts: Pairs  # columns: exclusive


@dataclass(frozen=True, eq=False)
class Schools:
    """Training programmes and whom they take."""

    name: tuple[str, ...]
    host: Index
    cadre: Index
    weight: Array  # share of all seats of the cadre
    places: Pairs  # columns: share, home


@dataclass(frozen=True, eq=False)
class Hubs:
    """Regional hubs and who may send to them."""

    name: tuple[str, ...]
    host: Index
    referrals: Pairs  # columns: distance (1000 km)


def distances(countries: Countries) -> Array:
    """Great-circle distances between countries in 1000 km, (rows, rows)."""
    lat = np.radians(countries.values["latitude"])
    lon = np.radians(countries.values["longitude"])
    a = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM / 1000 * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def nearest(apart: Array, among: NDArray[np.bool_], count: int) -> list[int]:
    """Rows of the ``count`` nearest among those allowed; ties by row."""
    order = np.lexsort((np.arange(len(apart)), apart))
    return [int(i) for i in order if among[i]][:count]


def neighbours(countries: Countries, count: int) -> Index:
    """The ``count`` nearest members of each country's own WHO region, (rows, count); -1 where there are fewer."""
    apart, region = distances(countries), np.array(countries.region)
    out = np.full((len(countries), count), -1, dtype=np.int64)
    for i in range(len(countries)):
        among = region == region[i]
        among[i] = False
        found = nearest(apart[i], among, count)
        out[i, : len(found)] = found
    return out


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
    market. Within a region homes go to the largest markets; sizes follow a rank-size rule. Each market may be served by
    those at home and the largest of the region; the largest of them is the exclusive agent for single-source goods.
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
    homes_of, sizes = np.array(home, dtype=np.int64), np.array(size)
    source, target, exclusive = [], [], []
    for c in range(len(countries)):
        local = region[homes_of] == region[c]
        score = sizes + 10.0 * (homes_of == c)
        chosen = [int(i) for i in np.lexsort((np.arange(len(sizes)), -score)) if local[i]][:candidates]
        for place, d in enumerate(chosen):
            source.append(d)
            target.append(c)
            exclusive.append(float(place == 0))
    pairs = Pairs(
        np.array(source, dtype=np.int64), np.array(target, dtype=np.int64), {"exclusive": np.array(exclusive)}
    )
    return Traders(tuple(names), homes_of, sizes / sizes.mean(), pairs)


def generate_programmes(
    countries: Countries, staff: Mapping[str, Array], totals: Mapping[str, int], abroad: float
) -> Schools:
    """Training programmes by cadre: hosts in proportion to the square root of the cadre's stock at the start.

    Every country has a place: at home where it hosts a programme, else at the two nearest of its region and the nearest
    anywhere. A share ``abroad`` of a programme's seats goes to countries without one of their own, by population.
    """
    apart, region = distances(countries), np.array(countries.region)
    people = countries.values["population"]
    name: list[str] = []
    host: list[int] = []
    cadre: list[int] = []
    weight: list[float] = []
    source: list[int] = []
    target: list[int] = []
    share: list[float] = []
    home: list[float] = []
    for c, cadre_name in enumerate(CADRES):
        if not totals.get(cadre_name):
            continue
        number = apportion(np.sqrt(staff[cadre_name]), totals[cadre_name])
        first = {int(i): len(name) + int(number[:i].sum()) for i in np.flatnonzero(number)}
        stock = staff[cadre_name] * (number > 0)
        for i in np.flatnonzero(number):
            for k in range(number[i]):
                name.append(f"{cadre_name.capitalize()} programme {countries.iso3[i]} {k + 1}")
                host.append(int(i))
                cadre.append(c)
                weight.append(float(stock[i] / stock.sum() / number[i]))
        guests: dict[int, list[int]] = {p: [] for p in first.values()}
        for i in np.flatnonzero(number == 0):
            near = nearest(apart[i], (number > 0) & (region == region[i]), 2) + nearest(apart[i], number > 0, 1)
            for j in dict.fromkeys(near):
                guests[first[j]].append(int(i))
        for i in np.flatnonzero(number):
            for p in range(first[int(i)], first[int(i)] + int(number[i])):
                taken = guests.get(p, [])
                source += [p] * (1 + len(taken))
                target += [int(i), *taken]
                home += [1.0] + [0.0] * len(taken)
                crowd = people[taken].sum() if taken else 1.0
                share += [1.0 - abroad * bool(taken), *(abroad * people[t] / crowd for t in taken)]
    pairs = Pairs(
        np.array(source, dtype=np.int64),
        np.array(target, dtype=np.int64),
        {"share": np.array(share), "home": np.array(home)},
    )
    return Schools(
        tuple(name), np.array(host, dtype=np.int64), np.array(cadre, dtype=np.int64), np.array(weight), pairs
    )


def generate_hubs(countries: Countries, per_region: int, apart_km: float) -> Hubs:
    """A few hubs per region, in the largest health systems with working institutions, well apart from each other.

    Each country may send to all hubs of its region and to the nearest elsewhere; a host does not send to itself.
    """
    region, apart = np.array(countries.region), distances(countries)
    effectiveness = countries.values["gov_effectiveness"]
    strength = countries.values["gov_health_pc_usd"] * countries.values["population"] * np.exp(effectiveness)
    hosts: list[int] = []
    for r in dict.fromkeys([*REGIONS, *countries.region]):
        mine: list[int] = []
        rows = [int(i) for i in np.lexsort((np.arange(len(countries)), -strength)) if region[i] == r]
        for i in rows:
            if len(mine) < per_region and all(apart[i, j] * 1000 >= apart_km for j in mine):
                mine.append(i)
        hosts += mine
    host = np.array(hosts, dtype=np.int64)
    source, target, away = [], [], []
    for c in range(len(countries)):
        order = sorted((h for h in range(len(host)) if host[h] != c), key=lambda h: (apart[c, host[h]], h))
        inside = [h for h in order if region[host[h]] == region[c]]
        outside = [h for h in order if region[host[h]] != region[c]][:1]
        for h in inside + outside:
            source.append(h)
            target.append(c)
            away.append(float(apart[c, host[h]]))
    names = tuple(f"Hub {region[h]} {countries.iso3[h]}" for h in hosts)
    return Hubs(
        names,
        host,
        Pairs(np.array(source, dtype=np.int64), np.array(target, dtype=np.int64), {"distance": np.array(away)}),
    )
