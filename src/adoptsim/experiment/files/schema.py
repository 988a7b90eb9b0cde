"""What a YAML file may say: every field, its unit and its bounds.

The description of a field is what a message, the documentation and an editor tell the user about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from adoptsim.experiment.files.fields import (
    MAX_QUARTERS,
    MAX_RAMP,
    Application,
    ApplicationOrFile,
    Budget,
    Country,
    Income,
    LeverName,
    Name,
    Outcome,
    ParameterName,
    Quantity,
    Quarterly,
    Quarters,
    Region,
    ScheduleYear,
    Share,
    ShockName,
    ShockSize,
    TableName,
    WholeYear,
    Years,
    chosen,
    refused,
)
from adoptsim.experiment.files.names import TABLES
from adoptsim.inputs.countries import START_YEARS
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.model.scenario import KEEP, PAYERS

__all__ = [
    "KEPT",
    "MAX_LISTED",
    "NAME",
    "OUTCOMES",
    "Entry",
    "InvestmentEntry",
    "LeverEntry",
    "PlacesEntry",
    "ScenarioFile",
    "ShockEntry",
    "TargetsEntry",
]

MAX_LISTED = 1_000
FULL_LEVEL = 4
KEPT: Mapping[str, str] = dict(
    zip(
        KEEP,
        (
            "one row of outcomes for each world",
            "also yearly series by group, summarised over worlds, and countries at the horizon",
            "also the yearly values of each world by country",
            "also by fifth of wealth and by application",
        ),
        strict=True,
    )
)
NAME = "letters, digits, _ and -, at most 64 (it becomes a folder name)"
OUTCOMES = "a list of outcomes, such as useful_access.slope_index@2045; see 'adoptsim list outcomes'"
QUARTERLY = "in steps of a quarter (0.25)"
BEGINS = f"the year in which it begins, from 1990 to 2200, {QUARTERLY}"
TARGETS = "whom it reaches: regions, incomes, countries, applications; left out = everybody"


class Entry(BaseModel):
    """A mapping of a file. A field left empty is as good as left out."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
    PARTS: ClassVar[Mapping[str, type[Entry]]] = {}  # fields that are entries themselves
    NAMED: ClassVar[Mapping[str, type[Entry]]] = {}  # fields that hold one or more entries under each name

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = cls.model_fields
        return {k: v for k, v in value.items() if v is not None or k not in known or known[k].is_required()}


class PlacesEntry(Entry):
    """Where an investment goes; what is left out means everywhere, several kinds must all hold."""

    regions: list[Region] = Field(
        default=[], max_length=MAX_LISTED, description=f"a list of WHO regions ({', '.join(REGIONS)})"
    )
    incomes: list[Income] = Field(
        default=[], max_length=MAX_LISTED, description=f"a list of income groups ({', '.join(INCOMES)})"
    )
    countries: list[Country] = Field(
        default=[], max_length=MAX_LISTED, description="a list of ISO3 codes of countries, such as [NGA, NOR]"
    )


class TargetsEntry(PlacesEntry):
    """Whom a lever or a shock reaches; what is left out means everybody, several kinds must all hold."""

    applications: list[Application] = Field(default=[], max_length=MAX_LISTED, description="a list of applications")


def _all_different(value: object) -> object:
    """Years of a schedule that are equal as numbers would hide one another."""
    if isinstance(value, dict):
        seen: set[object] = set()
        for key in value:
            try:
                year: object = float(key)
            except (TypeError, ValueError):
                year = key
            if year in seen:
                raise refused(f"the year {key} stands here twice")
            seen.add(year)
    return value


SHARES = "the share of the chosen strength, 0 to 1 or 0 % to 100 %"
Schedule = Annotated[
    dict[ScheduleYear, Annotated[Share, Field(ge=0.0, le=1.0)]],
    BeforeValidator(_all_different),
    Field(min_length=1, max_length=MAX_LISTED),
]


class LeverEntry(Entry):
    """One use of a lever: how strongly (exactly one of level, intensity, budget), when and where."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"targets": TargetsEntry}

    level: int | None = Field(
        None, ge=0, le=FULL_LEVEL, description="a whole number from 0 (none) to 4 (full strength); a quarter each"
    )
    intensity: Share | None = Field(
        None, ge=0.0, le=1.0, description="a number from 0 to 1, or a percentage such as '50 %'"
    )
    budget: Budget | None = Field(
        None, description="constant 2024 US$ a year, such as '50 million USD2024' (0, or at least 1,000)"
    )
    start: Quarterly = Field(2026.0, description=BEGINS)
    ramp: Years = Field(
        2.0, ge=0.0, le=MAX_RAMP, description="years from first effect to full strength, 0 to 50, such as '2 years'"
    )
    end: Quarterly | None = Field(None, description=f"a year after the start, {QUARTERLY}; left out = the lever stays")
    schedule: Schedule | None = Field(
        None,
        description=f"{SHARES}, by year, such as {{2026: 0 %, 2030: 100 %}}: straight between the years, nothing "
        "before the first, held after the last; in place of start, ramp and end",
    )
    targets: TargetsEntry = Field(TargetsEntry(), description=TARGETS)

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        return _later(end, info)

    @property
    def strength(self) -> float | None:
        """The intensity, None where a budget is given."""
        return self.level / FULL_LEVEL if self.level is not None else self.intensity


class ShockEntry(Entry):
    """One shock: how large, when and where."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"targets": TargetsEntry}

    size: ShockSize = Field(
        ge=0.0,
        description="a number, or a percentage such as '30 %'; 'adoptsim list shocks' says of what and how large",
    )
    start: Quarterly = Field(description=BEGINS)
    end: Quarterly | None = Field(None, description=f"a year after the start, {QUARTERLY}; left out = it lasts")
    targets: TargetsEntry = Field(TargetsEntry(), description=TARGETS)

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        return _later(end, info)


