"""Measures against their definitions, written out the slow way, and against what theory demands of them."""

import inspect

import numpy as np
import pytest
from equity_worlds import worlds
from hypothesis import assume, given
from hypothesis import strategies as st

from adoptsim import equity

NAMES = list(equity.MEASURES)
RELATIVE = [m.name for m in equity.MEASURES.values() if not m.absolute]
UNWEIGHTED = {"mean_gap", "best_gap", "reference_gap", "disparity"}
THREE = {"estimate": [0.3, 0.4, 0.7], "population": [40, 40, 20], "rank": [1, 2, 3], "reference": 0}


def ask(name, y, n, rank, **options):
    return equity.measure(name, y, n, rank=rank, reference=0, **options)


def people_of(y, n, rank):
    """Every pair of people, each pair weighted by how many there are of it."""
    p = n / n.sum()
    return p[:, None] * p[None, :], y[:, None] - y[None, :], np.sign(rank[:, None] - rank[None, :])


@given(worlds())
def test_concentration_is_the_mean_difference_between_richer_and_poorer(world):
    y, n, rank = world
    pairs, difference, order = people_of(y, n, rank)
    brute = (pairs * difference * order).sum() / 2
    assert equity.absolute_concentration(y, n, rank) == pytest.approx(brute, abs=1e-14)
    assert equity.erreygers(y, n, rank) == pytest.approx(4 * brute, abs=1e-13)
    mu = (y * n).sum() / n.sum()
    if mu > 0:
        assert equity.relative_concentration(y, n, rank) == pytest.approx(brute / mu, abs=1e-12)
    if 0 < mu < 1:
        assert equity.wagstaff(y, n, rank) == pytest.approx(brute / (mu * (1 - mu)), abs=1e-10)


@given(worlds())
def test_gini_is_half_the_relative_mean_difference(world):
    y, n, rank = world
    assume(y.max() > 0)
    pairs, difference, _ = people_of(y, n, rank)
    brute = (pairs * np.abs(difference)).sum() / (2 * (y * n).sum() / n.sum())
    assert equity.gini(y, n) == pytest.approx(brute, abs=1e-12)


@given(worlds(zeros=False))
def test_the_rest_against_the_formulas(world):
    y, n, _ = world
    p, k = n / n.sum(), len(n)
    mu = sum(p * y)
    expected = {
        "MEAN": mu,
        "BGV": sum(p * (y - mu) ** 2),
        "BGSD": sum(p * (y - mu) ** 2) ** 0.5,
        "COV": 100 * sum(p * (y - mu) ** 2) ** 0.5 / mu,
        "MDMU": sum(abs(y - mu)) / k,
        "MDMW": sum(p * abs(y - mu)),
        "MDBU": sum(abs(y - max(y))) / k,
        "MDBW": sum(p * abs(y - max(y))),
        "MDRU": sum(abs(y - y[0])) / k,
        "MDRW": sum(p * abs(y - y[0])),
        "IDISU": 100 * sum(abs(y - mu)) / k / mu,
        "IDISW": 100 * sum(p * abs(y - mu)) / mu,
        "TI": 1000 * sum(p * y / mu * np.log(y / mu)),
        "MLD": 1000 * sum(p * np.log(mu / y)),
        "PAR": max(y) - mu,
        "PAF": 100 * (max(y) - mu) / mu,
        "D": y[0] - min(y),
        "R": y[0] / min(y),
    }
    for name, value in expected.items():
        result = equity.measure(name.lower(), y, n, reference=None if name in ("PAR", "PAF") else 0)
        assert result == pytest.approx(value, rel=1e-12, abs=1e-11), name


@given(worlds(), st.integers(1, 5))
def test_replication_changes_nothing(world, copies):
    y, n, rank = world
    for name in NAMES:
        once = ask(name, y, n, rank)
        again = ask(name, np.tile(y, copies), np.tile(n, copies), np.tile(rank, copies))
        np.testing.assert_allclose(again, once, rtol=1e-9, atol=1e-9, err_msg=name)


