"""The start state: what is known of 2025, and steady pipelines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from adoptsim.model.equations import QUARTERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario
from adoptsim.model.start import NODE_WEIGHTS, NODES


def test_bloodspot_screening_reaches_a_third_of_births(starting: AdoptionModel) -> None:
    v = starting.inputs.values
    births = v["births"] / v["births"].sum()
    assert 0.26 <= (v["bloodspot_programme"] * births).sum() <= 0.34
    assert 0.05 <= (v["bloodspot_programme"] * v["haemoglobin_in_bloodspot"] * births).sum() <= 0.09


def test_newborn_sickle_screening_starts_near_what_is_known(starting: AdoptionModel) -> None:
    c, a = starting.countries, starting.application_ids.index("newborn_sickle")
    covered = (c.intended[:, a] * c.births[:, 0]).sum(axis=(1, 2)) / c.births[:, 0].sum(axis=(1, 2))
    assert 0.05 <= np.median(covered) <= 0.11


def test_there_are_as_many_counsellors_as_counted(starting: AdoptionModel) -> None:
    whole = starting.countries.staff[:, 0, 2].sum(axis=-1)
    assert np.median(whole) == pytest.approx(11_900, rel=0.1)
    assert whole == pytest.approx(starting.par["work.counsellors_2025"][:, 0, 0, 0], rel=1e-9)


def integrated_hazard(m: AdoptionModel) -> np.ndarray:
    """Log of the hazard summed over the years since availability, without baseline and own propensity."""
    k = m.par["diff.weibull_shape"][:, 0, 0, 0]
    out = np.empty((m.worlds_count, len(m.applications), len(m.countries)))
    for a, application in enumerate(m.applications):
        years = np.arange(1, m.question.start_year - application.available + 1)
        exposure = np.log((years[None] ** (k[:, None] - 1)).sum(axis=1))
        out[:, a] = exposure[:, None] + (m.countries.inclined + m.countries.modifier)[:, a, 0]
    return out


def test_the_baseline_returns_the_stated_programmes(starting: AdoptionModel) -> None:
    """Expected programmes under the model's own hazard equal the stated sum, by an independent fine rule."""
    m = starting
    fixed, sd = integrated_hazard(m), m.par["diff.country_sd"][:, 0, 0, 0]
    baseline, stated = m.par["app.baseline"][:, :, 0, 0], m.expected_programmes[:, :, 0, 0]
    nodes, weights = NODES, NODE_WEIGHTS / NODE_WEIGHTS.sum()
    z = np.linspace(-6, 6, 601)
    density = stats.norm.pdf(z) / stats.norm.pdf(z).sum()
    for w in range(0, m.worlds_count, 10):
        for a in range(len(m.applications)):
            risk = np.exp(baseline[w, a] + fixed[w, a])
            same = sum(q * -np.expm1(-risk * np.exp(sd[w] * x)).sum() for x, q in zip(nodes, weights, strict=True))
            fine = sum(q * -np.expm1(-risk * np.exp(sd[w] * x)).sum() for x, q in zip(z, density, strict=True))
            assert same == pytest.approx(stated[w, a], rel=1e-6)
            assert fine == pytest.approx(stated[w, a], rel=5e-3)


def test_programmes_drawn_agree_with_those_stated(starting: AdoptionModel) -> None:
    m = starting
    national = (m.countries.stage == 2).sum(axis=(2, 3))
    stated = m.expected_programmes[:, :, 0, 0]
    for a in range(len(m.applications)):
        error = np.sqrt(stated[:, a].mean() / m.worlds_count)  # at most that of a Poisson number
        assert abs(national[:, a].mean() - stated[:, a].mean()) < 4 * error, m.application_ids[a]


def test_countries_with_programmes_are_the_inclined_ones(starting: AdoptionModel) -> None:
    """The posterior gives those that adopted more, and the prior mean stays the mean."""
    c = starting.countries
    programmes = (c.stage == 2).sum(axis=1)[:, 0]
    commitment = c.commitment[:, 0, 0]
    within = [np.corrcoef(programmes[:, i], commitment[:, i])[0, 1] for i in range(194) if programmes[:, i].std() > 0]
    assert np.mean(within) > 0.1
    assert commitment.mean() == pytest.approx(0.5, abs=0.03)


def test_machines_grants_and_students_start_in_steady_state() -> None:
    m = AdoptionModel(Scenario("s", quarters=8), worlds=4, rng=6)
    machines = m.machines.inside(m.machine_quarters - 1.0)
    own = m.countries.instruments - m.countries.lent
    assert machines == pytest.approx(own, rel=1e-9)
    retired = m.machines.due(m.machine_quarters - 1.0)
    life = np.rint(m.par["equip.life"] * QUARTERS)
    assert retired == pytest.approx(own / (life - 1.0), rel=1e-9)
    m.machines.push(np.zeros(retired.shape))
    assert m.machines.inside(m.machine_quarters - 1.0) == pytest.approx(own - retired, rel=1e-9)
    assert m.students.due(m.par["work.training_years"][:, 0, 0, 0]) == pytest.approx(m.places.entering, rel=1e-9)


def test_machines_at_hand_are_those_bought_and_not_yet_retired() -> None:
    m = AdoptionModel(Scenario("s", quarters=80), worlds=2, rng=6)
    for _ in range(60):
        m.step()
    own = m.countries.instruments - m.countries.lent  # those that retire left at the quarter's end
    assert own == pytest.approx(m.machines.inside(m.machine_quarters - 1.0), rel=1e-6, abs=1e-6)


def test_start_margins_return_the_stated_mark_up(starting: AdoptionModel) -> None:
    """Landed price over ex-works price in lower-middle-income countries is the registry's, before any pool."""
    c = starting.countries
    lmc = c.income[0, 0, 0] == 1
    ratio = c.consumables / c.exworks
    for a in range(len(starting.applications)):
        wanted = starting.par["dist.markup"][:, 0, 0]
        assert ratio[:, a, 0, lmc] == pytest.approx(np.broadcast_to(wanted, ratio[:, a, 0, lmc].shape), rel=1e-9)


def test_central_values_give_one_and_the_same_world() -> None:
    m = AdoptionModel(Scenario("s", uncertainty="central"), worlds=2, rng=6)
    for name in ("staff", "consumables", "gdp_pc", "abroad_share", "ceiling", "prevalence", "eligible"):
        values = m.countries.read(name)
        assert np.array_equal(values[0], values[-1]), name


def test_minutes_of_a_test_are_added_up(starting: AdoptionModel) -> None:
    c = starting.countries
    assert c.all_minutes[:, :, 0] == pytest.approx(c.test_minutes.sum(axis=2))
    assert c.away_minutes[:, :, 0] == pytest.approx(c.test_minutes[:, :, 2:].sum(axis=2))
