"""Scenario and experiment files: read, checked, and turned into frozen questions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from adoptsim.experiment.checking import checked
from adoptsim.experiment.document import Document, Step, read_document
from adoptsim.experiment.names import Known, known_names
from adoptsim.experiment.schema import ExperimentFile, LeverEntry, ScenarioFile
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.model.scenario import LeverUse, Scenario

__all__ = ["Experiment", "load_experiment", "load_question", "load_scenario"]

YAML_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Experiment:
    """Scenarios that are run in the same worlds and compared with one of them, the reference."""

    name: str
    scenarios: tuple[Scenario, ...]
    title: str = ""
    description: str = ""
    worlds: int = 100
    seed: int = 1
    reference: str = ""  # none = the first

    def __post_init__(self) -> None:
        names = [scenario.name for scenario in self.scenarios]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.name}: scenarios with different names are wanted, got {names}")
        if self.worlds < 1:
            raise ValueError(f"{self.name}: at least one world is wanted, got {self.worlds}")
        object.__setattr__(self, "reference", self.reference or names[0])
        if self.reference not in names:
            raise ValueError(f"{self.name}: no scenario is called {self.reference!r}")


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file. Raises InputError that names everything wrong with it, each with its place."""
    document = read_document(path)
    if _is_experiment(document):
        allowed = "this file is an experiment; a scenario (a file with levers) is wanted"
        raise InputError([document.problem(("scenarios",), allowed, value="scenarios", at_key=True)])
    scenario, problems = _scenario(document, ())
    if scenario is None:
        raise InputError(problems)
    return scenario


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment file. Raises InputError that names everything wrong with it and with its scenarios' files."""
    document = read_document(path)
    if not _is_experiment(document) and set(document.value) & set(ScenarioFile.model_fields) - {"schema_version", "name"}:
        raise InputError([document.problem((), "this file is a scenario; an experiment (a file with scenarios) is wanted")])
    return _experiment(document)


def load_question(path: str | Path) -> Experiment:
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
    names = [scenario.name for scenario in scenarios]
    if entry is not None and entry.reference is not None and not problems and entry.reference not in names:
        allowed = f"one of {', '.join(names)}"
        problems.append(document.problem(("reference",), allowed, nearest_name(entry.reference, names), value=entry.reference))
    if entry is None or problems:
        raise InputError(problems)
    return Experiment(
        entry.name, tuple(scenarios), entry.title, entry.description, entry.worlds, entry.seed, entry.reference or ""
    )


def _item(document: Document, i: int, item: object) -> tuple[Scenario | None, Sequence[Problem]]:
    """One item of ``scenarios``: a path relative to the experiment's file, or a scenario written out."""
    path: tuple[Step, ...] = ("scenarios", i)
    if isinstance(item, dict):
        return _scenario(document, path, also_known=False)
    if not isinstance(item, str):
        return None, [document.problem(path, "the path of a scenario file, or a scenario written out", value=item)]
    file = os.path.normpath(Path(document.file).parent / item)
    if not Path(file).exists():
        siblings = [p.name for p in Path(file).parent.glob("*") if p.suffix in YAML_ENDINGS]
        hint = nearest_name(Path(file).name, siblings)
        nearest = str(Path(item).parent / hint) if hint else ""
        return None, [document.problem(path, "there is no such file (paths are relative to this one)", nearest, value=item)]
    try:
        return load_scenario(file), ()
    except InputError as error:
        return None, error.problems


def _clashes(document: Document, i: int, scenario: Scenario, before: Sequence[Scenario]) -> list[Problem]:
    """Scenarios that cannot stand beside those before: the same name, or another span of time."""
    at: tuple[Step, ...] = ("scenarios", i)
    found = []
    if scenario.name in {other.name for other in before}:
        found.append(document.problem(at, "another scenario has this name; names must differ", value=scenario.name))
    span = (scenario.start_year, scenario.quarters)
    if before and span != (before[0].start_year, before[0].quarters):
        allowed = "scenarios of one experiment start in the same year and last the same number of quarters"
        found.append(document.problem(at, allowed, value=f"{span[0]}, {span[1]} quarters"))
    return found


def _scenario(document: Document, path: tuple[Step, ...], also_known: bool = True) -> tuple[Scenario | None, list[Problem]]:
    """The scenario at ``path``; ``also_known`` adds what was found wrong while the file was read."""
    problems = list(document.problems) if also_known else []
    known, found = _known_with_tables(document, path)
    problems += found
    entry, found = checked(ScenarioFile, document, path, known)
    problems += found
    if entry is None or problems:
        return None, problems
    return _built(entry, Path(document.file).parent), []


def _known_with_tables(document: Document, path: tuple[Step, ...]) -> tuple[Known, list[Problem]]:
    """The names that hold with the file's own tables, and what is wrong with those tables."""
    known = known_names()
    tables = document.at((*path, "tables"))
    problems: list[Problem] = []
    for name, file in tables.items() if isinstance(tables, dict) else ():
        if isinstance(file, str) and not (Path(document.file).parent / file).is_file():
            allowed = "there is no such file (paths are relative to this one)"
            problems.append(document.problem((*path, "tables", name), allowed, value=file))
    return known, problems


def _built(entry: ScenarioFile, folder: Path) -> Scenario:
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
        applications=tuple(dict.fromkeys(entry.applications)),
        generated=MappingProxyType(dict(sorted(tables.items()))),
    )


def _use(lever: str, entry: LeverEntry) -> LeverUse:
    targets = {name: tuple(sorted(set(values))) for name, values in entry.targets.model_dump().items()}
    return LeverUse(lever, entry.strength, entry.budget, entry.start, entry.ramp, entry.end, **targets)
