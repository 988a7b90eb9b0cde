"""Levers as files: what ships is whole, and the pages about them say what the files say."""

import sys
from pathlib import Path

import pytest

from adoptsim.inputs.levers import LEAST, packaged_levers, read_lever
from adoptsim.inputs.names import ANCESTRIES
from adoptsim.inputs.parameters import load_evidence, load_registry
from adoptsim.model.quantities import QUANTITIES

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import lever_pages

FOLDER = ROOT / "src" / "adoptsim" / "inputs" / "data" / "levers"
COMBINED = {name: quantity.combine for name, (_, quantity) in QUANTITIES.items()}

pytestmark = pytest.mark.fast


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_packaged_lever_would_be_accepted_from_a_user(path: Path, tmp_path: Path) -> None:
    """All but its name, which is taken."""
    lever = packaged_levers()[path.stem]
    copy = tmp_path / "mine.yaml"
    copy.write_text(path.read_text(encoding="utf-8").replace(f"name: {path.stem}", "name: mine", 1), encoding="utf-8")
    found = read_lever(copy, COMBINED)
    assert (found.title, dict(found.acts), dict(found.removes)) == (lever.title, dict(lever.acts), dict(lever.removes))


@pytest.mark.parametrize("lever", packaged_levers().values(), ids=lambda lever: lever.name)
def test_a_packaged_lever_is_whole(lever: object) -> None:
    known = load_registry()
    for quantity, name in lever.acts.items():  # type: ignore[attr-defined]
        assert known[name].low >= LEAST[QUANTITIES[quantity][1].combine]
        assert known[name].high > known[name].low
    for names in lever.cost.values():  # type: ignore[attr-defined]
        assert all(known[name].low >= 0 for name in names)
    texts = lever.mechanism, lever.could_lose, lever.ceiling, *lever.levels  # type: ignore[attr-defined]
    assert all(len(text) > 20 for text in texts)
    assert len(set(lever.levels)) == 5  # type: ignore[attr-defined]
    assert set(lever.removes) <= set(known)  # type: ignore[attr-defined]
    assert set(lever.evidence) <= set(load_evidence())  # type: ignore[attr-defined]
    assert lever.evidence  # type: ignore[attr-defined]


def test_costs_range_over_tenfold_or_are_built_from_unit_costs() -> None:
    known = load_registry()
    for lever in packaged_levers().values():
        for names in lever.cost.values():
            spread = 1.0
            for name in names:
                spread *= known[name].high / known[name].low
            assert spread >= (5.0 if len(names) > 1 or "wages" in lever.cost else 9.9), (lever.name, names)


def test_a_star_means_all_that_begin_so() -> None:
    removes = packaged_levers()["data_sharing"].removes
    assert {f"data.missed.{ancestry}" for ancestry in ANCESTRIES} <= set(removes)


def test_pages_are_what_the_files_say() -> None:
    old = lever_pages.old_pages()
    assert not old, f"stale pages in docs/levers/: {', '.join(old)}; run `make docs`"


def test_a_changed_or_forgotten_page_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lever_pages, "PAGES", tmp_path)
    lever_pages.main([])
    assert lever_pages.old_pages() == []
    page = tmp_path / "data_sharing.md"
    page.write_text(page.read_text(encoding="utf-8").replace("contact point", "office"), encoding="utf-8")
    (tmp_path / "gone.md").write_text("a lever that is no more", encoding="utf-8")
    assert lever_pages.old_pages() == ["data_sharing.md", "gone.md"]
    assert lever_pages.main(["--check"]) == 1
