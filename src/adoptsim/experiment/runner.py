"""The runner: batches of worlds of a scenario, in memory; a world that fails costs nobody else."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import mesa
from threadpoolctl import threadpool_limits

from adoptsim.experiment.design import Batch
from adoptsim.experiment.executors import in_processes
from adoptsim.experiment.result import Failure, Ran, Result, assembled
from adoptsim.model.levers import parameters_of
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import KEEP, Scenario
from adoptsim.model.world import draw_parameters, is_varied

__all__ = ["BLOCK", "Progress", "Tally", "run_batch", "simulate"]

BLOCK = 32  # worlds stepped together; the result does not depend on it


@dataclass(frozen=True)
class Tally:
    """How far a run is, in worlds: of ``total``, ``kept`` were there when it started; ``failed`` of the others did."""

    total: int
    kept: int = 0
    done: int = 0
    failed: int = 0

    def plus(self, done: int, failed: int) -> Tally:
        """The tally after some worlds more, ``done`` of them well."""
        return replace(self, done=self.done + done, failed=self.failed + failed)


Progress = Callable[[Tally], None]


def simulate(
    scenario: Scenario,
    worlds: int = 100,
    rng: int = 1,
    jobs: int | None = None,
    progress: Progress | None = None,
    keep: str = "groups",
    model: type[AdoptionModel] = AdoptionModel,
) -> Result:
    """Run a scenario in many worlds and keep the answer in memory.

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
        Called with the tally at the beginning and whenever worlds are done.
    keep
        How much of each world: ``outcomes``; ``groups``: also yearly series by group, and countries at the horizon;
        ``countries``: also countries year by year; ``trajectories``: also coverage by application and wealth fifth.
    model
        A model of your own, with phases or actors that ours does not have.

    Raises
    ------
    InputError
        If the scenario names what there is not, or says what cannot be.
    ValueError
        If there are no worlds or processes, the seed is below 0, or ``keep`` is none of these.
    """
    for name, value, least in (("worlds", worlds, 1), ("rng", rng, 0)):
        if value < least:
            raise ValueError(f"{name}: {least} or more is wanted, got {value}")
    if keep not in KEEP:
        raise ValueError(f"keep: one of {', '.join(KEEP)} is wanted, got {keep!r}")
    from adoptsim.experiment.files.load import check_scenario  # workers, who import this room, read no files

    check_scenario(scenario, model)
    batches = list(Batch.of(range(worlds)).parts(BLOCK))
    ran, tally = Ran(), Tally(worlds)
    tell = progress or (lambda _: None)
    tell(tally)
    work = partial(run_batch, scenario, seed=rng, keep=keep, model=model)
    for _, part in in_processes(work, batches, jobs):
        ran.add(part)
        tally = tally.plus(part.done, len(part.failures))
        tell(tally)
    return assembled(scenario, ran)


def run_batch(
    scenario: Scenario, batch: Batch, seed: int, keep: str, model: type[AdoptionModel] = AdoptionModel
) -> Ran:
    """Run a batch block by block, without hidden threads."""
    ran = Ran()
    with threadpool_limits(limits=1), _frozen():
        for block in batch.blocks(BLOCK):
            _run_block(scenario, block, seed, keep, model, ran)
    return ran


@contextmanager
def _frozen() -> Iterator[None]:
    """Let the collector pass over all that was there before: searching it after each block costs as much as draws."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _run_block(scenario: Scenario, batch: Batch, seed: int, keep: str, model: type[AdoptionModel], ran: Ran) -> None:
    """Run worlds together. Where it fails halves are tried, so that only the worlds at fault are lost."""
    try:
        ran.blocks.append((batch, _results(model(scenario, batch.replicates.tolist(), seed, batch.factors, keep))))
    except Exception as error:
        if len(batch) == 1:
            ran.failures.append(_failure(scenario, batch, seed, model, error))
            return
        for half in batch.parts(-(-len(batch) // 2)):
            _run_block(scenario, half, seed, keep, model, ran)


def _results(model: AdoptionModel) -> BlockResult:
    """Run one model and let go of it: Mesa keeps every model that ever had agents in a register of numbers."""
    try:
        return model.run().results()
    finally:
        getattr(mesa.Agent, "_ids", {}).pop(model, None)
        del model
        gc.collect()  # a model and its agents point at each other; waiting for the collector would cost gigabytes


def _failure(scenario: Scenario, batch: Batch, seed: int, model: type[AdoptionModel], error: Exception) -> Failure:
    text = f"{type(error).__name__}: {error}"
    (world,), (replicate,) = batch.worlds, batch.replicates.tolist()
    factors = {name: float(values[0]) for name, values in batch.factors.items()}
    try:
        known = parameters_of(scenario, model.extension)
        drawn = draw_parameters(known, [replicate], seed, scenario)
    except Exception:  # what broke the world may break its draws too
        return Failure(world, replicate, text, factors)
    parameters = {n: float(drawn[n][0]) for n, p in known.items() if is_varied(p, scenario)}
    return Failure(world, replicate, text, {**parameters, **factors})
