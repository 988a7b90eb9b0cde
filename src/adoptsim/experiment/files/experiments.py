"""What an experiment file may say: scenarios, worlds, and a design, a ranking or a sensitivity analysis of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field, ValidationInfo, field_validator

from adoptsim.experiment.design import LARGEST_BLOCK
from adoptsim.experiment.files import units
from adoptsim.experiment.files.fields import (
    MAX_RAMP,
    Budget,
    FactorName,
    Group,
    Keep,
    LeftOut,
    Name,
    Quarterly,
    RankedLever,
    Span,
    Years,
    chosen,
)
from adoptsim.experiment.files.names import Known
from adoptsim.experiment.files.schema import BEGINS, KEPT, MAX_LISTED, NAME, OUTCOMES, TARGETS, Entry, TargetsEntry
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.experiment.study import METHODS, SETTINGS, TAKEN
from adoptsim.inputs.document import Document
from adoptsim.inputs.errors import Problem
from adoptsim.model.factors import BUDGET

__all__ = ["DesignEntry", "ExperimentFile", "RankingEntry", "SensitivityEntry", "wrong_bounds"]

MOST_ORDERINGS, MOST_SCRAMBLES, MOST_POINTS = 100, 64, 65_536
MONEY = "constant 2024 US$ a year, such as '50 million USD2024'"
Setting = Annotated[str, chosen(SETTINGS)]


class RankingEntry(Entry):
    """A ranking of levers: what each does alone, taken out of the package, and as its Shapley share."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"targets": TargetsEntry}

    levers: list[RankedLever] = Field(
        [],
        max_length=MAX_LISTED,
        description="a list of levers, two or more: names, paths of YAML files of your own levers, relative to this "
        "file, or all for the twelve that ship; left out = all twelve",
    )
    money: Budget = Field(50e6, description=f"what each lever gets at equal money: {MONEY}")
    shift: Budget | None = Field(
        None, description=f"what a reallocation moves to one lever: {MONEY}; left out = as much as each has"
    )
    settings: list[Setting] = Field(
        list(SETTINGS), max_length=len(SETTINGS), min_length=1, description=f"some of {', '.join(SETTINGS)}"
    )
    orderings: int = Field(
        2,
        ge=2,
        le=MOST_ORDERINGS,
        multiple_of=2,
        description=f"orderings per world for Shapley shares, an even number from 2 to {MOST_ORDERINGS}",
    )
    variance: int = Field(
        0,
        ge=0,
        le=MOST_POINTS,
        description=f"base points of the design of variance shares, a power of two from 2 to {MOST_POINTS:,}; 0 = none",
    )
    groups: list[Group] = Field(
        [],
        max_length=MAX_LISTED,
        description="a list of WHO regions and income groups that get a ranking of their own",
    )
    of: list[str] = Field(
        [], max_length=MAX_LISTED, description=f"by what else levers are ranked, besides the gap: {OUTCOMES}"
    )
    without: LeftOut | None = Field(
        "equity_roadmap", description="a lever with and without which all is told; your own by the name in its file"
    )
    start: Quarterly = Field(2026.0, description=BEGINS)
    ramp: Years = Field(2.0, ge=0.0, le=MAX_RAMP, description="years from first effect to full strength, 0 to 50")
    targets: TargetsEntry = Field(TargetsEntry(), description=TARGETS)


class SensitivityEntry(Entry):
    """A sensitivity analysis: which uncertain numbers, and which levers, decide an outcome or a difference."""

    method: Annotated[str, chosen(METHODS)] = Field(description=f"how worlds are sampled, one of {', '.join(METHODS)}")
    size: int = Field(
        ge=1,
        le=MAX_WORLDS,
        description="base points (sobol, a power of two), trajectories (morris) or worlds (latin) of one scramble",
    )
    factors: dict[FactorName, Span | None] = Field(
        {},
        description="what is varied: parameters, levers and LEVER.budget by name, each with bounds such as "
        "[0, 50 million USD2024], or empty for the bounds of the registry",
    )
    parameters: Annotated[str, chosen(TAKEN)] = Field(
        "named",
        description="named (those under factors alone), grouped (all uncertain parameters, an index for each group of "
        "the registry) or each (an index for every one)",
    )
    groups: dict[Name, list[str]] = Field(
        {}, max_length=MAX_LISTED, description="factors that have one index together, by the name of their group"
    )
    second_order: bool = Field(False, description="true or false: pairs of factors too (sobol)")
    scrambles: int = Field(
        1, ge=1, le=MOST_SCRAMBLES, description="independent samples; from 2 on intervals come from their spread"
    )
    replicates: int = Field(
        1,
        ge=1,
        le=MAX_WORLDS,
        description="how many kinds of luck, each with its draw of the parameters that are no factors",
    )
    of: list[str] = Field(
        ["useful_access.gap.mean", "useful_access.p40.mean"], min_length=1, max_length=MAX_LISTED, description=OUTCOMES
    )
    difference: list[Name] | None = Field(
        None,
        min_length=2,
        max_length=2,
        description="two scenarios of this file: what decides which does better (sobol, shapley), and the outcome of "
        "the first less that of the second",
    )

    @field_validator("factors")
    @classmethod
    def _in_units(cls, factors: dict[str, list[Any] | None], info: ValidationInfo) -> dict[str, list[Any] | None]:
        """Bounds as numbers; those that are none stay as they are, ``wrong_bounds`` tells of each."""
        known = cast("Known", info.context)
        return {name: span and (_bounds(name, span, known) or span) for name, span in factors.items()}


