"""How long the equity measures take on one core: an ensemble's whole history in one call.

Run it: python benchmarks/equity.py [--worlds 1000] [--quarters 80] [--cells 970] [--repeats 3]
"""

import argparse
import os
import time
from collections.abc import Callable

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402  (threads are set before NumPy reads them)

from adoptsim import equity  # noqa: E402


def best_of(repeats: int, question: Callable[[], object]) -> float:
    """Shortest wall time of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        question()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("worlds", 1000), ("quarters", 80), ("cells", 970), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    sizes = parser.parse_args()
    shape = (sizes.worlds, sizes.quarters, sizes.cells)
    rng = np.random.default_rng(1)
    access = rng.random(shape)
    population = rng.lognormal(size=sizes.cells)
    shared = rng.lognormal(size=sizes.cells)
    by_quarter = rng.lognormal(size=(sizes.quarters, sizes.cells))
    own = rng.lognormal(size=shape)
    weights = equity.band_weights(population, shared, 0.0, 0.4)
    countries = np.arange(sizes.cells) // 5

    questions: dict[str, Callable[[], object]] = {
        "weighted_sum, weights ready": lambda: equity.weighted_sum(access, weights),
        "headline, one shared rank": lambda: equity.headline(access, population, shared),
        "headline, a rank per quarter": lambda: equity.headline(access, population, by_quarter),
        "headline, own rank per world and quarter": lambda: equity.headline(access, population, own),
        "slope_index, one shared rank": lambda: equity.slope_index(access, population, shared),
        "absolute_concentration, one shared rank": lambda: equity.absolute_concentration(access, population, shared),
        "absolute_concentration, own rank": lambda: equity.absolute_concentration(access, population, own),
        "slope_index, own rank": lambda: equity.slope_index(access, population, own),
        "gini": lambda: equity.gini(access, population),
        "theil": lambda: equity.theil(access, population),
        "theil, between and within countries": lambda: equity.decompose("theil", access, population, countries),
        "headline gap, between and within": lambda: equity.split_gap(access, population, shared, countries),
        "slope_index, logit, 1 world in 50": lambda: equity.slope_index(access[::50], population, shared, form="logit"),
    }
    print(f"{shape[0]} worlds x {shape[1]} quarters x {shape[2]} cells, best of {sizes.repeats}")
    for name, question in questions.items():
        print(f"{best_of(sizes.repeats, question):8.2f} s  {name}", flush=True)


if __name__ == "__main__":
    main()
