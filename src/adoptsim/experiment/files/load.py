"""Scenario and experiment files: read, checked, and turned into frozen questions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from adoptsim.experiment.design import Design
from adoptsim.experiment.files.build import scenario_from
from adoptsim.experiment.files.checking import checked, in_order
from adoptsim.experiment.files.design_table import REPLICATE, factors_known, read_design
from adoptsim.experiment.files.experiments import DesignEntry, ExperimentFile, wrong_bounds
from adoptsim.experiment.files.extends import missing_file, resolved, scenario_file
from adoptsim.experiment.files.fields import outcome_problem
from adoptsim.experiment.files.names import Known, known_names
from adoptsim.experiment.files.own import known_in, known_to_ranking
from adoptsim.experiment.files.schema import ScenarioFile
from adoptsim.experiment.files.sized import at_size, chosen_size, left_empty, sizes_of, wrong_sizes
from adoptsim.experiment.files.studies import study_of
from adoptsim.experiment.question import MAX_RUNS, Experiment, as_config
from adoptsim.experiment.sizes import too_large
from adoptsim.experiment.study import STUDIES
from adoptsim.inputs.document import UNREADABLE, Document, Path, read_document
from adoptsim.inputs.errors import InputError, Problem, nearest_name
from adoptsim.model.accounts import OF_INVESTMENTS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

__all__ = ["check_scenario", "load_experiment", "load_question", "load_scenario"]

ONLY_SCENARIOS = set(ScenarioFile.model_fields) - set(ExperimentFile.model_fields)


def load_scenario(path: str | FilePath, model: type[AdoptionModel] = AdoptionModel) -> Scenario:
    """Read a scenario file. Raises InputError that names everything wrong with it, each with its place.

    ``model`` is one of your own, where the file names what only that model has.
    """
    document = read_document(path)
    if _is_experiment(document):
        allowed = "this file is an experiment; a scenario (a file with levers) is wanted"
        raise InputError([document.problem(("scenarios",), allowed, value="scenarios", at_key=True)])
    return _only(document, model)


def load_experiment(path: str | FilePath, size: str = "") -> Experiment:
    """Read an experiment file, at one of its sizes or the first.

    Raises InputError that names everything wrong with it, at any size, and with its scenarios' files.
    """
    document = read_document(path)
    if not _is_experiment(document) and ONLY_SCENARIOS & set(document.value):
        allowed = "this file is a scenario; an experiment (a file with scenarios) is wanted"
        raise InputError([document.problem((), allowed)])
    return _experiment(document, size)


def load_question(path: str | FilePath, size: str = "") -> Experiment:
    """Read either kind of file. A scenario becomes an experiment that compares it with itself without what is done.

    Shocks stay, so that levers and investments are judged under them; a scenario of shocks alone is compared with
    itself without them.
    """
    document = read_document(path)
    if _is_experiment(document):
        return _experiment(document, size)
    chosen_size(document, size)
    scenario = _only(document)
    done = tuple(what for what in ("levers", "investments") if getattr(scenario, what))
    pushed = done or (("shocks",) if scenario.shocks else ())
    pair = (_without(scenario, pushed), scenario) if pushed else (scenario,)
    return Experiment(scenario.name, _alike(pair, scenario.outcomes), scenario.title, scenario.description)


def check_scenario(scenario: Scenario, model: type[AdoptionModel] = AdoptionModel) -> None:
    """Raise InputError that names everything wrong with a scenario made in Python, as if a file had said it.

    Its name is free: it becomes no folder.
    """
    document = Document(f"scenario {scenario.name!r}", {**as_config(scenario), "name": "scenario"})
    _, problems = _scenario(document, model)
    if problems:
        raise InputError(replace(problem, line=0, column=0) for problem in problems)


def _is_experiment(document: Document) -> bool:
    return "scenarios" in document.value


def _alike(scenarios: Sequence[Scenario], outcomes: Iterable[str]) -> tuple[Scenario, ...]:
    """Scenarios that all keep what any of them lists, to be compared; with investments, also what tells of them."""
    told = OF_INVESTMENTS if any(scenario.investments for scenario in scenarios) else ()
    wanted = tuple(sorted({*outcomes, *told, *(name for s in scenarios for name in s.outcomes)}))
    return tuple(replace(scenario, outcomes=wanted) for scenario in scenarios)


def _without(scenario: Scenario, what: Sequence[str]) -> Scenario:
    """The scenario without its levers, investments or shocks, under a name that is not its own."""
    own = (*(f"{kind}." for kind in what), "name", "title", "description")
    origins = {path: place for path, place in scenario.origins.items() if not path.startswith(own)}
    both = "_and_".join(what)
    name = f"without_{both}" if scenario.name != f"without_{both}" else f"no_{both}"
    nothing: dict[str, Any] = dict.fromkeys(what, ())
    about = {"name": name, "title": f"Without {' and '.join(what)}", "description": "", **nothing}
    return replace(scenario, **about, origins=MappingProxyType(origins))


def _only(document: Document, model: type[AdoptionModel] = AdoptionModel) -> Scenario:
    """The scenario that is the whole file; InputError if something is wrong with it."""
    scenario, problems = _scenario(document, model)
    problems = [*document.problems, *problems]
    if scenario is None or problems:
        raise InputError(in_order(problems))
    return scenario


def _experiment(document: Document, size: str = "") -> Experiment:
    """The experiment at one size; what is wrong at any is told."""
    chosen = chosen_size(document, size)
    problems = [*wrong_sizes(document), *left_empty(document)]
    found: dict[str, Experiment] = {}
    for each in sizes_of(document) or [""]:
        try:
            found[each] = _at(at_size(document, each), each)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(in_order(dict.fromkeys(problems)))
    return found[chosen]


def _at(document: Document, size: str) -> Experiment:
    """The experiment that a document without sizes holds; InputError if something is wrong with it."""
    scenarios, found = _scenarios(document)
    known, wrong = known_to_ranking(document, _known_with(scenarios, not found))
    entry, problems = checked(ExperimentFile, document, known)
    problems = [*document.problems, *problems, *wrong_bounds(document, known), *_wrong_together(document)]
    problems += [*found, *wrong]
    if not problems:
        problems += _wrong_reference(document, [scenario.name for scenario in scenarios])
    problems += _unknown_outcomes(document, scenarios[0].end_year if scenarios else None)
    design, found = _design(document, entry.design if entry else None, scenarios)
    problems += found
    if entry and not problems:
        problems += _too_much(document, len(design) if design else entry.worlds, len(scenarios))
    if entry is None or problems:
        raise InputError(in_order(problems))
    asked = Experiment(
        entry.name,
        _alike(scenarios, entry.outcomes),
        entry.title,
        entry.description,
        entry.worlds,
        entry.seed,
        entry.reference or "",
        design,
        entry.keep or "",
        study_of(entry, document, size, known),
    )
    if reason := too_large(asked):
        raise InputError([document.problem(("keep",), reason, value=asked.kept)])
    return asked


def _known_with(scenarios: Sequence[Scenario], sure: bool) -> Known:
    """The names that hold with what scenarios bring: the countries of the first, and factors of the user's own."""
    known = known_in(Document("", as_config(scenarios[0])))[0] if scenarios else known_names()
    own = {name: (f.low, f.high, f.unit) for name, f in factors_known(scenarios).items() if name != REPLICATE}
    return replace(
        known,
        parameters={**known.parameters, **own},
        sure_of_levers=sure,
        sure_of_countries=known.sure_of_countries and sure,
    )


