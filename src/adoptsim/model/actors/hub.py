"""RegionalHub: tests samples sent by other countries; a Referral is one hub as seen from one country."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Relation, State, rule
from adoptsim.model.equations import QUARTERS, small_order_factor


class RegionalHub(Actor):
    """A reference laboratory that serves several countries."""

    demanded = State("application", unit="tests a quarter sent by all countries")
    capacity = State("application", unit="tests a quarter it can do")
    consumables = State("application", unit="US$ per test landed at the hub's country")
    wage_minute = State(unit="US$ per minute of laboratory work in the hub's country")

    @rule
    def price(self) -> Array:
        """US$ per test: landed consumables at its own volume, its staff, a mark-up for its overhead."""
        volume = self.capacity * QUARTERS
        scale = small_order_factor(volume, self.par["app.half_volume"], self.par["price.small_order_cap"])
        work = self.par["app.laboratory_minutes"] * self.wage_minute
        return (self.consumables * scale + work) * (1.0 + self.par["hub.overhead"])

    @rule
    def expand(self) -> Array:
        """Capacity follows what is sent, with a lag."""
        step = self.par["hub.expansion"] / QUARTERS
        return np.maximum(self.capacity + step * (self.demanded * self.par["hub.reserve"] - self.capacity), self.capacity * (1 - step))

    @rule
    def capacity_ratio(self) -> Array:
        """Capacity over what was sent."""
        return self.capacity / np.maximum(self.demanded, 1e-9)


class Referral(Relation):
    """One hub as seen from one country."""

    distance = State(unit="1000 km", worlds=False)
    price = State("application", unit="US$ per test at the hub's door")

    @rule
    def offer(self) -> Array:
        """US$ per test delivered back: the hub's price plus shipping."""
        return self.price + self.par["hub.shipping"] + self.par["hub.shipping_distance"] * self.distance
