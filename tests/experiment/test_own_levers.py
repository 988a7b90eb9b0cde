"""A lever of a user's own is a file: read, checked, run, told and hashed like those that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adoptsim.compare.headline import headline
from adoptsim.experiment.ceilings import attainable_gain, ceiling_scenarios
from adoptsim.experiment.files.load import load_experiment, load_question, load_scenario
from adoptsim.experiment.files.telling import told
from adoptsim.experiment.identity import experiment_hash
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.question import as_config, from_config
from adoptsim.experiment.store import run_experiment
from adoptsim.inputs.errors import InputError
from adoptsim.model.levers import levers_of
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import Scenario
from adoptsim.report.dictionary import column_dictionary
from adoptsim.sensitivity.problem import factors_of
from adoptsim.sensitivity.vocabulary import group_of
from support import unlike

LEVER = """\
name: vans
title: Vans
acts:
  poor_first: {value: [0.1, 0.3, 0.5], unit: share}
  task_sharing: work.task_sharing_gain
cost: {country: {value: [1, 10, 100], unit: US$ a year, distribution: loguniform}}
levels: [None., One., Two., Three., Four.]
ceiling: if vans were everywhere
removes: {vans.poor_first: 1}
"""
USING = "name: a\nquarters: 4\nlevers: {vans.yaml: {level: 4, start: 2025, ramp: 0}}\n"

pytestmark = pytest.mark.fast


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "vans.yaml").write_text(LEVER, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(USING, encoding="utf-8")
    return tmp_path / "a.yaml"


def refusal(path: Path, lever: str = LEVER, using: str = USING) -> str:
    (path.parent / "vans.yaml").write_text(lever, encoding="utf-8")
    path.write_text(using, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    return str(caught.value)


def test_it_runs_with_its_own_parameters(path: Path) -> None:
    scenario = load_scenario(path)
    model = AdoptionModel(scenario, worlds=3, rng=1)
    assert len(np.unique(model.drawn["vans.poor_first"])) == 3
    model.step()
    assert np.array_equal(model.countries.poor_first[..., :1], model.par["vans.poor_first"])
    assert model.lever_cost.sum() * 4 == pytest.approx(model.par["vans.cost_country"].sum() * 194)
    assert "vans.poor_first" in dict(model.run().results().parameters)


def test_it_moves_no_other_draw(path: Path) -> None:
    with_it = AdoptionModel(load_scenario(path), worlds=3, rng=1)
    plain = AdoptionModel(replace(load_scenario(path), levers=()), worlds=3, rng=1)
    assert all(np.array_equal(plain.drawn[name], with_it.drawn[name]) for name in plain.drawn)


def test_parameters_of_it_may_be_fixed(path: Path) -> None:
    path.write_text(USING + "parameters: {vans.poor_first: 20 %}\n", encoding="utf-8")
    scenario = load_scenario(path)
    assert AdoptionModel(scenario, worlds=2, rng=1).drawn["vans.poor_first"].tolist() == [0.2]
    assert "vans.poor_first: '90 %' is not accepted" in refusal(
        path, using=USING + "parameters: {vans.poor_first: 90 %}\n"
    )


def test_it_is_told_with_its_ceiling(path: Path) -> None:
    question = load_question(path)
    assert "Vans: level 4 of 4 (Four)" in "\n".join(told(question))
    scenarios = [scenario for scenario, _ in ceiling_scenarios(question)]
    (name,) = {use.lever for use in scenarios[1].levers}
    assert scenarios[1].parameters["vans.poor_first"] == 1.0
    assert levers_of(scenarios[1])[name].title == "Vans"
    import pandas as pd

    kept = pd.DataFrame({"world": [0], "useful_results.mean": [1.0], "status": ["done"], "error": [""]})
    assert attainable_gain(name, kept, kept)["condition"] == "if vans were everywhere"


def test_it_counts_by_content_and_not_by_place(path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    for name in ("vans.yaml", "a.yaml"):
        (other / name).write_text((path.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
    one, two = load_question(path), load_question(other / "a.yaml")
    assert one.scenarios[1] != two.scenarios[1]
    assert experiment_hash(one) == experiment_hash(two)
    (other / "vans.yaml").write_text(LEVER.replace("0.3", "0.4"), encoding="utf-8")
    assert experiment_hash(load_question(other / "a.yaml")) != experiment_hash(one)


def test_it_comes_back_from_what_was_written_down(path: Path) -> None:
    scenario = load_scenario(path)
    assert from_config(as_config(scenario)) == scenario


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("poor_first:", "poor_frist:", "vans.yaml:4:3: acts.poor_frist: 'poor_frist' is not accepted, one of"),
        ("work.task_sharing_gain", "work.task_sharing_gan", "did you mean 'work.task_sharing_gain'?"),
        ("[0.1, 0.3, 0.5]", "[0.1, 0.5, 0.3]", "vans.yaml:4:15: acts.poor_first"),
        ("[1, 10, 100]", "[-1, 10, 100]", "cost.country"),
        ("country:", "continent:", "one of country, million, wages"),
        ("title: Vans\n", "", "title: this field is needed"),
        ("Three., Four.", "Three.", "5 sentences, for level 0 to 4"),
        ("name: vans", "name: retention", "another name: a packaged lever is called so"),
        ("vans.poor_first: 1", "vans.poor_frist: 1", "did you mean 'vans.poor_first'?"),
        ("levels:", "levls: 1\nlevels:", "did you mean 'levels'?"),
    ],
)
def test_whatever_is_wrong_with_it_is_told_with_its_place(path: Path, old: str, new: str, message: str) -> None:
    assert message in refusal(path, lever=LEVER.replace(old, new))


def test_changes_that_would_turn_a_sign_are_refused(path: Path) -> None:
    lever = LEVER.replace("poor_first: {value: [0.1, 0.3, 0.5]", "leaving: {value: [-1.5, 0.3, 0.5]")
    assert "numbers of -1 or more" in refusal(path, lever=lever.replace("vans.poor_first", "vans.leaving"))


def test_a_missing_file_and_two_of_one_name(path: Path) -> None:
    assert "there is no such file" in refusal(path, using=USING.replace("vans.yaml", "van.yaml"))
    (path.parent / "more.yaml").write_text(LEVER, encoding="utf-8")
    two = USING.replace("levers: {", "levers: {more.yaml: {level: 1}, ")
    assert "another lever of this scenario is called 'vans'" in refusal(path, using=two)


# its strength as a factor


def test_it_may_be_weighed_by_a_sensitivity_analysis(path: Path) -> None:
    asked = path.with_name("weighed.yaml")
    factors = "vans: , vans.poor_first: [10 %, 20 %], pool.fee: "
    text = "name: w\nscenarios: [a.yaml]\nsensitivity: {method: sobol, size: 2, factors: {%s}}\n"
    asked.write_text(text % factors, encoding="utf-8")
    study = load_experiment(asked).study
    assert study
    assert study.options["factors"] == {"vans": None, "vans.poor_first": [0.1, 0.2], "pool.fee": None}
    asked.write_text(text % factors.replace("vans:", "van:"), encoding="utf-8")
    with pytest.raises(InputError, match=r"sensitivity\.factors\.van: .*did you mean 'vans'"):
        load_experiment(asked)
    (path.parent / "vans.yaml").write_text("name: 3", encoding="utf-8")
    with pytest.raises(InputError) as caught:  # of a file that cannot be read no name is refused
        load_experiment(asked)
    assert "sensitivity.factors" not in str(caught.value)


def test_its_strength_may_be_a_factor(path: Path) -> None:
    scenario = load_scenario(path)
    (use,) = scenario.levers

    def ran(scenario: Scenario, factors: dict[str, list[float]]) -> BlockResult:
        return AdoptionModel(scenario, worlds=[0, 0], rng=1, factors=factors).run().results()

    def same(strength: dict[str, float], **changed: float | None) -> None:
        row = ran(scenario, {name: [value, value] for name, value in strength.items()})
        assert unlike(row, ran(replace(scenario, levers=(replace(use, **changed),)), {})) == []  # type: ignore[arg-type]

    same({"vans": 0.4}, intensity=0.4)
    same({"vans.budget": 500.0}, intensity=None, budget=500.0)
    rows = ran(scenario, {"vans": [0.0, 1.0], "vans.poor_first": [0.2, 0.2]})
    assert rows.scalars["cost.lever.mean"][0] == 0.0 < rows.scalars["cost.lever.mean"][1]
    assert rows.parameters["vans"].tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match="did you mean 'vans'"):
        ran(scenario, {"van": [0.0, 1.0]})
    with pytest.raises(ValueError, match="factor 'vans' is no parameter, no lever"):
        ran(replace(scenario, levers=()), {"vans": [0.0, 1.0]})


DESIGN = "name: d\nscenarios: [a.yaml]\ndesign: {table: rows.csv}\nkeep: outcomes\n"


def test_a_table_of_its_strengths_is_run_and_told(path: Path) -> None:
    folder = path.parent
    (folder / "rows.csv").write_text("vans,vans.poor_first\n0 %,0.2\n1,0.2\n", encoding="utf-8")
    (folder / "d.yaml").write_text(DESIGN, encoding="utf-8")
    stored = open_result(run_experiment(load_question(folder / "d.yaml"), jobs=1, out=str(folder)))
    rows = stored.table("outcomes", ["vans", "cost.lever.mean", "status"])
    assert rows["status"].tolist() == ["done", "done"]
    assert rows["cost.lever.mean"].gt(0).tolist() == [False, True]
    told = column_dictionary(stored).set_index(["table", "column"])
    assert told.loc[("outcomes", "vans"), "meaning"] == "factor: Vans"
    assert headline(stored).rows["strength"].tolist() == ["strengths from the table"]


def test_a_factor_that_one_scenario_does_not_have_is_told(path: Path) -> None:
    folder = path.parent
    (folder / "rows.csv").write_text("vans.budget,vans.poor_first\n2000,0.2\n", encoding="utf-8")
    (folder / "d.yaml").write_text(DESIGN.replace("[", "[{name: none, quarters: 4}, "), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_question(folder / "d.yaml")
    first, second = map(str, caught.value.problems)
    assert "rows.csv:1:1: column: 'vans.budget'" in first
    assert "rows.csv:1:13: column: 'vans.poor_first'" in second
    assert "none does not name the file of it (a lever may stand there with level 0)" in first


def test_it_may_be_a_factor_of_a_sensitivity_analysis(path: Path) -> None:
    scenario = load_scenario(path)
    found = factors_of({"vans": None, "vans.poor_first": None}, [scenario])
    assert [(f.name, f.low, f.high) for f in found] == [("vans", 0.0, 1.0), ("vans.poor_first", 0.1, 0.5)]
    assert group_of("vans.budget") == "strengths of levers"
    with pytest.raises(ValueError, match="'vans': means nothing in none, which does not name the file of it"):
        factors_of({"vans": None}, [scenario, Scenario("none")])
    with pytest.raises(ValueError, match="did you mean 'vans'"):
        factors_of({"van": None}, [scenario])
