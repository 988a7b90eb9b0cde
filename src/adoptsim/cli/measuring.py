"""``adoptsim equity``: inequality in a table of the user's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from adoptsim.cli.complaints import WRONG_INPUT

__all__ = ["equity"]

FIGURES = (".png", ".svg", ".pdf")


@click.command()
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