def wrong_bounds(document: Document, known: Known) -> Iterator[Problem]:
    """Bounds of factors that are no two quantities of the factor's unit, the lower one first."""
    at = ("sensitivity", "factors")
    factors = document.at(at)
    for name, span in factors.items() if isinstance(factors, dict) else ():
        unit = _unit(name, known)
        if unit is not None and isinstance(span, list) and len(span) == 2 and _bounds(name, span, known) is None:
            written = ", ".join(map(str, span))
            allowed = "two bounds, the lower one first" + (f"; a number without a unit is in {unit}" if unit else "")
            yield document.problem((*at, name), allowed, value=f"[{written}]")


def _bounds(name: str, span: list[Any], known: Known) -> list[float] | None:
    """Two bounds in the unit of a factor, None where they are none."""
    unit = _unit(name, known)
    try:
        low, high = (units.number(value, unit or "") for value in span)
    except units.UnitError:
        return None
    return [low, high] if -math.inf < low < high < math.inf else None


def _unit(name: str, known: Known) -> str | None:
    """The unit of a factor, None where nobody knows the factor."""
    if name in known.parameters:
        return known.parameters[name][2]
    lever = name.removesuffix(BUDGET)
    return None if lever not in known.levers else "share" if lever == name else "US$ a year"


class DesignEntry(Entry):
    """A design: a table of factor values, each row run as a world."""

    table: str = Field(description="the path of a CSV file, relative to this file; its columns are factors")
    block: int = Field(
        1,
        ge=1,
        le=LARGEST_BLOCK,
        description=f"how many rows in a row belong together, a whole number from 1 to {LARGEST_BLOCK:,}",
    )


class ExperimentFile(Entry):
    """An experiment: scenarios run in the same worlds."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {
        "design": DesignEntry,
        "ranking": RankingEntry,
        "sensitivity": SensitivityEntry,
    }

    schema_version: Literal[1] = Field(1, description="the number 1")
    name: Name = Field(description=NAME)
    title: str = Field("", description="a text: what tables and figures call it")
    description: str = Field("", description="a text")
    scenarios: list[Any] = Field(
        min_length=1, description="a list; each item the path of a scenario file, relative to this file, or a scenario"
    )
    worlds: int = Field(
        100,
        ge=1,
        le=MAX_WORLDS,
        description=f"a whole number from 1 to {MAX_WORLDS:,} (more fills the disk; a few hundred settle a ranking)",
    )
    seed: int = Field(1, ge=0, lt=2**63, description="a whole number, 0 or more")
    reference: str | None = Field(
        None, description="the name of a scenario of this experiment, with which the others are compared"
    )
    keep: Keep | None = Field(
        None,
        description=f"how much is kept, of {', '.join(KEPT)}; left out = groups, or outcomes where that is too much",
    )
    design: DesignEntry | None = Field(
        None, description="in place of worlds: {table: rows.csv}, a table of factors whose rows are run as worlds"
    )
    ranking: RankingEntry | None = Field(
        None, description="levers ranked under the one scenario of this file, each world with every package of them"
    )
    sensitivity: SensitivityEntry | None = Field(
        None, description="in place of worlds: a sample of factors from which sensitivity indices are computed"
    )
    sizes: dict[Name, Any] = Field(
        {},
        max_length=MAX_LISTED,
        description="fields that hold at a size, by its name, such as {quick: {worlds: 32}, full: {worlds: 512}}; "
        "'adoptsim run --size NAME' chooses one, the first is run unasked",
    )
    outcomes: list[str] = Field([], max_length=MAX_LISTED, description=OUTCOMES)  # checked when the horizon is known
