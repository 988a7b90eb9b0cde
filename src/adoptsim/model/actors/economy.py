"""Country, part 1: people and money. What the economy is, and where each genomics dollar goes."""

from __future__ import annotations

from typing import Any

import numpy as np

from adoptsim.inputs.names import INCOMES
from adoptsim.model.columns import Array, Kind, Quantity, State, rule
from adoptsim.model.equations import quarterly


def by_income(who: Any, name: str) -> Array:
    """A parameter stated by income group at the start (``name.LIC`` to ``name.HIC``), for each row."""
    out = np.zeros(())
    for code, group in enumerate(INCOMES):
        out = out + who.par[f"{name}.{group}"] * (who.income == code)
    return out


class Economy(Kind):
    """People, income and government health money, on an exogenous path with uncertainty."""

    region = State(unit="index of WHO region", worlds=False)
    income = State(unit="index of World Bank income group at the start", worlds=False)
    population = State(unit="persons")
    births = State(unit="births a year")
    adults_share = State(unit="share of population aged 30-69", worlds=False)
    income_share = State("quintile", unit="share of national income")
    gdp_pc = State(unit="constant 2024 US$ per head")
    gdp_ppp = State(unit="constant 2021 international $ per head")
    gov_health_pc = State(unit="constant 2024 US$ of government health spending per head")
    health_spending = Quantity(unit="share of government health spending that is left in a crisis", combine="scale")
    gov_effectiveness = State(unit="Worldwide Governance Indicators score", worlds=False)
    weakness = State(unit="share, 0 strong to 1 weak institutions")
    gdp_trend = State(unit="log growth a year")
    population_trend = State(unit="log growth a year")
    births_trend = State(unit="log growth a year")
    gdp_growth = State(unit="log growth of the year just begun")
    gdp_shock = State(unit="standard normal, of the year")
    eligible = State("application", unit="people a year who should be tested")

    @rule
    def weak_institutions(self) -> Array:
        """Institutional weakness in [0, 1]: logistic in government effectiveness."""
        return 1.0 / (1.0 + np.exp(self.par["system.effectiveness_slope"] * self.gov_effectiveness))

    @rule
    def grow_gdp(self) -> Array:
        """Log growth of GDP per head this year: its trend plus a shock."""
        return self.gdp_trend + self.par["proj.gdp_sd"] * self.gdp_shock

    @rule
    def revert_gdp_trend(self) -> Array:
        """The trend reverts to the long run."""
        long = self.par["proj.gdp_growth_long"]
        return long + self.par["proj.growth_persistence"] * (self.gdp_trend - long)

    @rule
    def revert_population_trend(self) -> Array:
        """Population growth reverts to its long run."""
        long = self.par["proj.population_growth_long"]
        return long + self.par["proj.population_persistence"] * (self.population_trend - long)

    @rule
    def revert_births_trend(self) -> Array:
        """Growth of births reverts to the same long run."""
        long = self.par["proj.population_growth_long"]
        return long + self.par["proj.population_persistence"] * (self.births_trend - long)

    @rule
    def next_gov_health(self) -> Array:
        """Government health spending per head follows GDP with an elasticity."""
        return self.gov_health_pc * np.exp(self.par["proj.health_elasticity"] * self.gdp_growth)

    @rule
    def count_eligible(self) -> Array:
        """People a year who should be tested, by application."""
        adults = self.population * self.adults_share
        return (
            self.births * self.par["app.per_birth"]
            + self.population * self.par["app.per_person"]
            + adults * self.par["app.per_adult"]
        )

    @rule
    def below_donor_line(self) -> Array:
        """1 while income per head is under the line of donor eligibility."""
        return np.less(self.gdp_pc, self.par["fund.eligibility_line"]).astype(float)

    @rule
    def poverty_weighted_people(self) -> Array:
        """Need as funders see it: people weighted by income below the line."""
        return self.population * np.minimum(self.par["fund.eligibility_line"] / self.gdp_pc, self.par["fund.need_cap"])


