"""Tables of designs: read fast where they are right, explained where they are not."""

import time
from pathlib import Path

import numpy as np
import pytest

from adoptsim.experiment.files.load import load_question
from adoptsim.experiment.identity import experiment_hash
from adoptsim.inputs.errors import InputError

HEAD = "replicate,data_sharing,pool.fee,workforce_training.budget\n"
ROWS = "0,0.5,0.03,1000000\n0,1,0.05,0\n1,0,0.04,5e7\n1,0.25,0.03,2e6\n"

pytestmark = pytest.mark.fast


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    (tmp_path / "e.yaml").write_text("name: e\nscenarios: [{name: a}]\ndesign: {table: rows.csv, block: 2}\n")
    return tmp_path / "e.yaml"


def told(asked: Path, table: str | bytes, experiment: str = "") -> list[str]:
    """What is wrong with a table, without the folder."""
    if experiment:
        asked.write_text(experiment)
    rows = asked.parent / "rows.csv"
    rows.write_bytes(table.encode() if isinstance(table, str) else table)
    with pytest.raises(InputError) as caught:
        load_question(asked)
    return [str(problem).replace(f"{asked.parent}/", "") for problem in caught.value.problems]


def test_a_table_becomes_a_design(asked: Path) -> None:
    (asked.parent / "rows.csv").write_text(HEAD + ROWS)
    found = load_question(asked)
    assert found.design is not None
    assert (found.worlds, found.design.block, list(found.design.replicates)) == (4, 2, [0, 0, 1, 1])
    assert {name: list(values) for name, values in found.design.factors.items()} == {
        "data_sharing": [0.5, 1, 0, 0.25],
        "pool.fee": [0.03, 0.05, 0.04, 0.03],
        "workforce_training.budget": [1e6, 0, 5e7, 2e6],
    }


@pytest.mark.parametrize(
    "table",
    [
        "\ufeff" + HEAD + ROWS,
        (HEAD + ROWS).replace("\n", "\r\n"),
        HEAD + "\n" + ROWS.replace("\n1,", "\n\n1,"),
        HEAD.replace(",", " , ") + ROWS.replace(",", " , "),
        HEAD + ROWS.replace("0.5,0.03,1000000", "50 %,3 %,1 million USD2024"),
        HEAD + ROWS.replace("0.5,0.03", '"0.5","3 %"').removesuffix("\n"),
    ],
)
def test_a_table_may_be_written_in_other_ways(asked: Path, table: str) -> None:
    (asked.parent / "rows.csv").write_text(HEAD + ROWS)
    plain = load_question(asked)
    (asked.parent / "rows.csv").write_bytes(table.encode())
    assert experiment_hash(load_question(asked)) == experiment_hash(plain)


def test_without_replicates_all_rows_share_one(asked: Path) -> None:
    (asked.parent / "rows.csv").write_text("pool.fee\n0.03\n0.05\n")
    found = load_question(asked)
    assert found.design is not None
    assert list(found.design.replicates) == [0, 0]


