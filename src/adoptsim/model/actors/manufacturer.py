"""Manufacturer: sets the ex-works price of what it makes; an Agreement is its price ceiling for one country."""

from __future__ import annotations

import numpy as np

from adoptsim.inputs.names import INCOMES
from adoptsim.model.columns import Actor, Array, Quantity, Relation, State, rule

LISTED = INCOMES[:-1]  # groups that a list with tiers names; the richest pays the full price


class Manufacturer(Actor):
    """A maker of instruments and reagents for some of the applications."""

    market_share = State("application", unit="share of the application's consumables bought", worlds=False)
    start_price = State("application", unit="US$ per test, ex works")
    price = State("application", unit="US$ per test, ex works")

    @rule
    def cut_price(self) -> Array:
        """Next year's ex-works price: a steady yearly decline down to a floor (no learning by doing besides)."""
        decline = self.par["app.price_decline"]
        floor = self.start_price * self.par["app.price_floor"]
        return np.maximum(self.price * (1.0 - decline), floor)


class Agreement(Relation):
    """One maker's price ceiling for one country: when it was signed, how its list counts the country, at what price.

    A list has one price for countries below the donor line, or tiers by income group. Places on it are read each year.
    """

    negotiating = Quantity("application", unit="chance a year that the maker signs a price ceiling", combine="add")
    signed = State("application", unit="year in which the ceiling in force was signed, 0 for none")
    ceiling_draw = State("application", unit="uniform of the maker and year", start=1.0)
    tiered = State("application", unit="1 where the ceiling in force has tiers by income group")
    tier_draw = State("application", unit="uniform of the maker and year: has what it signs tiers", start=1.0)
    place = State("application", unit="share of the maker's cut that the list gives the country this year")
    concession = State("application", unit="share of the maker's cut that the country gets")
    left = State("application", unit="year in which the country left the place whose price it pays, 0 while it has not")

    # read from the maker, the country and the calendar, written by the procure phase
    market_share = State("application", unit="the maker's share of the application's consumables", worlds=False)
    below_line = State(unit="1 while the country is below the income line")
    gdp_pc = State(unit="constant 2024 US$ per head")
    year = State(unit="year that begins", worlds=False, rows=False)

    @rule
    def sign(self) -> Array:
        """Year of the ceiling in force: one draw of the maker for all countries asked for; it ends with its term."""
        stands = (self.signed > 0) & (self.year < self.signed + self.par["lever.ceiling_years"])
        return np.where(stands, self.signed, np.where(self.ceiling_draw < self.negotiating, self.year, 0.0))

    @rule
    def choose_list(self) -> Array:
        """1 where the ceiling in force has tiers: the maker draws it when it signs."""
        chosen = np.where(self.signed < self.year, self.tiered, self.tier_draw < self.par["lever.tier_chance"])
        return chosen * (self.signed > 0)

    @rule
    def find_place(self) -> Array:
        """Share of the cut that the list gives this year: all below the donor line, or that of the income group."""
        tier: Array = np.zeros(())
        most = 1.0 - self.par["lever.tier_price.LIC"]
        for group in reversed(LISTED):
            cut = (1.0 - self.par[f"lever.tier_price.{group}"]) / most
            tier = np.where(self.gdp_pc <= self.par[f"lever.tier_line.{group}"], cut, tier)
        return np.where(self.tiered > 0, tier, self.below_line) * (self.signed > 0)

    @rule
    def leave_place(self) -> Array:
        """Year in which the country left the place whose price it pays: the list now gives less than it gets."""
        leaves = (self.signed > 0) & (self.signed < self.year) & (self.place < self.concession)
        return np.where(leaves, np.where(self.left > 0, self.left, self.year), 0.0)

    @rule
    def concede(self) -> Array:
        """Share of the cut that the country gets: its place's, or that of a better one which it left not long ago."""
        kept = (self.left > 0) & (self.year < self.left + self.par["lever.price_kept"])
        return np.where(kept, self.concession, self.place)

    @rule
    def cover(self) -> Array:
        """Share of the cut on all the country's goods: the maker's part of them, as far as it concedes."""
        return self.market_share * self.concession
