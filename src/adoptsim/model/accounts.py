"""Accounts: outcomes of investments, kept where a scenario lists them, and yearly series of whatever flows it lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from adoptsim.model.columns import Array, Rows
from adoptsim.model.equations import sum_applications
from adoptsim.model.scenario import named

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

__all__ = ["ACCOUNTS", "FLOWS", "OF_INVESTMENTS", "Accounts"]

ACCOUNTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "invested.outside": ("US$ a year", "paid from outside for programmes that investments began"),
        "invested.domestic": ("US$ a year", "paid by treasuries for programmes that investments began"),
        "invested.wanted": ("tests a year", "public tests wanted by programmes that investments began"),
        "invested.tests": ("tests a year", "public tests done by programmes that investments began"),
        "cases_found": ("people a year", "people with the condition whose result was usable and linked to care"),
        "net_health.half_gdp": ("DALYs a year", "net health at half of GDP per head for a DALY in every country"),
        "net_health.gdp": ("DALYs a year", "net health at GDP per head for a DALY in every country"),
    }
)
"""Unit and meaning of outcomes that are kept where a scenario lists them."""
THRESHOLDS = {"net_health.half_gdp": 0.5, "net_health.gdp": 1.0}  # in GDP per head: what the names say
PROGRAMMES = ("invested.wanted", "invested.tests")
FLOWS = ("dalys_averted", "net_health", "uncertain_results", "false_positives", "cost.care", "cost.household")
"""Outcomes always kept that have a yearly series by group only where a scenario lists them."""
OF_INVESTMENTS = tuple(name + ".mean" for name in (*ACCOUNTS, "dalys_averted", "cost.care", "cost.household"))
"""What the report on investments needs."""


class Accounts:
    """What is written down of investments in a year.

    ``paid`` is US$ by payer, (world, 1, 1, row) each; ``asked`` names the accounts that the scenario lists, ``yearly``
    all that it lists and that has a yearly series for it.
    """

    def __init__(self, outcomes: Iterable[str]) -> None:
        self.asked = named(outcomes, ACCOUNTS)
        self.yearly = (*named(outcomes, FLOWS), *self.asked)
        self.clear()

    def clear(self) -> None:
        """Begin a year."""
        nothing: Array = np.zeros((1, 1, 1, 1))
        self.paid = {"invested.outside": nothing, "invested.domestic": nothing}
        self.done = dict.fromkeys(PROGRAMMES, nothing)

    def quarter(self, m: AdoptionModel) -> None:
        """Add a quarter."""
        if "decided" not in m.board.moved:
            return
        c = m.countries
        for name, money in zip(self.paid, (c.from_outside, c.from_domestic), strict=True):
            self.paid[name] = self.paid[name] + money
        if set(self.asked) & set(PROGRAMMES):
            for name, tests in zip(PROGRAMMES, (c.wanted_in + c.wanted_hub, c.tests_in + c.tests_hub), strict=True):
                self.done[name] = self.done[name] + sum_applications(tests * c.begun)

    @property
    def public(self) -> Array:
        """US$ paid in the year by all payers."""
        return self.paid["invested.outside"] + self.paid["invested.domestic"]

    def forgone(self, c: Rows) -> Array:
        """DALYs that the year's investments would avert elsewhere: outside money at donors' threshold."""
        at_home = self.paid["invested.domestic"] / c.threshold
        return np.asarray(at_home + self.paid["invested.outside"] / c.par["fund.threshold"])

    def flows(self, c: Rows, tests: Array, dalys: Array, cost: Array) -> dict[str, Array]:
        """The accounts asked for, (world or 1, 1, 1, row) each; tests by application, DALYs and US$ of the year."""
        if not self.asked:
            return {}
        width = np.zeros((len(tests), *dalys.shape[1:]))
        found = {name: value + width for name, value in (self.paid | self.done).items()}
        found["cases_found"] = sum_applications(tests * c.prevalence * c.useful())
        for name, ratio in THRESHOLDS.items():
            found[name] = dalys - cost / (ratio * c.gdp_pc)
        return {name: found[name] for name in self.asked}
