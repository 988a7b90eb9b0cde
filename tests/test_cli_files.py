"""The front door of files: check, schema, init and the menus."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adoptsim.cli import KINDS, main
from adoptsim.experiment.files.load import load_experiment, load_scenario
from adoptsim.experiment.files.menus import GROUPS, menu
from adoptsim.experiment.files.names import known_names
from adoptsim.experiment.files.starter import EXAMPLES, starter
from adoptsim.inputs.applications import load_applications, parameter_meaning
from adoptsim.model.world import all_parameters

ROOT = Path(__file__).parents[1]
RICH = ROOT / "tests/experiment/files"
Call = Callable[..., Result]

pytestmark = pytest.mark.fast


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")  # menus are as wide as the terminal of whoever runs the tests
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


def test_check_warns_of_what_reaches_nobody(call: Call) -> None:
    nobody, somebody = "targets: {incomes: [HIC], countries: [NGA]}", "targets: {incomes: [LIC], regions: [AFR]}"
    Path("a.yaml").write_text(
        f"name: a\nlevers: {{data_sharing: [{{level: 1, {nobody}}}, {{level: 2, {somebody}}}]}}\n"
        f"shocks: {{epidemic: {{size: 1, start: 2030, {nobody}}}}}\ninvestments: {{thalassaemia: {{{nobody}}}}}\n"
    )
    text = " ".join(call("check", "a.yaml").stdout.split())
    told = "HIC and NGA; it does nothing, for no country and application are all of this"
    assert text.count(told) == text.count("it does nothing") == 4  # the shock in both scenarios


def test_check_says_that_strengths_come_from_the_table(call: Call) -> None:
    Path("rows.csv").write_text("workforce_training.budget,data_sharing\n0,0.25\n5e7,1\n")
    Path("e.yaml").write_text(
        "name: e\ndesign: {table: rows.csv}\nscenarios:\n  - {name: a}\n"
        "  - {name: b, levers: {data_sharing: {level: 2, start: 2030, ramp: 0, targets: {regions: [AFR]}}}}\n"
    )
    text = " ".join(call("check", "e.yaml").stdout.split())
    words = "strength from the table (US$ 0 to 50 million a year); from 2026, in full from 2028; everywhere"
    assert text.count(words) == 2
    assert "strength from the table (25 to 100 %); from 2026, in full from 2028; everywhere" in text.split(" b ")[0]
    assert "strength from the table (25 to 100 %); from 2030; AFR" in text
    assert "no lever" not in text
    assert "level 2" not in text


def test_check_warns_where_changes_will_include_shocks(call: Call) -> None:
    shock = "shocks: {epidemic: {size: 20 %, start: 2030}}"
    lever = "levers: {data_sharing: {level: 2}}"
    Path("e.yaml").write_text(f"name: e\nscenarios: [{{name: a}}, {{name: b, {lever}, {shock}}}]\n")
    text = " ".join(call("check", "e.yaml").stdout.split())
    assert (
        "Note: b differs from the reference a also in its shocks: changes will include them; add a scenario with the "
        "same shocks and no levers" in text
    )
    Path("e.yaml").write_text(
        f"name: e\nscenarios: [{{name: a}}, {{name: b, {lever}, {shock}}}, {{name: c, {shock}}}, "
        f"{{name: d, {lever}}}]\n"
    )
    text = " ".join(call("check", "e.yaml").stdout.split())
    assert text.count("Note: ") == 1  # c asks about shocks alone, d about levers alone
    assert text.endswith("compare it with c, which has the same shocks and no levers")
    Path("s.yaml").write_text(f"name: s\n{lever}\n{shock}\n")
    assert "Note: " not in call("check", "s.yaml").stdout


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


def test_the_merged_file_says_where_an_inherited_value_was_taken_away(call: Call) -> None:
    Path("p.yaml").write_text(
        "name: p\nquarters: 40\nparameters: {pool.fee: 5 %, fund.lapse: 0.2}\n"
        "shocks: {epidemic: {size: 1, start: 2030}}\n"
        "levers:\n  data_sharing: {level: 2, start: 2030, end: 2040, targets: {regions: [AFR]}}\n"
        "  workforce_training: {level: 2}\n"
    )
    Path("c.yaml").write_text(
        "name: c\nextends: p\nquarters:\nparameters: {pool.fee: }\nshocks:\n"
        "levers:\n  data_sharing:\n    start:\n    end:\n    targets:\n  workforce_training:\n"
    )
    Path("g.yaml").write_text("name: g\nextends: c\nlevers: {data_sharing: {end: 2041}}\n")
    lines = call("check", "c.yaml", "--show-merged").stdout.splitlines()
    for line in (
        "quarters: 80  # emptied at c.yaml:3:1",
        "  # pool.fee: emptied at c.yaml:4:14",
        "shocks: {}  # emptied at c.yaml:5:1",
        "    start: 2026  # emptied at c.yaml:8:5",
        "    # end: emptied at c.yaml:9:5",
        "    # targets: emptied at c.yaml:10:5",
        "  # workforce_training: emptied at c.yaml:11:3",
        "    ramp: 2  # default",
    ):
        assert line in lines
    assert len([line for line in lines if "emptied" in line]) == 7
    lines = call("check", "g.yaml", "--show-merged").stdout.splitlines()
    assert "    end: 2041  # g.yaml:3:30" in lines
    assert "  # workforce_training: emptied at c.yaml:11:3" in lines
    assert len([line for line in lines if "emptied" in line]) == 6


def test_the_fields_of_a_merged_experiment_say_where_they_are_written(call: Call) -> None:
    Path("e.yaml").write_text("name: e\nworlds: 7\nscenarios: [{name: a}]\n")
    lines = call("check", "e.yaml", "--show-merged").stdout.splitlines()
    for line in ("name: e  # e.yaml:1:7", "worlds: 7  # e.yaml:2:9", "seed: 1  # default", "reference: a  # default"):
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
    levers = "[coordination, retention]"
    Path("experiments/rank.yaml").write_text(f"name: r\nscenarios: [{{name: a}}]\nranking: {{levers: {levers}}}\n")
    Path("experiments/unknown.yaml").write_text(
        "name: s\nscenarios: [{name: a}]\nsensitivity: {method: morris, size: 9, factors: {retention: , pool.fee: }}\n"
    )
    text = call("list", "experiments").stdout
    assert "experiments/good.yaml     2 scenarios x 7 worlds  Good" in text
    assert "experiments/rank.yaml     ranking, 100 worlds     r" in text
    assert "experiments/unknown.yaml  morris, size 9          s" in text
    assert "1 problem" in text
    assert "configs/: none here" in text


def test_the_menu_of_experiments_looks_into_this_folder_too(call: Call) -> None:
    assert call("init", "mine.yaml").exit_code == 0
    Path("other.yaml").write_text("version: 3\n")
    text = call("list", "experiments").stdout
    assert "this folder\n  mine.yaml    My scenario\n" in text
    assert "other.yaml" not in text
    assert "in this folder, in experiments/ and in configs/" in " ".join(text.split())
    assert "experiments/: none here" in text


def test_every_parameter_is_told_with_its_meaning_once_in_a_group_in_words() -> None:
    found = all_parameters(load_applications())
    assert not [name for name, p in found.items() if not parameter_meaning(p)]
    assert {name.split(".")[0] for name in found} <= {*GROUPS, *(a.id for a in load_applications())}
    lines = list(menu("parameters", 100))
    assert "surcharge of the pool on what it buys" in [line.strip() for line in lines]
    heads = [line for line in lines[lines.index("") :] if line and not line.startswith(" ")]
    assert len(heads) == len(set(heads)) == len({name.split(".")[0] for name in found})
    assert "Pooled procurement (pool)" in heads


@pytest.mark.parametrize(
    ("kind", "text", "held", "other"),
    [
        ("parameters", "Surcharge", "pool.fee", "fund.lapse"),
        ("parameters", "months", "dist.lead_time", "pool.fee"),
        ("countries", "UK", "GBR", "NGA"),
        ("countries", "niger", "NGA", "GBR"),
        ("levers", "seats", "workforce_training", "data_sharing"),
        ("shocks", "price", "price_jump", "epidemic"),
        ("outcomes", "gini", "useful_access.gini", "cost.public"),
        ("applications", "sickle", "newborn_sickle", "rare_disease"),
    ],
)
def test_a_text_chooses_from_a_menu(call: Call, kind: str, text: str, held: str, other: str) -> None:
    found = call("list", kind, text)
    body = found.stdout.split("\n\n", 1)[1]
    assert found.exit_code == 0
    assert held in body
    assert other not in body
    assert "None of them holds 'zebra'." in call("list", kind, "zebra").stdout
