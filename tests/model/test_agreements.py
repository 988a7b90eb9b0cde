"""Price agreements of makers: dated events by plain loops, prices by income group, what they leave untouched."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from adoptsim.inputs.names import INCOMES
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from support import Array, stepped

ALONE = {f"lever.{name}": 0.0 for name in ("direct_volume", "rental_share", "local_kits_reach", "service_terms")}
EVENTS = ("signed", "tiered", "left", "concession")
YEARS = 16


def engaged(worlds: int | list[int] = 2, uses: tuple[LeverUse, ...] | None = None, **fixed: float) -> AdoptionModel:
    """A model with engagement of suppliers from the start, of which only ceilings act."""
    use = LeverUse("supplier_engagement", intensity=1.0, start=2025.0, ramp=0.25)
    parameters = ALONE | {f"lever.{name}": value for name, value in fixed.items()}
    levers = (use,) if uses is None else uses
    return AdoptionModel(Scenario("s", levers=levers, quarters=4 * YEARS, parameters=parameters), worlds, rng=11)


class Plainly:
    """One maker, application and country in one world: what the agreement says from year to year."""

    def __init__(self) -> None:
        self.signed = self.tiered = self.left = self.concession = 0.0
        self.happened: list[str] = []

    def turn(self, year: float, p: dict[str, float], chance: float, draws: tuple[float, float], gdp: float) -> None:
        if self.signed and year >= self.signed + p["lever.ceiling_years"]:
            self.happened.append("ends")
            self.signed = self.tiered = self.left = self.concession = 0.0
        if not self.signed and draws[0] < chance:
            self.happened.append("signs")
            self.signed, self.tiered = year, float(draws[1] < p["lever.tier_chance"])
            self.left, self.concession = 0.0, self.place(p, gdp)
        elif self.signed:
            self.move(year, p, self.place(p, gdp))

    def place(self, p: dict[str, float], gdp: float) -> float:
        if not self.tiered:
            return float(gdp < p["fund.eligibility_line"])
        for group in ("LIC", "LMC", "UMC"):
            if gdp <= p[f"lever.tier_line.{group}"]:
                return (1 - p[f"lever.tier_price.{group}"]) / (1 - p["lever.tier_price.LIC"])
        return 0.0

    def move(self, year: float, p: dict[str, float], place: float) -> None:
        if place >= self.concession:
            self.happened += ["gains"] * (place > self.concession) + ["returns"] * (self.left > 0)
            self.left, self.concession = 0.0, place
            return
        if not self.left:
            self.happened.append("leaves")
            self.left = year
        if year >= self.left + p["lever.price_kept"]:
            self.happened.append("loses")
            self.concession = place


def test_agreements_are_what_plain_loops_say_year_by_year() -> None:
    m = engaged(ceiling_chance=0.4, ceiling_years=7.0, tier_chance=0.5, price_kept=2.0)
    k, worlds, apps = m.agreements, range(m.worlds_count), range(len(m.applications))
    rows = range(0, len(k), 7)
    plain = {place: Plainly() for place in product(worlds, apps, rows)}
    values = [{n: float(m.par[n][min(w, len(m.par[n]) - 1), 0, 0, 0]) for n in NAMES} for w in worlds]
    for year in range(2025, 2025 + YEARS):
        stepped(m, 4 if year > 2025 else 1)
        for (w, a, row), one in plain.items():
            draws = float(k.ceiling_draw[w, a, 0, row]), float(k.tier_draw[w, a, 0, row])
            chance = float(np.broadcast_to(k.negotiating, k.signed.shape)[w, a, 0, row])
            one.turn(float(year), values[w], chance, draws, float(k.gdp_pc[w, 0, 0, row]))
            for name in EVENTS:
                assert k.read(name)[w, a, 0, row] == pytest.approx(getattr(one, name), rel=1e-12), (year, w, a, name)
    seen = {event for one in plain.values() for event in one.happened}
    assert seen == {"signs", "ends", "leaves", "loses", "gains", "returns"}  # every event is put to the test


NAMES = (
    "fund.eligibility_line", "lever.ceiling_years", "lever.tier_chance", "lever.price_kept",
    *(f"lever.tier_{what}.{group}" for what in ("line", "price") for group in INCOMES[:-1]),
)  # fmt: skip


def test_a_maker_chooses_one_list_for_all_when_it_signs() -> None:
    m = stepped(engaged(ceiling_chance=0.5, tier_chance=0.5, ceiling_years=20.0), 4 * YEARS)
    k = m.agreements
    for name in ("signed", "tiered"):
        by_maker = k.read(name).reshape(*k.signed.shape[:3], len(m.makers), len(m.inputs))
        assert (by_maker == by_maker[..., :1]).all(), name
    assert set(np.unique(k.tiered[k.signed > 0])) == {0.0, 1.0}
    assert not k.tiered[k.signed == 0].any()
    assert (k.tier_draw[:, 1:] != k.tier_draw[:, :1]).all()  # another draw for each application


def door(m: AdoptionModel) -> Array:
    """Landed prices in all worlds, applications and countries."""
    c = stepped(m, 1).countries
    return np.broadcast_to(c.consumables, c.capped.shape)


def test_with_tiers_each_income_group_pays_its_price() -> None:
    fixed = {"ceiling_chance": 1.0, "price_kept": 0.0}
    m = engaged(tier_chance=1.0, **fixed)
    before, tiers, one_price = door(engaged(uses=(), **fixed)), door(m), door(engaged(tier_chance=0.0, **fixed))
    cut, gdp = m.par["lever.negotiated_access_cut"], np.broadcast_to(m.countries.gdp_pc, tiers.shape)
    price = {g: np.broadcast_to(m.par[f"lever.tier_price.{g}"], tiers.shape) for g in INCOMES[:-1]}
    lines = [float(m.par[f"lever.tier_line.{g}"].item()) for g in INCOMES[:-1]]
    group = np.searchsorted(lines, gdp)
    for code, name in enumerate(INCOMES):
        part = (1.0 - price[name]) / (1.0 - price["LIC"]) if name != "HIC" else np.zeros(tiers.shape)
        mine, left = group == code, 1.0 - np.broadcast_to(cut, tiers.shape) * part
        assert mine.any()
        assert tiers[mine] == pytest.approx((before * left)[mine], rel=1e-9), name
    below = np.broadcast_to(m.countries.below_donor_line() > 0, tiers.shape)
    poorest, middle, rich = group == 0, (group == 2) & ~below, group == 3
    assert tiers[poorest] == pytest.approx(one_price[poorest])  # the cut is not deeper for the poorest
    assert (tiers[(group == 1) & below] > one_price[(group == 1) & below]).all()  # others below the line pay more
    assert (tiers[middle] < one_price[middle]).all()  # and countries above it less
    assert tiers[rich & ~below] == pytest.approx(one_price[rich & ~below])


def test_hubs_have_no_part_in_the_agreements_of_their_country() -> None:
    with_list, without = (stepped(engaged(uses=uses, ceiling_chance=1.0, tier_chance=0.0), 1) for uses in (None, ()))
    hosts = with_list.hub_host.ends
    listed = np.take(with_list.countries.capped, hosts, axis=-1) > 0
    assert listed.any()
    assert with_list.hubs.consumables == pytest.approx(without.hubs.consumables, rel=1e-12)
    own, before = (np.take(door(m), hosts, axis=-1) for m in (with_list, without))
    assert (own[listed] < before[listed]).all()


def test_nine_in_ten_countries_start_in_the_group_of_their_table() -> None:
    m = engaged(1)
    lines = [float(m.par[f"lever.tier_line.{g}"].item()) for g in INCOMES[:-1]]
    counted = np.searchsorted(lines, m.countries.gdp_pc[0, 0, 0])
    assert 0.9 < np.mean(np.array(INCOMES)[counted] == np.array(m.inputs.income)) < 1.0


def test_tiers_only_where_the_lever_aims_and_never_without_it() -> None:
    use = LeverUse("supplier_engagement", intensity=1.0, start=2025.0, ramp=0.25, regions=("AFR",))
    m = stepped(engaged(uses=(use,), ceiling_chance=1.0, tier_chance=1.0), 4)
    elsewhere = np.array(m.inputs.region) != "AFR"
    assert m.countries.capped[..., ~elsewhere].any()
    assert not m.countries.capped[..., elsewhere].any()
    still = [engaged(uses=uses, tier_chance=t, price_kept=10 * t) for t, uses in ((0.0, ()), (1.0, ()), (1.0, (zero,)))]
    results = [stepped(one, 8).results().scalars for one in still]
    for other in results[1:]:
        assert all((other[name] == results[0][name]).all() for name in other)


zero = LeverUse("supplier_engagement", intensity=0.0, start=2025.0)


def test_a_world_alone_and_levers_in_any_order_give_the_same_bits() -> None:
    uses = tuple(
        LeverUse("supplier_engagement", intensity=0.6, start=2025.0 + i, ramp=0.25, incomes=(group,))
        for i, group in enumerate(("LIC", "LMC", "UMC"))
    )
    fixed = {"ceiling_chance": 0.8, "tier_chance": 0.5, "ceiling_years": 3.0, "price_kept": 1.0}
    block = stepped(engaged([0, 1, 2], uses, **fixed), 25)
    alone, turned = stepped(engaged([2], uses, **fixed), 25), stepped(engaged([0, 1, 2], uses[::-1], **fixed), 25)
    assert block.agreements.concession.any()
    for name in (*EVENTS, "market_share"):
        whole = block.agreements.read(name)
        assert (alone.agreements.read(name) == whole[-1:]).all(), name
        assert (turned.agreements.read(name) == whole).all(), name
    assert (alone.countries.consumables == block.countries.consumables[2:]).all()
