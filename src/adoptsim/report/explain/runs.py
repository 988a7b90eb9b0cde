"""Runs: the scenario, each lever at full strength, and donors leaving, in the same worlds, seen from one country."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import mesa
import numpy as np
from threadpoolctl import threadpool_limits

from adoptsim.experiment.errors import RunStoppedError
from adoptsim.experiment.executors import in_processes
from adoptsim.experiment.runner import BLOCK, Progress, Tally
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import QUARTERS_A_YEAR, LeverUse, Scenario, ShockUse
from adoptsim.report.explain.observe import Observer, Seen
from adoptsim.report.explain.subject import Subject

__all__ = ["AS_IT_IS", "DONORS_GONE", "Answers", "Run", "donors_leave", "run_all", "runs_of"]

AS_IT_IS, DONORS_GONE = "as it is", "donors gone"
YEARS_OF_DONORS = 5  # a donor that leaves does so after this many years of the run


@dataclass(frozen=True)
class Run:
    """One scenario to be run: ``name`` is AS_IT_IS, DONORS_GONE or a lever; ``whole`` where everything is looked at."""

    name: str
    scenario: Scenario
    whole: bool


@dataclass(frozen=True, eq=False)
class Answers:
    """What was seen in each run, in the worlds that were finished in all of them; ``errors`` says why others were not.

    ``worlds`` are their numbers.
    """

    worlds: tuple[int, ...]
    seen: dict[str, Seen]
    failed: int
    errors: tuple[str, ...]


@dataclass(frozen=True)
class _Task:
    run: Run
    worlds: range


def donors_leave(scenario: Scenario) -> int:
    """The year at whose beginning donors leave: after five years, or in the middle of a shorter run."""
    years = scenario.quarters // QUARTERS_A_YEAR
    return scenario.start_year + min(YEARS_OF_DONORS, years // 2)


def runs_of(scenario: Scenario, subject: Subject) -> tuple[Run, ...]:
    """The scenario as it is; with each lever at full strength everywhere; with all donors leaving this country."""
    gone = ShockUse("donor_withdrawal", 1.0, float(donors_leave(scenario)), countries=(subject.iso3,))
    return (
        Run(AS_IT_IS, scenario, True),
        Run(DONORS_GONE, replace(scenario, shocks=(*scenario.shocks, gone)), True),
        *(Run(name, _with_lever(scenario, name), False) for name in LEVERS),
    )


def _with_lever(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one lever at full strength everywhere instead of what it has of it."""
    others = tuple(use for use in scenario.levers if use.lever != name)
    full = LeverUse(name, intensity=1.0, start=float(scenario.start_year + 1))
    return replace(scenario, levers=(*others, full))


def run_all(
    runs: Sequence[Run],
    subject: Subject,
    worlds: int,
    rng: int,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Run every world of every run. RunStoppedError where no world could be finished in all of them."""
    blocks = [range(first, min(first + BLOCK, worlds)) for first in range(0, worlds, BLOCK)]
    tasks = [_Task(run, block) for run in runs for block in blocks]
    tell, tally = progress or (lambda _: None), Tally(worlds * len(runs))
    tell(tally)
    found: dict[int, list[_Part]] = {}
    for number, parts in in_processes(partial(_observed, row=subject.row, rng=rng), tasks, jobs):
        found[number] = parts
        done = sum(len(part.worlds) for part in parts if not part.error)
        tally = tally.plus(done, len(tasks[number].worlds) - done)
        tell(tally)
    parts_of = {run.name: [p for n in sorted(found) if tasks[n].run is run for p in found[n]] for run in runs}
    return _joined(parts_of, worlds)


@dataclass(frozen=True, eq=False)
class _Part:
    worlds: range
    seen: Seen
    error: str = ""


def _joined(parts_of: dict[str, list[_Part]], worlds: int) -> Answers:
    """Parts in order of worlds, without worlds that failed in any run."""
    everything = [part for parts in parts_of.values() for part in parts]
    lost = {world for part in everything if part.error for world in part.worlds}
    errors = tuple(dict.fromkeys(part.error for part in everything if part.error))
    kept = tuple(world for world in range(worlds) if world not in lost)
    if not kept:
        raise RunStoppedError(f"no world was finished: {errors[0]}")
    seen: dict[str, Seen] = {}
    for name, parts in parts_of.items():
        whole = [part for part in parts if not part.error]
        number = np.concatenate([np.array(part.worlds) for part in whole])
        rows = np.flatnonzero(np.isin(number, kept))
        seen[name] = {key: np.concatenate([part.seen[key] for part in whole])[rows] for key in whole[0].seen}
    return Answers(kept, seen, len(lost), errors)


def _observed(task: _Task, row: int, rng: int) -> list[_Part]:
    """Worlds of one run, without hidden threads. Where they fail halves are tried, down to the worlds at fault."""
    with threadpool_limits(limits=1):
        return _tried(task, row, rng)


def _tried(task: _Task, row: int, rng: int) -> list[_Part]:
    try:
        return [_Part(task.worlds, _seen(task, row, rng))]
    except Exception as error:
        if len(task.worlds) == 1:
            return [_Part(task.worlds, {}, f"{type(error).__name__}: {error}")]
        middle = task.worlds.start + len(task.worlds) // 2
        halves = range(task.worlds.start, middle), range(middle, task.worlds.stop)
        return [part for half in halves for part in _tried(replace(task, worlds=half), row, rng)]


def _seen(task: _Task, row: int, rng: int) -> Seen:
    """Run one model and let go of it: Mesa keeps every model that ever had agents."""
    model = AdoptionModel(task.run.scenario, list(task.worlds), rng, keep="outcomes")
    try:
        watch = Observer(model, row, task.run.whole)
        model.run().results()  # raises where a world left its bounds
        return watch.seen()
    finally:
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
        del model
        gc.collect()
