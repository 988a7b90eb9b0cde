"""Golden files: outcomes of small runs, kept to see any change of results.

Usage: python scripts/golden.py [--write]

Without --write the runs are compared with tests/golden/ at a relative 1e-6; the exit status is 1 if one differs.
"""

import json
import math
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from adoptsim.experiment.files.load import load_scenario
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.store import run_experiment
from adoptsim.model.model import AdoptionModel
from adoptsim.sensitivity.study import load_experiment
from adoptsim.sensitivity.told import ranked

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
RANKING = "rank_levers"
RUNS = ("baseline", "three_levers", RANKING)
QUARTERS, WORLDS, SEED = 24, 3, 7
TOLERANCE = 1e-6  # between machines


def outcomes(name: str) -> dict[str, list[float]]:
    """Outcomes of a short run of a scenario of configs/, one number per world; of the flagship, its ranking."""
    if name == RANKING:
        return ranking()
    scenario = replace(load_scenario(ROOT / "configs" / f"{name}.yaml"), quarters=QUARTERS)
    result = AdoptionModel(scenario, worlds=WORLDS, rng=SEED).run().results()
    return {outcome: [float(v) for v in values] for outcome, values in sorted(result.scalars.items())}


def ranking() -> dict[str, list[float]]:
    """Effect of each lever in each list of the flagship at its smallest size and a short run: mean, low, high."""
    experiment = load_experiment(ROOT / "experiments" / f"{RANKING}.yaml", "smoke")
    short = replace(experiment, scenarios=tuple(replace(s, quarters=QUARTERS) for s in experiment.scenarios))
    with tempfile.TemporaryDirectory() as folder:
        stored = open_result(run_experiment(short, jobs=1, out=folder))
        rows = next(ranked(stored)).levers
    keys = rows[["setting", "package", "measure", "lever"]].agg(" ".join, axis=1)
    return dict(zip(keys, rows[["mean", "p05", "p95"]].to_numpy().tolist(), strict=True))


def differences(name: str) -> list[str]:
    """What differs from the golden file of a run, in words."""
    kept = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    now = outcomes(name)
    words = [f"{name}: outcome {o!r} is {'new' if o in now else 'gone'}" for o in sorted(set(kept) ^ set(now))]
    for outcome in sorted(set(kept) & set(now)):
        for world, (was, found) in enumerate(zip(kept[outcome], now[outcome], strict=True)):
            if not math.isclose(was, found, rel_tol=TOLERANCE, abs_tol=1e-12):
                words.append(f"{name}: {outcome}, number {world}, was {was!r}, is {found!r}")
    return words


def main() -> int:
    """Compare or write; returns the exit status."""
    if "--write" in sys.argv[1:]:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name in RUNS:
            (GOLDEN / f"{name}.json").write_text(json.dumps(outcomes(name), indent=1) + "\n", encoding="utf-8")
            print(f"tests/golden/{name}.json: written")
        return 0
    words = [word for name in RUNS for word in differences(name)]
    print("\n".join(words) or "golden files: no difference")
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
