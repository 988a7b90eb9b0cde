"""From a document to a checked entry: everything wrong with it, told at its place and in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from adoptsim.experiment.files import units
from adoptsim.experiment.files.extends import STRENGTHS, TIMES
from adoptsim.experiment.files.names import Known
from adoptsim.experiment.files.schema import Entry, ScenarioFile
from adoptsim.inputs.document import UNREADABLE, Document, Path
from adoptsim.inputs.errors import Problem, nearest_name
from adoptsim.model.shocks import SHOCKS

__all__ = ["checked", "in_order", "lever_uses"]

M = TypeVar("M", bound=Entry)
MAX_TOLD = 50  # problems of one file that are told; more help nobody
SEARCHED = MAX_TOLD + 1  # enough to know that there are more


def checked(model: type[M], document: Document, known: Known) -> tuple[M | None, list[Problem]]:
    """The entry that a document holds, None where something is wrong with it, and what is wrong."""
    problems: list[Problem] = []
    entry: M | None = None
    try:
        entry = model.model_validate(document.value, context=known)
    except ValidationError as error:
        details = (d for d in error.errors(include_url=False) if d["input"] is not UNREADABLE)
        problems = [_problem(model, document, detail, known) for detail in islice(details, SEARCHED)]
    if model is ScenarioFile and isinstance(document.value, dict):
        checks = (_unclear_strengths, _unclear_times, _too_large_shocks)
        problems += [problem for check in checks for problem in islice(check(document), SEARCHED)]
        problems += islice(_wrong_parameters(document, known), SEARCHED)
    return (None if problems else entry), problems


def _problem(model: type[Entry], document: Document, error: ErrorDetails, known: Known) -> Problem:
    """One pydantic error in our words: the description of the field says what is allowed."""
    loc = tuple(step for step in error["loc"] if step != "[key]")
    at_key = error["type"] == "extra_forbidden" or "[key]" in error["loc"]
    path = _existing(document, loc)
    context = error.get("ctx", {})
    owner, described = _owner(model, loc)
    if error["type"] == "extra_forbidden":
        fields = tuple(owner.model_fields)
        allowed = f"the fields here are {', '.join(fields)}"
        return document.problem(path, allowed, nearest_name(str(loc[-1]), fields), value=loc[-1], at_key=True)
    allowed = context.get("allowed") or described
    if error["type"] == "missing":
        return document.problem(path, f"this field is needed: {allowed}")
    nearest = context.get("nearest", "")
    hint = nearest() if callable(nearest) else nearest
    if error["type"] == "list_type" and isinstance(error["input"], str):
        hint = _as_list(owner, document, path, known)
    written = document.at(path)
    value = written if isinstance(written, str) and not at_key else error["input"]  # as it stands, unit and all
    return document.problem(path, allowed, hint, value=value, at_key=at_key)


def _as_list(owner: type[Entry], document: Document, path: Path, known: Known) -> str:
    """Names written without brackets as the list that is wanted, "" where that would be refused too."""
    *above, field = path
    names = [name.strip() for name in str(document.at(path)).split(",")]
    try:
        owner.model_validate({**document.at(tuple(above)), field: names}, context=known)
    except ValidationError as error:
        if any(detail["loc"][:1] == (field,) for detail in error.errors(include_url=False)):
            return ""
    return f"[{', '.join(names)}]"


def _existing(document: Document, loc: Path) -> Path:
    """``loc`` without the list numbers that the document does not have (one use of a lever needs no list)."""
    kept: Path = ()
    for step in loc:
        if isinstance(step, str) or (*kept, step) in document.places:
            kept = (*kept, step)
    return kept


def _owner(model: type[Entry], loc: Path) -> tuple[type[Entry], str]:
    """The entry to which the last named step of ``loc`` belongs, and what the file may say there."""
    owner, described = model, "fields with their values are wanted"
    steps = [step for step in loc if isinstance(step, str)]
    while steps and steps[0] in owner.model_fields:
        name = steps.pop(0)
        described = owner.model_fields[name].description or ""
        if name in owner.NAMED and len(steps) > 1:
            owner, steps = owner.NAMED[name], steps[1:]
        elif name in owner.PARTS and steps:
            owner = owner.PARTS[name]
    return owner, described


def lever_uses(document: Document, kind: str = "levers") -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every use of a lever (or of another kind of named uses) as it stands in the document, well-formed or not."""
    named = document.at((kind,))
    for name, uses in named.items() if isinstance(named, dict) else ():
        if isinstance(uses, dict):
            yield (kind, name), uses
        for i, use in enumerate(uses if isinstance(uses, list) else ()):
            if isinstance(use, dict):
                yield (kind, name, i), use


def _unclear_strengths(document: Document) -> Iterator[Problem]:
    """Uses of levers with none or several of level, intensity, budget."""
    for here, use in lever_uses(document):
        given = [name for name in STRENGTHS if use.get(name) is not None]
        if len(given) != 1:
            allowed = f"give exactly one of {', '.join(STRENGTHS)}"
            where = (*here, given[1]) if given else here
            yield document.problem(where, allowed, value=" and ".join(given), at_key=True)


def _unclear_times(document: Document) -> Iterator[Problem]:
    """Uses of levers with a schedule and also a start, ramp or end."""
    for here, use in lever_uses(document):
        for name in TIMES if use.get("schedule") is not None else ():
            if use.get(name) is not None:
                allowed = f"a schedule takes the place of {', '.join(TIMES)}: give one or the other"
                yield document.problem((*here, name), allowed, value=name, at_key=True)


def _too_large_shocks(document: Document) -> Iterator[Problem]:
    for here, use in lever_uses(document, "shocks"):
        shock = SHOCKS.get(str(here[1]))
        try:
            size = units.fraction(use.get("size"))
        except units.UnitError:
            continue  # told already
        if shock and isinstance(size, int | float) and not isinstance(size, bool) and size > shock.largest:
            allowed = f"from 0 to {shock.largest:g} (0 % to {100 * shock.largest:g} %): {shock.size}"
            nearest = units.meant(use["size"], "share", 0.0, shock.largest)
            yield document.problem((*here, "size"), allowed, nearest, value=use["size"])


def _wrong_parameters(document: Document, known: Known) -> Iterator[Problem]:
    """Fixed parameters that are not quantities of their unit within the bounds of the registry."""
    parameters = document.at(("parameters",))
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        if name not in known.parameters or isinstance(value, bool) or not isinstance(value, int | float | str):
            continue  # told already
        low, high, unit = known.parameters[name]
        try:
            number = units.quantity(value, unit)
        except units.UnitError:
            number = None
        if not (isinstance(number, int | float) and low <= number <= high):
            nearest = units.meant(value, unit, low, high)
            yield document.problem(("parameters", name), f"from {units.span(low, high, unit)}", nearest, value=value)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems file by file, each once and from top to bottom; of a file with very many, the first."""
    told = list(dict.fromkeys(problems))
    files: dict[str, list[Problem]] = {}
    for problem in told:
        files.setdefault(problem.file, []).append(problem)
    return [problem for file in files.values() for problem in _first(file)]


def _first(problems: list[Problem]) -> list[Problem]:
    ordered = sorted(problems, key=lambda p: (p.line, p.column))
    if len(ordered) <= MAX_TOLD:
        return ordered
    after = ordered[MAX_TOLD]
    more = f"more than {MAX_TOLD} problems; mend those above first"
    return [*ordered[:MAX_TOLD], Problem(after.file, after.line, after.column, "", "", more)]
