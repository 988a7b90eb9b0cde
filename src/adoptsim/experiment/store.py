"""The store: a folder per answer, whole or absent; beside it, until a run is finished, what has been done so far."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adoptsim.experiment import merge
from adoptsim.experiment.ceilings import OUTCOME, attainable_gain
from adoptsim.experiment.chunks import Kept, Task, found_in, run_task, taken_over
from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.executors import done_by
from adoptsim.experiment.files.load import check_scenario
from adoptsim.experiment.folders import claimed, publish, sweep, unfinished, write_manifest
from adoptsim.experiment.identity import STORE_FORMAT, experiment_hash, own_tables, source_hashes, versions
from adoptsim.experiment.opened import CHUNKS, MANIFEST, UNFINISHED, StoredResult, open_result
from adoptsim.experiment.plan import Chunk, Part, parts_of, planned
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.experiment.runner import Progress, Tally
from adoptsim.experiment.sizes import check_room, world_bytes
from adoptsim.model.levers import parameters_of
from adoptsim.model.world import is_varied

__all__ = ["folder_of", "run_experiment"]

REPLACE = "--force replaces it"
SAME = ("format", "seed", "keep", "reference", "scenarios", "own_tables", "sources", "versions")  # of an earlier answer
Finish = Callable[[Path], None]
Complain = Callable[[str], None]


def folder_of(experiment: Experiment, out: str | Path = "results") -> Path:
    """Where the answer to an experiment is kept; its name holds a hash of all that the answer depends on."""
    return Path(out) / f"{experiment.name}-{experiment_hash(experiment)[:8]}"


def run_experiment(
    experiment: Experiment,
    jobs: int | None = None,
    out: str | Path = "results",
    progress: Progress | None = None,
    force: bool = False,
    finish: Finish | None = None,
    executor: str = "",
    complain: Complain | None = None,
    earlier: Path | None = None,
) -> Path:
    """Run all scenarios in the same worlds and keep the answer; returns its folder.

    Parameters
    ----------
    experiment
        The question.
    jobs
        Processes, none = one per core.
    out
        Where result folders go. While a run is not finished its folder has ``.unfinished`` behind its name; a run that
        was stopped, however it was stopped, goes on from there and ends with the same bytes.
    progress
        Called with the tally at the beginning and after each chunk of worlds.
    force
        Run again and replace a folder that is there. Without it the answer to the same question is left as it is.
    finish
        Called with the folder before it gets its name: for tables and figures made from what is stored.
    executor
        ``dask://host:port`` runs the chunks on a dask.distributed cluster that shares the file system.
    complain
        Called with what the user should know but need not act on.
    earlier
        The folder of an answer to the beginning of this design: its worlds are taken over, not run again. Answers of
        outcomes alone; the bytes are those of a run without it.

    Raises
    ------
    InputError
        If a scenario names what there is not, or says what cannot be.
    StoreError
        If the folder cannot be written, holds something else, or is used by another process.
    ValueError
        If the experiment is a study whose design is not made yet.
    RunStoppedError
        If the run cannot go on; what is done is kept.
    """
    complain = complain or (lambda _: None)
    if experiment.study is not None and experiment.design is None:
        raise ValueError(f"{experiment.name}: its design is not made yet; adoptsim.load_experiment makes it")
    for scenario in experiment.scenarios:
        check_scenario(scenario)
    target = folder_of(experiment, out)
    if target.is_file():
        raise StoreError(f"{target}: is a file; move it elsewhere")
    if target.exists() and not force:
        _take_over(target, experiment, finish, complain)
        return target
    check_room(experiment, unfinished(target))
    with claimed(target) as work:
        if target.exists() and not force:  # another process has just finished it
            return target
        run = _Run(experiment, work, complain)
        if earlier is not None:
            run.take_over(open_result(earlier))
        run.worlds(jobs, executor, progress or (lambda _: None))
        run.merge()
        failure = run.finish(finish)
        publish(work, target, complain)
    if failure is not None:
        raise _unpublished(target, failure) from failure
    return target


def _unpublished(target: Path, failure: Exception) -> RuntimeError:
    return RuntimeError(f"{target}: the answer is there, but not its tables and figures ({failure})")


def _take_over(target: Path, experiment: Experiment, finish: Finish | None, complain: Complain) -> None:
    """Raise StoreError where a folder holds no answer or another one; other titles, and what is missing, are mended."""
    try:
        found = open_result(target).manifest
    except StoreError as error:
        raise StoreError(f"{error}; {REPLACE}") from None
    if found["hash"] != experiment_hash(experiment):
        raise StoreError(f"{target}: holds the answer to another question; {REPLACE}")
    sweep(target, complain)
    asked = json.loads(json.dumps(_manifest(experiment)))
    words = {name: asked[name] for name in ("title", "description", "scenarios", "origins")}
    renamed = any(found[name] != value for name, value in words.items())
    if renamed:
        write_manifest(target, {**found, **words, "published": False})
    if finish is not None and (renamed or not found.get("published")):
        try:
            finish(target)
        except OSError:
            raise
        except Exception as error:
            raise _unpublished(target, error) from error
        write_manifest(target, {**found, **words, "published": True})


class _Run:
    """One run of an experiment in its folder."""

    def __init__(self, experiment: Experiment, work: Path, complain: Complain) -> None:
        self.experiment, self.work, self.complain = experiment, work, complain
        self.started = time.perf_counter()
        self.about = _manifest(experiment)
        self.parts: list[Part] = parts_of(experiment)
        self.chunks: list[Chunk] = planned(experiment, self.parts, world_bytes(experiment))
        self.kept: dict[str, Kept] = {}
        self._tell_of_earlier_starts()
        self._say(state="unfinished")

    def take_over(self, earlier: StoredResult) -> None:
        """Make chunks of what an earlier answer to the same question with fewer worlds holds."""
        asked = json.loads(json.dumps(self.about))
        unlike = [name for name in SAME if asked[name] != earlier.manifest[name]]
        if unlike or asked["keep"] != "outcomes":
            raise ValueError(f"{earlier.folder}: answers another question ({', '.join(unlike) or 'keep'} differ)")
        folder = self.work / CHUNKS
        there = found_in(folder, self.chunks, self.complain)
        for part in {chunk.part for chunk in self.chunks}:
            chunks = [chunk for chunk in self.chunks if chunk.part == part]
            rows = earlier.table("outcomes", scenario=chunks[0].scenario.name)
            for chunk in (chunk for chunk in chunks if chunk.name not in there):
                taken_over(folder, chunk, rows)

    def worlds(self, jobs: int | None, executor: str, progress: Progress) -> None:
        """Run the chunks that are not there yet."""
        folder = self.work / CHUNKS
        self.kept = found_in(folder, self.chunks, self.complain)
        left = [chunk for chunk in self.chunks if chunk.name not in self.kept]
        total = sum(len(chunk.batch) for chunk in self.chunks)
        tally = Tally(total, total - sum(len(chunk.batch) for chunk in left))
        progress(tally)
        code, tables = self.about["sources"]["code"], self.about["own_tables"]
        tasks = [Task(chunk, str(folder.resolve()), code, tables) for chunk in left]
        for number, kept in done_by(run_task, tasks, jobs, executor):
            self.kept[left[number].name] = kept
            tally = tally.plus(kept.done, kept.failed)
            progress(tally)

    def merge(self) -> None:
        """Merge the chunks into tables."""
        answers = {part.scenario.name: self._of(i) for i, part in enumerate(self.parts) if not part.ceiling}
        parameters = self._parameters()
        names = merge.merge_outcomes(self.work, answers, parameters)
        if self.experiment.kept != "outcomes":
            merge.merge_series(self.work, answers)
            merge.merge_countries(self.work, answers)
        if self.experiment.kept in ("countries", "trajectories"):
            merge.merge_trajectories(self.work, answers)
        self.about |= {
            "parameters": parameters,
            "outcomes": names,
            "failed": sum(kept.failed for of in answers.values() for kept in of),
            "ceilings": self._ceilings(),
            "seconds": round(time.perf_counter() - self.started, 1),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._say(state="finished", published=False)

    def finish(self, finish: Finish | None) -> Exception | None:
        """Make tables and figures; what went wrong with them if it was not the disk: a figure must not cost the run."""
        if finish is None:
            return None
        try:
            finish(self.work)
        except OSError:
            raise
        except Exception as error:
            return error
        self._say(state="finished", published=True)
        return None

    def _of(self, part: int) -> list[Kept]:
        return [self.kept[chunk.name] for chunk in self.chunks if chunk.part == part]

    def _parameters(self) -> list[str]:
        """Names of all that varies between worlds in any scenario, in the order of the registry; factors last."""
        factors = {} if self.experiment.design is None else self.experiment.design.factors
        found: dict[str, None] = {}
        for scenario in self.experiment.in_order:
            known = parameters_of(scenario).items()
            found.update(dict.fromkeys(name for name, p in known if name in factors or is_varied(p, scenario)))
        found.update(dict.fromkeys(factors))
        return list(found)

    def _ceilings(self) -> dict[str, dict[str, Any]]:
        """The most that each lever could attain."""
        columns = ["world", OUTCOME, "status", "error"]
        of = {
            part.scenario.levers[0].lever if part.scenario.levers else "": self._of(i)
            for i, part in enumerate(self.parts)
            if part.ceiling
        }
        if not of:
            return {}
        bare = merge.outcomes_of(of.pop(""), columns)
        return {lever: attainable_gain(lever, bare, merge.outcomes_of(kept, columns)) for lever, kept in of.items()}

    def _tell_of_earlier_starts(self) -> None:
        """Other versions of this question, or of the libraries, may have left something unfinished."""
        for other in sorted(self.work.parent.glob(f"{self.experiment.name}-*{UNFINISHED}")):
            if other != self.work:
                self.complain(f"{other} is left from another form of this question; remove it if it is not wanted.")
        try:
            before = json.loads((self.work / MANIFEST).read_text(encoding="utf-8"))["versions"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        changed = [name for name, version in self.about["versions"].items() if before.get(name) != version]
        if changed:
            self.complain(f"{', '.join(changed)} changed since this run was started; last digits may differ.")

    def _say(self, **more: Any) -> None:
        """Write the manifest."""
        write_manifest(self.work, {**self.about, **more})


def _manifest(experiment: Experiment) -> dict[str, Any]:
    design = experiment.design
    return {
        "format": STORE_FORMAT,
        "name": experiment.name,
        "hash": experiment_hash(experiment),
        "title": experiment.title,
        "description": experiment.description,
        "worlds": experiment.worlds,
        "seed": experiment.seed,
        "reference": experiment.reference,
        "keep": experiment.kept,
        "design": None
        if design is None
        else {"factors": list(design.factors), "rows": len(design), "block": design.block, "table": design.source},
        "study": None if experiment.study is None else experiment.study.as_config(),
        "scenarios": [as_config(scenario) for scenario in experiment.scenarios],
        "origins": {scenario.name: dict(scenario.origins) for scenario in experiment.scenarios if scenario.origins},
        "own_tables": {path: h for scenario in experiment.scenarios for path, h in own_tables(scenario).items()},
        "sources": source_hashes(),
        "versions": versions(),
    }
