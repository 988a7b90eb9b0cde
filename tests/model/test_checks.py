"""Checks against published figures: what docs/odd.md says of each is what a smaller ensemble says too."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import odd_checks
from check_figures import FIGURES, checks, orders
from check_runs import Runs, block, run_all
from odd_checks import HOLDS, MISS, Found

from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

WORLDS = 24
SAYS = odd_checks.verdicts(odd_checks.ODD.read_text(encoding="utf-8"))
NAMES = list(FIGURES)
HINT = "run `python scripts/odd_checks.py` and look at what it writes"


@pytest.fixture(scope="session")
def runs() -> Runs:
    return run_all(WORLDS)


@pytest.fixture(scope="session")
def found(runs: Runs) -> dict[str, Found]:
    return {one.check.name: one for one in odd_checks.found(runs)}


@pytest.mark.fast
def test_every_check_has_a_published_figure_and_stands_on_the_page() -> None:
    assert sorted(NAMES) == sorted(checks())
    assert sorted(NAMES) == sorted(SAYS), HINT
    assert list(SAYS.values()) == sorted(SAYS.values(), key=lambda verdict: verdict == HOLDS)  # misses first
    for known in checks().values():
        assert known.low < known.high or known.low == known.high == 1.0
    assert len(orders()) == 6


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_a_smaller_ensemble_says(name: str, found: dict[str, Found]) -> None:
    """A check that holds on the page does not clearly miss here, and one that misses there does not clearly hold."""
    one = found[name]
    assert len(one.figure) == (1 if len(one.figure) == 1 else WORLDS)
    assert one.clearly() in ("", SAYS[name]), f"{odd_checks.figure_text(one)}: {HINT}"


def test_most_checks_are_decided_by_a_smaller_ensemble(found: dict[str, Found]) -> None:
    assert sum(one.clearly() != "" for one in found.values()) > len(found) / 2


def test_a_verdict_is_that_of_the_median() -> None:
    check = checks()[NAMES[0]]
    inside, outside = np.full(9, (check.low + check.high) / 2.0), np.full(9, 2.0 * check.high)
    assert Found(check, inside).verdict == Found(check, inside).clearly() == HOLDS
    assert Found(check, outside).verdict == Found(check, outside).clearly() == MISS
    half = np.array([check.high * x for x in (0.1, 0.9, 0.95, 1.05, 1.9)])
    assert Found(check, half).verdict == HOLDS
    assert Found(check, half).clearly() == ""
    assert Found(check, half[:0]).verdict == odd_checks.UNDEFINED


def test_watching_changes_nothing(runs: Runs) -> None:
    plain = AdoptionModel(Scenario("baseline", quarters=80), worlds=[3], rng=1, keep="outcomes").run()
    watched = block(Scenario("baseline"), [3])
    assert np.array_equal(watched["stage"][0, -1], plain.countries.stage[0, :, 0])
    assert np.array_equal(runs.baseline["machines"][3], plain.countries.instruments[0, 0].astype(np.float32))


# no state is a dead end


def test_every_country_leaves_nothing_in_some_world(runs: Runs) -> None:
    """Public services reach somebody in every country within 80 quarters, also where there were none at the start."""
    b = runs.baseline
    nothing = (b["start.stage"] == 0.0).all(axis=1)
    left = nothing & (b["public_ever"].max(axis=1) > 0)
    assert (b["public_ever"].max(axis=(0, 1)) > 0).all()
    assert (
        left.any(axis=0)[nothing.sum(axis=0) > WORLDS / 2].mean() > 0.95
    )  # of countries that mostly start with nothing


def test_no_state_that_a_run_reaches_is_absorbing_at_zero(runs: Runs) -> None:
    """From where each world ended, each country may start each application within 80 quarters."""
    for seen in (runs.baseline, runs.carried):
        chance = seen["chance"]
        assert np.isfinite(chance).all()
        assert chance.min() > 0.0
        assert (1.0 - np.prod(1.0 - chance.astype(float), axis=1)).min() > 1e-4
