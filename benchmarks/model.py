"""How long the model takes and how much memory it needs, on one core.

Run it: python benchmarks/model.py [--rounds 7] [--worlds 2000] [--write]
"""

import argparse
import os
import subprocess
import sys
import time
from statistics import median

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from measure import line, machine, rounds, table, write  # noqa: E402

from adoptsim.model.model import AdoptionModel, Phase  # noqa: E402

BLOCK = 32
HEAD = ("what", "smallest", "median", "unit", "wanted")
# the peak of this process alone: ru_maxrss would start from that of the process that called it
ENSEMBLE = """
from adoptsim.experiment.runner import simulate
from adoptsim.model.scenario import Scenario
simulate(Scenario("baseline"), worlds={worlds}, rng=1, jobs=1)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024)
"""


def single(count: int) -> list[tuple[str, ...]]:
    """One world: with and without making the model."""
    AdoptionModel(worlds=1).run()  # tables are read once, code is warm
    models = [AdoptionModel(worlds=1) for _ in range(count)]
    return [
        line("one run, model made before", rounds(count, lambda: models.pop().run()), "ms", 1e3),
        line(
            "one run, making the model included", rounds(count, lambda: AdoptionModel(worlds=1).run()), "ms", 1e3, "100"
        ),
    ]


def blocks(count: int) -> list[tuple[str, ...]]:
    """A block of worlds, each world's part."""
    seconds = rounds(count, lambda: AdoptionModel(worlds=BLOCK).run().results())
    return [line(f"a world in a block of {BLOCK}, all included", seconds, "ms", 1e3 / BLOCK, "15")]


def shares(count: int) -> str:
    """Each phase's share of the time of a block without making it."""
    spent: dict[str, list[float]] = {}

    def timed(name: str, phase: Phase) -> Phase:
        def run(model: AdoptionModel) -> None:
            start = time.perf_counter()
            phase(model)
            spent[name][-1] += time.perf_counter() - start

        return run

    for _ in range(count):
        model = AdoptionModel(worlds=BLOCK)
        for name, _phase in model.phases:
            spent.setdefault(name, []).append(0.0)
        model.phases = [(name, timed(name, phase)) for name, phase in model.phases]
        model.run()
    typical = {name: median(found) for name, found in spent.items()}
    whole = sum(typical.values())
    rows = ((f"`{n}`", f"{s / BLOCK * 1e3:.2f}", f"{100 * s / whole:.0f} %") for n, s in typical.items())
    return table(("phase", "ms per world", "share"), rows)


def help_text(count: int) -> list[tuple[str, ...]]:
    """The command line's first answer."""

    def ask() -> None:
        subprocess.run([sys.executable, "-m", "adoptsim", "--help"], check=True, stdout=subprocess.DEVNULL)

    ask()
    return [line("`adoptsim --help`", rounds(count, ask), "s", 1.0, "0.15")]


def memory(worlds: int) -> list[tuple[str, ...]]:
    """Peak memory of an ensemble in one process."""
    found = subprocess.run(
        [sys.executable, "-c", ENSEMBLE.format(worlds=worlds)], check=True, capture_output=True, text=True
    )
    peak = f"{float(found.stdout):.0f}"
    return [(f"peak memory, {worlds:,} worlds in one process", peak, peak, "MB", "500")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--worlds", type=int, default=2000, help="worlds of the ensemble whose memory is measured")
    parser.add_argument("--write", action="store_true", help="put the results into docs/benchmarks.md")
    asked = parser.parse_args()
    rows = [*single(asked.rounds), *blocks(asked.rounds), *help_text(asked.rounds), *memory(asked.worlds)]
    text = f"{machine()}. Smallest and median of {asked.rounds} rounds.\n\n{table(HEAD, rows)}\n{shares(asked.rounds)}"
    print(text)
    if asked.write:
        write("model", text)


if __name__ == "__main__":
    main()
