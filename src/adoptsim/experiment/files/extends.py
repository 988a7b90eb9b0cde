"""``extends``: a scenario that takes over another file and says only what differs.

Mappings are merged field by field, lists and single values are replaced, an empty value takes away what is inherited.
A lever's strength (level, intensity, budget) is one thing, and so is its course in time: writing another form of it
replaces the inherited one.
"""

from __future__ import annotations

import os
from dataclasses import replace

from adoptsim.inputs.document import UNREADABLE, Document, Path, read_document
from adoptsim.inputs.errors import InputError, Problem, nearest_name

__all__ = [
    "NO_FILE",
    "OWN",
    "STRENGTHS",
    "TIMES",
    "YAML_ENDINGS",
    "missing_file",
    "overlaid",
    "resolved",
    "scenario_file",
]

YAML_ENDINGS = (".yaml", ".yml")
NO_FILE = "there is no such file (paths are relative to this one)"
OWN = ("name", "title", "description")  # never inherited
LONGEST_CHAIN = 20
STRENGTHS = ("level", "intensity", "budget")
TIMES = ("start", "ramp", "end")
SCHEDULES = (("schedule",), ("phase_out",))
ALTERNATIVES = ({name: {*STRENGTHS} for name in STRENGTHS}) | {name: {"schedule"} for name in TIMES}
ALTERNATIVES["schedule"] = {*TIMES}


def resolved(document: Document) -> tuple[Document, list[Problem]]:
    """The scenario with all that it inherits, and what is wrong with its parents."""
    if not isinstance(document.value, dict) or document.value.get("extends") is None:
        return document, []
    chain, seen = [document], [os.path.realpath(document.file)]
    problems: list[Problem] = []
    while (value := chain[-1].value.get("extends")) not in (None, UNREADABLE):
        parent, wrong = _parent(chain[-1], value, seen)
        problems += wrong
        if parent is None:
            break
        problems += parent.problems
        chain.append(parent)
        seen.append(os.path.realpath(parent.file))
    merged = chain.pop()
    while chain:
        merged = _merged(merged, chain.pop())
    merged.value = {key: value for key, value in merged.value.items() if key != "extends"}  # it has been told of
    return merged, problems


def _parent(child: Document, value: object, seen: list[str]) -> tuple[Document | None, list[Problem]]:
    """The document that ``extends`` names, or why there is none."""
    at: Path = ("extends",)
    if not isinstance(value, str):
        allowed = "the path of one scenario file, relative to this file, such as 'baseline'"
        return None, [child.problem(at, allowed, value=value)]
    found = scenario_file(child, at, value)
    if not found:
        return None, [missing_file(child, at, value)]
    if os.path.realpath(found) in seen:
        names = " -> ".join(os.path.basename(file) for file in (*seen, found))
        return None, [child.problem(at, f"files extend one another in a circle: {names}", value=value)]
    if len(seen) > LONGEST_CHAIN:
        return None, [child.problem(at, f"at most {LONGEST_CHAIN} files may extend one another", value=value)]
    try:
        parent = read_document(found)
    except InputError as error:
        return None, list(error.problems)
    if "scenarios" in parent.value:
        return None, [child.problem(at, "this file is an experiment; only a scenario can be extended", value=value)]
    return parent, []


def scenario_file(document: Document, at: Path, name: str) -> str:
    """The file that the value at ``at`` names, with or without its ending; "" if there is none."""
    path = document.beside(at, name)
    return next((path + end for end in ("", *YAML_ENDINGS) if os.path.isfile(path + end)), "")


def missing_file(document: Document, at: Path, name: str, endings: tuple[str, ...] = YAML_ENDINGS) -> Problem:
    """The problem of a file that is not there, with the nearest that is; or of what is there and is no file."""
    path = document.beside(at, name)
    if os.path.exists(path):
        what = "a folder" if os.path.isdir(path) else "not a regular file"
        return document.problem(at, f"this is {what}; the path of a file is wanted", value=name)
    folder, wanted = os.path.split(path)
    try:
        there = sorted(file for file in os.listdir(folder or ".") if file.endswith(endings))
    except (OSError, ValueError):
        there = []
    by_stem = {os.path.splitext(file)[0]: file for file in there if file != os.path.basename(document.file)}
    hint = by_stem.get(nearest_name(os.path.splitext(wanted)[0], by_stem), "")
    nearest = os.path.join(os.path.dirname(name), hint) if hint else ""
    return document.problem(at, NO_FILE, nearest, value=name)


def _merged(parent: Document, child: Document) -> Document:
    """The child over its parent; each value keeps the place where it is written."""
    inherited = {name: value for name, value in parent.value.items() if name not in (*OWN, "extends")}
    return overlaid(replace(parent, value=inherited), child)


def overlaid(parent: Document, child: Document) -> Document:
    """One document over another, field by field."""
    out = Document(child.file)
    out.value = _merge(parent, child, (), out)
    taken = {**parent.emptied, **out.emptied}
    out.emptied = {at: place for at, place in taken.items() if out.at(at) is None and isinstance(out.at(at[:-1]), dict)}
    return out


def _merge(parent: Document, child: Document, path: Path, out: Document) -> object:
    mine, theirs = child.at(path), parent.at(path)
    if not (isinstance(mine, dict) and isinstance(theirs, dict)) or path[-1:] in SCHEDULES:
        return _taken(child, path, out)
    _note(child, path, out)
    replaced = _replaced(path, mine)
    value = {}
    for key in dict.fromkeys((*theirs, *mine)):
        here = (*path, key)
        if key not in mine:
            if key not in replaced:
                value[key] = _taken(parent, here, out)
        elif key not in theirs:
            value[key] = _taken(child, here, out)
        elif mine[key] is not None:
            value[key] = _merge(parent, child, here, out)
        elif theirs[key] is not None and here[0] not in OWN:
            out.emptied[here] = child.keys.get(here) or child.place(here)
    return value


def _replaced(path: Path, mine: dict[str, object]) -> set[str]:
    """Fields of the parent that fields of the child take the place of."""
    if len(path) == 2 and path[0] == "levers":
        return {other for name, value in mine.items() if value is not None for other in ALTERNATIVES.get(name, ())}
    return set()


def _taken(source: Document, path: Path, out: Document) -> object:
    """A value as it stands, with the places of all its parts."""
    _note(source, path, out)
    value = source.at(path)
    if isinstance(value, dict):
        return {key: _taken(source, (*path, key), out) for key in value}
    if isinstance(value, list):
        return [_taken(source, (*path, i), out) for i in range(len(value))]
    return value


def _note(source: Document, path: Path, out: Document) -> None:
    out.places[path] = source.place(path)
    if path in source.keys:
        out.keys[path] = source.keys[path]
