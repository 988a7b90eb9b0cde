"""What the model's tests share: scenarios, digests of a state, and windows cut out of results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from adoptsim.model.actors import ACTORS, RELATIONS
from adoptsim.model.actors.reference import Reference
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import OF_INCOME_GROUPS, BlockResult
from adoptsim.model.scenario import LeverUse, Scenario, ShockUse
from adoptsim.model.shocks import SHOCKS

Array = NDArray[np.float64]
KINDS = (*ACTORS, *RELATIONS, Reference)
ALL_LEVERS = tuple(LeverUse(name, intensity=0.75, start=2025.0, ramp=1.0) for name in LEVERS)

ALL_SHOCKS = tuple(ShockUse(name, 0.6, start=2026.5, end=2028.25) for name in SHOCKS)


def all_levers(quarters: int = 80) -> Scenario:
    """Every lever at three quarters of its strength from the first year on."""
    return Scenario("all levers", levers=ALL_LEVERS, quarters=quarters)


def stepped(model: AdoptionModel, quarters: int) -> AdoptionModel:
    """The model some quarters further on."""
    with np.errstate(over="ignore", under="ignore"):
        for _ in range(quarters):
            model.step()
    return model


def cut(values: Array, world: int, row: int) -> Array:
    """The window (1, ?, ?, 1) of one world and row in a result of the whole population."""
    w = slice(world, world + 1) if values.shape[0] > 1 else slice(None)
    r = slice(row, row + 1) if values.shape[3] > 1 else slice(None)
    return values[w, :, :, r]


def state(model: AdoptionModel) -> dict[str, Array]:
    """Every column of every population and what is on its way in pipelines, by name."""
    found = {f"{k.__name__}.{n}": v for k, rows in model.populations.items() for n, v in rows.columns.items()}
    for name in ("students", "machines", "vintages"):
        pipeline = getattr(model, name)
        found[name] = np.roll(pipeline.ring, -pipeline.head, axis=0)
    return found


def world_of(values: Array, name: str, world: int, worlds: int) -> Array:
    """What one world of a block sees of a column or pipeline."""
    axis = 1 if name in ("students", "machines", "vintages") else 0
    return np.take(values, [world], axis=axis) if values.shape[axis] == worlds else values


def differing(one: Mapping[str, Array], other: Mapping[str, Array]) -> list[str]:
    """Names whose bytes are not the same."""
    assert one.keys() == other.keys()
    return [n for n in one if one[n].shape != other[n].shape or one[n].tobytes() != other[n].tobytes()]


def kept(result: BlockResult) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """All tables of a result, by name."""
    tables = {
        "scalar": result.scalars,
        "series": result.series,
        "country": result.countries,
        "country and year": result.country_years,
        "fifth": result.fifths,
    }
    for kind, table in tables.items():
        for name, values in table.items():
            yield f"{kind} {name}", values


def digest(model: AdoptionModel) -> str:
    """One sha256 of all results and of the state that the run ended in."""
    whole = hashlib.sha256()
    for name, values in (*kept(model.results()), *state(model).items()):
        whole.update(name.encode())
        whole.update(np.ascontiguousarray(values).tobytes())
    return whole.hexdigest()


def finite(result: BlockResult) -> bool:
    """Whether every outcome is a number, but for those of income groups that nobody belongs to."""
    return all(np.isfinite(v).all() for n, v in result.scalars.items() if not n.startswith(OF_INCOME_GROUPS))


def unlike(one: BlockResult, other: BlockResult) -> list[str]:
    """Names of results whose bytes are not the same."""
    return differing(dict(kept(one)), dict(kept(other)))
