"""Slope and relative index against regressions made by others."""

import numpy as np
import pytest
from equity_worlds import worlds
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from adoptsim import equity


def fractional_rank(n, rank):
    n, rank = np.asarray(n, float), np.asarray(rank)
    return np.array([n[rank < r].sum() + n[rank == r].sum() / 2 for r in rank]) / n.sum()


@given(worlds(least=2))
def test_linear_form_is_weighted_least_squares(world):
    y, n, rank = world
    assume(len(set(rank)) > 1)
    x, root = fractional_rank(n, rank), np.sqrt(n)
    design = np.column_stack([np.ones_like(x), x])
    (level, slope), *_ = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
    assert equity.slope_index(y, n, rank) == pytest.approx(slope, abs=1e-9)
    if level > 1e-6 and level + slope > 1e-6:
        assert equity.relative_index(y, n, rank) == pytest.approx((level + slope) / level, rel=1e-6)


def scipy_logit_ends(y, weight, x):
    def loss(b):
        z = b[0] + b[1] * x
        return (weight * (np.logaddexp(0, z) - y * z)).sum() / weight.sum()

    def gradient(b):
        miss = weight * (1 / (1 + np.exp(-(b[0] + b[1] * x))) - y) / weight.sum()
        return np.array([miss.sum(), (miss * x).sum()])

    b = minimize(loss, np.zeros(2), jac=gradient, method="BFGS", options={"gtol": 1e-11}).x
    return [1 / (1 + np.exp(-z)) for z in (b[0], b[0] + b[1])]


@settings(max_examples=50)
@given(worlds(least=3), st.sampled_from([1.0, 100.0]))
def test_logit_form_is_the_likeliest_logit(world, scale):
    y, n, rank = world
    y = 0.02 + 0.96 * y
    assume(len(set(rank)) > 1)
    low, high = scipy_logit_ends(y, n, fractional_rank(n, rank))
    slope = equity.slope_index(y * scale, n, rank, scale=scale, form="logit")
    assert slope == pytest.approx(scale * (high - low), abs=2e-6 * scale)
    assert equity.relative_index(y * scale, n, rank, scale=scale, form="logit") == pytest.approx(high / low, rel=1e-4)


@settings(max_examples=50)
@given(worlds(least=3))
def test_who_mode_counts_whole_cases_and_squares_people(world):
    y, n, rank = world
    people = np.ceil(n)
    cases = np.round((0.1 + 0.8 * y) * people)
    assume(len(set(rank)) > 1 and cases.min() > 0 and (cases < people).all())
    low, high = scipy_logit_ends(cases / people, people**2, fractional_rank(people, rank))
    ours = equity.slope_index(0.1 + 0.8 * y, n, rank, form="logit", who_compat=True)
    assert ours == pytest.approx(high - low, abs=2e-6)
    linear = equity.slope_index(y, n, rank, who_compat=True)
    assert linear == equity.slope_index(y, people, rank)


@given(worlds(least=2))
def test_logit_form_stays_within_the_scale_and_mirrors(world):
    y, n, rank = world
    slope = equity.slope_index(y, n, rank, form="logit")
    assert -1 <= slope <= 1
    assert equity.slope_index(1 - y, n, rank, form="logit") == pytest.approx(-slope, abs=1e-9)
    assert equity.slope_index(y, n, -rank, form="logit") == pytest.approx(-slope, abs=1e-9)


@pytest.mark.parametrize(
    ("y", "slope", "ratio"),
    [
        ([0, 0, 1, 1], 1, np.nan),
        ([0, 0, 0.3, 1], 1, np.nan),
        ([0, 0, 0, 0.1], 1, np.nan),
        ([1, 1, 0, 0], -1, 0),
        ([1, 0.2, 0, 0], -1, 0),
        ([1, 1, 1, 1], 0, 1),
        ([0, 0, 0, 0], 0, np.nan),
    ],
)
def test_perfect_separation_gives_the_limit(y, slope, ratio):
    question = {"estimate": y, "population": [1, 2, 3, 4], "rank": [1, 2, 3, 4], "form": "logit"}
    assert equity.slope_index(**question) == pytest.approx(slope, abs=1e-12)
    assert equity.relative_index(**question) == pytest.approx(ratio, abs=1e-12, nan_ok=True)


def test_a_steep_fit_settles():
    y, n, rank = [1e-7, 1e-4, 0.5, 1 - 1e-4, 1 - 1e-7], np.ones(5), np.arange(5)
    low, high = 1 / (1 + np.exp(40.3)), 1
    assert equity.slope_index(y, n, rank, form="logit") == pytest.approx(high - low, abs=1e-6)
    assert equity.relative_index(y, n, rank, form="logit") > 1e7


def test_relative_index_is_nan_when_the_line_dips_below_zero():
    y, n, rank = [0.1, 0.3, 0.6], [50, 30, 20], [1, 2, 3]
    assert equity.slope_index(y, n, rank) == pytest.approx(0.7)
    assert np.isnan(equity.relative_index(y, n, rank))
    assert np.isnan(equity.relative_index(y[::-1], n[::-1], rank))
    assert equity.relative_index(y, n, rank, form="logit") > 1
