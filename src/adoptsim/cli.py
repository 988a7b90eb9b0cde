"""The command line. Data goes to stdout, progress and complaints to stderr; what is heavy is imported when needed.

Exit status: 0 done, 1 a run failed, 2 wrong use or wrong input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adoptsim.experiment.question import MAX_WORLDS

if TYPE_CHECKING:
    from adoptsim.experiment.question import Experiment
    from adoptsim.experiment.runner import Progress

__all__ = ["main"]

RUN_FAILED, WRONG_INPUT = 1, 2
KINDS = ("levers", "countries", "applications", "parameters", "outcomes")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="adoptsim", message="%(prog)s %(version)s")
def main() -> None:
    """Which interventions narrow the gap in access to genomic medicine, at what cost, and how sure are we?

    \b
    adoptsim run experiments/first_run.yaml     run a scenario or an experiment
    adoptsim check configs/baseline.yaml        say what is wrong with a file
    adoptsim list levers                        what a file may name
    """


@main.command()
@click.argument("file", type=click.Path())
@click.option("--jobs", type=click.IntRange(1), help="Processes; one per core if left out.")
@click.option("--worlds", type=click.IntRange(1, MAX_WORLDS), help="Worlds, instead of what the file says.")
@click.option("--seed", type=click.IntRange(0), help="Root seed, instead of what the file says.")
@click.option(
    "--out", type=click.Path(file_okay=False), default="results", show_default=True, help="Where result folders go."
)
@click.option("--force", is_flag=True, help="Run again and replace the folder, even if the answer is already there.")
def run(file: str, jobs: int | None, worlds: int | None, seed: int | None, out: str, force: bool) -> None:
    """Run the scenario or experiment in FILE and keep the answer in a folder of its own.

    A scenario with levers is compared with itself without levers, in the same worlds.
    """
    with _complaints():
        asked = _question(file)
        worlds, seed = worlds or asked.worlds, asked.seed if seed is None else seed
        folder = _answered(replace(asked, worlds=worlds, seed=seed), jobs, Path(out), force)
        failed = _shown(folder)
    if failed:
        sys.exit(RUN_FAILED)


@main.command()
@click.argument("file", type=click.Path())
def check(file: str) -> None:
    """Check FILE without running it: everything wrong is listed with line, column and the nearest right name."""
    with _complaints():
        experiment = _question(file)
    names = ", ".join(scenario.name for scenario in experiment.scenarios)
    click.echo(f"{file}: fine; {len(experiment.scenarios)} scenario(s) ({names}), {experiment.worlds} worlds each")


@main.command("list")
@click.argument("kind", type=click.Choice(KINDS))
def list_names(kind: str) -> None:
    """List what a file may name."""
    from adoptsim.experiment.menus import MENUS

    for line in MENUS[kind]():
        click.echo(line)


@contextmanager
def _complaints() -> Iterator[None]:
    """Wrong input and failures as plain words on stderr, never a traceback."""
    from adoptsim.experiment.errors import StoreError
    from adoptsim.inputs.errors import InputError

    try:
        yield
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(WRONG_INPUT)
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except (OSError, MemoryError, RuntimeError) as error:  # RuntimeError: a worker process was killed
        click.echo(f"Error: {error or type(error).__name__}", err=True)
        sys.exit(RUN_FAILED)


def _question(file: str) -> Experiment:
    from adoptsim.experiment.load import load_question

    return load_question(file)


def _answered(experiment: Experiment, jobs: int | None, out: Path, force: bool) -> Path:
    """The folder with the answer, run now or found."""
    from adoptsim.compare.publish import publish
    from adoptsim.experiment.store import folder_of, run_experiment

    folder = folder_of(experiment, out)
    if folder.exists() and not force:
        click.echo(f"{folder} already holds the answer to this question; --force runs it again.", err=True)
    total = experiment.worlds * len(experiment.scenarios)
    with _progress(total) as tell:
        run_experiment(experiment, jobs, out, tell, force, publish)
    if not (folder / "figures").is_dir():
        publish(folder)
    return folder


@contextmanager
def _progress(total: int) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("worlds"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task, lost = bar.add_task("worlds", total=total, failed=""), [0]

        def tell(done: int, failed: int) -> None:
            lost[0] += failed
            bar.update(task, advance=done + failed, failed=f"{lost[0]} failed" if lost[0] else "")

        yield tell


def _shown(folder: Path) -> int:
    """Print the table of a result folder; returns how many worlds failed."""
    from rich.console import Console

    from adoptsim.compare.headline import headline
    from adoptsim.compare.table import WIDTH, print_table, table_text
    from adoptsim.experiment.store import open_folder

    stored = open_folder(folder)
    failed = int(stored.manifest["failed"])
    if sys.stdout.isatty():
        print_table(headline(stored), Console(width=WIDTH))
    else:
        click.echo(table_text(headline(stored)))
    click.echo(f"Everything is in {folder} (figures/gap.png, tables, manifest.json).", err=True)
    if failed:
        click.echo(f"{failed} worlds failed; column 'error' of outcomes.parquet says why.", err=True)
    return failed
