"""The runner: blocks of worlds of one or many scenarios, in one pool of processes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence

import mesa
from joblib import Parallel, cpu_count, delayed
from threadpoolctl import threadpool_limits

from adoptsim.experiment.result import Failure, Result, assembled
from adoptsim.inputs.applications import load_applications
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import all_parameters, draw_parameters, is_varied

__all__ = ["BLOCK", "Progress", "run_scenarios", "simulate"]

BLOCK = 32  # worlds stepped together; the result does not depend on it
Progress = Callable[[int, int], None]  # worlds done and worlds failed since the last call
Block = tuple[list[BlockResult], list[Failure]]


def simulate(
    scenario: Scenario, worlds: int = 100, rng: int = 1, jobs: int | None = None, progress: Progress | None = None
) -> Result:
    """Run a scenario in many worlds.

    Parameters
    ----------
    scenario
        What is asked.
    worlds
        How many worlds. World ``w`` has the same parameters and the same luck in every scenario.
    rng
        Root seed.
    jobs
        Processes, none = one per core. The result is the same for any number.
    progress
        Called with the worlds done and failed since its last call.
    """
    return next(run_scenarios((scenario,), worlds, rng, jobs, progress))


def run_scenarios(
    scenarios: Sequence[Scenario], worlds: int, seed: int, jobs: int | None = None, progress: Progress | None = None
) -> Iterator[Result]:
    """Results of the scenarios in their order, each as soon as it is complete; all share one pool."""
    if worlds < 1:
        raise ValueError(f"at least one world is wanted, got {worlds}")
    spans = [range(start, min(start + BLOCK, worlds)) for start in range(0, worlds, BLOCK)]
    tasks = (delayed(run_block)(scenario, span, seed) for scenario in scenarios for span in spans)
    processes = min(jobs or cpu_count(), len(scenarios) * len(spans))
    finished: Iterator[Block] = Parallel(n_jobs=processes, return_as="generator")(tasks)
    for scenario in scenarios:
        blocks: list[BlockResult] = []
        failures: list[Failure] = []
        for span in spans:
            done, failed = next(finished)
            blocks += done
            failures += failed
            if progress is not None:
                progress(len(span) - len(failed), len(failed))
        yield assembled(scenario, blocks, failures)


def run_block(scenario: Scenario, worlds: range, seed: int) -> Block:
    """Run a block of worlds. Where it fails its halves are tried, so that only the worlds at fault are lost."""
    try:
        with threadpool_limits(limits=1):
            return [_results(scenario, worlds, seed)], []
    except Exception as error:
        if len(worlds) == 1:
            return [], [_failure(scenario, worlds[0], seed, error)]
    middle = len(worlds) // 2
    halves = [run_block(scenario, half, seed) for half in (worlds[:middle], worlds[middle:])]
    return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]


def _results(scenario: Scenario, worlds: range, seed: int) -> BlockResult:
    """Run one model and let go of it: Mesa keeps every model that ever had agents in a register of numbers."""
    model = AdoptionModel(scenario, worlds=worlds, rng=seed)
    try:
        return model.run().results()
    finally:
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
        del model
        gc.collect()  # a model and its agents point at each other; waiting for the collector would cost gigabytes


def _failure(scenario: Scenario, world: int, seed: int, error: Exception) -> Failure:
    text = f"{type(error).__name__}: {error}"
    try:
        known = all_parameters(load_applications(scenario.applications))
        drawn = draw_parameters(known, [world], seed, scenario)
    except Exception:  # what broke the world may break its draws too
        return Failure(world, text, {})
    return Failure(world, text, {n: float(drawn[n][0]) for n, p in known.items() if is_varied(p, scenario)})
