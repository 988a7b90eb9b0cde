"""``--until-stable``: a design grows, no world run twice, until its leaders hold and its intervals are narrow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from adoptsim.experiment.folders import write_manifest
from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.experiment.question import Experiment
from adoptsim.inputs.errors import InputError, Problem
from adoptsim.sensitivity.convergence import until_stable
from adoptsim.sensitivity.designs import SensitivityDesign
from adoptsim.sensitivity.ranking.lists import SHAPLEY
from adoptsim.sensitivity.ranking.question import ALL, REALLOCATION
from adoptsim.sensitivity.ranking.rank import Ranking
from adoptsim.sensitivity.study import design_of, prepared, with_design
from adoptsim.sensitivity.told import asked as asked_of
from adoptsim.sensitivity.told import ranked

__all__ = ["PATH", "run_until_stable"]

PATH = "convergence"  # of the manifest, and of the table
TOP, WIDEST = 3, 0.05  # levers or factors whose order must hold; the width below which all intervals must be
NORMAL_95 = 1.959964  # half the width of a 95 % interval, in standard errors


class Run(Protocol):
    """Runs an experiment, taking over the worlds of an earlier answer; returns its folder and what was done."""

    def __call__(self, experiment: Experiment, *, earlier: Path | None = None) -> tuple[Path, Any]: ...


def run_until_stable(asked: Experiment, run: Run, budget: int) -> tuple[Path, Any]:
    """Run a ranking or a Sobol' design, doubled until stable or until another doubling would exceed ``budget`` worlds.

    ``asked`` is an experiment as its file says it, its design not made yet. Returns what ``run`` returned last. The
    path is written into the manifest and beside the other tables. InputError where there is nothing to double.
    """
    study = asked.study
    if study is None or (study.kind == "sensitivity" and study.options["method"] != "sobol"):
        place = study.places.get(f"{study.kind}.method", ("", 0, 0)) if study else ("", 0, 0)
        raise InputError(
            [Problem(*place, "--until-stable", "", "a ranking or a design of method sobol can be doubled")]
        )
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

    The worlds of variance shares, which are drawn from all worlds, are added when the ranking has grown.
    """
    assert asked.study is not None
    path: list[dict[str, Any]] = []
    worlds, variance = asked.study.options["worlds"], asked.study.options["variance"]
    while True:
        experiment = prepared(_with(asked, worlds=worlds, variance=0))
        path.append(_step(next(ranked(grown.answer(experiment))), experiment))
        held = len(path) > 1 and path[-2]["top"] == path[-1]["top"]
        stable = held and path[-1]["widest"] < WIDEST
        if stable or 2 * experiment.worlds > budget:
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
    package = ranking.packages.query("setting == @setting and package == @ALL")["mean"].item()
    widest = 2 * NORMAL_95 * float(rows["se"].max()) / abs(package) if package else np.inf
    shares = {str(lever): float(mean) for lever, mean in rows["mean"].items()}
    leaders = [str(lever) for lever in rows.index[:TOP]]
    return {
        "size": ranking.question.worlds,
        "worlds": experiment.worlds,
        "values": shares,
        "top": leaders,
        "widest": widest,
    }
