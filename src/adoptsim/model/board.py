"""Board: all that pushes on the quantities of a scenario in a block of worlds: levers, investments, shocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from adoptsim.inputs.countries import Countries
from adoptsim.inputs.names import CADRES
from adoptsim.model.actors.capacity import GENERAL
from adoptsim.model.columns import Array, Parameters, Quantity, Rows
from adoptsim.model.couplings import everyone
from adoptsim.model.equations import QUARTERS
from adoptsim.model.factors import BUDGET, Factors
from adoptsim.model.levers import Lever, lever_of, levers_of
from adoptsim.model.push import Push, aim, invest
from adoptsim.model.quantities import PLAIN, Extension
from adoptsim.model.scenario import Investment, LeverUse, Scenario, ShockUse
from adoptsim.model.shocks import SHOCKS
from adoptsim.model.world import start_staff


class Board:
    """Writes the quantities that levers, investments and shocks change, and adds up what levers cost.

    ``unabsorbed`` is (world or 1, 1, 1, 1): US$ a year of lever budgets beyond full strength, as far as the quarter
    offers them. ``jolt`` is true in the quarters in which a shock that strikes anything begins or ends: what is else
    settled once a year is then settled anew. ``moved`` names the quantities that anything has pushed so far: what
    serves levers alone costs nothing before.
    """

    def __init__(
        self,
        scenario: Scenario,
        countries: Countries,
        applications: tuple[str, ...],
        par: Parameters,
        factors: Factors | None = None,
        extension: Extension = PLAIN,
    ) -> None:
        self.quantities = extension.quantities
        self.start_year = scenario.start_year
        self.unabsorbed: Array = np.zeros((1, 1, 1, 1))
        self.beyond: list[
            tuple[list[LeverUse], Array]
        ] = []  # uses that share a budget, and what is beyond full strength
        factors = factors or Factors()
        levers = levers_of(scenario, extension)
        uses = _lever_uses(scenario, factors, levers)
        levers |= {use.lever: lever_of(use.lever) for use in uses if use.lever not in levers}
        aims = [aim(use, countries, applications) for use in uses]
        costs = [_cost(levers[use.lever], where, countries, par) for use, where in zip(uses, aims, strict=True)]
        names = [levers[use.lever].name for use in uses]
        given = self._given(factors, uses, names, costs)
        self.levers = [
            Push(
                use,
                {quantity: par[name] for quantity, name in levers[use.lever].acts.items()},
                given[name] if name in given else self._own(use, cost),
                where,
                cost,
            )
            for use, name, where, cost in zip(uses, names, aims, costs, strict=True)
        ]
        shocks = [
            _shock(use, aim(use, countries, applications)) for use in sorted(scenario.shocks, key=ShockUse.canonical)
        ]
        invested = sorted(scenario.investments, key=Investment.canonical)
        investments = [push for use in invested for push in invest(use, countries, applications)]
        self.pushes = [*self.levers, *investments, *shocks]
        self.named = sorted({quantity for push in self.pushes for quantity in push.changes})
        self.moved: set[str] = set()
        self.written: tuple[float, ...] | None = None
        self.strikes = [push for push in shocks if push.active]
        self.shaken, self.jolt = (0.0,) * len(self.strikes), False

    def _given(self, factors: Factors, uses: list[LeverUse], names: list[str], costs: list[Array]) -> dict[str, Array]:
        """Strengths of levers that are factors; all uses of a lever share its budget at one intensity."""
        found = {}
        for name, values in factors.strengths.items():
            lever, strength = name.removesuffix(BUDGET), values.reshape(-1, 1, 1, 1)
            if name != lever:
                whole = np.zeros(())
                for of, cost in zip(names, costs, strict=True):
                    whole = whole + everyone(cost) * (of == lever)
                mine = [use for of, use in zip(names, uses, strict=True) if of == lever]
                strength = self._bought(strength, whole, mine)
            found[lever] = strength
        return found

    def _own(self, use: LeverUse, cost: Array) -> Array:
        """Strength of a use as the scenario states it."""
        if use.budget is None:
            return np.full((1, 1, 1, 1), float(use.intensity or 0.0))
        return self._bought(np.full((1, 1, 1, 1), use.budget), everyone(cost), [use])

    def _bought(self, budget: Array, whole: Array, uses: list[LeverUse]) -> Array:
        """Intensity that a yearly budget buys where full strength costs ``whole``; the rest is not absorbed."""
        self.beyond.append((uses, np.maximum(budget - whole, 0.0)))
        wide = np.broadcast_shapes(budget.shape, whole.shape)
        return np.minimum(np.divide(budget, whole, out=np.zeros(wide), where=whole > 0), 1.0)

    def write(self, quarter: int, populations: Mapping[type, Rows], target: Mapping[Any, Any]) -> Array:
        """Write every quantity that is pushed; US$ of programme cost in the quarter, (world or 1, 1, 1, country)."""
        ends = self.start_year + (quarter + 1) / QUARTERS
        shares = tuple(push.use.share(ends) for push in self.pushes)
        if shares != self.written:
            for name in self.named:
                kind, quantity = self.quantities[name]
                setattr(populations[kind], name, self._combined(name, quantity, shares, target.get(kind)))
            self.written = shares
            pairs = zip(self.pushes, shares, strict=True)
            self.moved |= {name for push, share in pairs if share > 0 and push.active for name in push.changes}
        shaken = tuple(push.use.share(ends) for push in self.strikes)
        self.shaken, self.jolt = shaken, shaken != self.shaken
        self.unabsorbed = np.zeros((1, 1, 1, 1))
        for uses, excess in self.beyond:  # a budget is offered as its uses build up
            self.unabsorbed = self.unabsorbed + excess * (sum(use.share(ends) for use in uses) / len(uses))
        cost = np.zeros((1, 1, 1, 1))
        for push, share in zip(self.levers, shares, strict=False):
            cost = cost + push.strength * share * push.cost / QUARTERS
        return cost

    def _combined(self, name: str, quantity: Quantity, shares: tuple[float, ...], rows: Any) -> Array:
        out: Array = np.full((1, 1, 1, 1), quantity.start)
        for push, share in zip(self.pushes, shares, strict=True):
            if name in push.changes:
                out = push.onto(out, name, quantity, share, rows)
        return out


def _lever_uses(scenario: Scenario, factors: Factors, levers: Mapping[str, Lever]) -> list[LeverUse]:
    """Uses in canonical order; a lever that is a factor and has no use in the scenario acts everywhere."""
    missing = factors.levers() - {lever.name for lever in levers.values()}
    return sorted((*scenario.levers, *(LeverUse(name, intensity=0.0) for name in missing)), key=LeverUse.canonical)


def _shock(use: ShockUse, where: Array) -> Push:
    """A shock as a push. ValueError for a size that it cannot have."""
    shock, one = SHOCKS[use.shock], np.ones((1, 1, 1, 1))
    if not 0.0 <= use.size <= shock.largest:
        raise ValueError(f"{use.shock}: a size from 0 to {shock.largest:g} is wanted ({shock.size}), got {use.size:g}")
    return Push(use, {name: one * change for name, change in shock.acts.items()}, one * use.size, where, 0.0 * one)


def _cost(lever: Lever, where: Array, countries: Countries, par: Parameters) -> Array:
    """US$ a year of a lever at full strength where it aims, (world or 1, 1, 1, country)."""
    whole: Array = np.zeros((1, 1, 1, 1))
    for base, names in lever.cost.items():
        each = _cost_base(base, countries, par)
        for name in names:
            each = each * par[name]
        whole = whole + each
    return np.asarray(whole * where.max(axis=1, keepdims=True))


def _cost_base(base: str, countries: Countries, par: Parameters) -> Array:
    """What a cost is counted by, for each country: one, its million people or what its specialists earn in a year."""
    v = countries.values
    if base == "country":
        return np.ones((1, 1, 1, 1))
    if base == "million":
        return np.asarray(v["population"][None, None, None] / 1e6)
    staff = start_staff(v, par.values)
    people = np.zeros(())
    for cadre in CADRES[:GENERAL]:
        people = people + staff[cadre]
    return np.asarray(people * par["work.wage_multiple"] * v["gdp_pc_usd"])
