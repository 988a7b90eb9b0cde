"""The plan of a run: which worlds of which scenario belong to which chunk, and what each chunk is called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from adoptsim.experiment.ceilings import ceiling_scenarios
from adoptsim.experiment.design import Batch
from adoptsim.experiment.identity import by_content, source_hashes
from adoptsim.experiment.question import Experiment
from adoptsim.model.scenario import Scenario

__all__ = ["Chunk", "Part", "parts_of", "planned"]

LARGEST, SMALLEST = 512, 32  # worlds of a chunk: what a kill may cost at most, and a block that is stepped together
ENOUGH = 8  # chunks that keep a small question's processes busy
HEAVY = 64e6  # bytes of a chunk


@dataclass(frozen=True)
class Part:
    """One scenario in its worlds; ``ceiling`` marks those whose outcomes only say what a lever could attain."""

    scenario: Scenario
    worlds: int
    keep: str
    ceiling: bool = False


@dataclass(frozen=True, eq=False)
class Chunk:
    """Worlds of one part that one process runs and writes in one go."""

    name: str
    part: int
    scenario: Scenario
    batch: Batch
    seed: int
    keep: str


def parts_of(experiment: Experiment) -> list[Part]:
    """The reference, the other scenarios, then the ceilings of their levers."""
    parts = [Part(scenario, experiment.worlds, experiment.kept) for scenario in experiment.in_order]
    ceilings = ceiling_scenarios(experiment)
    return parts + [Part(scenario, worlds, "outcomes", ceiling=True) for scenario, worlds in ceilings]


def planned(experiment: Experiment, parts: Sequence[Part], bytes_per_world: float = 0.0) -> list[Chunk]:
    """The chunks of all parts in order. They depend on the question alone, never on who runs it."""
    design = experiment.design
    whole = sum(part.worlds for part in parts)
    size = chunk_size(whole, 1 if design is None else design.block, bytes_per_world)
    chunks: list[Chunk] = []
    for number, part in enumerate(parts):
        content = json.dumps([by_content(part.scenario), part.keep, experiment.seed, source_hashes()], sort_keys=True)
        for batch in Batch.of(range(part.worlds), design).parts(size):
            name = f"{len(chunks):06d}-{_digest(content, batch)}"
            chunks.append(Chunk(name, number, part.scenario, batch, experiment.seed, part.keep))
    return chunks


def chunk_size(worlds: int, block: int, bytes_per_world: float = 0.0) -> int:
    """Worlds of a chunk: a power of two of whole design blocks.

    128 to 512 worlds in all but small questions, where every process should find work, and where a world keeps much.
    """
    size = block
    while 2 * size <= LARGEST:
        larger = 2 * size
        if larger > SMALLEST and (larger * ENOUGH > worlds or larger * bytes_per_world > HEAVY):
            break
        size = larger
    return size


def _digest(content: str, batch: Batch) -> str:
    digest = hashlib.blake2b(f"{content}\n{batch.worlds}".encode(), digest_size=6)
    digest.update(batch.replicates.tobytes())
    for name in sorted(batch.factors):
        digest.update(name.encode())
        digest.update(batch.factors[name].tobytes())
    return digest.hexdigest()
