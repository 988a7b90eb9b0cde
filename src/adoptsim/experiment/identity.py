"""What an answer depends on: the question, the model's sources and data, and the user's own tables."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import numpy as np

from adoptsim.experiment.design import Design
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.model.scenario import Scenario

__all__ = ["STORE_FORMAT", "by_content", "experiment_hash", "own_tables", "source_hashes", "versions"]

STORE_FORMAT = 2
ROOMS = ("inputs", "model", "equity", "experiment")  # what the numbers depend on
WORDS_OF_A_SCENARIO = ("title", "description")
WORDS = "files"  # not the room that reads files: what it read stands in the question
CODE, DATA = (".py",), (".csv", ".yaml")
PACKAGES = ("mesa", "numpy", "scipy", "pandas", "pyarrow", "xarray", "joblib", "SALib")


def experiment_hash(experiment: Experiment) -> str:
    """A hash of everything that the numbers of an answer depend on.

    A user's tables count by content, not by path; titles and descriptions do not count.
    """
    question = {
        "format": STORE_FORMAT,
        "name": experiment.name,
        "scenarios": [by_content(scenario) for scenario in experiment.scenarios],
        "worlds": experiment.worlds,
        "design": _design(experiment.design),
        "study": None if experiment.study is None else experiment.study.as_config(),
        "keep": experiment.kept,
        "seed": experiment.seed,
        "reference": experiment.reference,
        "sources": source_hashes(),
    }
    return hashlib.blake2b(json.dumps(question, sort_keys=True).encode(), digest_size=16).hexdigest()


def _design(design: Design | None) -> dict[str, Any] | None:
    """A design by its values; where it came from does not count."""
    if design is None:
        return None
    columns = [("replicate", design.replicates), *design.factors.items()]
    return {"block": design.block, "rows": _hash((name, np.ascontiguousarray(v).tobytes()) for name, v in columns)}


def by_content(scenario: Scenario) -> dict[str, Any]:
    """A scenario as a mapping without its words, in which the user's own tables count by content, not by path."""
    hashes = own_tables(scenario)
    config = {name: value for name, value in as_config(scenario).items() if name not in WORDS_OF_A_SCENARIO}
    config["tables"] = {name: hashes[path] for name, path in config["tables"].items()}
    config["levers"] = {hashes.get(name, name): uses for name, uses in config["levers"].items()}
    config["applications"] = [hashes.get(name, name) for name in config["applications"]]
    return config


def own_tables(scenario: Scenario) -> dict[str, str]:
    """Hashes of the user's own files that a scenario names, by path."""
    applications = (name for name in scenario.applications if Path(name).suffix)
    levers = (use.lever for use in scenario.levers if Path(use.lever).suffix)
    paths = [path for path in (scenario.countries, *scenario.generated.values(), *applications, *levers) if path]
    return {path: _hash([(Path(path).name, Path(path).read_bytes())]) for path in paths}


@lru_cache(maxsize=1)
def source_hashes() -> dict[str, str]:
    """Hashes of the sources and of the packaged data that results depend on."""
    root = Path(str(resources.files("adoptsim")))
    found: dict[str, str] = {}
    for what, endings in (("code", CODE), ("data", DATA)):
        paths = sorted(
            p for room in ROOMS for p in (root / room).rglob("*") if p.suffix in endings and p.parent.name != WORDS
        )
        found[what] = _hash((p.relative_to(root).as_posix(), p.read_bytes()) for p in paths)
    return found


def _hash(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for name, content in files:
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python, this package and those that it computes with."""
    packages = {name: metadata.version(name) for name in ("adoptsim", *PACKAGES)}
    return {"python": platform.python_version(), **packages}
