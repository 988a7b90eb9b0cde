"""The life of a result folder: claimed by one process, given its name when it is whole, cleared of what a run needs."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from adoptsim.experiment.chunks import clear
from adoptsim.experiment.errors import RunStoppedError, StoreError
from adoptsim.experiment.opened import CHUNKS, MANIFEST, TABLES, TRAJECTORIES, UNFINISHED

__all__ = ["claimed", "publish", "sweep", "unfinished", "write_manifest"]

LOCK = "lock"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OF_A_RUN = {MANIFEST, "." + MANIFEST, LOCK, CHUNKS}
OURS = {*OF_A_RUN, TRAJECTORIES, "tables", "figures", *(f"{name}.parquet" for name in TABLES)}


def unfinished(target: Path) -> Path:
    """Where a run works until its folder is whole."""
    return target.with_name(target.name + UNFINISHED)


@contextmanager
def claimed(target: Path) -> Iterator[Path]:
    """The folder in which a run works, for this process alone; it goes again if nothing was done in it.

    Raises StoreError where it cannot be written or is used, RunStoppedError where the disk is full.
    """
    work = unfinished(target)
    try:
        (work / CHUNKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        where = error.filename if isinstance(error, FileExistsError) else target.parent
        raise _told(error, where) from None
    try:
        with FileLock(work / LOCK, blocking=False):
            try:
                yield work
            finally:
                _forget(work)
    except Timeout:
        raise StoreError(f"{work}: another process is working on it; wait until it has ended") from None
    except StoreError:
        raise
    except OSError as error:
        raise _told(error, error.filename or work) from None


def _told(error: OSError, where: Path | str) -> Exception:
    """What stopped the writing, in words."""
    if error.errno in FULL:
        return RunStoppedError(f"{where}: there is no room left on the disk ({error.strerror}); make some")
    return StoreError(f"{where}: cannot be written ({error.strerror or error})")


def _forget(work: Path) -> None:
    """Remove a folder in which nothing has been done."""
    with suppress(OSError):
        if {path.name for path in work.iterdir()} <= OF_A_RUN and not any((work / CHUNKS).iterdir()):
            shutil.rmtree(work)


def publish(work: Path, target: Path, complain: Callable[[str], None]) -> None:
    """Give the finished folder its name. One that was there is kept until then; what the user put into it stays."""
    _to_disk(work)
    old = _old(target)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.replace(target, old)
    os.replace(work, target)
    for path in old.iterdir() if old.is_dir() else ():
        if path.name not in OURS:
            os.replace(path, target / path.name)
    sweep(target, complain)


def _to_disk(folder: Path) -> None:
    """What was written is on the disk before the folder gets its name, so that loss of power cannot undo it."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file() or os.name == "posix":  # folders too, where that can be done
            opened = os.open(path, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def sweep(target: Path, complain: Callable[[str], None]) -> None:
    """Remove what a finished run no longer needs, also where it was killed before it could; what cannot be stays."""
    with suppress(OSError):
        if (target / CHUNKS).exists() and not clear(target / CHUNKS):
            complain(f"{target / CHUNKS} holds files that are not of a run; they stay there.")
        (target / LOCK).unlink(missing_ok=True)
    old = _old(target)
    if old.exists():
        shutil.rmtree(old, ignore_errors=True)
        if old.exists():
            complain(f"{old} is the answer that was replaced; it cannot be removed.")


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}-old")


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a folder, whole or not at all."""
    temporary = folder / ("." + MANIFEST)
    temporary.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, folder / MANIFEST)
