"""How long the studies take: the quick flagship, and a Sobol' design of 20 factors, each in one process per core.

Run it: python benchmarks/studies.py [--rounds 1] [--points 64] [--write]
"""

import argparse
import tempfile
import time
from pathlib import Path

from measure import ROOT, line, machine, table, write

from adoptsim.experiment.question import Experiment
from adoptsim.experiment.store import run_experiment
from adoptsim.model.levers import LEVERS
from adoptsim.model.scenario import Scenario
from adoptsim.sensitivity.designs import SensitivityDesign, design
from adoptsim.sensitivity.problem import factors_of
from adoptsim.sensitivity.publish import publish
from adoptsim.sensitivity.study import load_experiment

HEAD = ("what", "smallest", "median", "unit", "wanted")
PARAMETERS = (
    "dist.markup", "pool.fee", "fund.displacement", "fund.lapse", "work.supervisor_ratio", "work.training_years",
    "diff.medicine_adoption_years", "deliver.site_shape",
)  # fmt: skip
POINTS = 1024  # of the design that is wanted


def sobol(points: int) -> SensitivityDesign:
    """The strengths of twelve levers and eight parameters, without pairs."""
    return design(factors_of([*LEVERS, *PARAMETERS], [Scenario("baseline")]), "sobol", points)


def seconds_of(experiment: Experiment, tell: bool = False) -> tuple[float, float]:
    """Seconds of a run, and of its tables and figures."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        answer = run_experiment(experiment, out=folder)
        ran = time.perf_counter()
        if tell:
            publish(Path(answer))
        return ran - started, time.perf_counter() - ran


def rows(rounds: int, points: int) -> list[tuple[str, ...]]:
    """The rows of the table."""
    flagship = load_experiment(ROOT / "experiments" / "rank_levers.yaml", "quick")
    runs = [seconds_of(flagship, tell=True) for _ in range(rounds)]
    asked = sobol(points)
    question = Experiment("sobol", (Scenario("baseline"),), design=asked.design, keep="outcomes")
    seconds = [seconds_of(question)[0] for _ in range(rounds)]
    whole = len(asked) * POINTS // points
    return [
        line(f"quick flagship, {flagship.worlds:,} worlds", [run for run, _ in runs], "s", 1.0, "120"),
        line("its tables and figures", [told for _, told in runs], "s", 1.0),
        line(f"Sobol' design of 20 factors and the dummy, N = {points}, {len(asked):,} worlds", seconds, "s", 1.0),
        line(f"reckoned from it for N = {POINTS:,}, {whole:,} worlds", seconds, "s", POINTS / points, "240"),
    ]


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--points", type=int, default=64)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    about = f"{machine()}. Smallest and median of {options.rounds} rounds."
    text = f"{about}\n\n{table(HEAD, rows(options.rounds, options.points))}"
    write("studies", text) if options.write else print(text)


if __name__ == "__main__":
    main()
