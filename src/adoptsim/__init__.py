"""adoptsim: which interventions narrow the gap in access to genomic medicine, at what cost, and how sure are we?

The public face is loaded on first use, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adoptsim import equity, sensitivity
    from adoptsim.compare import compare
    from adoptsim.experiment.design import Design
    from adoptsim.experiment.files.load import load_scenario
    from adoptsim.experiment.opened import open_result
    from adoptsim.experiment.question import Experiment
    from adoptsim.experiment.result import Result
    from adoptsim.experiment.runner import simulate
    from adoptsim.experiment.store import run_experiment
    from adoptsim.inputs.errors import InputError
    from adoptsim.model.actors import Country, Distributor, Funder, Manufacturer, RegionalHub, TrainingProgramme
    from adoptsim.model.model import AdoptionModel
    from adoptsim.model.quantities import Extension
    from adoptsim.model.scenario import Investment, LeverUse, Scenario, ShockUse
    from adoptsim.report.explain import explain
    from adoptsim.sensitivity.study import load_experiment

__all__ = [
    "AdoptionModel",
    "Country",
    "Design",
    "Distributor",
    "Experiment",
    "Extension",
    "Funder",
    "InputError",
    "Investment",
    "LeverUse",
    "Manufacturer",
    "RegionalHub",
    "Result",
    "Scenario",
    "ShockUse",
    "TrainingProgramme",
    "compare",
    "equity",
    "explain",
    "load_experiment",
    "load_scenario",
    "open_result",
    "run_experiment",
    "sensitivity",
    "simulate",
]

_ACTORS = ("Country", "Distributor", "Funder", "Manufacturer", "RegionalHub", "TrainingProgramme")
_HOMES = {
    "AdoptionModel": "model.model",
    "Design": "experiment.design",
    "Experiment": "experiment.question",
    "Extension": "model.quantities",
    "InputError": "inputs.errors",
    "Investment": "model.scenario",
    "LeverUse": "model.scenario",
    "Result": "experiment.result",
    "Scenario": "model.scenario",
    "ShockUse": "model.scenario",
    "explain": "report.explain",
    "load_experiment": "sensitivity.study",
    "load_scenario": "experiment.files.load",
    "open_result": "experiment.opened",
    "run_experiment": "experiment.store",
    "simulate": "experiment.runner",
    **dict.fromkeys(_ACTORS, "model.actors"),
}
_ROOMS = ("compare", "equity", "sensitivity")  # the room `compare` may itself be called


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"adoptsim.{name}")
    if name in _HOMES:
        value = globals()[name] = getattr(import_module(f"adoptsim.{_HOMES[name]}"), name)
        return value
    raise AttributeError(f"module 'adoptsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
