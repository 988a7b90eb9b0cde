"""Rankings against games whose answer is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from games import GAP, POOR, Array, played
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from adoptsim.sensitivity.ranking import RankingQuestion, rank_levers
from adoptsim.sensitivity.ranking.question import ALL
from adoptsim.sensitivity.ranking.rank import REST
from adoptsim.sensitivity.ranking.reading import read_outcome
from adoptsim.sensitivity.ranking.standing import Mean, places, told, told_apart

FOUR = ("advocacy", "retention", "pooled_procurement", "workforce_training")
MONEY = ("equal_money",)
SHAPLEY, ALONE, LAST = ("equal_money", ALL, "shapley"), ("equal_money", ALL, "alone"), ("equal_money", ALL, "last_out")
Worlds = NDArray[np.int64]

pytestmark = pytest.mark.fast


def question(worlds: int = 3, orderings: int = 2, **more: object) -> RankingQuestion:
    return RankingQuestion(levers=FOUR, settings=MONEY, worlds=worlds, orderings=orderings, without="", **more)  # type: ignore[arg-type]


def shapley(value: dict[frozenset[int], float], players: int) -> list[float]:
    """By enumeration of subsets, as Shapley (1953) defines it."""
    shares = []
    for i in range(players):
        others = [j for j in range(players) if j != i]
        share = 0.0
        for size in range(players):
            weight = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
            for before in itertools.combinations(others, size):
                share += weight * (value[frozenset((*before, i))] - value[frozenset(before)])
        shares.append(share)
    return shares


def any_game(seed: int) -> tuple[dict[frozenset[int], float], object]:
    """A game of four with a number of its own for each subset: interactions of every order."""
    subsets = [frozenset(s) for k in range(5) for s in itertools.combinations(range(4), k)]
    value = dict(zip(subsets, np.random.default_rng(seed).normal(size=16) * 0.01, strict=True))

    def played_value(used: Array, _: Worlds) -> Array:
        return np.array([value[frozenset(np.flatnonzero(row).tolist())] for row in used])

    return value, played_value


@pytest.mark.parametrize("seed", range(3))
def test_all_orderings_give_the_shapley_value(seed: int) -> None:
    value, game = any_game(seed)
    asked = question(worlds=1, orderings=24)
    found = rank_levers(played(asked, game), asked).of(*SHAPLEY)  # type: ignore[arg-type]
    assert found.loc[list(FOUR), "mean"].to_numpy() == pytest.approx([100 * x for x in shapley(value, 4)])
    assert (found["se_orderings"] == 0.0).all()


def test_sampled_orderings_come_as_near_as_their_error_says() -> None:
    value, game = any_game(7)
    asked = question(worlds=400, orderings=4)
    found = rank_levers(played(asked, game), asked).of(*SHAPLEY).loc[list(FOUR)]  # type: ignore[arg-type]
    off = np.abs(found["mean"] - np.multiply(100, shapley(value, 4)))
    assert (off < 4 * found["se"]).all()
    assert (off > 0).all()
    # worlds are alike in this game, so that all error is that of orderings: both estimates of it agree
    assert found["se"].to_numpy() == pytest.approx(found["se_orderings"].to_numpy(), rel=0.15)


def test_the_error_of_orderings_wants_two_pairs_in_a_world() -> None:
    _, game = any_game(1)
    asked = question(worlds=5)
    assert rank_levers(played(asked, game), asked).of(*SHAPLEY)["se_orderings"].isna().all()  # type: ignore[arg-type]


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_shares_add_up_to_the_effect_of_the_package_in_every_world(seed: int) -> None:
    _, game = any_game(seed)
    noise = np.random.default_rng(seed).normal(size=(4, 4))
    asked = question(worlds=4, orderings=2, seed=seed)
    table = played(asked, lambda u, w: game(u, w) + (noise[w] * u).sum(axis=1))  # type: ignore[operator]
    used = (table.filter(like=".budget") > 0).sum(axis=1)
    none, everyone = (table[used == count].groupby("replicate")[GAP].first().to_numpy() for count in (0, 4))
    found = rank_levers(table, asked)
    assert found.effects[SHAPLEY].sum(axis=1) == pytest.approx(100 * (everyone - none), abs=1e-9)
    assert found.of(*SHAPLEY)["mean"].sum() == pytest.approx(found.packages["mean"].iloc[0], abs=1e-9)


def test_an_ordering_and_its_reverse_are_exact_where_levers_meet_in_pairs_only() -> None:
    pair = np.random.default_rng(2).normal(size=(4, 4))
    asked = question(worlds=1)

    def game(used: Array, _: Worlds) -> Array:
        return np.einsum("ri,ij,rj->r", used, np.triu(pair), used)

    expected = np.diag(pair) + (np.triu(pair, 1) + np.triu(pair, 1).T).sum(axis=1) / 2
    assert rank_levers(played(asked, game), asked).effects[SHAPLEY][0] == pytest.approx(100 * expected)


def test_alike_levers_have_one_share_and_what_does_nothing_has_none() -> None:
    asked = question(worlds=1, orderings=24)
    table = played(asked, lambda u, _: -0.1 * u[:, 0] * u[:, 1] - 0.05 * (u[:, 0] + u[:, 1]) + 0.02 * u[:, 3])
    found = rank_levers(table, asked).of(*SHAPLEY)
    assert found.at["advocacy", "mean"] == pytest.approx(found.at["retention", "mean"])
    assert found.at["advocacy", "mean"] == pytest.approx(-10.0)
    assert found.at["pooled_procurement", "mean"] == 0.0
    assert found.at["pooled_procurement", "direction"] == "none"
    assert list(found["place"]) == [1, 2, 3, 4]
    assert found.index[-1] == "workforce_training"


def spread(worlds: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(worlds, 4)) * 0.001


def test_alone_and_last_out_are_what_they_say() -> None:
    asked = question(worlds=2)
    table = played(asked, lambda u, w: 0.2 - 0.01 * u[:, 0] - 0.03 * u[:, 1] * u[:, 2] * (1 + w))
    found = rank_levers(table, asked)
    assert found.of(*ALONE).loc[list(FOUR), "mean"].to_list() == pytest.approx([-1.0, 0, 0, 0])
    assert found.of(*LAST).loc[list(FOUR), "mean"].to_list() == pytest.approx([-1.0, -4.5, -4.5, 0])
    assert found.of(*LAST).loc["retention", ["p05", "p95"]].to_list() == pytest.approx([-5.85, -3.15])
    assert found.packages[["level", "mean"]].iloc[0].to_list() == pytest.approx([20.0, -5.5])
    company = found.interactions[found.interactions["other"] == REST].set_index("lever")["mean"]
    assert company.loc[list(FOUR)].to_list() == pytest.approx([0, -4.5, -4.5, 0], abs=1e-9)


def test_levers_share_places_that_cannot_be_told() -> None:
    noise = spread(60)
    asked = question(worlds=60)
    table = played(asked, lambda u, w: ((noise[w] - [0.01, 0.01, 0.002, 0.0]) * u).sum(axis=1))
    found = rank_levers(table, asked).of(*ALONE)
    assert set(found.index[:2]) == {"advocacy", "retention"}
    assert found[["place_low", "place_high"]].to_numpy().tolist() == [[1, 2], [1, 2], [3, 3], [4, 4]]
    assert found["direction"].to_list() == ["improves", "improves", "improves", "cannot_tell"]
    assert (found["beats_next"].iloc[1:3] > 0.9).all()
    assert 0.2 < found["beats_next"].iloc[0] < 0.8
    assert found["top_three"].iloc[:2].to_list() == [1.0, 1.0]


def test_a_gap_narrows_only_if_the_poorest_gain() -> None:
    noise = spread(30)
    asked = question(worlds=30)
    table = played(
        asked,
        lambda u, w: ((noise[w] - [0.02, 0.02, -0.02, 0]) * u).sum(axis=1),
        lambda u, w: ((0.01 * (w[:, None] < 10) * [0, 1, 1, 1]) * u).sum(axis=1) + 0.01 * u[:, 3],
    )
    found = rank_levers(table, asked).of(*ALONE)
    assert found.at["advocacy", "improves"] == 0.0
    assert found.at["advocacy", "direction"] == "levels_down"
    assert found.at["advocacy", "top_three"] == 0.0
    assert found.at["retention", "improves"] == pytest.approx(1 / 3)
    assert found.at["pooled_procurement", "worsens"] == 1.0
    other = rank_levers(table, asked, POOR)
    assert other.of(*ALONE).index[0] == "workforce_training"
    assert other.of(*ALONE).at["workforce_training", "improves"] == 1.0


def test_a_change_below_a_billionth_is_none() -> None:
    asked = question(worlds=20)
    tiny = 1e-10 * np.arange(1, 5)
    found = rank_levers(played(asked, lambda u, w: (1 + w / 20) * (tiny * u).sum(axis=1)), asked).of(*ALONE)
    assert (found["direction"] == "none").all()
    assert (found[["improves", "worsens", "beats_next"]].fillna(0) == 0).all(axis=None)
    assert found["place_high"].to_list() == [4] * 4


def test_a_failed_world_costs_its_whole_block_and_is_told() -> None:
    noise = spread(6)
    asked = question(worlds=6)
    table = played(asked, lambda u, w: (noise[w] * u).sum(axis=1))
    hurt = table.copy()
    hurt.loc[hurt.index[hurt["replicate"] == 2][5], ["status", "error"]] = ["failed", "ValueError: too hot"]
    hurt.loc[hurt.index[hurt["replicate"] == 4][1], POOR] = np.nan
    found = rank_levers(hurt, asked)
    assert dict(found.dropped) == {2: "ValueError: too hot", 4: f"{POOR} is no number"}
    assert found.worlds == 4
    whole = rank_levers(table, asked)
    for key, values in found.effects.items():
        assert (values == whole.effects[key][[0, 1, 3, 5]]).all()
    hurt["status"] = "failed"
    with pytest.raises(ValueError, match="no world is whole"):
        rank_levers(hurt, asked)


def test_rows_are_found_in_any_order_and_in_several_tables() -> None:
    noise = spread(5)
    asked = question(worlds=5)
    table = played(asked, lambda u, w: (noise[w] * u).sum(axis=1))
    mixed = table.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(rank_levers([mixed[:20], mixed[20:]], asked).levers, rank_levers(table, asked).levers)


def test_another_questions_table_is_told() -> None:
    asked = question(worlds=3)
    table = played(asked, lambda u, _: u[:, 0])
    with pytest.raises(ValueError, match="rows of the design are missing"):
        rank_levers(table, question(worlds=3, money=1e6))
    with pytest.raises(ValueError, match=r"no column 'useful_access.gap.men'; did you mean 'useful_access.gap.mean'"):
        rank_levers(table, asked, "useful_access.gap.men")
    two = pd.concat([table, table.assign(scenario="other")])
    with pytest.raises(ValueError, match="rows of one scenario are wanted, got baseline, other"):
        rank_levers(two, asked)


def test_money_is_what_was_spent_and_not_absorbed() -> None:
    asked = question(worlds=2)
    table = played(asked, lambda u, _: -0.01 * u[:, 0])
    money = table["advocacy.budget"]
    table["cost.lever.mean"] -= 0.6 * money
    table["lever.unabsorbed.mean"] += 0.6 * money
    found = rank_levers(table, asked)
    row = found.of(*ALONE).loc["advocacy"]
    assert row[["spent", "not_absorbed", "per_million"]].to_list() == pytest.approx([20.0, 30.0, -1.0 / 20.0])
    assert found.packages[["spent", "not_absorbed"]].iloc[0].to_list() == pytest.approx([170.0, 30.0])
    bare = rank_levers(table.drop(columns=["cost.lever.mean", "lever.unabsorbed.mean"]), asked)
    assert bare.levers[["spent", "per_million", "not_absorbed"]].isna().all(axis=None)


def test_a_reallocation_is_told_against_the_even_split() -> None:
    asked = RankingQuestion(levers=FOUR, settings=("reallocation",), worlds=2, without="")
    found = rank_levers(played(asked, lambda u, _: -0.03 * u[:, 0] - 0.01 * u[:, 1]), asked)
    rows = found.of("reallocation", ALL, "more_money")
    assert rows.loc[list(FOUR), "mean"].to_list() == pytest.approx(
        [-3 + 1 / 3, -1 + 3 / 3, 3 / 3 + 1 / 3, 3 / 3 + 1 / 3], abs=1e-9
    )
    assert rows["per_million"].isna().all()


def test_the_share_of_variance_stands_beside_the_rest() -> None:
    asked = question(worlds=2)
    shares = pd.Series({"advocacy": 0.4, "retention": 0.1})
    found = rank_levers(played(asked, lambda u, _: u[:, 0]), asked, variance_share=shares)
    rows = found.of(*ALONE)["variance_share"]
    assert rows[["advocacy", "retention"]].to_list() == [0.4, 0.1]
    assert rows[["pooled_procurement", "workforce_training"]].isna().all()


def test_pairs_are_found_among_noise_and_not_where_there_are_none() -> None:
    asked = question(worlds=80)
    noise, strong = spread(80), 1.0 + 0.3 * np.random.default_rng(5).normal(size=80)

    def game(used: Array, world: Worlds) -> Array:
        return (noise[world] * used).sum(axis=1) - 0.01 * strong[world] * used[:, 2] * used[:, 3]

    pairs = rank_levers(played(asked, game), asked).interactions
    pairs = pairs[pairs["other"] != REST].set_index(["lever", "other"])
    true = ("pooled_procurement", "workforce_training")
    assert len(pairs) == 6
    assert pairs.index[pairs["told"].astype(bool)].to_list() == [true]
    assert abs(pairs.at[true, "mean"] + strong.mean()) < 4 * pairs.at[true, "se"]
    # each world tells it through both levers: the error is that of the mean over worlds
    assert pairs.at[true, "se"] == pytest.approx(strong.std(ddof=1) / np.sqrt(80), rel=0.25)


@pytest.mark.parametrize("orderings", [2, 6, 24])
def test_pairs_are_exact_where_there_is_no_noise(orderings: int) -> None:
    pair = np.triu(np.random.default_rng(4).normal(size=(4, 4)), 1)
    asked = question(worlds=20, orderings=orderings)
    found = rank_levers(played(asked, lambda u, _: np.einsum("ri,ij,rj->r", u, pair, u)), asked).interactions
    means = found[found["other"] != REST]["mean"].to_numpy()
    assert means == pytest.approx(100 * pair[np.triu_indices(4, 1)])


def test_few_worlds_tell_no_pairs() -> None:
    asked = question(worlds=19)
    found = rank_levers(played(asked, lambda u, w: -(1 + w) * u[:, 0] * u[:, 1]), asked).interactions
    assert (found["other"] == REST).all()


@pytest.mark.parametrize(
    ("outcome", "poor", "better", "place"),
    [
        ("useful_access.gap.mean", "useful_access.p40.mean", -1, ""),
        ("useful_access.gap@2045", "useful_access.p40@2045", -1, ""),
        ("useful_access.gap.AFR.mean", "useful_access.p40.AFR.mean", -1, "AFR"),
        ("useful_access.gap.LMC@2045", "useful_access.p40.LMC@2045", -1, "LMC"),
        ("useful_access.gap_equal_weights.mean", "useful_access.p40_equal_weights.mean", -1, ""),
        ("useful_access.hic_lic.mean", "useful_access.lic.mean", -1, ""),
        ("useful_access.gap_within.mean", "", -1, ""),
        ("useful_access.SEAR.mean", "", 1, "SEAR"),
        ("useful_access.p40.mean", "", 1, ""),
        ("cost.public.LIC.mean", "", -1, "LIC"),
        ("useful_access.gini.mean", "", -1, ""),
        ("useful_access.SII.mean", "", -1, ""),
        ("useful_access.mean.mean", "", 1, ""),
        ("cost.public.mean", "", -1, ""),
        ("dalys_averted.mean", "", 1, ""),
    ],
)
def test_an_outcome_is_read_by_its_name(outcome: str, poor: str, better: int, place: str) -> None:
    reading = read_outcome(outcome)
    assert (reading.poor, reading.better, reading.place) == (poor, better, place)
    units = {"useful_access": "points", "cost": "US$ M a year", "dalys_averted": "DALYs a year"}
    assert reading.unit == ("fraction" if "gini" in outcome else units[outcome.split(".")[0].split("@")[0]])
    assert "." not in reading.noun


def test_a_region_is_another_outcome() -> None:
    asked = question(worlds=3)
    table = played(asked, lambda u, _: -0.01 * u[:, 0])
    table["useful_access.gap.AFR.mean"] = -0.02 * table["retention.budget"] / asked.money
    table["useful_access.p40.AFR.mean"] = 0.02 * table["retention.budget"] / asked.money
    found = rank_levers(table, asked, "useful_access.gap.AFR.mean")
    assert found.of(*ALONE).index[0] == "retention"
    assert found.of(*ALONE)["mean"].iloc[0] == pytest.approx(-2.0)
    assert found.reading.unit == "points"


def test_what_is_told_of_nothing_is_rarely_told() -> None:
    """Of 400 families of ten differences that are nothing, about 5 % have one that is told."""
    random = np.random.default_rng(11)
    false = [told(Mean.of(random.normal(size=(30, 10)), 1e-9)).any() for _ in range(400)]
    assert 0.02 < np.mean(false) < 0.09


def test_one_world_tells_nothing_and_a_lever_told_apart_keeps_its_place() -> None:
    assert not told_apart(np.array([[1.0, 2.0, 3.0]]), 1e-9).any()
    good = np.array([[3.0, 1.0, 0.9], [3.1, 1.1, 1.2], [2.9, 1.0, 0.9], [3.0, 0.9, 1.0]])
    place, low, high = places(good, told_apart(good, 1e-9))
    assert place.tolist() == [1, 3, 2] or place.tolist() == [1, 2, 3]
    assert (low.tolist(), high.tolist()) == ([1, 2, 2], [1, 3, 3])


def test_the_gap_of_the_games_is_the_headline_pair() -> None:
    assert ("useful_access.gap.mean", read_outcome("useful_access.gap.mean").poor) == (GAP, POOR)
