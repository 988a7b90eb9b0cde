"""JSON Schema of scenario and experiment files, from which an editor knows names, units and descriptions.

Names of a user's own countries and applications cannot be known here; ``adoptsim check`` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adoptsim.experiment.files import units
from adoptsim.experiment.files.experiments import ExperimentFile
from adoptsim.experiment.files.fields import EVERY_LEVER, MAX_BUDGET, MAX_RAMP
from adoptsim.experiment.files.names import known_names
from adoptsim.experiment.files.schema import KEPT, Entry, ScenarioFile
from adoptsim.experiment.files.sized import SAMPLED
from adoptsim.experiment.study import METHODS, SETTINGS, TAKEN
from adoptsim.inputs.applications import OPTIONAL_TRAITS, RATES, TRAITS, load_applications, parameter_meaning
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.inputs.parameters import Parameter
from adoptsim.model.levers import LEVERS
from adoptsim.model.outcomes import UNITS, WHERE_LISTED
from adoptsim.model.scenario import PAYERS
from adoptsim.model.shocks import SHOCKS
from adoptsim.model.world import all_parameters

__all__ = ["json_schema"]

Schema = dict[str, Any]
PLACE = "#/definitions/{model}"
DRAFT = "http://json-schema.org/draft-07/schema#"
DIGITS = r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"
MONEY = rf"^{DIGITS}\s*(thousand|million|billion|M|bn)?\s*{units.CURRENCY}( .*)?$"
NOTHING = {"type": "null"}
OWN_FILE = {"type": "string", "pattern": r"\.ya?ml$", "description": "the path of your own file"}


def json_schema() -> Schema:
    """One schema for both kinds of file: what names scenarios is an experiment."""
    definitions: Schema = {}
    for model in (ScenarioFile, ExperimentFile):
        found = model.model_json_schema(ref_template=PLACE)
        definitions |= found.pop("$defs", {})
        definitions[model.__name__] = found
    _fill(definitions)
    for name, definition in definitions.items():
        _may_be_empty(definition)
        if name == "ShockEntry":
            definition.pop("required", None)  # may be inherited
    return {
        "$schema": DRAFT,
        "title": "adoptsim scenario or experiment",
        "definitions": definitions,
        "if": {"required": ["scenarios"]},
        "then": _at(ExperimentFile),
        "else": _at(ScenarioFile),
    }


def _fill(definitions: Schema) -> None:
    """Put names and units where pydantic knows texts and numbers only."""
    known = known_names()
    applications = {a.id: a.title for a in load_applications()}
    targets, places, lever, shock, plan, scenario, experiment = (
        definitions[name]["properties"]
        for name in (
            "TargetsEntry",
            "PlacesEntry",
            "LeverEntry",
            "ShockEntry",
            "InvestmentEntry",
            "ScenarioFile",
            "ExperimentFile",
        )
    )
    for name, choices in (
        ("regions", dict.fromkeys(REGIONS, "")),
        ("incomes", dict.fromkeys(INCOMES, "")),
        ("countries", known.countries),
        ("applications", applications),
    ):
        for entry in (targets, places):
            if name in entry:
                entry[name]["items"] = _one_of(choices)
    _become(lever["intensity"], _share(0.0, 1.0))
    _become(lever["budget"], _money(0.0, MAX_BUDGET))
    _become(lever["ramp"], _plain(0.0, MAX_RAMP, r"years?"))
    year = {
        "type": "object",
        "patternProperties": {r"^\d{4}(\.\d+)?$": _share(0.0, 1.0)},
        "additionalProperties": False,
    }
    _become(lever["schedule"], year)
    _plan(plan, year)
    _become(shock["size"], _share(0.0, max(shock.largest for shock in SHOCKS.values())))
    _named(scenario["levers"], {name: _levels(name) for name in LEVERS}, "LeverEntry", OWN_FILE["pattern"])
    _named(scenario["shocks"], {s.name: f"{s.title}; size: {s.size}" for s in SHOCKS.values()}, "ShockEntry")
    _named(scenario["investments"], applications, "InvestmentEntry", r"^[a-z0-9_]+$")
    _parameters(scenario["parameters"])
    scenario["applications"]["items"] = {"anyOf": [_one_of(applications), OWN_FILE]}
    scenario["outcomes"]["items"] = experiment["outcomes"]["items"] = _outcomes()
    experiment["scenarios"]["items"] = {"anyOf": [{"type": "string"}, _at(ScenarioFile)]}
    _become(experiment["keep"], _one_of(KEPT))
    _fill_studies(definitions)


def _plan(fields: Schema, years: Schema) -> None:
    """The fields of an investment."""
    _become(fields["phase_out"], years)
    _become(fields["payer"], _one_of(dict.fromkeys(PAYERS, "")))
    for name in ("share", "taken_over"):
        _become(fields[name], _share(0.0, 1.0))


def _fill_studies(definitions: Schema) -> None:
    """The same for rankings and sensitivity analyses."""
    ranking, sensitivity = (definitions[name]["properties"] for name in ("RankingEntry", "SensitivityEntry"))
    for name in ("money", "shift"):
        _become(ranking[name], _money(0.0, MAX_BUDGET))
    _become(ranking["ramp"], _plain(0.0, MAX_RAMP, r"years?"))
    ranked = _one_of({EVERY_LEVER: "the twelve that ship", **{name: LEVERS[name].title for name in LEVERS}})
    ranking["levers"]["items"] = {"anyOf": [ranked, OWN_FILE]}
    ranking["settings"]["items"] = _one_of(dict.fromkeys(SETTINGS, ""))
    ranking["groups"]["items"] = _one_of(dict.fromkeys((*REGIONS, *INCOMES), ""))
    _become(sensitivity["method"], _one_of(dict.fromkeys(METHODS, "")))
    _become(sensitivity["parameters"], _one_of(dict.fromkeys(TAKEN, "")))
    sensitivity["of"]["items"] = _outcomes()
    apart = [{"not": {"required": ["worlds", other]}} for other in ("design", "sensitivity")]
    definitions["ExperimentFile"]["allOf"] = apart


def _at(model: type[Entry]) -> Schema:
    return {"$ref": PLACE.format(model=model.__name__)}


def _become(field: Schema, other: Schema) -> None:
    """The field with another shape; its description and default stay."""
    kept: Schema = {key: field[key] for key in ("description", "default", "title") if key in field}
    field.clear()
    field.update({**other, **kept})


def _may_be_empty(definition: Schema) -> None:
    """A field left empty is as good as left out, or takes away what is inherited; a design or study is refused."""
    for name, field in definition["properties"].items():
        if name not in (*definition.get("required", ()), *SAMPLED):
            kept: Schema = {key: field.pop(key) for key in ("description", "default", "title") if key in field}
            definition["properties"][name] = {**kept, "anyOf": [dict(field), NOTHING]}


def _one_of(choices: Mapping[str, str]) -> Schema:
    """A name from a list, each with a description."""
    described: list[Schema] = [{"const": name, "description": words} for name, words in choices.items()]
    return {"anyOf": [choice if choice["description"] else {"const": choice["const"]} for choice in described]}


def _plain(low: float, high: float, unit: str) -> Schema:
    number = {"type": "number", "minimum": low, "maximum": high}
    return {"anyOf": [number, {"type": "string", "pattern": rf"^{DIGITS}\s*{unit}$"}]}


def _share(low: float, high: float) -> Schema:
    return _plain(low, high, "%( .*)?")


def _money(low: float, high: float) -> Schema:
    return {"anyOf": [{"type": "number", "minimum": low, "maximum": high}, {"type": "string", "pattern": MONEY}]}


def _levels(name: str) -> str:
    lever = LEVERS[name]
    return "\n".join((lever.title, *(f"level {n}: {words}" for n, words in enumerate(lever.levels))))


def _named(field: Schema, names: Mapping[str, str], entry: str, own: str = "") -> None:
    """A mapping from known names, or such as match the pattern ``own``, to one or more entries."""
    one = {"$ref": PLACE.format(model=entry)}
    uses = [one, {"type": "array", "items": one, "minItems": 1}, NOTHING]
    properties = {name: {"description": words, "anyOf": uses} for name, words in names.items()}
    shape: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    _become(field, {**shape, "patternProperties": {own: {"anyOf": uses}}} if own else shape)


def _parameters(field: Schema) -> None:
    known = all_parameters(load_applications())
    traits = "|".join((*TRAITS, *OPTIONAL_TRAITS, *RATES))
    own: Schema = {rf"^[A-Za-z]\w*\.({traits})$": {}}  # of an application of the user's own
    properties = {name: _parameter(p) for name, p in known.items()}
    shape = {"type": "object", "properties": properties, "patternProperties": own, "additionalProperties": False}
    _become(field, shape)


def _parameter(p: Parameter) -> Schema:
    if p.unit.startswith("share"):
        shape = _share(p.low, p.high)
    elif p.unit.startswith("US$"):
        shape = _money(p.low, p.high)
    else:
        first = re.escape(p.unit.split(" ")[0].removesuffix("s"))
        shape = _plain(p.low, p.high, rf"{first}s?( .*)?")
    meaning = parameter_meaning(p)
    words = f"{p.low:g} to {p.high:g}, central {p.central:g} {p.unit} ({p.quality}){'; ' if meaning else ''}{meaning}"
    return {"description": words, "anyOf": [*shape["anyOf"], NOTHING]}


def _outcomes() -> Schema:
    described = {name: f"{unit}; {words}" for name, (unit, words) in {**WHERE_LISTED, **UNITS}.items()}
    ends = ((".mean", "over the run"), ("@2045", "at the horizon"))
    choices = {name + end: f"{words}, {when}" for name, words in described.items() for end, when in ends}
    years = {"type": "string", "pattern": rf"^({'|'.join(map(re.escape, described))})@\d{{4}}$"}
    return {"anyOf": [*_one_of(choices)["anyOf"], years]}
