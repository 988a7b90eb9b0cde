"""What an experiment file may say: scenarios, worlds, and a design, a ranking or a sensitivity analysis of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from adoptsim.experiment.design import LARGEST_BLOCK
from adoptsim.experiment.files.fields import (
    MAX_RAMP,
    Budget,
    Group,
    Keep,
    Name,
    PackagedLever,
    Quarterly,
    Years,
    chosen,
)
from adoptsim.experiment.files.schema import BEGINS, KEPT, MAX_LISTED, NAME, OUTCOMES, TARGETS, Entry, TargetsEntry
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.experiment.study import SETTINGS

__all__ = ["DesignEntry", "ExperimentFile", "RankingEntry"]

MOST_ORDERINGS = 100
MONEY = "constant 2024 US$ a year, such as '50 million USD2024'"
Setting = Annotated[str, chosen(SETTINGS)]


class RankingEntry(Entry):
    """A ranking of levers: what each does alone, taken out of the package, and as its Shapley share."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"targets": TargetsEntry}

    levers: list[PackagedLever] = Field(
        [], max_length=MAX_LISTED, description="a list of levers, two or more; left out = all twelve"
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
    groups: list[Group] = Field(
        [],
        max_length=MAX_LISTED,
        description="a list of WHO regions and income groups that get a ranking of their own",
    )
    without: PackagedLever | None = Field("equity_roadmap", description="a lever with and without which all is told")
    start: Quarterly = Field(2026.0, description=BEGINS)
    ramp: Years = Field(2.0, ge=0.0, le=MAX_RAMP, description="years from first effect to full strength, 0 to 50")
    targets: TargetsEntry = Field(TargetsEntry(), description=TARGETS)


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

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"design": DesignEntry, "ranking": RankingEntry}

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
    sizes: dict[Name, Any] = Field(
        {},
        max_length=MAX_LISTED,
        description="fields that hold at a size, by its name, such as {quick: {worlds: 32}, full: {worlds: 512}}; "
        "'adoptsim run --size NAME' chooses one, the first is run unasked",
    )
    outcomes: list[str] = Field([], max_length=MAX_LISTED, description=OUTCOMES)  # checked when the horizon is known
