"""``adoptsim run`` and ``adoptsim check``."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adoptsim.cli.complaints import RUN_FAILED, complaints, stopped_like_from_the_keyboard
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.terminal import progress_bar, summary

if TYPE_CHECKING:
    from adoptsim.experiment.question import Experiment
    from adoptsim.experiment.runner import Tally

__all__ = ["check", "run"]

BUDGET = 100_000  # worlds, unless said
EXECUTOR = re.compile(r"dask://[^\s/]+:(\d{1,5})")


@click.command()
@click.argument("file", type=click.Path())
@click.option("--jobs", type=click.IntRange(1), help="Processes; one per core if left out.")
@click.option("--worlds", type=click.IntRange(1, MAX_WORLDS), help="Worlds, instead of what the file says.")
@click.option("--seed", type=click.IntRange(0), help="Root seed, instead of what the file says.")
@click.option("--size", default="", help="One of the sizes of FILE, instead of its first.")
@click.option(
    "--until-stable", is_flag=True, help="Double a ranking or a Sobol' design until its order holds and is sure."
)
@click.option(
    "--budget", type=click.IntRange(1, MAX_WORLDS), help="Worlds at which --until-stable ends; 100,000 unsaid."
)
@click.option(
    "--out", type=click.Path(file_okay=False), default="results", show_default=True, help="Where result folders go."
)
@click.option("--force", is_flag=True, help="Run again and replace the folder, even if the answer is already there.")
@click.option("--executor", default="", metavar="dask://HOST:PORT", help="Run on a dask.distributed cluster.")
def run(
    file: str,
    jobs: int | None,
    worlds: int | None,
    seed: int | None,
    size: str,
    until_stable: bool,
    budget: int | None,
    out: str,
    force: bool,
    executor: str,
) -> None:
    """Run the scenario or experiment in FILE and keep the answer in a folder of its own.

    A scenario with levers is compared with itself without levers, in the same worlds. A run that was stopped goes on
    where it was when the same command is given again.
    """
    if executor and not ((found := EXECUTOR.fullmatch(executor)) and int(found[1]) < 2**16):
        raise click.BadParameter(f"{executor!r} is not of the form dask://host:port", param_hint="--executor")
    if budget and not until_stable:
        raise click.UsageError("--budget ends --until-stable; give both")
    with complaints():
        asked = _question(file, size, worlds, seed)
        started = time.monotonic()
        run_one = partial(_answered, jobs=jobs, out=Path(out), force=force, executor=executor)
        with stopped_like_from_the_keyboard():
            if until_stable:
                from adoptsim.sensitivity.growing import run_until_stable

                folder, tally = run_until_stable(asked, run_one, budget or BUDGET)
            else:
                folder, tally = run_one(_prepared(asked))
        failed = _shown(folder, tally, time.monotonic() - started)
    if failed:
        sys.exit(RUN_FAILED)


@click.command()
@click.argument("file", type=click.Path())
@click.option(
    "--show-merged", is_flag=True, help="Print FILE with all that it extends, and where each value comes from."
)
@click.option("--size", default="", help="One of the sizes of FILE, instead of its first; faults are told at all.")
def check(file: str, show_merged: bool, size: str) -> None:
    """Check FILE without running it, and say what it would do.

    Everything wrong is listed with line, column and the nearest right name.
    """
    with complaints():
        from adoptsim.sensitivity.study import load_question

        experiment = load_question(file, size)
        if show_merged:
            from adoptsim.experiment.files.merged import merged_lines

            head = f"# {file} with all that it extends; behind each value where it is written"
            lines = [head, *merged_lines(file, size)]
        else:
            from adoptsim.experiment.files.telling import told

            lines = [f"{file}: fine", "", *told(experiment)]
    click.echo("\n".join(lines))


def _question(file: str, size: str = "", worlds: int | None = None, seed: int | None = None) -> Experiment:
    """What a file asks, with what the command line says instead."""
    from adoptsim.experiment.files.load import load_question

    asked = load_question(file, size)
    asked = replace(asked, seed=asked.seed if seed is None else seed)
    return asked if worlds is None else _with_worlds(asked, worlds)


def _prepared(asked: Experiment) -> Experiment:
    """The question with the design that its study asks for."""
    if asked.study is None:
        return asked
    from adoptsim.sensitivity.study import prepared

    return prepared(asked)


def _with_worlds(asked: Experiment, worlds: int) -> Experiment:
    if asked.design is not None:
        raise click.UsageError(f"--worlds: the rows of {asked.design.source} are the worlds of this experiment")
    if asked.study is None:
        return replace(asked, worlds=worlds)
    if "worlds" not in asked.study.options:
        raise click.UsageError("--worlds: the size of a sensitivity analysis stands in its file; --size chooses one")
    return replace(asked, study=replace(asked.study, options={**asked.study.options, "worlds": worlds}))


def _answered(
    experiment: Experiment, jobs: int | None, out: Path, force: bool, executor: str, earlier: Path | None = None
) -> tuple[Path, Tally | None]:
    """The folder with the answer, run now or found, and how many worlds were run for it (none if it was found)."""
    from adoptsim.experiment.store import folder_of, run_experiment

    folder = folder_of(experiment, out)
    tallies: list[Tally] = []
    if folder.exists() and not force:
        click.echo(f"{folder} already holds the answer to this question; --force runs it again.", err=True)
    with progress_bar() as tell:

        def watch(tally: Tally) -> None:
            tallies[:] = [tally]
            tell(tally)

        run_experiment(experiment, jobs, out, watch, force, _publish, executor, _complain, earlier)
    return folder, tallies[0] if tallies else None


def _publish(folder: Path) -> None:
    """Tables and figures; what draws them is imported when the worlds are done."""
    from adoptsim.report.publish import publish

    publish(folder)


def _complain(words: str) -> None:
    click.echo(f"Note: {words}", err=True)


def _shown(folder: Path, tally: Tally | None, seconds: float) -> int:
    """Print the table of a result folder, and the summary; returns how many worlds failed."""
    from rich.console import Console

    from adoptsim.experiment.opened import open_result
    from adoptsim.report.publish import WIDTH, answer_text, print_answer

    result = open_result(folder)
    if sys.stdout.isatty():
        print_answer(result, Console(width=WIDTH))
    else:
        click.echo(answer_text(result))
    for line in summary(result, tally, seconds):
        click.echo(line, err=True)
    return result.failed
