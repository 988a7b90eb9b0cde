"""Which pairs may matter: one rule each for contracts, grants, places and referrals, whoever the members are.

Nothing here is random: place, size and population decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import CADRES
from adoptsim.inputs.roster import Array, Funders, Hubs, Index, Makers, Schools, Traders

__all__ = ["Distances", "Pairs", "contracts", "grants", "nearest", "neighbours", "places", "referrals"]

EARTH_KM = 6371.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows of a relation: ``source`` and ``target`` row numbers, and any columns that go with them."""

    source: Index
    target: Index
    columns: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.source)


class Distances:
    """Great-circle distances between countries in 1000 km: ``apart[rows, others]``, worked out where asked for.

    A table of all pairs would need memory by the square of their number.
    """

    def __init__(self, countries: Countries) -> None:
        self.lat = np.radians(countries.values["latitude"])
        self.lon = np.radians(countries.values["longitude"])
        self.cos = np.cos(self.lat)

    def __getitem__(self, pair: tuple[Any, Any]) -> Array:
        i, j = pair
        lat, lon = self.lat, self.lon
        a = np.sin((lat[i] - lat[j]) / 2) ** 2 + self.cos[i] * self.cos[j] * np.sin((lon[i] - lon[j]) / 2) ** 2
        return np.asarray(2 * EARTH_KM / 1000 * np.arcsin(np.sqrt(np.clip(a, 0, 1))))


def nearest(apart: Distances, row: int, among: NDArray[np.bool_], count: int) -> Index:
    """The ``count`` rows nearest to a row among those allowed; ties by row."""
    rows = np.flatnonzero(among)
    return rows[np.argsort(apart[row, rows], kind="stable")[:count]]


def neighbours(countries: Countries, apart: Distances, count: int) -> Index:
    """The ``count`` nearest members of each country's own WHO region, (rows, count); -1 where there are fewer."""
    region = np.array(countries.region)
    out = np.full((len(countries), count), -1, dtype=np.int64)
    for i in range(len(countries)):
        among = region == region[i]
        among[i] = False
        found = nearest(apart, i, among, count)
        out[i, : len(found)] = found
    return out


def agreements(countries: Countries, makers: Makers) -> Pairs:
    """Every maker may sign with every country. No columns."""
    n, k = len(countries), len(makers.name)
    return Pairs(np.repeat(np.arange(k), n), np.tile(np.arange(n), k), {})


def contracts(countries: Countries, traders: Traders, candidates: int) -> Pairs:
    """Each market may be served by the distributors at home, then the largest of its region. Column: exclusive.

    The first of them is the exclusive agent for single-source goods. A market in whose region no distributor has its
    home has no contracts: it imports by itself.
    """
    region = np.array(countries.region)
    seats = region[traders.home]
    found = []
    for c in range(len(countries)):
        local = np.flatnonzero(seats == region[c])
        found.append(local[np.lexsort((-traders.size[local], traders.home[local] != c))[:candidates]])
    counts = np.array([len(rows) for rows in found])
    first = np.cumsum(counts) - counts
    exclusive = np.zeros(counts.sum())
    exclusive[first[counts > 0]] = 1.0
    return Pairs(np.concatenate(found), np.repeat(np.arange(len(countries)), counts), {"exclusive": exclusive})


def grants(countries: Countries, funders: Funders) -> Pairs:
    """Each funder may give to every country of its regions. No columns."""
    of_region = {r: [f for f, own in enumerate(funders.regions) if r in own] for r in set(countries.region)}
    rows = [(f, c) for c, region in enumerate(countries.region) for f in of_region[region]]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1], {})


def places(countries: Countries, apart: Distances, schools: Schools, abroad: float) -> Pairs:
    """Every country has a place in each cadre that is taught anywhere. Columns: share, home.

    At home where it hosts a programme, else in the first programme of the two nearest hosts of its region and of the
    nearest anywhere. A share ``abroad`` of a programme's seats goes to countries without one of their own, by
    population.
    """
    region, people = np.array(countries.region), countries.values["population"]
    guests: list[list[int]] = [[] for _ in schools.name]
    for cadre in range(len(CADRES)):
        mine = np.flatnonzero(schools.cadre == cadre)
        hosts = np.zeros(len(countries), dtype=bool)
        hosts[schools.host[mine]] = True
        first = {int(schools.host[p]): int(p) for p in mine[::-1]}
        for i in np.flatnonzero(~hosts) if len(mine) else ():
            inside = hosts & (region == region[i])
            near = [*nearest(apart, int(i), inside, 2), *nearest(apart, int(i), hosts, 1)]
            for j in dict.fromkeys(near):
                guests[first[int(j)]].append(int(i))
    target, share = [], []
    for host, taken in zip(schools.host, guests, strict=True):
        target += [int(host), *taken]
        crowd = people[taken].sum() if taken else 1.0
        share += [1.0 - abroad * bool(taken), *(abroad * people[t] / crowd for t in taken)]
    counts = np.array([1 + len(taken) for taken in guests])
    home = np.zeros(counts.sum())
    home[np.cumsum(counts) - counts] = 1.0
    columns = {"share": np.array(share), "home": home}
    return Pairs(np.repeat(np.arange(len(counts)), counts), np.array(target, dtype=np.int64), columns)


def referrals(countries: Countries, apart: Distances, hubs: Hubs) -> Pairs:
    """Each country may send to the hubs of its region and to the nearest elsewhere. Column: distance (1000 km).

    A host does not send to itself.
    """
    region = np.array(countries.region)
    found = []
    for c in range(len(countries)):
        order = np.argsort(apart[c, hubs.host], kind="stable")
        order = order[hubs.host[order] != c]
        inside = region[hubs.host[order]] == region[c]
        found.append(np.concatenate([order[inside], order[~inside][:1]]))
    source = np.concatenate(found)
    target = np.repeat(np.arange(len(countries)), [len(rows) for rows in found])
    return Pairs(source, target, {"distance": apart[target, hubs.host[source]]})
