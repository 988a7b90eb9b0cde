"""Paired comparison, its table and its figure."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import adoptsim as ad
from adoptsim.compare import compare, compare_tables
from adoptsim.compare.headline import headline, strength_words, verdict_words
from adoptsim.compare.paired import GAP, POOR
from adoptsim.compare.publish import publish
from adoptsim.compare.table import decimals, signed, table_text
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.store import run_experiment
from adoptsim.model.scenario import LeverUse, Scenario

OUTCOMES = (POOR, GAP, "cost.public.mean")
POOLED = (LeverUse("pooled_procurement", intensity=1.0),)


def worlds(poor: list[float], gap: list[float], cost: list[float], status: str = "done") -> pd.DataFrame:
    columns = dict(zip(OUTCOMES, (poor, gap, cost), strict=True))
    return pd.DataFrame({"world": range(len(poor)), **columns, "status": status})


BASE = worlds([0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0.6, 0.6], [10.0, 20.0, 30.0, 40.0])


def test_differences_are_paired_by_world_not_by_row() -> None:
    other = BASE.assign(**{POOR: BASE[POOR] + [0.01, 0.02, 0.03, 0.04]})[::-1]
    found = compare_tables({"base": BASE, "other": other}, OUTCOMES, "base")
    row = found.query("scenario == 'other' and outcome == @POOR").iloc[0]
    np.testing.assert_allclose(
        [row["mean"], row["change"], row["change_p05"], row["change_p95"]],
        [0.275, 0.025, np.quantile([0.01, 0.02, 0.03, 0.04], 0.05), np.quantile([0.01, 0.02, 0.03, 0.04], 0.95)],
    )
    assert (found.query("scenario == 'base'")["change"] == 0).all()


@pytest.mark.parametrize(
    ("poor", "gap", "share"),
    [
        ([0.01] * 4, [-0.01] * 4, 1.0),
        (
            [0.01, 0.01, -0.01, 0.0],
            [-0.01, 0.01, -0.01, -0.01],
            0.25,
        ),  # widens; falls, but the poor lose; or gain nothing
        ([1e-10] * 4, [-1e-10] * 4, 0.0),  # a change below 1e-9 is none
        ([0.0] * 4, [0.0] * 4, 0.0),
    ],
)
def test_the_gap_narrows_only_if_it_falls_and_the_poor_gain(poor: list[float], gap: list[float], share: float) -> None:
    other = BASE.assign(**{POOR: BASE[POOR] + poor, GAP: BASE[GAP] + gap})
    found = compare_tables({"base": BASE, "other": other}, OUTCOMES, "base")
    assert set(found.query("scenario == 'other'")["narrows"]) == {share}


def test_only_worlds_finished_in_both_count() -> None:
    other = BASE.assign(status=["done", "failed", "done", "done"])
    base = BASE.assign(status=["done", "done", "done", "failed"])
    found = compare_tables({"base": base, "other": other, "lost": BASE.assign(status="failed")}, OUTCOMES, "base")
    by_name = found.groupby("scenario")["worlds"].first().to_dict()
    assert by_name == {"base": 3, "other": 2, "lost": 0}
    assert found.query("scenario == 'lost'")["change"].isna().all()


def test_wrong_comparisons_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no result is called 'bas'; there are base; did you mean 'base'\?"):
        compare_tables({"base": BASE}, OUTCOMES, "bas")
    with pytest.raises(ValueError, match="the same years"):
        compare_tables({"base": BASE, "other": BASE.drop(columns=POOR)}, OUTCOMES, "base")


def test_the_public_face_compares_results() -> None:
    base = ad.simulate(ad.Scenario("a", quarters=8), worlds=3, jobs=1)
    pooled = ad.simulate(ad.Scenario("b", quarters=8, levers=POOLED), worlds=3, jobs=1)
    by_call = ad.compare({"baseline": base, "pooled": pooled})
    pd.testing.assert_frame_equal(by_call, compare({"baseline": base, "pooled": pooled}))
    row = by_call.query("scenario == 'pooled' and outcome == 'cost.public.mean'").iloc[0]
    wanted = (pooled.outcomes["cost.public.mean"] - base.outcomes["cost.public.mean"]).mean()
    assert row["change"] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("narrows", "widens", "worlds", "words"),
    [(1.0, 0.0, 100, "probably narrows"), (0.8, 0.2, 20, "probably narrows"), (0.79, 0.21, 100, "cannot tell"),
     (0.21, 0.79, 100, "cannot tell"), (0.2, 0.79, 100, "probably does not"), (0.0, 0.5, 100, "probably does not"),
     (0.2, 0.8, 100, "probably widens"), (0.0, 1.0, 100, "probably widens"), (0.0, 0.0, 100, "no change of the gap"),
     (1.0, 0.0, 19, "too few worlds"), (float("nan"), float("nan"), 0, "no world finished in both")],
)  # fmt: skip
def test_verdict_words(narrows: float, widens: float, worlds: int, words: str) -> None:
    assert verdict_words(narrows, widens, worlds) == words


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({}, ""),
        ({"a": [{"budget": 5e7}]}, "US$ 50 M a year"),
        ({"a": [{"budget": 5e7}], "b": [{"budget": 5e7}]}, "US$ 50 M a year each"),
        ({"a": [{"intensity": 1.0}]}, "full strength"),
        ({"a": [{"intensity": 0.5}], "b": [{"intensity": 0.5}]}, "50 % strength"),
        ({"a": [{"intensity": 0.5}], "b": [{"budget": 1e6}]}, "mixed strengths"),
    ],
)
def test_strength_words(levers: dict[str, list[dict[str, float]]], words: str) -> None:
    assert strength_words({"levers": levers}) == words


def test_numbers_are_written_for_people() -> None:
    assert [decimals(pd.Series([x])) for x in (0.0321, 0.4, 3.0, 40.0, 1e-9, 0.0)] == [3, 2, 1, 0, 4, 1]
    assert [signed(x, 2) for x in (0.004, -0.004, 0.016, -1234.5)] == ["0", "0", "+0.02", "-1,234.50"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small answer with its tables and figures."""
    scenarios = (
        Scenario("baseline", "Nothing done", quarters=12),
        Scenario("money", "Pooled", levers=(LeverUse("pooled_procurement", budget=5e7),), quarters=12),
        Scenario("full", "Pooled", levers=POOLED, quarters=12),
    )
    experiment = Experiment("question", scenarios, "Does pooling help?", worlds=4)
    return run_experiment(experiment, jobs=1, out=tmp_path_factory.mktemp("results"), finish=publish)


