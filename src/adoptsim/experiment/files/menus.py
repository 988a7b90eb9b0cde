"""Menus: what a file may name, in lines worth reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adoptsim.inputs.parameters import Parameter

__all__ = ["WIDTH", "menu"]

WIDTH = 100
NARROWEST = 40
LEAST_WORDS = 24  # columns that a description needs beside a name; else it stands below it


def menu(kind: str, width: int = WIDTH) -> Iterator[str]:
    """The lines of a menu, none wider than ``width`` where its names permit."""
    return MENUS[kind](max(width, NARROWEST))


def _intro(text: str, width: int) -> Iterator[str]:
    yield from wrap(text, width)
    yield ""


def _table(rows: Iterable[Sequence[str]], width: int, indent: str = "  ") -> Iterator[str]:
    """Rows of short cells and a description: aligned columns, the description wrapped beside or below them."""
    listed = [list(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in list(zip(*listed, strict=True))[:-1]]
    left = len(indent) + sum(widths) + 2 * len(widths)
    for *cells, words in listed:
        head = indent + "  ".join(f"{cell:<{size}}" for cell, size in zip(cells, widths, strict=True))
        if width - left >= LEAST_WORDS:
            lines = wrap(words, width - left) or [""]
            yield f"{head}  {lines[0]}".rstrip()
            yield from (" " * left + line for line in lines[1:])
        else:
            short = "  ".join(cell for cell in cells if cell)
            yield from wrap(short, width, initial_indent=indent, subsequent_indent=f"{indent}    ")
            yield from (f"{indent}    {line}" for line in wrap(words, width - len(indent) - 4))


def levers(width: int) -> Iterator[str]:
    """Every lever with its worded levels."""
    from adoptsim.model.levers import LEVERS

    yield from _intro(
        "Levers: what the programme of work can do. In a file: 'levers: {NAME: {level: 2}}', or in place of the level "
        "'intensity: 60 %' or 'budget: 50 million USD2024' (a year). A lever of your own is a file: 'levers: {my.yaml: "
        "{level: 2}}'; see docs/files.md.",
        width,
    )
    for lever in LEVERS.values():
        yield from wrap(f"{lever.name}: {lever.title}", width, subsequent_indent="  ")
        yield from _table(((f"level {n}", words) for n, words in enumerate(lever.levels)), width)
        yield ""


def shocks(width: int) -> Iterator[str]:
    """Every shock with the meaning of its size."""
    from adoptsim.model.shocks import SHOCKS

    yield from _intro(
        "Shocks: what may befall health systems from outside. In a file: 'shocks: {NAME: {size: 20 %, start: 2030, "
        "end: 2032}}'; without an end a shock lasts.",
        width,
    )
    yield from _table(
        ((s.name, f"0 to {100 * s.largest:g} %", f"{s.title}; size: {s.size}") for s in SHOCKS.values()), width
    )


def countries(width: int) -> Iterator[str]:
    """Every health system by WHO region, with its code and income group."""
    from adoptsim.inputs.countries import load_countries

    c = load_countries()
    yield from _intro(
        f"Countries: {len(c)} health systems by WHO region, with income group. In a file: 'targets: {{countries: [NGA, "
        "NOR]}', or 'regions: [AFR]', 'incomes: [LIC, LMC]'.",
        width,
    )
    rows = sorted(zip(c.region, c.iso3, c.income, c.name, strict=True))
    for region, group in groupby(rows, key=lambda row: row[0]):
        members = [row[1:] for row in group]
        yield f"{region} ({len(members)})"
        yield from _table(members, width)
        yield ""


def applications(width: int) -> Iterator[str]:
    """Every packaged application."""
    from adoptsim.inputs.applications import load_applications

    yield from _intro(
        "Applications of genomic medicine. In a file: 'applications: [NAME, my_own.yaml]' for the whole scenario (left "
        "out = all of these), or under 'targets' for one lever.",
        width,
    )
    yield from _table(((a.id, f"{a.title}. {a.description}") for a in load_applications()), width)


def parameters(width: int) -> Iterator[str]:
    """Every parameter by group, with its bounds, unit and quality."""
    from adoptsim.inputs.applications import load_applications
    from adoptsim.model.world import all_parameters

    found = all_parameters(load_applications())
    yield from _intro(
        f"Parameters: {len(found)}, each with low .. central .. high, unit and quality. Every world draws its own "
        "unless a file fixes them: 'parameters: {pool.fee: 5 %}'. They are also the columns that a design may have.",
        width,
    )
    for group, named in groupby(found.items(), key=lambda pair: pair[0].split(".")[0]):
        yield group
        yield from _table(
            ((name, _numbers(p), f"{p.unit} ({p.quality})") for name, p in named),
            width,
        )
        yield ""


def _numbers(p: Parameter) -> str:
    return f"{p.low:g} .. {p.central:g} .. {p.high:g}" if p.low < p.high else f"{p.central:g}"


def outcomes(width: int) -> Iterator[str]:
    """Every outcome; each comes as a mean over the run and as the value at the horizon."""
    from adoptsim.model.inequality import MEASURED
    from adoptsim.model.outcomes import UNITS

    yield from _intro(
        "Outcomes: results of each world, as NAME.mean (over the run) and NAME@2045 (at the horizon). In a file: "
        "'outcomes: [useful_access.gini.mean]' for those of the second list.",
        width,
    )
    yield "Always kept"
    yield from _table(((name, unit, meaning) for name, (unit, meaning) in UNITS.items()), width)
    yield ""
    text = "Kept where a file lists them: inequality of useful access over country fifths, by their mean income"
    yield from wrap(text, width)
    yield from _table(_measures(MEASURED), width)


def _measures(measured: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    from adoptsim.equity.registry import Measure

    for measure in dict.fromkeys(m for m in measured.values() if isinstance(m, Measure)):
        unit = measure.unit.replace("that of the estimate", "share").replace(
            "square of the estimate's", "share squared"
        )
        also = f" (or useful_access.{measure.who})" if measure.who not in ("", measure.name) else ""
        yield f"useful_access.{measure.name}", unit, f"{measure.label}{also}"


def experiments(width: int) -> Iterator[str]:
    """The experiments and scenarios found under the current folder."""
    from adoptsim.experiment.files.load import load_question
    from adoptsim.inputs.errors import InputError

    yield from _intro(
        "Experiments (questions asked of several scenarios) and scenarios under this folder. Run one with "
        "'adoptsim run FILE'; 'adoptsim check FILE' says what it would do.",
        width,
    )
    for folder in ("experiments", "configs"):
        rows = []
        for path in sorted(p for p in Path(folder).glob("*.y*ml") if p.is_file()):
            try:
                found = load_question(path)
            except InputError as error:
                rows.append((str(path), "", f"{len(error.problems)} problem(s); see 'adoptsim check {path}'"))
            else:
                many = folder == "experiments"
                size = f"{len(found.scenarios)} scenarios x {found.worlds:,} worlds" if many else ""
                rows.append((str(path), size, found.title or found.scenarios[-1].title or found.name))
        yield f"{folder}/" + ("" if rows else ": none here")
        yield from _table(rows, width)
        yield ""


MENUS: Mapping[str, Callable[[int], Iterator[str]]] = {
    "levers": levers,
    "shocks": shocks,
    "countries": countries,
    "applications": applications,
    "parameters": parameters,
    "outcomes": outcomes,
    "experiments": experiments,
}
