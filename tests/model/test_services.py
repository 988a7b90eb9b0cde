"""Services: tests within what is wanted and what is there, fifths that add up, shares that are shares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from adoptsim.equity import need_weights
from adoptsim.model.model import AdoptionModel
from support import Array, all_levers

SHARES = (
    "commitment", "weakness", "hub_share", "certainty", "uncertain", "willing", "private_fifths", "service_paid",
    "intended", "target", "first_sites", "ceiling", "fifth_cap", "prevalence", "relative_need", "pool_share", "peers",
    "vus_by_ancestry", "missed_by_ancestry", "sharing_now", "abroad_share", "income_share", "adults_share", "ancestry",
    "vehicle", "carried", "helped", "lacking", "capped", "trust", "consent_now",
)  # fmt: skip
FLAGS = {
    "stage": {0, 1, 2},
    "verdict": {-1, 0, 1},
    "hta": {0, 1},
    "pool_member": {0, 1},
    "data_member": {0, 1},
    "incident": {0, 1},
    "find_binding": set(range(5)),
}


@pytest.fixture(scope="module")
def runs() -> list[dict[str, Array]]:
    """What the rules and columns of all countries say after each quarter of a run with all levers."""
    model, notes = AdoptionModel(all_levers(80), worlds=3, rng=29), []
    rules = (
        "coverage",
        "coverage_by_fifth",
        "open_for_hours",
        "share_data",
        "useful",
        "hazard",
        "find_binding",
        "hours_of_machines",
        "need",
    )

    def note(m: AdoptionModel) -> None:
        if m.quarter % 3 == 0:
            c = m.countries
            found = {n: v.copy() for n, v in c.columns.items()}
            notes.append(
                found
                | {rule: getattr(c, rule)() for rule in rules[:-1]}
                | {"need": need_weights(c.eligible, c.prevalence, c.par["app.burden"], axis=1)}
            )

    def before_update(m: AdoptionModel) -> None:
        if m.quarter % 3 == 0:
            tested = m.countries.tested_public + m.countries.tested_private
            before.append((tested, m.countries.open_for_hours()))  # machines retire at the quarter's end

    before: list[tuple[Array, Array]] = []
    model.insert_phase("deliver", "before update", before_update)
    model.insert_phase("update", "note", note)
    model.run()
    for found, tested in zip(notes, before, strict=True):
        found["tested_before"], found["open_for_hours"] = tested
        found["once"], found["years"] = model.par["app.once"], model.par["app.backlog_years"]
    return notes


def test_everything_is_finite(runs: list[dict[str, Array]]) -> None:
    for note in runs:
        assert [name for name, values in note.items() if not np.isfinite(values).all()] in ([], ["scarce_money"])
        assert (np.isfinite(note["scarce_money"]) | (note["available"][:, :, :1] == 0)).all()  # an empty purse


def test_shares_are_shares_and_flags_are_flags(runs: list[dict[str, Array]]) -> None:
    for note in runs:
        for name in (*SHARES, "coverage", "coverage_by_fifth", "share_data", "useful"):
            assert note[name].min() >= 0.0, name
            assert note[name].max() <= 1.0 + 1e-12, name
        for name, allowed in FLAGS.items():
            assert set(np.unique(note[name])) <= allowed, name
        assert note["ancestry"].sum(axis=2) == pytest.approx(np.ones((1, 1, 194)), abs=0.011)
        assert note["need"].sum(axis=1) == pytest.approx(np.ones_like(note["need"][:, 0]), rel=1e-9)
        assert note["fifth_weight"].mean(axis=2) == pytest.approx(np.ones((3, 1, 194)), rel=1e-12)


def test_nothing_is_negative(runs: list[dict[str, Array]]) -> None:
    signed = {
        "verdict",
        "gov_effectiveness",
        "gdp_trend",
        "population_trend",
        "births_trend",
        "gdp_growth",
        "gdp_shock",
    }
    signed |= {"inclined", "modifier", "region_effect", "start_strain", "moved", "consent_gain"}
    for note in runs:
        assert [n for n, values in note.items() if n not in signed and values.min() < -1e-6] == []


def test_tests_stay_within_what_is_wanted(runs: list[dict[str, Array]]) -> None:
    for note in runs:
        for channel in ("in", "hub", "private"):
            assert (note[f"tests_{channel}"] <= note[f"wanted_{channel}"]).all()
        hours = np.maximum(note["open_for_hours"], 1e-6 * note["hours_needed"])  # scarcity stops at a millionth
        assert (note["hours_of_machines"] <= hours * (1 + 1e-9)).all()


def test_nobody_is_tested_twice(runs: list[dict[str, Array]]) -> None:
    """Tests once in life reach people not yet tested; the others at most the people of the quarter."""
    for note in runs:
        tests = note["tests_in"] + note["tests_hub"] + note["tests_private"]
        flow, stock = note["eligible"] / 4, note["eligible"] * note["years"]
        untested = np.maximum(stock - note["tested_before"], 0.0) + flow
        assert (tests <= np.where(note["once"] > 0, untested, flow) * (1 + 1e-9)).all()
        tested = note["tested_public"] + note["tested_private"]
        assert (tested <= note["once"] * stock * 1.05).all()


def test_fifths_add_up_to_the_country(runs: list[dict[str, Array]]) -> None:
    for note in runs:
        fifths, cap = note["coverage_by_fifth"], np.broadcast_to(note["fifth_cap"], note["coverage_by_fifth"].shape)
        assert np.abs(fifths.mean(axis=2, keepdims=True) - note["coverage"]).max() < 1e-12
        assert (fifths <= cap * (1 + 1e-12)).all()
        assert (fifths >= 0).all()


def test_the_poorest_fifth_is_not_ahead_where_care_is_not(runs: list[dict[str, Array]]) -> None:
    """Public services follow the gradient of birth care and immunisation, private ones follow income."""
    fifths = runs[-1]["coverage_by_fifth"]
    assert (fifths[:, :, 0] <= fifths[:, :, 4] * (1 + 1e-9)).mean() > 0.95


def test_pilots_stay_small_and_national_programmes_grow(runs: list[dict[str, Array]]) -> None:
    for note in runs:
        assert (note["intended"] <= note["target"] * (1 + 1e-12)).all()
        assert (note["intended"][note["stage"] == 0] == 0).all()
        assert (note["intended"][note["stage"] > 0] > 0).all()
    for one, following in pairwise(runs):
        stays = (one["stage"] == 2) & (following["stage"] == 2) & (following["intended"] > one["intended"] * 0.999)
        kept = (one["stage"] == 2) & (following["stage"] == 2)
        assert stays.sum() / kept.sum() > 0.99
