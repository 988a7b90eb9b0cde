"""RegionalHub: tests samples sent by other countries; a Referral is one hub as seen from one country."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Relation, State, rule
from adoptsim.model.equations import QUARTERS, scarcity, small_order_factor


class RegionalHub(Actor):
    """A reference laboratory that serves several countries."""

    demanded = State("application", unit="tests a quarter sent by all countries")
    capacity = State("application", unit="tests a quarter it can do")
    planned = State("application", unit="tests a year that its prices are agreed for")
    open = State(
        "application", unit="share of its capacity that its country's supplies and laboratories leave", start=1.0
    )
    scarce = State("application", unit="(capacity / sent)^-k")
    backing = State(unit="factor on the reserve it aims at, from its country", start=1.0)
    consumables = State("application", unit="US$ per test landed at the hub's country")
    wage_minute = State(unit="US$ per minute of laboratory work in the hub's country")

    @rule
    def plan_tests(self) -> Array:
        """Tests a year to agree prices for: all that it can do."""
        return self.capacity * QUARTERS

    @rule
    def price(self) -> Array:
        """US$ per test: landed consumables at its own volume, its staff, a mark-up for its overhead."""
        scale = small_order_factor(self.planned, self.par["app.half_volume"], self.par["price.small_order_cap"])
        work = self.par["app.laboratory_minutes"] * self.wage_minute
        return (self.consumables * scale + work) * (1.0 + self.par["hub.overhead"])

    @rule
    def expand(self) -> Array:
        """Capacity follows what is sent, with a lag."""
        step = self.par["hub.expansion"] / QUARTERS
        return self.capacity + step * (self.demanded * (self.par["hub.reserve"] * self.backing) - self.capacity)

    @rule
    def scarcity_of_capacity(self) -> Array:
        """Open capacity over what is sent, as a term of the least of five."""
        return scarcity(self.capacity * self.open / np.maximum(self.demanded, 1e-9), self.par["deliver.site_shape"])


class Referral(Relation):
    """One hub as seen from one country."""

    distance = State(unit="1000 km", worlds=False)
    price = State("application", unit="US$ per test at the hub's door")

    @rule
    def offer(self) -> Array:
        """US$ per test delivered back: the hub's price plus shipping."""
        return self.price + (self.par["hub.shipping"] + self.par["hub.shipping_distance"] * self.distance)
