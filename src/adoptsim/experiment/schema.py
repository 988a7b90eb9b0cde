"""What a YAML file may say: every field, its unit and its bounds.

The description of a field is what a message and the editor's completion tell the user who filled it wrongly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from adoptsim.experiment import units
from adoptsim.experiment.names import TABLES, Known, nearest_country
from adoptsim.experiment.question import MAX_WORLDS
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.model.scenario import horizon

__all__ = [
    "STRENGTHS",
    "YAML_ENDINGS",
    "ExperimentFile",
    "LeverEntry",
    "ScenarioFile",
    "TargetsEntry",
    "outcome_problem",
]

MAX_QUARTERS = 400
YAML_ENDINGS = (".yaml", ".yml")
MIN_BUDGET = 1_000.0
STRENGTHS = ("level", "intensity", "budget")
FULL_LEVEL = 4


def refused(allowed: str = "", nearest: str = "") -> PydanticCustomError:
    """A value that is not accepted; ``allowed`` replaces the description of the field."""
    return PydanticCustomError("refused", "not accepted", {"allowed": allowed, "nearest": nearest})


def _known(info: ValidationInfo) -> Known:
    return cast("Known", info.context)


def one_of(names: Callable[[Known], Any], what: str) -> AfterValidator:
    """A validator for a name from a list that depends on the file's tables."""

    def check(value: str, info: ValidationInfo) -> str:
        allowed = names(_known(info))
        if value not in allowed:
            listed = f"one of {', '.join(allowed)}" if len(allowed) <= 12 else what
            raise refused(listed, nearest_name(value, allowed))
        return value

    return AfterValidator(check)


def _country(value: str, info: ValidationInfo) -> str:
    known = _known(info)
    if value not in known.countries:
        what = "a code of your table of countries" if known.own_countries else "not an ISO3 code of a WHO member state"
        raise refused(what, nearest_country(value, known.countries))
    return value


def _application_or_file(value: str, info: ValidationInfo) -> str:
    allowed = _known(info).applications
    if value not in allowed and not value.endswith(YAML_ENDINGS):
        raise refused(f"one of {', '.join(allowed)}, or the path of a YAML file", nearest_name(value, allowed))
    return value


def outcome_problem(name: str, end_year: int) -> tuple[str, str] | None:
    """What is allowed in place of a name that is no outcome up to a year, and the nearest right name."""
    from adoptsim.model.outcomes import outcome_names

    allowed = outcome_names(end_year)
    if name in allowed:
        return None
    words = f"an outcome with .mean or @{end_year}; see 'adoptsim list outcomes'"
    return words, nearest_name(name, allowed)


def _outcome(value: str, info: ValidationInfo) -> str:
    if {"start_year", "quarters"} <= set(info.data):  # else the horizon is unknown, and that is told
        found = outcome_problem(value, horizon(info.data["start_year"], info.data["quarters"]))
        if found:
            raise refused(*found)
    return value


def _fraction(value: object) -> object:
    try:
        return units.fraction(value)
    except ValueError:
        raise refused() from None


def _money(value: object) -> object:
    try:
        return units.money(value)
    except ValueError as error:
        raise refused(nearest=str(error)) from None


