"""Run the checks against published figures and put their table into docs/odd.md, misses first.

Usage: python scripts/odd_checks.py [--worlds N] [--jobs N]

Nothing is fitted to these figures. The runs take minutes, so the table is written when this is called and not checked
by `make lint`; a test holds its verdicts against a smaller ensemble.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from check_figures import FIGURES, Check, checks
from check_runs import SEED, Runs, run_all
from marked import filled, table
from odd_tables import link

from adoptsim.model.columns import Array

ODD = Path(__file__).resolve().parents[1] / "docs" / "odd.md"
PART, WORLDS, JOBS = "checks", 208, 2
MISS, HOLDS, UNDEFINED = "**miss**", "holds", "**cannot tell**"


@dataclass(frozen=True, eq=False)
class Found:
    """What a check found: its figure in the worlds where it is defined, against what was published."""

    check: Check
    figure: Array

    @property
    def median(self) -> float:
        """Median over worlds; NaN where no world has the figure."""
        return float(np.median(self.figure)) if len(self.figure) else np.nan

    @property
    def verdict(self) -> str:
        """Whether the median lies within the tolerance."""
        if np.isnan(self.median):
            return UNDEFINED
        return HOLDS if self.check.low <= self.median <= self.check.high else MISS

    def clearly(self) -> str:
        """The verdict if four standard errors of the median do not change it, else "" (a small ensemble may say so)."""
        if len(self.figure) < 2:
            return self.verdict
        error = 4.0 * np.sqrt(np.pi / 2.0) * self.figure.std(ddof=1) / np.sqrt(len(self.figure))
        low, high = self.median - error, self.median + error
        if self.check.low <= low and high <= self.check.high:
            return HOLDS
        return MISS if high < self.check.low or low > self.check.high else ""


def found(runs: Runs) -> list[Found]:
    """Every check on these runs, in order; figures that are no numbers in some worlds are left out there."""
    figures = ((checks()[name], np.asarray(figure(runs), dtype=float)) for name, figure in FIGURES.items())
    return [Found(check, figure[np.isfinite(figure)]) for check, figure in figures]


def number(value: float) -> str:
    """Three figures."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def figure_text(one: Found) -> str:
    """Median, and the range of 90 % of worlds where they differ."""
    if not len(one.figure):
        return "in no world"
    low, high = np.percentile(one.figure, [5, 95])
    return number(one.median) + (f" ({number(low)} to {number(high)})" if len(one.figure) > 1 else "")


def check_table(all_found: Iterable[Found]) -> str:
    """The table: misses first, otherwise in order."""
    ordered = sorted(all_found, key=lambda one: one.verdict == HOLDS)
    rows = (
        (
            one.verdict,
            f"`{one.check.name}` {one.check.title}",
            figure_text(one),
            f"{number(one.check.low)} to {number(one.check.high)}",
            one.check.published,
            link(one.check.source, one.check.url),
        )
        for one in ordered
    )
    head = ("verdict", "check", "model: median (90 % of worlds)", "tolerance", "published", "source and tolerance")
    return table(head, rows)


def reasons(all_found: Iterable[Found]) -> str:
    """Why each miss misses."""
    return "\n".join(f"- `{one.check.name}`: {one.check.why}" for one in all_found if one.verdict != HOLDS)


def section(all_found: list[Found], worlds: int) -> str:
    """The generated part of the page."""
    missed = sum(one.verdict != HOLDS for one in all_found)
    head = f"{missed} of {len(all_found)} checks miss, in {worlds} worlds (seed {SEED})."
    return f"{head}\n\n{check_table(all_found)}\nWhat decides the figures that miss:\n\n{reasons(all_found)}\n"


def verdicts(text: str) -> dict[str, str]:
    """What a page says of each check."""
    rows = (line.split(" | ") for line in text.splitlines() if line.startswith(("| **", f"| {HOLDS}")))
    return {row[1].split("`")[1]: row[0].removeprefix("| ") for row in rows if "`" in row[1]}


def main(arguments: Iterable[str] | None = None) -> int:
    """Run, write docs/odd.md; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--jobs", type=int, default=JOBS)
    asked = parser.parse_args(None if arguments is None else list(arguments))
    results = found(run_all(asked.worlds, asked.jobs))
    text = filled(ODD.read_text(encoding="utf-8"), {PART: section(results, asked.worlds)})
    ODD.write_text(text, encoding="utf-8")
    print(f"docs/odd.md: {sum(one.verdict != HOLDS for one in results)} of {len(results)} checks miss")
    return 0


if __name__ == "__main__":
    sys.exit(main())
