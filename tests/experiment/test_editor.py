"""The JSON Schema that editors read accepts what is right and refuses what is misspelt."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from adoptsim.experiment.files.editor import json_schema
from adoptsim.experiment.files.names import known_names
from adoptsim.inputs.document import read_document

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("configs", "experiments") for path in (ROOT / folder).glob("*.yaml"))

pytestmark = pytest.mark.fast


def valid(value: Any, schema: dict[str, Any]) -> bool:
    return bool(Draft7Validator(schema).is_valid(value))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(json.dumps(json_schema()))  # type: ignore[no-any-return]


def test_the_schema_is_one(schema: dict[str, Any]) -> None:
    Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_that_ships_is_right(path: Path, schema: dict[str, Any]) -> None:
    assert valid(read_document(path).value, schema)


def test_every_field_is_known(schema: dict[str, Any]) -> None:
    folder = Path(__file__).parent / "files"
    experiment = read_document(folder / "rich.yaml").value
    assert valid(experiment, schema)
    assert valid(read_document(folder / "child.yaml").value, schema)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("name: a\nlevers: {data_sharing: {budget: 5 million USD2024}}", True),
        ("name: a\nlevers: {data_sharing: {budget: 5 million EUR}}", False),
        ("name: a\nlevers: {data_sharng: {level: 1}}", False),
        ("name: a\nlevers: {data_sharing: {levl: 1}}", False),
        ("name: a\nlevers: {data_sharing: {level: 5}}", False),
        ("name: a\nlevers: {data_sharing: {intensity: 50 percent}}", False),
        ("name: a\nlevers: {data_sharing: {level: 1, schedule: {soon: 1}}}", False),
        ("name: a\nlevers: {data_sharing: {level: 1, targets: {countries: [NOR]}}}", True),
        ("name: a\nlevers: {data_sharing: {level: 1, targets: {countries: [NO]}}}", False),
        ("name: a\nlevers: {data_sharing: }", True),
        ("name: a\nshocks: {epidemic: {size: 20 %, start: 2030}}", True),
        ("name: a\nextends: b\nshocks: {epidemic: {size: 20 %}}", True),
        ("name: a\nshocks: {epidemc: {size: 20 %, start: 2030}}", False),
        ("name: a\nparameters: {pool.fee: 5 %, mine.linkage: 0.5}", True),
        ("name: a\nparameters: {pool.fe: 5 %}", False),
        ("name: a\nparameters: {pool.fee: 5}", False),
        ("name: a\nparameters: {fund.grant_duration: 4 years, fund.world_total: 60 million USD2024}", True),
        ("name: a\napplications: [newborn_sickle, mine.yaml]", True),
        ("name: a\napplications: [newborn_sikle]", False),
        ("name: a\noutcomes: [people_reached@2031]", True),
        ("name: a\noutcomes: [people_reachd@2031]", False),
        ("name: a\ntitel: b", False),
        ("title: b", False),
        ("name: e\nscenarios: [a.yaml, {name: b}]\nkeep: groups", True),
        ("name: e\nscenarios: [a.yaml, {nam: b}]", False),
        ("name: e\nscenarios: [a.yaml]\nkeep: group", False),
        ("name: e\nscenarios: [a.yaml]\nworlds: 3\ndesign: {table: a.csv}", False),
        ("name: e\nscenarios: [a.yaml]\nquarters: 3", False),
    ],
)
def test_names_and_units_are_known(tmp_path: Path, text: str, right: bool, schema: dict[str, Any]) -> None:
    (tmp_path / "a.yaml").write_text(text)
    assert valid(read_document(tmp_path / "a.yaml").value, schema) is right


def test_every_name_is_offered_with_a_description(schema: dict[str, Any]) -> None:
    scenario = schema["definitions"]["ScenarioFile"]["properties"]
    known = known_names()
    assert set(scenario["levers"]["anyOf"][0]["properties"]) == set(known.levers)
    assert set(scenario["parameters"]["anyOf"][0]["properties"]) == set(known.parameters)
    assert all(p["description"] for p in scenario["parameters"]["anyOf"][0]["properties"].values())
    countries = schema["definitions"]["TargetsEntry"]["properties"]["countries"]["anyOf"][0]["items"]["anyOf"]
    assert {c["const"]: c["description"] for c in countries} == dict(known.countries)
