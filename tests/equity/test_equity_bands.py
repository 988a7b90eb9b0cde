"""The headline pair, its weights, and sums that keep their bytes."""

import numpy as np
import pytest
from equity_worlds import worlds
from hypothesis import given
from hypothesis import strategies as st

from adoptsim import equity


def person_by_person(access, people, income, lower, upper):
    """Mean access of a crowd of single persons; units of equal income are mixed evenly first."""
    access, people, income = map(np.asarray, (access, people, income))
    rows = []
    for value in np.unique(income):
        here = income == value
        rows += [np.average(access[here], weights=people[here])] * int(people[here].sum())
    first, last = round(lower * len(rows)), round(upper * len(rows))
    return float(np.mean(rows[first:last]))


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(1, 6).map(lambda k: 10 * k), st.integers(0, 4)), min_size=1, max_size=8
    )
)
def test_the_pair_is_what_a_line_of_single_persons_gives(cells):
    access, people, income = map(np.array, zip(*cells, strict=True))
    poor, gap = equity.headline(access, people, income)
    low = person_by_person(access, people, income, 0.0, 0.4)
    assert poor == pytest.approx(low, abs=1e-12)
    assert gap == pytest.approx(person_by_person(access, people, income, 0.8, 1.0) - low, abs=1e-12)


def test_the_cell_on_the_line_is_split():
    assert equity.band_weights([40, 40, 20], [1, 2, 3], 0.0, 0.5) == pytest.approx([0.8, 0.2, 0.0])
    assert equity.band_weights([40, 40, 20], [3, 2, 1], 0.5, 1.0) == pytest.approx([0.8, 0.2, 0.0])
    assert equity.band_weights([100], [1], 0.2, 0.3) == pytest.approx([1.0])


def test_cells_of_equal_income_are_split_alike():
    weights = equity.band_weights([30, 10, 60], [1, 1, 2], 0.0, 0.2)
    assert weights == pytest.approx([0.75, 0.25, 0.0])


@given(worlds(), st.integers(0, 7), st.floats(0.05, 0.95))
def test_cutting_a_cell_in_two_changes_nothing(world, which, share):
    access, people, income = world
    i = which % len(access)
    cut = np.append(people, people[i] * (1 - share))
    cut[i] *= share
    whole = equity.headline(access, people, income)
    halves = equity.headline(np.append(access, access[i]), cut, np.append(income, income[i]))
    np.testing.assert_allclose(halves, whole, atol=1e-12)


@given(worlds(), st.floats(0, 0.98), st.floats(0.01, 1))
def test_weights_sum_to_one_and_are_shares_of_people(world, lower, width):
    _, people, income = world
    weights = equity.band_weights(people, income, lower, min(1.0, lower + width))
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    everybody = equity.band_weights(people, income, 0.0, 1.0)
    assert everybody == pytest.approx(people / people.sum())


def test_empty_cells_weigh_nothing():
    weights = equity.band_weights([0, 40, 0, 60, 0], [0, 1, 1, 2, 3], 0.0, 0.5)
    assert weights == pytest.approx([0, 0.8, 0, 0.2, 0])


@pytest.mark.parametrize("shape", [(7,), (1, 7), (5, 7), (3, 5, 7)])
@pytest.mark.parametrize("people_lead", [(), (5,)])
@pytest.mark.parametrize("income_lead", [(), (5,), (3, 5)])
def test_two_steps_give_the_bytes_of_one(shape, people_lead, income_lead):
    rng = np.random.default_rng(5)
    access = rng.random(shape)
    people, income = rng.random((*people_lead, 7)), rng.integers(0, 4, (*income_lead, 7))
    poor, gap = equity.headline(access, people, income)
    low = equity.weighted_sum(access, equity.band_weights(people, income, 0.0, 0.4))
    high = equity.weighted_sum(access, equity.band_weights(people, income, 0.8, 1.0))
    np.testing.assert_array_equal(poor, low)
    np.testing.assert_array_equal(gap, high - low)


def test_other_shares_of_poor_and_rich():
    access = [0.3, 0.4, 0.7]
    poor, gap = equity.headline(access, [40, 40, 20], [1, 2, 3], poor=0.5, rich=0.5)
    assert poor == pytest.approx(0.32)
    assert gap == pytest.approx((0.3 * 0.4 + 0.2 * 0.7) / 0.5 - 0.32)


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)])
def test_several_bands_are_cut_from_one_line(lead):
    rng = np.random.default_rng(5)
    people, income = rng.random((*lead, 9)), rng.integers(0, 4, (*lead, 9))
    both = equity.band_weights(people, income, [0.0, 0.8], (0.4, 1.0))
    assert both.shape == (2, *lead, 9)
    assert np.array_equal(both[0], equity.band_weights(people, income, 0.0, 0.4))
    assert np.array_equal(both[1], equity.band_weights(people, income, 0.8, 1.0))


@pytest.mark.parametrize(("lower", "upper"), [([0.0, 0.5], [0.4]), ([0.0, 0.5], [0.4, 0.5]), ([[0.0]], [[0.4]])])
def test_bands_that_are_none_are_refused(lower, upper):
    with pytest.raises(ValueError, match="lower, upper: need"):
        equity.band_weights([1, 2], [1, 2], lower, upper)
