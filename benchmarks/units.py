"""How time and memory grow with the number of units: tables of 194 to 2,000 generated districts.

Run it: python benchmarks/units.py [--rounds 3] [--write]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from measure import ROOT, machine, table, write  # noqa: E402

sys.path.insert(0, str(ROOT / "tests"))
from districts import districts  # type: ignore[import-not-found]  # noqa: E402

UNITS = (194, 500, 1000, 2000)
QUARTERS = 80
HEAD = (
    "units", "model made, s", "a run, s", "ms per unit", "pairs per unit", "peak memory, MB", "kB per further unit",
)  # fmt: skip
# one process for each size: its peak of memory is its own
ONE = """
import sys, time
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

scenario = Scenario("units", countries=sys.argv[1], quarters=int(sys.argv[2]))
AdoptionModel(Scenario("warm", quarters=1)).run()
started = time.process_time()
model = AdoptionModel(scenario)
made = time.process_time()
model.run().results()
ran = time.process_time()
pairs = sum(len(p) for p in (model.contracts, model.grants, model.places, model.referrals))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(made - started, ran - made, pairs, int(peak.split()[1]) / 1024)
"""


def measured(units: int, count: int) -> tuple[float, float, float, float]:
    """Seconds to make and to run a model of one world, pairs, and peak memory in MB: medians of some processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        path.write_text(districts(units), encoding="utf-8")
        command = [sys.executable, "-c", ONE, str(path), str(QUARTERS)]
        said = [
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(count)
        ]
    made, ran, pairs, peak = (median(map(float, column)) for column in zip(*said, strict=True))
    return made, ran, pairs, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the results into docs/benchmarks.md")
    asked = parser.parse_args()
    rows: list[tuple[str, ...]] = []
    before = (0, 0.0)
    for units in UNITS:
        made, ran, pairs, peak = measured(units, asked.rounds)
        further = f"{(peak - before[1]) * 1024 / (units - before[0]):.0f}" if before[0] else ""
        rows.append((f"{units:,}", f"{made:.2f}", f"{ran:.2f}", f"{1e3 * ran / units:.2f}", f"{pairs / units:.1f}",
                     f"{peak:.0f}", further))  # fmt: skip
        before = units, peak
    about = f"{machine()}. One world, {QUARTERS} quarters; median of {asked.rounds} processes, processor time."
    text = f"{about}\n\n{table(HEAD, rows)}"
    print(text)
    if asked.write:
        write("units", text)


if __name__ == "__main__":
    main()
