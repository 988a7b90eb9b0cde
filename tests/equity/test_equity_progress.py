"""Verdicts, levelling down, shares closed, lags in years, and weights of need."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adoptsim import equity


@pytest.mark.parametrize(
    ("gap", "poor", "verdict", "down"),
    [
        (-0.1, 0.1, 1, False),
        (-0.1, 0.0, 0, True),
        (-0.1, -0.1, 0, True),
        (0.0, 0.1, 0, False),
        (0.0, -0.1, 0, False),
        (0.1, 0.1, -1, False),
        (0.1, -0.1, -1, False),
        (-1e-10, 0.1, 0, False),
        (-0.1, 1e-10, 0, True),
        (1e-10, 0.1, 0, False),
        (-1e-9, 1.0, 0, False),
    ],
)
def test_a_gap_narrows_only_if_it_falls_and_the_poor_gain(gap, poor, verdict, down):
    assert equity.verdict(gap, poor) == verdict
    assert equity.levelled_down(gap, poor) == down
    assert equity.verdict([gap, 9.0], [poor, 0.0]).tolist() == [verdict, -1]


def test_verdict_in_words():
    assert equity.Verdict(int(equity.verdict(-0.1, 0.1))).words == "narrows the gap"
    assert equity.Verdict.WIDENS.words == "widens the gap"
    assert equity.Verdict(0).words == "does not narrow the gap"


def test_tolerance_can_be_changed():
    assert equity.verdict(-1e-10, 1e-10, tolerance=0) == 1
    assert equity.verdict(-0.1, 0.1, tolerance=0.2) == 0
    with pytest.raises(ValueError, match="tolerance"):
        equity.verdict(-1, 1, tolerance=-1)


def test_share_of_a_gap_closed():
    np.testing.assert_allclose(equity.share_closed([0.1, 0.2, 0.3, -0.1, 0.0], 0.2), [0.5, 0, -0.5, 1.5, 1])
    assert np.isnan(equity.share_closed(0.1, 0.0))
    assert equity.share_closed(-0.1, -0.2) == pytest.approx(0.5)


def test_years_between_groups():
    years = [2025, 2030, 2040]
    rich, poor = [0.2, 0.6, 0.8], [0.0, 0.2, 0.6]
    assert equity.year_reached(years, rich, 0.4) == 2027.5
    assert equity.year_reached(years, poor, 0.4) == 2035
    assert equity.lag_years(years, rich, poor, 0.4) == 7.5
    assert equity.lag_years(years, poor, rich, 0.4) == -7.5
    assert equity.lag_years(years, rich, poor, 0.7) == np.inf
    assert equity.lag_years(years, poor, rich, 0.7) == -np.inf
    assert np.isnan(equity.lag_years(years, rich, poor, 0.9))
    assert equity.year_reached(years, rich, 0.1) == 2025
    assert equity.year_reached(years, [0.0, 0.5, 0.4], 0.45) == pytest.approx(2029.5)
    assert equity.year_reached(years, [0.3, 0.3, 0.3], 0.3) == 2025


def test_lags_keep_leading_axes():
    years = np.arange(2025.0, 2046)
    rng = np.random.default_rng(9)
    leader, follower = rng.random((2, 3, 21)).cumsum(-1), rng.random((3, 21)).cumsum(-1)
    lags = equity.lag_years(years, leader, follower, 2.0)
    assert lags.shape == (2, 3)
    assert lags[1, 2] == equity.lag_years(years, leader[1, 2], follower[2], 2.0)
    crossing = equity.year_reached(years, follower[0], 2.0)
    assert np.interp(crossing, years, follower[0]) == pytest.approx(2.0)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 50)), min_size=1, max_size=6))
def test_need_weights_are_shares_of_burden(rows):
    eligible, prevalence, dalys = map(np.array, zip(*rows, strict=True))
    weights = equity.need_weights(eligible, prevalence, dalys)
    assert weights.sum() == pytest.approx(1)
    burden = eligible * prevalence * dalys
    if burden.sum() > 1e-100:
        np.testing.assert_allclose(weights, burden / burden.sum(), atol=1e-12)


def test_need_weights_of_countries_and_axes():
    eligible = np.array([[10.0, 30.0], [5.0, 0.0], [0.0, 0.0]])
    weights = equity.need_weights(eligible, [0.1, 0.1], 2.0)
    np.testing.assert_allclose(weights, [[0.25, 0.75], [1, 0], [0.5, 0.5]])
    np.testing.assert_array_equal(equity.need_weights(eligible.T, [[0.1], [0.1]], 2.0, axis=0), weights.T)
    np.testing.assert_allclose(equity.equal_weights(4), [0.25] * 4)


def test_reversals_under_other_weights():
    assert equity.reversals([3, 2, 1], [3, 1, 2]) == [(1, 2)]
    assert equity.reversals([3, 2, 1], [1, 2, 3]) == [(0, 1), (0, 2), (1, 2)]
    assert equity.reversals([3, 2], [3, 3]) == []
    assert equity.reversals([3, 2], [2, 2 + 1e-12]) == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: equity.verdict([0.1, np.nan], 0.0), r"change_gap\[1\] = nan: not a finite number"),
        (lambda: equity.verdict([0.1, 0.2], [1, 2, 3]), r"change_poor: shape \(3,\) does not fit change_gap \(2,\)"),
        (lambda: equity.levelled_down(0.1, [0, np.inf]), r"change_poor\[1\] = inf"),
        (lambda: equity.share_closed(np.nan, 1.0), r"gap\[0\] = nan"),
        (lambda: equity.year_reached([2025, 2024], [1, 2], 1), r"years\[1\]: years must rise"),
        (lambda: equity.year_reached([2025, 2026], [1, 2, 3], 1), "series: 3 points in time"),
        (lambda: equity.lag_years([2025, 2026], [1, 2], [1, np.nan], 1), r"follower\[1\] = nan"),
        (lambda: equity.need_weights([1, -1], 0.5, 1), r"eligible\[1\] = -1: negative"),
        (lambda: equity.need_weights([1, 1], [0.5, 1.5], 1), r"prevalence\[1\] = 1.5: above its upper bound 1"),
        (lambda: equity.need_weights([1, 1], [1, 1, 1], 1), "shapes do not fit together"),
        (lambda: equity.equal_weights(0), "applications"),
        (lambda: equity.reversals([1, 2], [1]), "robustness"),
    ],
)
def test_wrong_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
