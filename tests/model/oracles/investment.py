"""Country: investments, in plain arithmetic."""

from __future__ import annotations

from math import inf

from oracles import Plain, oracle
from oracles.delivery import PLATFORMS, purse_ratio
from oracles.economy import want_machines


def _paid(c: Plain, a: int) -> float:
    return 1 - c.unpaid[a]


def _cost(c: Plain, a: int) -> float:
    return c.tests_in[a] * c.unit_in[a] + c.tests_hub[a] * c.unit_hub[a]


@oracle("Country")
def found(c: Plain, a: int) -> float:
    return 1.0 if c.begun[a] or (c.decided[a] > 0 and c.stage[a] in (0, 1)) else 0.0


@oracle("Country")
def decide(c: Plain, a: int) -> float:
    return 2.0 if c.decided[a] > 0 else c.stage[a]


@oracle("Country")
def leave_unpaid(c: Plain, a: int) -> float:
    return 1 - min(c.paid_outside[a] + c.paid_domestic[a], 1) if c.begun[a] else 1.0


@oracle("Country")
def outside_share(c: Plain, a: int) -> float:
    whole = c.paid_outside[a] + c.paid_domestic[a]
    poor = c.gdp_pc < c.p("fund.eligibility_line")
    return c.paid_outside[a] / whole if whole and poor else 0.0


@oracle("Country")
def ratio_of_all_money(c: Plain, a: int) -> float:
    return _paid(c, a) + c.unpaid[a] * purse_ratio(c)


@oracle("Country")
def scarcity_of_all_money(c: Plain, a: int) -> float:
    ratio = ratio_of_all_money(c, a)
    return min(max(ratio, 1e-40), 1e6) ** -c.p("deliver.site_shape") if ratio > 0 else inf


@oracle("Country")
def pay_for_tests(c: Plain, a: int) -> float:
    if not _paid(c, a):
        return 0.0
    return _cost(c, a) * _paid(c, a) / min(ratio_of_all_money(c, a), 1)


def _hours(c: Plain, g: int, share: list[float]) -> float:
    users = [a for a in c.apps if c.app(a).platform == PLATFORMS[g]]
    return sum(c.wanted_in[a] * c.trait("platform_hours", a) * share[a] for a in users)


@oracle("Country", "platform")
def equip_programmes(c: Plain, g: int) -> float:
    mine = _hours(c, g, [_paid(c, a) for a in c.apps])
    return want_machines(c, g) * mine / max(c.hours_needed[g], 1e-9)


@oracle("Country", "platform")
def equip_from_outside(c: Plain, g: int) -> float:
    mine = _hours(c, g, [_paid(c, a) * outside_share(c, a) for a in c.apps])
    return want_machines(c, g) * mine / max(c.hours_needed[g], 1e-9)
