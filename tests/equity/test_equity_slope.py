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
    assert equity.slope_index(**question) == slope
    np.testing.assert_equal(float(equity.relative_index(**question)), ratio)


@pytest.mark.parametrize("seed", range(4))
def test_any_fit_settles_where_misses_cancel(seed):
    """At the likeliest fit the misses sum to 0, plain and weighted by rank; people here differ by a factor of 1000s."""
    rng = np.random.default_rng(seed)
    y = np.clip(rng.random((500, 5)) ** rng.choice([0.05, 0.2, 1, 5, 20], (500, 1)), 1e-6, 1 - 1e-6)
    n, rank = rng.lognormal(0, 3, (500, 5)), rng.permuted(np.tile(np.arange(5.0), (500, 1)), axis=1)
    slope, ratio = (f(y, n, rank, form="logit") for f in (equity.slope_index, equity.relative_index))
    apart = np.abs(ratio - 1) > 1e-6
    low = np.where(apart, slope / np.where(apart, ratio - 1, 1.0), np.nan)
    high = low + slope
    sound = (low > 1e-9) & (low < 1 - 1e-7) & (high > 1e-9) & (high < 1 - 1e-7)
    assert np.isfinite(slope).all()
    assert sound.mean() > 0.5
    x = np.array([fractional_rank(*world) for world in zip(n, rank, strict=True)])
    ends = [np.log(v / (1 - v))[:, None] for v in np.where(sound, (low, high), 0.5)]
    miss = n / n.sum(axis=1, keepdims=True) * (y - 1 / (1 + np.exp(-(ends[0] + (ends[1] - ends[0]) * x))))
    assert np.abs(miss.sum(axis=1)[sound]).max() < 1e-8
    assert np.abs((miss * x).sum(axis=1)[sound]).max() < 1e-8


def test_a_steep_fit_settles():
    y, n, rank = [1e-7, 1e-4, 0.5, 1 - 1e-4, 1 - 1e-7], np.ones(5), np.arange(5)
    low, high = 1 / (1 + np.exp(40.3)), 1
    assert equity.slope_index(y, n, rank, form="logit") == pytest.approx(high - low, abs=1e-6)
    assert equity.relative_index(y, n, rank, form="logit") > 1e7


@pytest.mark.parametrize("tenths", [1.0, 2.0, 11.0, 13.0])
def test_relative_index_is_nan_when_the_line_begins_at_zero(tenths):
    """But for rounding it does here, where the richer half has three times what the poorer half has."""
    y, n, rank = np.array([tenths, 3 * tenths]) / 10, np.ones(2), np.arange(2)
    assert np.isnan(equity.relative_index(y, n, rank))
    assert equity.relative_index(y * np.array([1.001, 1.0]), n, rank) > 1e3
    assert equity.slope_index(y, n, rank) == pytest.approx(0.4 * tenths)


def test_relative_index_is_nan_when_the_line_dips_below_zero():
    y, n, rank = [0.1, 0.3, 0.6], [50, 30, 20], [1, 2, 3]
    assert equity.slope_index(y, n, rank) == pytest.approx(0.7)
    assert np.isnan(equity.relative_index(y, n, rank))
    assert np.isnan(equity.relative_index(y[::-1], n[::-1], rank))
    assert equity.relative_index(y, n, rank, form="logit") > 1
