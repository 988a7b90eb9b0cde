"""Schedules: how strong a lever is, year by year."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from support import stepped, unlike

QUARTERS = 14


def ran(*levers: LeverUse) -> AdoptionModel:
    return AdoptionModel(Scenario("s", levers=levers, quarters=QUARTERS), worlds=2, rng=8).run()


@pytest.mark.parametrize("lever", LEVERS)
@pytest.mark.parametrize("strength", [{"intensity": 0.7}, {"budget": 5e7}], ids=["intensity", "budget"])
def test_a_schedule_like_a_ramp_is_that_ramp(lever: str, strength: dict[str, float]) -> None:
    ramp = LeverUse(lever, start=2026.0, ramp=1.5, **strength)
    points = replace(ramp, start=2040.0, ramp=9.0, end=2020.0, schedule=((2026.0, 0.0), (2027.5, 1.0)))
    expected = ran(ramp).results()
    assert unlike(expected, ran(points).results()) == []
    later = replace(points, schedule=((2026.25, 0.0), (2027.5, 1.0)))
    assert unlike(expected, ran(later).results()) != []


def test_an_end_is_a_step_down_at_its_year() -> None:
    use = LeverUse("data_sharing", intensity=1.0, start=2026.0, ramp=1.0, end=2028.0)
    points = replace(use, end=None, schedule=((2026.0, 0.0), (2027.0, 1.0), (2028.0, 1.0), (2028.0, 0.0)))
    assert unlike(ran(use).results(), ran(points).results()) == []


def test_shares_between_before_and_after_the_points() -> None:
    use = LeverUse("data_sharing", intensity=1.0, schedule=((2026.0, 0.2), (2028.0, 0.6), (2030.0, 0.1)))
    expected = {
        2025.0: 0.0,
        2026.0: 0.0,
        2026.25: 0.25,
        2027.0: 0.4,
        2028.0: 0.6,
        2029.0: 0.35,
        2030.0: 0.1,
        2044.0: 0.1,
    }
    assert {year: use.share(year) for year in expected} == pytest.approx(expected)
    single = replace(use, schedule=((2026.0, 0.4),))
    assert [single.share(year) for year in (2025.75, 2026.0, 2026.25, 2045.0)] == [0.0, 0.0, 0.4, 0.4]


def test_cost_follows_the_schedule() -> None:
    use = LeverUse("data_sharing", budget=4e7, schedule=((2026.0, 0.0), (2027.0, 1.0), (2028.0, 0.25)))
    model = AdoptionModel(Scenario("s", levers=(use,), quarters=QUARTERS), worlds=2, rng=8)
    paid = [float(stepped(model, 1).lever_cost.sum()) / 2 for _ in range(QUARTERS)]
    shares = [use.share(2025.25 + quarter / 4) for quarter in range(QUARTERS)]
    assert paid == pytest.approx([1e7 * share for share in shares])
    assert max(shares) == 1.0


@pytest.mark.fast
@pytest.mark.parametrize("points", [((2028.0, 0.0), (2026.0, 1.0)), ((2026.0, 1.2),), ((2026.0, -0.1),)])
def test_wrong_schedules_are_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"data_sharing: the (years|shares) of a schedule"):
        LeverUse("data_sharing", intensity=1.0, schedule=points)
