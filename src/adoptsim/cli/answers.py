"""``adoptsim export`` and ``adoptsim explain``: what is made of answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from adoptsim.cli.complaints import RUN_FAILED, complaints
from adoptsim.terminal import progress_bar

__all__ = ["explain", "export"]

FORMS = ("csv", "excel", "netcdf")


@click.command()
@click.argument("folder", type=click.Path())
@click.option(
    "--form", "forms", type=click.Choice(FORMS), multiple=True, help="May be given more than once; CSV if left out."
)
@click.option("--to", type=click.Path(file_okay=False), help="Where the files go, instead of FOLDER/export.")
@click.option("--force", is_flag=True, help="Replace files that are already there.")
def export(folder: str, forms: tuple[str, ...], to: str | None, force: bool) -> None:
    """Write the answer in FOLDER as tidy CSV files, an Excel workbook, or NetCDF, with a dictionary of columns."""
    with complaints():
        from adoptsim.experiment.opened import open_result
        from adoptsim.report.export import export as write

        result = open_result(folder)
        for form in forms or FORMS[:1]:
            for path in write(result, form, Path(to) if to else result.folder / "export", force):
                click.echo(path)


@click.command()
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
    with complaints():
        from adoptsim.report.explain import UnknownNameError, explain_file

        try:
            with progress_bar() as tell:
                found = explain_file(country, file, progress=tell, **options)
        except UnknownNameError as error:
            raise click.UsageError(str(error)) from None
        click.echo(found.text(), nl=False)
    sys.exit(RUN_FAILED if found.failed else 0)
