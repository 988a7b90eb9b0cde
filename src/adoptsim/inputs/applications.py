"""Applications of genomic medicine: data, never code. One YAML file each, a user's beside the packaged ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path as FilePath
from typing import Any

from adoptsim.inputs.checks import TEXT, YES_NO, Check, choice, is_a, is_number, parameter_of, wrong_fields, wrong_range
from adoptsim.inputs.document import Document, read_document
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.inputs.indicators import UNITS
from adoptsim.inputs.names import CADRES, INCOMES, PLATFORMS, SOURCES
from adoptsim.inputs.parameters import Parameter, load_registry

TRAITS = {
    "price": "what a test costs delivered, where it was paid",
    "consumable_share": "of the price that is for consumables",
    "price_decline": "yearly fall of the makers' price",
    "price_floor": "below which the makers' price does not fall",
    "half_volume": "volume at which a test costs twice what it costs at large volumes",
    "platform_hours": "machine time",
    "detection": "of those with the condition whom a working test finds",
    "false_positive": "of those without the condition whom the test takes for one who has it",
    "linkage": "of those found who enter care or are treated accordingly",
    "care_cost": "what care costs that follows a result",
    "cost_offset": "what a result saves elsewhere in health care",
    "dalys": "what a result averts",
    "burden": "what the condition costs those who are not found; the weight of need",
    "uptake": "of those offered the test who take it",
}
OPTIONAL_TRAITS = {"dalys_if_births_counted": "what a result averts where averted births are counted"}
RATES = {"eligible_rate": "who should be tested", "prevalence": "of those tested who have the condition"}
DRIVERS = {"births": "per_birth", "population": "per_person", "adults": "per_adult"}
ANCESTRY_EFFECTS = ("none", "vus", "detection")


@dataclass(frozen=True)
class Application:
    """One application.

    ``priced_in`` is the income group where its price was paid, landed. ``traits`` are uncertain numbers;
    ``prevalence_of`` names a country column (times ``prevalence_times``) or is empty;
    ``start_national`` and ``start_pilot`` map income group to probability; ``start_served`` names country columns whose
    product is the share served today, which makes a programme certain where it is large.
    """

    id: str
    title: str
    description: str
    available: int
    source: str
    priced_in: str
    platform: str
    once: bool
    backlog_years: float
    ancestry: str
    eligible_of: str
    prevalence_of: str
    prevalence_times: float
    traits: Mapping[str, Parameter]
    minutes_per_test: tuple[float, ...]
    minutes_per_positive: tuple[float, ...]
    start_served: tuple[str, ...]
    start_national: Mapping[str, float]
    start_pilot: Mapping[str, float]
    vehicle: bool


def _application(raw: Mapping[str, Any]) -> Application:
    """One application from a mapping without fault."""
    ident = raw["id"]
    traits = {name: parameter_of(f"{ident}.{name}", entry) for name, entry in raw["traits"].items()}
    traits["eligible_rate"] = parameter_of(f"{ident}.eligible_rate", raw["eligible"], "rate")
    prevalence = raw["prevalence"]
    if "value" in prevalence:
        traits["prevalence"] = parameter_of(f"{ident}.prevalence", prevalence)
    return Application(
        id=ident,
        title=raw["title"],
        description=raw["description"],
        available=int(raw["available"]),
        source=raw["source"],
        priced_in=raw["priced_in"],
        platform=raw["platform"] or "",
        once=raw["once"],
        backlog_years=float(raw.get("backlog_years") or 0.0),
        ancestry=raw["ancestry"],
        eligible_of=DRIVERS[raw["eligible"]["of"]],
        prevalence_of=prevalence.get("country", ""),
        prevalence_times=float(prevalence.get("times", 1.0)),
        traits=traits,
        minutes_per_test=tuple(float(x) for x in raw["minutes"]["per_test"]),
        minutes_per_positive=tuple(float(x) for x in raw["minutes"]["per_positive"]),
        start_served=tuple(name.strip() for name in (raw["start"].get("served") or "").split("*") if name.strip()),
        start_national=dict(raw["start"]["national"]),
        start_pilot=dict(raw["start"]["pilot"]),
        vehicle=bool(raw.get("vehicle") or False),
    )


def parameter_meaning(parameter: Parameter) -> str:
    """What a parameter of the registry or of an application is: its note, for a trait behind what the trait means."""
    if parameter.name in load_registry():
        return parameter.note
    trait = {**TRAITS, **OPTIONAL_TRAITS, **RATES}.get(parameter.name.rpartition(".")[2], "")
    return "; ".join(filter(None, (trait, parameter.note)))


MINUTES = is_a(
    f"four numbers, 0 or more: {', '.join(CADRES)}",
    lambda v: isinstance(v, list) and len(v) == len(CADRES) and all(is_number(x, 0.0) for x in v),
)
CHANCES = is_a(
    f"a probability for each of {', '.join(INCOMES)}",
    lambda v: isinstance(v, dict) and set(v) == set(INCOMES) and all(is_number(x, 0.0, 1.0) for x in v.values()),
)
SERVED = is_a(
    "names of country values, with * between them",
    lambda v: v is None or (isinstance(v, str) and all(n.strip() in UNITS for n in v.split("*") if n.strip())),
)
FIELDS: Mapping[str, Check] = {
    "id": is_a(
        "letters, digits and _", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[A-Za-z]\w{0,63}", v, re.A))
    ),
    "title": TEXT,
    "description": TEXT,
    "available": is_a("a year", lambda v: isinstance(v, int) and is_number(v, 1900, 2200)),
    "source": choice(SOURCES),
    "priced_in": choice(INCOMES),
    "platform": lambda value: None if value is None else choice(PLATFORMS)(value),
    "once": YES_NO,
    "backlog_years": is_a("years, 0 or more", lambda v: is_number(v, 0.0, 200.0)),
    "ancestry": choice(ANCESTRY_EFFECTS),
    "eligible": lambda value: wrong_range(value, "rate"),
    "prevalence": is_a("value: [low, central, high], or country: a country value", lambda v: isinstance(v, dict)),
    "traits": is_a("traits by name", lambda v: isinstance(v, dict)),
    "minutes": is_a("per_test and per_positive", lambda v: isinstance(v, dict)),
    "start": is_a("national and pilot", lambda v: isinstance(v, dict)),
    "vehicle": YES_NO,
}
OPTIONAL = ("backlog_years", "vehicle")
PARTS: Mapping[str, Mapping[str, Check]] = {
    "minutes": {"per_test": MINUTES, "per_positive": MINUTES},
    "start": {"national": CHANCES, "pilot": CHANCES},
}


def _problems(document: Document) -> Iterator[Problem]:
    """Every unknown, missing or wrong field of an application."""
    raw = document.value
    for key in raw:
        if key not in FIELDS:
            allowed = f"the fields here are {', '.join(FIELDS)}"
            yield document.problem((key,), allowed, nearest_name(key, FIELDS), value=key, at_key=True)
    yield from wrong_fields(document, (), FIELDS, OPTIONAL)
    for part, checks in PARTS.items():
        if isinstance(raw.get(part), dict):
            yield from wrong_fields(document, (part,), checks)
    yield from _wrong_names(document)
    traits = raw.get("traits")
    for key in traits if isinstance(traits, dict) else ():
        if key not in {**TRAITS, **OPTIONAL_TRAITS}:
            allowed = f"one of {', '.join(TRAITS)}"
            yield document.problem(("traits", key), allowed, nearest_name(key, TRAITS), value=key, at_key=True)
    if isinstance(traits, dict):
        yield from wrong_fields(
            document, ("traits",), {name: lambda entry: wrong_range(entry, "value") for name in TRAITS}
        )
        if found := [name for name in OPTIONAL_TRAITS if name in traits and wrong_range(traits[name], "value")]:
            yield document.problem(("traits", found[0]), "value: [low, central, high]", value=traits[found[0]])


def _wrong_names(document: Document) -> Iterator[Problem]:
    """Names of drivers and country values that are none."""
    eligible, prevalence, start = (document.at((key,)) for key in ("eligible", "prevalence", "start"))
    if isinstance(eligible, dict) and (found := choice(tuple(DRIVERS))(eligible.get("of"))):
        yield document.problem(("eligible", "of"), *found, value=eligible.get("of"))
    if isinstance(prevalence, dict):
        if "value" in prevalence:
            if found := wrong_range(prevalence, "value"):
                yield document.problem(("prevalence",), *found, value=prevalence.get("value"))
        elif found := choice(tuple(UNITS))(prevalence.get("country")):
            yield document.problem(
                ("prevalence", "country"), "a country value", found[1], value=prevalence.get("country")
            )
        if not is_number(prevalence.get("times", 1.0), 0.0, 1e6):
            yield document.problem(("prevalence", "times"), "a number, 0 or more", value=prevalence["times"])
    if isinstance(start, dict) and (found := SERVED(start.get("served"))):
        yield document.problem(("start", "served"), *found, value=start["served"])


def read_application(path: str | FilePath) -> Application:
    """One application from a YAML file. InputError lists everything wrong with it."""
    document = read_document(path)
    problems = [*document.problems, *_problems(document)]
    if problems:
        raise InputError(problems)
    return _application(document.value)


@lru_cache(maxsize=1)
def packaged_applications() -> Mapping[str, Application]:
    """The applications that ship, by id, in the order of file names."""
    folder = FilePath(str(resources.files("adoptsim.inputs").joinpath("data", "applications")))
    found = [read_application(path) for path in sorted(folder.glob("*.yaml"))]
    return {a.id: a for a in found}


def load_applications(chosen: Sequence[str] = ()) -> tuple[Application, ...]:
    """Applications by id or path, in canonical order (by id); all packaged ones if none is named.

    InputError for an id that does not ship or a file that is wrong; ValueError if one id comes twice.
    """
    packaged = packaged_applications()
    if not chosen:
        return tuple(packaged[i] for i in sorted(packaged))
    found: dict[str, Application] = {}
    for name in chosen:
        if name in packaged:
            one = packaged[name]
        elif name.endswith((".yaml", ".yml")):
            one = read_application(name)
        else:
            raise InputError(
                [
                    Problem(
                        "",
                        1,
                        1,
                        "applications",
                        name,
                        f"one of {', '.join(packaged)} or a YAML file",
                        nearest_name(name, packaged),
                    )
                ]
            )
        if one.id in found:
            raise ValueError(f"application {one.id!r} is named twice")
        found[one.id] = one
    return tuple(found[i] for i in sorted(found))
