"""What single values of a file may be: names from lists, shares, money, years; and how a wrong one is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from adoptsim.experiment.files import units
from adoptsim.experiment.files.extends import YAML_ENDINGS
from adoptsim.experiment.files.names import TABLES, Known, nearest_country
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.names import INCOMES
from adoptsim.model.scenario import KEEP, horizon

__all__ = [
    "Application",
    "ApplicationOrFile",
    "Budget",
    "Country",
    "Income",
    "Keep",
    "LeverName",
    "Name",
    "Outcome",
    "ParameterName",
    "Quantity",
    "Quarterly",
    "Region",
    "ScheduleYear",
    "Share",
    "ShockName",
    "TableName",
    "Years",
    "chosen",
    "outcome_problem",
    "refused",
]

MIN_BUDGET, MAX_BUDGET = 1_000.0, 1e12
FIRST_YEAR, LAST_YEAR = 1990.0, 2200.0
FEW = 12  # names that a message may enumerate


def refused(allowed: str = "", nearest: str | Callable[[], str] = "") -> PydanticCustomError:
    """A value that is not accepted; ``allowed`` replaces the description of the field.

    ``nearest`` may be a function: it is called for the problems that are told, however many there are.
    """
    return PydanticCustomError("refused", "not accepted", {"allowed": allowed, "nearest": nearest})


def _known(info: ValidationInfo) -> Known:
    return cast("Known", info.context)


def one_of(names: Callable[[Known], Iterable[str]], what: str) -> AfterValidator:
    """A validator for a name from a list that depends on the file's tables."""

    def check(value: str, info: ValidationInfo) -> str:
        allowed = tuple(names(_known(info)))
        if value not in allowed:
            listed = f"one of {', '.join(allowed)}" if len(allowed) <= FEW else what
            raise refused(listed, lambda: nearest_name(value, allowed))
        return value

    return AfterValidator(check)


def chosen(names: tuple[str, ...]) -> BeforeValidator:
    """A validator for a word from a fixed list; the description of the field says which."""

    def check(value: object) -> object:
        if value not in names:
            raise refused(nearest=lambda: nearest_name(str(value), names))
        return value

    return BeforeValidator(check)


def in_unit(read: Callable[[object], object]) -> BeforeValidator:
    """A validator for a quantity that may carry its unit."""

    def check(value: object) -> object:
        try:
            return read(value)
        except units.UnitError as error:
            raise refused(nearest=error.nearest) from None

    return BeforeValidator(check)


def _country(value: str, info: ValidationInfo) -> str:
    known = _known(info)
    if value not in known.countries:
        what = "a code of your table of countries" if known.own_countries else "not an ISO3 code of a WHO member state"
        raise refused(what, lambda: nearest_country(value, known.countries))
    return value


def or_file(names: Callable[[Known], Iterable[str]]) -> AfterValidator:
    """A validator for a name from a list, or the path of a user's own YAML file."""

    def check(value: str, info: ValidationInfo) -> str:
        allowed = tuple(names(_known(info)))
        if value not in allowed and not value.endswith(YAML_ENDINGS):
            what = f"one of {', '.join(allowed)}, or the path of a YAML file"
            raise refused(what, lambda: nearest_name(value, allowed))
        return value

    return AfterValidator(check)


def outcome_problem(name: str, end_year: int) -> tuple[str, Callable[[], str]] | None:
    """What is allowed in place of a name that is no outcome up to a year, and how to find the nearest right name."""
    from adoptsim.model.outcomes import outcome_names

    allowed = outcome_names(end_year)
    if name in allowed:
        return None
    words = f"an outcome with .mean or @{end_year}; see 'adoptsim list outcomes'"
    return words, lambda: nearest_name(name, allowed)


def _outcome(value: str, info: ValidationInfo) -> str:
    if {"start_year", "quarters"} <= set(info.data):  # else the horizon is unknown, and that is told
        found = outcome_problem(value, horizon(info.data["start_year"], info.data["quarters"]))
        if found:
            raise refused(*found)
    return value


def _sized(value: float) -> float:
    if 0.0 < value < MIN_BUDGET:
        raise refused(nearest=f"{value:g} million {units.CURRENCY}")
    return value


def _year(value: object) -> object:
    """The key of a schedule, which YAML gives as text."""
    try:
        return float(cast("str", value))
    except (TypeError, ValueError):
        raise refused() from None


def _number_or_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused()
    return value


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
LeverName = Annotated[str, or_file(lambda known: known.levers)]
ShockName = Annotated[str, one_of(lambda known: known.shocks, "a shock; see 'adoptsim list shocks'")]
Region = Annotated[str, one_of(lambda known: known.regions, "a WHO region")]
Income = Annotated[str, one_of(lambda known: INCOMES, "an income group")]
Country = Annotated[str, AfterValidator(_country)]
Application = Annotated[str, one_of(lambda known: known.applications, "see 'adoptsim list applications'")]
ApplicationOrFile = Annotated[str, or_file(lambda known: known.applications)]
ParameterName = Annotated[str, one_of(lambda known: known.parameters, "a parameter; see 'adoptsim list parameters'")]
Outcome = Annotated[str, AfterValidator(_outcome)]
TableName = Annotated[str, one_of(lambda known: TABLES, "a table")]
Keep = Annotated[str, chosen(KEEP)]
Share = Annotated[float, in_unit(units.fraction)]
Years = Annotated[float, in_unit(units.years)]
Budget = Annotated[float, AfterValidator(_sized), in_unit(units.money), Field(ge=0.0, le=MAX_BUDGET)]
Quarterly = Annotated[float, Field(ge=FIRST_YEAR, le=LAST_YEAR, multiple_of=0.25)]
ScheduleYear = Annotated[Quarterly, BeforeValidator(_year)]
Quantity = Annotated[Any, AfterValidator(_number_or_text)]
