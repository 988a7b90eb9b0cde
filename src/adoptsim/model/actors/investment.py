"""Country, part 5: programmes that have been decided from above, and what is paid for them besides the genomics budget.

An investment decides adoption and money. How far a programme gets is left to demand, staff, machines and supplies.
"""

from __future__ import annotations

import numpy as np

from adoptsim.model.actors.budget import Budget
from adoptsim.model.columns import Array, Quantity, State, rule
from adoptsim.model.equations import by_platform, scarcity


class Investment(Budget):
    """Programmes begun by investments, and who pays for them."""

    decided = Quantity("application", unit="1 where a national programme is decided, added", combine="add")
    paid_outside = Quantity(
        "application", unit="share of what a decided programme costs that is paid from outside, added", combine="add"
    )
    paid_domestic = Quantity(
        "application", unit="the same, paid by the treasury besides the genomics budget, added", combine="add"
    )
    begun = State("application", unit="1 where an investment began the programme")
    unpaid = State("application", unit="share of what tests cost that is left to the genomics budget", start=1.0)
    from_outside = State(unit="US$ of investments in the quarter, paid from outside")
    from_domestic = State(unit="US$ of investments in the quarter, paid by the treasury")

    @rule
    def found(self) -> Array:
        """1 where an investment began the programme: decided where there was none."""
        return np.maximum(self.begun, (self.decided > 0) & (self.stage < 2.0))

    @rule
    def decide(self) -> Array:
        """Stage after decisions: a national programme, as long as it is decided."""
        return np.where(self.decided > 0, 2.0, self.stage)

    @rule
    def leave_unpaid(self) -> Array:
        """Share of what tests cost that is left to the genomics budget."""
        return 1.0 - self.begun * np.minimum(self.paid_outside + self.paid_domestic, 1.0)

    @rule
    def outside_share(self) -> Array:
        """Share of what investments pay that comes from outside: below the donor line; above it the treasury pays."""
        both = self.paid_outside + self.paid_domestic
        below = np.less(self.gdp_pc, self.par["fund.eligibility_line"])
        return np.divide(self.paid_outside, both, out=np.zeros(both.shape), where=both > 0) * below

    @rule
    def scarcity_of_all_money(self) -> Array:
        """Money at hand over wanted by application, investments included, as a term of the least of five."""
        ratio = self.ratio_of_all_money()
        return np.where(ratio > 0, scarcity(ratio, self.par["deliver.site_shape"], least=1e-40), np.inf)

    @rule
    def ratio_of_all_money(self) -> Array:
        """Money at hand over wanted by application: an investment brings its share, the purse its part of the rest."""
        return (1.0 - self.unpaid) + self.unpaid * self.purse_ratio()

    @rule
    def pay_for_tests(self) -> Array:
        """US$ that investments pay for tests in the quarter, by application; more of them where the purse falls short.

        Never more than their share of what is wanted, and so the purse is never overdrawn.
        """
        cost = self.tests_in * self.unit_in + self.tests_hub * self.unit_hub
        return cost * (1.0 - self.unpaid) / np.clip(self.ratio_of_all_money(), 1e-40, 1.0)

    @rule
    def equip_programmes(self) -> Array:
        """Machines that investments buy: their part of those wanted, by the hours that their tests would use."""
        return _machines(self, 1.0 - self.unpaid)

    @rule
    def equip_from_outside(self) -> Array:
        """Machines among them that are paid from outside."""
        return _machines(self, (1.0 - self.unpaid) * self.outside_share())


def _machines(c: Investment, share: Array) -> Array:
    """A share by application of the machines wanted, (world, 1, platform, row)."""
    mine = by_platform(c.wanted_in * c.par["app.hours"] * share, c.par["app.uses_platform"])
    return np.asarray(c.want_machines() * (mine / np.maximum(c.hours_needed, 1e-9)))
