"""How large an answer becomes: told before it is run, and refused where it is more than can be handled."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.question import Experiment
from adoptsim.model.outcomes import bytes_per_world
from adoptsim.model.scenario import KEEP

__all__ = ["bytes_kept", "check_room", "in_units", "too_large", "world_bytes"]

LARGEST = 4e9  # bytes that one scenario's series and countries may take: they are put together in memory
NUMBER = 8  # bytes of a factor of a design


def world_bytes(experiment: Experiment) -> float:
    """Bytes of one world of the largest scenario."""
    factors = 0 if experiment.design is None else NUMBER * len(experiment.design.factors)
    return max(bytes_per_world(scenario)[experiment.kept] for scenario in experiment.scenarios) + factors


def bytes_kept(experiment: Experiment) -> float:
    """Bytes on the disk while the run is being finished: every world in its chunk and in a table."""
    return 2 * world_bytes(experiment) * experiment.worlds * len(experiment.scenarios)


def too_large(experiment: Experiment) -> str:
    """Why so much cannot be kept of each world, "" if it can."""
    if experiment.kept == "outcomes":
        return ""
    size = world_bytes(experiment) * experiment.worlds
    if size <= LARGEST:
        return ""
    less = KEEP[KEEP.index(experiment.kept) - 1]
    return (
        f"{experiment.worlds:,} worlds of a scenario would keep {in_units(size)}, more than {in_units(LARGEST)}; "
        f"fewer worlds or 'keep: {less}' are wanted"
    )


def check_room(experiment: Experiment, work: Path) -> None:
    """Raise StoreError where an answer is too large, or larger than the room that is left on the disk.

    What an earlier start has left in ``work`` needs no room any more.
    """
    reason = too_large(experiment)
    if reason:
        raise StoreError(f"{experiment.name}: {reason}")
    out = work.parent
    there = next((folder for folder in (out, *out.absolute().parents) if folder.is_dir()), Path())
    disk = shutil.disk_usage(there)
    wanted = bytes_kept(experiment) - _used(work)
    if wanted > disk.free and disk.total:  # a file system without size is none that keeps files
        room = f"{in_units(wanted)} are needed, {in_units(disk.free)} are free"
        raise StoreError(f"{out}: there is not enough room on the disk ({room}); fewer worlds, or keep less")


def _used(folder: Path) -> int:
    """Bytes of the files in a folder; those that another process is just removing do not count."""
    found = 0
    for path in folder.glob("**/*"):
        with suppress(OSError):
            found += path.stat().st_size
    return found


def in_units(size: float) -> str:
    """Bytes as people write them."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{size / scale:.3g} {unit}"
    return f"{size / 1e3:.3g} kB"
