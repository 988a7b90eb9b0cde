"""A result folder gives back what was computed, whole or a few columns; a design's rows are worlds."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import adoptsim as ad
from adoptsim.experiment import merge, question, sizes
from adoptsim.experiment.design import Design
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.question import Experiment, as_config, from_config
from adoptsim.experiment.result import Result
from adoptsim.experiment.runner import simulate
from adoptsim.experiment.store import folder_of, run_experiment
from adoptsim.model.scenario import KEEP, Investment, LeverUse, Scenario, ShockUse

QUARTERS = 8
BASELINE = Scenario("baseline", quarters=QUARTERS)
LEVER = (LeverUse("pooled_procurement", intensity=0.5, start=2025.0),)
POOLED = Scenario("pooled", quarters=QUARTERS, levers=LEVER)


def same(one: Result, other: Result) -> None:
    """Rows and series are the same bit for bit."""
    pd.testing.assert_frame_equal(one.outcomes, other.outcomes, check_exact=True)
    assert one.parameters == other.parameters
    assert one.outcome_names == other.outcome_names


def test_what_is_stored_is_what_simulate_gives(kept: Path, baseline: Result) -> None:
    result = ad.open_result(kept)
    assert [scenario.name for scenario in result.scenarios] == ["baseline", "pooled", "shared"]
    here = result.by_scenario()["baseline"]
    same(here, baseline)
    for name in here.data.data_vars:
        assert np.array_equal(here.data[name], baseline.data[name].transpose(*here.data[name].dims)), name
    assert result.data["country.useful_access"].dims == ("scenario", "world", "iso3")
    assert result.scenario == baseline.scenario


@pytest.mark.parametrize("keep", ["countries", "trajectories"])
def test_trajectories_are_those_of_simulate(tmp_path: Path, keep: str) -> None:
    folder = run_experiment(Experiment("t", (BASELINE, POOLED), worlds=3, keep=keep), jobs=1, out=tmp_path)
    result = ad.open_result(folder)
    alone = simulate(POOLED, worlds=3, jobs=1, keep=keep)
    xr_alone, stored = alone.data, result.by_scenario()["pooled"].data
    assert stored.identical(xr_alone)
    assert result.data.sizes["scenario"] == 2
    assert set(result.data.data_vars) == set(xr_alone.data_vars)


def test_some_columns_of_one_scenario(kept: Path) -> None:
    result = ad.open_result(kept)
    name = "useful_access.gap.mean"
    some = result.table("outcomes", ["world", name], scenario="pooled")
    assert list(some.columns) == ["world", name]
    assert np.array_equal(some[name], result.by_scenario()["pooled"].outcomes[name])


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda r: r.table("outcome"), "no table 'outcome'; did you mean 'outcomes'"),
        (lambda r: r.table("outcomes", ["useful_access.gap.men"]), "did you mean 'useful_access.gap.mean'"),
        (lambda r: r.table("outcomes", scenario="poled"), "did you mean 'pooled'"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(kept: Path, ask: Callable[[object], object], words: str) -> None:
    with pytest.raises(KeyError, match=words):
        ask(ad.open_result(kept))


def test_a_folder_that_is_none(tmp_path: Path, kept: Path) -> None:
    with pytest.raises(StoreError, match=f"no such folder; did you mean '{kept}'"):
        open_result(kept.with_name(kept.name[:-1]))
    with pytest.raises(StoreError, match=r"not a result folder \(manifest.json is missing\)"):
        open_result(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match=r"manifest.json: cannot be read"):
        open_result(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(StoreError, match="of this version"):
        open_result(tmp_path)


def test_compare_takes_an_opened_folder(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ad.open_result(kept)
    whole = ad.compare(result.by_scenario())
    pd.testing.assert_frame_equal(ad.compare(result), whole, check_exact=True)
    monkeypatch.setattr("adoptsim.compare.paired.CELLS", 60)  # two or three outcomes at a time
    pd.testing.assert_frame_equal(ad.compare(result), whole, check_exact=True)
    against = ad.compare(result, reference="shared")
    assert (against.loc[against["scenario"] == "shared", "change"] == 0).all()


def test_small_row_groups_hold_the_same_rows(small: Experiment, kept: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(merge, "ROW_GROUP", 7)
        folder = run_experiment(small, jobs=1, out=tmp_path)
    for table in ad.open_result(kept).tables:
        pd.testing.assert_frame_equal(
            ad.open_result(folder).table(table), ad.open_result(kept).table(table), check_exact=True
        )


def test_a_scenario_read_back_from_the_manifest_is_the_same() -> None:
    scenario = Scenario(
        "s", "t", "d", start_year=2024, quarters=12, uncertainty="central", parameters={"pool.fee": 0.05},
        levers=(
            LeverUse("data_sharing", budget=5e7, regions=("AFR",), schedule=((2026.25, 0.0), (2030.0, 1.0))),
            LeverUse("pooled_procurement", intensity=0.25, end=2030.0, countries=("NGA",)),
        ),
        shocks=(ShockUse("price_jump", 0.5, 2026.0, 2027.0, incomes=("LIC",)),),
        investments=(
            Investment("thalassaemia", 2026.0, 2030.0, "outside", 0.5, ((2027.0, 1.0),), 0.2, countries=("IND",)),
        ),
        outcomes=("useful_access.gini.mean",), applications=("newborn_sickle",), generated={"hubs": "/x/hubs.csv"},
    )  # fmt: skip
    assert from_config(json.loads(json.dumps(as_config(scenario)))) == scenario


# designs


DESIGN = Design(
    {"pool.fee": np.linspace(0.01, 0.06, 6), "pooled_procurement": np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])},
    np.array([0, 0, 0, 7, 7, 7]),
    block=3,
)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> ad.Result:
    asked = Experiment("sweep", (BASELINE,), design=DESIGN)
    return open_result(run_experiment(asked, jobs=2, out=tmp_path_factory.mktemp("sweep")))


def test_rows_of_a_design_are_worlds(swept: Result) -> None:
    rows = swept.outcomes
    assert list(rows["world"]) == list(range(6))
    assert list(rows["replicate"]) == [0, 0, 0, 7, 7, 7]
    for name, values in DESIGN.factors.items():
        assert list(rows[name]) == list(values)
        assert name in swept.parameters
    drawn = [name for name in swept.parameters if name not in DESIGN.factors]
    assert (rows.groupby("replicate")[drawn].nunique() == 1).all(axis=None)
    assert swept.tables == ("outcomes",)  # a design keeps outcomes alone


def test_a_row_is_the_scenario_that_fixes_the_same(swept: Result) -> None:
    lever = (LeverUse("pooled_procurement", intensity=0.8),)
    fixed = replace(BASELINE, parameters={"pool.fee": float(DESIGN.factors["pool.fee"][4])}, levers=lever)
    alone = simulate(fixed, worlds=8, jobs=1).outcomes
    for name in swept.outcome_names:
        assert swept.outcomes[name][4] == alone[name][7], name


def test_a_design_under_two_scenarios_is_paired(tmp_path: Path) -> None:
    fees = Design({"pool.fee": np.array([0.01, 0.05])}, np.array([3, 3]))
    result = open_result(run_experiment(Experiment("d", (BASELINE, POOLED), design=fees), jobs=1, out=tmp_path))
    compared = ad.compare(result)
    cost = compared[(compared["scenario"] == "pooled") & (compared["outcome"] == "cost.lever.mean")]
    assert cost["change"].item() > 0
    assert cost["worlds"].item() == 2


# sizes


@pytest.mark.parametrize("keep", KEEP)
def test_sizes_are_told_before_they_are_there(tmp_path: Path, keep: str) -> None:
    asked = Experiment("s", (BASELINE,), worlds=16, keep=keep)
    folder = run_experiment(asked, jobs=1, out=tmp_path)
    there = sum(path.stat().st_size for path in folder.glob("**/*") if path.suffix in (".parquet", ".nc"))
    assert there <= sizes.bytes_kept(asked) + 300_000  # a table of one row has a header of its own


def test_too_much_is_refused_with_the_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sizes, "LARGEST", 1e6)
    asked = Experiment("s", (BASELINE,), worlds=100, keep="trajectories")
    with pytest.raises(
        StoreError, match=r"100 worlds of a scenario would keep .* MB, more than 1 MB.*'keep: countries'"
    ):
        run_experiment(asked, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_less_room_than_is_needed_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Disk:
        total, free = 10**12, 1000

    monkeypatch.setattr(sizes.shutil, "disk_usage", lambda _: Disk)
    with pytest.raises(StoreError, match=r"not enough room on the disk \(.* are needed, 1 kB are free\)"):
        run_experiment(Experiment("s", (BASELINE,), worlds=100), out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_many_worlds_keep_outcomes_alone_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "MANY", 10)
    assert Experiment("s", (BASELINE,), worlds=10).kept == "groups"
    assert Experiment("s", (BASELINE,), worlds=11).kept == "outcomes"
    assert Experiment("s", (BASELINE,), worlds=11, keep="countries").kept == "countries"


def test_what_is_kept_is_another_answer(tmp_path: Path) -> None:
    asked = Experiment("s", (BASELINE,), worlds=3)
    assert folder_of(asked, tmp_path) == folder_of(replace(asked, keep="groups"), tmp_path)
    assert folder_of(asked, tmp_path) != folder_of(replace(asked, keep="countries"), tmp_path)
