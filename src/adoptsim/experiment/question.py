"""What an experiment is, and how it and its scenarios are written down in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adoptsim.model.scenario import Investment, LeverUse, Scenario, ShockUse

if TYPE_CHECKING:
    from adoptsim.experiment.design import Design
    from adoptsim.experiment.study import Study

__all__ = ["MAX_RUNS", "MAX_WORLDS", "Experiment", "as_config", "from_config"]

MAX_WORLDS = 10_000_000
MAX_RUNS = 100_000_000  # worlds times scenarios; some days of many machines
PLACES = ("regions", "incomes", "countries")
KINDS = (*PLACES, "applications")  # of targets
SCHEDULES = ("schedule", "phase_out")
MANY = 100_000  # worlds of all scenarios together, up to which series and countries are kept unasked


@dataclass(frozen=True)
class Experiment:
    """Scenarios that are run in the same worlds and compared with one of them, the reference."""

    name: str
    scenarios: tuple[Scenario, ...]
    title: str = ""
    description: str = ""
    worlds: int = 100
    seed: int = 1
    reference: str = ""  # none = the first
    design: Design | None = None  # rows run under every scenario; without it, world ``w`` draws its own parameters
    keep: str = ""  # how much is kept of each world (``KEEP``); "" = as much as fits
    study: Study | None = None  # what the design is for, where one is generated

    def __post_init__(self) -> None:
        names = [scenario.name for scenario in self.scenarios]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.name}: scenarios with different names are wanted, got {names}")
        if self.design is not None:
            object.__setattr__(self, "worlds", len(self.design))
        if not 1 <= self.worlds <= MAX_WORLDS:
            raise ValueError(f"{self.name}: 1 to {MAX_WORLDS:,} worlds are wanted, got {self.worlds}")
        if self.seed < 0:
            raise ValueError(f"{self.name}: a seed of 0 or more is wanted, got {self.seed}")
        object.__setattr__(self, "reference", self.reference or names[0])
        if self.reference not in names:
            raise ValueError(f"{self.name}: no scenario is called {self.reference!r}")

    @property
    def kept(self) -> str:
        """How much is kept of each world: what is asked for, else series and countries where that is not too much."""
        few = self.design is None and self.study is None and self.worlds * len(self.scenarios) <= MANY
        return self.keep or ("groups" if few else "outcomes")

    @property
    def in_order(self) -> tuple[Scenario, ...]:
        """The reference, then the others as they stand."""
        others = (scenario for scenario in self.scenarios if scenario.name != self.reference)
        return (next(s for s in self.scenarios if s.name == self.reference), *others)


def as_config(scenario: Scenario) -> dict[str, Any]:
    """A scenario as the mapping of a scenario file with every field written out; reading it gives the same scenario."""
    levers: dict[str, list[dict[str, Any]]] = {}
    for use in scenario.levers:
        levers.setdefault(use.lever, []).append(_lever(use))
    shocks: dict[str, list[dict[str, Any]]] = {}
    for shock in scenario.shocks:
        shocks.setdefault(shock.shock, []).append(_shock(shock))
    investments: dict[str, list[dict[str, Any]]] = {}
    for plan in scenario.investments:
        investments.setdefault(plan.application, []).append(_investment(plan))
    tables = {"countries": scenario.countries, **scenario.generated}
    return {
        "schema_version": 1,
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "levers": levers,
        "shocks": shocks,
        "investments": investments,
        "uncertainty": scenario.uncertainty,
        "start_year": scenario.start_year,
        "quarters": scenario.quarters,
        "parameters": dict(scenario.parameters),
        "applications": list(scenario.applications),
        "outcomes": list(scenario.outcomes),
        "tables": _given(tables),
    }


def _lever(use: LeverUse) -> dict[str, Any]:
    course: dict[str, Any] = {"start": use.start, "ramp": use.ramp, "end": use.end}
    if use.schedule:
        course = {"schedule": _schedule(use.schedule)}
    return {**_given({"intensity": use.intensity, "budget": use.budget, **course}), "targets": _targets(use)}


def _shock(use: ShockUse) -> dict[str, Any]:
    return {**_given({"size": use.size, "start": use.start, "end": use.end}), "targets": _targets(use)}


def _investment(plan: Investment) -> dict[str, Any]:
    money: dict[str, Any] = {"payer": plan.payer, "share": plan.share}
    if plan.phase_out:
        money |= {"phase_out": _schedule(plan.phase_out), "taken_over": plan.taken_over}
    fields = {"start": plan.start, "end": plan.end, **money}
    return {**_given(fields), "targets": _targets(plan, PLACES)}


def _schedule(points: tuple[tuple[float, float], ...]) -> dict[str, float]:
    return {f"{year:g}": share for year, share in points}


def _targets(use: LeverUse | ShockUse | Investment, kinds: tuple[str, ...] = KINDS) -> dict[str, list[str]]:
    targets = {kind: list(getattr(use, kind)) for kind in kinds}
    return {kind: names for kind, names in targets.items() if names}


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def from_config(config: Mapping[str, Any]) -> Scenario:
    """The scenario that ``as_config`` wrote down; nothing is checked, so that the user's tables need not be there."""
    tables = dict(config["tables"])
    countries = tables.pop("countries", None)
    levers = [LeverUse(name, **_read(use)) for name, listed in config["levers"].items() for use in listed]
    shocks = [ShockUse(name, **_read(use)) for name, listed in config["shocks"].items() for use in listed]
    plans = config.get("investments", {})  # answers are kept from before there were any
    investments = [Investment(name, **_read(plan)) for name, listed in plans.items() for plan in listed]
    plain = ("name", "title", "description", "uncertainty", "start_year", "quarters")
    return Scenario(
        **{name: config[name] for name in plain},
        levers=tuple(levers),
        shocks=tuple(shocks),
        investments=tuple(investments),
        parameters=MappingProxyType(dict(config["parameters"])),
        countries=countries,
        applications=tuple(config["applications"]),
        generated=MappingProxyType(tables),
        outcomes=tuple(config["outcomes"]),
    )


def _read(use: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in use.items() if name not in ("targets", *SCHEDULES)}
    courses = {
        name: tuple((float(year), share) for year, share in use[name].items()) for name in SCHEDULES if name in use
    }
    return {**fields, **courses, **{kind: tuple(names) for kind, names in use["targets"].items()}}
