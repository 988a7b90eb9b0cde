"""docs/explain.md shows the form in which an explanation is printed today; its numbers may be older."""

import re
import sys
from pathlib import Path

import pytest

import adoptsim as ad
from adoptsim.report.explain import Explanation

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import explain_example
import marked

TEXT = explain_example.PAGE.read_text(encoding="utf-8")
(SHOWN,) = (m["body"] for m in marked.PART.finditer(TEXT))
HINT = "the form has changed; run `python scripts/explain_example.py`"


@pytest.fixture(scope="module")
def today() -> Explanation:
    return ad.explain(explain_example.COUNTRY, ad.Scenario("short", quarters=4), worlds=1, jobs=1)


def headings(text: str) -> list[str]:
    """Headings of parts and questions, in order."""
    return [line.strip() for line in text.splitlines() if re.match(r"\d  [A-Z]|IN SHORT|  [A-Z][^.]*\?$", line)]


def test_the_parts_are_those_that_are_printed(today: Explanation) -> None:
    assert headings(SHOWN) == headings(today.text()), HINT
    assert len(headings(SHOWN)) > 10


def test_rows_of_the_budget_are_those_that_are_printed(today: Explanation) -> None:
    words = " ".join(re.sub(r"[^a-z]+", " ", SHOWN).split())
    for row in dict.fromkeys(today.tables["budget"]["what"]):
        first = re.sub(r"[^a-z]+", " ", row.split(",")[0]).strip().split()[:3]
        assert " ".join(first) in words, HINT


def test_every_table_is_named_on_the_page(today: Explanation) -> None:
    assert not [name for name in today.tables if f"`{name}`" not in TEXT and f'tables["{name}"]' not in TEXT]


def test_an_example_is_what_is_printed_with_parts_left_out(today: Explanation) -> None:
    whole = today.text()
    shown = explain_example.example(whole)
    assert marked.stale(marked.filled(TEXT, {"example": shown}), {"example": shown}) == []
    assert explain_example.LEFT_OUT in shown
    left = set(shown.splitlines()) - set(whole.splitlines())
    assert left <= {"```text", "```", f"  {explain_example.LEFT_OUT}"}
