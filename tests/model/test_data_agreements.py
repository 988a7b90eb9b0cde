"""Consent and agreements to share genomic data: who joins and leaves, what incidents cost, how the lever could lose."""

from __future__ import annotations

import numpy as np
import pytest

from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.inputs.parameters import load_registry
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.model.settle import agree_on_data
from support import Array

WORLDS, YEARS = 24, 20
CONSENT = dict(zip(REGIONS, (0.4, 0.9, 0.1, 0.9, 0.4, 0.9), strict=True))
STATED = {f"data.consent.{region}": share for region, share in CONSENT.items()}
STATED |= {f"data.sharing_now.{group}": 0.2 for group in INCOMES}


def years_of(m: AdoptionModel) -> dict[str, Array]:
    """Members, incidents, trust and sharing by year, (year, world, country), of a run of that phase alone."""
    found: dict[str, list[Array]] = {name: [] for name in ("data_member", "incident", "trust", "shared")}
    for year in range(YEARS):
        m.quarter = 4 * year
        m.board.write(m.quarter, m.populations, m.lever_rows)
        agree_on_data(m)
        for name in ("data_member", "incident", "trust"):
            found[name].append(m.countries.read(name)[:, 0, 0].copy())
        found["shared"].append(m.countries.share_data()[:, 0, 0])
    return {name: np.stack(values) for name, values in found.items()}


def run(strength: float = 0.0, **fixed: float) -> dict[str, Array]:
    parameters = {name.replace("__", "."): value for name, value in fixed.items()}
    use = LeverUse("data_sharing", intensity=strength, start=2025.0, ramp=0.25)
    return years_of(AdoptionModel(Scenario("s", levers=(use,), parameters=parameters), worlds=WORLDS, rng=3))


def test_members_come_and_go_about_what_is_shared_today() -> None:
    fixed = {"data.incident_chance": 0.0005, "data.member_pace": 0.5, "data.member_governance": 0.0}
    m = AdoptionModel(Scenario("s", parameters=fixed), worlds=WORLDS, rng=3)
    stated = m.countries.mean_sharing().mean()
    found = years_of(m)
    assert found["shared"][0].mean() == pytest.approx(stated, rel=0.05)
    assert found["shared"][10:].mean() == pytest.approx(stated, rel=0.05)
    changes = np.diff(found["data_member"], axis=0)
    assert (changes > 0).any()
    assert (changes < 0).any()
    assert not found["shared"][found["data_member"] == 0].any()


def test_the_better_governed_change_sooner() -> None:
    m = AdoptionModel(Scenario("s", parameters={"data.member_governance": 1.0}), worlds=WORLDS, rng=3)
    moves = np.abs(np.diff(years_of(m)["data_member"], axis=0)).mean(axis=(0, 1))
    weak = m.countries.weakness.mean(axis=(0, 1, 2)) > 0.5
    assert moves[~weak].mean() > 1.5 * moves[weak].mean()


def test_an_incident_befalls_members_and_its_loss_comes_back() -> None:
    found = run(data__incident_chance=0.1, data__incident_loss=1.0, data__trust_recovery=0.5)
    assert found["incident"].any()
    assert not found["incident"][found["data_member"] == 0].any()
    year = 5
    struck = (found["incident"][year] > 0) & (found["incident"][year + 1] == 0)
    assert struck.any()
    assert not found["shared"][year][struck].any()
    assert found["trust"][year + 1][struck] == pytest.approx(0.5)
    untouched = ~found["incident"].any(axis=0)
    assert (found["trust"][:, untouched] == 1.0).all()


def test_principles_can_lose_by_incidents_and_gain_by_governance() -> None:
    """More members meet more incidents; governance lowers the chance; without either effect nothing differs."""
    effects = "lever__data_principles_effect", "lever__incident_governance", "lever__consent_forms"
    still = {**dict.fromkeys(effects, 0.0), "data__incident_chance": 0.1}
    plain, neutral = run(0.0, **still), run(1.0, **still)
    assert all(np.array_equal(plain[name], neutral[name]) for name in plain)
    more = run(1.0, **{**still, "lever__data_principles_effect": 0.25})
    assert more["incident"].sum() > 1.1 * plain["incident"].sum()
    assert more["trust"].mean() < plain["trust"].mean()
    fewer = run(1.0, **{**still, "lever__incident_governance": -0.6})
    assert fewer["incident"].sum() < 0.6 * plain["incident"].sum()
    law = run(1.0, **{**still, "lever__data_principles_effect": -0.05})
    assert law["shared"][-1].mean() < plain["shared"][-1].mean()


def test_a_member_shares_what_people_consent_to_and_agreements_let_out() -> None:
    """Where one in ten consents and two are stated to be shared, all who consent are shared."""
    m = AdoptionModel(Scenario("s", parameters={**STATED, "data.member_share": 0.8}), worlds=1, rng=3)
    m.countries.data_member, m.countries.trust = 1.0, 0.5
    shared, chance = m.countries.share_data()[0, 0, 0], m.countries.like_to_join()[0, 0, 0]
    for i, region in enumerate(m.inputs.region):
        each = {0.4: 0.4 * 0.8, 0.9: 0.9 * 0.8, 0.1: 0.1}[CONSENT[region]]
        assert shared[i] == pytest.approx(0.5 * each)
        assert chance[i] * each == pytest.approx(min(0.2, CONSENT[region]))  # as stated, on average


def test_the_lever_moves_consent_both_ways_and_by_nothing_as_best_guess() -> None:
    """What members share changes in proportion to consent; nobody joins or leaves for it."""
    no_more = {"lever.data_principles_effect": 0.0, "lever.incident_governance": 0.0}
    fixed = {name.replace(".", "__"): value for name, value in {**STATED, **no_more}.items()}
    none = run(0.0, **fixed)
    consent = np.array([CONSENT[region] for region in load_countries().region])
    for change in (-0.1, 0.0, 0.1):
        moved = run(1.0, **fixed, lever__consent_forms=change)
        assert np.array_equal(moved["data_member"], none["data_member"])
        assert moved["shared"][-1] == pytest.approx(none["shared"][-1] * (consent + change) / consent, rel=1e-9)
        assert change or all(np.array_equal(moved[name], none[name]) for name in none)
    known = load_registry()["lever.consent_forms"]
    assert (known.low, known.central, known.high) == (-0.1, 0.0, 0.1)


def test_reference_holds_every_test_shared_up_to_the_years_first_quarter() -> None:
    model = AdoptionModel(worlds=2, rng=3)
    worth = []

    def count(m: AdoptionModel) -> None:  # tests are shared a quarter after they are done
        c = m.countries
        worth.append((c.deposit() * c.ancestry[:, :, :1]).sum(axis=-1))

    model.insert_phase("share_data", "count", count)
    for _ in range(9):
        model.step()
    assert np.max(worth[-1]) > 0
    assert model.reference.records[:, :, :1, 0] == pytest.approx(sum(worth), rel=1e-9)
