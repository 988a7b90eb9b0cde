"""A file with all that it inherits and all defaults written out, each value with its origin."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adoptsim.experiment.files.build import EMPTIED
from adoptsim.experiment.files.load import load_experiment, load_scenario
from adoptsim.experiment.files.schema import FULL_LEVEL, TargetsEntry
from adoptsim.experiment.files.sized import at_size, chosen_size
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.experiment.study import OWN, Study
from adoptsim.inputs.document import read_document
from adoptsim.model.scenario import Scenario

__all__ = ["merged_lines"]

PLAIN = re.compile(r"[A-Za-z][\w.@/-]*")
WORDS = ("null", "true", "false", "yes", "no", "on", "off")
DEFAULT, NAMED = "default", ("levers", "shocks", "investments")


def merged_lines(path: str | Path, size: str = "") -> Iterator[str]:
    """YAML that may take the place of the file: a scenario, or an experiment with its scenarios written out.

    Of an experiment with sizes, the experiment at one of them.
    """
    folder = os.path.dirname(os.path.abspath(path))
    document = read_document(path)
    if "scenarios" not in document.value:
        yield from _Writer(load_scenario(path), folder).lines()
        return
    experiment = load_experiment(path, size)
    document = at_size(document, chosen_size(document, size))
    for name, value in _experiment_fields(experiment, folder):
        origin = DEFAULT if document.at((name,)) is None else str(document.place((name,)))
        yield f"{name}: {_shown(value)}  # {origin}"
    yield "scenarios:"
    for scenario in experiment.scenarios:
        for i, line in enumerate(_Writer(scenario, folder).lines()):
            yield ("  - " if i == 0 else "    ") + line


def _experiment_fields(experiment: Experiment, folder: str) -> Iterator[tuple[str, Any]]:
    yield from (("schema_version", 1), ("name", experiment.name), ("title", experiment.title))
    yield from (("description", experiment.description), ("seed", experiment.seed), ("reference", experiment.reference))
    if experiment.keep:
        yield "keep", experiment.keep
    if experiment.study:
        yield experiment.study.kind, _options(experiment.study, folder)
    if experiment.design:
        table = os.path.relpath(experiment.design.source, folder)
        yield "design", {"table": table, "block": experiment.design.block}
    elif not experiment.study or experiment.study.kind == "ranking":
        yield "worlds", experiment.worlds


def _options(study: Study, folder: str) -> dict[str, Any]:
    """The options of a study as its field holds them; what is empty is left out."""
    given = {n: v for n, v in study.options.items() if v not in (None, [], {}, "") and n not in ("worlds", OWN)}
    if study.files:
        files = {name: os.path.relpath(file, folder) for name, file in study.files.items()}
        given["levers"] = [files.get(name, name) for name in given["levers"]]
    targets = {name: given.pop(name) for name in TargetsEntry.model_fields if name in given}
    return {**given, "targets": targets} if targets else given


class _Writer:
    """Writes one scenario field by field."""

    def __init__(self, scenario: Scenario, folder: str) -> None:
        self.scenario, self.folder = scenario, folder
        self.config = as_config(scenario)

    def lines(self) -> Iterator[str]:
        for name, value in self.config.items():
            if name in NAMED and value:
                yield f"{name}:"
                for key, uses in value.items():
                    yield from self.uses(f"{name}.{key}", key, uses)
            elif name in ("parameters", "tables") and value:
                yield f"{name}:"
                for key, one in value.items():
                    text = self.relative(one) if name == "tables" else one
                    yield f"  {key}: {_shown(text)}  # {self.origin(f'{name}.{key}')}"
            else:
                yield f"{name}: {_shown(self.listed(name, value))}  # {self.origin(name, value)}"
            if name in (*NAMED, "parameters", "tables"):
                yield from (f"  {line}" for line in self.emptied(name, value))

    def uses(self, path: str, name: str, uses: list[dict[str, Any]]) -> Iterator[str]:
        """The uses of one lever, shock or investment: one as a mapping, several as a list."""
        yield f"  {name}:"
        for i, use in enumerate(uses):
            here = path if len(uses) == 1 else f"{path}[{i}]"
            for k, line in enumerate(self.use(here, use)):
                yield ("    " if len(uses) == 1 else "    - " if k == 0 else "      ") + line

    def use(self, path: str, use: Mapping[str, Any]) -> Iterator[str]:
        for field, value in use.items():
            if field == "intensity" and f"{path}.level" in self.scenario.origins:
                yield f"level: {round(value * FULL_LEVEL)}  # {self.origin(f'{path}.level')}"
            elif isinstance(value, dict):
                if value:
                    yield f"{field}:"
                    yield from (f"  {k}: {_shown(v)}  # {self.within(f'{path}.{field}', k)}" for k, v in value.items())
            else:
                yield f"{field}: {_shown(value)}  # {self.origin(f'{path}.{field}')}"

        yield from self.emptied(path, use)

    def emptied(self, path: str, left: Mapping[str, Any]) -> Iterator[str]:
        """Comments on what was inherited at ``path`` and taken away; ``left`` is what is there."""
        for name, place in self.scenario.origins.items():
            key = name.removeprefix(f"{path}.")
            deeper = "." in key and not name.startswith("parameters.")
            if place.startswith(EMPTIED) and key != name and left.get(key) in (None, {}) and not deeper:
                yield f"# {key}: {place}"

    def within(self, path: str, key: str) -> str:
        """The origin of a value of a mapping; years of a schedule may be written as 2026 or 2026.0."""
        origins = self.scenario.origins
        return origins.get(f"{path}.{key}") or next((v for k, v in origins.items() if k.startswith(path)), DEFAULT)

    def origin(self, path: str, value: object = None) -> str:
        found = self.scenario.origins.get(path, DEFAULT)
        return "asked for by the experiment" if path == "outcomes" and value and found == DEFAULT else found

    def listed(self, name: str, value: Any) -> Any:
        return [self.relative(item) for item in value] if name == "applications" else value

    def relative(self, file: str) -> str:
        return os.path.relpath(file, self.folder) if os.path.isabs(file) else file


def _shown(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in WORDS
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value)
