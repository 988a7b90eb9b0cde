"""Scenario and experiment files: read, checked, and turned into frozen questions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from types import MappingProxyType

from adoptsim.experiment.checking import checked, in_order
from adoptsim.experiment.document import Document, Step, read_document
from adoptsim.experiment.names import TABLES, Known, known_names
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.schema import YAML_ENDINGS, ExperimentFile, LeverEntry, ScenarioFile, outcome_problem
from adoptsim.inputs.applications import load_applications, read_application
from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.inputs.own_tables import read_own_tables
from adoptsim.model.scenario import LeverUse, Scenario

__all__ = ["load_experiment", "load_question", "load_scenario"]

Path = tuple[Step, ...]
ONLY_SCENARIOS = set(ScenarioFile.model_fields) - set(ExperimentFile.model_fields)
NO_FILE = "there is no such file (paths are relative to this one)"


def load_scenario(path: str | FilePath) -> Scenario:
    """Read a scenario file. Raises InputError that names everything wrong with it, each with its place."""
    document = read_document(path)
    if _is_experiment(document):
        allowed = "this file is an experiment; a scenario (a file with levers) is wanted"
        raise InputError([document.problem(("scenarios",), allowed, value="scenarios", at_key=True)])
    scenario, problems = _scenario(document, ())
    if scenario is None:
        raise InputError(problems)
    return scenario


def load_experiment(path: str | FilePath) -> Experiment:
    """Read an experiment file. Raises InputError that names everything wrong with it and with its scenarios' files."""
    document = read_document(path)
    if not _is_experiment(document) and ONLY_SCENARIOS & set(document.value):
        allowed = "this file is a scenario; an experiment (a file with scenarios) is wanted"
        raise InputError([document.problem((), allowed)])
    return _experiment(document)


def load_question(path: str | FilePath) -> Experiment:
    """Read either kind of file. A scenario becomes an experiment that compares it with itself without levers."""
    document = read_document(path)
    if _is_experiment(document):
        return _experiment(document)
    scenario, problems = _scenario(document, ())
    if scenario is None:
        raise InputError(problems)
    without = replace(scenario, name="without_levers", title="Without levers", description="", levers=())
    pair = (without, scenario) if scenario.levers else (scenario,)
    return Experiment(scenario.name, pair, scenario.title, scenario.description)


def _is_experiment(document: Document) -> bool:
    return "scenarios" in document.value


def _experiment(document: Document) -> Experiment:
    entry, problems = checked(ExperimentFile, document, (), known_names())
    problems = document.problems + problems
    items = document.value.get("scenarios")
    scenarios: list[Scenario] = []
    for i, item in enumerate(items if isinstance(items, list) else ()):
        scenario, found = _item(document, i, item)
        problems += found
        if scenario is not None:
            problems += _clashes(document, i, scenario, scenarios)
            scenarios.append(scenario)
    names, reference = [scenario.name for scenario in scenarios], document.value.get("reference")
    if isinstance(reference, str) and reference not in names and not problems:
        hint = nearest_name(reference, names)
        problems.append(document.problem(("reference",), f"one of {', '.join(names)}", hint, value=reference))
    if scenarios:
        problems += _unknown_outcomes(document, scenarios[0].end_year)
    if entry is None or problems:
        raise InputError(in_order(problems))
    asked = {name for listed in (entry.outcomes, *(s.outcomes for s in scenarios)) for name in listed}
    alike = tuple(replace(scenario, outcomes=tuple(sorted(asked))) for scenario in scenarios)  # to be compared
    return Experiment(
        entry.name, alike, entry.title, entry.description, entry.worlds, entry.seed, entry.reference or ""
    )


def _unknown_outcomes(document: Document, end_year: int) -> Iterator[Problem]:
    """Names that an experiment lists under ``outcomes`` and that are none."""
    listed = document.value.get("outcomes")
    for i, name in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(name, str) and (found := outcome_problem(name, end_year)):
            yield document.problem(("outcomes", i), *found, value=name)


def _item(document: Document, i: int, item: object) -> tuple[Scenario | None, Sequence[Problem]]:
    """One item of ``scenarios``: a path relative to the experiment's file, or a scenario written out."""
    path: Path = ("scenarios", i)
    if isinstance(item, dict):
        return _scenario(document, path, also_known=False)
    if not isinstance(item, str):
        return None, [document.problem(path, "the path of a scenario file, or a scenario written out", value=item)]
    file = os.path.normpath(FilePath(document.file).parent / item)
    if not os.path.exists(file):  # False, not an error, for what cannot be a path
        folder = os.path.dirname(file) or "."
        siblings = [name for name in os.listdir(folder) if name.endswith(YAML_ENDINGS)] if os.path.isdir(folder) else []
        hint = nearest_name(os.path.basename(file), sorted(siblings))
        nearest = str(FilePath(item).parent / hint) if hint else ""
        return None, [document.problem(path, NO_FILE, nearest, value=item)]
    try:
        return load_scenario(file), ()
    except InputError as error:
        return None, error.problems


