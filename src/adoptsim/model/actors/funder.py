"""Funder: which country and purpose gets its yearly budget; a Grant row is one funder's support of one country."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Quantity, Relation, State, rule


class Funder(Actor):
    """A donor archetype: bilateral, philanthropic, development bank or industry."""

    budget_share = State(unit="share of all donor money for genomic medicine", worlds=False)
    purpose_share = State("purpose", unit="share of its budget by purpose", worlds=False)
    supports = State("application", unit="1 where it lists the application as a purpose", worlds=False)

    @rule
    def budget(self) -> Array:
        """US$ a year: its share of the world total."""
        return self.par["fund.world_total"] * self.budget_share


class Grant(Relation):
    """One funder's support of one country, by purpose."""

    eligible = State(unit="1 where the funder's own region and mandate include the country", worlds=False)
    taste = State(unit="log preference of this funder for this country, drawn once")
    purpose_share = State("purpose", unit="share of the funder's budget by purpose", worlds=False)
    seen = State(unit="factor on the donor's interest from what others give", start=1.0)
    committed = State(unit="US$ of the newest yearly vintage, whole duration")
    running = State(unit="US$ a year paid out of running vintages")
    given = Quantity(unit="share of its grants that the donor stands by", combine="scale")
    given_before = State(unit="the same in the quarter before", start=1.0)
    sight = Quantity(unit="elasticity of the donor's interest to what others give there, added", combine="add")
    need_focus = Quantity(unit="factor on the donor's weight of need", combine="scale")
    strength_focus = Quantity(unit="factor on the donor's weight of institutional strength", combine="scale")

    # read from the country, written by the fund phase
    below_line = State(unit="1 while the country is below the income line")
    need = State(unit="people weighted by poverty")
    readiness = State(unit="share", start=0.5)
    crowding = State(unit="what other donors give for each in need, over the mean of countries", start=1.0)

    @rule
    def score(self) -> Array:
        """Weight of this country in the funder's yearly allocation: need, readiness, history, what others give."""
        strength = self.par["fund.readiness_weight"] * self.strength_focus
        readiness = np.maximum(self.readiness, self.par["fund.readiness_floor"]) ** strength
        need = self.need ** (self.par["fund.need_weight"] * self.need_focus)
        return self.eligible * self.below_line * need * readiness * np.exp(self.taste) * self.seen

    @rule
    def follow_others(self) -> Array:
        """Factor on the donor's interest from what others give for each in need: donors herd as far as they do not
        coordinate, and step back from crowded countries as far as they do.
        """
        floor = self.par["fund.crowding_floor"]
        return np.clip(self.crowding, floor, 1.0 / floor) ** (self.par["fund.herding"] - self.sight)

    @rule
    def stand_by(self) -> Array:
        """Share of running grants that goes on: what a donor withdraws is cancelled and does not come back."""
        return np.minimum(self.given / np.maximum(self.given_before, 1e-12), 1.0)

    @rule
    def pay(self) -> Array:
        """US$ a year by purpose out of running vintages."""
        return self.running * self.purpose_share
