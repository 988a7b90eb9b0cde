"""Menus: what a file may name, in lines worth reading."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adoptsim.experiment.question import Experiment
    from adoptsim.inputs.levers import Lever
    from adoptsim.inputs.parameters import Parameter

__all__ = ["WIDTH", "menu"]

WIDTH = 100
NARROWEST = 40
HERE = "."
FOLDERS = (HERE, "experiments", "configs")
GROUPS = {  # what the first part of a parameter's name means
    "system": "Institutions",
    "proj": "Growth of incomes and populations",
    "money": "Domestic budgets",
    "fund": "Donors and their grants",
    "lever": "Effects of levers",
    "work": "Staff and training",
    "dist": "Distribution and supplies",
    "pool": "Pooled procurement",
    "price": "Prices",
    "deliver": "Programmes and where they deliver",
    "diff": "Adoption",
    "private": "Private offers",
    "who": "Who is reached",
    "equip": "Machines",
    "hub": "Regional hubs",
    "data": "Reference data and uncertain results",
    "hta": "Appraisal of applications",
    "care": "Costs of care",
    "cost": "Costs of levers",
    "gen": "Who is generated",
    "start": "The start of a run",
}
LEAST_WORDS = 24  # columns that a description needs beside a name; else it stands below it


def menu(kind: str, width: int = WIDTH, text: str = "") -> Iterator[str]:
    """The lines of a menu, none wider than ``width`` where its names permit; of ``text``, what holds it."""
    width = max(width, NARROWEST)
    lines = list(MENUS[kind](width, text))
    yield from lines
    if text and not any(line.startswith("  ") for line in lines):
        yield from wrap(f"None of them holds {text!r}.", width)


def _held(text: str, rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """The rows that hold a text anywhere; no text, all of them."""
    return [row for row in rows if text.casefold() in " ".join(row).casefold()]


def _intro(text: str, width: int) -> Iterator[str]:
    yield from wrap(text, width)
    yield ""


def _table(rows: Iterable[Sequence[str]], width: int, indent: str = "  ") -> Iterator[str]:
    """Rows of short cells and a description: aligned columns, the description wrapped beside or below them."""
    for lines in _tables(rows, width, indent):
        yield from lines


def _tables(rows: Iterable[Sequence[str]], width: int, indent: str = "  ") -> Iterator[list[str]]:
    """The lines of each row."""
    listed = [list(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in list(zip(*listed, strict=True))[:-1]]
    left = len(indent) + sum(widths) + 2 * len(widths)
    for *cells, words in listed:
        head = indent + "  ".join(f"{cell:<{size}}" for cell, size in zip(cells, widths, strict=True))
        if width - left >= LEAST_WORDS:
            lines = wrap(words, width - left) or [""]
            yield [f"{head}  {lines[0]}".rstrip(), *(" " * left + line for line in lines[1:])]
        else:
            short = "  ".join(cell for cell in cells if cell)
            above = wrap(short, width, initial_indent=indent, subsequent_indent=f"{indent}    ")
            yield [*above, *(f"{indent}    {line}" for line in wrap(words, width - len(indent) - 4))]


def levers(width: int, text: str) -> Iterator[str]:
    """Every lever with its worded levels and what it costs."""
    from adoptsim.model.levers import LEVERS

    yield from _intro(
        "Levers: what the programme of work can do. In a file: 'levers: {NAME: {level: 2}}', or in place of the level "
        "'intensity: 60 %' or 'budget: 50 million USD2024' (a year). A lever of your own is a file: 'levers: {my.yaml: "
        "{level: 2}}'; see docs/files.md.",
        width,
    )
    for lever in (lever for lever in LEVERS.values() if _held(text, [(lever.name, lever.title, *lever.levels)])):
        yield from wrap(f"{lever.name}: {lever.title}", width, subsequent_indent="  ")
        yield from _table(
            [*((f"level {n}", words) for n, words in enumerate(lever.levels)), ("costs", _costs(lever))], width
        )
        yield ""


def _costs(lever: Lever) -> str:
    """What a year at full strength costs at central values, in words."""
    from adoptsim.inputs.levers import COST_BASES
    from adoptsim.inputs.parameters import load_registry

    known = {**load_registry(), **lever.parameters}
    parts = (
        f"US$ {math.prod(known[name].central for name in names):,.6g} {COST_BASES[base]}"
        for base, names in lever.cost.items()
    )
    return f"a year at level 4, at central values: {' and '.join(parts)}"


def shocks(width: int, text: str) -> Iterator[str]:
    """Every shock with the meaning of its size."""
    from adoptsim.model.shocks import SHOCKS

    yield from _intro(
        "Shocks: what may befall health systems from outside. In a file: 'shocks: {NAME: {size: 20 %, start: 2030, "
        "end: 2032}}'; without an end a shock lasts.",
        width,
    )
    rows = ((s.name, f"0 to {100 * s.largest:g} %", f"{s.title}; size: {s.size}") for s in SHOCKS.values())
    yield from _table(_held(text, rows), width)


def countries(width: int, text: str) -> Iterator[str]:
    """Every health system by WHO region, with its code and income group."""
    from adoptsim.inputs.countries import load_countries
    from adoptsim.inputs.country_names import nearest_country

    c = load_countries()
    yield from _intro(
        f"Countries: {len(c)} health systems by WHO region, with income group. In a file: 'targets: {{countries: [NGA, "
        "NOR]}', or 'regions: [AFR]', 'incomes: [LIC, LMC]'.",
        width,
    )
    rows = sorted(zip(c.region, c.iso3, c.income, c.name, strict=True))
    meant = nearest_country(text, dict(zip(c.iso3, c.name, strict=True)))
    rows = [row for row in rows if meant == row[1] or _held(text, [row])]
    for region, group in groupby(rows, key=lambda row: row[0]):
        members = [row[1:] for row in group]
        yield f"{region} ({len(members)})"
        yield from _table(members, width)
        yield ""


def applications(width: int, text: str) -> Iterator[str]:
    """Every packaged application."""
    from adoptsim.inputs.applications import load_applications

    yield from _intro(
        "Applications of genomic medicine. In a file: 'applications: [NAME, my_own.yaml]' for the whole scenario (left "
        "out = all of these), under 'targets' for one lever, or 'investments: {NAME: {start: 2027}}' for national "
        "programmes that are begun and paid for.",
        width,
    )
    yield from _table(_held(text, ((a.id, f"{a.title}. {a.description}") for a in load_applications())), width)


def parameters(width: int, text: str) -> Iterator[str]:
    """Every parameter by group, with its bounds, unit, quality and meaning."""
    from adoptsim.inputs.applications import load_applications, parameter_meaning
    from adoptsim.model.world import all_parameters

    listed = load_applications()
    found = all_parameters(listed)
    yield from _intro(
        f"Parameters: {len(found)}, each with low .. central .. high, unit, quality and meaning. Every world draws its "
        "own unless a file fixes them: 'parameters: {pool.fee: 5 %}'. They are also the columns that a design may "
        "have (but for those of gen). 'adoptsim list parameters TEXT' lists those that hold a text, such as 'price'.",
        width,
    )
    titles = {**GROUPS, **{a.id: a.title for a in listed}}
    groups: dict[str, list[tuple[Sequence[str], str]]] = {}
    for name, p in found.items():
        row, meaning = (name, _numbers(p), f"{p.unit} ({p.quality})"), parameter_meaning(p)
        if _held(text, [(*row, meaning)]):
            groups.setdefault(name.split(".")[0], []).append((row, meaning))
    for group, members in groups.items():
        yield from wrap(f"{titles.get(group, group)} ({group})", width)
        lines = _tables((row for row, _ in members), width)
        for lines_of_row, (_, meaning) in zip(lines, members, strict=True):
            yield from lines_of_row
            yield from wrap(meaning, width, initial_indent="      ", subsequent_indent="      ")
        yield ""


def _numbers(p: Parameter) -> str:
    return f"{p.low:g} .. {p.central:g} .. {p.high:g}" if p.low < p.high else f"{p.central:g}"


def outcomes(width: int, text: str) -> Iterator[str]:
    """Every outcome; each comes as a mean over the run and as the value at the horizon."""
    from adoptsim.model.accounts import ACCOUNTS
    from adoptsim.model.inequality import MEASURED
    from adoptsim.model.outcomes import UNITS

    yield from _intro(
        "Outcomes: results of each world, as NAME.mean (over the run) and NAME@2045 (at the horizon). In a file: "
        "'outcomes: [useful_access.gini.mean]' for those of the other lists.",
        width,
    )
    yield "Always kept"
    yield from _table(_held(text, ((name, unit, meaning) for name, (unit, meaning) in UNITS.items())), width)
    yield ""
    listed = "Kept where a file lists them: inequality of useful access over country fifths, by their mean income"
    yield from wrap(listed, width)
    yield from _table(_held(text, _measures(MEASURED)), width)
    yield ""
    yield from _of_groups(width, text)
    yield ""
    yield from wrap("Kept where a file lists them, or has investments: their accounts", width)
    yield from _table(_held(text, ((name, *words) for name, words in ACCOUNTS.items())), width)


def _of_groups(width: int, text: str) -> Iterator[str]:
    from adoptsim.inputs.names import INCOMES, REGIONS
    from adoptsim.model.by_group import BY_GROUP

    groups = (*REGIONS, *INCOMES)
    listed = f"of one WHO region or income group alone, GROUP being one of {', '.join(groups)}"
    yield from wrap(f"Kept where a file lists them: {listed}", width)
    shown = groups if text else ("GROUP",)  # all names only where some are looked for
    rows = ((f"{name}.{group}", *words) for name, words in BY_GROUP.items() for group in shown)
    yield from _table(_held(text, rows), width)


def _measures(measured: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    from adoptsim.equity.registry import Measure

    for measure in dict.fromkeys(m for m in measured.values() if isinstance(m, Measure)):
        unit = measure.unit.replace("that of the estimate", "share").replace(
            "square of the estimate's", "share squared"
        )
        also = f" (or useful_access.{measure.who})" if measure.who not in ("", measure.name) else ""
        yield f"useful_access.{measure.name}", unit, f"{measure.label}{also}"


def experiments(width: int, text: str) -> Iterator[str]:
    """The experiments and scenarios found in this folder and in those for them."""
    yield from _intro(
        "Experiments (questions asked of several scenarios) and scenarios in this folder, in experiments/ and in "
        "configs/; other folders are not searched. Run one with 'adoptsim run FILE'; 'adoptsim check FILE' says what "
        "it would do.",
        width,
    )
    for folder in FOLDERS:
        paths = sorted(path for path in Path(folder).glob("*.y*ml") if path.is_file() and path.name[0] != ".")
        rows = _held(text, (_file(path) for path in paths if folder != HERE or _names_itself(path)))
        title = "this folder" if folder == HERE else f"{folder}/"
        yield title + ("" if rows else ": none here")
        yield from _table(rows, width)
        yield ""


def _names_itself(path: Path) -> bool:
    """Whether a file may be a scenario or an experiment, and not a YAML file of something else."""
    try:
        return bool(re.search(r"^\s*(name|scenarios)\s*:", path.read_text(encoding="utf-8"), re.MULTILINE))
    except (OSError, ValueError):
        return False


def _file(path: Path) -> tuple[str, str, str]:
    """A file, how large its question is, and its title or what is wrong with it."""
    from adoptsim.experiment.files.load import load_question
    from adoptsim.inputs.document import read_document
    from adoptsim.inputs.errors import InputError

    try:
        found = load_question(path)
    except InputError as error:
        return str(path), "", f"{len(error.problems)} problem(s); see 'adoptsim check {path}'"
    many = "scenarios" in read_document(path).value
    return str(path), _size(found) if many else "", found.title or found.scenarios[-1].title or found.name


def _size(question: Experiment) -> str:
    """How large a question is: in worlds, or for a sensitivity analysis by its method and the size of its sample."""
    if question.study is None:
        count = len(question.scenarios)
        return f"{count} scenario{'s' * (count > 1)} x {question.worlds:,} worlds"
    options = question.study.options
    if question.study.kind == "ranking":
        return f"ranking, {options['worlds']:,} worlds"
    return f"{options['method']}, size {options['size']:,}"


MENUS: Mapping[str, Callable[[int, str], Iterator[str]]] = {
    "levers": levers,
    "shocks": shocks,
    "countries": countries,
    "applications": applications,
    "parameters": parameters,
    "outcomes": outcomes,
    "experiments": experiments,
}
