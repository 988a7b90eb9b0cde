"""The account of investments is that of the stored worlds: sums, ratios of means, payers, words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from adoptsim.experiment.errors import StoreError
from adoptsim.experiment.opened import StoredResult, open_result
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.store import run_experiment
from adoptsim.inputs.countries import load_countries
from adoptsim.model.accounts import OF_INVESTMENTS
from adoptsim.model.scenario import Investment, LeverUse, Scenario
from adoptsim.report.investments import budget_table, investment_table, investment_text, publish_investments, words
from adoptsim.report.investments.account import RESAMPLES, _verdict, ratio_of_means

YEARS, WORLDS = 4, 3
BASE = Scenario("baseline", quarters=4 * YEARS, outcomes=OF_INVESTMENTS)
AFRICA = {"regions": ("AFR",)}
SICKLE = Investment("newborn_sickle", 2026.0, payer="outside", phase_out=((2027.0, 1.0), (2029.0, 0.0)), **AFRICA)
CARRIER = Investment("carrier_screening", 2026.0, **AFRICA)
QUESTION = Experiment(
    "q",
    (
        BASE,
        replace(BASE, name="sickle", title="Sickle", investments=(SICKLE,)),
        replace(BASE, name="carrier", title="Carriers", investments=(CARRIER,)),
    ),
    worlds=WORLDS,
)


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> StoredResult:
    return open_result(run_experiment(QUESTION, jobs=1, out=tmp_path_factory.mktemp("results")))


@pytest.fixture(scope="module")
def rows(answer: StoredResult) -> pd.DataFrame:
    return investment_table(answer).set_index("scenario")


def change(answer: StoredResult, name: str, outcome: str) -> np.ndarray:
    by = answer.outcomes.set_index(["scenario", "world"])[outcome]
    return (by[name] - by["baseline"]).to_numpy() * YEARS


def test_sums_are_those_of_paired_worlds(answer: StoredResult, rows: pd.DataFrame) -> None:
    sickle = rows.loc["sickle"]
    dalys, public = (change(answer, "sickle", f"{n}.mean") for n in ("dalys_averted", "cost.public"))
    assert sickle["dalys_averted_thousand"] == pytest.approx(dalys.mean() / 1e3)
    assert sickle["public_cost_million_usd"] == pytest.approx(public.mean() / 1e6)
    assert sickle["public_cost_million_usd_low"] == pytest.approx(np.quantile(public, 0.05) / 1e6)
    cost = public + change(answer, "sickle", "cost.care.mean")
    assert sickle["usd_per_daly"] == pytest.approx(cost.mean() / dalys.mean())
    assert sickle["usd_per_daly"] != pytest.approx((cost / dalys).mean())
    assert sickle["usd_per_daly_worlds_low"] == pytest.approx(np.quantile(cost / dalys, 0.05))
    net = change(answer, "sickle", "net_health.mean")
    assert sickle["threshold_usd_per_daly"] == pytest.approx(cost.mean() / (dalys - net).mean())
    assert (sickle["usd_per_daly"] < sickle["threshold_usd_per_daly"]) == (net.mean() > 0)
    countries = load_countries()
    africa = countries.values["population"][np.array(countries.region) == "AFR"].sum()
    assert sickle["people_million"] == pytest.approx(africa / 1e6)


def test_the_budget_names_every_payer(answer: StoredResult, rows: pd.DataFrame) -> None:
    table = budget_table(answer)
    sickle = table[table["scenario"] == "sickle"].set_index("year")
    assert sickle.index.tolist() == [2026, 2027, 2028]
    assert sickle["all_public"].sum() == pytest.approx(change(answer, "sickle", "cost.public.mean").mean(), rel=1e-4)
    whole = sickle["outside"] + sickle["treasuries"] + sickle["genomics_budgets"]
    assert whole.to_numpy() == pytest.approx(sickle["all_public"].to_numpy())
    shares = sickle["outside"] / (sickle["outside"] + sickle["treasuries"])
    assert shares.is_monotonic_decreasing
    assert shares.loc[2028] < 0.5 < shares.loc[2026]
    assert rows.loc["sickle", "outside_5_years_million_usd"] == pytest.approx(sickle["outside"].sum() / 1e6)
    carrier = table[table["scenario"] == "carrier"]
    assert not carrier["outside"].any()
    assert (carrier["treasuries"] > 0).all()


def test_births_that_are_averted_count_apart(answer: StoredResult, rows: pd.DataFrame) -> None:
    carrier = rows.loc["carrier"]
    assert np.isnan(carrier["usd_per_daly"])
    assert np.isnan(rows.loc["sickle", "net_health_if_births_counted_thousand_dalys"])
    each = answer.outcomes.set_index("scenario").loc["carrier", "carrier_screening.dalys_if_births_counted"].to_numpy()
    births = change(answer, "carrier", "cases_found.mean") * each
    net = change(answer, "carrier", "net_health.mean") + births
    assert carrier["net_health_if_births_counted_thousand_dalys"] == pytest.approx(net.mean() / 1e3)


def test_what_cannot_be_delivered_shows(answer: StoredResult, rows: pd.DataFrame) -> None:
    assert rows.loc["carrier", "delivered_share"] < rows.loc["sickle", "delivered_share"] < 1.0
    countries = answer.table("countries", scenario="carrier")
    there = countries["iso3"].isin(np.array(load_countries().iso3)[np.array(load_countries().region) == "AFR"])
    bound = countries[there & (countries["stage.carrier_screening"] == 2)]["binding.carrier_screening"]
    word, share = rows.loc["carrier", "held_back_by"].split(" (")
    names = ("nothing", "money", "staff", "equipment", "supply")
    assert names[int(bound.mode()[0])] == word
    assert share == f"{100 * (bound == bound.mode()[0]).mean():.0f} %)"
    assert rows.loc["sickle", "machines_sequencer"] == 0.0 < rows.loc["sickle", "machines_analyser"]
    assert rows.loc["carrier", "machines_analyser"] == 0.0 < rows.loc["carrier", "machines_sequencer"]


@pytest.mark.fast
def test_the_ratio_is_of_means_and_its_interval_holds_the_truth() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(400):
        gain = rng.gamma(4.0, 1.0, 40)
        _, low, high = ratio_of_means(3.0 * gain + rng.normal(0, 2, 40), gain)
        held.append(low <= 3.0 <= high)
    assert 0.86 < np.mean(held) < 0.94  # 90 %, a little less in 40 worlds
    assert np.isnan(ratio_of_means(np.ones(30), rng.normal(0, 1, 30))[0])  # no gain: no ratio
    assert np.isnan(ratio_of_means(np.ones(1), np.ones(1))[0])
    assert RESAMPLES >= 1000


@pytest.mark.fast
@pytest.mark.parametrize(
    ("net", "cost", "counted", "ratio", "word"),
    [
        (1.0, 1.0, True, 5.0, "worth it"),
        (-1.0, 1.0, True, 5.0, "not worth it"),
        (0.0, 1.0, True, 5.0, "cannot tell"),
        (1.0, 1.0, True, np.nan, "no gain found"),
        (-1.0, 1.0, False, np.nan, "DALYs not counted"),
        (1.0, -1.0, True, 5.0, "saves money"),
    ],
)
def test_verdicts(net: float, cost: float, counted: bool, ratio: float, word: str) -> None:
    around = np.linspace(-0.9, 0.9, 20)
    assert _verdict(counted, ratio, net + around, cost + around) == word
    assert _verdict(counted, ratio, (net + around)[:19], (cost + around)[:19]) == "too few worlds"


def test_everything_is_published_and_told(answer: StoredResult, tmp_path: Path) -> None:
    publish_investments(answer.folder)
    for file in ("tables/investments.csv", "tables/investments_budget.csv", "figures/investments.png"):
        assert (answer.folder / file).stat().st_size > 100
    read = pd.read_csv(answer.folder / "tables/investments.csv")
    pd.testing.assert_frame_equal(read, investment_table(answer), check_dtype=False, rtol=1e-9)
    text = investment_text(answer)
    assert max(map(len, text.splitlines())) <= 100
    for part in ("Newborn screening for sickle-cell disease", "too few", "AFR", "nothing ("):
        assert part in text


def test_places_are_told_in_full(answer: StoredResult, monkeypatch: pytest.MonkeyPatch) -> None:
    table = investment_table(answer).assign(where=["everywhere; AFR and LIC", "everywhere"])
    monkeypatch.setattr(words, "investment_table", lambda stored: table)
    text = investment_text(answer)
    assert text.count("all over;") == len(words.TABLES)
    assert "…" not in text


def test_scenarios_of_one_application_and_place_are_told_apart(
    answer: StoredResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = investment_table(answer).assign(applications="newborn_sickle")
    monkeypatch.setattr(words, "investment_table", lambda stored: table)
    text = investment_text(answer)
    for title in ("Sickle", "Carriers"):
        assert text.count(f"Newborn screening for sickle-cell disease ({title})\n") == len(words.TABLES)


def test_what_is_not_known_of_several_investments_together_is_no_zero(tmp_path: Path) -> None:
    """And what else a scenario does is not put down to them in silence."""
    both = replace(BASE, name="both", investments=(SICKLE, CARRIER), levers=(LeverUse("retention", 0.5),))
    question = Experiment("q", (BASE, both), worlds=1)
    text = investment_text(open_result(run_experiment(question, jobs=1, out=tmp_path)))
    assert "Levers or shocks that the reference does not have are in these changes too: both." in text
    (row,) = (line for line in text.partition("What they take")[2].splitlines() if line.startswith("AFR"))
    assert row.split()[-3:] == ["-", "-", "-"]  # what is scarce, staff, machines


def test_answers_without_investments_have_no_account(tmp_path: Path) -> None:
    plain = Experiment("p", (Scenario("a", quarters=4), Scenario("b", quarters=4)), worlds=1)
    folder = run_experiment(plain, jobs=1, out=tmp_path)
    publish_investments(folder)
    assert not (folder / "tables").exists()
    assert investment_text(open_result(folder)) == ""


def test_accounts_that_were_not_kept_are_asked_for(tmp_path: Path) -> None:
    bare = Scenario("a", quarters=4)
    question = Experiment("p", (bare, replace(bare, name="b", investments=(CARRIER,))), worlds=1)
    with pytest.raises(StoreError, match=r"did not keep invested.outside.mean.*list them under outcomes"):
        investment_table(open_result(run_experiment(question, jobs=1, out=tmp_path)))
