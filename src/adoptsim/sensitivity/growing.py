"""``--until-stable``: a design grows, no world run twice, until its leaders hold and its intervals are narrow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from scipy.stats import t as student

from adoptsim.experiment.folders import write_manifest
from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.study import Study
from adoptsim.inputs.errors import InputError, Problem
from adoptsim.sensitivity.convergence import until_stable
from adoptsim.sensitivity.designs import SensitivityDesign
from adoptsim.sensitivity.indices import LEVEL
from adoptsim.sensitivity.ranking.lists import SHAPLEY
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.study import design_of, prepared, with_design
from adoptsim.sensitivity.told import asked as asked_of
from adoptsim.sensitivity.told import ranked

__all__ = ["PATH", "run_until_stable"]

PATH = "convergence"  # of the manifest, and of the table
TOP, WIDEST = 3, 0.05  # levers or factors whose order must hold; the width below which all intervals must be
OPTION = "--until-stable"


class Run(Protocol):
    """Runs an experiment, taking over the worlds of an earlier answer; returns its folder and what was done."""

    def __call__(self, experiment: Experiment, *, earlier: Path | None = None) -> tuple[Path, Any]: ...


def run_until_stable(asked: Experiment, run: Run, budget: int) -> tuple[Path, Any]:
    """Run a ranking or a Sobol' design, doubled until stable or until another doubling would exceed ``budget`` worlds.

    ``asked`` is an experiment as its file says it, its design not made yet. Returns what ``run`` returned last. The
    path is written into the manifest and beside the other tables. InputError where there is nothing to double.
    """
    study = _growing(asked, budget)
    grown = _Grown(run)
    if study.kind == "ranking":
        path, reason = _rankings(grown, asked, budget)
    else:
        ready = prepared(asked)
        found = until_stable(
            lambda design, worlds: _outcome(grown, ready, design, worlds),
            design_of(ready.study or study),
            budget // len(ready.scenarios),
            TOP,
            WIDEST,
        )
        path, reason = found.as_config()["path"], found.reason
    folder, done = grown.last
    stored = open_result(folder)
    write_manifest(folder, {**stored.manifest, PATH: {"reason": reason, "path": path}})
    rows = pd.DataFrame([{**step, "top": " > ".join(step["top"])} for step in path]).drop(
        columns="values", errors="ignore"
    )
    rows.assign(ended=reason).to_csv(folder / "tables" / f"{PATH}.csv", index=False, lineterminator="\n")
    return folder, done


def _growing(asked: Experiment, budget: int) -> Study:
    """The study, if it can be doubled and its first size is within the budget. InputError otherwise."""
    study = asked.study
    if study is None:
        raise InputError([Problem(asked.name, 0, 0, OPTION, "", "only a ranking or a sensitivity analysis can grow")])

    def refused(field: str, why: str) -> InputError:
        place = study.places.get(f"{study.kind}.{field}") or study.places.get(study.kind) or (asked.name, 0, 0)
        return InputError([Problem(*place, OPTION, "", why)])

    if study.kind == "ranking" and set(study.options["settings"]) == {REALLOCATION}:
        raise refused("settings", "what grows is judged by Shapley shares, which a reallocation has none of")
    if study.kind == "sensitivity" and study.options["method"] != "sobol":
        raise refused("method", "only a design of method sobol can be doubled")
    if study.kind == "sensitivity" and study.options["scrambles"] < 2:
        raise refused("scrambles", "two scrambles or more are wanted: intervals come from their spread")
    ready = prepared(asked)
    worlds = ready.worlds * len(ready.scenarios)
    if worlds > budget:
        raise refused("size", f"the first size has {worlds:,} worlds, more than the budget of {budget:,}")
    return study


class _Grown:
    """The answers to a design that grows; each takes over the one before."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.last: tuple[Path, Any] = (Path(), None)
        self.earlier: Path | None = None

    def answer(self, experiment: Experiment) -> StoredResult:
        """The answer to the design as it is now."""
        self.last = self.run(experiment, earlier=self.earlier)
        self.earlier = self.last[0]
        return open_result(self.earlier)


def _outcome(grown: _Grown, ready: Experiment, design: SensitivityDesign, worlds: range) -> pd.Series:
    """The first outcome that a sensitivity analysis asks for, in the worlds that are new."""
    question = next(asked_of(grown.answer(with_design(ready, design)), design))
    return question.y.loc[worlds.start : worlds.stop - 1]


def _rankings(grown: _Grown, asked: Experiment, budget: int) -> tuple[list[dict[str, Any]], str]:
    """Double the worlds of a ranking; the intervals are those of Shapley shares over the package's effect.

    The worlds of variance shares, which are drawn from all worlds, are added when the ranking has grown, and count.
    """
    assert asked.study is not None
    path: list[dict[str, Any]] = []
    worlds, variance = asked.study.options["worlds"], asked.study.options["variance"]
    while True:
        experiment = prepared(_with(asked, worlds=worlds, variance=0))
        path.append(_step(next(ranked(grown.answer(experiment))), experiment))
        held = len(path) > 1 and path[-2]["top"] == path[-1]["top"]
        stable = held and path[-1]["widest"] is not None and path[-1]["widest"] < WIDEST
        if stable or prepared(_with(asked, worlds=2 * worlds)).worlds > budget:
            break
        worlds *= 2
    if variance:
        grown.answer(prepared(_with(asked, worlds=worlds, variance=variance)))
    return path, "stable" if stable else "budget"


def _with(asked: Experiment, **options: Any) -> Experiment:
    """The experiment with other options of its study."""
    assert asked.study is not None
    return replace(asked, study=replace(asked.study, options={**asked.study.options, **options}))


def _step(ranking: Ranking, experiment: Experiment) -> dict[str, Any]:
    """One size of a ranking: its leaders by Shapley share, the widest interval as a part of the package's effect."""
    setting = next(s for s in ranking.question.settings if s != REALLOCATION)
    rows = ranking.of(setting, ALL, SHAPLEY)
    package = abs(ranking.packages.query("setting == @setting and package == @ALL")["mean"].item())
    known = ranking.worlds > 1 and package > ranking.tolerance  # of one world, or of nothing, there is no interval
    width = 2.0 * float(student.ppf(0.5 + LEVEL / 2, ranking.worlds - 1)) if known else 0.0
    shares = {str(lever): float(mean) for lever, mean in rows["mean"].items()}
    leaders = [str(lever) for lever in rows.index[:TOP]]
    return {
        "size": ranking.question.worlds,
        "worlds": experiment.worlds,
        "values": shares,
        "top": leaders,
        "widest": width * float(rows["se"].max()) / package if known else None,
    }
