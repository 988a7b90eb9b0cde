"""Country, part 4: budgets. What programmes could use, and what is released; the purse is in ``economy.py``."""

from __future__ import annotations

import numpy as np

from adoptsim.model.actors.delivery import Services
from adoptsim.model.columns import Array, State, rule
from adoptsim.model.equations import QUARTERS, least_of, quarterly, side_by_side, sum_applications, sum_groups


class Budget(Services):
    """Domestic budgets that answer to use."""

    allowed_in = State(
        "application", unit="share of wanted_in that staff and supplies allow, last year's end", start=1.0
    )
    allowed_hub = State("application", unit="share of wanted_hub that they allow, last year's end", start=1.0)
    domestic_share = State(unit="highest share of government health spending that domestic genomics budgets may take")
    moved = State("purpose", unit="US$ unspent that come from other purposes (+) or go to them (-)")

    @rule
    def allow_in_country(self) -> Array:
        """Share of tests wanted in own laboratories that staff and supplies allow; machines would be bought."""
        return least_of(self.short_staff + self.scarce_supply, self.par["deliver.site_shape"])

    @rule
    def allow_by_hub(self) -> Array:
        """Share of tests wanted from hubs that counselling at home and their capacity allow."""
        return least_of(self.short_counsel + self.scarce_hub, self.par["deliver.site_shape"])

    @rule
    def money_usable(self) -> Array:
        """US$ that public services could use in the quarter, as far as staff and supplies allow this year."""
        home = self.wanted_in * self.unit_in * self.allowed_in
        return sum_applications((home + self.wanted_hub * self.unit_hub * self.allowed_hub) * self.unpaid)

    @rule
    def equipment_wanted(self) -> Array:
        """US$ that service contracts and the machines short would use in the quarter."""
        return self.service_due() + sum_groups(self.want_machines() * self.par["equip.price"])

    @rule
    def could_use(self) -> Array:
        """US$ a quarter by purpose: tests, service contracts, machines wanted; the rest keeps its proportion."""
        services, equipment = self.money_usable(), self.equipment_wanted()
        share = self.par["money.purpose_share"]
        rest = (services + equipment) / (share[:, :, :1] + share[:, :, 1:2])
        return side_by_side([services, equipment, rest * share[:, :, 2:3], rest * share[:, :, 3:]], axis=2)

    @rule
    def budget_domestic(self) -> Array:
        """US$ a quarter by purpose: what could be used and a margin, together at most a share of health spending.

        A crisis takes the same share of all budgets.
        """
        most = self.gov_health_pc * self.population * self.domestic_share / QUARTERS
        asked = self.could_use() * (1.0 + self.par["money.margin"])
        granted = np.minimum(most / np.maximum(sum_groups(asked), 1e-9), 1.0)
        return np.asarray(asked * (granted * np.maximum(self.health_spending, 1e-12)))

    @rule
    def move(self) -> Array:
        """Virement: a share of unspent money goes to purposes that have less than they could use, no more than it."""
        left = np.maximum(self.available - self.spent - self.lapsed, 0.0)
        lacking = np.maximum(self.could_use() - self.available, 0.0)
        free = left * self.par["money.virement"] * (lacking == 0)
        freed, lacked = sum_groups(free), sum_groups(lacking)
        taken = np.minimum(lacked / np.maximum(freed, 1e-9), 1.0)
        return np.asarray(lacking * (freed * taken / np.maximum(lacked, 1e-9)) - free * taken)

    @rule
    def come_in(self) -> Array:
        """US$ that come into the purse in the quarter."""
        return self.granted + self.domestic - self.displaced - self.duplicated

    @rule
    def use_in_the_long_run(self) -> Array:
        """Share of what comes in that is used where that and what could be used have long been as they are."""
        came = self.come_in()
        return np.where(came > 0, np.minimum(self.could_use() / np.maximum(came, 1e-9), 1.0), 1.0)

    @rule
    def have_left(self) -> Array:
        """What a quarter opens with where what comes in and what could be used have long been as they are."""
        surplus = np.maximum(self.come_in() - self.could_use(), 0.0)
        return np.asarray(surplus * (1.0 / quarterly(self.par["fund.lapse"]) - 1.0))
