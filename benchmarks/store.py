"""What runner and store cost over the bare model, how soon a run starts, and a million stored worlds.

Run it: python benchmarks/store.py [--rounds 5] [--worlds 1000000] [--write]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from measure import ROOT, line, machine, table, write  # noqa: E402

from adoptsim.experiment.design import Batch  # noqa: E402
from adoptsim.experiment.question import Experiment  # noqa: E402
from adoptsim.experiment.runner import BLOCK  # noqa: E402
from adoptsim.experiment.store import run_experiment  # noqa: E402
from adoptsim.model.model import AdoptionModel  # noqa: E402
from adoptsim.model.scenario import Scenario  # noqa: E402

WORLDS = 512  # of the overhead
HEAD = ("what", "smallest", "median", "unit", "wanted")
FIRST = """
import sys, time
from pathlib import Path
folder, started = Path(sys.argv[1]), time.perf_counter()
import subprocess
command = [sys.executable, "-m", "adoptsim", "run", sys.argv[2], "--worlds", sys.argv[3], "--out", str(folder)]
run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not [*folder.glob("*/chunks/*.parquet"), *folder.glob("*/outcomes.parquet")]:
    time.sleep(0.005)
print(time.perf_counter() - started)
run.kill()
run.wait()
"""
STORED = """
import sys, time
import numpy as np, pandas as pd
from adoptsim.experiment import chunks, plan, store
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.result import Result
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario

def memory():
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024

lever = (LeverUse("pooled_procurement", intensity=1.0),)
question = Experiment("million", (Scenario("baseline"), Scenario("pooled", levers=lever)), worlds=WORLDS // 2,
                      keep="outcomes")
"""
FILLED = """
model = AdoptionModel(worlds=2).run().results()
names = [*model.parameters, *model.scalars]
work = store.folder_of(question, sys.argv[1]).with_name(store.folder_of(question, sys.argv[1]).name + ".unfinished")
(work / "chunks").mkdir(parents=True)
parts = plan.parts_of(question)
for i, chunk in enumerate(plan.planned(question, parts, store.world_bytes(question))):
    n = len(chunk.batch)
    numbers = np.random.default_rng(i).random((n, len(names)))
    rows = pd.DataFrame({"world": np.asarray(chunk.batch.worlds), "replicate": chunk.batch.replicates})
    rows = pd.concat([rows, pd.DataFrame(numbers, columns=names)], axis=1).assign(status="done", error="")
    result = Result((chunk.scenario,), tuple(model.parameters), tuple(model.scalars), rows)
    chunks._write(work / "chunks", chunk, result)
"""
MERGED = """
started = time.perf_counter()
folder = store.run_experiment(question, jobs=1, out=sys.argv[1])
print(folder, time.perf_counter() - started, memory(), (folder / "outcomes.parquet").stat().st_size / 1e6)
"""
ASKED = """
import adoptsim as ad
result = ad.open_result(sys.argv[2])
GAP, POOR = "useful_access.gap.mean", "useful_access.p40.mean"

def mean_and_interval():
    return result.table("outcomes", ["scenario", GAP]).groupby("scenario")[GAP].quantile([0.05, 0.5, 0.95])

def share_that_narrows():
    rows = result.table("outcomes", ["scenario", "world", GAP, POOR]).set_index("world")
    base, pooled = (rows[rows["scenario"] == name] for name in ("baseline", "pooled"))
    return ((pooled[GAP] < base[GAP]) & (pooled[POOR] > base[POOR])).mean()

def worst_worlds():
    return result.table("outcomes", ["scenario", "world", GAP]).nlargest(20, GAP)

def driving_parameters():
    names = [*result.parameters[:20], GAP]
    return result.table("outcomes", names, scenario="pooled").corr(method="pearson")[GAP]

def failures():
    return (result.table("outcomes", ["status"])["status"] == "failed").sum()

for question in (mean_and_interval, share_that_narrows, worst_worlds, driving_parameters, failures):
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        question()
        seconds.append(time.perf_counter() - started)
    print(question.__name__, *seconds)
print("memory", memory())
"""


def processor(work: Callable[[], object]) -> float:
    """Seconds of the processor: a machine that is busy elsewhere does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def overhead(count: int) -> list[tuple[str, ...]]:
    """The same worlds by the bare model and by runner and store, in one process, in turns; seconds of the processor."""
    scenario = Scenario("baseline")
    batches = list(Batch.of(range(WORLDS)).parts(BLOCK))

    def bare() -> None:
        for batch in batches:
            AdoptionModel(scenario, batch.replicates.tolist(), 1).run().results()

    bare()
    found = []
    for keep in ("outcomes", "groups"):
        ratios = []
        for _ in range(count):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                question = Experiment("overhead", (scenario,), worlds=WORLDS, keep=keep)
                ran = processor(partial(run_experiment, question, 1, folder))
                ratios.append(ran / processor(bare) - 1.0)
        found.append(
            line(f"runner and store over the bare model, {WORLDS} worlds, keep: {keep}", ratios, "%", 100.0, "5")
        )
    return found


def first_worlds(count: int) -> list[tuple[str, ...]]:
    """From the command to the first worlds on the disk: one world, and the first block of two processes."""
    found = []
    for worlds, what, wanted in (("1", "the only world", "3"), ("256", "the first 32 of 256 worlds", "")):
        seconds = []
        for _ in range(count):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                command = [sys.executable, "-c", FIRST, folder, str(ROOT / "configs/baseline.yaml"), worlds]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                seconds.append(float(done.stdout))
        found.append(line(f"`adoptsim run`: from the command to {what} on the disk", seconds, "s", 1.0, wanted))
    return found


def million(worlds: int, count: int) -> list[tuple[str, ...]]:
    """Chunks of random numbers of the shape of outcomes, merged and asked through the doors that users have."""

    def script(text: str, *arguments: str) -> str:
        code = f"WORLDS, ROUNDS = {worlds}, {count}\n{STORED}{text}"
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
        ).stdout

    with tempfile.TemporaryDirectory(dir=".") as out:
        script(FILLED, out)
        folder, seconds, peak, size = script(MERGED, out).split()
        said = [row.split() for row in script(ASKED, out, folder).splitlines()]
    thing = f"{worlds:,} stored worlds"
    rows: list[tuple[str, ...]] = [
        (f"{thing}: chunks read through and merged", f"{float(seconds):.3g}", f"{float(seconds):.3g}", "s", ""),
        (f"{thing}: peak memory of the merge", f"{float(peak):.0f}", f"{float(peak):.0f}", "MB", "1000"),
        (f"{thing}: size of outcomes.parquet", f"{float(size):.0f}", f"{float(size):.0f}", "MB", ""),
    ]
    for name, *times in said[:-1]:
        rows.append(line(f"{thing}: {name.replace('_', ' ')}", [float(x) for x in times], "s", 1.0, "2"))
    memory = f"{float(said[-1][1]):.0f}"
    return [*rows, (f"{thing}: peak memory of all questions", memory, memory, "MB", "1000")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worlds", type=int, default=1_000_000, help="stored worlds")
    parser.add_argument("--write", action="store_true", help="put the results into docs/benchmarks.md")
    asked = parser.parse_args()
    rows = [*overhead(asked.rounds), *first_worlds(asked.rounds), *million(asked.worlds, asked.rounds)]
    text = f"{machine()}. Smallest and median of {asked.rounds} rounds.\n\n{table(HEAD, rows)}"
    print(text)
    if asked.write:
        write("store", text)


if __name__ == "__main__":
    main()
