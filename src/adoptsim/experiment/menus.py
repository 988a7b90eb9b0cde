"""Menus: what a file may name, in lines worth reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

__all__ = ["MENUS"]


def levers() -> Iterator[str]:
    """Every lever with its worded levels."""
    from adoptsim.model.levers import LEVERS

    for lever in LEVERS.values():
        yield f"{lever.name}: {lever.title}"
        yield from (f"  level {n}: {words}" for n, words in enumerate(lever.levels))


def countries() -> Iterator[str]:
    """Every health system with its code, WHO region and income group."""
    from adoptsim.inputs.countries import load_countries

    c = load_countries()
    for code, region, income, name in zip(c.iso3, c.region, c.income, c.name, strict=True):
        yield f"{code}  {region:<4}  {income}  {name}"


def applications() -> Iterator[str]:
    """Every packaged application."""
    from adoptsim.inputs.applications import load_applications

    chosen = load_applications()
    width = max(len(application.id) for application in chosen)
    for application in chosen:
        yield f"{application.id:<{width}}  {application.title}"


def parameters() -> Iterator[str]:
    """Every parameter with its bounds, unit and quality."""
    from adoptsim.inputs.applications import load_applications
    from adoptsim.model.world import all_parameters

    found = all_parameters(load_applications())
    width = max(map(len, found))
    for name, p in found.items():
        numbers = f"{p.low:g} .. {p.central:g} .. {p.high:g}"
        yield f"{name:<{width}}  {numbers:<28}  {p.unit} ({p.quality})"


def outcomes() -> Iterator[str]:
    """Every outcome; each comes as a mean over the run and as the value at the horizon."""
    from adoptsim.model.inequality import MEASURED
    from adoptsim.model.outcomes import UNITS

    width = max(map(len, (*UNITS, *MEASURED)))
    yield "Always kept, as NAME.mean (over the run) and NAME@2045 (at the horizon):"
    for name, (unit, meaning) in UNITS.items():
        yield f"{name:<{width}}  {unit}; {meaning}"
    yield ""
    yield "Kept where a file lists them under 'outcomes:', as NAME.mean (over the year ends) or NAME@2045:"
    yield "measures of need-weighted useful access over all country fifths, ranked by their mean income"
    for measure in dict.fromkeys(MEASURED.values()):
        name = f"useful_access.{measure.name}"
        unit = measure.unit.replace("that of the estimate", "share").replace(
            "square of the estimate's", "share squared"
        )
        also = f" (or useful_access.{measure.who})" if measure.who not in ("", measure.name) else ""
        yield f"{name:<{width}}  {unit}; {measure.label}{also}"


MENUS: Mapping[str, Callable[[], Iterator[str]]] = {
    "levers": levers,
    "countries": countries,
    "applications": applications,
    "parameters": parameters,
    "outcomes": outcomes,
}
