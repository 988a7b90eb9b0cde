"""Who there is besides countries: distributors, manufacturers, funders, training programmes, hubs.

A roster comes from a packaged table, a rule (``generate``) or a user's table (``own_tables``); which of its members may
matter to which country is decided in one place for all three (``pairs``). Rows refer to countries by position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.names import PURPOSES
from adoptsim.inputs.tables import read_table

__all__ = ["KINDS", "TRAINED", "Array", "Funders", "Hubs", "Index", "Makers", "Roster", "Schools", "Traders"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
KINDS = ("distributors", "manufacturers", "funders", "programmes", "hubs")
TRAINED = ("laboratory", "bioinformatics", "genetics")  # cadres with programmes; general staff leave ordinary schools


@dataclass(frozen=True, eq=False)
class Traders:
    """Distributors."""

    name: tuple[str, ...]
    home: Index
    size: Array  # mean 1


@dataclass(frozen=True, eq=False)
class Makers:
    """Manufacturers, each of one platform."""

    name: tuple[str, ...]
    platform: tuple[str, ...]
    source: tuple[str, ...]
    share: Array  # weight among the makers that serve the same application


@dataclass(frozen=True, eq=False)
class Funders:
    """Donors."""

    name: tuple[str, ...]
    regions: tuple[tuple[str, ...], ...]
    budget_share: Array  # adds up to 1
    purpose_share: Array  # (purpose, funder), adds up to 1 over purposes
    supports: tuple[tuple[str, ...], ...]  # ids of applications


@dataclass(frozen=True, eq=False)
class Schools:
    """Training programmes."""

    name: tuple[str, ...]
    host: Index
    cadre: Index
    weight: Array  # share of all seats of the cadre


@dataclass(frozen=True, eq=False)
class Hubs:
    """Regional hubs."""

    name: tuple[str, ...]
    host: Index


@dataclass(frozen=True, eq=False)
class Roster:
    """Everybody who is not a country."""

    distributors: Traders
    manufacturers: Makers
    funders: Funders
    programmes: Schools
    hubs: Hubs


def makers_of(rows: tuple[Mapping[str, str], ...]) -> Makers:
    """Manufacturers from the text of a table."""
    name, platform, source = (tuple(row[field] for row in rows) for field in ("name", "platform", "source"))
    return Makers(name, platform, source, np.array([float(row["share"]) for row in rows]))


def funders_of(rows: tuple[Mapping[str, str], ...]) -> Funders:
    """Funders from the text of a table; budget shares and purposes are made to add up to 1."""
    budget = np.array([float(row["budget_share"]) for row in rows])
    purposes = np.array([[float(row[purpose]) for row in rows] for purpose in PURPOSES])
    return Funders(
        tuple(row["name"] for row in rows),
        tuple(tuple(row["regions"].split()) for row in rows),
        budget / budget.sum(),
        adding_to_one(purposes),
        tuple(tuple(row.get("supports", "").split()) for row in rows),
    )


def packaged_makers() -> Makers:
    """The manufacturers that ship."""
    return makers_of(read_table("manufacturers"))


def packaged_funders() -> Funders:
    """The funders that ship."""
    return funders_of(read_table("funders"))


def adding_to_one(shares: Array) -> Array:
    """Shares divided by their sum along the first axis, left as they are where it is 1 already but for rounding."""
    whole = shares.sum(axis=0)
    return np.asarray(shares / np.where(np.abs(whole - 1.0) > 1e-9, whole, 1.0))