def _wrong_together(document: Document) -> Iterator[Problem]:
    """Fields that exclude one another."""
    for sample in ("design", "sensitivity"):
        if document.at((sample,)) is not None and document.at(("worlds",)) is not None:
            allowed = f"a {sample} has as many worlds as it has rows: give worlds or {sample}, not both"
            yield document.problem(("worlds",), allowed, value="worlds", at_key=True)
    first, *others = [name for name in ("design", *STUDIES) if document.at((name,)) is not None] or [""]
    for other in others:
        allowed = f"an experiment has one of {', '.join(('design', *STUDIES))}: here already stands {first}"
        yield document.problem((other,), allowed, value=other, at_key=True)
    scenarios = document.at(("scenarios",))
    if first == "ranking" and isinstance(scenarios, list) and len(scenarios) > 1:
        allowed = "a ranking adds levers to one scenario; give one"
        yield document.problem(("scenarios",), allowed, value=f"{len(scenarios)} scenarios")


def _too_much(document: Document, worlds: int, scenarios: int) -> Iterator[Problem]:
    """More runs than any machine finishes."""
    runs = worlds * scenarios
    if runs > MAX_RUNS:
        allowed = f"{worlds:,} worlds of {scenarios} scenarios are {runs:,} runs; at most {MAX_RUNS:,} are accepted"
        at = "design" if document.at(("design",)) is not None else "worlds"
        yield document.problem((at,), allowed, value=f"{worlds:,} worlds")