def test_the_table_fits_a_page_and_says_what_matters(folder: Path) -> None:
    head = headline(open_result(folder))
    text = table_text(head)
    assert max(map(len, text.splitlines())) <= 100
    for words in ("Does pooling help?", "4 worlds", "2025-2028", "Nothing done", "US$ 50 M a year", "full strength",
                  "How to read this", "Ceilings"):  # fmt: skip
        assert words in text
    assert f"{100 * head.rows.loc['full', 'narrows']:.0f} %" in text
    assert f"{head.rows.loc['baseline', 'gap_rich_20_minus_poor_40']:.2f}" in text


@pytest.mark.parametrize(("share", "told"), [(0.312, "31 %"), (1.0, "100 %"), (0.096, "10 %"), (0.0034, "0.3 %")])
def test_the_size_of_the_best_change_is_told_as_people_write_numbers(folder: Path, share: float, told: str) -> None:
    head = headline(open_result(folder))
    rows = head.rows.copy()
    rows.loc["full", "gap_rich_20_minus_poor_40_change"] = -share * rows.loc["baseline", "gap_rich_20_minus_poor_40"]
    assert f"points, {told} of it" in " ".join(table_text(replace(head, rows=rows)).split())


def test_the_headline_is_the_comparison_in_units_of_people(folder: Path) -> None:
    head = headline(open_result(folder))
    found = head.everything.query("scenario == 'full' and outcome == 'people_reached.mean'").iloc[0]
    assert head.rows.loc["full", "people_reached_change"] == pytest.approx(found["change"] / 1e6)
    poor = head.everything.query("scenario == 'full' and outcome == @POOR").iloc[0]
    assert head.rows.loc["full", "poorest_40_access_change_high"] == pytest.approx(100 * poor["change_p95"])


