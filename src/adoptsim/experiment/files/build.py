"""From a checked scenario entry to the frozen scenario that the model takes, with the origin of each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from adoptsim.experiment.files import units
from adoptsim.experiment.files.extends import YAML_ENDINGS
from adoptsim.experiment.files.names import Known
from adoptsim.experiment.files.schema import InvestmentEntry, LeverEntry, PlacesEntry, ScenarioFile, ShockEntry
from adoptsim.inputs.document import Document, Path, dotted
from adoptsim.model.scenario import Investment, LeverUse, Scenario, ShockUse

__all__ = ["EMPTIED", "scenario_from"]

EMPTIED = "emptied at"  # before the place where an inherited value is taken away


def scenario_from(entry: ScenarioFile, document: Document, known: Known) -> Scenario:
    """The scenario that a checked entry describes; ``document`` says where each value is written."""
    levers = _sorted(document, "levers", entry.levers, _lever)
    shocks = _sorted(document, "shocks", entry.shocks, _shock)
    investments = _sorted(document, "investments", entry.investments, _investment)
    named = {"levers": levers, "shocks": shocks, "investments": investments}
    tables = {name: document.absolute(("tables", name), file) for name, file in entry.tables.items()}
    countries = tables.pop("countries", None)
    applications = (_file_or_name(document, ("applications", i), name) for i, name in enumerate(entry.applications))
    parameters = {n: units.number(v, known.parameters[n][2]) for n, v in sorted(entry.parameters.items())}
    return Scenario(
        name=entry.name,
        title=entry.title,
        description=entry.description,
        levers=tuple(use for use, _ in levers),
        shocks=tuple(use for use, _ in shocks),
        investments=tuple(use for use, _ in investments),
        start_year=entry.start_year,
        quarters=entry.quarters,
        uncertainty=entry.uncertainty,
        parameters=MappingProxyType(parameters),
        countries=countries,
        applications=tuple(dict.fromkeys(applications)),
        generated=MappingProxyType(dict(sorted(tables.items()))),
        outcomes=tuple(sorted(set(entry.outcomes))),
        origins=MappingProxyType(dict(_origins(document, named))),
    )


def _file_or_name(document: Document, at: Path, name: str) -> str:
    return document.absolute(at, name) if name.endswith(YAML_ENDINGS) else name


def _sorted(document: Document, kind: str, named: Mapping[str, Iterable[Any]], use_of: Any) -> list[tuple[Any, Path]]:
    """Uses in the order of the model, each with its path in the document."""
    found = []
    for name, entries in named.items():
        several = isinstance(document.at((kind, name)), list)
        full = _file_or_name(document, (kind, name), name)
        for i, entry in enumerate(entries):
            found.append((use_of(full, entry), (kind, name, i) if several else (kind, name)))
    return sorted(found, key=lambda pair: pair[0].canonical())


def _lever(lever: str, entry: LeverEntry) -> LeverUse:
    schedule = tuple(sorted((entry.schedule or {}).items()))
    return LeverUse(
        lever,
        entry.strength,
        entry.budget,
        entry.start,
        entry.ramp,
        entry.end,
        **_targets(entry.targets),
        schedule=schedule,
    )


def _shock(shock: str, entry: ShockEntry) -> ShockUse:
    return ShockUse(shock, entry.size, entry.start, entry.end, **_targets(entry.targets))


def _investment(application: str, entry: InvestmentEntry) -> Investment:
    phase_out = tuple(sorted((entry.phase_out or {}).items()))
    over = 1.0 if entry.taken_over is None else entry.taken_over
    where = _targets(entry.targets)
    return Investment(application, entry.start, entry.end, entry.payer, entry.share, phase_out, over, **where)


def _targets(entry: PlacesEntry) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(set(values))) for name, values in entry.model_dump().items()}


def _origins(document: Document, named: Mapping[str, list[tuple[Any, Path]]]) -> Iterator[tuple[str, str]]:
    """Where each value is written, and where what was inherited was taken away.

    Uses are counted in the order of the model: ``levers.retention[0].level``.
    """
    for path, place in document.emptied.items():
        yield dotted(path), f"{EMPTIED} {place}"
    for name in document.value:
        if name not in named and name != "extends":
            for path in _leaves(document, (name,)):
                yield dotted(path), str(document.place(path))
    for kind, uses in named.items():
        for name in dict.fromkeys(path[1] for _, path in uses):
            of_name = [path for _, path in uses if path[1] == name]
            for i, path in enumerate(of_name):
                to: Path = (kind, name, i) if len(of_name) > 1 else (kind, name)
                for leaf in _leaves(document, path):
                    yield dotted((*to, *leaf[len(path) :])), str(document.place(leaf))


def _leaves(document: Document, path: Path) -> Iterator[Path]:
    """Paths of values that are no mappings; a list is one value, and nothing is none."""
    value = document.at(path)
    if isinstance(value, dict):
        for key in value:
            yield from _leaves(document, (*path, key))
    elif value is not None:
        yield path
