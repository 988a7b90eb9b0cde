"""Investments: they decide programmes and money, and nothing else; the rest is left to the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from adoptsim.model.accounts import OF_INVESTMENTS
from adoptsim.model.columns import Rows
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Investment, Scenario
from support import Array, differing, kept, state, unlike

START, QUARTERS = 2026.0, 16
PLAIN = Scenario("plain", quarters=QUARTERS, outcomes=OF_INVESTMENTS)
SICKLE = Investment("newborn_sickle", START, regions=("AFR",))
POOR = {f"money.domestic_share.{group}": 1e-9 for group in ("LIC", "LMC", "UMC", "HIC")} | {"fund.world_total": 1.0}


def model(*investments: Investment, scenario: Scenario = PLAIN, worlds: int = 2) -> AdoptionModel:
    return AdoptionModel(replace(scenario, investments=investments), worlds=worlds, rng=8)


def quarters(m: AdoptionModel) -> Iterator[tuple[Array, Rows]]:
    """Each quarter of a run: what was carried into it, and the countries after it."""
    with np.errstate(over="ignore", under="ignore"):
        for _ in range(m.question.quarters):
            opening = m.countries.opening.copy()
            m.step()
            yield opening, m.countries


@pytest.fixture(scope="module")
def plain() -> AdoptionModel:
    return model().run()


@pytest.fixture(scope="module")
def sickle() -> AdoptionModel:
    return model(SICKLE).run()


def test_what_is_not_decided_changes_nothing(plain: AdoptionModel) -> None:
    nobody = replace(SICKLE, incomes=("HIC",), countries=("FRA",))
    for one in (nobody, replace(SICKLE, start=2040.0), replace(SICKLE, end=START), replace(SICKLE, application="none")):
        m = model(one).run()
        assert differing(state(m), state(plain)) == []
        assert unlike(m.results(), plain.results()) == []


def test_programmes_begin_in_the_targets_and_only_there(plain: AdoptionModel, sickle: AdoptionModel) -> None:
    a = sickle.application_ids.index("newborn_sickle")
    there = np.array(sickle.inputs.region) == "AFR"
    stage, before = (m.countries.stage[:, a, 0] for m in (sickle, plain))
    assert (stage[:, there] == 2.0).all()
    assert (before[:, there] < 2.0).mean() > 0.8
    assert (stage[:, ~there] == before[:, ~there]).mean() > 0.999  # neighbours may follow
    begun = sickle.countries.begun
    assert begun[:, a, 0, ~there].sum() == begun[:, np.arange(begun.shape[1]) != a].sum() == 0


def test_programmes_that_stand_are_not_paid_for() -> None:
    lasting = replace(PLAIN, parameters={"deliver.national_lapse": 0.0})
    m = model(replace(SICKLE, regions=("AMR",)), scenario=lasting)
    a = m.application_ids.index("newborn_sickle")
    standing = m.countries.stage[:, a, 0] == 2.0
    m.run()
    assert standing.any()
    assert not m.countries.begun[:, a, 0][standing].any()


def test_every_dollar_has_one_payer_and_no_purse_is_overdrawn() -> None:
    half = replace(SICKLE, payer="outside", share=0.5, phase_out=((START, 1.0), (2029.0, 0.0)), taken_over=0.6)
    cancer = Investment("hereditary_cancer", START + 1, share=0.3)
    seen, public = 0.0, np.zeros(2)
    m = model(half, cancer, scenario=replace(PLAIN, parameters={"fund.world_total": 4e7}))
    for opening, c in quarters(m):
        came = opening + c.granted + c.domestic - c.displaced + c.moved
        assert np.abs(came - (c.spent + c.opening + c.duplicated + c.lapsed)).max() < 0.01
        assert (c.spent <= c.available * (1 + 1e-12) + 1e-9).all()
        assert min(c.from_outside.min(), c.from_domestic.min()) >= 0.0
        tests = (c.tests_in * c.unit_in + c.tests_hub * c.unit_hub).sum(axis=(1, 2))
        by_investments = c.pay_for_tests().sum(axis=(1, 2))
        assert np.abs(c.spent[:, 0, 0] + by_investments - tests).max() < 0.01
        machines = (c.from_outside + c.from_domestic)[:, 0, 0] - by_investments
        assert machines.min() > -0.01
        seen += float(machines.sum())
        public += (c.spent.sum(axis=2)[:, 0] + (c.from_outside + c.from_domestic)[:, 0, 0]).sum(axis=1)
    assert seen > 0.0
    assert m.results().scalars["cost.public.mean"] * QUARTERS / 4 == pytest.approx(public)


def test_a_paid_programme_needs_no_purse_but_staff_and_machines() -> None:
    """The purses are empty: what is paid for is delivered, half of it where half is paid; not what nobody can do."""

    def share(investment: Investment, **fixed: float) -> float:
        scenario = replace(PLAIN, parameters=POOR | {name.replace("__", "."): x for name, x in fixed.items()})
        found = model(investment, scenario=scenario).run().results().scalars
        return float((found["invested.tests.mean"] / found["invested.wanted.mean"]).mean())

    whole, half = share(SICKLE), share(replace(SICKLE, share=0.5))
    assert whole > 0.5
    assert 0.5 * whole < half < 0.5
    assert share(SICKLE, work__genomics_share_laboratory=0.01, work__laboratory_per_physician=0.1) < whole - 0.05


def test_what_is_paid_follows_the_plan() -> None:
    plan = Investment(
        "newborn_sickle", 2026.0, 2034.0, "outside", 0.8, phase_out=((2028.0, 1.0), (2032.0, 0.0)), taken_over=0.5
    )
    expected = {
        2026.0: (0, 0),
        2026.25: (0.8, 0),
        2028.0: (0.8, 0),
        2030.0: (0.4, 0.2),
        2033.0: (0, 0.4),
        2034.25: (0, 0),
    }
    for year, paid in expected.items():
        assert plan.paid(year) == pytest.approx(paid)
    assert replace(SICKLE, share=0.7).paid(2027.0) == (0.0, 0.7)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"payer": "nobody"}, "a payer of domestic, outside is wanted, got 'nobody'"),
        ({"phase_out": ((2030.0, 1.0),)}, "only money from outside can be phased out"),
        ({"payer": "outside", "phase_out": ((2030.0, 1.0), (2029.0, 0.0))}, "the years of a phase-out must rise"),
        ({"share": 1.5}, "shares run from 0 to 1"),
    ],
)
def test_impossible_plans_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(SICKLE, **wrong)  # type: ignore[arg-type]


def test_after_the_end_a_programme_stays_and_its_money_goes() -> None:
    m = model(replace(SICKLE, end=2028.0), scenario=replace(PLAIN, parameters={"deliver.national_lapse": 0.0})).run()
    a = m.application_ids.index("newborn_sickle")
    assert (m.countries.stage[:, a, 0, np.array(m.inputs.region) == "AFR"] == 2.0).all()
    assert m.countries.from_domestic.max() == 0.0
    assert m.results().series["invested.domestic"][:, :3, 0].min(axis=0).tolist()[2] > 0.0


def test_order_and_blocks_do_not_matter() -> None:
    several = (SICKLE, replace(SICKLE, share=0.2, payer="outside"), Investment("thalassaemia", START, share=0.9))
    whole = model(*several).run()
    assert unlike(model(*reversed(several)).run().results(), whole.results()) == []
    both = dict(kept(whole.results()))
    for world in range(2):
        alone = AdoptionModel(whole.question, worlds=[world], rng=8).run().results()
        assert [n for n, v in kept(alone) if v.tobytes() != both[n][world : world + 1].tobytes()] == []


def test_accounts_agree_with_one_another(plain: AdoptionModel, sickle: AdoptionModel) -> None:
    base, found = plain.results(), sickle.results()
    paid = found.scalars["invested.domestic.mean"]
    assert (paid > 0).all()
    assert not base.scalars["invested.domestic.mean"].any()
    change = {
        n: found.scalars[n] - base.scalars[n] for n in ("cost.public.mean", "dalys_averted.mean", "cases_found.mean")
    }
    assert (change["cost.public.mean"] > 0).all()
    assert (change["cost.public.mean"] < paid).all()  # pilots that purses would have paid for
    each = sickle.drawn["newborn_sickle.dalys"]
    assert change["dalys_averted.mean"] / change["cases_found.mean"] == pytest.approx(each, rel=0.05)
    for name in ("invested.domestic", "cases_found", "dalys_averted", "cost.care"):
        yearly = found.series[name][:, :, 0].mean(axis=1)
        assert yearly == pytest.approx(found.scalars[f"{name}.mean"], rel=1e-5)
        regions = [i for i, (kind, _) in enumerate(found.groups) if kind == "region"]
        assert found.series[name][:, :, regions].sum(axis=2) == pytest.approx(
            found.series[name][:, :, 0], rel=1e-4, abs=1e-2
        )