@given(worlds(), st.integers(0, 7), st.floats(0.05, 0.95))
def test_cutting_a_unit_in_two_changes_nothing_that_weighs_people(world, which, share):
    y, n, rank = world
    i = which % len(y)
    cut = np.append(n, n[i] * (1 - share))
    cut[i] = n[i] * share
    for name in set(NAMES) - UNWEIGHTED:
        whole = ask(name, y, n, rank)
        halves = ask(name, np.append(y, y[i]), cut, np.append(rank, rank[i]))
        np.testing.assert_allclose(halves, whole, rtol=1e-9, atol=1e-9, err_msg=name)


@given(worlds(), st.sampled_from([0.25, 100.0, 1000.0]), st.floats(0.5, 1e6))
def test_relative_measures_ignore_units_and_sizes_of_people(world, factor, size):
    y, n, rank = world
    for name in NAMES:
        measured = equity.MEASURES[name]
        before, after = ask(name, y, n, rank), ask(name, y * factor, n * size, rank, scale=factor)
        power = {"variance": 2}.get(name, 1) if measured.absolute and name != "erreygers" else 0
        np.testing.assert_allclose(after, before * factor**power, rtol=1e-9, atol=1e-9 * factor**power, err_msg=name)


@given(worlds())
def test_only_the_order_of_ranks_matters(world):
    y, n, rank = world
    for name in NAMES:
        np.testing.assert_array_equal(ask(name, y, n, np.exp(rank)), ask(name, y, n, rank), err_msg=name)


@given(worlds())
def test_erreygers_and_wagstaff_are_mirrors_and_rci_is_not(world):
    y, n, rank = world
    for name in ("erreygers", "wagstaff"):
        np.testing.assert_allclose(ask(name, 1 - y, n, rank), -ask(name, y, n, rank), atol=1e-9)


def test_wagstaff_is_undefined_when_all_have_all_whatever_the_rounding_of_people():
    people = [0.1, 0.3]
    assert equity.mean([1, 1], people) < 1
    assert np.isnan(equity.wagstaff([1, 1], people, [1, 2]))


def test_rci_can_rank_two_places_differently_by_access_and_by_lack():
    people, rank = [1, 1], [1, 2]
    here, there = np.array([0.1, 0.2]), np.array([0.5, 0.8])
    assert equity.relative_concentration(here, people, rank) > equity.relative_concentration(there, people, rank)
    lack = [abs(equity.relative_concentration(1 - y, people, rank)) for y in (here, there)]
    assert lack[0] < lack[1]


@given(worlds(zeros=False, least=2), st.floats(0.1, 0.9))
def test_a_transfer_from_rich_to_poor_lowers_inequality(world, share):
    y, _, _ = world
    low, high = int(np.argmin(y)), int(np.argmax(y))
    assume(y[high] - y[low] > 0.01)
    after, people = y.copy(), np.ones(len(y))
    step = share * (y[high] - y[low]) / 2
    after[low], after[high] = y[low] + step, y[high] - step
    for name in ("gini", "theil", "mean_log_deviation", "variance", "coefficient_of_variation"):
        assert equity.measure(name, after, people) < equity.measure(name, y, people), name
    for name in ("absolute_concentration", "slope_index", "relative_concentration", "erreygers"):
        assert equity.measure(name, after, people, rank=y) < equity.measure(name, y, people, rank=y), name


@given(worlds())
def test_no_measure_leaves_the_range_it_declares(world):
    y, n, rank = world
    limits = {
        "absolute_concentration": (-0.25, 0.25),
        "relative_concentration": (-1, 1),
        "wagstaff": (-1, 1),
        "erreygers": (-1, 1),
        "gini": (0, 1),
        "slope_index": (-2, 2),
        "disparity_weighted": (0, 200),
        "theil": (0, 1000 * np.log(n.sum() / n.min())),
    }
    for name in NAMES:
        low, high = limits.get(name, (0, np.inf) if equity.MEASURES[name].sign == "none" else (-np.inf, np.inf))
        value = ask(name, y, n, rank)
        assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9, name
    assert equity.slope_index([0, 1], [1, 1], [1, 2]) == pytest.approx(2)


