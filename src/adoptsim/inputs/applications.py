"""Applications of genomic medicine: data, never code. One YAML file each, a user's beside the packaged ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.inputs.names import CADRES, INCOMES, PLATFORMS, SOURCES
from adoptsim.inputs.parameters import Parameter

TRAITS = (
    "price",
    "consumable_share",
    "price_decline",
    "price_floor",
    "half_volume",
    "platform_hours",
    "detection",
    "false_positive",
    "linkage",
    "care_cost",
    "cost_offset",
    "dalys",
    "burden",
    "uptake",
)
OPTIONAL_TRAITS = ("dalys_if_births_counted",)
DRIVERS = {"births": "per_birth", "population": "per_person", "adults": "per_adult"}
ANCESTRY_EFFECTS = ("none", "vus", "detection")
KEYS = (
    "id", "title", "description", "available", "source", "priced_in", "platform", "once", "backlog_years", "ancestry",
    "eligible", "prevalence", "traits", "minutes", "start", "vehicle",
)  # fmt: skip


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
        str(entry.get("unit", "share")),
        low,
        central,
        high,
        entry.get("distribution", "triangular"),
        entry.get("quality", "assumption"),
        entry.get("evidence", ""),
        entry.get("note", ""),
    )


def parse_application(raw: Mapping[str, Any], file: str) -> Application:
    """One application from its YAML mapping. InputError lists every unknown, missing or wrong field."""
    problems = list(_problems(raw, file))
    if problems:
        raise InputError(problems)
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
        once=bool(raw["once"]),
        backlog_years=float(raw.get("backlog_years", 0.0)),
        ancestry=raw["ancestry"],
        eligible_of=DRIVERS[raw["eligible"]["of"]],
        prevalence_of=prevalence.get("country", ""),
        prevalence_times=float(prevalence.get("times", 1.0)),
        traits=traits,
        minutes_per_test=tuple(float(x) for x in raw["minutes"]["per_test"]),
        minutes_per_positive=tuple(float(x) for x in raw["minutes"]["per_positive"]),
        start_served=tuple(name.strip() for name in raw["start"].get("served", "").split("*") if name.strip()),
        start_national=dict(raw["start"]["national"]),
        start_pilot=dict(raw["start"]["pilot"]),
        vehicle=bool(raw.get("vehicle", False)),
    )


def _problems(raw: Mapping[str, Any], file: str) -> Iterable[Problem]:
    def at(where: Any, key: str) -> tuple[int, int]:
        try:
            line, column = where.lc.key(key)
        except (AttributeError, KeyError):
            return 1, 1
        return line + 1, column + 1

    if not isinstance(raw, Mapping):
        yield Problem(file, 1, 1, "", str(raw)[:40], "a mapping with the fields of an application is wanted")
        return
    for key in raw:
        if key not in KEYS:
            yield Problem(
                file, *at(raw, key), key, str(raw[key])[:40], f"one of {', '.join(KEYS)}", nearest_name(key, KEYS)
            )
    for key in (k for k in KEYS if k not in raw and k not in ("backlog_years", "vehicle")):
        yield Problem(file, 1, 1, key, "", "the field is missing")
    for key, allowed in (
        ("source", SOURCES),
        ("priced_in", INCOMES),
        ("platform", PLATFORMS),
        ("ancestry", ANCESTRY_EFFECTS),
    ):
        if key in raw and raw[key] not in allowed and not (key == "platform" and raw[key] is None):
            hint = nearest_name(str(raw[key]), allowed)
            yield Problem(file, *at(raw, key), key, str(raw[key]), f"one of {', '.join(allowed)}", hint)
    traits = raw.get("traits") or {}
    for key in traits:
        if key not in TRAITS + OPTIONAL_TRAITS:
            yield Problem(
                file, *at(traits, key), f"traits.{key}", "", f"one of {', '.join(TRAITS)}", nearest_name(key, TRAITS)
            )
            continue
        try:
            _trait(key, traits[key])
        except (ValueError, KeyError, TypeError) as wrong:
            yield Problem(
                file,
                *at(traits, key),
                f"traits.{key}",
                str(traits[key])[:60],
                f"low, central and high in order are wanted ({wrong})",
            )
    for key in (k for k in TRAITS if k not in traits):
        yield Problem(file, *at(raw, "traits"), f"traits.{key}", "", "the trait is missing")
    yield from _problems_of_lists(raw, file, at)


def _problems_of_lists(
    raw: Mapping[str, Any], file: str, at: Callable[[Any, str], tuple[int, int]]
) -> Iterable[Problem]:
    minutes = raw.get("minutes") or {}
    for key in ("per_test", "per_positive"):
        if "minutes" in raw and len(minutes.get(key, ())) != len(CADRES):
            yield Problem(
                file, *at(raw, "minutes"), f"minutes.{key}", str(minutes.get(key)), f"four numbers: {', '.join(CADRES)}"
            )
    eligible = raw.get("eligible") or {}
    if "eligible" in raw and eligible.get("of") not in DRIVERS:
        hint = nearest_name(str(eligible.get("of")), DRIVERS)
        yield Problem(
            file, *at(raw, "eligible"), "eligible.of", str(eligible.get("of")), f"one of {', '.join(DRIVERS)}", hint
        )
    start = raw.get("start") or {}
    for stage in ("national", "pilot"):
        table = start.get(stage) or {}
        if "start" in raw and set(table) != set(INCOMES):
            yield Problem(
                file,
                *at(raw, "start"),
                f"start.{stage}",
                str(dict(table)),
                f"a probability for each of {', '.join(INCOMES)}",
            )


def read_application(path: str | Path) -> Application:
    """One application from a YAML file. InputError if it cannot be read or is wrong."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = Path(path)
    try:
        raw = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as wrong:
        mark = getattr(wrong, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = str(getattr(wrong, "problem", None) or wrong)
        raise InputError(
            [Problem(str(path), line, column, "", path.name, f"a readable YAML file is wanted ({reason})")]
        ) from None
    return parse_application(raw, str(path))


@lru_cache(maxsize=1)
def packaged_applications() -> Mapping[str, Application]:
    """The applications that ship, by id, in the order of file names."""
    folder = Path(str(resources.files("adoptsim.inputs").joinpath("data", "applications")))
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
