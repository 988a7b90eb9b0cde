"""From a document to a checked entry: everything wrong with it, told at its place and in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adoptsim.experiment.document import Document, Step
from adoptsim.experiment.names import Known
from adoptsim.experiment.schema import STRENGTHS, LeverEntry, ScenarioFile, TargetsEntry
from adoptsim.inputs.errors import Problem, nearest_name

__all__ = ["checked", "in_order"]

Path = tuple[Step, ...]
M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], document: Document, path: Path, known: Known) -> tuple[M | None, list[Problem]]:
    """The entry at ``path`` of the document, None where something is wrong with it, and what is wrong."""
    value = document.at(path)
    problems: list[Problem] = []
    entry: M | None = None
    try:
        entry = model.model_validate(value, context=known)
    except ValidationError as error:
        problems = [_problem(model, document, path, detail) for detail in error.errors(include_url=False)]
    if model is ScenarioFile and isinstance(value, dict):
        problems += _unclear_strengths(document, path)
        problems += _outside_bounds(document, path, known)
    told = {(p.line, p.column) for p in document.problems}  # what could not be read has no value either
    problems = [p for p in problems if (p.line, p.column) not in told]
    return (None if problems else entry), problems


def _problem(model: type[BaseModel], document: Document, base: Path, error: ErrorDetails) -> Problem:
    """One pydantic error in our words: the description of the field says what is allowed."""
    loc = tuple(step for step in error["loc"] if step != "[key]")
    at_key = error["type"] == "extra_forbidden" or "[key]" in error["loc"]
    path = (*base, *_existing(document, base, loc))
    context = error.get("ctx", {})
    owner = _owner(model, loc)
    if error["type"] == "extra_forbidden":
        fields = tuple(owner.model_fields)
        allowed = f"the fields here are {', '.join(fields)}"
        return document.problem(path, allowed, nearest_name(str(loc[-1]), fields), value=loc[-1], at_key=True)
    allowed = context.get("allowed") or _description(owner, loc)
    if error["type"] == "missing":
        return document.problem(path, f"this field is needed: {allowed}")
    return document.problem(path, allowed, context.get("nearest", ""), value=error["input"], at_key=at_key)


def _existing(document: Document, base: Path, loc: Path) -> Path:
    """``loc`` without the list numbers that the document does not have (one use of a lever needs no list)."""
    kept: Path = ()
    for step in loc:
        if isinstance(step, str) or (*base, *kept, step) in document.places:
            kept = (*kept, step)
    return kept


def _owner(model: type[BaseModel], loc: Path) -> type[BaseModel]:
    """The model whose field the last named step of ``loc`` is."""
    if model is not ScenarioFile or loc[:1] != ("levers",):
        return model
    names = [step for step in loc[2:] if isinstance(step, str)]
    if names[:1] == ["targets"] and len(names) > 1:
        return TargetsEntry
    return LeverEntry if names else model


def _description(owner: type[BaseModel], loc: Path) -> str:
    for step in reversed(loc):
        if step in owner.model_fields:
            return owner.model_fields[str(step)].description or ""
    return "fields with their values are wanted"


def _lever_uses(document: Document, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every use of a lever as it stands in the document, well-formed or not."""
    levers = document.at((*path, "levers"))
    for name, uses in levers.items() if isinstance(levers, dict) else ():
        here = (*path, "levers", name)
        if isinstance(uses, dict):
            yield here, uses
        for i, use in enumerate(uses if isinstance(uses, list) else ()):
            if isinstance(use, dict):
                yield (*here, i), use


def _unclear_strengths(document: Document, path: Path) -> Iterator[Problem]:
    """Uses of levers with none or several of level, intensity, budget."""
    for here, use in _lever_uses(document, path):
        given = [name for name in STRENGTHS if use.get(name) is not None]
        if len(given) != 1:
            allowed = f"give exactly one of {', '.join(STRENGTHS)}"
            where = (*here, given[1]) if given else here
            yield document.problem(where, allowed, value=" and ".join(given), at_key=True)


def _outside_bounds(document: Document, path: Path, known: Known) -> Iterator[Problem]:
    """Fixed parameters outside the bounds of the registry."""
    parameters = document.at((*path, "parameters"))
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        if name in known.parameters and isinstance(value, int | float) and not isinstance(value, bool):
            low, high, unit = known.parameters[name]
            if not low <= value <= high:
                allowed = f"from {low:g} to {high:g} {unit}".rstrip()
                yield document.problem((*path, "parameters", name), allowed, value=value)


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Problems file by file, each from top to bottom."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda p: (files.index(p.file), p.line, p.column))
