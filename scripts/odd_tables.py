"""Write the tables of docs/odd.md from the code.

Usage: python scripts/odd_tables.py [--check]

With --check nothing is written; the exit status is 1 if a table is not what the code says.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from inspect import isfunction
from pathlib import Path

import numpy as np

from adoptsim.inputs import names
from adoptsim.inputs.applications import Application
from adoptsim.inputs.indicators import UNITS
from adoptsim.inputs.levers import COST_BASES
from adoptsim.inputs.parameters import Parameter, load_evidence, load_registry
from adoptsim.inputs.tables import read_table
from adoptsim.model import couplings, phases
from adoptsim.model.actors import ACTORS, RELATIONS
from adoptsim.model.actors.reference import Reference
from adoptsim.model.by_group import BY_GROUP
from adoptsim.model.columns import Quantity, State, rule
from adoptsim.model.levers import LEVERS, Lever
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import UNITS as OUTCOMES
from adoptsim.model.push import INVESTED
from adoptsim.model.quantities import QUANTITIES
from adoptsim.model.scenario import Scenario
from adoptsim.model.shocks import SHOCKS, Shock

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled, stale, table

ODD = Path(__file__).resolve().parents[1] / "docs" / "odd.md"
SOURCE = "src/adoptsim/"
LISTS = {
    "quintile": names.QUINTILES,
    "cadre": names.CADRES,
    "purpose": names.PURPOSES,
    "platform": names.PLATFORMS,
    "source": names.SOURCES,
    "ancestry": names.ANCESTRIES,
    "income group": names.INCOMES,
    "WHO region": names.REGIONS,
    "channel": names.CHANNELS,
    "stage": names.STAGES,
    "constraint": names.CONSTRAINTS,
}


@lru_cache(maxsize=1)
def model() -> AdoptionModel:
    """One world of the baseline at central values, at its start."""
    return AdoptionModel(Scenario("baseline", uncertainty="central"))


def first_line(what: object) -> str:
    """First sentence or line of a docstring."""
    text = (what.__doc__ or "").strip()
    return " ".join(text.split("\n\n")[0].split())


def module_of(what: object) -> str:
    """Path of the module a class or function stands in."""
    return SOURCE + str(getattr(what, "__module__", "")).removeprefix("adoptsim.").replace(".", "/") + ".py"


def parts_of(kind: type) -> list[type]:
    """The classes of ours that make up a kind, its own last, each with columns or rules of its own."""
    ours = [base for base in kind.__mro__ if base.__module__.startswith("adoptsim.model.actors")]
    own = ours[:1]
    return [part for part in (*ours[1:], *own) if any(isinstance(v, State | rule) for v in vars(part).values())]


def kinds() -> tuple[type, ...]:
    """Everything with rows: actors, relations, the common reference."""
    return (*ACTORS, *RELATIONS, Reference)


def phase_table() -> str:
    """The quarter: name and what happens."""
    rows = ((f"`{p.__name__}`", first_line(p).split(". ", 1)[1]) for p in phases.PHASES)
    return table(("", "phase", "what happens"), ((i, *row) for i, row in enumerate(rows)))


def coupling_table() -> str:
    """The closed list of couplings."""
    own = (f for f in vars(couplings).values() if isfunction(f) and f.__module__ == couplings.__name__)
    public = (f for f in own if not f.__name__.startswith("_"))
    return table(("coupling", "what it does"), ((f"`{f.__name__}`", first_line(f)) for f in public))


def list_table() -> str:
    """The fixed lists that columns run over."""
    return table(("list", "entries, in order"), ((name, ", ".join(entries)) for name, entries in LISTS.items()))


def entity_table() -> str:
    """Kinds with counts."""

    def is_a(kind: type) -> str:
        return "agent" if kind in ACTORS else "relation" if kind in RELATIONS else "shared state"

    found = ((k.__name__, is_a(k), len(model().populations[k]), first_line(k), f"`{module_of(k)}`") for k in kinds())
    return table(("kind", "is a", "rows", "what it is", "module"), found)


def axes_of(column: State) -> str:
    """What a column varies over besides its rows."""
    over = [*column.axes]
    over += [] if column.worlds else ["same in all worlds"]
    over += [] if column.rows else ["one value for all rows"]
    return ", ".join(over)


def column_tables() -> str:
    """Every column of every kind: name, unit, axes."""
    out = []
    for kind in kinds():
        for part in parts_of(kind):
            found = [c for c in vars(part).values() if isinstance(c, State)]
            if found:
                rows = ((f"`{c.name}`", c.unit + changed_by(c), axes_of(c)) for c in found)
                head = f"**{title_of(kind, part)}**\n\n"
                out.append(head + table(("column", "unit or meaning", "varies over"), rows))
    return "\n".join(out)


def changed_by(column: State) -> str:
    """Who changes a quantity from outside."""
    kinds = (("levers", LEVERS.values()), ("shocks", SHOCKS.values()))
    who = [kind for kind, found in kinds if any(column.name in one.acts for one in found)]
    who += ["investments"] if column.name in INVESTED else []
    return f" (changed by {' and '.join(who)})" if isinstance(column, Quantity) and who else ""


def title_of(kind: type, part: type) -> str:
    """Heading of a part of a kind."""
    return kind.__name__ if part is kind else f"{kind.__name__}: {part.__name__.lower()}"


def rule_tables() -> str:
    """Every rule of every kind: name and what it decides."""
    out = []
    for kind in kinds():
        for part in parts_of(kind):
            found = [(f"`{n}`", first_line(r)) for n, r in vars(part).items() if isinstance(r, rule)]
            if found:
                head = f"**{title_of(kind, part)}** (`{module_of(part)}`)\n\n"
                out.append(head + table(("rule", "what it decides"), found))
    return "\n".join(out)


def number(value: float) -> str:
    """A number as short as it can be written without loss at six figures."""
    return f"{value:,.0f}" if abs(value) >= 1000 and value == int(value) else f"{value:.6g}"


def link(text: str, address: str) -> str:
    """Text with its first web address behind it, if it has one."""
    first = address.split()[0].rstrip(";") if address else ""
    return f"[{text}]({first})" if first.startswith("http") else text


def sources(evidence: str) -> str:
    """Evidence rows as links to their sources."""
    known = load_evidence()
    links = []
    for name in evidence.split():
        if name not in known:
            raise KeyError(f"no evidence row {name!r}")
        links.append(link(name, known[name].url))
    return ", ".join(links)


def parameter_row(p: Parameter, name: str) -> list[object]:
    """Cells of a parameter."""
    fixed = p.distribution == "fixed" or p.low == p.high
    values = number(p.central) if fixed else f"{number(p.low)} – **{number(p.central)}** – {number(p.high)}"
    return [f"`{name}`", p.unit, values, "fixed" if fixed else p.distribution, p.quality, sources(p.evidence), p.note]


PARAMETER_HEAD = ("name", "unit", "low – central – high", "distribution", "quality", "evidence", "note")


def parameter_tables() -> str:
    """The registry by the first part of its names."""
    groups: dict[str, list[list[object]]] = {}
    for name, parameter in load_registry().items():
        groups.setdefault(name.split(".")[0], []).append(parameter_row(parameter, name))
    return "\n".join(f"**{group}**\n\n{table(PARAMETER_HEAD, rows)}" for group, rows in groups.items())


def count_table() -> str:
    """How many numbers rest on what: registry and traits by quality."""
    traits = [t for a in model().applications for t in a.traits.values()]
    rows = []
    for name, found in (("registry", list(load_registry().values())), ("applications", traits)):
        by = [sum(p.quality == q for p in found) for q in ("measured", "expert", "assumption")]
        rows.append((name, len(found), *by, sum(p.low == p.high or p.distribution == "fixed" for p in found)))
    return table(("numbers of", "all", "measured", "expert", "assumption", "fixed (no range)"), rows)


def application_table() -> str:
    """Facts of each application."""

    def facts(a: Application) -> list[object]:
        start = "; ".join(
            f"{stage} " + ", ".join(f"{i} {number(chance[i])}" for i in names.INCOMES)
            for stage, chance in (("national", a.start_national), ("pilot", a.start_pilot))
        )
        minutes = (
            " / ".join(map(number, m)) for m in (a.minutes_per_test, a.minutes_per_positive)
        )  # laboratory, bioinformatics, genetics, general
        times = f"once in life, backlog {number(a.backlog_years)} years" if a.once else "every case"
        served = f"served today: {' × '.join(a.start_served)}; else " if a.start_served else ""
        source, vehicle = f"{a.source}, {a.platform}", "yes" if a.vehicle else "no"
        return [f"`{a.id}`", a.title, a.available, source, times, a.ancestry, *minutes, served + start, vehicle]

    head = (
        "id", "application", "available since", "source, platform", "tested", "where ancestry matters",
        "minutes per test", "minutes per positive", "probability of stages at the start", "donor vehicle",
    )  # fmt: skip
    return table(head, map(facts, model().applications))


def trait_tables() -> str:
    """Uncertain numbers of each application."""
    out = []
    for a in model().applications:
        rows = [parameter_row(t, name) for name, t in a.traits.items()]
        out.append(f"**{a.title}** (`{a.id}`)\n\n" + table(PARAMETER_HEAD, rows))
    return "\n".join(out)


def size(name: str) -> str:
    """A parameter with its values."""
    p = load_registry()[name]
    return f"`{name}` ({number(p.low)} – {number(p.central)} – {number(p.high)} {p.unit})"


def acts_table(lever: Lever) -> str:
    """What a lever changes, and by how much."""
    acts = (
        (f"`{QUANTITIES[q][0].__name__}.{q}`", QUANTITIES[q][1].unit, QUANTITIES[q][1].combine, size(name))
        for q, name in lever.acts.items()
    )
    return table(("acts on", "unit", "combines by", "change at intensity 1"), acts)


def lever_table() -> str:
    """Levers: what they change, how much, at what cost."""
    return "\n".join(
        f"**{lever.title}** ([`{lever.name}`](levers/{lever.name}.md))\n\n{acts_table(lever)}\n{cost_of(lever)} "
        f"Its ceiling is shown {lever.ceiling}.\n"
        for lever in LEVERS.values()
    )


def cost_of(lever: Lever) -> str:
    """What a lever costs, in words."""
    parts = (f"{' × '.join(map(size, names))} {COST_BASES[base]}" for base, names in lever.cost.items())
    return f"A year at full strength costs {' and '.join(parts)}."


def shock_table() -> str:
    """Shocks: what their size means and what they change."""

    def acts(shock: Shock) -> str:
        words = {-1.0: "1 − size", 1.0: "1 + size"}
        return ", ".join(f"`{QUANTITIES[q][0].__name__}.{q}` × ({words[x]})" for q, x in shock.acts.items())

    rows = ((f"`{s.name}`", s.title, f"{s.size}, 0 to {number(s.largest)}", acts(s)) for s in SHOCKS.values())
    return table(("shock", "what happens", "size", "changes"), rows)


def outcome_table() -> str:
    """Named outcomes with units."""
    return table(("outcome", "unit", "meaning"), ((f"`{n}`", *words) for n, words in OUTCOMES.items()))


def group_outcome_table() -> str:
    """Outcomes that may be asked for of one group of countries."""
    rows = ((f"`{n}.GROUP`", *words) for n, words in BY_GROUP.items())
    return table(("outcome", "unit", "meaning"), rows)


def input_table() -> str:
    """Values of countries: unit and how many of them no publisher measured."""
    c = model().inputs
    rows = ((f"`{n}`", UNITS[n], f"{int(np.sum(c.imputed[n]))} of {len(c)}") for n in c.values)
    return table(("value", "unit", "estimated, imputed or held"), rows)


def source_table() -> str:
    """Publishers of the packaged columns."""
    rows = (
        (r["definition"], r["unit"], link(r["publisher"], r["url"]), r["licence"], r["years"], r["countries"])
        for r in read_table("sources")
    )
    return table(("definition", "unit", "publisher", "licence", "years", "countries"), rows)


def funder_table() -> str:
    """The donor archetypes."""
    rows = read_table("funders")
    cells = ((r["name"], r["regions"], *(r[k] for k in ("budget_share", *names.PURPOSES)), r["basis"]) for r in rows)
    return table(("funder", "regions", "share of all donor money", *names.PURPOSES, "basis"), cells)


def maker_table() -> str:
    """The makers."""
    rows = ([r[k] for k in ("name", "platform", "source", "share", "basis")] for r in read_table("manufacturers"))
    return table(("maker", "platform", "source", "share", "basis"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "phases": phase_table,
    "couplings": coupling_table,
    "lists": list_table,
    "entities": entity_table,
    "columns": column_tables,
    "rules": rule_tables,
    "quality": count_table,
    "parameters": parameter_tables,
    "applications": application_table,
    "traits": trait_tables,
    "levers": lever_table,
    "shocks": shock_table,
    "outcomes": outcome_table,
    "group_outcomes": group_outcome_table,
    "country_values": input_table,
    "sources": source_table,
    "funders": funder_table,
    "manufacturers": maker_table,
}


def tables() -> dict[str, str]:
    """Every table by name."""
    return {name: make() for name, make in TABLES.items()}


def main(arguments: Iterable[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a table is stale")
    checking = parser.parse_args(None if arguments is None else list(arguments)).check
    text, made = ODD.read_text(encoding="utf-8"), tables()
    old = stale(text, made)
    if checking and old:
        print(f"docs/odd.md: stale tables: {', '.join(old)}; run `make docs`", file=sys.stderr)
        return 1
    if old:
        ODD.write_text(filled(text, made), encoding="utf-8")
    print(f"docs/odd.md: {'written: ' + ', '.join(old) if old else 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