def test_tables_and_figures_are_kept_and_repeat_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    names = ("tables/question.csv", "tables/comparison.csv", "figures/gap.png", "figures/gap.svg")
    before = {name: (folder / name).read_bytes() for name in names}
    publish(folder)
    assert {name: (folder / name).read_bytes() for name in names} == before
    table = pd.read_csv(folder / "tables/question.csv", index_col="scenario")
    assert list(table.index) == ["baseline", "money", "full"]
    assert {"poorest_40_access_percent", "poorest_40_access_change_points"} <= set(table.columns)


def test_one_scenario_alone_has_a_figure_too(tmp_path: Path) -> None:
    alone = Experiment("alone", (Scenario("alone", quarters=8),), worlds=2)
    folder = run_experiment(alone, jobs=1, out=tmp_path, finish=publish)
    assert (folder / "figures/gap.png").read_bytes()[:4] == b"\x89PNG"
    assert "alone" in table_text(headline(open_result(folder)))


@pytest.mark.parametrize("broken", [("full",), ("baseline",), ("baseline", "full")])
def test_scenarios_of_which_no_world_was_finished_are_shown_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: tuple[str, ...]
) -> None:
    run = ad.AdoptionModel.run

    def breaks(model: ad.AdoptionModel) -> ad.AdoptionModel:
        if model.question.name in broken:
            raise ValueError("broken")
        return run(model)

    monkeypatch.setattr(ad.AdoptionModel, "run", breaks)
    scenarios = (Scenario("baseline", quarters=8), Scenario("full", levers=POOLED, quarters=8))
    folder = run_experiment(Experiment("e", scenarios, worlds=2), jobs=1, out=tmp_path, finish=publish)
    assert "no world finished" in table_text(headline(open_result(folder)))
    assert (folder / "figures/gap.png").is_file()


def test_other_worlds_are_not_compared() -> None:
    scenario = ad.Scenario("a", quarters=1)
    one, other = (ad.simulate(scenario, worlds=2, rng=seed, jobs=1) for seed in (1, 2))
    with pytest.raises(ValueError, match="other: its worlds are not those of 'baseline'; give both the same rng"):
        ad.compare({"baseline": one, "other": other})
    with pytest.raises(TypeError, match="results by name are wanted"):
        ad.compare(one)
    more = ad.simulate(scenario, worlds=3, rng=1, jobs=1)
    assert set(ad.compare({"baseline": one, "more": more})["worlds"]) == {2}


def test_what_mixes_levers_and_shocks_is_told(tmp_path: Path) -> None:
    shock = (ad.ShockUse("price_jump", 0.5, 2025.0),)
    scenarios = (ad.Scenario("baseline", quarters=4), ad.Scenario("mixed", quarters=4, levers=POOLED, shocks=shock))
    folder = run_experiment(ad.Experiment("e", scenarios, worlds=2), jobs=1, out=tmp_path)
    text = " ".join(table_text(headline(open_result(folder))).split())
    assert "Note: mixed differs from the reference baseline also in its shocks" in text
    assert "too few worlds" in text


def test_strengths_of_a_design_are_said_to_come_from_its_table(tmp_path: Path) -> None:
    design = ad.Design({"data_sharing": np.array([0.0, 1.0])}, np.array([0, 0]))
    asked = ad.Experiment("e", (ad.Scenario("baseline", quarters=4),), design=design)
    text = table_text(headline(open_result(run_experiment(asked, jobs=1, out=tmp_path))))
    assert "strengths from the table" in text
