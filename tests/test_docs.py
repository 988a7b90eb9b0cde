"""Documents say what the code does: tables are up to date, examples run, links lead somewhere."""

import re
import sys
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import marked
import odd_checks
import odd_tables

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.parameters import load_evidence, load_registry

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EXAMPLES = Sybil(parsers=[PythonCodeBlockParser(), SkipParser()], patterns=["*.md"])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


@pytest.fixture(scope="module")
def tables() -> dict[str, str]:
    return odd_tables.tables()


def test_odd_tables_are_what_the_code_says(tables: dict[str, str]) -> None:
    old = marked.stale(odd_tables.ODD.read_text(encoding="utf-8"), tables)
    assert not old, f"stale tables in docs/odd.md: {', '.join(old)}; run `make docs`"


def test_every_generated_part_of_odd_has_a_table(tables: dict[str, str]) -> None:
    found = marked.names(odd_tables.ODD.read_text(encoding="utf-8"))
    assert sorted(found) == sorted([*tables, odd_checks.PART])


def test_changed_table_is_stale(tables: dict[str, str]) -> None:
    text = odd_tables.ODD.read_text(encoding="utf-8")
    changed = {**tables, "columns": tables["columns"].replace("US$ per test", "EUR per test")}
    assert marked.stale(text, changed) == ["columns"]
    assert marked.stale(marked.filled(text, changed), changed) == []


def test_unknown_part_is_refused() -> None:
    with pytest.raises(KeyError, match="no marker"):
        marked.filled("nothing generated here", {"phases": ""})


def test_every_parameter_and_rule_named_in_odd_exists(tables: dict[str, str]) -> None:
    text = marked.PART.sub("", odd_tables.ODD.read_text(encoding="utf-8"))
    known = set(load_registry())
    groups = {name.split(".")[0] for name in known}
    named = {
        n for n in re.findall(r"`([a-z]+\.[a-z_.]+[a-z_*]|[a-z]+\.[a-z_.]+\.\*)`", text) if n.split(".")[0] in groups
    }
    wrong = [n for n in named if n not in known and not any(k.startswith(n.rstrip("*")) for k in known)]
    assert not wrong


def test_odd_says_where_every_parameter_is_used() -> None:
    """In its words or with the lever that it is of, not in the table of parameters alone."""
    text = odd_tables.ODD.read_text(encoding="utf-8")
    table = re.compile(r"<!-- generated: parameters -->.*?<!-- end -->", re.DOTALL)
    named = set(re.findall(r"[a-z]+\.(?:\w+(?:\.\w+)*\.?\*?|\*)", table.sub("", text)))
    families = tuple(name.rstrip("*") if name.endswith("*") else f"{name}." for name in named)
    assert [name for name in load_registry() if name not in named and not name.startswith(families)] == []


def test_every_number_has_a_source_or_says_assumption() -> None:
    known = load_evidence()
    assert [row.name for row in known.values() if row.quality != "assumption" and not row.source] == []
    numbers = [*load_registry().values(), *(t for a in load_applications() for t in a.traits.values())]
    drawn = [p for p in numbers if p.low < p.high]  # "every newborn" is what the number means
    assert [p.name for p in drawn if p.quality != "assumption" and not p.evidence] == []
    assert [p.name for p in numbers for row in p.evidence.split() if row not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, heading = target.partition("#")
        to = (page.parent / path) if path else page
        assert to.exists(), f"{target}: no such file"
        if heading:
            assert heading in headings(to), f"{target}: no such heading"


def headings(page: Path) -> set[str]:
    """Anchors of a page, as code hosts make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles}


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_python_examples_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for example in EXAMPLES.parse(page).examples():
        example.evaluate()
