"""From an experiment file to the design that answers it: rankings and sensitivity analyses are made ready to be run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adoptsim.experiment.files import load
from adoptsim.experiment.files.checking import in_order
from adoptsim.experiment.files.sized import sizes_of
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.study import OWN, Study
from adoptsim.inputs.document import read_document
from adoptsim.inputs.errors import InputError, Problem
from adoptsim.model.factors import GENERATED
from adoptsim.model.levers import LEVERS, parameters_of
from adoptsim.model.outcomes import UNITS
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import is_varied
from adoptsim.sensitivity.designs import SensitivityDesign, design
from adoptsim.sensitivity.problem import factors_of
from adoptsim.sensitivity.ranking import RankingQuestion, ranking_design, ranking_scenario
from adoptsim.sensitivity.ranking.question import OwnLever
from adoptsim.sensitivity.ranking.reading import read_outcome
from adoptsim.sensitivity.ranking.variance import variance_design, with_variance
from adoptsim.sensitivity.vocabulary import groups_of

__all__ = [
    "HEADLINE",
    "design_of",
    "load_experiment",
    "load_question",
    "outcomes_of",
    "prepared",
    "question_of",
    "with_design",
]

HEADLINE = ("useful_access.gap", "useful_access.p40")
EQUAL_WEIGHTS = "_equal_weights"
NAMED = re.compile(r"(factor|group) '([^']+)'")  # what a complaint begins with, and its field in the file
GROUPS, PARAMETERS = "sensitivity.groups", "sensitivity.parameters"
DESIGN = "design"  # option that holds a sensitivity design in full, so that an answer can be read without the file


def load_experiment(path: str | Path, size: str = "") -> Experiment:
    """Read an experiment file, at one of its sizes or the first, ready to be run.

    Raises InputError that names everything wrong with it, at any size, and with its scenarios' files.
    """
    return _ready(load.load_experiment, path, size)


def load_question(path: str | Path, size: str = "") -> Experiment:
    """Read an experiment or a scenario file, ready to be run; a scenario is compared with itself without its levers.

    Raises InputError like ``load_experiment``.
    """
    return _ready(load.load_question, path, size)


def _ready(read: Callable[[str | Path, str], Experiment], path: str | Path, size: str) -> Experiment:
    """A file's experiment with its design; options that do not go together are told at any size."""
    asked = read(path, size)
    problems: list[Problem] = []
    for each in sizes_of(read_document(path)):
        problems += _wrong(read(path, each))
    if problems:
        raise InputError(in_order(problems))
    return prepared(asked)


def prepared(experiment: Experiment) -> Experiment:
    """The experiment with the design of its study. InputError where its options do not go together."""
    study = experiment.study
    if study is None:
        return experiment
    if problems := _wrong(experiment):
        raise InputError(problems)
    if study.kind == "ranking":
        question, scenario = _ranking(experiment, study)
        rows = with_variance(ranking_design(question), question)
        return replace(experiment, scenarios=(scenario,), reference=scenario.name, design=rows)
    scenarios, made = _sensitivity(experiment, study)
    return with_design(replace(experiment, scenarios=scenarios), made)


def _wrong(experiment: Experiment) -> list[Problem]:
    """What a study refuses, each at the field that it names; no rows are made."""
    study = experiment.study
    try:
        if study is not None:
            _ = _ranking(experiment, study) if study.kind == "ranking" else _sensitivity(experiment, study)
    except ValueError as error:
        assert study is not None
        return [_problem(study.places, study.kind, line) for line in dict.fromkeys(str(error).splitlines())]
    return []


def question_of(study: Study, seed: int) -> RankingQuestion:
    """The question of a ranking."""
    options: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in study.options.items()}
    for told in ("groups", "of"):
        options.pop(told, None)
    own = (OwnLever(name, title, study.files.get(name, "")) for name, title in options.pop(OWN, {}).items())
    return RankingQuestion(**{**options, "levers": options["levers"] or tuple(LEVERS), "seed": seed, "own": tuple(own)})


