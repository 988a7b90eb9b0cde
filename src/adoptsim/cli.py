"""The command line. Data goes to stdout, progress and complaints to stderr; what is heavy is imported when needed.

Exit status: 0 done, 1 a run failed, 2 wrong use or wrong input.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.terminal import progress_bar, summary

if TYPE_CHECKING:
    from adoptsim.experiment.question import Experiment
    from adoptsim.experiment.runner import Tally

__all__ = ["main"]

RUN_FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130
EXECUTOR = re.compile(r"dask://[^\s/]+:(\d{1,5})")
TRACEBACK = "ADOPTSIM_TRACEBACK"  # set, it shows the traceback of a fault of ours
FIGURES = (".png", ".svg", ".pdf")
FORMS = ("csv", "excel", "netcdf")
KINDS = ("levers", "shocks", "countries", "applications", "parameters", "outcomes", "experiments")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="adoptsim", message="%(prog)s %(version)s")
def main() -> None:
    """Which interventions narrow the gap in access to genomic medicine, at what cost, and how sure are we?

    \b
    adoptsim run experiments/first_run.yaml     run a scenario or an experiment
    adoptsim check configs/baseline.yaml        say what is wrong with a file
    adoptsim list levers                        what a file may name
    adoptsim init my_scenario.yaml              a commented file to start from
    adoptsim equity districts.csv --estimate covered --population people --rank income
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
@click.option("--executor", default="", metavar="dask://HOST:PORT", help="Run on a dask.distributed cluster.")
def run(
    file: str, jobs: int | None, worlds: int | None, seed: int | None, out: str, force: bool, executor: str
) -> None:
    """Run the scenario or experiment in FILE and keep the answer in a folder of its own.

    A scenario with levers is compared with itself without levers, in the same worlds. A run that was stopped goes on
    where it was when the same command is given again.
    """
    if executor and not ((found := EXECUTOR.fullmatch(executor)) and int(found[1]) < 2**16):
        raise click.BadParameter(f"{executor!r} is not of the form dask://host:port", param_hint="--executor")
    with _complaints():
        asked = _question(file)
        if worlds is not None and asked.design is not None:
            raise click.UsageError(f"--worlds: the rows of {asked.design.source} are the worlds of this experiment")
        worlds, seed = worlds or asked.worlds, asked.seed if seed is None else seed
        started = time.monotonic()
        with _stopped_like_from_the_keyboard():
            folder, tally = _answered(replace(asked, worlds=worlds, seed=seed), jobs, Path(out), force, executor)
        failed = _shown(folder, tally, time.monotonic() - started)
    if failed:
        sys.exit(RUN_FAILED)


@main.command()
@click.argument("file", type=click.Path())
@click.option(
    "--show-merged", is_flag=True, help="Print FILE with all that it extends, and where each value comes from."
)
def check(file: str, show_merged: bool) -> None:
    """Check FILE without running it, and say what it would do.

    Everything wrong is listed with line, column and the nearest right name.
    """
    with _complaints():
        experiment = _question(file)
        if show_merged:
            from adoptsim.experiment.files.merged import merged_lines

            lines = [f"# {file} with all that it extends; behind each value where it is written", *merged_lines(file)]
        else:
            from adoptsim.experiment.files.telling import told

            lines = [f"{file}: fine", "", *told(experiment)]
    click.echo("\n".join(lines))


@main.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("text", default="")
def list_names(kind: str, text: str) -> None:
    """List what a file may name, and the files here; with TEXT, those whose name, meaning or unit holds it."""
    from shutil import get_terminal_size

    from adoptsim.experiment.files.menus import WIDTH, menu

    with _complaints():
        width = min(WIDTH, get_terminal_size((WIDTH, 0)).columns)
        click.echo("\n".join(menu(kind, width, text)))


@main.command()
def schema() -> None:
    """Print the JSON Schema of files.

    An editor that reads it completes fields and names of scenarios and experiments; docs/files.md says how.
    """
    import json

    from adoptsim.experiment.files.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))


@main.command()
@click.argument("file", type=click.Path(), required=False)
@click.option("--experiment", is_flag=True, help="An experiment instead of a scenario.")
def init(file: str | None, experiment: bool) -> None:
    """Write a commented file to start from.

    It is called FILE, or scenario.yaml (experiment.yaml) in this folder. Nothing is overwritten.
    """
    from adoptsim.experiment.files.starter import starter

    path = Path(file or ("experiment.yaml" if experiment else "scenario.yaml"))
    if path.suffix not in (".yaml", ".yml"):
        raise click.BadParameter(f"{path}: the name must end in .yaml", param_hint="FILE")
    with _complaints():
        text = starter(path.stem, experiment)
        try:
            with path.open("x", encoding="utf-8") as new:
                new.write(text)
        except FileExistsError:
            raise click.UsageError(f"{path} is there already; nothing was written") from None
    click.echo(f"{path} is written; change it, then: adoptsim check {path}", err=True)