@pytest.mark.parametrize("name", NAMES)
def test_equality_is_the_even_value(name):
    value = ask(name, [0.4, 0.4, 0.4], [1, 2, 3], [3, 1, 2])
    assert value == pytest.approx(0.4 if name == "mean" else equity.MEASURES[name].even, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["linear", "logit"])
def test_one_unit_or_one_rank_is_even(name, form):
    assert ask(name, [0.4], [7], [1], form=form) == pytest.approx(0.4 if name == "mean" else equity.MEASURES[name].even)
    if equity.MEASURES[name].ranked:
        tied = ask(name, [0.2, 0.9, 0.4], [7, 1, 2], [5, 5, 5], form=form)
        assert tied == pytest.approx(equity.MEASURES[name].even, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["linear", "logit"])
def test_nothing_anywhere_is_nan_for_relative_measures_with_a_reason_and_zero_for_absolute_ones(name, form):
    value = ask(name, [0.0, 0.0, 0.0], [1, 2, 3], [1, 2, 3], form=form)
    if name in RELATIVE:
        assert np.isnan(value)
        assert equity.MEASURES[name].undefined
    else:
        assert value == 0


def test_zeros_among_units():
    y, n = [0.0, 0.4, 0.7], [40, 40, 20]
    r = np.array([0.4, 0.7]) / 0.3
    assert equity.theil(y, n) == pytest.approx(1000 * (0.4 * r[0] * np.log(r[0]) + 0.2 * r[1] * np.log(r[1])))
    assert equity.mean_log_deviation(y, n) == np.inf
    assert np.isnan(equity.ratio(y, n))
    z = np.where(np.array(y) == 0, 1e-6, y)
    p = np.array(n) / 100
    mu = (p * z).sum()
    assert equity.theil(y, n, who_compat=True) == pytest.approx(1000 * (p * z / mu * np.log(z / mu)).sum(), rel=1e-13)
    assert equity.mean_log_deviation(y, n, who_compat=True) == pytest.approx(
        1000 * (p * np.log(mu / z)).sum(), rel=1e-13
    )


@pytest.mark.parametrize("name", NAMES)
def test_units_without_people_are_left_out(name):
    with_empty = ask(name, [0.3, 0.4, 0.0, 0.7, 1.0], [40, 40, 0, 20, 0], [1, 2, 0, 3, 9])
    assert with_empty == pytest.approx(ask(name, **{"y": [0.3, 0.4, 0.7], "n": [40, 40, 20], "rank": [1, 2, 3]}))


def test_which_units_are_compared():
    y, n, rank = [0.5, 0.2, 0.9, 0.4], [1, 1, 1, 3], [2, 1, 3, 3]
    top = (0.9 + 3 * 0.4) / 4
    assert equity.difference(y, n, rank) == pytest.approx(top - 0.2)
    assert equity.ratio(y, n, rank) == pytest.approx(top / 0.2)
    assert equity.difference(y, n, rank, favourable=False) == pytest.approx(0.2 - top)
    assert equity.ratio(y, n, rank, favourable=False) == pytest.approx(0.2 / top)
    assert equity.difference(y, n, reference=0) == pytest.approx(0.5 - 0.2)
    assert equity.difference(y, n, reference=0, favourable=False) == pytest.approx(0.9 - 0.5)
    assert equity.difference(y, n) == equity.difference(y, n, favourable=False) == pytest.approx(0.9 - 0.2)
    mu = (0.5 + 0.2 + 0.9 + 1.2) / 6
    assert equity.attributable_risk(y, n, rank) == pytest.approx(top - mu)
    assert equity.attributable_risk(y, n) == pytest.approx(0.9 - mu)
    assert equity.attributable_risk(y, n, reference=0) == pytest.approx(0.5 - mu)
    assert equity.attributable_risk(y, n, reference=1) == 0
    assert equity.attributable_risk(y, n, favourable=False) == pytest.approx(0.2 - mu)
    assert equity.attributable_risk(y, n, rank, favourable=False) == 0
    assert equity.best_gap(y, n, favourable=False) == pytest.approx(np.mean(np.array(y) - 0.2))


