"""Levers of the programme of work: data, never code. One YAML file each, a user's beside the packaged ones.

A lever names quantities of the model and, for each, how much it changes at full strength: a parameter of the registry,
or one written out in the file. What these changes do is left to the rules of the actors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from adoptsim.inputs.checks import TEXT, Check, is_a, is_number, parameter_of, wrong_fields, wrong_range
from adoptsim.inputs.document import Document, read_document
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.inputs.parameters import Parameter, load_evidence, load_registry

__all__ = ["COST_BASES", "Lever", "packaged_levers", "read_lever"]

COST_BASES = {  # what a full-strength cost is counted by, and how a text says it
    "country": "for each country",
    "million": "for each million people",
    "wages": "of each US$ that specialists of genomic services earn at the start",
}
LEAST = {"scale": -1.0, "power": 0.0, "add": -float("inf")}  # a change beyond it would turn a quantity's sign
LEVELS = 5


@dataclass(frozen=True)
class Lever:
    """One intervention.

    ``acts`` maps a quantity to the parameter of its change at intensity 1 (a cut of 19 % is -0.19; a time ratio is
    itself). A year at full strength costs, for each base of ``COST_BASES``, the product of the parameters named there.
    ``levels`` says in words what a quarter of full strength each is. ``removes`` maps parameters to the values at which
    all that the lever acts on is gone: its attainable ceiling. ``parameters`` are those that its own file writes out.
    """

    name: str
    title: str
    acts: Mapping[str, str]
    cost: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...]
    mechanism: str = ""
    could_lose: str = ""
    ceiling: str = ""
    removes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    evidence: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))

    def __getstate__(self) -> dict[str, object]:
        """Read-only mappings cannot be copied or pickled: plain ones travel."""
        return {name: dict(v) if isinstance(v, MappingProxyType) else v for name, v in vars(self).items()}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update({n: MappingProxyType(v) if isinstance(v, dict) else v for n, v in state.items()})


NAME = is_a(
    "a name of small letters, digits and _", lambda v: isinstance(v, str) and bool(re.fullmatch(r"[a-z]\w{0,63}", v))
)
FIELDS: Mapping[str, Check] = {
    "name": NAME,
    "title": TEXT,
    "acts": is_a("quantities, each with the change at full strength", lambda v: isinstance(v, dict) and bool(v)),
    "cost": is_a(f"one or more of {', '.join(COST_BASES)}", lambda v: isinstance(v, dict) and bool(v)),
    "levels": is_a(
        f"{LEVELS} sentences, for level 0 to 4",
        lambda v: isinstance(v, list) and len(v) == LEVELS and all(isinstance(x, str) for x in v),
    ),
    "mechanism": TEXT,
    "could_lose": TEXT,
    "ceiling": TEXT,
    "removes": is_a(
        "parameters, each with the value at which the limit is gone",
        lambda v: isinstance(v, dict) and all(is_number(x) for x in v.values()),
    ),
    "evidence": is_a("a list of texts", lambda v: isinstance(v, list) and all(isinstance(x, str) for x in v)),
}
OPTIONAL = ("mechanism", "could_lose", "ceiling", "removes", "evidence")


def read_lever(
    path: str | FilePath, quantities: Mapping[str, str], own: Mapping[str, Parameter] = MappingProxyType({})
) -> Lever:
    """A lever from a YAML file. InputError lists everything wrong with it.

    ``quantities`` maps the quantities that there are to how changes of them combine: scale, add or power; ``own`` are
    parameters beside those of the registry.
    """
    document, known = read_document(path), {**load_registry(), **own}
    problems = [*document.problems, *_problems(document, quantities, known)]
    if problems:
        raise InputError(problems)
    return _lever(document.value, known)


@lru_cache(maxsize=1)
def packaged_levers() -> Mapping[str, Lever]:
    """The levers that ship, by name, in alphabetical order."""
    folder = FilePath(str(resources.files("adoptsim.inputs").joinpath("data", "levers")))
    found = (_lever(read_document(path).value, load_registry()) for path in sorted(folder.glob("*.yaml")))
    return MappingProxyType({lever.name: lever for lever in found})


def _lever(raw: Mapping[str, Any], known: Mapping[str, Parameter]) -> Lever:
    """A lever from a mapping without fault."""
    name, own = raw["name"], dict[str, Parameter]()

    def named(entry: Any, what: str) -> tuple[str, ...]:
        """The names of the parameters of an entry, among them one that is written out."""
        if isinstance(entry, str):
            return tuple(one.strip() for one in entry.split("*"))
        own[f"{name}.{what}"] = parameter_of(f"{name}.{what}", entry)
        return (f"{name}.{what}",)

    acts = {quantity: named(entry, quantity)[0] for quantity, entry in raw["acts"].items()}
    cost = {base: named(entry, f"cost_{base}") for base, entry in raw["cost"].items()}
    removes = {
        n: float(v) for written, v in (raw.get("removes") or {}).items() for n in _matching(written, (*known, *own))
    }
    return Lever(
        name,
        raw["title"],
        MappingProxyType(acts),
        MappingProxyType(cost),
        tuple(raw["levels"]),
        mechanism=_plain(raw.get("mechanism")),
        could_lose=_plain(raw.get("could_lose")),
        ceiling=_plain(raw.get("ceiling")),
        removes=MappingProxyType(removes),
        evidence=tuple(raw.get("evidence") or ()),
        parameters=MappingProxyType(own),
    )


def _plain(text: str | None) -> str:
    """A text on one line."""
    return " ".join((text or "").split())


def _matching(written: str, known: Iterable[str]) -> list[str]:
    """The parameters that a name means; one that ends in ``*`` means all that begin so."""
    return [n for n in known if n.startswith(written[:-1])] if written.endswith("*") else [written]


def _problems(document: Document, quantities: Mapping[str, str], known: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Every unknown, missing or wrong field of a lever."""
    raw = document.value
    for key in raw:
        if key not in FIELDS:
            allowed = f"the fields here are {', '.join(FIELDS)}"
            yield document.problem((key,), allowed, nearest_name(key, FIELDS), value=key, at_key=True)
    yield from wrong_fields(document, (), FIELDS, OPTIONAL)
    if not NAME(raw.get("name")) and raw["name"] in packaged_levers():
        yield document.problem(("name",), "another name: a packaged lever is called so", value=raw["name"])
    for part, names in (("acts", tuple(quantities)), ("cost", tuple(COST_BASES))):
        entries = raw.get(part)
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            if key not in names:
                allowed = f"one of {', '.join(sorted(names))}"
                yield document.problem((part, key), allowed, nearest_name(key, names), value=key, at_key=True)
            yield from _wrong_change(document, (part, key), entry, quantities.get(key, "add"), known)
    yield from _wrong_names(document, known)


