"""Write docs/levers/ from the files of the levers and the registry.

Usage: python scripts/lever_pages.py [--check]

With --check nothing is written; the exit status is 1 if a page is not what the data say.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import table
from odd_tables import acts_table, cost_of, link, parameter_row

from adoptsim.inputs.parameters import Evidence, Parameter, load_evidence, load_registry
from adoptsim.model.levers import LEVERS, Lever

PAGES = Path(__file__).resolve().parents[1] / "docs" / "levers"
INTRO = """\
What the WHO programme of work can do, as twelve levers. A lever changes stated quantities by stated amounts; what
follows is left to countries, suppliers, donors and schools, and no lever wins by construction. Where the evidence found
no effect, the central value is none. Each page is written from the lever's own file in
`src/adoptsim/inputs/data/levers/` and from the parameter registry. A scenario says how strongly (`level`, `intensity`
or `budget`), when and where: [files](../files.md#levers). How strengths add up: [model](../odd.md#72-levers).
"""


def parameters_of(lever: Lever) -> list[Parameter]:
    """Every parameter that a lever names: its changes, then its cost, then what its mechanism mentions."""
    known = load_registry()
    names = [*lever.acts.values(), *(name for product in lever.cost.values() for name in product)]
    names += [name for name in known if f"`{name}`" in lever.mechanism]
    return [known[name] for name in dict.fromkeys(names)]


def evidence_row(e: Evidence) -> list[object]:
    """Cells of a sourced figure."""
    values = [x for x in (e.low, f"**{e.central}**" if e.central else "", e.high) if x]
    return [f"`{e.name}`", e.meaning, f"{' – '.join(values)} {e.unit}", e.quality, link(e.source, e.url), e.note]


def page(lever: Lever) -> str:
    """The page of a lever."""
    known = load_evidence()
    found = [known[name] for name in lever.evidence]
    parameters = parameters_of(lever)
    guessed = sum(p.quality == "assumption" for p in parameters)
    head = ("parameter", "unit", "low – central – high", "distribution", "quality", "evidence", "note")
    levels = ((n, words) for n, words in enumerate(lever.levels))
    return (
        f"`{lever.name}`\n\n{lever.mechanism}\n\n**How it could lose.** {lever.could_lose}\n\n"
        f"**Levels.** Each is a quarter of full strength.\n\n{table(('level', 'in words'), levels)}\n"
        f"**What it changes.**\n\n{acts_table(lever)}\n"
        f"**Cost.** {cost_of(lever)} It is paid from outside and reported as `cost.lever`.\n\n"
        f"**Ceiling.** Shown as useful results {lever.ceiling}, the lever itself at full strength everywhere.\n\n"
        f"**Numbers.** {guessed} of its {len(parameters)} parameters are assumptions.\n\n"
        f"{table(head, (parameter_row(p, p.name) for p in parameters))}\n"
        "**Evidence.** What was read and leaned on; *measured* means measured somewhere.\n\n"
        f"{table(('row', 'what it is', 'value', 'quality', 'source', 'note'), map(evidence_row, found))}"
    )


def index() -> str:
    """The list of levers."""
    rows = (
        (f"[{lever.title}]({lever.name}.md)", f"`{lever.name}`", lever.levels[-1], lever.could_lose)
        for lever in LEVERS.values()
    )
    return table(("lever", "name in files", "at full strength", "how it could lose"), rows)


def pages() -> dict[str, str]:
    """Every page by file name, whole."""

    def whole(title: str, before: str, body: str) -> str:
        return f"# {title}\n\n{before}<!-- generated: page -->\n{body.rstrip()}\n<!-- end -->\n"

    made = {f"{lever.name}.md": whole(lever.title, "", page(lever)) for lever in LEVERS.values()}
    return {"README.md": whole("Levers", INTRO + "\n", index()), **made}


def old_pages() -> list[str]:
    """Names of the pages that are missing, too many or not what the data say."""
    made = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    wrong = [name for name, text in made.items() if there.get(name) != text]
    return [*wrong, *sorted(set(there) - set(made))]


def main(arguments: Iterable[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where a page is stale")
    checking = parser.parse_args(None if arguments is None else list(arguments)).check
    old = old_pages()
    if checking and old:
        print(f"docs/levers: stale pages: {', '.join(old)}; run `make docs`", file=sys.stderr)
        return 1
    PAGES.mkdir(exist_ok=True)
    made = pages()
    for name in old:
        if name in made:
            (PAGES / name).write_text(made[name], encoding="utf-8")
        else:
            (PAGES / name).unlink()
    print(f"docs/levers: {'written: ' + ', '.join(old) if old else 'up to date'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
