"""Manufacturer: sets the ex-works price of what it makes."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, State, rule


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