@main.command()
@click.argument("folder", type=click.Path())
@click.option(
    "--form", "forms", type=click.Choice(FORMS), multiple=True, help="May be given more than once; CSV if left out."
)
@click.option("--to", type=click.Path(file_okay=False), help="Where the files go, instead of FOLDER/export.")
@click.option("--force", is_flag=True, help="Replace files that are already there.")
def export(folder: str, forms: tuple[str, ...], to: str | None, force: bool) -> None:
    """Write the answer in FOLDER as tidy CSV files, an Excel workbook, or NetCDF, with a dictionary of columns."""
    with _complaints():
        from adoptsim.experiment.opened import open_result
        from adoptsim.report.export import export as write

        result = open_result(folder)
        for form in forms or FORMS[:1]:
            for path in write(result, form, Path(to) if to else result.folder / "export", force):
                click.echo(path)


@main.command()
@click.argument("country")
@click.argument("file", type=click.Path(), required=False)
@click.option("--worlds", type=click.IntRange(1, 100_000), help="Worlds of each run; 24 if left out.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Root seed.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; one per core if left out.")
@click.option("--application", metavar="NAME", help="The only application to be told of by itself; all if left out.")
def explain(country: str, file: str | None, **options: Any) -> None:
    """Say what held COUNTRY back, which lever would have moved it, and what a minister will ask.

    COUNTRY is a code or a name, of 'adoptsim list countries' or of the scenario's own table; FILE a scenario, or none.
    """
    with _complaints():
        from adoptsim.report.explain import UnknownNameError, explain_file

        try:
            with progress_bar() as tell:
                found = explain_file(country, file, progress=tell, **options)
        except UnknownNameError as error:
            raise click.UsageError(str(error)) from None
        click.echo(found.text(), nl=False)
    sys.exit(RUN_FAILED if found.failed else 0)


@main.command()
@click.argument("file", type=click.Path())
@click.option("--estimate", required=True, help="Column of the indicator.")
@click.option("--population", required=True, help="Column of people.")
@click.option("--rank", help="Column that orders units from the most disadvantaged to the most advantaged.")
@click.option("--reference", type=click.IntRange(1), help="Row of the reference unit; 1 is the first below the header.")
@click.option("--adverse", is_flag=True, help="Less of the indicator is better, as with mortality.")
@click.option("--scale", type=click.Choice(["1", "100", "1000"]), help="Upper bound of the indicator, if it has one.")
@click.option("--who-compat", is_flag=True, help="Print what WHO's tools print, where they differ.")
@click.option("--figure", type=click.Path(), help="Where the curve goes, instead of ./NAME-concentration.png.")
def equity(
    file: str,
    estimate: str,
    population: str,
    rank: str | None,
    reference: int | None,
    adverse: bool,
    scale: str | None,
    who_compat: bool,
    figure: str | None,
) -> None:
    """Measure inequality in the table FILE (CSV), one line per unit, and draw its concentration curve.

    Each measure is given weighted by people and with all units equal. Without --rank, measures that need an order, and
    the curve, are left out; without --scale those that need a bound; without --reference those against a reference.
    """
    from adoptsim.equity import format_table, measure_table

    target = _curve_path(file, rank, figure)
    with _table_complaints(file, reference):
        rows = measure_table(
            file,
            estimate,
            population,
            rank,
            reference=None if reference is None else reference - 1,
            favourable=not adverse,
            scale=None if scale is None else float(scale),
            who_compat=who_compat,
        )
        told = _drawn(file, estimate, population, rank, target, figure is not None)
    bound = f"; from 0 to {scale}" if scale else ""
    click.echo(f"{estimate} in {file}, {f'ranked by {rank}' if rank else 'not ranked'}")
    click.echo(f"{'less' if adverse else 'more'} is better{bound}\n\n{format_table(rows)}\n")
    click.echo(f"by people: units weighted by {population}; units equal: all weigh the same")
    click.echo(f"estimate's: the unit of {estimate}; favours: who is better off")
    click.echo(told, err=True)


