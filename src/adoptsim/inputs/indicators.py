"""The values a country has: name, unit, the packaged column behind it, and how uncertainty is added to it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ANCESTRIES",
    "ESTIMATES",
    "FIFTHS",
    "INCOMES",
    "INDICATORS",
    "REGIONS",
    "SCALES",
    "UNITS",
    "Indicator",
    "Scale",
    "from_scale",
    "to_scale",
]

REGIONS = ("AFR", "AMR", "EMR", "EUR", "SEAR", "WPR")
INCOMES = ("LIC", "LMC", "UMC", "HIC")
ANCESTRIES = ("african", "american", "east_asian", "european", "middle_eastern", "south_asian")
PERCENT = 0.01
LOGIT_EDGE = 0.005  # surveys report 0 and 100 %; kept this far inside, so that their logit is finite

Scale = Literal["log", "logit", "linear"]


@dataclass(frozen=True)
class Indicator:
    """One value per country.

    `factor` turns the publisher's unit into ours. Levels older than `max_age` years at the start count as missing;
    how income and services are spread over fifths moves slowly and is kept for 20 years. `money` values are current
    US$ at source and become constant 2024 US$.
    """

    name: str
    column: str
    unit: str
    scale: Scale
    factor: float = 1.0
    max_age: int = 10
    money: bool = False


INDICATORS = (
    Indicator("population", "population", "persons", "log"),
    Indicator("births", "births", "births per year", "log"),
    Indicator("gdp_pc_usd", "gdp_pc_usd", "2024 US$ per head", "log", money=True),
    Indicator("gdp_pc_ppp", "gdp_pc_ppp", "2021 international $ per head", "log"),
    Indicator("health_exp_pc_usd", "health_exp_pc_usd", "2024 US$ per head", "log", money=True),
    Indicator("gov_health_share", "gov_health_share_pct", "share of health expenditure", "logit", PERCENT),
    Indicator("oop_share", "oop_share_pct", "share of health expenditure", "logit", PERCENT),
    Indicator("physicians_per_1000", "physicians_per_1000", "per 1000 people", "log"),
    Indicator("researchers_per_million", "researchers_per_million", "per million people", "log"),
    Indicator("tertiary_enrolment", "tertiary_enrolment_pct", "gross ratio, may exceed 1", "log", PERCENT),
    Indicator("gov_effectiveness", "gov_effectiveness", "index, about -2.5 to 2.5", "linear"),
    Indicator("internet", "internet_pct", "share of people", "logit", PERCENT),
    Indicator("electricity", "electricity_pct", "share of people", "logit", PERCENT),
    Indicator("urban", "urban_pct", "share of people", "logit", PERCENT),
    Indicator("hdi", "hdi", "0-1", "logit"),
    Indicator("gini", "gini", "0-1", "logit", PERCENT, max_age=20),
    Indicator("women_15_49", "women_15_49", "persons", "log"),
    Indicator("pop_share_0_4", "pop_share_0_4_pct", "share of people", "logit", PERCENT),
    Indicator("pop_share_15_49", "pop_share_15_49_pct", "share of people", "logit", PERCENT),
    Indicator("pop_share_30_69", "pop_share_30_69_pct", "share of people", "logit", PERCENT),
    Indicator("pop_share_65plus", "pop_share_65plus_pct", "share of people", "logit", PERCENT),
    Indicator("hiv_prevalence", "hiv_prevalence_pct", "share of ages 15-49", "log", PERCENT),
)  # fmt: skip

FIFTHS = {
    "income_share": ("share of income of each fifth, poorest first", 20),
    "skilled_birth": ("share of births of each fifth", 20),
    "immunisation": ("share of children of each fifth, three doses of DTP", 20),
}  # fmt: skip

# name -> (name in estimates.csv, unit, factor)
ESTIMATES = {
    "hta_body": ("hta_body", "probability", 1.0),
    "bloodspot_programme": ("bloodspot_programme", "share of births", 1.0),
    "haemoglobin_in_bloodspot": ("haemoglobin_in_bloodspot", "share of the programme's births", 1.0),
    "sickle_per_birth": ("sickle_per_1000", "affected conceptions per birth", 0.001),
    "thalassaemia_per_birth": ("thalassaemia_per_1000", "affected conceptions per birth", 0.001),
    "haemoglobin_carriers": ("haemoglobin_carriers_pct", "share of people", PERCENT),
}

UNITS = (
    {i.name: i.unit for i in INDICATORS}
    | {name: unit for name, (unit, _) in FIFTHS.items()}
    | {name: unit for name, (_, unit, _) in ESTIMATES.items()}
    | {"gov_health_pc_usd": "2024 US$ per head", "ancestry": "shares in the order of ANCESTRIES"}
    | {"latitude": "degrees", "longitude": "degrees", "un_ldc": "0 or 1", "landlocked": "0 or 1"}
)

# Scale on which `Countries.spread` is a standard deviation. Shares use the logit so that a draw stays inside 0-1.
# The spread of income shares is that of the Gini index they were computed from.
SCALES: dict[str, Scale] = {
    **dict.fromkeys(UNITS, "linear"),
    **{i.name: i.scale for i in INDICATORS},
    **dict.fromkeys(FIFTHS, "logit"),
    "gov_health_pc_usd": "log",
}


def to_scale(values: NDArray[np.float64], scale: Scale, edge: float = LOGIT_EDGE) -> NDArray[np.float64]:
    """Return `values` (any shape) on a scale; shares are first kept `edge` away from 0 and 1."""
    if scale == "log":
        return np.log(values)
    if scale == "logit":
        inside = np.clip(values, edge, 1 - edge)
        return np.log(inside / (1 - inside))
    return values


def from_scale(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Invert `to_scale`, any shape."""
    if scale == "log":
        return np.exp(values)
    if scale == "logit":
        return 1 / (1 + np.exp(-values))
    return values
