"""What a ranking says: sentences, tables and figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from games import Array, played
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import NDArray

from adoptsim.sensitivity.ranking import Ranking, RankingQuestion, rank_levers
from adoptsim.sensitivity.ranking.figure import (
    interaction_figure,
    ranking_figure,
    regions_figure,
    save_figures,
)
from adoptsim.sensitivity.ranking.plane import plane_figure
from adoptsim.sensitivity.ranking.question import ALL
from adoptsim.sensitivity.ranking.short import short_answer
from adoptsim.sensitivity.ranking.table import groups_text, ranking_csv, ranking_text, tidy
from adoptsim.sensitivity.ranking.verdict import (
    compare_seeds,
    interaction_sentences,
    reversal_sentence,
    reversals,
    verdict_sentences,
)
from adoptsim.sensitivity.ranking.words import setting_words, signed

FOUR = ("advocacy", "equity_roadmap", "pooled_procurement", "workforce_training")
ALONE = ("equal_money", ALL, "alone")
EFFECTS = np.array([-0.01, -0.02, -0.002, 0.004])
FORMS = ("png", "svg")
DOCS = Path(__file__).parents[2] / "docs"

pytestmark = pytest.mark.fast


def ranked(
    effects: Array = EFFECTS, pair: float = 0.0, noise: float = 0.001, worlds: int = 40, seed: int = 1, **more: object
) -> Ranking:
    """Levers whose effects are these in the mean, and a pair of the last two."""
    asked = RankingQuestion(levers=FOUR, worlds=worlds, seed=seed, **more)  # type: ignore[arg-type]
    drawn = np.random.default_rng(seed).normal(effects, noise, size=(worlds, 4))

    def gap(used: Array, world: NDArray[np.int64]) -> Array:
        used = np.minimum(used, 2.0)
        return 0.1 + (drawn[world] * used).sum(axis=1) + pair * used[:, 2] * used[:, 3]

    return rank_levers(played(asked, gap), asked)


def said(ranking: Ranking) -> str:
    return "\n".join(verdict_sentences(ranking))


def test_the_verdict_names_who_leads_and_how_sure() -> None:
    text = said(ranked())
    assert "Each lever alone: Equity roadmap leads: mean -2.0 points" in text
    assert "narrows the gap in 100 % of worlds, in the top three in 100 %, ahead of Advocacy" in text
    assert "Training of the genomics workforce widens it." in text
    assert "As a share of what all levers but equity roadmap do together: Advocacy for genomic medicine leads" in text
    assert "No interaction of levers can be told from noise." in text
    assert "A trial" not in text


def test_the_answer_in_short_sorts_levers_by_what_can_be_told_of_them() -> None:
    asked = RankingQuestion(levers=FOUR, worlds=40)
    noise = np.random.default_rng(1).normal(0.0, 1e-3, size=40)

    def gap(used: Array, world: NDArray[np.int64]) -> Array:
        return 0.1 - 0.02 * used[:, 1] + 0.003 * used[:, 0] + noise[world] * used[:, 2] + 0.004 * used[:, 3]

    def poor(used: Array, world: NDArray[np.int64]) -> Array:
        return 0.01 + 0.005 * used[:, 1] + 0.001 * used[:, 0] - 0.002 * used[:, 3]

    ranking = rank_levers(played(asked, gap, poor), asked)
    assert short_answer(ranking) == [
        "In short (equal money, US$ 50 M a year each; change of the gap, 10.0 points without levers, "
        "where the poorest 40 % have 1.00):",
        "  Narrows it: Equity roadmap (-2.0, by construction).",
        f"  Cannot be told: Pooled procurement of kits and reagents ({signed(100 * float(noise.mean()))}).",
        "  Widens it: Training of the genomics workforce (+0.40) and Advocacy for genomic medicine (+0.30).",
        "  Of those that widen it, the poorest gain all the same from Advocacy for genomic medicine.",
        "  The poorest lose by Training of the genomics workforce.",
    ]
    rows = ranking.of(*ALONE)
    assert rows["poor_direction"].to_dict() == {
        "equity_roadmap": "gains",
        "pooled_procurement": "cannot_tell",
        "advocacy": "gains",
        "workforce_training": "loses",
    }
    np.testing.assert_allclose(rows["poor_mean"].loc[list(FOUR)], [0.1, 0.5, 0.0, -0.2], atol=1e-12)
    table = played(asked, gap).assign(**{"cost.total.mean": lambda t: t["cost.lever.mean"]})
    cost = rank_levers(table, asked, "cost.total.mean")
    assert cost.of(*ALONE)["poor_mean"].isna().all()
    assert "poorest" not in "".join(short_answer(cost))


def test_groups_stand_side_by_side() -> None:
    asked = RankingQuestion(levers=FOUR, worlds=40, settings=("equal_money",))
    drawn = np.random.default_rng(1).normal(0.0, 1e-3, size=(40, 4))
    means = np.array([[-0.01, -0.02, 0.0, 0.004], [0.012, -0.02, -0.005, 0.0]])
    tables = [played(asked, lambda u, w, m=m: 0.1 + ((m + drawn[w]) * u).sum(axis=1)) for m in means]
    there = {
        "useful_access.gap.mean": "useful_access.gap.LIC.mean",
        "useful_access.p40.mean": "useful_access.p40.LIC.mean",
    }
    of_group = tables[1].rename(columns=there)
    rankings = [rank_levers(tables[0], asked), rank_levers(of_group, asked, there["useful_access.gap.mean"])]
    lines = groups_text(rankings).splitlines()
    assert lines[2].split() == ["All", "levers", "World", "LIC"]
    cells = {line.split()[0]: line.split()[-2:] for line in lines[4:10]}
    assert cells["Equity"] == ["-2.0", "-2.0"]
    assert cells["Advocacy"] == ["-1.0", "+1.2"]
    assert cells["Pooled"] == ["?", "-0.5"]
    assert cells["Training"] == ["+0.4", "?"]
    many = groups_text([rankings[0]] * 11)
    assert max(map(len, many.splitlines())) <= 100
    assert many.count("-2.0") == 11


def test_a_setting_says_where_levers_act_if_not_everywhere() -> None:
    aimed = RankingQuestion(incomes=("LIC", "LMC"), regions=("AFR",), applications=("pharmacogenomics",))
    words = "equal money, US$ 50 M a year each, in AFR and LIC, LMC alone, for pharmacogenomics alone"
    assert setting_words(aimed, "equal_money") == words
    assert setting_words(RankingQuestion(), "equal_money") == "equal money, US$ 50 M a year each"


def test_the_verdict_says_that_it_cannot_tell() -> None:
    text = said(ranked(np.array([-0.01, -0.01, 0.0, 0.0]), noise=0.003))
    one, other = "Advocacy for genomic medicine", "Equity roadmap"
    led = [f"{a} has the best mean, but cannot be told from {b}:" for a, b in ((one, other), (other, one))]
    assert any(words in text for words in led)
    nothing = said(ranked(np.zeros(4)))
    assert "it cannot be told that any lever narrows the gap." in nothing
    assert "no lever changes the gap." in said(ranked(np.zeros(4), noise=0.0))


def test_no_number_of_a_table_is_cut_off() -> None:
    text = ranking_text(ranked(1e-3 * EFFECTS, noise=1e-6, settings=("equal_money",)))
    tables = text.split("How to read")[0].split("At equal money")[0]
    assert max(map(len, text.splitlines())) <= 100
    assert "Shapley" in tables.split("All levers but")[1].splitlines()[0]
    errors = [line for line in tables.splitlines() if "(±0" in line]
    assert len(errors) >= 7
    assert all(line.count("(±0") == 3 and line.endswith(")") for line in errors)


def test_few_worlds_are_called_a_trial_and_lost_worlds_are_told() -> None:
    assert said(ranked(worlds=8)).startswith("A trial: 8 worlds, where 20 or more are wanted")
    asked = RankingQuestion(levers=FOUR, worlds=30)
    table = played(asked, lambda u, w: (EFFECTS * u).sum(axis=1) + 1e-4 * w * u[:, 0])
    table.loc[table["replicate"] == 3, ["status", "error"]] = ["failed", "ValueError: too hot"]
    assert said(rank_levers(table, asked)).startswith(
        "1 world is left out with all its rows (the first, world 3: ValueError: too hot)."
    )


def test_an_interaction_is_put_in_words_only_if_it_can_be_told() -> None:
    quiet = np.array([-0.01, -0.02, 0.0, -0.004])
    words = interaction_sentences(ranked(quiet, pair=-0.005), "equal_money")
    assert words[0].startswith(
        "Pooled procurement of kits and reagents helps where Training of the genomics workforce runs, "
        "and cannot be told to help alone: -0.5"
    )
    words = interaction_sentences(ranked(EFFECTS - 0.01, pair=0.005), "equal_money")
    assert "get in each other's way: +0.5" in words[0]
    words = interaction_sentences(ranked(EFFECTS - 0.01, pair=-0.005), "equal_money")
    assert "strengthen each other: -0.5" in words[0]
    assert interaction_sentences(ranked(), "equal_money") == ["No interaction of levers can be told from noise."]
    assert "Pairs are not told" in interaction_sentences(ranked(worlds=10), "equal_money")[-1]


def test_places_that_change_are_told_where_they_can_be_told() -> None:
    one, other = ranked(), ranked(np.array([-0.02, -0.01, -0.002, 0.004]), seed=2)
    found = reversals(one, other, ALONE)
    assert found.values.tolist() == [["equity_roadmap", "advocacy", True]]
    sentence = reversal_sentence(one, found, "If all applications weighed alike")
    assert sentence == "If all applications weighed alike, Advocacy for genomic medicine overtakes Equity roadmap."
    unsure = reversals(one, ranked(np.array([-0.0105, -0.01, -0.002, 0.004]), noise=0.003, seed=5), ALONE)
    assert unsure.values.tolist() == [["equity_roadmap", "advocacy", False]]
    assert "no change of places can be told" in reversal_sentence(one, unsure, "So")
    assert reversals(one, one, ALONE).empty


def test_two_seeds_agree_disagree_or_cannot_tell() -> None:
    same = compare_seeds(ranked(), ranked(seed=2), ALONE)
    assert (same.verdict, same.first) == ("agree", ("equity_roadmap", "advocacy", "pooled_procurement"))
    assert "in the same order" in same.words
    other = compare_seeds(ranked(), ranked(np.array([-0.01, -0.02, 0.004, -0.002]), seed=2), ALONE)
    assert other.verdict == "disagree"
    assert "Pooled procurement of kits and reagents or Training of the genomics workforce" in other.words
    near = [ranked(np.array([-0.01, -0.02, a, b]), noise=0.02, seed=s) for a, b, s in ((-0.004, 0, 1), (0, -0.004, 2))]
    unsure = compare_seeds(*near, ALONE)
    assert set(unsure.first) != set(unsure.second)
    assert unsure.verdict == "cannot_tell"
    with pytest.raises(ValueError, match="two seeds are wanted"):
        compare_seeds(ranked(), ranked(), ALONE)


@pytest.mark.parametrize("levers", [FOUR, None])
def test_the_table_keeps_to_a_terminal(levers: tuple[str, ...] | None) -> None:
    asked = RankingQuestion(worlds=3) if levers is None else RankingQuestion(levers=levers, worlds=3)
    size = np.logspace(-1, -6, len(asked.levers))
    ranking = rank_levers(
        played(asked, lambda u, w: -(size * np.minimum(u, 2.0)).sum(axis=1) * (1 + w)),
        asked,
        variance_share=pd.Series(0.25, index=asked.levers),
    )
    text = ranking_text(ranking)
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert text.count("Not absorbed") == 1  # at full strength there is nothing that could be absorbed
    assert text.count("25 %") >= len(asked.levers)


def test_every_column_of_the_tables_is_documented(tmp_path: Path) -> None:
    ranking = ranked()
    ranking_csv([ranking, ranking], tmp_path)
    text = (DOCS / "ranking.md").read_text(encoding="utf-8")
    for file, table in (("ranking", "levers"), ("packages", "packages"), ("interactions", "interactions")):
        back = pd.read_csv(tmp_path / f"{file}.csv", keep_default_na=False)
        assert len(back) == 2 * len(getattr(ranking, table))
        assert list(back) == list(tidy(ranking, table))
        missing = [column for column in back if f"| `{column}` |" not in text]
        assert not missing


def names_of(figure: Figure) -> set[str]:
    return {text.get_text().replace("\n", " ") for axes in figure.axes for text in axes.get_yticklabels()}


def test_figures_are_written_wide_and_narrow(tmp_path: Path) -> None:
    written = save_figures(ranked(worlds=8, settings=("equal_money",)), tmp_path)
    names = {
        f"{name}{size}.{form}"
        for name in ("ranking", "plane", "stability")
        for size in ("", "-narrow")
        for form in FORMS
    }
    assert {path.name for path in written} == names
    assert all(path.stat().st_size > 10_000 for path in written)


def test_the_plane_shows_each_lever_where_the_gap_and_the_poorest_go() -> None:
    ranking = ranked(settings=("equal_money",))
    figure = plane_figure(ranking)
    assert figure is not None
    axes = figure.axes[0]
    rows = ranking.of(*ALONE)
    numbers = {
        text.get_text(): text.xy for text in axes.texts if isinstance(text, Annotation) and len(text.get_text()) == 1
    }
    assert numbers == {
        str(i): (row["mean"], row["poor_mean"]) for i, row in enumerate(rows.to_dict("records"), start=1)
    }
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert low < rows["mean"].min() < rows["mean"].max() < high
    assert bottom < rows["poor_mean"].min() < rows["poor_mean"].max() < top
    legend = [text.get_text() for text in axes.texts][-1]
    assert all(words in legend for words in ("1  Equity roadmap", "4  Training of the genomics workforce"))
    assert (
        plane_figure(rank_levers(played(ranking.question, lambda u, w: u[:, 0]), ranking.question, "cost.lever.mean"))
        is None
    )


def test_figures_show_every_lever() -> None:
    ranking = ranked(EFFECTS - 0.01, pair=0.005, settings=("equal_money",))
    names = {"Advocacy for genomic medicine", "Equity roadmap", "Training of the genomics workforce"}
    heat = interaction_figure(ranking)
    assert heat is not None
    for figure in (ranking_figure(ranking), regions_figure([ranking, ranking]), heat):
        assert names <= names_of(figure)
    numbers = [text.get_text() for text in heat.axes[0].texts]
    assert sorted(numbers) == ["+0.50"] * 4  # the pair both ways, and each of it in company
    assert interaction_figure(ranked(worlds=8, settings=("equal_money",))) is None
