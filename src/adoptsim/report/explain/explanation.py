"""The explanation: tables of one country out of runs in the same worlds, and their text."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from adoptsim.experiment.files.load import load_scenario
from adoptsim.experiment.runner import Progress
from adoptsim.model.scenario import Scenario
from adoptsim.report.explain import happened, minister, moved, standing
from adoptsim.report.explain.runs import AS_IT_IS, DONORS_GONE, Answers, donors_leave, run_all, runs_of
from adoptsim.report.explain.subject import Subject, find
from adoptsim.report.explain.tidy import Periods

__all__ = ["WORLDS", "Explanation", "explain", "explain_file"]

WORLDS = 24  # with a dozen levers an answer within a quarter of a minute on two cores


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a scenario does to one country, and why.

    ``tables`` holds the frames behind each part of the text. All but ``levers`` and ``limits_by_period`` have columns
    what, unit, when, mean, and low to high: the range of 90 % of worlds (none where the value is a share of worlds).
    ``worlds`` were finished in each of the ``runs``, ``failed`` were not, for the reasons in ``errors``.
    """

    subject: Subject
    scenario: Scenario
    seed: int
    runs: int
    worlds: int
    failed: int
    errors: tuple[str, ...]
    periods: Periods
    donors_leave: int
    tables: dict[str, pd.DataFrame]

    def text(self) -> str:
        """Everything in plain words and small tables, for a terminal."""
        from adoptsim.report.explain.page import page

        return page(self)


def explain(
    country: str,
    scenario: Scenario | None = None,
    worlds: int = WORLDS,
    rng: int = 1,
    jobs: int | None = None,
    application: str | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """What held a country back in a scenario, which lever would have moved it, and the questions of a minister.

    Parameters
    ----------
    country
        ISO3 code or name of a unit of the scenario's country table.
    scenario
        What is asked; the baseline if none is given.
    worlds, rng, jobs
        As in ``simulate``; the same bytes for any number of processes.
    application
        Id of the only application to be told of one by one; all if none is given.
    progress
        Called with the tally of worlds of all runs.
    """
    if worlds < 1:
        raise ValueError(f"at least one world is wanted, got {worlds}")
    question = scenario or Scenario("baseline", title="Without the programme")
    who = find(country, question, application)
    runs = runs_of(question, who)
    answers = run_all(runs, who, worlds, rng, jobs, progress)
    periods = Periods(question.start_year, question.quarters)
    tables = _tables(answers, who, question, periods)
    counted = len(runs), len(answers.worlds), answers.failed, answers.errors
    return Explanation(who, question, rng, *counted, periods, donors_leave(question), tables)


def explain_file(
    country: str,
    file: str | None = None,
    worlds: int | None = None,
    seed: int = 1,
    jobs: int | None = None,
    application: str | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """The same of a scenario file, or of the baseline. InputError where the file is wrong."""
    scenario = load_scenario(file) if file else None
    return explain(country, scenario, worlds or WORLDS, seed, jobs, application, progress)


def _tables(answers: Answers, who: Subject, scenario: Scenario, periods: Periods) -> dict[str, pd.DataFrame]:
    seen, gone = answers.seen[AS_IT_IS], answers.seen[DONORS_GONE]
    return {
        "standing": standing.standing(seen, who, periods),
        "stages": standing.stages(seen, who, periods),
        "peers": standing.peers(seen, who, periods),
        "limits": standing.constraints(seen, who),
        "limits_by_period": standing.constraints_by_period(seen, who, periods),
        "scarce_cadres": standing.scarce_cadres(seen, who),
        "sending_limits": standing.sending_limits(seen, who),
        "phases": happened.phases(seen, periods),
        "staff_flows": happened.staff_by_cadre(seen, periods),
        "prices": happened.prices(seen, who, periods),
        "agreements": happened.agreements(seen, who),
        "starting": happened.starting(seen, who, periods),
        "adoption": happened.adoption(seen, who, periods),
        "verdicts": happened.verdicts(seen, who),
        "levers": moved.levers(answers, scenario),
        "displacement": minister.displacement(seen, periods),
        "budget": minister.budget(seen, periods),
        "donors_gone": minister.donors_gone(seen, gone, donors_leave(scenario), periods),
        "costs": minister.costs(seen, who, periods),
        "channels": minister.channels(seen, who, periods),
        "capacity": minister.capacity(seen, periods),
        "waiting": minister.waiting(seen, who, periods),
        "households": minister.households(seen, who, periods),
        "harm": minister.harm(seen, who, periods),
    }
