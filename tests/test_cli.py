"""The front door: what goes where, exit codes, and no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adoptsim.cli import main
from adoptsim.model.model import AdoptionModel

ROOT = Path(__file__).parents[1]
QUICK = "name: quick\nquarters: 8\nlevers: {pooled_procurement: {level: 4}}\n"
HEAVY = {"mesa", "numpy", "pandas", "scipy", "matplotlib", "pydantic", "ruamel", "xarray", "joblib", "rich"}
Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")  # menus are as wide as the terminal of whoever runs the tests
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_a_run_prints_the_table_and_keeps_the_answer(call: Call) -> None:
    Path("quick.yaml").write_text(QUICK)
    result = call("run", "quick.yaml", "--worlds", "2", "--jobs", "1")
    assert result.exit_code == 0, result.stderr
    (folder,) = Path("results").iterdir()
    assert folder.name.startswith("quick-")
    for name in ("outcomes", "series", "changes", "countries"):
        assert (folder / f"{name}.parquet").is_file()
    for name in ("manifest.json", "tables/quick.csv", "figures/gap.png", "figures/gap.svg"):
        assert (folder / name).is_file()
    assert "Without levers" in result.stdout
    assert "How to read this" in result.stdout
    assert str(folder) in result.stderr
    assert "━" not in result.stderr  # no progress bar where there is no terminal
    assert "8 worlds in " in result.stderr  # two scenarios, and two for the ceiling


def test_a_second_run_says_so_and_prints_the_same_table(call: Call) -> None:
    Path("quick.yaml").write_text(QUICK)
    arguments = ("run", "quick.yaml", "--worlds", "2", "--jobs", "1", "--out", "kept")
    first, second = call(*arguments), call(*arguments)
    assert second.exit_code == 0
    assert "already holds the answer" in second.stderr
    assert second.stdout == first.stdout
    assert "already" not in call(*arguments, "--force").stderr
    assert len(list(Path("kept").iterdir())) == 1
    call(*arguments, "--seed", "2")
    assert len(list(Path("kept").iterdir())) == 2


def test_failed_worlds_exit_with_1_and_say_where_the_reason_is(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    run = AdoptionModel.run

    def breaks(model: AdoptionModel) -> AdoptionModel:
        if 1 in model.world_numbers:
            raise FloatingPointError("left its bounds")
        return run(model)

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    Path("quick.yaml").write_text(QUICK)
    result = call("run", "quick.yaml", "--worlds", "3", "--jobs", "1")
    assert result.exit_code == 1
    assert "2 worlds failed" in result.stderr  # one of each scenario
    assert "How to read this" in result.stdout


@pytest.mark.fast
@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("bad.yaml", b"name: a\nlevers: {data_sharng: {level: 1}}\n", "bad.yaml:2:10: "),
        ("bad.yaml", b"name: a\nlevers: {data_sharing: {level: 1, targets: {countries: [NO]}}}\n", "bad.yaml:2:57: "),
        ("bad.yaml", b"", "bad.yaml:1:1: "),
        ("bad.yaml", b"{", "bad.yaml:1:2: "),
        ("bad.yaml", b"\xff\xfe", "bad.yaml:1:1: "),
        ("none.yaml", None, "none.yaml:1:1: "),
        (".", None, ".:1:1: "),
    ],
)
def test_wrong_input_exits_with_2_and_writes_nothing(
    call: Call, command: str, name: str, content: bytes | None, place: str
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    before = sorted(Path().rglob("*"))
    result = call(command, name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(place)
    assert isinstance(result.exception, SystemExit)
    assert sorted(Path().rglob("*")) == before


@pytest.mark.fast
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rn",), "Did you mean"),
        (("run",), "Missing argument"),
        (("run", "a.yaml", "--world", "3"), "--worlds"),
        (("run", "a.yaml", "--worlds", "1000000000"), "10000000"),
        (("run", "a.yaml", "--jobs", "0"), "x>=1"),
        (("run", "a.yaml", "--executor", "dask://127.0.0.1:99999"), "not of the form dask"),
        (("list", "lever"), "levers"),
    ],
)
def test_wrong_use_exits_with_2(call: Call, arguments: tuple[str, ...], words: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.fast
def test_a_folder_that_cannot_be_used_exits_with_2(call: Call) -> None:
    Path("quick.yaml").write_text(QUICK)
    Path("file").write_text("")
    result = call("run", "quick.yaml", "--out", "file/results")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: file/results: cannot be written")


@pytest.mark.fast
@pytest.mark.parametrize(
    "file", sorted(str(p.relative_to(ROOT)) for d in ("configs", "experiments") for p in (ROOT / d).iterdir())
)
def test_every_file_that_ships_is_fine(call: Call, file: str) -> None:
    result = call("check", str(ROOT / file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "fine" in result.stdout


@pytest.mark.fast
@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("levers", "pooled_procurement: "),
        ("levers", "  level 4  "),
        ("levers", "  costs    a year at level 4, at central values: US$ "),
        ("countries", "  NOR  HIC  Norway"),
        ("applications", "  newborn_sickle "),
        ("parameters", "  pool.fee "),
        ("outcomes", "  useful_access.p40 "),
        ("outcomes", "  useful_access.gap_between "),
        ("outcomes", "  useful_access.slope_index "),
        ("outcomes", "  useful_access.gap.GROUP "),
    ],
)
def test_menus(call: Call, kind: str, line: str) -> None:
    result = call("list", kind)
    assert result.exit_code == 0
    assert any(found.startswith(line) for found in result.stdout.splitlines())


@pytest.mark.fast
def test_help_and_version_import_nothing_heavy() -> None:
    code = "import sys, adoptsim.cli; print(*{name.split('.')[0] for name in sys.modules})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "click" in loaded
    assert not loaded & HEAVY
    done = subprocess.run(
        [sys.executable, "-m", "adoptsim", "--version"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("adoptsim ")


@pytest.mark.fast
def test_the_public_face_holds_what_it_promises() -> None:
    import adoptsim as ad

    for name in ad.__all__:
        assert getattr(ad, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        ad.simulat  # noqa: B018


TABLE = "district,covered,people,income\nNorth,30,40,1\nHill,40,40,4\nPort,70,20,20\n"
ROLES = ("--estimate", "covered", "--population", "people", "--rank", "income")


@pytest.mark.fast
def test_equity_prints_a_table_and_draws_the_curve(call: Call) -> None:
    Path("in").mkdir()
    Path("in/districts.csv").write_text(TABLE)
    result = call("equity", "in/districts.csv", *ROLES, "--scale", "100", "--reference", "3")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[:2] == ["covered in in/districts.csv, ranked by income", "more is better; from 0 to 100"]
    values = {line[: line.index("  ")]: line.split("  ") for line in lines if "  " in line}
    assert [x.strip() for x in values["Mean"] if x.strip()] == ["Mean", "42", "46.67", "estimate's"]
    slope = [x.strip() for x in values["Slope index of inequality (SII), linear"] if x.strip()]
    assert slope[1:] == ["50", "60", "estimate's", "advantaged"]
    assert [x.strip() for x in values["Mean difference from reference (MDRW)"] if x.strip()][1] == "28"
    assert result.stderr == "The concentration curve is in districts-concentration.png.\n"
    assert Path("districts-concentration.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.fast
def test_equity_options_reach_the_measures(call: Call) -> None:
    Path("d.csv").write_text(TABLE)
    adverse = call("equity", "d.csv", *ROLES, "--adverse", "--figure", "curve.svg")
    assert "less is better" in adverse.stdout
    assert "disadvantaged" in adverse.stdout
    assert sorted(path.name for path in Path().iterdir()) == ["curve.svg", "d.csv"]
    compatible = call("equity", "d.csv", *ROLES, "--scale", "100", "--who-compat").stdout
    (logit,) = (line for line in compatible.splitlines() if line.startswith("Slope") and "logit" in line)
    assert "42.16" in logit
    unranked = call("equity", "d.csv", *ROLES[:4])
    assert unranked.exit_code == 0
    assert "needs --rank" in unranked.stderr
    assert "Slope" not in unranked.stdout


@pytest.mark.fast
def test_equity_of_negative_estimates_has_no_curve(call: Call) -> None:
    Path("d.csv").write_text(TABLE.replace("30", "-30"))
    result = call("equity", "d.csv", *ROLES)
    assert result.exit_code == 0
    assert "No concentration curve" in result.stderr
    assert call("equity", "d.csv", *ROLES, "--figure", "x.png").exit_code == 2
    assert [path.name for path in Path().iterdir()] == ["d.csv"]


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        (("Port,70", "Port,high"), ROLES, "d.csv:4:6: column 'covered': 'high' is not a number"),
        (("income", "incomes"), ROLES, "d.csv:1:1: no column 'income'; did you mean 'incomes'?"),
        (("", ""), (*ROLES, "--scale", "1"), "d.csv:2:7: column 'covered': 30 is above the scale 1"),
        (("", ""), (*ROLES, "--reference", "4"), "Error: d.csv: no row 4 for --reference"),
        (("", ""), (*ROLES, "--figure", "none/x.png"), "there is no folder none"),
        (("", ""), (*ROLES, "--figure", "x.csv"), "must end in .png"),
        (("", ""), (*ROLES[:4], "--figure", "x.png"), "--figure needs --rank"),
        (("", ""), (*ROLES, "--scale", "10"), "'1', '100', '1000'"),
        (("North", "N\udcff"), ROLES, "d.csv:2:2: not UTF-8 text"),
    ],
)
def test_equity_tells_what_is_wrong_and_writes_nothing(
    call: Call, change: tuple[str, str], arguments: tuple[str, ...], words: str
) -> None:
    Path("d.csv").write_text(TABLE.replace(*change) if change[0] else TABLE, errors="surrogateescape")
    result = call("equity", "d.csv", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert [path.name for path in Path().iterdir()] == ["d.csv"]


def test_outcomes_by_name_are_stored_and_compared(call: Call) -> None:
    asked = "[useful_access.slope_index@2027, useful_access.MLD.mean]"
    Path("quick.yaml").write_text(f"{QUICK}outcomes: {asked}\n")
    result = call("run", "quick.yaml", "--worlds", "2", "--jobs", "1")
    assert result.exit_code == 0, result.stderr
    (folder,) = Path("results").iterdir()
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    start = lines.index("  useful_access.slope_index@2027")
    assert "Outcomes asked for: mean over worlds, change (and interval)" in lines
    assert lines[start + 1].startswith("    Without levers  ")
    assert " to " in lines[start + 2]
    compared = (folder / "tables/comparison.csv").read_text()
    for name in ("useful_access.slope_index@2027", "useful_access.MLD.mean", "useful_access.gap_between.mean"):
        assert compared.count(f",{name},") == 2