def outcomes_of(study: Study) -> list[str]:
    """Outcomes that a study reads."""
    if study.kind == "sensitivity":
        return list(study.options["of"])
    pair = [f"{name}.mean" for name in HEADLINE]
    equal = [f"{name}{EQUAL_WEIGHTS}.mean" for name in HEADLINE]
    groups = [f"{name}.{group}.mean" for group in study.options["groups"] for name in HEADLINE]
    others = [name for one in study.options.get("of", ()) for name in (one, read_outcome(one).poor) if name]
    return list(dict.fromkeys([*pair, *equal, *groups, *others]))


def design_of(study: Study) -> SensitivityDesign:
    """The design of a sensitivity analysis. ValueError where other libraries would sample otherwise."""
    return SensitivityDesign.from_config(study.options[DESIGN])


def _ranking(experiment: Experiment, study: Study) -> tuple[RankingQuestion, Scenario]:
    """What is ranked, and under which scenario. ValueError where options do not go together."""
    question = question_of(study, experiment.seed)
    scenario = _listing(ranking_scenario(question, experiment.scenarios[0]), study)
    if question.variance:
        variance_design(question)
    return question, scenario


def _sensitivity(experiment: Experiment, study: Study) -> tuple[tuple[Scenario, ...], SensitivityDesign]:
    """The scenarios of an analysis and its design, rows not made. ValueError where options do not go together."""
    scenarios = tuple(_listing(scenario, study) for scenario in experiment.scenarios)
    options = study.options
    factors: dict[str, Any] = dict(options["factors"])
    groups: dict[str, Sequence[str]] = dict(options["groups"])
    if options["parameters"] != "named":
        varied = [name for name in _varied(scenarios) if name not in factors]
        factors |= dict.fromkeys(varied)
        if options["parameters"] == "grouped":
            groups |= _of_registry(varied, groups)
    wanted = factors_of({name: tuple(span) if span else None for name, span in factors.items()}, scenarios)
    made = design(
        wanted,
        options["method"],
        options["size"],
        experiment.seed,
        groups,
        options["second_order"],
        options["scrambles"],
        options["replicates"],
    )
    return scenarios, made


def _of_registry(varied: Sequence[str], groups: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The registry's groups of the parameters that stand in none of the user's. ValueError where a name is taken."""
    named = {name for members in groups.values() for name in members}
    found = groups_of(name for name in varied if name not in named)
    taken = [
        f"group {name!r}: the registry has a group of this name; call it otherwise" for name in groups if name in found
    ]
    if taken:
        raise ValueError("\n".join(taken))
    return found


def with_design(experiment: Experiment, made: SensitivityDesign) -> Experiment:
    """A sensitivity analysis with a design, which its study says in full."""
    assert experiment.study is not None
    study = replace(experiment.study, options={**experiment.study.options, DESIGN: made.as_config()})
    return replace(experiment, study=study, design=made.design)


def _varied(scenarios: Sequence[Scenario]) -> list[str]:
    """Parameters that differ between worlds in any scenario and that no scenario fixes."""
    fixed = {name for scenario in scenarios for name in scenario.parameters}
    known = {name: p for scenario in scenarios for name, p in parameters_of(scenario).items() if is_varied(p, scenario)}
    return [name for name in known if name not in fixed and not name.startswith(GENERATED)]


def _listing(scenario: Scenario, study: Study) -> Scenario:
    """The scenario with the outcomes that its study reads and that are kept only where they are listed."""
    asked = {name for name in outcomes_of(study) if name.removesuffix(".mean").partition("@")[0] not in UNITS}
    return replace(scenario, outcomes=tuple(sorted({*scenario.outcomes, *asked})))


def _problem(places: Mapping[str, tuple[str, int, int]], kind: str, line: str) -> Problem:
    """A complaint at the field that it begins with; where the file does not have that, at the study."""
    field, _, words = line.partition(": ")
    found = NAMED.match(line)
    named = f"{kind}.{found[1]}s.{found[2]}" if found else f"{kind}.{field}"
    if named == GROUPS and named not in places:  # it is the registry's groups that are refused
        named, words = PARAMETERS, line
    at = named if named in places else kind
    file, row, column = places.get(at, ("", 0, 0))
    return Problem(file, row, column, at, "", words if at == named else line)
