"""Factors: a row of a design is, bit for bit, a scenario that says the same; its number decides its luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adoptsim.inputs.applications import load_applications
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.model.world import all_parameters, draw_parameters
from support import Array, kept

QUARTERS = 12
PLAIN = Scenario("plain", quarters=QUARTERS)
POOLED = LeverUse("pooled_procurement", intensity=0.4, start=2025.5, ramp=1.0, regions=("AFR", "SEAR"))
TRAINED = LeverUse("workforce_training", budget=4e7, start=2025.0, ramp=0.5, incomes=("LIC", "LMC"))
BUSY = replace(PLAIN, levers=(POOLED, TRAINED))
KNOWN = all_parameters(load_applications())


def rows(scenario: Scenario, worlds: list[int], factors: dict[str, list[float]] | None = None) -> BlockResult:
    return AdoptionModel(scenario, worlds=worlds, rng=8, factors=factors).run().results()


def assert_row(result: BlockResult, row: int, alone: BlockResult) -> None:
    """One row of a block has the bytes of a block of its own."""
    other = dict(kept(alone))
    far = [name for name, values in kept(result) if values[row].tobytes() != other[name][0].tobytes()]
    assert far == []


@pytest.mark.parametrize("name", ["work.attrition", "fund.eligibility_line", "newborn_sickle.price", "equip.life"])
def test_a_parameter_row_is_a_scenario_that_fixes_it(name: str) -> None:
    low, high = KNOWN[name].low * 0.9, KNOWN[name].high * 1.1
    block = rows(BUSY, [5, 5, 2], {name: [low, high, high]})
    for row, (world, value) in enumerate(((5, low), (5, high), (2, high))):
        assert_row(block, row, rows(replace(BUSY, parameters={name: value}), [world]))
    assert any(values[0].tobytes() != values[1].tobytes() for values in block.scalars.values())


def test_every_parameter_may_be_a_factor() -> None:
    """All at once, at the values that they would have drawn: the run that draws them."""
    named = {name: p for name, p in KNOWN.items() if not name.startswith("gen.")}
    drawn = draw_parameters(named, [3, 9], 8, BUSY)
    factors = {name: np.broadcast_to(values, (2,)).tolist() for name, values in drawn.items()}
    set_by_hand, left_to_luck = rows(BUSY, [3, 9], factors), rows(BUSY, [3, 9])
    for row, world in enumerate((3, 9)):
        assert_row(set_by_hand, row, rows(BUSY, [world]))
        assert_row(left_to_luck, row, rows(BUSY, [world]))
    assert tuple(set_by_hand.parameters) == tuple(named)


def test_numbers_that_never_vary_may_be_factors_too() -> None:
    """Each world has its own, also where the registry knows one value alone."""
    fixed = {n: p.central for n, p in KNOWN.items() if p.low == p.high and not n.startswith("gen.")}
    other = {name: value * 0.95 for name, value in fixed.items()}
    block = rows(BUSY, [3, 3], {name: [fixed[name], other[name]] for name in fixed})
    assert_row(block, 0, rows(BUSY, [3]))
    assert_row(block, 1, rows(replace(BUSY, parameters=other), [3]))


@pytest.mark.parametrize("lever", LEVERS)
def test_an_intensity_row_is_a_scenario_of_that_intensity(lever: str) -> None:
    use = LeverUse(lever, intensity=0.9, start=2025.25, ramp=0.75, incomes=("LIC",))
    block = rows(replace(PLAIN, levers=(use,)), [4, 4, 7], {lever: [0.0, 0.6, 1.0]})
    assert_row(block, 0, rows(PLAIN, [4]))
    for row, (world, intensity) in enumerate(((4, 0.6), (7, 1.0)), start=1):
        assert_row(block, row, rows(replace(PLAIN, levers=(replace(use, intensity=intensity),)), [world]))
    everywhere = rows(PLAIN, [4, 7], {lever: [0.0, 0.6]})
    assert_row(everywhere, 0, rows(PLAIN, [4]))
    assert_row(everywhere, 1, rows(replace(PLAIN, levers=(LeverUse(lever, intensity=0.6),)), [7]))


def test_a_factor_replaces_a_budget_and_the_other_way_round() -> None:
    block = rows(BUSY, [1, 1], {"workforce_training": [0.3, 0.8], "pooled_procurement.budget": [0.0, 2.5e7]})
    for row, (share, money) in enumerate(((0.3, 0.0), (0.8, 2.5e7))):
        uses = (replace(POOLED, intensity=None, budget=money), replace(TRAINED, budget=None, intensity=share))
        assert_row(block, row, rows(replace(BUSY, levers=uses), [1]))
    assert tuple(block.parameters)[-2:] == ("workforce_training", "pooled_procurement.budget")


def test_a_budget_beyond_full_strength_is_reported() -> None:
    block = rows(PLAIN, [1, 1], {"data_sharing.budget": [1e6, 1e12]})
    unused = block.scalars["lever.unabsorbed.mean"]
    assert unused[0] == 0.0
    assert unused[1] > 3e11


@pytest.mark.parametrize("budget", [1e5, 4e7, 1e9, 1e12])
@pytest.mark.parametrize(("use", "share"), [
    ({}, 4.5 / 12),  # from 2026 in eight steps; three years are run
    ({"start": 2027.0, "ramp": 0.0}, 4 / 12),
    ({"start": 2050.0}, 0.0),
    ({"schedule": ((2025.0, 0.5),)}, 0.5),
    ({"start": 2025.0, "ramp": 0.0, "end": 2026.0}, 4 / 12),
])  # fmt: skip
def test_what_is_offered_is_spent_or_not_absorbed(budget: float, use: dict[str, float], share: float) -> None:
    scenario = replace(PLAIN, levers=(LeverUse("data_sharing", budget=budget, **use),))
    found = rows(scenario, [1, 4]).scalars
    whole = found["cost.lever.mean"] + found["lever.unabsorbed.mean"]
    np.testing.assert_allclose(whole, budget * share, rtol=1e-9)


def test_uses_of_one_lever_share_its_budget() -> None:
    uses = tuple(LeverUse("data_sharing", intensity=0.5, start=2025.0, ramp=0.25, regions=(r,)) for r in ("AFR", "EUR"))
    money = AdoptionModel(replace(PLAIN, levers=uses), worlds=[1], rng=8, factors={"data_sharing.budget": [1e7]})
    money.run()
    assert float(money.lever_cost.sum()) * 4 == pytest.approx(1e7)
    first, second = (push.strength for push in money.board.levers)
    assert np.array_equal(first, second)


def test_worlds_may_repeat_and_come_in_any_order() -> None:
    block = rows(BUSY, [5, 5, 2])
    assert block.worlds == (5, 5, 2)
    for row, world in enumerate(block.worlds):
        assert_row(block, row, rows(BUSY, [world]))


def test_blocks_of_any_size_give_the_same_bytes() -> None:
    numbers = [7, 3, 3, 40_000, 7, 12]
    factors = {"pool.barrier": [0.01, 0.02, 0.05, 0.1, 0.03, 0.02], "data_sharing": [0.0, 1.0, 0.5, 0.2, 0.7, 0.1]}
    whole = rows(BUSY, numbers, factors)
    for first, last in ((0, 2), (2, 5), (5, 6)):
        part = rows(BUSY, numbers[first:last], {name: values[first:last] for name, values in factors.items()})
        cut = {name: values[first:last].tobytes() for name, values in kept(whole)}
        assert {name: values.tobytes() for name, values in kept(part)} == cut
        assert {n: v.tolist() for n, v in part.parameters.items()} == {
            n: v[first:last].tolist() for n, v in whole.parameters.items()
        }


def test_columns_come_in_the_order_of_the_registry_then_as_given() -> None:
    scenario = replace(PLAIN, uncertainty="central")
    factors = {
        "workforce_training": [0.5],
        "dist.markup": [2.0],
        "data_sharing.budget": [1e7],
        "work.attrition": [0.05],
    }
    found = rows(scenario, [0], factors).parameters
    assert list(found) == ["work.attrition", "dist.markup", "workforce_training", "data_sharing.budget"]
    assert {name: values.tolist() for name, values in found.items()} == {n: factors[n] for n in found}


def drawn(numbers: list[int]) -> dict[str, Array]:
    return draw_parameters(KNOWN, numbers, 3, PLAIN)


def test_draws_of_scattered_numbers_are_those_of_a_range() -> None:
    every, numbers = drawn(list(range(9000))), [8999, 0, 4, 4, 2000, 2001, 4002, 8999, 5]
    some = drawn(numbers)
    assert all(np.array_equal(v if len(v) == 1 else v[numbers], some[name]) for name, v in every.items())


def test_huge_numbers_cost_no_more_than_small_ones() -> None:
    """Were the numbers between them drawn, memory would not suffice."""
    far, near = drawn([2**62, 0, 2**40]), drawn([0])
    assert all(values[min(1, len(values) - 1)] == near[name][0] for name, values in far.items())
    model = AdoptionModel(replace(PLAIN, quarters=1), worlds=[2**62, 0], rng=8).run()
    assert model.results().worlds == (2**62, 0)


WRONG = {
    "unknown": ({"work.atrition": [0.1, 0.1]}, r"'work.atrition' is no .*did you mean 'work.attrition'"),
    "unknown lever": ({"data_sharin": [0.1, 0.1]}, "did you mean 'data_sharing'"),
    "unknown budget": ({"data_sharing.budgte": [1.0, 1.0]}, r"did you mean 'data_sharing\.budget'"),
    "length": ({"work.attrition": [0.1]}, r"one value for each of 2 worlds is wanted, got shape \(1,\)"),
    "one number": ({"work.attrition": 0.1}, r"got shape \(\)"),
    "fixed": ({"dist.markup": [2.0, 2.0]}, "'dist.markup': the scenario 'plain' fixes it"),
    "both": ({"data_sharing": [1.0, 1.0], "data_sharing.budget": [1.0, 1.0]}, "is one of them"),
    "intensity": ({"data_sharing": [0.0, 1.1]}, "an intensity from 0 to 1 is wanted, got 0 to 1.1"),
    "budget": ({"data_sharing.budget": [-1.0, 1.0]}, "US\\$ a year, 0 or more is wanted"),
    "nan": ({"work.attrition": [np.nan, 0.1]}, "every value must be a number"),
    "generated": ({"gen.distributors": [80.0, 90.0]}, "says who is generated"),
}


@pytest.mark.fast
@pytest.mark.parametrize("case", WRONG)
def test_wrong_factors_are_refused(case: str) -> None:
    factors, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        AdoptionModel(replace(PLAIN, parameters={"dist.markup": 2.0}), worlds=2, factors=factors)


@pytest.mark.fast
def test_worlds_are_numbered_from_0() -> None:
    with pytest.raises(ValueError, match="numbered from 0, got -1"):
        AdoptionModel(PLAIN, worlds=[3, -1])