def _clashes(document: Document, i: int, scenario: Scenario, before: Sequence[Scenario]) -> list[Problem]:
    """Scenarios that cannot stand beside those before: the same name, or another span of time."""
    at: Path = ("scenarios", i)
    found = []
    if scenario.name in {other.name for other in before}:
        found.append(document.problem(at, "another scenario has this name; names must differ", value=scenario.name))
    span = (scenario.start_year, scenario.quarters)
    if before and span != (before[0].start_year, before[0].quarters):
        allowed = "scenarios of one experiment start in the same year and last the same number of quarters"
        found.append(document.problem(at, allowed, value=f"{span[0]}, {span[1]} quarters"))
    return found


def _scenario(document: Document, path: Path, also_known: bool = True) -> tuple[Scenario | None, list[Problem]]:
    """The scenario at ``path``; ``also_known`` adds what was found wrong while the file was read."""
    problems = list(document.problems) if also_known else []
    known, found = _known_in(document, path)
    problems += found
    entry, found = checked(ScenarioFile, document, path, known)
    problems += found
    if entry is None or problems:
        return None, in_order(problems)
    scenario = _built(entry, FilePath(document.file).parent)
    try:
        _check_own_tables(scenario)
    except InputError as error:
        return None, in_order(error.problems)
    return scenario, []


def _check_own_tables(scenario: Scenario) -> None:
    """Raise InputError if a table of actors does not fit the countries and applications of the scenario."""
    if scenario.generated:
        countries = load_countries(scenario.countries, scenario.start_year)
        read_own_tables(scenario.generated, countries, load_applications(scenario.applications))


def _known_in(document: Document, path: Path) -> tuple[Known, list[Problem]]:
    """The names that hold with the tables and applications of the file, and what is wrong with those."""
    known, problems = known_names(), list[Problem]()
    named = document.at((*path, "tables"))
    tables = {k: v for k, v in named.items() if k in TABLES and isinstance(v, str)} if isinstance(named, dict) else {}
    listed = document.at((*path, "applications"))
    files = [f for f in listed if isinstance(f, str) and f.endswith(YAML_ENDINGS)] if isinstance(listed, list) else []
    places: list[tuple[Path, str]] = [((*path, "tables", k), v) for k, v in tables.items()]
    places += [((*path, "applications", listed.index(f)), f) for f in files]
    folder = FilePath(document.file).parent
    missing = [(at, file) for at, file in places if not os.path.isfile(folder / file)]
    if missing:
        return known, [document.problem(at, NO_FILE, value=file) for at, file in missing]
    try:
        if "countries" in tables:
            known = known.with_countries(load_countries(folder / tables["countries"]))
        known = known.with_applications([read_application(folder / file) for file in files])
    except InputError as error:
        problems += error.problems
    return known, problems


def _built(entry: ScenarioFile, folder: FilePath) -> Scenario:
    uses = [_use(name, use) for name, listed in entry.levers.items() for use in listed]
    tables = {name: str((folder / file).resolve()) for name, file in entry.tables.items()}
    countries = tables.pop("countries", None)
    return Scenario(
        name=entry.name,
        title=entry.title,
        description=entry.description,
        levers=tuple(sorted(uses, key=LeverUse.canonical)),
        start_year=entry.start_year,
        quarters=entry.quarters,
        uncertainty=entry.uncertainty,
        parameters=MappingProxyType(dict(sorted(entry.parameters.items()))),
        countries=countries,
        applications=tuple(dict.fromkeys(_file_or_id(name, folder) for name in entry.applications)),
        generated=MappingProxyType(dict(sorted(tables.items()))),
        outcomes=tuple(sorted(set(entry.outcomes))),
    )


def _file_or_id(application: str, folder: FilePath) -> str:
    return str((folder / application).resolve()) if application.endswith(YAML_ENDINGS) else application


def _use(lever: str, entry: LeverEntry) -> LeverUse:
    targets = {name: tuple(sorted(set(values))) for name, values in entry.targets.model_dump().items()}
    return LeverUse(lever, entry.strength, entry.budget, entry.start, entry.ramp, entry.end, **targets)
