"""Manufacturer: sets the ex-works price of what it makes; an Agreement is its price ceiling for one country."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Quantity, Relation, State, rule


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
    """One maker's price ceiling for one country: the year in which it was signed, and whether its list names it."""

    negotiating = Quantity("application", unit="chance a year that the maker signs a price ceiling", combine="add")
    signed = State("application", unit="year in which the ceiling in force was signed, 0 for none")
    ceiling_draw = State("application", unit="uniform of the maker and year", start=1.0)

    # read from the maker, the country and the calendar, written by the procure phase
    market_share = State("application", unit="the maker's share of the application's consumables", worlds=False)
    below_line = State(unit="1 while the country is below the income line")
    year = State(unit="year that begins", worlds=False, rows=False)

    @rule
    def sign(self) -> Array:
        """Year of the ceiling in force: one draw of the maker for all countries asked for; it ends with its term."""
        stands = (self.signed > 0) & (self.year < self.signed + self.par["lever.ceiling_years"])
        return np.where(stands, self.signed, np.where(self.ceiling_draw < self.negotiating, self.year, 0.0))

    @rule
    def cover(self) -> Array:
        """Share of the country's goods under the ceiling: its list names countries below the donor line alone."""
        return (self.signed > 0) * self.market_share * self.below_line
