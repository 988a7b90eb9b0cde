"""Distributor: which markets to serve, at what margin; a Contract is one distributor in one country's market."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Relation, State, rule
from adoptsim.model.equations import cournot_margin


class Distributor(Actor):
    """A trading house that imports laboratory goods into the markets of its region."""

    size = State(unit="relative size, mean 1", worlds=False)
    markets = State(unit="countries served")
    profit = State(unit="US$ a year, all markets")


class Contract(Relation):
    """One distributor in one country's market: present or not, exclusive agent of the single-source platform or not."""

    present = State(unit="0 or 1", start=1.0)
    exclusive = State(unit="1 for the exclusive agent of the single-source platform")
    vacant = State(unit="1 where nobody has been the agent of the single-source platform for a year")
    cost_factor = State(unit="fixed cost of this market over the average, drawn once", start=1.0)

    # read from the country, written by the distribute phase
    choke = State(unit="reservation price over unit cost, less 1")
    exclusive_margin = State(unit="margin over ex-works price, single-source goods")
    sellers = State(unit="distributors present in the market", start=1.0)
    multi_market = State(unit="US$ a year of multi-source goods at cost")
    single_market = State(unit="US$ a year of single-source goods at cost")
    fixed_cost = State(unit="US$ a year to be present in the market")

    @rule
    def price_multi_source(self) -> Array:
        """Margin over the ex-works price on goods that competitors also carry: Cournot among those present."""
        return cournot_margin(self.choke, np.maximum(self.sellers, 1.0))

    @rule
    def price_single_source(self) -> Array:
        """Margin of the exclusive agent: set by contract, it does not fall with the number of sellers."""
        return self.exclusive_margin * self.exclusive

    @rule
    def yearly_profit(self) -> Array:
        """Profit if present: its share of the multi-source market, its agency, less the fixed cost of the market."""
        competed = self.price_multi_source() * self.multi_market / np.maximum(self.sellers, 1.0)
        agency = self.price_single_source() * self.single_market
        return competed + agency - self.fixed_cost * self.cost_factor

    @rule
    def profit_if_entering(self) -> Array:
        """Yearly profit expected after joining the sellers already there; -inf where already present."""
        sellers = self.sellers + 1.0
        margin = cournot_margin(self.choke, sellers)
        gain = margin * self.multi_market / sellers + self.price_single_source() * self.single_market
        return np.where(self.present > 0, -np.inf, gain - self.fixed_cost * self.cost_factor)

    @rule
    def bid_for_agency(self) -> Array:
        """Yearly profit expected as the new exclusive agent, entering if not present; -inf where none is wanted."""
        sellers = np.maximum(self.sellers - self.present + 1.0, 1.0)
        competed = cournot_margin(self.choke, sellers) * self.multi_market / sellers
        profit = competed + self.exclusive_margin * self.single_market - self.fixed_cost * self.cost_factor
        return np.where(self.vacant > 0, profit, -np.inf)

    @rule
    def profit_if_staying(self) -> Array:
        """Yearly profit where present; inf elsewhere. After a year of losses the worst loser leaves the market."""
        return np.where(self.present > 0, self.yearly_profit(), np.inf)
