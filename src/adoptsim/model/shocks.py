"""Shocks: what may befall health systems from outside, off unless a scenario names one.

The actor that owns a quantity declares it (``Quantity``); a shock names quantities and which way it moves them. How
large it is, when and where is the scenario's to say: a shock is a supposition to be tested, not an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shock:
    """One kind of shock.

    ``size`` says in words what the number of a scenario means; it runs from 0 to ``largest``. ``acts`` maps a quantity
    to its signed change per unit of size.
    """

    name: str
    title: str
    size: str
    acts: Mapping[str, float]
    largest: float = 1.0


SHOCKS: Mapping[str, Shock] = {
    shock.name: shock
    for shock in (
        Shock("data_breach", "A breach of genomic data", "share of results no longer shared", {"openness": -1.0}),
        Shock("donor_withdrawal", "Donors withdraw", "share of grants that stops", {"given": -1.0}),
        Shock(
            "epidemic",
            "An epidemic takes over laboratories",
            "share of laboratories diverted",
            {"laboratory_time": -1.0},
        ),
        Shock(
            "health_spending_fall",
            "Government health spending falls",
            "share of government health spending lost",
            {"health_spending": -1.0},
        ),
        Shock(
            "price_jump",
            "Prices of consumables jump",
            "rise of makers' prices as a share of them",
            {"makers_price": 1.0},
            10.0,
        ),
        Shock(
            "supply_interruption",
            "Supplies are interrupted",
            "share of consumables that does not arrive",
            {"arriving": -1.0},
        ),
    )
}
