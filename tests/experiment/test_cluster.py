"""The same chunks on a dask.distributed cluster: a real scheduler and two workers on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adoptsim.experiment import executors, plan
from adoptsim.experiment.errors import RunStoppedError
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.runner import Tally
from adoptsim.experiment.store import run_experiment
from adoptsim.model.scenario import LeverUse, Scenario

SOURCE = Path(__file__).parents[2] / "src"
LEVER = (LeverUse("data_sharing", intensity=1.0, start=2025.0),)
QUESTION = Experiment("q", (Scenario("a", quarters=4), Scenario("b", quarters=4, levers=LEVER)), worlds=8)
LOOPBACK = ("--host", "127.0.0.1")
PATIENCE = 60


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers with one thread each; all are ended by their process ids."""
    log = (tmp_path / "log").open("wb")

    def start(kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{kind}", *arguments, *LOOPBACK]
        return subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, stdout=log, stderr=log)

    known = tmp_path / "scheduler.json"
    running = [start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(known))]
    try:
        address = written(known)
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        running += [start("worker", address, *options, "--name", name) for name in ("one", "two")]
        yield Cluster(address.replace("tcp://", "dask://"), running[1:])
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait(timeout=10)
        log.close()


def written(known: Path) -> str:
    """The address that a scheduler writes down when it is ready."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            return str(json.loads(known.read_text())["address"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise TimeoutError(known)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(plan, "SMALLEST", 2)
    killed: list[int] = []

    def kill_half_way(tally: Tally) -> None:
        if not killed and tally.done >= tally.total / 2:
            cluster.workers[0].send_signal(signal.SIGKILL)
            killed.append(tally.done)

    first, second, far = (
        run_experiment(QUESTION, jobs=1, out=tmp_path / "one"),
        run_experiment(QUESTION, jobs=2, out=tmp_path / "two"),
        run_experiment(QUESTION, out=tmp_path / "far", executor=cluster.address, progress=kill_half_way),
    )
    assert killed
    assert cluster.workers[0].wait(timeout=10) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None
    assert bytes_of(first) == bytes_of(second) == bytes_of(far)
    assert bytes_of(first).keys() == {f"{t}.parquet" for t in ("outcomes", "series", "changes", "countries")}


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(executors, "PATIENCE", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        address = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(RunStoppedError, match="no scheduler with workers can be reached there"):
            run_experiment(QUESTION, out=tmp_path, executor=address)


def test_dask_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunStoppedError, match=r"pip install 'adoptsim\[cluster\]'"):
        run_experiment(QUESTION, out=tmp_path, executor="dask://127.0.0.1:1")
