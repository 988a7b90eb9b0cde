"""The command line. Data goes to stdout, progress and complaints to stderr; what is heavy is imported when needed.

Exit status: 0 done, 1 a run failed, 2 wrong use or wrong input.
"""

from __future__ import annotations

import click

from adoptsim.cli.answers import explain, export
from adoptsim.cli.files import KINDS, init, list_names, schema
from adoptsim.cli.measuring import equity
from adoptsim.cli.running import check, run

__all__ = ["KINDS", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="adoptsim", message="%(prog)s %(version)s")
def main() -> None:
    """Which interventions narrow the gap in access to genomic medicine, at what cost, and how sure are we?

    \b
    adoptsim run experiments/rank_levers.yaml   run a scenario or an experiment
    adoptsim check configs/baseline.yaml        say what is wrong with a file
    adoptsim list levers                        what a file may name
    adoptsim init my_scenario.yaml              a commented file to start from
    adoptsim equity districts.csv --estimate covered --population people --rank income
    """


for command in (run, check, list_names, schema, init, export, explain, equity):
    main.add_command(command)