def test_the_hash_follows_the_design_and_what_is_kept(asked: Path) -> None:
    def hashed(table: str, more: str = "") -> str:
        (asked.parent / "rows.csv").write_text(table)
        asked.write_text(f"name: e\nscenarios: [{{name: a}}]\ndesign: {{table: rows.csv{more}\n")
        return experiment_hash(load_question(asked))

    hashes = [
        hashed(HEAD + ROWS, "}"),
        hashed(HEAD + ROWS, ", block: 2}"),
        hashed(HEAD + ROWS, "}\nkeep: groups"),
        hashed(HEAD + ROWS.replace("0.03", "0.031"), "}"),
        hashed(HEAD + ROWS.replace("1,0.25", "2,0.25"), "}"),
        hashed(HEAD.replace("data_sharing", "pooled_procurement") + ROWS, "}"),
    ]
    assert len(set(hashes)) == len(hashes)
    assert hashed(HEAD + ROWS, "}") == hashes[0]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (
            HEAD.replace("pool.fee", "pool.fe") + ROWS,
            "rows.csv:1:24: column: 'pool.fe' is not accepted, expected a param",
        ),
        (
            HEAD.replace("pool.fee", "data_sharing") + ROWS,
            "rows.csv:1:24: column: 'data_sharing' is not accepted, expected e",
        ),
        (
            HEAD.replace("pool.fee", "data_sharing.budget") + ROWS,
            "rows.csv:1:24: column: 'data_sharing.budget' is not acc",
        ),
        ("pool.fee;data_sharing\n", "rows.csv:1:1: 'pool.fee;data_sharing' is not accepted, expected columns sep"),
        ("replicate\n1\n2\n", "rows.csv:1:1: column: 'replicate' is not accepted, expected at least one factor"),
        (
            HEAD + ROWS.replace("0.5", "high"),
            "rows.csv:2:3: data_sharing: 'high' is not accepted, expected 0 to 1 share",
        ),
        (HEAD + ROWS.replace("0.5", "1.5"), "rows.csv:2:3: data_sharing: '1.5' is not accepted, expected 0 to 1 share"),
        (HEAD + ROWS.replace("0.5", ""), "rows.csv:2:3: data_sharing: expected 0 to 1 share, such as '100 %'"),
        (HEAD + ROWS.replace("0.5", "nan"), "rows.csv:2:3: data_sharing: 'nan' is not accepted"),
        (HEAD + ROWS.replace("0.5", "9" * 500), "rows.csv:2:3: data_sharing: '999"),
        (HEAD + ROWS.replace("0.05", "5"), "rows.csv:3:5: pool.fee: '5' is not accepted, expected 0.0"),
        (
            HEAD + ROWS.replace("5e7", "-1"),
            "rows.csv:4:10: workforce_training.budget: '-1' is not accepted, expected 0 USD",
        ),
        (
            HEAD + ROWS.replace("5e7", "5 million EUR"),
            "rows.csv:4:10: workforce_training.budget: '5 million EUR' is not",
        ),
        (HEAD + ROWS.replace("1,0.25", "1.5,0.25"), "rows.csv:5:1: replicate: '1.5' is not accepted, expected a whole"),
        (HEAD + ROWS.replace("1,0.25", "-1,0.25"), "rows.csv:5:1: replicate: '-1' is not accepted, expected a whole"),
        (
            HEAD + ROWS.replace("1,0.25", "1e15,0.25"),
            "rows.csv:5:1: replicate: '1e15' is not accepted, expected a whole",
        ),
        (HEAD + ROWS + "2,0.25,0.03\n", "rows.csv:6:8: '3 cells' is not accepted, expected 4 cells in this row"),
        (HEAD + ROWS.replace("2e6", "2e6,1"), "rows.csv:5:17: '5 cells' is not accepted, expected 4 cells in this row"),
        (HEAD + ROWS + "2,0.", "rows.csv:6:3: '2 cells' is not accepted, expected 4 cells in this row"),
        (HEAD + '0,"0.5,0.03,1\n', "rows.csv:2:1: expected valid CSV: unexpected end of data"),
        (HEAD + ROWS + "2,0.25,0.03,1\n", "rows.csv:1:1: '5 rows' is not accepted, expected whole blocks of 2 rows"),
        (HEAD, "rows.csv:1:1: expected at least one row below"),
        ("", "rows.csv:1:1: expected the names of columns in the first line: it is empty"),
        (HEAD.encode() + b"0,0.5,0.03,1\xff\n", "rows.csv:2:13: 'byte 0xff' is not accepted, expected UTF-8 text"),
        (b"\xff\xfe", "rows.csv:1:1: 'byte 0xff' is not accepted, expected UTF-8 text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_table_is_told_with_its_place(asked: Path, table: str | bytes, wanted: str) -> None:
    assert told(asked, table)[0].startswith(wanted)


def test_nearest_names_and_right_units_are_told(asked: Path) -> None:
    assert told(asked, "pool.fe,data_sharng\n1,1\n")[1].endswith("did you mean 'data_sharing'?")
    assert told(asked, "data_sharing\n50 percent\n1\n")[0].endswith("did you mean '50 %'?")
    assert told(asked, "data_sharing.budget\n5 million USD\n1\n")[0].endswith("did you mean '5 million USD2024'?")


def test_nothing_is_suggested_that_has_another_size(asked: Path) -> None:
    assert "did you mean" not in told(asked, "data_sharing.budget\n5 million EUR\n1\n")[0]
    assert told(asked, "pool.fee\n5\n0.05\n")[0].endswith("did you mean '5 %'?")
    assert "did you mean" not in told(asked, "pool.fee\n50\n0.05\n")[0]


def test_wrong_columns_and_wrong_cells_are_told_at_once(asked: Path) -> None:
    found = told(asked, "pool.fe,data_sharing\n1,2\nx,0.5\n")
    assert [line.split(": '")[0] for line in found] == ["rows.csv:1:1: column", "rows.csv:2:3: data_sharing"]
    found = told(asked, "pool.fe,data_sharing\n" + "1,2\n" * 500)
    assert len(found) == 21
    assert found[-1] == "rows.csv:501:1: 481 more problems in this file, the last in this line"


def test_of_very_many_problems_the_first_are_told_and_the_others_counted(asked: Path) -> None:
    found = told(asked, HEAD + "0,2,0.03,1\n" * 500)
    assert len(found) == 21
    assert found[-1] == "rows.csv:501:1: 480 more problems in this file, the last in this line"


def test_a_factor_must_not_be_fixed_by_a_scenario(asked: Path) -> None:
    experiment = "name: e\nscenarios:\n  - {name: a, parameters: {pool.fee: 5 %}}\ndesign: {table: rows.csv}\n"
    (found,) = told(asked, HEAD + ROWS, experiment)
    assert found.startswith(
        "rows.csv:1:24: column: 'pool.fee' is not accepted, expected no factor that a scenario fixes"
    )
    assert "as does a (" in found
    assert "e.yaml:3:38)" in found


def test_a_factor_must_belong_to_an_application_of_the_scenarios(asked: Path) -> None:
    experiment = "name: e\nscenarios: [{name: a, applications: [rare_disease]}]\ndesign: {table: rows.csv}\n"
    assert "newborn_sickle.linkage" in told(asked, "newborn_sickle.linkage\n0.5\n", experiment)[0]


def test_worlds_beside_a_design_are_refused(asked: Path) -> None:
    found = told(asked, HEAD + ROWS, "name: e\nworlds: 4\nscenarios: [{name: a}]\ndesign: {table: rows.csv}\n")
    assert [line.split(": ")[0] for line in found] == ["e.yaml:2:1"]


def test_a_million_rows_are_read_in_seconds(asked: Path) -> None:
    names = ["pool.fee", "data_sharing", "workforce_training", "pooled_procurement"]
    row = ",".join(["0.03", "0.5", "0.25", "1.0"]) + "\n"
    (asked.parent / "rows.csv").write_text(",".join(names) + "\n" + row * 1_000_000)
    started = time.perf_counter()
    found = load_question(asked)
    assert found.design is not None
    assert np.array_equal(np.unique(found.design.factors["pool.fee"]), [0.03])
    assert (len(found.design), time.perf_counter() - started < 20) == (1_000_000, True)
