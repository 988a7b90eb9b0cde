"""What investments of a stored answer buy, what they cost whom and when: tables, words and a figure."""

from __future__ import annotations

from pathlib import Path

from adoptsim.experiment.opened import open_result
from adoptsim.report.investments.account import budget_table, has_investments, investment_table
from adoptsim.report.investments.figure import save_figure
from adoptsim.report.investments.words import investment_text, print_investments

__all__ = [
    "budget_table",
    "has_investments",
    "investment_table",
    "investment_text",
    "print_investments",
    "publish_investments",
]


def publish_investments(folder: Path) -> None:
    """Write ``tables/investments.csv``, ``tables/investments_budget.csv`` and ``figures/investments.png`` and ``.svg``.

    Nothing where the answer has no investment; no budget by year where it keeps no series.
    """
    stored = open_result(folder)
    if not has_investments(stored):
        return
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    rows = investment_table(stored)
    rows.to_csv(tables / "investments.csv", index=False, lineterminator="\n")
    if "changes" in stored.tables:
        budget_table(stored).to_csv(tables / "investments_budget.csv", index=False, lineterminator="\n")
    save_figure(rows, stored, folder / "figures")