def _wrong_change(
    document: Document, at: tuple[str, str], entry: Any, combine: str, known: Mapping[str, Parameter]
) -> Iterator[Problem]:
    """What is wrong with the parameter of one quantity or cost."""
    part, _ = at
    if isinstance(entry, str):
        for name in (one.strip() for one in entry.split("*" if part == "cost" else "\n")):
            if name not in known:
                allowed = "a parameter, or one written out as value: [low, central, high]"
                yield document.problem(at, allowed, nearest_name(name, known), value=name)
            elif combine != "add" and known[name].low < LEAST[combine]:
                yield document.problem(at, f"a parameter of {LEAST[combine]:g} or more", value=name)
    elif found := wrong_range(entry, "value"):
        yield document.problem(at, f"a parameter, or {found[0]}", value=entry)
    elif entry["value"][0] < (0.0 if part == "cost" else LEAST[combine]):
        least = 0.0 if part == "cost" else LEAST[combine]
        yield document.problem((*at, "value"), f"numbers of {least:g} or more", value=entry["value"])


def _wrong_names(document: Document, registry: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Parameters that a lever removes, and rows of evidence, that do not exist."""
    raw, own = document.value, set[str]()
    acts = raw.get("acts")
    if isinstance(acts, dict):
        own = {f"{raw.get('name')}.{quantity}" for quantity in acts}
    known = {*registry, *own}
    removes, evidence = raw.get("removes"), raw.get("evidence")
    for name in removes if isinstance(removes, dict) else ():
        if not any(n == name or (name.endswith("*") and n.startswith(name[:-1])) for n in known):
            yield document.problem(("removes", name), "a parameter", nearest_name(name, known), value=name, at_key=True)
    for i, name in enumerate(evidence if isinstance(evidence, list) else ()):
        if isinstance(name, str) and re.fullmatch(r"[a-z]+\.\w+", name) and name not in load_evidence():
            allowed = "a row of the evidence, or a source in your own words"
            yield document.problem(("evidence", i), allowed, nearest_name(name, load_evidence()), value=name)
