"""The store: a folder is whole or absent, and the same question gives the same bytes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adoptsim.experiment import identity, merge, store
from adoptsim.experiment.design import Design
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.identity import experiment_hash, source_hashes
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.experiment.result import Result
from adoptsim.experiment.store import folder_of, run_experiment
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

TABLES = ("outcomes", "series", "changes", "countries")


def tables_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_the_folder_holds_what_is_promised(kept: Path, small: Experiment, baseline: Result) -> None:
    assert kept.name == f"small-{experiment_hash(small)[:8]}"
    assert sorted(p.name for p in kept.iterdir()) == sorted(["manifest.json", *(f"{t}.parquet" for t in TABLES)])
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]  # nothing half-written is left beside it
    stored = open_result(kept)
    outcomes = stored.table("outcomes")
    assert list(outcomes.columns[:3]) == ["scenario", "world", "replicate"]
    assert outcomes.groupby("scenario").size().to_dict() == {"baseline": 5, "pooled": 5, "shared": 5}
    here = outcomes[outcomes["scenario"] == "baseline"]
    for name in baseline.outcome_names:
        assert np.array_equal(here[name], baseline.outcomes[name]), name


def test_the_manifest_says_how_to_repeat_it(kept: Path, small: Experiment) -> None:
    manifest = json.loads((kept / "manifest.json").read_text())
    assert manifest["scenarios"] == json.loads(json.dumps([as_config(s) for s in small.scenarios]))
    assert (manifest["seed"], manifest["worlds"], manifest["reference"]) == (3, 5, "baseline")
    assert manifest["sources"] == source_hashes()
    assert {"python", "adoptsim", "mesa", "numpy", "pandas"} <= set(manifest["versions"])
    assert manifest["finished"]
    assert set(manifest["ceilings"]) == {"pooled_procurement", "data_sharing"}


def test_series_are_means_and_quantiles_of_the_worlds(kept: Path, baseline: Result) -> None:
    series = open_result(kept).table("series")
    row = series.query("scenario == 'baseline' and year == 2028 and group == 'LIC' and outcome == 'useful_access'")
    values = baseline.data["useful_access"].sel(year=2028, group="income: LIC").to_numpy().astype(float)
    assert row["mean"].item() == pytest.approx(values.mean(), rel=1e-12)
    assert row["p05"].item() == pytest.approx(np.quantile(values, 0.05), rel=1e-12)
    assert not series[["mean", "p05", "p50", "p95"]].isna().any().any()


def test_changes_are_paired(kept: Path) -> None:
    stored = open_result(kept)
    changes, series = stored.table("changes"), stored.table("series")
    assert set(changes["scenario"]) == {"pooled", "shared"}
    keys = ["year", "group_kind", "group", "outcome"]
    means = series.set_index(["scenario", *keys])["mean"]
    pooled = changes[changes["scenario"] == "pooled"].set_index(keys)["mean"]
    wanted = means["pooled"] - means["baseline"]
    scale = means["baseline"].abs()
    np.testing.assert_allclose(pooled, wanted.loc[pooled.index], atol=float(1e-6 * scale.max()))
    assert (pooled != 0).any()


def test_countries_are_kept_by_world(kept: Path, baseline: Result) -> None:
    table = open_result(kept).table("countries")
    assert len(table) == 3 * 5 * 194
    one = table.query("scenario == 'baseline' and world == 2 and iso3 == 'NGA'")["useful_access"].item()
    assert one == float(baseline.data["country.useful_access"].sel(world=2, iso3="NGA"))


def test_two_processes_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, kept: Path, small: Experiment, tmp_path: Path
) -> None:
    monkeypatch.setattr("adoptsim.experiment.runner.BLOCK", 2)
    again = run_experiment(small, jobs=2, out=tmp_path)
    assert tables_of(again) == tables_of(kept)


def test_the_answer_is_not_computed_twice(monkeypatch: pytest.MonkeyPatch, kept: Path, small: Experiment) -> None:
    def never(*_: object) -> None:
        raise AssertionError("was run again")

    monkeypatch.setattr(store, "run_task", never)
    assert run_experiment(small, out=kept.parent) == kept
    with pytest.raises(AssertionError, match="run again"):
        run_experiment(small, out=kept.parent, force=True)
    assert open_result(kept).manifest["name"] == "small"  # what was there is still there
    assert list(kept.parent.iterdir()) == [kept]  # nor is anything left beside it


def test_force_replaces_the_folder(small: Experiment, tmp_path: Path) -> None:
    tiny = replace(small, scenarios=small.scenarios[:1], worlds=1)
    folder = run_experiment(tiny, jobs=1, out=tmp_path)
    (folder / "mine.txt").write_text("a note")
    run_experiment(tiny, jobs=1, out=tmp_path, force=True)
    assert (folder / "mine.txt").read_text() == "a note"  # what is not ours stays
    assert open_result(folder).table("changes").empty


@pytest.mark.parametrize("damage", ["manifest.json", "series.parquet"])
def test_a_damaged_or_foreign_folder_is_not_taken_for_an_answer(small: Experiment, tmp_path: Path, damage: str) -> None:
    folder = folder_of(small, tmp_path)
    folder.mkdir()
    for name in {"manifest.json", "outcomes.parquet", "changes.parquet", "countries.parquet", "series.parquet"} - {
        damage
    }:
        (folder / name).write_text(f'{{"format": {identity.STORE_FORMAT}, "state": "finished", "keep": "groups"}}')
    with pytest.raises(StoreError, match="--force"):
        run_experiment(small, out=tmp_path)
    assert damage not in {p.name for p in folder.iterdir()}


def test_a_folder_that_cannot_be_written(small: Experiment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        run_experiment(small, out=tmp_path / "file")


def test_a_run_that_breaks_while_merging_goes_on_from_there(
    monkeypatch: pytest.MonkeyPatch, kept: Path, small: Experiment, tmp_path: Path
) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(merge, "countries_table", breaks)
        with pytest.raises(KeyboardInterrupt):
            run_experiment(small, jobs=1, out=tmp_path)
    (unfinished,) = tmp_path.iterdir()
    assert unfinished.name == kept.name + ".unfinished"
    with pytest.raises(StoreError, match="not finished; start it again"):
        open_result(unfinished)
    monkeypatch.setattr(store, "run_task", breaks)  # every chunk is there
    assert tables_of(run_experiment(small, jobs=1, out=tmp_path)) == tables_of(kept)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_figure_that_fails_does_not_cost_the_run(small: Experiment, tmp_path: Path) -> None:
    def finish(folder: Path) -> None:
        assert open_result(folder).manifest["seconds"] >= 0
        raise ValueError("no font")

    tiny = replace(small, scenarios=small.scenarios[:1], worlds=1)
    with pytest.raises(RuntimeError, match="no font"):
        run_experiment(tiny, jobs=1, out=tmp_path, finish=finish)
    assert len(open_result(folder_of(tiny, tmp_path)).table("outcomes")) == 1


def test_failed_worlds_are_stored(monkeypatch: pytest.MonkeyPatch, small: Experiment, tmp_path: Path) -> None:
    run = AdoptionModel.run

    def breaks(model: AdoptionModel) -> AdoptionModel:
        if model.question.name == "pooled" or 1 in model.world_numbers:
            raise ValueError("broken")
        return run(model)

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    stored = open_result(run_experiment(replace(small, worlds=2), jobs=1, out=tmp_path))
    outcomes = stored.table("outcomes")
    status = outcomes.groupby("scenario")["status"].agg(list).to_dict()
    assert status == {"baseline": ["done", "failed"], "pooled": ["failed"] * 2, "shared": ["done", "failed"]}
    assert stored.manifest["failed"] == 4
    assert set(stored.table("series")["scenario"]) == {"baseline", "shared"}


def test_other_titles_are_taken_over_without_a_run(
    monkeypatch: pytest.MonkeyPatch, small: Experiment, tmp_path: Path
) -> None:
    tiny = replace(small, scenarios=small.scenarios[:1], worlds=1)
    folder = run_experiment(tiny, jobs=1, out=tmp_path)
    monkeypatch.setattr(store, "run_task", None)
    seen: list[Path] = []
    renamed = replace(tiny, title="Another title", scenarios=(replace(tiny.scenarios[0], title="Doing nothing"),))
    assert run_experiment(renamed, jobs=1, out=tmp_path, finish=seen.append) == folder
    assert open_result(folder).manifest["title"] == "Another title"
    assert open_result(folder).scenario.title == "Doing nothing"
    assert run_experiment(renamed, jobs=1, out=tmp_path, finish=seen.append) == folder
    assert seen == [folder]  # tables and figures are made anew once


def test_the_hash_follows_everything_that_the_answer_depends_on(small: Experiment, tmp_path: Path) -> None:
    first = experiment_hash(small)
    assert experiment_hash(replace(small)) == first
    changed = replace(small.scenarios[0], parameters={"pool.fee": 0.05})
    others = (
        replace(small, seed=4),
        replace(small, worlds=6),
        replace(small, reference="pooled"),
        replace(small, scenarios=(changed, *small.scenarios[1:])),
    )
    assert len({first, *map(experiment_hash, others)}) == 5


def test_the_hash_follows_the_sources_of_the_model(monkeypatch: pytest.MonkeyPatch, small: Experiment) -> None:
    first = experiment_hash(small)
    monkeypatch.setattr(identity, "ROOMS", ("inputs", "equity"))
    source_hashes.cache_clear()
    other = experiment_hash(small)
    source_hashes.cache_clear()
    assert other != first


def test_own_tables_count_by_content_not_by_place(tmp_path: Path) -> None:
    hashes = []
    for folder, text in (("a", "x"), ("b", "x"), ("c", "y")):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "t.csv"
        path.write_text(text)
        hashes.append(experiment_hash(Experiment("e", (Scenario("s", countries=str(path)),))))
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_larger_design_takes_over_the_worlds_of_a_smaller_one(small: Experiment, tmp_path: Path) -> None:
    strengths = np.linspace(0.0, 1.0, 96)
    whole = replace(
        small,
        scenarios=small.scenarios[:1],
        design=Design({"data_sharing": strengths}, np.arange(96) // 2, block=2),
    )
    half = replace(whole, design=Design({"data_sharing": strengths[:64]}, np.arange(64) // 2, block=2))
    first, ran = run_experiment(half, jobs=1, out=tmp_path), []
    grown = run_experiment(whole, jobs=1, out=tmp_path, earlier=first, progress=ran.append)
    assert (ran[-1].kept, ran[-1].done) == (64, 32)
    assert tables_of(grown) == tables_of(run_experiment(whole, jobs=1, out=tmp_path / "alone"))
    with pytest.raises(ValueError, match=r"answers another question \(seed differ"):
        run_experiment(replace(whole, seed=9), jobs=1, out=tmp_path, earlier=first)