def _sized(value: float) -> float:
    if 0.0 < value < MIN_BUDGET:
        raise refused(nearest=f"{value:g} million {units.CURRENCY}")
    return value


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
OUTCOMES = "a list of outcomes, such as useful_access.slope_index@2045; see 'adoptsim list outcomes'"
NAME = "letters, digits, _ and -, at most 64 (it becomes a folder name)"
LeverName = Annotated[str, one_of(lambda known: known.levers, "a lever; see 'adoptsim list levers'")]
Region = Annotated[str, one_of(lambda known: known.regions, "a WHO region")]
Income = Annotated[str, one_of(lambda known: INCOMES, "an income group")]
Country = Annotated[str, AfterValidator(_country)]
Application = Annotated[str, one_of(lambda known: known.applications, "see 'adoptsim list applications'")]
ApplicationOrFile = Annotated[str, AfterValidator(_application_or_file)]
Parameter = Annotated[str, one_of(lambda known: known.parameters, "a parameter; see 'adoptsim list parameters'")]
Outcome = Annotated[str, AfterValidator(_outcome)]
TableName = Annotated[str, one_of(lambda known: TABLES, "a table")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class TargetsEntry(_Entry):
    """Whom a lever reaches; what is left out means everybody, several kinds must all hold."""

    regions: list[Region] = Field(default=[], description=f"a list of WHO regions ({', '.join(REGIONS)})")
    incomes: list[Income] = Field(default=[], description=f"a list of income groups ({', '.join(INCOMES)})")
    countries: list[Country] = Field(default=[], description="a list of ISO3 codes of countries, such as [NGA, NOR]")
    applications: list[Application] = Field(default=[], description="a list of applications")


class LeverEntry(_Entry):
    """One use of a lever: how strongly (exactly one of level, intensity, budget), when and where."""

    level: int | None = Field(
        None, ge=0, le=FULL_LEVEL, description="a whole number from 0 (none) to 4 (full strength)"
    )
    intensity: Annotated[float, BeforeValidator(_fraction)] | None = Field(
        None, ge=0.0, le=1.0, description="a number from 0 to 1, or a percentage such as '50 %'"
    )
    budget: Annotated[float, AfterValidator(_sized), BeforeValidator(_money)] | None = Field(
        None,
        ge=0.0,
        le=1e12,
        description="constant 2024 US$ a year, such as '50 million USD2024' (0, or at least 1,000)",
    )
    start: float = Field(
        2026.0,
        ge=1990.0,
        le=2200.0,
        multiple_of=0.25,
        description="a year from 1990 to 2200 in steps of a quarter (0.25)",
    )
    ramp: float = Field(2.0, ge=0.0, le=50.0, description="years from first effect to full strength, 0 to 50")
    end: float | None = Field(
        None, ge=1990.0, le=2200.0, multiple_of=0.25, description="a year after the start, in steps of a quarter (0.25)"
    )
    targets: Annotated[TargetsEntry, BeforeValidator(_nothing_is_empty)] = Field(
        TargetsEntry(), description="regions, incomes, countries, applications"
    )

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        if end is not None and end <= info.data.get("start", float("-inf")):
            raise refused()
        return end

    @property
    def strength(self) -> float | None:
        """The intensity, None where a budget is given."""
        return self.level / FULL_LEVEL if self.level is not None else self.intensity


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Uses = Annotated[list[LeverEntry], BeforeValidator(_one_or_more), Field(min_length=1)]


class ScenarioFile(_Entry):
    """A scenario: a complete question to the model."""

    schema_version: Literal[1] = Field(1, description="the number 1")
    name: Name = Field(description=NAME)
    title: str = Field("", description="a text")
    description: str = Field("", description="a text")
    levers: Annotated[dict[LeverName, Uses], BeforeValidator(_nothing_is_empty)] = Field(
        {}, description="levers by name, each with its fields or a list of uses"
    )
    uncertainty: Literal["drawn", "central"] = Field("drawn", description="drawn or central")
    start_year: int = Field(2025, ge=1990, le=2100, description="a whole year from 1990 to 2100")
    quarters: int = Field(80, ge=1, le=MAX_QUARTERS, description=f"a whole number of quarters from 1 to {MAX_QUARTERS}")
    parameters: Annotated[dict[Parameter, float], BeforeValidator(_nothing_is_empty)] = Field(
        {}, description="a number within the bounds of the parameter"
    )
    applications: list[ApplicationOrFile] = Field([], description="a list of applications; left out = all packaged")
    outcomes: list[Outcome] = Field([], description=OUTCOMES)
    tables: Annotated[dict[TableName, str], BeforeValidator(_nothing_is_empty)] = Field(
        {}, description="a path, relative to this file"
    )

    @field_validator("uncertainty", mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        if value not in ("drawn", "central"):
            raise refused(nearest=nearest_name(str(value), ("drawn", "central")))
        return value


class ExperimentFile(_Entry):
    """An experiment: scenarios run in the same worlds."""

    schema_version: Literal[1] = Field(1, description="the number 1")
    name: Name = Field(description=NAME)
    title: str = Field("", description="a text")
    description: str = Field("", description="a text")
    scenarios: list[Any] = Field(
        min_length=1, description="a list; each item a path of a scenario file relative to this file, or a scenario"
    )
    worlds: int = Field(
        100,
        ge=1,
        le=MAX_WORLDS,
        description=f"a whole number from 1 to {MAX_WORLDS:,} (more fills the disk; a few hundred settle a ranking)",
    )
    seed: int = Field(1, ge=0, lt=2**63, description="a whole number, 0 or more")
    reference: str | None = Field(None, description="the name of a scenario of this experiment")
    outcomes: list[str] = Field([], description=OUTCOMES)  # checked when the horizon is known
