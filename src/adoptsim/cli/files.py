"""``adoptsim list``, ``schema`` and ``init``: what helps to write files."""

from __future__ import annotations

from pathlib import Path

import click

from adoptsim.cli.complaints import complaints

__all__ = ["KINDS", "init", "list_names", "schema"]

KINDS = ("levers", "shocks", "countries", "applications", "parameters", "outcomes", "experiments")


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("text", default="")
def list_names(kind: str, text: str) -> None:
    """List what a file may name, and the files here; with TEXT, those whose name, meaning or unit holds it."""
    from shutil import get_terminal_size

    from adoptsim.experiment.files.menus import WIDTH, menu

    with complaints():
        width = min(WIDTH, get_terminal_size((WIDTH, 0)).columns)
        click.echo("\n".join(menu(kind, width, text)))


@click.command()
def schema() -> None:
    """Print the JSON Schema of files.

    An editor that reads it completes fields and names of scenarios and experiments; docs/files.md says how.
    """
    import json

    from adoptsim.experiment.files.editor import json_schema

    click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))


@click.command()
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
    with complaints():
        text = starter(path.stem, experiment)
        try:
            with path.open("x", encoding="utf-8") as new:
                new.write(text)
        except FileExistsError:
            raise click.UsageError(f"{path} is there already; nothing was written") from None
    click.echo(f"{path} is written; change it, then: adoptsim check {path}", err=True)