class Purse(Kind):
    """The public genomics purse of a quarter, by purpose; every dollar is traced.

    opening + granted + domestic + returned - displaced = spent + closing - moved + duplicated + lapsed.
    """

    opening = State("purpose", unit="US$ carried over into the quarter")
    domestic = State("purpose", unit="US$ of domestic budget in the quarter")
    granted = State("purpose", unit="US$ received from donors in the quarter")
    returned = State("purpose", unit="US$ that studies paid from outside return as benefits in the quarter")
    largest_grant = State("purpose", unit="US$ of the largest single donor in the quarter")
    displaced = State("purpose", unit="US$ of domestic budget withdrawn because donors pay")
    duplicated = State("purpose", unit="US$ lost to paying twice for the same")
    available = State("purpose", unit="US$ that can be spent in the quarter")
    spent = State("purpose", unit="US$ spent in the quarter")
    lapsed = State("purpose", unit="US$ unspent that lapse at the end of the quarter")
    donors_share = State("purpose", unit="share of what can be spent that donors gave")
    donated = State("purpose", unit="US$ spent in the quarter that donors gave")
    reached = State("purpose", unit="US$ of grants that reached the purse since donors last looked")
    used = State("purpose", unit="US$ that donors gave and that was spent since donors last looked")
    absorbed = State("purpose", unit="share of last year's grants that was used", start=1.0)
    forgone = State("purpose", unit="DALYs that the money spent in the quarter would avert elsewhere")
    doubling = Quantity(unit="factor on what donors pay twice for", combine="scale")

    @rule
    def health_money(self) -> Array:
        """US$ a year that the government spends on health: its path, less what a crisis takes; never quite nothing."""
        return self.gov_health_pc * self.population * np.maximum(self.health_spending, 1e-12)

    @rule
    def displace(self) -> Array:
        """Domestic money withdrawn because donors pay, at most all of it."""
        return np.minimum(self.par["fund.displacement"] * self.granted, self.domestic)

    @rule
    def duplicate(self) -> Array:
        """Money lost because donors that do not see each other pay twice: a share of what all but the largest give."""
        return self.par["lever.duplication_share"] * self.doubling * np.maximum(self.granted - self.largest_grant, 0.0)

    @rule
    def can_spend(self) -> Array:
        """What the quarter can spend."""
        came = self.opening + self.granted + self.domestic + self.returned
        return came - self.displaced - self.duplicated

    @rule
    def mix_payers(self) -> Array:
        """Share of what can be spent that donors gave: what is carried over keeps its mix, and is spent in it."""
        donors = self.opening * self.donors_share + self.granted - self.duplicated
        return np.clip(donors / np.maximum(self.available, 1e-9), 0.0, 1.0)

    @rule
    def absorb(self) -> Array:
        """Share of the year's grants that was used, at most all; as before where nothing came."""
        share = np.minimum(self.used / np.maximum(self.reached, 1e-9), 1.0)
        return np.where(self.reached > 0, share, self.absorbed)

    @rule
    def appeal_by_use(self) -> Array:
        """Factor on donors' interest by purpose: the share of last year's grants that was used, to a power."""
        return np.maximum(self.absorbed, self.par["fund.use_floor"]) ** self.par["fund.use_weight"]

    @rule
    def forgo(self) -> Array:
        """DALYs that public money would avert elsewhere: own at the country's threshold, donors' at the donors'.

        What pays twice is used up too.
        """
        own = (self.spent - self.donated) / self.threshold
        return own + (self.donated + self.duplicated) / self.par["fund.threshold"]

    @rule
    def lapse(self) -> Array:
        """Unspent money that lapses instead of being carried over."""
        return (self.available - self.spent) * quarterly(self.par["fund.lapse"])

    @rule
    def carry_over(self) -> Array:
        """What opens the next quarter."""
        return self.available - self.spent - self.lapsed + self.moved
