"""The design of a ranking: every subset that the answer needs, once, and a world's rows together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from adoptsim.model.factors import BUDGET
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.sensitivity.ranking import RankingQuestion, ranking_design, ranking_scenario
from adoptsim.sensitivity.ranking.design import allocations, chains, orderings
from adoptsim.sensitivity.ranking.question import ALL, UNLIMITED

FOUR = ("advocacy", "retention", "pooled_procurement", "workforce_training")
fast = pytest.mark.fast


@fast
def test_a_world_holds_none_each_alone_each_left_out_and_all() -> None:
    question = RankingQuestion(worlds=3, settings=("equal_money",), without="")
    for world in range(3):
        used = [{i for i, money in enumerate(row) if money} for row in allocations(question, world)]
        assert all(money in (0.0, question.money) for row in allocations(question, world) for money in row)
        for i in range(12):
            assert {i} in used
            assert set(range(12)) - {i} in used
        assert set() in used
        assert set(range(12)) in used
        assert len(used) == 2 + 2 * 12 + 2 * 9  # the rest of an ordering and its reverse, nothing twice


@fast
def test_rows_of_a_world_are_one_block_of_one_length() -> None:
    question = RankingQuestion(worlds=25, orderings=6, seed=3)
    design = ranking_design(question)
    assert len(design) == 25 * design.block
    assert (design.replicates.reshape(25, design.block) == np.arange(25)[:, None]).all()
    lengths = [len(allocations(question, world)) for world in range(25)]
    assert max(lengths) == design.block
    assert min(lengths) < design.block  # or the test of what fills them up is none
    rows = np.column_stack([design.factors[lever + BUDGET] for lever in question.levers]).reshape(25, design.block, 12)
    for world, length in enumerate(lengths):
        assert [tuple(row) for row in rows[world, :length]] == list(allocations(question, world))
        assert not rows[world, length:].any()


@fast
def test_orderings_come_with_their_reverse_and_differ_between_worlds_and_seeds() -> None:
    question = RankingQuestion(worlds=4, orderings=4)
    game = question.games[0]
    drawn = [orderings(question, game, world) for world in range(4)]
    for order in drawn:
        assert [tuple(reversed(one)) for one in order[::2]] == order[1::2]
        assert all(sorted(one) == list(range(12)) for one in order)
    assert len({tuple(order) for order in drawn}) == 4
    assert orderings(RankingQuestion(worlds=4, orderings=4, seed=2), game, 0) != drawn[0]
    assert orderings(RankingQuestion(worlds=90, orderings=4), game, 3) == drawn[3]  # more worlds change none


@fast
def test_every_lever_comes_first_equally_often() -> None:
    question = RankingQuestion(worlds=1, levers=FOUR, settings=("equal_money",), without="")
    first = [orderings(question, question.games[0], world)[0][0] for world in range(4000)]
    counts = np.bincount(first, minlength=4)
    assert (np.abs(counts - 1000) < 4 * np.sqrt(1000 * 0.75)).all()


@fast
def test_all_orderings_where_as_many_are_asked_for() -> None:
    question = RankingQuestion(worlds=1, levers=FOUR, orderings=24, settings=("equal_money",), without="")
    drawn = orderings(question, question.games[0], 0)
    assert sorted(drawn) == list(itertools.permutations(range(4)))
    assert [tuple(reversed(one)) for one in drawn[::2]] == drawn[1::2]
    assert len(allocations(question, 0)) == 16


@fast
def test_the_package_without_what_acts_by_construction_has_its_own_rows() -> None:
    question = RankingQuestion(worlds=1, settings=("equal_money",))
    assert [game.package for game in question.games] == [ALL, "without_equity_roadmap"]
    rest = question.games[1]
    roadmap = question.levers.index("equity_roadmap")
    assert roadmap not in rest.players
    given = set(allocations(question, 0))
    for i in rest.players:
        assert question.give(rest, frozenset(rest.players) - {i}) in given
    for chain in chains(question, rest, 0):
        assert [len(subset) for subset in chain] == list(range(12))


@fast
def test_a_reallocation_keeps_the_envelope() -> None:
    question = RankingQuestion(worlds=1, levers=FOUR, settings=("reallocation",), money=60e6, shift=30e6, without="")
    rows = allocations(question, 0)
    assert rows[0] == (60e6,) * 4
    assert rows[1] == (90e6, 50e6, 50e6, 50e6)
    assert len(rows) == 5
    assert [sum(row) for row in rows] == pytest.approx([240e6] * 5)


@fast
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"levers": ("pooled_procurment", "advocacy")},
            "levers: 'pooled_procurment' is no lever; did you mean",
        ),
        ({"levers": ("advocacy",)}, "levers: 2 to 30 are wanted, got 1"),
        ({"levers": ("advocacy", "advocacy")}, "levers: each wants to be named once"),
        ({"settings": ("equal",)}, "settings: 'equal' is none"),
        ({"settings": ()}, "settings: some of"),
        ({"money": 0.0}, "money: more than 0"),
        ({"money": float("nan")}, "money: more than 0"),
        ({"shift": 1e12}, "shift: more than 0 and at most"),
        ({"orderings": 3}, "orderings: an even number"),
        ({"orderings": 2000}, "orderings: 2000 make a world longer"),
        ({"worlds": 0}, "worlds: at least 1"),
        ({"without": "roadmap"}, "without: 'roadmap' is no lever; did you mean 'equity_roadmap'"),
    ],
)
def test_what_cannot_be_asked_is_told(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match="(?m)^" + told.replace("(", r"\(")):
        RankingQuestion(**wrong)  # type: ignore[arg-type]


@fast
def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"(?s)money.*orderings.*worlds"):
        RankingQuestion(money=-1.0, orderings=0, worlds=0)


@fast
def test_levers_act_when_and_where_the_question_says() -> None:
    question = RankingQuestion(levers=FOUR, start=2028.0, ramp=1.0, incomes=("LIC", "LMC"), worlds=1)
    scenario = ranking_scenario(question, Scenario("baseline"))
    assert [use.lever for use in scenario.levers] == list(FOUR)
    assert {(use.start, use.ramp, use.incomes, use.budget) for use in scenario.levers} == {
        (2028.0, 1.0, ("LIC", "LMC"), 0)
    }
    with pytest.raises(ValueError, match="already uses retention"):
        ranking_scenario(question, Scenario("baseline", levers=(LeverUse("retention", intensity=1.0),)))


def test_no_money_is_no_lever_and_money_without_limit_is_full_strength() -> None:
    """Bit for bit, so that one design holds every setting; only money beyond full strength has no meaning there."""
    question = RankingQuestion(worlds=1)
    base = Scenario("baseline", quarters=12)
    under = ranking_scenario(question, base)

    def run(scenario: Scenario, factors: dict[str, list[float]]) -> dict[str, bytes]:
        with np.errstate(over="ignore", under="ignore"):
            found = AdoptionModel(scenario, [3], 5, factors, "outcomes").run().results().scalars
        return {name: values.tobytes() for name, values in found.items() if not name.startswith("lever.unabsorbed")}

    bare = run(base, {})
    assert run(under, {lever + BUDGET: [0.0] for lever in LEVERS}) == bare
    full = run(under, {lever + BUDGET: [UNLIMITED] for lever in LEVERS})
    assert full == run(base, {lever: [1.0] for lever in LEVERS})
    assert full != bare
