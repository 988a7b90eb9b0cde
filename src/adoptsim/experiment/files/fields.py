"""What single values of a file may be: names from lists, shares, money, years; and how a wrong one is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from adoptsim.experiment.files import units
from adoptsim.experiment.files.extends import YAML_ENDINGS
from adoptsim.experiment.files.names import TABLES, Known
from adoptsim.inputs.applications import TRAITS
from adoptsim.inputs.country_names import nearest_country
from adoptsim.inputs.errors import nearest_name
from adoptsim.inputs.names import INCOMES
from adoptsim.model.scenario import KEEP, horizon

__all__ = [
    "EVERY_LEVER",
    "MAX_QUARTERS",
    "MAX_RAMP",
    "NAME_PATTERN",
    "Application",
    "ApplicationOrFile",
    "Budget",
    "Country",
    "FactorName",
    "Group",
    "Income",
    "Keep",
    "LeftOut",
    "LeverName",
    "Name",
    "Outcome",
    "ParameterName",
    "Quantity",
    "Quarterly",
    "Quarters",
    "RankedLever",
    "Region",
    "ScheduleYear",
    "Share",
    "ShockName",
    "ShockSize",
    "Span",
    "TableName",
    "WholeYear",
    "Years",
    "chosen",
    "outcome_problem",
    "refused",
]

MIN_BUDGET, MAX_BUDGET = 1_000.0, 1e12
MAX_QUARTERS, MAX_RAMP = 400, 50.0
FIRST_YEAR, LAST_YEAR = 1990.0, 2200.0
EVERY_LEVER = "all"  # in a list of levers: the twelve that ship
FEW = 12  # names that a message may enumerate


def refused(allowed: str = "", nearest: str | Callable[[], str] = "") -> PydanticCustomError:
    """A value that is not accepted; ``allowed`` replaces the description of the field.

    ``nearest`` may be a function: it is called for the problems that are told, however many there are.
    """
    return PydanticCustomError("refused", "not accepted", {"allowed": allowed, "nearest": nearest})


def _known(info: ValidationInfo) -> Known:
    return cast("Known", info.context)


def one_of(
    names: Callable[[Known], Iterable[str]], what: str, also: Callable[[Known, str], bool] = lambda known, name: False
) -> AfterValidator:
    """A validator for a name from a list that depends on the file's tables; ``also``: other names that may be right."""

    def check(value: str, info: ValidationInfo) -> str:
        allowed = tuple(names(_known(info)))
        if value not in allowed and not also(_known(info), value):
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


def in_unit(unit: str, low: float, high: float) -> BeforeValidator:
    """A validator for a quantity that may carry its unit; the bounds are those of what a message may suggest."""

    def check(value: object) -> object:
        try:
            return units.quantity(value, unit)
        except units.UnitError:
            raise refused(nearest=lambda: units.meant(value, unit, low, high)) from None

    return BeforeValidator(check)


def _share(value: object) -> object:
    """50 where a share is wanted is a percentage without its sign."""
    nearest = "" if isinstance(value, str) else units.meant(value, "share", 0.0, 1.0)
    if nearest:
        raise refused(nearest=nearest)
    return value


def _country(value: str, info: ValidationInfo) -> str:
    known = _known(info)
    if value not in known.countries and known.sure_of_countries:
        what = "not an ISO3 code of a WHO member state (see 'adoptsim list countries')"
        if known.own_countries:
            more = f" and {len(known.countries) - FEW} more" if len(known.countries) > FEW else ""
            what = f"one of the codes in {known.own_countries}: {', '.join(list(known.countries)[:FEW])}{more}"
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


def outcome_problem(name: str, end_year: int | None) -> tuple[str, Callable[[], str]] | None:
    """What is allowed in place of a name that is no outcome up to a year, and how to find the nearest right name.

    Where the year is not known because it is told as wrong, any year is right.
    """
    from adoptsim.model.outcomes import outcome_names

    if end_year is None:
        written = name.rpartition("@")[2]
        end_year = int(written) if re.fullmatch(r"[0-9]{4}", written) else horizon(2025, 80)
    allowed = outcome_names(end_year)
    if name in allowed:
        return None
    words = f"an outcome with .mean or @{end_year}; see 'adoptsim list outcomes'"
    return words, lambda: nearest_name(name, allowed)


