"""Levers of a user's own in a ranking: named by their files, told by their titles."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import adoptsim as ad
from adoptsim.cli import main
from adoptsim.experiment.files.load import load_experiment as read_experiment
from adoptsim.experiment.identity import experiment_hash
from adoptsim.inputs.errors import InputError
from adoptsim.model.levers import LEVERS
from adoptsim.sensitivity.publish import publish
from adoptsim.sensitivity.ranking import RankingQuestion, ranking_design, ranking_scenario
from adoptsim.sensitivity.study import load_experiment

VANS = """\
name: vans
title: Vans that fetch samples
acts: {poor_first: {value: [0.3, 0.5, 0.7], unit: share}}
cost: {country: {value: [1, 10, 100], unit: US$ a year, distribution: loguniform}}
levels: [None., One., Two., Three., Four.]
"""
RANKING = """\
name: own
scenarios: [{name: short, quarters: 8}]
worlds: 2
ranking:
  levers: [retention, workforce_training, vans.yaml]
  settings: [equal_money]
  without: vans
  start: 2025
  ramp: 0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("own")
    (found / "vans.yaml").write_text(VANS)
    (found / "own.yaml").write_text(RANKING)
    return found


def refusals(folder: Path, ranking: str) -> list[str]:
    (folder / "wrong.yaml").write_text(ranking)
    with pytest.raises(InputError) as told:
        load_experiment(folder / "wrong.yaml", "")
    return [str(problem).removeprefix(f"{folder}/") for problem in told.value.problems]


def test_it_is_ranked_by_its_strength_and_told_by_its_title(folder: Path, tmp_path: Path) -> None:
    out = CliRunner().invoke(main, ["run", str(folder / "own.yaml"), "--jobs", "1", "--out", str(folder / "out")])
    assert out.exit_code == 0, out.output
    words = " ".join(out.stdout.split())
    assert "All levers but vans that fetch samples together change the gap" in words
    assert "Vans that fetch samples acts on whom services reach by construction" in words
    (answer,) = (folder / "out").iterdir()
    table = pd.read_csv(answer / "tables" / "ranking.csv").query("outcome == 'useful_access.gap.mean'")
    alone = table.query("measure == 'alone' and package == 'all_levers'").set_index("lever")
    rows = ad.open_result(answer).outcomes.query("replicate == 0").set_index(["vans.budget", "retention.budget"])
    gap = rows["useful_access.gap.mean"].groupby(level=[0, 1]).first()
    assert gap[50e6, 0.0] < gap[0.0, 0.0]
    assert alone.loc["vans", "mean"] < -0.1
    assert alone.loc["vans", "spent"] < 0.1  # a van in each country is cheap: the rest is not absorbed
    assert (answer / "figures" / "ranking.svg").read_text().count("Vans that fetch") > 0
    moved = shutil.copytree(answer, tmp_path / "moved")
    (moved / "tables" / "answer.txt").unlink()
    (folder / "vans.yaml").rename(folder / "gone.txt")
    try:
        publish(moved)  # read where the lever's file is not
    finally:
        (folder / "gone.txt").rename(folder / "vans.yaml")
    assert (moved / "tables" / "answer.txt").read_bytes() == (answer / "tables" / "answer.txt").read_bytes()


@pytest.mark.fast
def test_all_stands_for_the_twelve(folder: Path) -> None:
    (folder / "all.yaml").write_text(RANKING.replace("[retention, workforce_training, vans.yaml]", "[all, vans.yaml]"))
    asked = load_experiment(folder / "all.yaml")
    assert asked.study
    assert asked.study.options["levers"] == [*LEVERS, "vans"]
    assert {use.lever for use in asked.scenarios[0].levers} == {*LEVERS, str((folder / "vans.yaml").resolve())}
    assert asked.design is not None
    assert "vans.budget" in asked.design.factors


