"""Write the tables of docs/files.md from the code.

Usage: python scripts/files_tables.py [--check]

With --check nothing is written; the exit status is 1 if a table is not what the code says.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from adoptsim.experiment.files.experiments import DesignEntry, ExperimentFile, RankingEntry, SensitivityEntry
from adoptsim.experiment.files.schema import (
    KEPT,
    Entry,
    InvestmentEntry,
    LeverEntry,
    ScenarioFile,
    ShockEntry,
    TargetsEntry,
)
from adoptsim.inputs.own_tables import OPTIONAL, REQUIRED
from adoptsim.model.shocks import SHOCKS

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled, stale, table

FILES = Path(__file__).resolve().parents[1] / "docs" / "files.md"
ENTRIES: dict[str, type[Entry]] = {
    "scenario_fields": ScenarioFile,
    "lever_fields": LeverEntry,
    "target_fields": TargetsEntry,
    "shock_fields": ShockEntry,
    "investment_fields": InvestmentEntry,
    "experiment_fields": ExperimentFile,
    "design_fields": DesignEntry,
    "ranking_fields": RankingEntry,
    "sensitivity_fields": SensitivityEntry,
}


def field_table(entry: type[Entry]) -> str:
    """The fields of an entry, what each may say and what holds if it is left out."""
    rows = []
    for name, field in entry.model_fields.items():
        default = "needed" if field.is_required() else f"{field.default:g}" if _number(field.default) else field.default
        plain = default if isinstance(default, str) else ""
        rows.append((f"`{name}`", field.description or "", plain))
    return table(("field", "what it may be", "left out"), rows)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shock_table() -> str:
    """The kinds of shock."""
    rows = ((f"`{s.name}`", s.title, s.size, f"{100 * s.largest:g} %") for s in SHOCKS.values())
    return table(("shock", "what happens", "size", "largest"), rows)


def kept_table() -> str:
    """How much may be kept."""
    return table(("`keep`", "what is kept"), ((f"`{name}`", words) for name, words in KEPT.items()))


def own_table() -> str:
    """The columns of a user's tables of actors."""
    rows = (
        (f"`{kind}`", ", ".join(columns), ", ".join(OPTIONAL.get(kind, ("basis",))))
        for kind, columns in REQUIRED.items()
    )
    return table(("table", "columns", "may be left out"), rows)


def tables() -> dict[str, str]:
    """Every table by name."""
    made = {name: field_table(entry) for name, entry in ENTRIES.items()}
    return {**made, "shocks": shock_table(), "kept": kept_table(), "own_tables": own_table()}


def main(arguments: Iterable[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a table is stale")
    checking = parser.parse_args(None if arguments is None else list(arguments)).check
    text, made = FILES.read_text(encoding="utf-8"), tables()
    old = stale(text, made)
    if checking and old:
        print(f"docs/files.md: stale tables: {', '.join(old)}; run `make docs`", file=sys.stderr)
        return 1
    if old:
        FILES.write_text(filled(text, made), encoding="utf-8")
    print(f"docs/files.md: {'written: ' + ', '.join(old) if old else 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
