"""Rankings and sensitivity analyses from file to answer, as a user runs them."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import adoptsim as ad
from adoptsim.cli import main
from adoptsim.experiment import chunks
from adoptsim.experiment.opened import open_result
from adoptsim.inputs.errors import InputError
from adoptsim.report.export import export
from adoptsim.sensitivity import told as telling
from adoptsim.sensitivity.deciding import deciding
from adoptsim.sensitivity.methods import ANALYSES
from adoptsim.sensitivity.publish import MEANS, publish
from adoptsim.sensitivity.ranking import ranking_design
from adoptsim.sensitivity.ranking.variance import variance_design, variance_shares, with_variance
from adoptsim.sensitivity.study import load_experiment, question_of
from adoptsim.sensitivity.told import indices_of, ranked
from districts import districts

EXPERIMENTS = sorted(Path(__file__).parents[2].glob("experiments/*.yaml"))
RANKING = """
name: ranks
scenarios: [{name: short, quarters: 8}]
ranking:
  levers: [pooled_procurement, workforce_training, equity_roadmap]
  start: 2025
  ramp: 0
  variance: 2
  groups: [AFR]
  of: [net_health.mean]
sizes:
  quick: {worlds: 2, ranking: {settings: [equal_money]}}
  full: {worlds: 4}
"""
SENSITIVITY = """
name: weighs
scenarios: [{name: short, quarters: 4}, {name: pooled, quarters: 4, levers: {pooled_procurement: LEVEL}}]
sensitivity:
  method: sobol
  size: 2
  scrambles: 2
  factors: {pool.fee: , "workforce_training.budget": [0, 20 million USD2024]}
  of: [useful_access.gap.mean]
