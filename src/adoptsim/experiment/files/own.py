"""A scenario's own tables and applications: the names that hold with them, and everything that is wrong with them.

Where one of them cannot be read, names that it might have given are not refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath

from adoptsim.experiment.files.extends import YAML_ENDINGS, missing_file
from adoptsim.experiment.files.names import TABLES, Known, known_names
from adoptsim.inputs import usertable
from adoptsim.inputs.applications import Application, load_applications, packaged_applications, read_application
from adoptsim.inputs.document import Document, Path
from adoptsim.inputs.errors import InputError, Problem
from adoptsim.inputs.own_tables import wrong_tables
from adoptsim.model.levers import Lever, lever_of
from adoptsim.model.quantities import PLAIN, Extension

__all__ = ["known_in", "known_to_ranking"]


def known_in(document: Document, extension: Extension = PLAIN) -> tuple[Known, list[Problem]]:
    """The names that hold with the tables and applications of the scenario, and what is wrong with those."""
    named = document.at(("tables",))
    tables = {k: v for k, v in named.items() if k in TABLES and isinstance(v, str)} if isinstance(named, dict) else {}
    listed = document.at(("applications",))
    texts = dict(enumerate(f for f in listed if isinstance(f, str))) if isinstance(listed, list) else {}
    places: dict[Path, str] = {("tables", k): v for k, v in tables.items()}
    places |= {("applications", i): f for i, f in texts.items() if f.endswith(YAML_ENDINGS)}
    used = document.at(("levers",))
    places |= {("levers", f): f for f in (used if isinstance(used, dict) else ()) if f.endswith(YAML_ENDINGS)}
    there = {at: document.beside(at, f) for at, f in places.items() if os.path.isfile(document.beside(at, f))}
    problems = [
        missing_file(document, at, file, (os.path.splitext(file)[1],)) for at, file in places.items() if at not in there
    ]
    known = known_names().with_parameters(extension.parameters)
    if "countries" in tables:
        known, found = _with_countries(known, tables["countries"], there.get(("tables", "countries"), ""))
        problems += found
    own = {at: there.get(at, "") for at in places if at[0] == "levers"}
    known, found = _with_levers(document, known, own, extension)
    problems += found
    files = {at: there.get(at, "") for at in places if at[0] == "applications"}
    known, chosen, found = _with_applications(document, known, files)
    problems += found
    actors = {kind: there["tables", kind] for kind in tables if kind != "countries" and ("tables", kind) in there}
    return known, [*problems, *wrong_tables(actors, known.countries if known.sure_of_countries else None, chosen)]


def _with_countries(known: Known, name: str, file: str) -> tuple[Known, list[Problem]]:
    """The names that hold with a user's countries; of a table with faults the ids that can be read."""
    try:
        table = usertable.read(FilePath(file)) if file else None
    except InputError as error:
        units, problems = usertable.units_of(FilePath(file)), list(error.problems)
    else:
        units, problems = dict(zip(table.unit, table.name, strict=True)) if table else {}, []
    if not units:
        return replace(known, sure_of_countries=False), problems
    return replace(known, countries=units, own_countries=name), problems


def _with_levers(
    document: Document, known: Known, files: Mapping[Path, str], extension: Extension
) -> tuple[Known, list[Problem]]:
    """The names that hold with a user's levers, and what is wrong with their files."""
    found, problems = _read_levers(document, files, extension)
    written = [p for lever in found.values() for p in lever.parameters.values()]
    return replace(known.with_parameters(written), sure_of_levers=len(found) == len(files)), problems


def known_to_ranking(document: Document, known: Known) -> tuple[Known, list[Problem]]:
    """The names that hold with a user's own levers that a ranking lists, and what is wrong with their files."""
    listed = document.at(("ranking", "levers"))
    named = {("ranking", "levers", i): f for i, f in enumerate(listed if isinstance(listed, list) else ())}
    own: dict[Path, str] = {at: f for at, f in named.items() if isinstance(f, str) and f.endswith(YAML_ENDINGS)}
    there: dict[Path, str] = {at: document.absolute(at, f) for at, f in own.items()}
    missing = [missing_file(document, at, f) for at, f in own.items() if not os.path.isfile(there[at])]
    files = {at: file if os.path.isfile(file) else "" for at, file in there.items()}
    found, problems = _read_levers(document, files, PLAIN)
    ranked = {files[at]: lever for at, lever in found.items()}
    sure = known.sure_of_levers and len(found) == len(own)
    return replace(known, ranked=ranked, sure_of_levers=sure), [*missing, *problems]


def _read_levers(
    document: Document, files: Mapping[Path, str], extension: Extension
) -> tuple[dict[Path, Lever], list[Problem]]:
    """A user's levers by the place that names their file, "" where it is not there, and what is wrong with them."""
    found, problems = dict[Path, Lever](), list[Problem]()
    for at, file in files.items():
        try:
            one = lever_of(file, extension) if file else None
        except InputError as error:
            problems += error.problems
            continue
        if one is None:
            continue
        if any(one.name == other.name and file != files[of] for of, other in found.items()):
            in_list = isinstance(at[-1], int)
            allowed = f"another lever of this {'list' if in_list else 'scenario'} is called {one.name!r}"
            value = str(document.at(at) if in_list else at[-1])
            problems.append(document.problem(at, f"{allowed}; give it another name", value=value, at_key=not in_list))
        found[at] = one
    return found, problems


def _with_applications(
    document: Document, known: Known, files: Mapping[Path, str]
) -> tuple[Known, Sequence[Application] | None, list[Problem]]:
    """The names that hold with a user's applications, those in use if all can be read, and what is wrong with files."""
    listed = document.at(("applications",)) or []
    names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    packaged = packaged_applications()
    seen = {name for name in names if name in packaged}
    found, problems = [], list[Problem]()
    for at, file in files.items():
        try:
            one = read_application(file) if file else None
        except InputError as error:
            problems += error.problems
            continue
        if one is None:
            continue
        if one.id in seen:
            allowed = f"the application {one.id!r} of this file is already listed; give it another id"
            problems.append(document.problem(at, allowed, value=str(document.at(at))))
        seen.add(one.id)
        found.append(one)
    sure = len(found) == len(files)
    known = replace(known.with_applications(found), sure_of_applications=sure)
    if not listed:
        return known, load_applications(), problems
    whole = sure and not problems and all(name in packaged or name.endswith(YAML_ENDINGS) for name in names)
    return known, [*(packaged[name] for name in names if name in packaged), *found] if whole else None, problems