class InvestmentEntry(Entry):
    """One investment: from when, where, who pays how much of it."""

    PARTS: ClassVar[Mapping[str, type[Entry]]] = {"targets": PlacesEntry}

    start: WholeYear = Field(2027.0, description="the year in which programmes begin, from 1990 to 2200, a whole one")
    end: WholeYear | None = Field(
        None,
        description="a whole year after the start, from which on nothing is decided and paid any more; left out = it "
        "lasts",
    )
    payer: Annotated[str, chosen(PAYERS)] = Field(
        "domestic",
        description="domestic (the treasury, besides the genomics budget) or outside (donors and banks in countries "
        "below the donor line, the treasury in others)",
    )
    share: Share = Field(
        1.0,
        ge=0.0,
        le=1.0,
        description="share of what tests and machines of the programme cost that is paid, 0 to 1 or 0 % to 100 %; the "
        "rest is left to genomics budgets",
    )
    phase_out: Schedule | None = Field(
        None,
        description="with payer: outside, the share of its money that outside still pays by year, such as {2032: 100 "
        "%, 2037: 0 %}: all before the first, straight between the years, held after the last",
    )
    taken_over: Share | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="with phase_out, the share of what outside pays no more that treasuries take over (100 %)",
    )
    targets: PlacesEntry = Field(PlacesEntry(), description="where: regions, incomes, countries; left out = everywhere")

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        return _later(end, info)

    @field_validator("phase_out")
    @classmethod
    def _from_outside(cls, years: object, info: ValidationInfo) -> object:
        if years is not None and info.data.get("payer") == "domestic":
            raise refused("only money from outside is phased out: give 'payer: outside' or no phase_out")
        return years

    @field_validator("taken_over")
    @classmethod
    def _of_phase_out(cls, share: float | None, info: ValidationInfo) -> float | None:
        if share is not None and info.data.get("phase_out", ()) is None:
            raise refused("nothing is taken over without a phase_out")
        return share


def _later(end: float | None, info: ValidationInfo) -> float | None:
    if end is not None and end <= info.data.get("start", float("-inf")):
        raise refused()
    return end


def _one_or_more(value: object) -> object:
    if value is None:
        raise refused("fields of it; an empty value takes away what is inherited, and here nothing is")
    return [value] if isinstance(value, dict) else value


def _strength_alone(value: object) -> object:
    """A bare strength in place of the fields of a lever."""
    if isinstance(value, int | float | str):
        for field in ("level", "intensity", "budget"):
            try:
                LeverEntry.model_validate({field: value})
            except ValidationError:
                continue
            raise refused(f"the fields of the lever, such as {{{field}: {value}}}", f"{{{field}: {value}}}")
    return _one_or_more(value)


Uses = Annotated[list[LeverEntry], BeforeValidator(_strength_alone), Field(min_length=1)]
Investments = Annotated[list[InvestmentEntry], BeforeValidator(_one_or_more), Field(min_length=1)]
Shocks = Annotated[list[ShockEntry], BeforeValidator(_one_or_more), Field(min_length=1)]


class ScenarioFile(Entry):
    """A scenario: a complete question to the model."""

    NAMED: ClassVar[Mapping[str, type[Entry]]] = {
        "levers": LeverEntry,
        "shocks": ShockEntry,
        "investments": InvestmentEntry,
    }

    schema_version: Literal[1] = Field(1, description="the number 1")
    name: Name = Field(description=NAME)
    title: str = Field("", description="a text: what tables and figures call it")
    description: str = Field("", description="a text")
    extends: str | None = Field(
        None, description="the path of a scenario file to take over, relative to this file, with or without .yaml"
    )
    levers: dict[LeverName, Uses] = Field(
        {}, description="levers by name or by the path of your own file, each with its fields or a list of uses"
    )
    shocks: dict[ShockName, Shocks] = Field({}, description="shocks by name, each with its fields or a list of them")
    investments: dict[Application, Investments] = Field(
        {}, description="national programmes to begin and pay for: applications, each with its fields or a list of them"
    )
    uncertainty: Annotated[Literal["drawn", "central"], chosen(("drawn", "central"))] = Field(
        "drawn", description="drawn (each world its own parameters) or central (all at their central values)"
    )
    start_year: int = Field(
        2025,
        ge=START_YEARS[0],
        le=START_YEARS[-1],
        description=f"a whole year from {START_YEARS[0]} to {START_YEARS[-1]}",
    )
    quarters: Quarters = Field(
        80, ge=1, le=MAX_QUARTERS, description=f"a whole number of quarters from 1 to {MAX_QUARTERS}"
    )
    parameters: dict[ParameterName, Quantity] = Field(
        {},
        description="parameters fixed in all worlds: a number within the bounds of the parameter, also with its unit",
    )
    applications: list[ApplicationOrFile] = Field(
        [],
        max_length=MAX_LISTED,
        description="a list of applications or of your own YAML files; left out = all packaged",
    )
    outcomes: list[Outcome] = Field([], max_length=MAX_LISTED, description=OUTCOMES)
    tables: dict[TableName, str] = Field(
        {}, description=f"your own tables, a path relative to this file for any of {', '.join(TABLES)}"
    )
