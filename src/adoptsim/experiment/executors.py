"""Who does the work: processes of this machine, or a dask.distributed cluster. Both give results as they come."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError

from adoptsim.experiment.errors import RunStoppedError

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["DASK", "done_by", "in_processes", "on_cluster"]

T = TypeVar("T")
R = TypeVar("R")
DASK = "dask://"
DEATHS = 3  # how often processes may be killed without anything getting done in between
PATIENCE = 30  # seconds to reach a scheduler, and for its first worker to join


def done_by(
    work: Callable[[T], R], tasks: Sequence[T], jobs: int | None = None, executor: str = ""
) -> Iterator[tuple[int, R]]:
    """Number and result of each task, in any order. ``executor`` is ``dask://host:port``; none = ``in_processes``."""
    if executor:
        return on_cluster(work, tasks, executor)
    return in_processes(work, tasks, jobs)


def in_processes(work: Callable[[T], R], tasks: Sequence[T], jobs: int | None = None) -> Iterator[tuple[int, R]]:
    """Work done by ``jobs`` processes (none = one per core); with one it is done in this process.

    What a process that was killed had in hand is done again by another. Raises RunStoppedError where processes are
    killed time and again, ValueError for less than one process, and whatever ``work`` raises.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: 1 or more is wanted, got {jobs}")
    left = dict(enumerate(tasks))
    deaths = 0
    processes = min(jobs or cpu_count(), len(left))  # also for what is left: a task that kills must not run in here
    start = {"initializer": _find_modules_in, "initargs": (list(sys.path),)}  # processes of an earlier call live on
    here = os.getcwd()
    while left:
        try:
            numbered = (delayed(_numbered_in)(here, work, number, task) for number, task in list(left.items()))
            for number, result in Parallel(processes, return_as="generator_unordered", **start)(numbered):
                del left[number]
                deaths = 0
                yield number, result
        except TerminatedWorkerError:
            deaths += 1
            if deaths == DEATHS:
                reason = "processes were killed time and again, perhaps for want of memory; try fewer --jobs"
                raise RunStoppedError(reason) from None


def _find_modules_in(path: list[str]) -> None:
    sys.path[:] = path


def _numbered_in(folder: str, work: Callable[[T], R], number: int, task: T) -> tuple[int, R]:
    os.chdir(folder)  # where the caller is: paths may be relative, and a process of an earlier call is where that was
    return _numbered(work, number, task)


def _numbered(work: Callable[[T], R], number: int, task: T) -> tuple[int, R]:
    return number, work(task)


def on_cluster(work: Callable[[T], R], tasks: Sequence[T], address: str) -> Iterator[tuple[int, R]]:
    """Work done by the workers of a dask.distributed scheduler at ``dask://host:port``.

    Raises RunStoppedError where the cluster cannot be reached or is lost, and whatever ``work`` raises. Twice as many
    tasks as there are threads are under way at a time: a scheduler stalls under a million.
    """
    with _connected(address) as client:
        yield from _submitted(client, work, tasks)


def _connected(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise RunStoppedError("dask is not installed here; pip install 'adoptsim[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told below, in a sentence
    try:
        client = Client(address.replace(DASK, "tcp://", 1), timeout=PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:  # a TimeoutError is an OSError
        first = (str(error).splitlines() or [type(error).__name__])[0]
        reason = f"no scheduler with workers can be reached there ({first})"
        raise RunStoppedError(f"{address}: {reason}") from None
    return client


def _submitted(client: Client, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R]]:
    from distributed import as_completed
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    run = uuid4().hex[:8]  # results that a scheduler remembers of another run are not ours
    waiting = enumerate(tasks)

    def submit(count: int) -> list[Future[Any]]:
        return [
            client.submit(_numbered, work, number, task, key=f"adoptsim-{run}-{number}", pure=False)
            for number, task in islice(waiting, count)
        ]

    running = as_completed(submit(2 * sum(client.nthreads().values())), loop=client.loop)
    try:
        for future in running:
            yield future.result()
            running.update(submit(1))
    except KilledWorker as error:
        raise RunStoppedError(f"workers were killed time and again, perhaps for want of memory ({error})") from None
    except FutureCancelledError:
        raise RunStoppedError("the connection to the scheduler was lost") from None