""".replace("LEVEL", "{level: 4, start: 2025, ramp: 0}")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments), "--jobs", "1"], catch_exceptions=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies")
    (folder / "ranks.yaml").write_text(RANKING)
    (folder / "weighs.yaml").write_text(SENSITIVITY)
    return folder


@pytest.fixture(scope="module")
def answer(written: Path) -> tuple[Path, str]:
    """The ranking at its first size: its folder, and what was printed."""
    told = run(written / "ranks.yaml", "--out", written / "once")
    (folder,) = (written / "once").iterdir()
    return folder, told.stdout


@pytest.mark.fast
@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_the_packaged_experiments_can_be_run(path: Path) -> None:
    for size in ("quick", "full") if "sizes:" in path.read_text() else ("",):
        experiment = load_experiment(path, size)
        assert (experiment.design is None) == (experiment.study is None)
        assert experiment.study is None or experiment.study.size == size


def test_a_ranking_is_answered_in_tables_figures_and_words(answer: tuple[Path, str]) -> None:
    folder, printed = answer
    assert {path.name for path in (folder / "tables").iterdir()} == {
        "ranking.csv", "packages.csv", "interactions.csv", "ranking.txt", "answer.txt",
    }  # fmt: skip
    assert {"ranking.png", "stability.png", "regions.png"} <= {path.name for path in (folder / "figures").iterdir()}
    assert "Which lever narrows the gap most?" in printed
    table = pd.read_csv(folder / "tables" / "ranking.csv")
    assert table["outcome"].unique().tolist() == [
        "useful_access.gap.mean", "useful_access.gap_equal_weights.mean", "useful_access.gap.AFR.mean",
        "net_health.mean",
    ]  # fmt: skip
    packages = pd.read_csv(folder / "tables" / "packages.csv").set_index(["outcome", "setting", "package"])["mean"]
    shares = table[table["measure"] == "shapley"].groupby(["outcome", "setting", "package"])["mean"].sum()
    assert shares.to_dict() == pytest.approx(packages.to_dict(), rel=1e-9)
    assert table["variance_share"].between(-1.0, 2.0).all()


def test_a_ranking_grows_until_it_is_stable_and_no_world_is_run_twice(written: Path, answer: tuple[Path, str]) -> None:
    question = replace(next(ranked(open_result(answer[0]))).question, worlds=4)
    rows = len(with_variance(ranking_design(question), question))
    grown = run(written / "ranks.yaml", "--until-stable", "--budget", rows, "--out", written / "grown")
    assert grown.exit_code == 0, grown.stderr
    straight = run(written / "ranks.yaml", "--worlds", 4, "--out", written / "straight")
    assert straight.exit_code == 0
    (wanted,) = (written / "straight").iterdir()
    found = written / "grown" / wanted.name
    assert (found / "outcomes.parquet").read_bytes() == (wanted / "outcomes.parquet").read_bytes()
    path = open_result(found).manifest["convergence"]["path"]
    assert [step["size"] for step in path] == [2, 4]
    assert pd.read_csv(found / "tables" / "convergence.csv")["size"].tolist() == [2, 4]


@pytest.mark.fast
@pytest.mark.parametrize(
    ("file", "options", "told"),
    [
        (
            RANKING.replace("[equal_money]", "[reallocation]"),
            [],
            ": --until-stable: what grows is judged by Shapley shares",
        ),
        (RANKING, ["--budget", "3"], ": --until-stable: the first size has 72 worlds, more than the budget of 3"),
        (SENSITIVITY.replace("scrambles: 2", "scrambles: 1"), [], "ranks.yaml:7:14: --until-stable: two scrambles"),
        (SENSITIVITY.replace("sobol", "morris"), [], "ranks.yaml:5:11: --until-stable: only a design of method sobol"),
        (SENSITIVITY, ["--budget", "39"], "ranks.yaml:6:9: --until-stable: the first size has 40 worlds"),
        ("name: plain\nquarters: 4\n", [], "plain: --until-stable: only a ranking or a sensitivity analysis"),
    ],
)
def test_what_cannot_grow_is_told_before_anything_is_run(
    tmp_path: Path, file: str, options: list[str], told: str
) -> None:
    (tmp_path / "ranks.yaml").write_text(file)
    found = run(tmp_path / "ranks.yaml", "--until-stable", *options, "--out", tmp_path / "results")
    assert found.exit_code == 2
    assert told in found.stderr
    assert not (tmp_path / "results").exists()
    assert run(tmp_path / "ranks.yaml", "--budget", 5, "--out", tmp_path / "results").exit_code == 2


def broken(monkeypatch: pytest.MonkeyPatch, worlds: set[int]) -> None:
    """Worlds of a design that fail."""

    def assembled(*of: Any) -> ad.Result:
        result = chunks_assembled(*of)
        here = result.outcomes["world"].isin(worlds)
        result.outcomes.loc[here, ["status", "error"]] = "failed", "the money ran out"
        return result

    chunks_assembled = chunks.assembled
    monkeypatch.setattr(chunks, "assembled", assembled)


def test_failed_worlds_are_told_and_cost_no_more_than_they_must(
    written: Path, answer: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = len(ranking_design(next(ranked(open_result(answer[0]))).question))
    broken(monkeypatch, {own, own + 9})  # two of eight blocks of the variance shares; none of the ranking
    told = run(written / "ranks.yaml", "--out", written / "no_shares")
    assert told.exit_code == 1
    assert "Variance shares cannot be told: 2 of 8 blocks hold a failed world" in told.stdout
    assert "2 runs failed" in told.stderr
    first = next(ranked(open_result(next((written / "no_shares").iterdir()))))
    assert not first.dropped
    assert first.levers["variance_share"].isna().all()


def test_an_analysis_of_too_few_worlds_is_no_fault_of_the_program(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, {1})
    for _ in range(2):
        told = run(written / "weighs.yaml", "--out", written / "too_few")
        assert told.exit_code == 1
        assert "the answer is there, but not its tables and figures (1 of 4 blocks" in told.stderr


def test_a_sensitivity_analysis_is_answered_by_difference(written: Path) -> None:
    told = run(written / "weighs.yaml", "--until-stable", "--budget", 50, "--out", written / "weighed")
    assert told.exit_code == 0, told.stderr
    assert "What decides the gap (useful_access.gap.mean, points) in pooled less that in short?" in told.stdout
    stored = open_result(next(path for path in (written / "weighed").iterdir()))
    ((one, indices),) = indices_of(stored)
    rows = stored.outcomes.pivot(index="world", columns="scenario", values="useful_access.gap.mean")
    assert one.y.all()
    assert np.array_equal(one.y.to_numpy(), 100.0 * (rows["pooled"] - rows["short"]).to_numpy())  # points
    assert set(indices.of()["factor"]) == {"pool.fee", "workforce_training.budget"}


def test_every_index_that_ranks_factors_is_put_in_words() -> None:
    assert {analysis.primary for analysis in ANALYSES.values()} == set(MEANS)


def test_variance_shares_are_read_from_the_rows_behind_those_of_the_ranking(answer: tuple[Path, str]) -> None:
    first = next(ranked(open_result(answer[0])))
    question = replace(first.question, variance=256, worlds=64)
    made = with_variance(ranking_design(question), question)
    assert len(made) >= len(ranking_design(question)) + len(variance_design(question))
    share = {lever: made.factors[f"{lever}.budget"] / question.money for lever in question.levers}
    rows = pd.DataFrame({"world": np.arange(len(made)), "replicate": made.replicates, "status": "done", **made.factors})
    luck = np.random.default_rng(1).normal(size=64)[made.replicates]  # moves the level of a world, not the effect
    rows["y"] = 100.0 * luck + 3.0 * share["pooled_procurement"] + share["workforce_training"]
    found = variance_shares(rows.sample(frac=1.0, random_state=1), question, "y")
    assert found is not None
    shares = found.table.query("index == 'ST'").set_index("factor")["value"]
    assert shares["pooled_procurement.budget"] == pytest.approx(0.9, abs=0.03)
    assert shares["workforce_training.budget"] == pytest.approx(0.1, abs=0.03)
    assert shares["equity_roadmap.budget"] == pytest.approx(0.0, abs=1e-9)
    assert shares["replicate"] == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(ValueError, match="another question's table"):
        variance_shares(rows, replace(question, money=1e6), "y")


def test_a_group_in_which_nobody_lives_costs_its_own_ranking_alone(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(districts(8).replace(",AFR,", ",AMR,"))
    own = RANKING.replace("quarters: 8", "quarters: 4, tables: {countries: own.csv}").replace("[AFR]", "[AFR, AMR]")
    (tmp_path / "own.yaml").write_text(own.replace("ramp: 0\n", "ramp: 0\n  targets: {countries: [d1]}\n"))
    told = run(tmp_path / "own.yaml", "--out", tmp_path / "results")
    assert told.exit_code == 0, told.stderr
    assert "No ranking for AFR: it has no gap in any world." in told.stdout
    (table,) = tmp_path.glob("results/*/tables/ranking.csv")
    assert pd.read_csv(table)["outcome"].unique()[2:].tolist() == ["useful_access.gap.AMR.mean", "net_health.mean"]


def test_a_ranking_is_exported_with_its_own_tables(answer: tuple[Path, str], tmp_path: Path) -> None:
    stored = open_result(answer[0])
    names = {path.name for path in export(stored, "csv", tmp_path)}
    assert names == {"outcomes.csv", "ranking.csv", "packages.csv", "interactions.csv", "columns.csv"}
    for name in ("ranking", "packages", "interactions"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (answer[0] / "tables" / f"{name}.csv").read_bytes()
    (book,) = export(stored, "excel", tmp_path)
    assert book.exists()


def test_few_worlds_decide_nothing(answer: tuple[Path, str]) -> None:
    stored = open_result(answer[0])
    assert deciding(stored, next(ranked(stored))) == []


@pytest.mark.fast
def test_options_that_do_not_go_together_are_told_where_they_stand(written: Path) -> None:
    path = written / "wrong.yaml"
    path.write_text(RANKING.replace("variance: 2", "shift: 900 million USD2024\n  variance: 3"))
    with pytest.raises(InputError) as told:
        load_experiment(path, "full")
    lines = [str(problem).removeprefix(f"{written}/") for problem in told.value.problems]
    assert [line.split(": ")[:2] for line in lines] == [
        ["wrong.yaml:8:10", "ranking.shift"],
        ["wrong.yaml:9:13", "ranking.variance"],
    ]
    path.write_text(SENSITIVITY.replace("size: 2", "size: 3"))
    with pytest.raises(InputError, match=r"wrong.yaml:6:9: sensitivity.size: .*a power of two"):
        load_experiment(path)


@pytest.mark.fast
def test_options_that_do_not_go_together_are_told_at_any_size(written: Path) -> None:
    path = written / "at_any_size.yaml"
    path.write_text(RANKING.replace("full: {worlds: 4}", "full: {ranking: {variance: 3}}"))
    told = CliRunner().invoke(main, ["check", str(path)])
    assert told.exit_code == 2
    assert "at_any_size.yaml:13:30: ranking.variance: a power of two" in told.stderr


@pytest.mark.fast
@pytest.mark.parametrize(
    ("written_as", "instead", "told"),
    [
        ("pool.fee: ,", "pool.fee: [9 %, 3 %],", "sensitivity.factors.pool.fee: '[9 %, 3 %]' is not accepted"),
        ("20 million USD2024", "20 million bananas", "sensitivity.factors.workforce_training.budget: "),
        ("pool.fee: ,", "pool.fee: [0, 90 %],", "sensitivity.factors.pool.fee: bounds within 0.03 to 0.15"),
        ("size: 2", "size: 2\n  groups: {a: [pool.fe]}", "sensitivity.groups.a: 'pool.fe' is no factor"),
        (
            "size: 2",
            "size: 2\n  parameters: grouped\n  groups: {prices: [pool.fee]}",
            "sensitivity.groups.prices: the registry has a group of this name",
        ),
        ("method: sobol", "method: latin\n  parameters: grouped", "sensitivity.parameters: groups: latin has none"),
        ("size: 2", "size: 2\n  difference: [short, short]", "sensitivity.difference[1]: 'short' is not accepted"),
    ],
)
def test_a_wrong_analysis_is_told_at_the_field(written: Path, written_as: str, instead: str, told: str) -> None:
    path = written / "wrong_analysis.yaml"
    path.write_text(SENSITIVITY.replace(written_as, instead))
    with pytest.raises(InputError) as found:
        load_experiment(path)
    (problem,) = found.value.problems
    assert told in str(problem)
    assert problem.line >= 6


@pytest.mark.fast
def test_one_fault_of_a_ranking_is_told_once(written: Path) -> None:
    path = written / "wrong_ranking.yaml"
    for wrong, field in (("levers: [retention]", "levers"), ("money: 0", "money"), ("variance: 1", "variance")):
        path.write_text("name: wrong\nscenarios: [{name: short, quarters: 4}]\nranking: {" + wrong + "}\n")
        with pytest.raises(InputError) as found:
            load_experiment(path)
        assert [problem.field for problem in found.value.problems] == [f"ranking.{field}"]


@pytest.mark.fast
def test_each_seed_has_rows_of_its_own(written: Path) -> None:
    weighed, shares = [], []
    for seed in (0, 1):
        for file in (SENSITIVITY, RANKING):
            (written / "seeded.yaml").write_text(f"seed: {seed}\n{file}")
            made = load_experiment(written / "seeded.yaml")
            assert made.design
            assert made.study
            if made.study.kind == "sensitivity":
                weighed.append(made.design.factors["pool.fee"])
            else:
                shares.append(variance_design(question_of(made.study, seed)).unit)
    assert not np.array_equal(*weighed)
    assert not np.array_equal(*shares)


@pytest.mark.fast
@pytest.mark.parametrize("field", ["ranking", "sensitivity", "design"])
@pytest.mark.parametrize(("line", "at"), [("{field}:", ""), ("sizes: {{small: {{{field}: }}}}", "sizes.small.")])
def test_a_study_without_fields_is_refused(written: Path, field: str, line: str, at: str) -> None:
    (written / "empty.yaml").write_text("name: a\nscenarios: [{name: b, quarters: 4}]\n" + line.format(field=field))
    with pytest.raises(InputError) as told:
        load_experiment(written / "empty.yaml")
    (problem,) = told.value.problems
    assert (problem.line, problem.field) == (3, f"{at}{field}")
    assert "nothing stands here: write " in str(problem)
    (written / "empty.yaml").write_text("name: a\nscenarios: [{name: b, quarters: 4}]\nranking: {}")
    study = load_experiment(written / "empty.yaml").study
    assert study
    assert study.kind == "ranking"


def test_variance_shares_are_worked_out_once_for_each_outcome(
    answer: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, outcomes = shutil.copytree(answer[0], tmp_path / "copy"), list[str]()

    def counted(rows: pd.DataFrame, question: ad.sensitivity.RankingQuestion, outcome: str) -> Any:
        outcomes.append(outcome)
        return variance_shares(rows, question, outcome)

    monkeypatch.setattr(telling, "variance_shares", counted)
    publish(copy)
    assert len(outcomes) == len(set(outcomes)) == 4
    assert (copy / "tables" / "ranking.csv").read_bytes() == (answer[0] / "tables" / "ranking.csv").read_bytes()


def test_an_answer_of_a_study_is_not_compared_row_by_row(answer: tuple[Path, str]) -> None:
    stored = open_result(answer[0])
    for results in (stored, {"baseline": stored}):
        with pytest.raises(ValueError, match=r"answers a ranking; .*Read tables/ranking.csv"):
            ad.compare(results)  # type: ignore[arg-type]


@pytest.mark.fast
def test_what_is_named_twice_is_told_once_and_sizes_have_names(written: Path) -> None:
    path = written / "twice.yaml"
    path.write_text(RANKING.replace("groups: [AFR]", "groups: [AFR, AFR]"))
    study = load_experiment(path).study
    assert study
    assert study.options["groups"] == ["AFR"]
    path.write_text(RANKING.replace("quick:", "a b:"))
    with pytest.raises(InputError, match=r"sizes\.a b: 'a b' is not accepted"):
        load_experiment(path)


def test_an_experiment_read_in_python_is_ready_to_be_run(written: Path, answer: tuple[Path, str]) -> None:
    experiment = ad.load_experiment(written / "ranks.yaml")
    assert experiment.design is not None
    assert ad.run_experiment(experiment, jobs=1, out=written / "once") == answer[0]


@pytest.mark.fast
def test_the_merged_file_asks_the_same(written: Path) -> None:
    for name in ("ranks.yaml", "weighs.yaml"):
        told = CliRunner().invoke(main, ["check", str(written / name), "--show-merged"], catch_exceptions=False)
        (written / f"merged_{name}").write_text(told.stdout)
        one, other = (load_experiment(written / n) for n in (name, f"merged_{name}"))
        assert one.study
        assert other.study
        assert one.study.options == other.study.options
        if one.study.kind == "ranking":
            assert question_of(one.study, 1) == question_of(other.study, 1)
