"""Between and within: parts that sum to the whole."""

import numpy as np
import pytest
from equity_worlds import worlds
from hypothesis import given
from hypothesis import strategies as st

from adoptsim import equity

SPLIT = ["variance", "theil", "mean_log_deviation"]


@pytest.mark.parametrize("name", SPLIT)
@given(world=worlds(), labels=st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_parts_sum_to_the_measure(name, world, labels):
    y, n, _ = world
    groups = labels[: len(y)]
    split = equity.decompose(name, y, n, groups)
    whole = equity.measure(name, y, n)
    np.testing.assert_allclose(split.total, whole, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(split.between + split.within, whole, rtol=1e-12, atol=1e-10)
    assert np.isnan(whole) or min(split.parts) >= -1e-9
    nested = equity.decompose(name, y, n, groups, list(zip_labels(groups, range(len(y)))))
    np.testing.assert_allclose(nested.parts[0], split.between, atol=1e-10)
    np.testing.assert_allclose(nested.parts[1], split.within, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(np.nan_to_num(nested.parts[2], posinf=0), 0, atol=1e-10)


def zip_labels(coarse, fine):
    return (f"{a}-{b}" for a, b in zip(coarse, fine, strict=True))


def test_by_hand():
    split = equity.decompose("BGV", [0.1, 0.3, 0.2, 0.6], [30, 30, 20, 20], list("AABB"))
    assert split.parts == pytest.approx((0.0096, 0.022))
    assert split.shares == pytest.approx((0.0096 / 0.0316, 0.022 / 0.0316))
    assert split.measure == "variance"


def test_theil_within_is_the_groups_own_theil_weighted_by_what_they_hold():
    y, n, groups = np.array([0.1, 0.3, 0.2, 0.6]), np.array([30.0, 30, 20, 20]), np.array(list("AABB"))
    held = {g: (y * n)[groups == g].sum() / (y * n).sum() for g in "AB"}
    people = {g: n[groups == g].sum() / n.sum() for g in "AB"}
    own = {name: {g: equity.measure(name, y[groups == g], n[groups == g]) for g in "AB"} for name in SPLIT[1:]}
    theil, mld = (equity.decompose(name, y, n, groups) for name in SPLIT[1:])
    assert theil.within == pytest.approx(sum(held[g] * own["theil"][g] for g in "AB"))
    assert mld.within == pytest.approx(sum(people[g] * own["mean_log_deviation"][g] for g in "AB"))


def test_two_levels_through_time():
    rng = np.random.default_rng(8)
    y, n = rng.random((5, 4, 24)), rng.random((4, 24))
    region, country = np.arange(24) // 12, np.arange(24) // 4
    split = equity.decompose("theil", y, n, region, country)
    assert [part.shape for part in split.parts] == [(5, 4)] * 3
    np.testing.assert_allclose(np.sum(split.parts, axis=0), equity.theil(y, n), rtol=1e-12)
    countries = equity.decompose("theil", y, n, country)
    np.testing.assert_allclose(split.parts[0] + split.parts[1], countries.between, rtol=1e-10)
    one = equity.decompose("theil", y[2, 3], n[3], region, country)
    np.testing.assert_array_equal([part[2, 3] for part in split.parts], one.parts)


def test_zeros_empty_groups_and_nothing_at_all():
    y, n, groups = [0.0, 0.0, 0.4, 0.8, 0.9], [1, 2, 3, 4, 0], list("AABBC")
    theil, mld, variance = (equity.decompose(name, y, n, groups) for name in ("TI", "MLD", "BGV"))
    assert theil.between + theil.within == pytest.approx(equity.theil(y, n))
    assert mld.between == np.inf
    assert mld.within == pytest.approx(1000 * (0.3 * np.log(4.4 / 2.8) + 0.4 * np.log(4.4 / 5.6)) - 0, rel=1)
    assert np.isnan(mld.shares).all()
    assert variance.between + variance.within == pytest.approx(equity.variance(y, n))
    poor_group = equity.decompose("TI", [0.0, 0.5, 0.4], [1, 0, 1], list("AAB"))
    assert poor_group.parts == pytest.approx((equity.theil([0.0, 0.4], [1, 1]), 0))
    nothing = equity.decompose("TI", [0, 0, 0], [1, 1, 1], list("ABB"))
    assert np.isnan([nothing.total, *nothing.parts]).all()
    assert equity.decompose("BGV", [0, 0, 0], [1, 1, 1], list("ABB")).parts == (0, 0)
    assert np.isnan(equity.decompose("MLD", [0, 0, 0], [1, 1, 1], list("ABB")).parts).all()


@given(worlds(), st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_the_gap_splits_by_replacing_everybody_with_their_country(world, labels):
    access, people, income = world
    groups = np.array(labels[: len(access)])
    split = equity.split_gap(access, people, income, groups)
    average = np.array([np.average(access[groups == g], weights=people[groups == g]) for g in groups])
    assert split.gap == equity.headline(access, people, income).gap
    assert split.between == pytest.approx(equity.headline(average, people, income).gap, abs=1e-12)
    assert split.between + split.within == pytest.approx(split.gap, abs=1e-15)


def test_a_gap_with_one_country_or_one_cell_per_country():
    access, people, income = [0.1, 0.4, 0.3, 0.9], [3, 1, 2, 4], [1, 4, 3, 9]
    assert equity.split_gap(access, people, income, list("AAAA")).between == pytest.approx(0)
    assert equity.split_gap(access, people, income, list("ABCD")).within == pytest.approx(0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gini", [1, 2], [1, 1], "AB"), "gini does not split exactly"),
        (("theil", [1, 2], [1, 1], ["A"]), r"groups: labels of shape \(1,\), but there are 2 units"),
        (("theil", [1, 2, 3], [1, 1, 1], list("ABB"), list("xyx")), r"subgroups\[2\]: x lies in more than one group"),
        (("theil", [1, -2], [1, 1], list("AB")), r"estimate\[1\] = -2: negative"),
    ],
)
def test_wrong_input(arguments, words):
    with pytest.raises(ValueError, match=words):
        equity.decompose(*arguments)
