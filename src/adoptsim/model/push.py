"""Push: one use of a lever, investment or shock in a block of worlds, as a change of named quantities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from adoptsim.inputs.countries import Countries
from adoptsim.model.columns import Array, Quantity
from adoptsim.model.scenario import Investment, LeverUse, ShockUse


@dataclass(frozen=True)
class Course:
    """The course in time of one of the three things that an investment decides."""

    investment: Investment
    quantity: str

    def share(self, year: float) -> float:
        """How much of its quantity an investment sets in the quarter that ends at ``year``."""
        outside, domestic = self.investment.paid(year)
        decided = float(self.investment.in_force(year))
        return {"decided": decided, "paid_outside": outside, "paid_domestic": domestic}[self.quantity]


INVESTED = ("decided", "paid_outside", "paid_domestic")
Use = LeverUse | ShockUse | Investment


@dataclass(frozen=True, eq=False)
class Push:
    """A quantity changes by the change at full strength, as far as strength x share in force x aim goes.

    ``changes`` by quantity and ``strength`` are (world or 1, 1, 1, 1), ``aim`` is (1, application, 1, country) of 0 and
    1, ``cost`` US$ a year at full strength by country.
    """

    use: LeverUse | ShockUse | Course
    changes: Mapping[str, Array]
    strength: Array
    aim: Array
    cost: Array

    @property
    def active(self) -> bool:
        """Whether it pushes anything anywhere while it is in force."""
        return bool(self.strength.any() and self.aim.any())

    def onto(self, now: Array, name: str, quantity: Quantity, share: float, rows: Any) -> Array:
        """The quantity with this push, on the given country of each row (None = its own)."""
        aim = self.aim if "application" in quantity.axes else self.aim.max(axis=1, keepdims=True)
        strength = self.strength * share * (aim if rows is None else aim[..., rows])
        if quantity.combine == "power":
            return np.asarray(now * self.changes[name] ** strength)
        change = self.changes[name] * strength
        return now * (1.0 + change) if quantity.combine == "scale" else now + change


def invest(use: Investment, countries: Countries, applications: tuple[str, ...]) -> list[Push]:
    """An investment as pushes, one for each quantity that it sets."""
    one, where = np.ones((1, 1, 1, 1)), aim(use, countries, applications)
    return [Push(Course(use, name), {name: one}, one, where, 0.0 * one) for name in INVESTED]


def aim(use: Use, countries: Countries, applications: tuple[str, ...]) -> Array:
    """1 where a use aims, (1, application, 1, country)."""

    def one(values: tuple[str, ...], chosen: tuple[str, ...]) -> Any:
        return np.isin(values, chosen) if chosen else np.ones(len(values), dtype=bool)

    who = one(countries.region, use.regions) & one(countries.income, use.incomes) & one(countries.iso3, use.countries)
    what = one(applications, use.applications)
    return np.asarray((what[:, None, None] & who)[None], dtype=float)
