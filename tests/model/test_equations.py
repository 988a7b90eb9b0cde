"""Equations against closed forms, fine steps, simulation and bisection."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from adoptsim.model import equations as eq
from adoptsim.model.start import posterior_share, solve_baseline

quick = settings(max_examples=100, deadline=None)


def one(x: float) -> np.ndarray:
    return np.full((1, 1, 1, 1), x)


@quick
@given(st.floats(0, 0.999))
def test_four_quarters_make_a_year(p: float) -> None:
    q = eq.quarterly(one(p)).item()
    assert (1 - q) ** 4 == pytest.approx(1 - p, rel=1e-12)
    assert 0 <= q <= p or p == 0


def test_weibull_hazard_and_time_ratio() -> None:
    assert eq.weibull_hazard(one(9.0), one(1.5)).item() == pytest.approx(3.0)
    assert eq.weibull_hazard(one(0.0), one(1.5)).item() == pytest.approx(0.5)  # never before the first quarter
    # Under a Weibull S(t) = exp(-(t / b)^k), times multiplied by TR multiply the hazard by TR^-k.
    k, ratio, t, b = 1.7, 0.37, 4.0, 12.0
    slow, fast = (stats.weibull_min(k, scale=s) for s in (b, b * ratio))
    hazards = [d.pdf(t) / d.sf(t) for d in (slow, fast)]
    found = math.exp(eq.log_hazard_of_time_ratio(one(ratio), one(k)).item())
    assert found == pytest.approx(hazards[1] / hazards[0], rel=1e-9)


@quick
@given(st.floats(0.05, 5), st.integers(1, 6))
def test_cournot_is_the_nash_equilibrium(choke: float, sellers: int) -> None:
    """Unit cost 1, demand p = (1 + choke) - Q: no seller gains by another quantity."""
    each = choke / (sellers + 1)
    margin = eq.cournot_margin(one(choke), one(float(sellers))).item()
    assert margin == pytest.approx(choke - sellers * each, rel=1e-12)
    others = (sellers - 1) * each
    best = max(np.linspace(0, choke, 2001), key=lambda q: q * (choke - others - q))
    assert best == pytest.approx(each, abs=choke / 1000)


def test_small_orders() -> None:
    tests = np.array([0.0, 50.0, 100.0, 1e9]).reshape(1, 1, 1, 4)
    assert eq.small_order_factor(tests, one(100.0), one(8.0)).ravel() == pytest.approx([8.0, 3.0, 2.0, 1.0])


@quick
@given(st.floats(0.001, 1), st.floats(1e-6, 1), st.floats(0, 2), st.floats(0.05, 3))
def test_a_logistic_step_is_exact(ceiling: float, part: float, rate: float, years: float) -> None:
    level = ceiling * part
    known = ceiling / (1 + (ceiling / level - 1) * math.exp(-rate * years))
    assert eq.logistic_step(one(level), one(ceiling), one(rate), years).item() == pytest.approx(known, rel=1e-9)


def test_a_logistic_step_against_an_integrator() -> None:
    rate, ceiling = 0.6, 0.8
    path = integrate.solve_ivp(lambda _, c: rate * c * (1 - c / ceiling), (0, 0.25), [0.1], rtol=1e-11, atol=1e-14)
    assert eq.logistic_step(one(0.1), one(ceiling), one(rate), 0.25).item() == pytest.approx(path.y[0, -1], rel=1e-8)


def test_corners_of_a_logistic_step() -> None:
    def step(level: float, ceiling: float) -> float:
        return float(eq.logistic_step(one(level), one(ceiling), one(0.5), 0.25).item())

    assert step(0.0, 0.5) == 0.0
    assert step(0.3, 0.0) == 0.0
    assert step(0.9, 0.5) == pytest.approx(0.5)
    assert step(0.5, 0.5) == pytest.approx(0.5)


@quick
@given(st.floats(0.05, 1), st.floats(0.001, 0.4), st.floats(2, 15))
def test_the_logistic_rate_reaches_half_in_time(ceiling: float, share: float, years: float) -> None:
    start = share * ceiling
    rate = eq.logistic_rate(one(ceiling), one(start), one(years))
    level = one(start)
    for _ in range(100):
        level = eq.logistic_step(level, one(ceiling), rate, years / 100)
    assert level.item() == pytest.approx(ceiling / 2, rel=1e-6)


@pytest.mark.parametrize("shape", [1.5, 3.0, 6.0])
def test_least_of_is_the_mean_of_the_least_weibull_input(shape: float) -> None:
    """Site values of mean x_i, independent Weibull: the mean of their minimum."""
    means = np.array([1.0, 0.7, 2.0, 1.3, 5.0])
    rng = np.random.default_rng(1)
    sites = stats.weibull_min(shape, scale=means / math.gamma(1 + 1 / shape)).rvs((200_000, 5), random_state=rng)
    others = sum(eq.scarcity(one(m), one(shape)).item() for m in means[1:])
    found = eq.least_of(one(others), one(shape)).item()
    assert found == pytest.approx(sites.min(axis=1).mean(), rel=5e-3)


@quick
@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=5), st.floats(1.5, 6))
def test_delivered_is_never_above_any_input(ratios: list[float], shape: float) -> None:
    others = sum(eq.scarcity(one(r), one(shape)).item() for r in ratios)
    found = eq.least_of(one(others), one(shape)).item()
    assert 0 < found < min(1.0, *ratios) * (1 + 1e-12)
    assert eq.least_of(one(0.0), one(shape)).item() == 1.0


def test_scarcity_is_bounded() -> None:
    assert eq.scarcity(one(0.0), one(2.0)).item() == pytest.approx(1e12)
    assert eq.scarcity(one(1e300), one(2.0)).item() == pytest.approx(1e-12)


def test_vus_halves_with_each_fold() -> None:
    def rate(folds: float) -> float:
        return float(eq.vus_rate(one(0.058), one(0.065), one(100.0 * 10.0**folds), one(100.0), one(10.0)).item())

    assert rate(0) == pytest.approx(0.058 + 0.065)
    assert rate(1) == pytest.approx(0.058 + 0.0325)
    assert rate(3) == pytest.approx(0.058 + 0.065 / 8)
    assert rate(-2) == rate(0)


def test_emigration_keeps_the_stock_abroad_in_balance() -> None:
    """At home N, abroad S = s (N + S): what leaves home equals the exits abroad."""
    s, exits, home = 0.2, 0.03, 1000.0
    abroad = s * home / (1 - s)
    assert eq.emigration_rate(one(s), one(exits)).item() * home == pytest.approx(exits * abroad, rel=1e-12)


def water(total: float, weight: np.ndarray, cap: np.ndarray) -> np.ndarray:
    """Fill fifths by bisection on the common scale."""
    low, high = 0.0, 1e9
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(cap, middle * weight).mean() < total else (low, middle)
    return np.minimum(cap, high * weight)


FIFTHS = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(np.array)
UNEVEN = st.lists(st.floats(-9, 0), min_size=5, max_size=5).map(lambda powers: 10.0 ** np.array(powers))


@quick
@given(FIFTHS | UNEVEN, FIFTHS, st.floats(0, 1))
def test_fifths_against_bisection(weight: np.ndarray, cap: np.ndarray, part: float) -> None:
    total = part * cap.mean()
    level = total * weight / weight.mean()
    got = eq.filled_fifths(one(total), level.reshape(1, 1, 5, 1), cap.reshape(1, 1, 5, 1)).ravel()
    assert got == pytest.approx(water(total, weight, cap), rel=1e-6, abs=1e-9)
    assert got.mean() == pytest.approx(total, rel=1e-12, abs=1e-15)
    assert (got <= cap * (1 + 1e-12)).all()
    assert (got >= 0).all()


@pytest.mark.parametrize("shape", [(1, 9, 1, 1), (1, 9, 9, 1), (3, 9, 1, 2), (2, 11, 10, 5), (1, 6, 1, 194)])
def test_sums_along_short_axes_are_taken_in_order_whatever_the_shape(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(2).lognormal(0.0, 9.0, shape)
    for layout in (values, np.asfortranarray(values), values[:, ::-1], np.broadcast_to(values[..., :1], shape)):
        for axis, sums in ((1, eq.sum_applications), (2, eq.sum_groups)):
            one_by_one = np.zeros(())
            for part in np.split(layout, shape[axis], axis=axis):
                one_by_one = one_by_one + part
            assert np.array_equal(sums(layout), one_by_one)


def test_sums_along_short_axes() -> None:
    values = np.random.default_rng(1).random((2, 3, 4, 5))
    assert np.allclose(eq.sum_groups(values), values.sum(axis=2, keepdims=True), rtol=1e-14)
    assert np.allclose(eq.sum_applications(values), values.sum(axis=1, keepdims=True), rtol=1e-14)
    uses = np.array([[1, 0], [0, 1], [0, 1]], dtype=float)[None, :, :, None]
    on = eq.by_platform(values[:, :, :1], uses)
    assert np.allclose(on[:, 0, 0], values[:, 0, 0])
    assert np.allclose(on[:, 0, 1], values[:, 1, 0] + values[:, 2, 0])


def expected_programmes(a: float, fixed: np.ndarray, sd: float) -> float:
    """Sum over countries of the chance of a programme, by a fine rule over the normal propensity."""
    v = np.linspace(-8, 8, 4001)
    weight = stats.norm.pdf(v)
    risk = -np.expm1(-np.exp(a + fixed[:, None] + sd * v))
    return float((integrate.trapezoid(risk * weight, v, axis=1)).sum())


@pytest.mark.parametrize(("expected", "sd"), [(0.5, 0.8), (20.0, 0.5), (97.0, 1.2), (180.0, 0.8)])
def test_the_baseline_gives_the_expected_programmes(expected: float, sd: float) -> None:
    fixed = np.random.default_rng(2).normal(0, 1.5, 194)
    a = solve_baseline(fixed.reshape(1, 1, 1, -1), one(sd), one(expected)).item()
    assert expected_programmes(a, fixed, sd) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("adopted", [(0, 0, 0), (1, 0, 0), (1, 1, 1)])
def test_a_propensity_is_drawn_from_its_posterior(adopted: tuple[int, ...]) -> None:
    """Against prior x likelihood on a fine grid: the distribution of v over many draws."""
    hazards, sd, draws = np.array([-1.0, -2.0, -3.5]), 0.8, 20_000
    u = ((np.arange(draws) + 0.5) / draws).reshape(1, 1, 1, -1)
    had = np.broadcast_to(np.array(adopted, dtype=bool).reshape(1, 3, 1, 1), (1, 3, 1, draws))
    log_hazard = np.broadcast_to(hazards.reshape(1, 3, 1, 1), (1, 3, 1, draws))
    share = posterior_share(log_hazard, one(sd), had, u).ravel()
    assert (share > 0).all()
    assert (share < 1).all()
    assert (np.diff(share) >= 0).all()
    v = np.linspace(-5 * sd, 5 * sd, 4001)
    risk = np.exp(hazards[:, None] + v)
    likelihood = np.where(np.array(adopted)[:, None] == 1, -np.expm1(-risk), np.exp(-risk)).prod(axis=0)
    posterior = stats.norm.pdf(v, scale=sd) * likelihood
    posterior /= posterior.sum()
    drawn = stats.norm.ppf(np.clip(share, 1e-9, 1 - 1e-9)) * sd
    mean = float((v * posterior).sum())
    assert drawn.mean() == pytest.approx(mean, abs=0.03 * sd)
    assert drawn.std() == pytest.approx(math.sqrt(float(((v - mean) ** 2 * posterior).sum())), rel=0.06)


def test_mean_of_groups_is_the_sum_of_shares_times_values_to_the_byte() -> None:
    rng = np.random.default_rng(4)
    shares, values = rng.random((1, 1, 6, 7)), rng.random((3, 2, 6, 1))
    assert (eq.mix_groups(shares, values) == eq.sum_groups(shares * values)).all()
