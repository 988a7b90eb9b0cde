"""A stored answer told by what was asked: scenarios compared, investments costed, levers ranked, or factors weighed."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from adoptsim.experiment.opened import StoredResult, open_result

__all__ = ["WIDTH", "answer_text", "print_answer", "publish"]

WIDTH = 100


def publish(folder: Path) -> None:
    """Write ``tables/`` and ``figures/`` of the answer in a folder."""
    if open_result(folder).manifest.get("study"):
        from adoptsim.sensitivity.publish import publish as publish_study

        publish_study(folder)
    else:
        from adoptsim.compare.publish import publish as publish_comparison
        from adoptsim.report.investments import publish_investments

        publish_comparison(folder)
        publish_investments(folder)


def print_answer(stored: StoredResult, console: Console) -> None:
    """Print the answer for a policy reader: colours on a terminal, plain text elsewhere."""
    if stored.manifest.get("study"):
        from adoptsim.sensitivity.publish import print_study

        print_study(stored, console)
    else:
        from adoptsim.compare.headline import headline
        from adoptsim.compare.table import print_table
        from adoptsim.report.investments import has_investments, print_investments

        print_table(headline(stored), console)
        if has_investments(stored):
            print_investments(stored, console)


def answer_text(stored: StoredResult) -> str:
    """The same as plain text."""
    out = io.StringIO()
    print_answer(stored, Console(file=out, width=WIDTH, color_system=None, force_terminal=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
