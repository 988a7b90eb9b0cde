"""A scenario that extends another one: what it inherits, what it changes, and where each value comes from."""

from pathlib import Path

import pytest

from adoptsim.experiment.files.load import load_question, load_scenario
from adoptsim.inputs.errors import InputError
from adoptsim.model.scenario import LeverUse, Scenario, ShockUse

PARENT = """\
name: parent
title: A parent
description: Long
levers:
  data_sharing: {budget: 5 million USD2024, start: 2027, targets: {regions: [AFR], incomes: [LIC]}}
  pooled_procurement: {level: 2}
shocks:
  epidemic: {size: 10 %, start: 2030}
parameters: {pool.fee: 5 %, fund.lapse: 0.2}
quarters: 40
outcomes: [useful_access.gini.mean]
"""

pytestmark = pytest.mark.fast


@pytest.fixture
def child(tmp_path: Path) -> Path:
    (tmp_path / "parent.yaml").write_text(PARENT)
    return tmp_path / "child.yaml"


def loaded(path: Path, text: str) -> Scenario:
    path.write_text(text)
    return load_scenario(path)


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_question(path)
    return [str(problem).replace(str(path.parent) + "/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["parent", "parent.yaml", "./parent", "../{folder}/parent.yaml"])
def test_everything_but_the_names_is_inherited(child: Path, name: str) -> None:
    found = loaded(child, f"name: child\nextends: {name.format(folder=child.parent.name)}\n")
    parent = load_scenario(child.parent / "parent.yaml")
    assert (found.name, found.title, found.description) == ("child", "", "")
    assert (found.levers, found.shocks, found.parameters) == (parent.levers, parent.shocks, parent.parameters)
    assert (found.quarters, found.outcomes) == (parent.quarters, parent.outcomes)


def test_mappings_are_merged_and_lists_replaced(child: Path) -> None:
    text = "name: child\nextends: parent\nlevers: {data_sharing: {start: 2028, targets: {regions: [EUR]}}}\n"
    found = loaded(child, text + "parameters: {pool.fee: 6 %}\noutcomes: [useful_access.TI.mean]\n")
    assert found.levers == (
        LeverUse("data_sharing", budget=5e6, start=2028.0, regions=("EUR",), incomes=("LIC",)),
        LeverUse("pooled_procurement", intensity=0.5),
    )
    assert found.parameters == {"pool.fee": 0.06, "fund.lapse": 0.2}
    assert found.outcomes == ("useful_access.TI.mean",)


def test_an_empty_value_takes_away(child: Path) -> None:
    text = "name: child\nextends: parent\nquarters:\nlevers:\n  pooled_procurement:\n  data_sharing:\n    targets:\n"
    found = loaded(child, text + "shocks:\nparameters: {pool.fee: }\n")
    assert found.levers == (LeverUse("data_sharing", budget=5e6, start=2027.0),)
    assert (found.shocks, found.quarters, dict(found.parameters)) == ((), 80, {"fund.lapse": 0.2})


def test_strength_and_course_are_replaced_as_a_whole(child: Path) -> None:
    text = "name: child\nextends: parent\nlevers: {data_sharing: {level: 4, schedule: {2030: 1}, targets: }}\n"
    (sharing, _) = loaded(child, text).levers
    assert sharing == LeverUse("data_sharing", intensity=1.0, schedule=((2030.0, 1.0),))
    (child.parent / "grandchild.yaml").write_text(
        "name: g\nextends: child\nlevers: {data_sharing: {intensity: 0.3, schedule: {2027: 0.5}}}\n"
    )
    assert load_scenario(child.parent / "grandchild.yaml").levers[0].schedule == ((2027.0, 0.5),)
    (child.parent / "grandchild.yaml").write_text("name: g\nextends: child\nlevers: {data_sharing: {end: 2040}}\n")
    assert load_scenario(child.parent / "grandchild.yaml").levers[0] == LeverUse("data_sharing", 1.0, end=2040.0)


def test_files_are_relative_to_where_they_are_named(child: Path) -> None:
    (child.parent / "base").mkdir()
    (child.parent / "base/hubs.csv").write_text("name,host\nOne,KEN\n")
    (child.parent / "base/base.yaml").write_text("name: base\ntables: {hubs: hubs.csv}\n")
    found = loaded(child, "name: child\nextends: base/base\n")
    assert dict(found.generated) == {"hubs": str(child.parent / "base/hubs.csv")}


def test_a_scenario_written_out_extends_beside_the_experiment(child: Path) -> None:
    child.write_text("name: e\nscenarios:\n  - {name: a, extends: parent}\n  - {name: b, extends: parent, levers: }\n")
    one, other = load_question(child).scenarios
    assert (len(one.levers), other.levers, other.quarters) == (2, (), 40)
    assert one.origins["name"].endswith("child.yaml:3:12")
    assert one.origins["quarters"].endswith("parent.yaml:10:11")


def test_every_value_has_its_origin(child: Path) -> None:
    text = "name: child\nextends: parent\nlevers: {data_sharing: [{level: 3, start: 2030}, {level: 1}]}\n"
    found = loaded(child, text)
    here = {path: place.removeprefix(f"{child.parent}/") for path, place in found.origins.items()}
    assert here == {
        "name": "child.yaml:1:7",
        "levers.data_sharing[0].level": "child.yaml:3:58",  # in the order of the model
        "levers.data_sharing[1].level": "child.yaml:3:33",
        "levers.data_sharing[1].start": "child.yaml:3:43",
        "levers.pooled_procurement.level": "parent.yaml:6:31",
        "shocks.epidemic.size": "parent.yaml:8:20",
        "shocks.epidemic.start": "parent.yaml:8:33",
        "parameters.pool.fee": "parent.yaml:9:24",
        "parameters.fund.lapse": "parent.yaml:9:41",
        "quarters": "parent.yaml:10:11",
        "outcomes": "parent.yaml:11:11",
    }
    assert [use.intensity for use in found.levers] == [0.25, 0.75, 0.5]


def test_the_scenario_without_levers_has_no_origins_of_levers(child: Path) -> None:
    child.write_text("name: child\nextends: parent\n")
    without, _ = load_question(child).scenarios
    assert set(without.origins) == {
        *("shocks.epidemic.size", "shocks.epidemic.start", "parameters.pool.fee", "parameters.fund.lapse"),
        *("quarters", "outcomes"),
    }


def test_origins_change_no_scenario(child: Path) -> None:
    found = loaded(child, "name: child\nshocks: {epidemic: {size: 0.1, start: 2030}}\n")
    assert found == Scenario("child", shocks=(ShockUse("epidemic", 0.1, 2030.0),))


def test_what_is_wrong_is_told_where_it_is_written(child: Path) -> None:
    (child.parent / "parent.yaml").write_text(PARENT.replace("level: 2", "level: 9").replace("title", "titel"))
    child.write_text("name: child\nextends: parent\nlevers: {data_sharing: {start: soon}}\n")
    found = told(child)
    assert [line.split(": ")[0] for line in found] == ["child.yaml:3:32", "parent.yaml:2:1", "parent.yaml:6:31"]
    assert "levers.pooled_procurement.level: '9' is not accepted" in found[2]


def test_a_parent_s_fault_is_told_once(child: Path) -> None:
    (child.parent / "parent.yaml").write_text(PARENT.replace("level: 2", "level: 9"))
    child.write_text("name: e\nscenarios: [parent.yaml, {name: a, extends: parent}, {name: b, extends: parent}]\n")
    assert len(told(child)) == 1


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        (
            {"child": "extends: pareny"},
            "child.yaml:2:10: extends: 'pareny' is not accepted, there is no such file (paths",
        ),
        (
            {"child": "extends: a", "a": "extends: b", "b": "extends: a"},
            "b.yaml:2:10: extends: 'a' is not accepted, files",
        ),
        (
            {"child": "extends: a", "a": "scenarios: [x.yaml]"},
            "child.yaml:2:10: extends: 'a' is not accepted, this file",
        ),
        ({"child": "extends: a", "a": "x: ["}, "a.yaml:3:1: the text is not YAML"),
        ({"child": "extends: a", "a": "title: b\ntitle: c"}, "a.yaml:3:1: title: 'title' is not accepted, this field"),
        ({"child": "extends: a", "a": "extends: [b]"}, "a.yaml:2:10: extends: 'b' is not accepted, the path of one"),
        (
            {f"f{i}": f"extends: f{i + 1}" for i in range(30)} | {"child": "extends: f0"},
            "f19.yaml:2:10: extends: 'f20'",
        ),
    ],
)  # fmt: skip
def test_parents_that_cannot_be(child: Path, files: dict[str, str], wanted: str) -> None:
    for name, text in files.items():
        (child.parent / f"{name}.yaml").write_text(f"name: {name}\n{text}\n")
    (found,) = told(child)
    assert found.startswith(wanted)


def test_the_nearest_parent_is_named(child: Path) -> None:
    child.write_text("name: child\nextends: pareny\n")
    assert told(child)[0].endswith("did you mean 'parent.yaml'?")


def test_a_circle_names_its_files(child: Path) -> None:
    (child.parent / "parent.yaml").write_text("name: parent\nextends: child\n")
    child.write_text("name: child\nextends: parent\n")
    assert "in a circle: child.yaml -> parent.yaml -> child.yaml" in told(child)[0]