@pytest.mark.fast
def test_the_answer_is_known_by_what_the_file_says_not_by_where_it_is(folder: Path, tmp_path: Path) -> None:
    here = load_experiment(folder / "own.yaml")
    for name in ("own.yaml", "vans.yaml"):
        shutil.copy(folder / name, tmp_path / name)
    assert experiment_hash(load_experiment(tmp_path / "own.yaml")) == experiment_hash(here)
    (tmp_path / "vans.yaml").write_text(VANS.replace("0.7", "0.6"))
    assert experiment_hash(load_experiment(tmp_path / "own.yaml")) != experiment_hash(here)


@pytest.mark.fast
def test_the_merged_file_and_the_check_name_it(folder: Path) -> None:
    told = CliRunner().invoke(main, ["check", str(folder / "own.yaml")])
    assert "Vans that fetch samples: strength from the table (US$ 0 to 50 million a year)" in " ".join(
        told.stdout.split()
    )
    merged = CliRunner().invoke(main, ["check", str(folder / "own.yaml"), "--show-merged"])
    (folder / "merged.yaml").write_text(merged.stdout)
    one, other = (read_experiment(folder / name).study for name in ("own.yaml", "merged.yaml"))
    assert one
    assert other
    assert (one.options, one.files) == (other.options, other.files)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("levers", "told"),
    [
        ("[retention, van.yaml]", "5:23: ranking.levers[1]: 'van.yaml' is not accepted, there is no such file"),
        ("[retention, van.yaml]", "did you mean 'vans.yaml'?"),
        ("[vans.yaml, retentoin]", "did you mean 'retention'?"),
        ("[vans.yaml, retention, vans.yaml]", "ranking.levers: each wants to be named once"),
        ("[vans.yaml, twin.yaml]", "another lever of this list is called 'vans'"),
        ("[vans.yaml, worse.yaml]", "worse.yaml:3:8: acts.poor_frist: 'poor_frist' is not accepted"),
        ("[vans.yaml, folder.yaml]", "this is a folder"),
    ],
)
def test_what_is_wrong_with_it_is_told_at_its_place(folder: Path, levers: str, told: str) -> None:
    (folder / "twin.yaml").write_text(VANS)
    (folder / "worse.yaml").write_text(VANS.replace("poor_first", "poor_frist").replace("name: vans", "name: worse"))
    (folder / "folder.yaml").mkdir(exist_ok=True)
    found = refusals(folder, RANKING.replace("[retention, workforce_training, vans.yaml]", levers))
    assert len(found) == 1
    assert told in found[0]


@pytest.mark.fast
def test_the_lever_left_out_goes_by_the_name_in_its_file(folder: Path) -> None:
    (found,) = refusals(folder, RANKING.replace("without: vans", "without: van"))
    assert "ranking.without: 'van' is not accepted" in found
    assert "did you mean 'vans'?" in found
    both = refusals(folder, RANKING.replace("vans.yaml", "gone.yaml"))
    assert len(both) == 1  # what a missing file would have been called is not known, and not refused
    assert "no such file" in both[0]


@pytest.mark.fast
def test_a_lever_is_ranked_or_used(folder: Path) -> None:
    using = RANKING.replace("quarters: 8", "quarters: 8, levers: {vans.yaml: {level: 4}}")
    (found,) = refusals(folder, using)
    assert "the scenario 'short' already uses vans; a lever is ranked or used, not both" in found


@pytest.mark.fast
def test_in_python_it_is_named_by_its_file_too(folder: Path) -> None:
    question = RankingQuestion(("retention", str(folder / "vans.yaml")), settings=("equal_money",), worlds=2)
    assert question.levers == ("retention", "vans")
    assert question.title("vans") == "Vans that fetch samples"
    assert replace(question, worlds=3).levers == question.levers
    assert "vans.budget" in ranking_design(question).factors
    assert ranking_scenario(question, ad.Scenario("plain")).levers[1].lever == str(folder / "vans.yaml")
    with pytest.raises(ValueError, match=r"levers: 'van' is no lever; did you mean 'vans'\?"):
        replace(question, levers=("retention", "van"))