def _curve_path(file: str, rank: str | None, figure: str | None) -> Path:
    """Where the curve goes; a usage error if it cannot be drawn there."""
    if figure is not None and rank is None:
        raise click.UsageError("--figure needs --rank: a curve has an order")
    path = Path(figure or f"{Path(file).stem}-concentration.png")
    if path.suffix.lower() not in FIGURES:
        raise click.BadParameter(f"{path}: the name must end in {', '.join(FIGURES)}", param_hint="--figure")
    if not path.parent.is_dir():
        raise click.BadParameter(f"{path}: there is no folder {path.parent}", param_hint="--figure")
    return path


def _drawn(file: str, estimate: str, population: str, rank: str | None, path: Path, wanted: bool) -> str:
    """Draw the curve; returns where it is, or why there is none. ValueError where it is wanted and cannot be."""
    from io import BytesIO

    from adoptsim.equity import table_figure

    if rank is None:
        return "No concentration curve: it needs --rank."
    try:
        figure = table_figure(file, estimate, population, rank)
    except ValueError as error:
        if wanted:
            raise
        return f"No concentration curve: {error}"
    drawn = BytesIO()  # whole or absent
    figure.savefig(drawn, format=path.suffix.lower().removeprefix("."), dpi=150)
    path.write_bytes(drawn.getvalue())
    return f"The concentration curve is in {path}."


@contextmanager
def _table_complaints(file: str, reference: int | None) -> Iterator[None]:
    """What is wrong with a table or an option as plain words on stderr, never a traceback."""
    from adoptsim.equity import TableError

    try:
        yield
    except TableError as error:
        click.echo(str(error), err=True)
    except OSError as error:
        click.echo(f"Error: {error.filename or file}: {error.strerror or error}", err=True)
    except ValueError as error:
        no_row = str(error).startswith("reference:")
        click.echo(f"Error: {file}: " + (f"no row {reference} for --reference" if no_row else str(error)), err=True)
    else:
        return
    sys.exit(WRONG_INPUT)


@contextmanager
def _complaints() -> Iterator[None]:
    """Wrong input and failures as plain words on stderr, never a traceback."""
    from adoptsim.experiment.errors import RunStoppedError, StoreError
    from adoptsim.inputs.errors import InputError

    try:
        yield
    except click.ClickException:
        raise
    except InputError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(WRONG_INPUT)
    except StoreError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except RunStoppedError as error:
        click.echo(f"Error: {error}", err=True)
        click.echo("What is done is kept; the same command goes on from there.", err=True)
        sys.exit(RUN_FAILED)
    except (OSError, MemoryError, RuntimeError) as error:
        click.echo(f"Error: {str(error) or type(error).__name__}", err=True)
        sys.exit(RUN_FAILED)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        click.echo(f"Error: {type(error).__name__}: {error}", err=True)
        click.echo(f"This is a fault of adoptsim, not of your file; {TRACEBACK}=1 shows where it is.", err=True)
        sys.exit(RUN_FAILED)
    except KeyboardInterrupt:
        click.echo("\nStopped. What is done is kept; the same command goes on from there.", err=True)
        sys.exit(INTERRUPTED)


@contextmanager
def _stopped_like_from_the_keyboard() -> Iterator[None]:
    """A batch system that ends a run is answered in the same words as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _question(file: str) -> Experiment:
    from adoptsim.experiment.files.load import load_question

    return load_question(file)


def _answered(
    experiment: Experiment, jobs: int | None, out: Path, force: bool, executor: str
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

        run_experiment(experiment, jobs, out, watch, force, _publish, executor, _complain)
    return folder, tallies[0] if tallies else None


def _publish(folder: Path) -> None:
    """Tables and figures; what draws them is imported when the worlds are done."""
    from adoptsim.compare.publish import publish

    publish(folder)


def _complain(words: str) -> None:
    click.echo(f"Note: {words}", err=True)


def _shown(folder: Path, tally: Tally | None, seconds: float) -> int:
    """Print the table of a result folder, and the summary; returns how many worlds failed."""
    from rich.console import Console

    from adoptsim.compare.headline import headline
    from adoptsim.compare.table import WIDTH, print_table, table_text
    from adoptsim.experiment.opened import open_result

    result = open_result(folder)
    if sys.stdout.isatty():
        print_table(headline(result), Console(width=WIDTH))
    else:
        click.echo(table_text(headline(result)))
    for line in summary(result, tally, seconds):
        click.echo(line, err=True)
    return result.failed