def test_a_percentile_on_the_line_between_two_units_is_their_average_whatever_the_rounding_of_people():
    for people in (0.1, 1 / 3, 1.0):
        assert equity.percentile_difference(np.arange(1.0, 21.0), np.full(20, people)) == 19.5 - 1.5


def test_tails_are_of_people_and_not_of_units():
    y, people = np.arange(1.0, 201.0), np.ones(200)
    assert equity.percentile_difference(y, people) == pytest.approx(190.5 - 10.5)
    assert equity.percentile_ratio(y, people) == pytest.approx(190.5 / 10.5)
    assert equity.ventile_difference(y, people) == pytest.approx(195.5 - 5.5)
    assert equity.ventile_ratio(y, people) == pytest.approx(195.5 / 5.5)
    people[0] = 1000.0
    assert equity.ventile_difference(y, people) == pytest.approx(
        np.average(y[-60:], weights=[0.95] + [1.0] * 59) - 1, abs=0.05
    )
    assert equity.percentile_difference(y, people) == pytest.approx(141 - 1)


@pytest.mark.parametrize("name", NAMES)
def test_leading_axes_are_kept_and_broadcast(name):
    rng = np.random.default_rng(4)
    y = rng.random((3, 2, 6)) + 0.01
    n, rank = rng.random((2, 6)) + 0.1, rng.integers(0, 4, (3, 1, 6)).astype(float)
    together = ask(name, y, n, rank)
    assert together.shape == (3, 2)
    apart = [[ask(name, y[i, j], n[j], rank[i, 0]) for j in range(2)] for i in range(3)]
    np.testing.assert_array_equal(together, apart)
    assert ask(name, y[0, 0], n[0], rank[0, 0]).shape == ()
    assert ask(name, y[0, 0], n, rank[0, 0]).shape == (2,)


@pytest.mark.parametrize("name", NAMES)
def test_no_worlds_at_all_give_no_results(name):
    assert ask(name, np.ones((0, 5)), np.ones(5), np.arange(5)).shape == (0,)
    assert ask(name, np.ones((0, 5)), np.ones((0, 5)), np.arange(5)).shape == (0,)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["linear", "logit"])
def test_a_hundred_thousand_units(name, form):
    rng = np.random.default_rng(11)
    few = rng.random(8) + 0.01, rng.random(8), rng.integers(0, 4, 8)
    many = (np.tile(column, 12_500) for column in few)
    assert ask(name, *many, form=form, scale=2.0) == pytest.approx(ask(name, *few, form=form, scale=2.0), rel=1e-9)


def test_every_measure_describes_itself_and_is_the_function_of_its_name():
    who = "D R ACI RCI SII RII BGV BGSD COV MDMU MDMW MDBU MDBW MDRU MDRW IDISU IDISW TI MLD PAR PAF wagstaff erreygers"
    assert {m.who for m in equity.MEASURES.values()} >= set(who.split())
    signature = list(inspect.signature(equity.measure).parameters.values())[1:]
    for name, entry in equity.MEASURES.items():
        assert getattr(equity, name) is entry.function
        assert list(inspect.signature(entry.function).parameters.values()) == signature
        assert all((entry.label, entry.formula, entry.unit, entry.span, entry.source))
        for text in (entry.formula, entry.unit, entry.span, entry.direction, "Args:", "Raises:"):
            assert text in (entry.function.__doc__ or "")
        assert equity.find(entry.who or name) is equity.find(name.upper()) is entry


def test_words_for_a_sign():
    slope, gap, spread = (equity.MEASURES[n] for n in ("slope_index", "difference", "variance"))
    assert slope.favours(0.1) == slope.favours(-0.1, favourable=False) == "favours advantaged"
    assert slope.favours(-0.1) == slope.favours(0.1, favourable=False) == "favours disadvantaged"
    assert gap.favours(0.1) == gap.favours(0.1, favourable=False) == "favours advantaged"
    assert equity.MEASURES["ratio"].favours(0.9) == "favours disadvantaged"
    assert slope.favours(1e-12) == "even"
    assert spread.favours(3.0) == slope.favours(np.nan) == ""
