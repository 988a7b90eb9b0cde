"""Couplings against plain Python loops, and what they must conserve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adoptsim.model.couplings import (
    Chosen,
    Links,
    everyone,
    gather,
    largest,
    least_of_offers,
    neighbours_mean,
    ranked_flow,
    share_out,
    total,
)

W, A = 2, 2
AMOUNTS = st.sampled_from([0.0, 1.0, 2.5, 1e-9, 1e9]) | st.floats(1e-6, 1e6)
quick = settings(max_examples=80, deadline=None)


@st.composite
def relation(draw: Any) -> tuple[Links, np.ndarray, np.ndarray]:
    """Links of some rows to ends (some of which may have none), values of rows, values of ends."""
    size = draw(st.integers(1, 5))
    ends = draw(st.lists(st.integers(0, size - 1), min_size=0, max_size=9))
    rows = draw(st.lists(AMOUNTS, min_size=W * A * len(ends), max_size=W * A * len(ends)))
    whole = draw(st.lists(AMOUNTS, min_size=W * A * size, max_size=W * A * size))
    links = Links(np.array(ends, dtype=np.int64), size)
    return links, np.array(rows).reshape(W, A, 1, len(ends)), np.array(whole).reshape(W, A, 1, size)


def cells() -> list[tuple[int, int]]:
    return [(w, a) for w in range(W) for a in range(A)]


@quick
@given(relation())
def test_gather_total_largest_everyone(case: tuple[Links, np.ndarray, np.ndarray]) -> None:
    links, rows, ends = case
    read = np.broadcast_to(gather(ends, links), rows.shape)  # one end only: its value stands for all
    sums, tops = total(rows, links), largest(rows, links)
    assert sums.shape == tops.shape == ends.shape
    for w, a in cells():
        assert read[w, a, 0].tolist() == [ends[w, a, 0, e] for e in links.ends]
        for e in range(links.size):
            mine = [rows[w, a, 0, r] for r, end in enumerate(links.ends) if end == e]
            assert sums[w, a, 0, e] == pytest.approx(sum(mine), rel=1e-12)
            assert tops[w, a, 0, e] == max(mine, default=0.0)
        assert everyone(rows)[w, a, 0, 0] == pytest.approx(sum(rows[w, a, 0]), rel=1e-12)
    assert sums.sum() == pytest.approx(rows.sum(), rel=1e-12)


def test_gather_of_a_value_common_to_all_ends_stays_one() -> None:
    links = Links(np.array([0, 2, 2]), 3)
    assert gather(np.full((1, 1, 1, 1), 4.0), links).shape == (1, 1, 1, 1)


@quick
@given(relation(), st.data())
def test_share_out(case: tuple[Links, np.ndarray, np.ndarray], data: st.DataObject) -> None:
    links, weight, amount = case
    got = share_out(amount, weight, links)
    for w, a in cells():
        for e in range(links.size):
            mine = [r for r, end in enumerate(links.ends) if end == e]
            whole = sum(weight[w, a, 0, r] for r in mine)
            given_out = sum(got[w, a, 0, r] for r in mine)
            assert given_out == pytest.approx(amount[w, a, 0, e] if whole > 0 else 0.0, rel=1e-9)
            for r in mine:
                fair = amount[w, a, 0, e] * weight[w, a, 0, r] / whole if whole > 0 else 0.0
                assert got[w, a, 0, r] == pytest.approx(fair, rel=1e-9, abs=1e-300)


@quick
@given(relation(), st.data())
def test_least_of_offers(case: tuple[Links, np.ndarray, np.ndarray], data: st.DataObject) -> None:
    links, offers, _ = case
    barred = data.draw(st.lists(st.booleans(), min_size=offers.size, max_size=offers.size))
    offers = np.where(np.array(barred, dtype=bool).reshape(offers.shape), np.inf, offers)
    where, least = least_of_offers(offers, links)
    for w, a in cells():
        for e in range(links.size):
            best, best_row = np.inf, -1
            for r, end in enumerate(links.ends):
                if end == e and offers[w, a, 0, r] < best:
                    best, best_row = offers[w, a, 0, r], r
            assert where[w, a, 0, e] == best_row
            assert least[w, a, 0, e] == best


@quick
@given(relation(), st.data())
def test_chosen_suppliers(case: tuple[Links, np.ndarray, np.ndarray], data: st.DataObject) -> None:
    """Countries add up in the supplier they chose and read it; nobody chosen: nothing added, 0 read."""
    links, _, suppliers = case
    countries = 4
    picks = st.lists(st.integers(-1, len(links.ends) - 1), min_size=W * A * countries, max_size=W * A * countries)
    rows = np.array(data.draw(picks), dtype=np.int64).reshape(W, A, 1, countries)
    amounts = np.array(data.draw(st.lists(AMOUNTS, min_size=rows.size, max_size=rows.size))).reshape(rows.shape)
    chosen = Chosen(rows, links)
    sums, read = chosen.total(amounts), chosen.read(suppliers)
    assert sums.shape == suppliers.shape
    assert read.shape == rows.shape
    for w, a in cells():
        for e in range(links.size):
            mine = sum(v for v, r in zip(amounts[w, a, 0], rows[w, a, 0], strict=True) if r >= 0 and links.ends[r] == e)
            assert sums[w, a, 0, e] == pytest.approx(mine, rel=1e-12)
        expected = [suppliers[w, a, 0, links.ends[r]] if r >= 0 else 0.0 for r in rows[w, a, 0]]
        assert read[w, a, 0].tolist() == expected


@quick
@given(st.integers(1, 6), st.data())
def test_neighbours_mean(size: int, data: st.DataObject) -> None:
    width = data.draw(st.integers(0, 4))
    numbers = st.lists(st.integers(-1, size - 1), min_size=size * width, max_size=size * width)
    near = np.sort(np.array(data.draw(numbers), dtype=np.int64).reshape(size, width), axis=1)[:, ::-1]
    values = np.array(data.draw(st.lists(st.floats(-1e3, 1e3), min_size=W * A * size, max_size=W * A * size)))
    values = values.reshape(W, A, 1, size)
    mean = neighbours_mean(values, near)
    for w, a in cells():
        for row in range(size):
            mine = [values[w, a, 0, n] for n in near[row] if n >= 0]
            expected = sum(mine) / len(mine) if mine else 0.0
            assert mean[w, a, 0, row] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def plain_flow(outflow: list[float], rank: list[float], pull: list[float]) -> tuple[list[float], list[float]]:
    """Every row sends its outflow to the rows that rank above it, never to equals, in proportion to their pull."""
    left, arrived = [0.0] * len(rank), [0.0] * len(rank)
    for row in range(len(rank)):
        above = [i for i in range(len(rank)) if rank[i] > rank[row]]
        whole = sum(pull[i] for i in above)
        if whole > 0:
            left[row] = outflow[row]
            for i in above:
                arrived[i] += outflow[row] * pull[i] / whole
    return left, arrived


@quick
@given(st.integers(1, 7), st.data())
def test_ranked_flow(size: int, data: st.DataObject) -> None:
    def numbers(groups: int, low: float, high: float) -> np.ndarray:
        drawn = data.draw(st.lists(st.floats(low, high), min_size=W * groups * size, max_size=W * groups * size))
        return np.array(drawn).reshape(W, 1, groups, size)

    outflow, pull = numbers(3, 0, 1e4), numbers(1, 0.01, 1e3)
    rank = np.array(data.draw(st.lists(st.integers(0, 4), min_size=W * size, max_size=W * size)), dtype=float)
    rank = rank.reshape(W, 1, 1, size)
    left, arrived = ranked_flow(outflow, rank, pull)
    for w in range(W):
        for g in range(3):
            gone, come = plain_flow(outflow[w, 0, g].tolist(), rank[w, 0, 0].tolist(), pull[w, 0, 0].tolist())
            assert left[w, 0, g] == pytest.approx(gone, rel=1e-9)
            assert arrived[w, 0, g] == pytest.approx(come, rel=1e-7, abs=1e-7 * (1 + outflow.max()))
    assert left.sum(axis=-1) == pytest.approx(arrived.sum(axis=-1), rel=1e-9, abs=1e-9)
    assert (arrived >= -1e-9 * (1 + outflow.max())).all()