def _outcome(value: str, info: ValidationInfo) -> str:
    known = {"start_year", "quarters"} <= set(info.data)
    found = outcome_problem(value, horizon(info.data["start_year"], info.data["quarters"]) if known else None)
    if found:
        raise refused(*found)
    return value


def _sized(value: float) -> float:
    if 0.0 < value < MIN_BUDGET:
        raise refused()
    return value


def _year(value: object) -> object:
    """The key of a schedule, which YAML gives as text."""
    try:
        return float(cast("str", value))
    except (TypeError, ValueError):
        raise refused() from None


def _quarters(value: object) -> object:
    """A span in years or months is no number of quarters, but it can be told which."""
    if isinstance(value, str):
        raise refused(nearest=units.meant(value, "quarters", 1, MAX_QUARTERS).removesuffix(" quarters"))
    return value


def _number_or_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused()
    return value


NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
LeverName = Annotated[str, or_file(lambda known: known.levers)]
ShockName = Annotated[str, one_of(lambda known: known.shocks, "a shock; see 'adoptsim list shocks'")]
RankedLever = Annotated[str, or_file(lambda known: (EVERY_LEVER, *known.levers))]
LeftOut = Annotated[
    str,
    one_of(
        lambda known: (*known.levers, *(lever.name for lever in known.ranked.values())),
        "a lever of the ranking, your own by the name in its file; see 'adoptsim list levers'",
        lambda known, _: not known.sure_of_levers,
    ),
]
Group = Annotated[str, one_of(lambda known: (*known.regions, *INCOMES), "a WHO region or an income group")]
Region = Annotated[str, one_of(lambda known: known.regions, "a WHO region")]
Income = Annotated[str, one_of(lambda known: INCOMES, "an income group")]
Country = Annotated[str, AfterValidator(_country)]
Application = Annotated[
    str,
    one_of(
        lambda known: known.applications,
        "see 'adoptsim list applications'",
        lambda known, _: not known.sure_of_applications,
    ),
]
ApplicationOrFile = Annotated[str, or_file(lambda known: known.applications)]
ParameterName = Annotated[
    str,
    one_of(
        lambda known: known.parameters,
        "a parameter; see 'adoptsim list parameters'",
        lambda known, name: (
            not known.sure_of_levers or (not known.sure_of_applications and name.rpartition(".")[2] in TRAITS)
        ),
    ),
]
Outcome = Annotated[str, AfterValidator(_outcome)]
FactorName = Annotated[
    str,
    one_of(
        lambda known: (*known.parameters, *known.levers, *(f"{lever}.budget" for lever in known.levers)),
        "a parameter, a lever or LEVER.budget",
        lambda known, _: not known.sure_of_levers,
    ),
]
Span = Annotated[list[Any], Field(min_length=2, max_length=2)]
TableName = Annotated[str, one_of(lambda known: TABLES, "a table")]
Keep = Annotated[str, chosen(KEEP)]
Share = Annotated[float, in_unit("share", 0.0, 1.0), BeforeValidator(_share)]
ShockSize = Annotated[float, in_unit("share", 0.0, 1.0)]
Years = Annotated[float, in_unit("years", 0.0, MAX_RAMP)]
Budget = Annotated[
    float, AfterValidator(_sized), in_unit("US$ a year", MIN_BUDGET, MAX_BUDGET), Field(ge=0.0, le=MAX_BUDGET)
]
Quarters = Annotated[int, BeforeValidator(_quarters)]
Quarterly = Annotated[float, Field(ge=FIRST_YEAR, le=LAST_YEAR, multiple_of=0.25)]
WholeYear = Annotated[float, Field(ge=FIRST_YEAR, le=LAST_YEAR, multiple_of=1.0)]
ScheduleYear = Annotated[Quarterly, BeforeValidator(_year)]
Quantity = Annotated[Any, AfterValidator(_number_or_text)]
