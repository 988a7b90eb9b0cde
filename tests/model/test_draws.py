"""Draws: every number is a function of seed, replicate, stream, application, slot and period alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adoptsim.model.draws import PAGE, Draws, Sequences, key

SLOTS = np.arange(194)


def test_shape_and_range() -> None:
    u = Draws(1, range(3)).uniform("adopt", SLOTS, 5, ("a", "b"))
    assert u.shape == (5, 3, 2, 1, 194)
    assert (u > 0).all()
    assert (u < 1).all()
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-4
    assert stats.kstest(Draws(1, range(9)).normal("x", SLOTS, 5).ravel(), "norm").pvalue > 1e-4


def test_more_periods_worlds_and_applications_leave_the_others_alone() -> None:
    small = Draws(1, [2, 5]).uniform("adopt", SLOTS, 3, ("b", "d"))
    large = Draws(1, range(8)).uniform("adopt", SLOTS, 11, ("a", "b", "c", "d"))
    assert np.array_equal(large[:3, [2, 5]][:, :, [1, 3]], small)


@pytest.mark.parametrize("slots", [[3], [0, 193], [7, 6, 5], [255, 256, 300], [10, 10], [5 * 2**20 + 7, 7]])
def test_a_slot_keeps_its_numbers_in_any_company(slots: list[int]) -> None:
    draws = Draws(4, [0, 1])
    some = draws.uniform("x", np.array(slots), 4)
    for place, slot in enumerate(slots):
        page = np.arange(slot // PAGE * PAGE, slot // PAGE * PAGE + PAGE)
        assert np.array_equal(some[..., place], draws.uniform("x", page, 4)[..., slot % PAGE])


def test_everything_in_the_key_counts() -> None:
    base = Draws(1, [0]).uniform("x", SLOTS, 1, ("a",))
    others = (
        Draws(2, [0]).uniform("x", SLOTS, 1, ("a",)),
        Draws(1, [1]).uniform("x", SLOTS, 1, ("a",)),
        Draws(1, [0]).uniform("y", SLOTS, 1, ("a",)),
        Draws(1, [0]).uniform("x", SLOTS, 1, ("b",)),
        Draws(1, [0]).uniform("x", SLOTS + PAGE, 1, ("a",)),
    )
    assert not any(np.isin(other, base).any() for other in others)


def test_streams_are_not_correlated() -> None:
    draws = Draws(1, range(20))
    one, two = (draws.uniform(name, SLOTS, 4).ravel() for name in ("adopt", "lapse"))
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(one.size)
    assert abs(np.corrcoef(one[:-1], one[1:])[0, 1]) < 4 / np.sqrt(one.size)


def test_keys_do_not_run_together() -> None:
    assert key(1, 23).tolist() != key(12, 3).tolist()
    assert key("a", "").tolist() != key("a").tolist()


@pytest.mark.parametrize("start", [0, 1, 3, 4, 5, 1000, 1003])
def test_a_sequence_can_be_entered_anywhere(start: int) -> None:
    sequences = Sequences()
    whole = np.random.Generator(np.random.Philox(key=key(1, "parameter", "x"))).random(1100)
    sequences.uniforms(start + 2, 7, 2, "parameter", "x")  # what was drawn before leaves nothing behind
    assert np.array_equal(sequences.uniforms(start, 50, 1, "parameter", "x"), whole[start : start + 50])
