"""What a run says while it goes on, and when it ends; all of it on stderr."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adoptsim.experiment.opened import StoredResult
    from adoptsim.experiment.runner import Progress, Tally

__all__ = ["progress_bar", "span", "summary"]

FILES = {
    "tables/{name}.csv": "the table above",
    "tables/comparison.csv": "every outcome of every scenario, with changes",
    "tables/ranking.csv": "levers ranked, by setting, package and measure",
    "tables/answer.txt": "the answer above",
    "tables/ranking.txt": "the rankings of all outcomes in words",
    "tables/interactions.csv": "what levers do to each other",
    "tables/indices.csv": "sensitivity indices with intervals",
    "tables/convergence.csv": "how the design grew until it was stable",
    "tables/unknowns_single.csv": "what knowing each parameter would be worth",
    "tables/reversals.csv": "who is best where a parameter is low or high",
    "tables/boxes.csv": "in which worlds a lever fails",
    "figures/ranking.png": "the ranking with intervals; beside it other figures",
    "figures/gap.png": "the figure (also gap.svg)",
    "outcomes.parquet": "a row per scenario and world: parameters and outcomes",
    "series.parquet": "every year, by group: mean and interval over worlds",
    "changes.parquet": "the same for the change against the reference",
    "countries.parquet": "every country in every world at the horizon",
    "trajectories": "every world year by year, a NetCDF file per scenario",
    "manifest.json": "the question, seeds and versions: what repeats it",
}
SHOWN_ERRORS = 3
MINUTE = 60.0  # seconds


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Runs done, rate, time left and failures: a bar on a terminal, elsewhere a line a minute."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = BarColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task, started = bar.add_task("starting", total=None), time.monotonic()
        told = started

        def tell(tally: Tally) -> None:
            nonlocal told
            now = time.monotonic()
            words = in_words(tally, now - started)
            if not console.is_terminal and now - told >= MINUTE:
                told = now
                console.print(words, soft_wrap=True)
            bar.update(task, total=tally.total, completed=tally.kept + tally.done + tally.failed, description=words)

        yield tell


def in_words(tally: Tally, seconds: float) -> str:
    """How far a run is, as people say it."""
    fresh = tally.done + tally.failed
    there = tally.kept + fresh
    words = [f"{there:,} of {tally.total:,} runs"]
    if fresh and seconds > 0:
        rate = fresh / seconds
        words += [f"{rate:.3g} a second", f"{span((tally.total - there) / rate)} left"]
    if tally.failed:
        words.append(f"{tally.failed:,} failed")
    return ", ".join(words)


def span(seconds: float) -> str:
    """A span of time in the largest fitting unit."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.2g} {unit}" if seconds < 10 * size else f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def summary(result: StoredResult, tally: Tally | None, seconds: float) -> Iterator[str]:
    """What was done, what failed and why, and where everything is."""
    if tally is not None:
        fresh = tally.done + tally.failed
        before = f"; {tally.kept:,} were there from an earlier start" if tally.kept else ""
        yield f"{fresh:,} runs in {span(seconds)}, {fresh / max(seconds, 1e-9):.3g} a second{before}."
    yield from _failures(result)
    yield f"Everything is in {result.folder}:"
    for pattern, words in FILES.items():
        file = pattern.format(name=result.manifest["name"])
        if (result.folder / file).exists():
            yield f"  {file:<28}{words}"
    yield f'In Python: adoptsim.open_result("{result.folder}")'


def _failures(result: StoredResult) -> Iterator[str]:
    """Why worlds failed, the commonest reasons first."""
    if not result.failed:
        return
    rows = result.table("outcomes", ["scenario", "world", "status", "error"])
    failed = rows[rows["status"] == "failed"]
    yield f"{len(failed):,} runs failed; column 'error' of outcomes.parquet says why:"
    counts = failed["error"].value_counts()
    for error, count in counts.head(SHOWN_ERRORS).items():
        first = failed[failed["error"] == error].iloc[0]
        plain = " ".join("".join(c if c.isprintable() else " " for c in str(error)).split())
        yield f"  {count:,} times, first in world {first['world']} of '{first['scenario']}': {plain}"
    if len(counts) > SHOWN_ERRORS:
        yield f"  and {len(counts) - SHOWN_ERRORS:,} other reasons"
