"""Levers: what the WHO programme of work can do, as changes of named quantities.

The actor that owns a quantity declares it (``Quantity``); a lever (a YAML file, ``inputs.levers``) names quantities
and the parameter that says how much it changes them at full strength. A scenario says how strongly, when and where.
Zero intensity, or a target that matches nobody, changes nothing bit for bit; the order of entries cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.levers import Lever, packaged_levers, read_lever
from adoptsim.inputs.parameters import Parameter
from adoptsim.model.quantities import PLAIN, Extension
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import all_parameters

__all__ = ["LEVERS", "Lever", "lever_of", "levers_of", "parameters_of", "strengths_of"]


class _Packaged(Mapping[str, Lever]):
    """The levers that ship; their files are read when the first is asked for."""

    def __getitem__(self, name: str) -> Lever:
        return packaged_levers()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(packaged_levers())

    def __len__(self) -> int:
        return len(packaged_levers())


LEVERS: Mapping[str, Lever] = _Packaged()


def lever_of(name: str, extension: Extension = PLAIN) -> Lever:
    """A packaged lever by name, or a user's own by the path of its file. InputError if that file is wrong."""
    if name in LEVERS:
        return LEVERS[name]
    return read_lever(name, {n: q.combine for n, (_, q) in extension.quantities.items()}, extension.own)


def parameters_of(scenario: Scenario, extension: Extension = PLAIN) -> dict[str, Parameter]:
    """Everything that may vary in a scenario: the registry, what a model of a user's own adds, traits of its
    applications, what its levers write out.
    """
    levers = levers_of(scenario, extension).values()
    return all_parameters(load_applications(scenario.applications), levers, extension.own)


def levers_of(scenario: Scenario, extension: Extension = PLAIN) -> dict[str, Lever]:
    """The levers that a scenario uses, by the name under which it uses them."""
    return {name: lever_of(name, extension) for name in sorted({use.lever for use in scenario.levers})}


def strengths_of(scenarios: Iterable[Scenario], extension: Extension = PLAIN) -> dict[str, Lever]:
    """The levers whose strength may be a factor, by the name of the factor: those that ship and those in use."""
    used = (lever for scenario in scenarios for lever in levers_of(scenario, extension).values())
    return {**LEVERS, **{lever.name: lever for lever in used}}
