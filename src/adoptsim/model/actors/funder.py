"""Funder: which country and purpose gets its yearly budget; a Grant row is one funder's support of one country."""

from __future__ import annotations

import numpy as np

from adoptsim.inputs.names import PURPOSES
from adoptsim.model.columns import Actor, Array, Quantity, Relation, State, rule
from adoptsim.model.equations import side_by_side, sum_applications, sum_groups

SERVICES, RESEARCH = PURPOSES.index("services"), PURPOSES.index("research")  # research is the last


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
    appeal = State("purpose", unit="factor on the donor's interest from use of last year's grants", start=1.0)
    committed = State("purpose", unit="US$ of the newest yearly vintage, whole duration")
    running = State("purpose", unit="US$ a year paid out of running vintages")
    lists = State("application", unit="1 where the donor lists the application", worlds=False)
    bill = State("application", unit="US$ a year of a full programme's consumables that would be left to donors")
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
        """Weight of this country in the funder's yearly allocation: need, readiness, history, others, use."""
        strength = self.par["fund.readiness_weight"] * self.strength_focus
        readiness = np.maximum(self.readiness, self.par["fund.readiness_floor"]) ** strength
        need = self.need ** (self.par["fund.need_weight"] * self.need_focus)
        liking = np.exp(self.taste) * self.seen * self.like_use()
        return self.eligible * self.below_line * need * readiness * liking

    @rule
    def like_use(self) -> Array:
        """Factor on the donor's interest from how much was used: the mean over its purposes, weighted by its shares.

        Studies take all that they get, so that their use tells nothing: they are left out.
        """
        share = self.purpose_share[:, :, :RESEARCH]
        judged, liked = sum_groups(share), sum_groups(share * self.appeal[:, :, :RESEARCH])
        return np.divide(liked, judged, out=np.ones(liked.shape), where=judged > 0)

    @rule
    def split(self) -> Array:
        """Share of a new grant by purpose: the donor's own, moved to where money is used; that of studies stays."""
        share, appeal = np.broadcast_arrays(self.purpose_share, self.appeal)
        moved = share * appeal / self.like_use()
        return side_by_side([moved[:, :, :RESEARCH], share[:, :, RESEARCH:]], axis=2)

    @rule
    def pay_price(self) -> Array:
        """US$ a year of its services grants by application: shared over those that the donor lists, by their bills."""
        mine = self.lists * self.bill
        return mine * (self.running[:, :, SERVICES : SERVICES + 1] / np.maximum(sum_applications(mine), 1e-9))

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