def _wrong_reference(document: Document, names: Sequence[str]) -> Iterator[Problem]:
    """Names of scenarios that this experiment does not have."""
    for at in (("reference",), ("sensitivity", "difference", 0), ("sensitivity", "difference", 1)):
        name = document.at(at)
        if isinstance(name, str) and name not in names:
            yield document.problem(at, f"one of {', '.join(names)}", nearest_name(name, names), value=name)
    pair = document.at(("sensitivity", "difference"))
    if isinstance(pair, list) and len(pair) == 2 and pair[0] == pair[1]:
        yield document.problem(("sensitivity", "difference", 1), "another scenario than the first", value=pair[1])


def _unknown_outcomes(document: Document, end_year: int | None) -> Iterator[Problem]:
    """Names that an experiment lists as outcomes and that are none."""
    for at in (("outcomes",), ("sensitivity", "of"), ("ranking", "of")):
        listed = document.at(at)
        for i, name in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(name, str) and (found := outcome_problem(name, end_year)):
                allowed, nearest = found
                yield document.problem((*at, i), allowed, nearest(), value=name)


def _design(
    document: Document, entry: DesignEntry | None, scenarios: Sequence[Scenario]
) -> tuple[Design | None, list[Problem]]:
    """The table of a design; it can be checked only where the scenarios are known."""
    at: Path = ("design", "table")
    if entry is None:
        return None, []
    if not os.path.isfile(document.beside(at, entry.table)):
        return None, [missing_file(document, at, entry.table, (".csv",))]
    if not scenarios:
        return None, []
    try:
        design = read_design(document.beside(at, entry.table), factors_known(scenarios), entry.block)
    except InputError as error:
        return None, list(error.problems)
    return design, []


def _scenarios(document: Document) -> tuple[list[Scenario], list[Problem]]:
    """Every scenario of an experiment that can be read, and what is wrong."""
    items = document.at(("scenarios",))
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for i, item in enumerate(items if isinstance(items, list) else ()):
        scenario, found = _item(document, i, item)
        problems += found
        if scenario is not None:
            problems += _clashes(document, i, scenario, scenarios)
            scenarios.append(scenario)
    return scenarios, problems


def _item(document: Document, i: int, item: object) -> tuple[Scenario | None, Sequence[Problem]]:
    """One item of ``scenarios``: a path relative to the experiment's file, or a scenario written out."""
    path: Path = ("scenarios", i)
    if isinstance(item, dict):
        return _scenario(document.part(path))
    if item is UNREADABLE:
        return None, ()
    if not isinstance(item, str):
        return None, [document.problem(path, "the path of a scenario file, or a scenario written out", value=item)]
    file = scenario_file(document, path, item)
    if not file:
        return None, [missing_file(document, path, item)]
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


def _scenario(written: Document, model: type[AdoptionModel] = AdoptionModel) -> tuple[Scenario | None, list[Problem]]:
    """The scenario of a document with all that it inherits; what could not be read is told by whoever read it."""
    document, problems = resolved(written)
    known, found = known_in(document, model.extension)
    entry, wrong = checked(ScenarioFile, document, known)
    problems = [*problems, *found, *wrong]
    if entry is None or problems:
        return None, problems
    return scenario_from(entry, document, known), []
