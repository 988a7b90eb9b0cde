"""Applications of genomic medicine: data, never code. One YAML file each, a user's beside the packaged ones."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path as FilePath
from typing import Any

from adoptsim.inputs.document import UNREADABLE, Document, Path, read_document
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


def _trait(name: str, entry: Mapping[str, Any], key: str = "value") -> Parameter:
    low, central, high = (float(x) for x in entry[key])
    return Parameter(
        name,
        str(entry.get("unit") or "share"),
        low,
        central,
        high,
        entry.get("distribution") or "triangular",
        entry.get("quality") or "assumption",
        entry.get("evidence") or "",
        entry.get("note") or "",
    )


def _application(raw: Mapping[str, Any]) -> Application:
    """One application from a mapping without fault."""
    ident = raw["id"]
    traits = {name: _trait(f"{ident}.{name}", entry) for name, entry in raw["traits"].items()}
    traits["eligible_rate"] = _trait(f"{ident}.eligible_rate", raw["eligible"], "rate")
    prevalence = raw["prevalence"]
    if "value" in prevalence:
        traits["prevalence"] = _trait(f"{ident}.prevalence", prevalence)
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


# what is checked: a check takes a value and returns what is allowed and the nearest right word, None if it is right


Check = Callable[[Any], tuple[str, str] | None]


def _is(allowed: str, right: Callable[[Any], bool]) -> Check:
    return lambda value: None if right(value) else (allowed, "")


def _choice(names: Sequence[str]) -> Check:
    def check(value: Any) -> tuple[str, str] | None:
        return None if value in names else (f"one of {', '.join(names)}", nearest_name(str(value), names))

    return check


def _number(value: Any, low: float = -math.inf, high: float = math.inf) -> bool:
    """Whether a value is a finite number within bounds."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value) and low <= value <= high


def _range(entry: Any, key: str) -> tuple[str, str] | None:
    """Whether an entry holds low, central and high of a parameter."""
    allowed = f"{key}: [low, central, high], numbers in this order"
    if not (isinstance(entry, dict) and isinstance(entry.get(key), list) and all(map(_number, entry[key]))):
        return allowed, ""
    texts = ("unit", "distribution", "quality", "evidence", "note")
    wrong = [name for name in texts if not isinstance(entry.get(name), str | None)]
    if wrong or any(name not in (key, "of", "country", "times", *texts) for name in entry):
        return f"{key} and, as texts, {', '.join(texts)}", ""
    try:
        _trait("trait", entry, key)
    except ValueError as error:
        return f"{allowed} ({error})", ""
    return None


TEXT = _is("a text", lambda v: isinstance(v, str))
YES_NO = _is("true or false", lambda v: isinstance(v, bool))
MINUTES = _is(
    f"four numbers, 0 or more: {', '.join(CADRES)}",
    lambda v: isinstance(v, list) and len(v) == len(CADRES) and all(_number(x, 0.0) for x in v),
)
CHANCES = _is(
    f"a probability for each of {', '.join(INCOMES)}",
    lambda v: isinstance(v, dict) and set(v) == set(INCOMES) and all(_number(x, 0.0, 1.0) for x in v.values()),
)
SERVED = _is(
    "names of country values, with * between them",
    lambda v: v is None or (isinstance(v, str) and all(n.strip() in UNITS for n in v.split("*") if n.strip())),
)
FIELDS: Mapping[str, Check] = {
    "id": _is(
        "letters, digits and _", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[A-Za-z]\w{0,63}", v, re.A))
    ),
    "title": TEXT,
    "description": TEXT,
    "available": _is("a year", lambda v: isinstance(v, int) and _number(v, 1900, 2200)),
    "source": _choice(SOURCES),
    "priced_in": _choice(INCOMES),
    "platform": lambda value: None if value is None else _choice(PLATFORMS)(value),
    "once": YES_NO,
    "backlog_years": _is("years, 0 or more", lambda v: _number(v, 0.0, 200.0)),
    "ancestry": _choice(ANCESTRY_EFFECTS),
    "eligible": lambda value: _range(value, "rate"),
    "prevalence": _is("value: [low, central, high], or country: a country value", lambda v: isinstance(v, dict)),
    "traits": _is("traits by name", lambda v: isinstance(v, dict)),
    "minutes": _is("per_test and per_positive", lambda v: isinstance(v, dict)),
    "start": _is("national and pilot", lambda v: isinstance(v, dict)),
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
    yield from _wrong(document, (), FIELDS, OPTIONAL)
    for part, checks in PARTS.items():
        if isinstance(raw.get(part), dict):
            yield from _wrong(document, (part,), checks)
    yield from _wrong_names(document)
    traits = raw.get("traits")
    for key in traits if isinstance(traits, dict) else ():
        if key not in {**TRAITS, **OPTIONAL_TRAITS}:
            allowed = f"one of {', '.join(TRAITS)}"
            yield document.problem(("traits", key), allowed, nearest_name(key, TRAITS), value=key, at_key=True)
    if isinstance(traits, dict):
        yield from _wrong(document, ("traits",), {name: lambda entry: _range(entry, "value") for name in TRAITS})
        if found := [name for name in OPTIONAL_TRAITS if name in traits and _range(traits[name], "value")]:
            yield document.problem(("traits", found[0]), "value: [low, central, high]", value=traits[found[0]])


def _wrong(
    document: Document, at: Path, checks: Mapping[str, Check], optional: Sequence[str] = ()
) -> Iterator[Problem]:
    entry = document.at(at)
    for key, check in checks.items():
        if key not in entry:
            if key not in optional:
                yield document.problem((*at, key), "this field is needed")
        elif entry[key] is None and key in optional:
            continue
        elif entry[key] is not UNREADABLE and (found := check(entry[key])):
            yield document.problem((*at, key), found[0], found[1], value=entry[key])


def _wrong_names(document: Document) -> Iterator[Problem]:
    """Names of drivers and country values that are none."""
    eligible, prevalence, start = (document.at((key,)) for key in ("eligible", "prevalence", "start"))
    if isinstance(eligible, dict) and (found := _choice(tuple(DRIVERS))(eligible.get("of"))):
        yield document.problem(("eligible", "of"), *found, value=eligible.get("of"))
    if isinstance(prevalence, dict):
        if "value" in prevalence:
            if found := _range(prevalence, "value"):
                yield document.problem(("prevalence",), *found, value=prevalence.get("value"))
        elif found := _choice(tuple(UNITS))(prevalence.get("country")):
            yield document.problem(
                ("prevalence", "country"), "a country value", found[1], value=prevalence.get("country")
            )
        if not _number(prevalence.get("times", 1.0), 0.0, 1e6):
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
