"""The front door of files: check, schema, init and the menus."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adoptsim.cli import KINDS, main
from adoptsim.experiment.files.load import load_experiment, load_scenario
from adoptsim.experiment.files.menus import menu
from adoptsim.experiment.files.names import known_names
from adoptsim.experiment.files.starter import EXAMPLES, starter

ROOT = Path(__file__).parents[1]
RICH = ROOT / "tests/experiment/files"
Call = Callable[..., Result]

pytestmark = pytest.mark.fast


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_check_says_what_a_file_will_do(call: Call) -> None:
    Path("a.yaml").write_text(
        "name: a\ntitle: A\nparameters: {pool.fee: 5 %}\n"
        "levers:\n  pooled_procurement: {level: 3, end: 2040, targets: {regions: [AFR], "
        "applications: [rare_disease]}}\n"
        "  data_sharing: {budget: 50 million USD2024, schedule: {2026: 0, 2030: 50 %}}\n"
        "  workforce_training: {intensity: 60 %}\nshocks: {epidemic: {size: 20 %, start: 2030}}\n"
    )
    result = call("check", "a.yaml")
    text = " ".join(result.stdout.split())
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "a.yaml: fine",
        "Worlds: 100, seed 1",
        "Scenarios: 2, so 200 runs; compared with without_levers",
        "Time: 2025 to 2045, 80 quarters",
        "Kept: groups (one row of outcomes for each world; also yearly series",
        "level 3 of 4 (Yearly tenders with a secretariat and credit line; three quarters of volume); from 2026, "
        "in full from 2028, until 2040; AFR, for rare_disease",
        "US$ 50 million a year; 0 % of it in 2026, 50 % of it in 2030, straight between; everywhere",
        "60 %, between level 2 and 3 (Three quarters of the added seats",
        "An epidemic takes over laboratories: 20 % (share of laboratories diverted); from 2030 on; everywhere",
        "fixed in all worlds: pool.fee 5 %",
    ):
        assert words in text
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_check_warns_of_what_begins_after_the_end(call: Call) -> None:
    Path("a.yaml").write_text(
        "name: a\nquarters: 8\nlevers: {data_sharing: {level: 1, start: 2027}}\n"
        "shocks: {epidemic: {size: 1, start: 2026.75}, price_jump: {size: 1, start: 2040}}\n"
    )
    text = " ".join(call("check", "a.yaml").stdout.split())
    assert text.count("it does nothing, for the run ends in 2027") == 3  # the lever, and the jump in both scenarios


@pytest.mark.parametrize("name", ["parent", "child", "rich"])
def test_the_merged_file_may_take_the_place_of_the_file(call: Call, tmp_path: Path, name: str) -> None:
    for path in RICH.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    read = load_experiment if name == "rich" else load_scenario
    before = read(f"{name}.yaml")
    result = call("check", f"{name}.yaml", "--show-merged")
    assert (result.exit_code, result.stderr) == (0, "")
    (tmp_path / "again.yaml").write_text(result.stdout)
    after = read("again.yaml")
    if name == "rich":
        assert getattr(after, "scenarios") == getattr(before, "scenarios")  # noqa: B009
        assert call("check", "again.yaml").stdout.replace("again", name) == call("check", f"{name}.yaml").stdout
    else:
        assert after == before


def test_every_merged_value_says_where_it_is_written(call: Call) -> None:
    Path("p.yaml").write_text("name: p\nlevers: {data_sharing: {level: 2}}\n")
    Path("c.yaml").write_text("name: c\nextends: p\nlevers: {data_sharing: {end: 2040}}\n")
    lines = call("check", "c.yaml", "--show-merged").stdout.splitlines()
    for line in (
        "name: c  # c.yaml:1:7",
        "    level: 2  # p.yaml:2:32",
        "    end: 2040  # c.yaml:3:30",
        "    ramp: 2  # default",
        "quarters: 80  # default",
    ):
        assert line in lines


def test_the_schema_is_json(call: Call) -> None:
    result = call("schema")
    assert result.exit_code == 0
    assert set(json.loads(result.stdout)["definitions"]) >= {"ScenarioFile", "ExperimentFile"}


@pytest.mark.parametrize(("options", "name"), [((), "scenario.yaml"), (("--experiment",), "experiment.yaml")])
def test_init_writes_a_file_that_check_accepts(call: Call, options: tuple[str, ...], name: str) -> None:
    assert call("init", *options).exit_code == 0
    assert call("check", name).exit_code == 0
    whole = Path(name).read_bytes()
    again = call("init", *options)
    assert again.exit_code == 2
    assert "there already" in again.stderr
    assert Path(name).read_bytes() == whole


def test_init_takes_a_name(call: Call) -> None:
    assert call("init", "my file.yaml").exit_code == 0
    assert load_scenario("my file.yaml").name == "my_file"
    assert call("init", "file.txt").exit_code == 2
    assert call("init", "no/file.yaml").exit_code != 0
    assert sorted(path.name for path in Path().iterdir()) == ["my file.yaml"]


def test_what_the_starter_offers_in_comments_is_right(tmp_path: Path) -> None:
    offered = ("shocks:", "  data_breach:", "start_year:", "quarters:", "parameters:", "uncertainty:", "outcomes:")
    lines = []
    for line in starter("mine").splitlines():
        bare = line.strip().removeprefix("# ")
        if bare.startswith(("targets:", "end:")):
            lines.append(f"    {bare}")
        elif bare.startswith(f"{EXAMPLES[1]}: {{"):
            lines.append(f"  {bare}")
        elif bare.startswith((*offered, "applications: [")) and line.startswith("# "):
            lines.append(bare)
        else:
            lines.append(line)
    (tmp_path / "a.yaml").write_text("\n".join(lines))
    found = load_scenario(tmp_path / "a.yaml")
    assert (len(found.levers), len(found.shocks), len(found.parameters), found.uncertainty) == (2, 1, 2, "central")
    assert found.levers[0].countries == ("NGA", "NOR")


def test_the_starter_names_every_choice() -> None:
    known, text = known_names(), starter("mine")
    for name in (*known.levers, *known.shocks, *known.applications, *known.regions):
        assert name in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [100, 60, 40])
def test_menus_fit_the_terminal(kind: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    lines = list(menu(kind, width))
    assert max(map(len, lines)) <= width
    assert "file" in " ".join(lines[:5]).lower()  # how to use it
    assert lines == [line.rstrip() for line in lines]


def test_the_menu_of_experiments_counts_and_complains(call: Call) -> None:
    Path("experiments").mkdir()
    Path("experiments/good.yaml").write_text("name: e\ntitle: Good\nscenarios: [{name: a}, {name: b}]\nworlds: 7\n")
    Path("experiments/bad.yaml").write_text("name: e\nscenarios: []\n")
    text = call("list", "experiments").stdout
    assert "experiments/good.yaml  2 scenarios x 7 worlds  Good" in text
    assert "1 problem" in text
    assert "configs/: none here" in text
