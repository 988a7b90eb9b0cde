"""Exports hold what the answer holds, in forms that others read; nothing is overwritten or left half-written."""

import errno
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from adoptsim.compare import compare
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.store import run_experiment
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.report import export as room
from adoptsim.report.dictionary import column_dictionary
from adoptsim.report.export import FORMS, export

LEVER = (LeverUse("pooled_procurement", intensity=1.0, start=2025.0),)
ASKED = ("useful_access.gini.mean", "useful_access.gini@2027", "useful_access.gap.AFR@2027")
SCENARIOS = (
    Scenario("baseline", quarters=8, outcomes=ASKED),
    Scenario("pooled", "Pooled", levers=LEVER, quarters=8, outcomes=ASKED),
)
QUESTION = Experiment("q", SCENARIOS, "A question", worlds=3, keep="trajectories")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> StoredResult:
    return open_result(run_experiment(QUESTION, jobs=1, out=tmp_path_factory.mktemp("results")))


def test_csv_files_hold_every_table(answer: StoredResult, tmp_path: Path) -> None:
    files = export(answer, "csv", tmp_path)
    assert {path.name for path in files} == {f"{n}.csv" for n in (*answer.tables, "comparison", "columns")}
    for name in answer.tables:
        missing = dict.fromkeys(numbers(answer, name), "")
        read = pd.read_csv(tmp_path / f"{name}.csv", keep_default_na=False, na_values=missing)
        pd.testing.assert_frame_equal(read, answer.table(name), check_dtype=False, rtol=1e-6)
    compared = compare(answer)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "comparison.csv"), compared, check_dtype=False)


def numbers(answer: StoredResult, name: str) -> list[str]:
    rows = answer.table(name)
    return [column for column in rows if pd.api.types.is_numeric_dtype(rows[column])]


def test_a_workbook_holds_every_table(answer: StoredResult, tmp_path: Path) -> None:
    (path,) = export(answer, "excel", tmp_path)
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames == ["about", "comparison", *answer.tables, "columns"]
    rows = list(book["outcomes"].iter_rows(values_only=True))
    outcomes = answer.table("outcomes")
    assert list(rows[0]) == list(outcomes.columns)
    assert len(rows) == 1 + len(outcomes)
    column = list(outcomes.columns).index("useful_access.gap.mean")
    assert [row[column] for row in rows[1:]] == pytest.approx(list(outcomes["useful_access.gap.mean"]))
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["title"] == "A question"
    assert about["changes are against"] == "baseline"


def test_a_table_too_long_for_a_sheet_is_left_out_and_told(
    answer: StoredResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SHEET_ROWS", 1_000)
    (path,) = export(answer, "excel", tmp_path)
    book = openpyxl.load_workbook(path, read_only=True)
    assert "countries" not in book.sheetnames
    assert "outcomes" in book.sheetnames
    assert "its 1,164 rows do not fit" in dict(book["about"].iter_rows(values_only=True))["sheet countries"]


def test_netcdf_holds_what_is_kept_of_each_world(answer: StoredResult, tmp_path: Path) -> None:
    (path,) = export(answer, "netcdf", tmp_path)
    with xr.open_dataset(path, engine="scipy") as read:
        assert read.sizes == answer.data.sizes
        assert set(read.data_vars) == set(answer.data.data_vars)
        here = read["fifth.coverage"].sel(scenario="pooled", iso3="NGA", drop=True)
        xr.testing.assert_equal(here, answer.by_scenario()["pooled"].data["fifth.coverage"].sel(iso3="NGA", drop=True))
        assert read["country.useful_access"].attrs == {"units": "share", "long_name": "need-weighted useful access"}
        for name, variable in read.data_vars.items():
            assert variable.attrs.get("units"), name


def test_netcdf_of_outcomes_alone_is_refused(tmp_path: Path) -> None:
    alone = replace(QUESTION, scenarios=SCENARIOS[:1], worlds=1, keep="outcomes")
    result = open_result(run_experiment(alone, jobs=1, out=tmp_path))
    with pytest.raises(StoreError, match="keep: groups"):
        export(result, "netcdf", tmp_path / "out")
    assert [path.name for path in export(result, "csv", tmp_path / "out")] == [
        "outcomes.csv", "comparison.csv", "columns.csv",
    ]  # fmt: skip


def test_every_column_has_a_meaning_and_every_number_a_unit(answer: StoredResult) -> None:
    told = column_dictionary(answer)
    assert (told["meaning"] != "").all(), told[told["meaning"] == ""]
    for name in answer.tables:
        there = told[told["table"] == name].set_index("column")
        assert list(there.index) == pq.read_schema(answer.folder / f"{name}.parquet").names
        without = {c for c in numbers(answer, name) if there.at[c, "unit"] == ""}
        assert without <= {"world", "replicate", "year"}


def test_a_parameter_has_its_note_as_meaning(answer: StoredResult) -> None:
    told = column_dictionary(answer).set_index("column")["meaning"]
    assert told["pool.fee"] == "surcharge of the pool on what it buys; parameter (measured)"
    assert told["newborn_sickle.cost_offset"].startswith("what a result saves elsewhere in health care; hospital care")


@pytest.mark.parametrize("form", FORMS)
def test_files_that_are_there_stay(answer: StoredResult, tmp_path: Path, form: str) -> None:
    first, *_ = export(answer, form, tmp_path)
    first.write_text("my notes")
    with pytest.raises(StoreError, match="is already there; --force replaces it"):
        export(answer, form, tmp_path)
    assert first.read_text() == "my notes"
    export(answer, form, tmp_path, force=True)
    assert first.stat().st_size > 100


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_no_half_file(
    answer: StoredResult, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="cannot be written"):
        export(answer, form, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_made(answer: StoredResult, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        export(answer, "csv", tmp_path / "file" / "out")


def test_a_title_is_no_formula(tmp_path: Path) -> None:
    asked = Experiment("q", (Scenario("a", "=1+1", quarters=1),), "=1+1", worlds=1)
    result = open_result(run_experiment(asked, jobs=1, out=tmp_path))
    (path,) = export(result, "excel", tmp_path / "out")
    assert dict(openpyxl.load_workbook(path)["about"].iter_rows(values_only=True))["title"] == "=1+1"
    with ZipFile(path) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_an_answer_of_failed_worlds_alone_can_be_read_and_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(model: AdoptionModel) -> AdoptionModel:
        raise ValueError("nothing works")

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    result = open_result(run_experiment(replace(QUESTION, keep="groups"), jobs=1, out=tmp_path))
    assert list(result.by_scenario()) == ["baseline", "pooled"]
    for form in FORMS:
        assert export(result, form, tmp_path / "out")
