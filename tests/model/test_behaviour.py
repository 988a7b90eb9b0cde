"""Behaviour: orders of magnitude, no dead ends, and what worlds without levers look like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adoptsim.model.actors import Country
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import LeverUse, Scenario
from support import finite

SMALL_AND_POOR = ("TUV", "NIU", "ETH", "NGA", "FJI")
MAGNITUDES = {  # births in millions; US$ million a year: screening at 4.46, then 0.1 % of government health spending
    "USA": (3.66, 16, 2370),
    "THA": (0.59, 2.6, 19),
    "NGA": (7.5, 33, 3.1),
    "RWA": (0.40, 1.8, 0.39),
    "FJI": (0.017, 0.07, 0.16),
}


@pytest.fixture(scope="module")
def central() -> AdoptionModel:
    return AdoptionModel(Scenario("central", uncertainty="central"), worlds=1, rng=1)


@pytest.mark.parametrize("iso3", MAGNITUDES)
def test_orders_of_magnitude(central: AdoptionModel, iso3: str) -> None:
    births, screening, money = MAGNITUDES[iso3]
    c, row = central.countries, central.inputs.index(iso3)
    price = {a.id: a.traits["price"].central for a in central.applications}["newborn_sickle"]
    found = c.births[0, 0, 0, row] / 1e6
    thousandth = (c.gov_health_pc * c.population)[0, 0, 0, row] * 0.001 / 1e6
    assert found == pytest.approx(births, rel=0.05)
    assert price == 4.46
    assert found * price == pytest.approx(screening, rel=0.08)
    assert thousandth == pytest.approx(money, rel=0.1)


def test_orders_of_magnitude_of_low_income_countries(central: AdoptionModel) -> None:
    c = central.countries
    lic = c.income[0, 0, 0] == 0
    assert lic.sum() == 26
    assert (c.gov_health_pc * c.population)[0, 0, 0, lic].sum() * 0.001 / 1e6 == pytest.approx(5.6, rel=0.1)
    assert c.births[0, 0, 0, lic].sum() * 4.46 / 1e6 == pytest.approx(113, rel=0.05)


@pytest.mark.parametrize(
    ("iso3", "low", "high"),
    [("USA", 0.0002, 0.0006), ("THA", 0.004, 0.05), ("FJI", 0.01, 0.05), ("RWA", 0.1, 0.6), ("NGA", 0.3, 1.5)],
)
def test_all_applications_for_all_weigh_what_they_should(
    central: AdoptionModel, iso3: str, low: float, high: float
) -> None:
    """Over government health spending: hundredths of a per cent in the USA, about all of it in Nigeria."""
    c, row = central.countries, central.inputs.index(iso3)
    cost = (central.par["app.price"] * c.eligible)[0, :, 0, row].sum()
    assert low < cost / (c.gov_health_pc * c.population)[0, 0, 0, row] < high


# no dead ends


@pytest.mark.parametrize("commitment", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("verdict", [-1.0, 1.0])
def test_every_country_may_adopt_from_any_state(starting: AdoptionModel, commitment: float, verdict: float) -> None:
    """The worst of everything together: hazard above 0 and its chance over 80 quarters above 0, in every world."""
    c = starting.countries.fork()
    c.commitment, c.verdict, c.stage, c.peers, c.vehicle, c.pilots_by_grant = commitment, verdict, 0.0, 0.0, 0.0, 0.0
    for cost in (1.0, 1e6):
        c.unit_in, c.unit_hub = starting.countries.unit_in * cost, starting.countries.unit_hub * cost
        c.unit_full = c.unit_at_scale()
        c.modifier = c.modify()
        c.settled_hazard = c.settle_hazard()
        hazard = c.hazard()
        assert np.isfinite(hazard).all()
        assert (-np.expm1(-hazard * 20) > 1e-9).all()
        c.adopt_draw = hazard / 4 * 0.999
        assert (c.adopt() == 2.0).all()


@pytest.mark.parametrize("stage", [1.0, 2.0])
@pytest.mark.parametrize("empty", [False, True], ids=["as they are", "no staff, no machines, no savings"])
def test_a_programme_reaches_somebody_everywhere(stage: float, empty: bool) -> None:
    m = AdoptionModel(Scenario("s"), worlds=3, rng=7)
    c = m.countries
    c.stage, c.intended = stage, 0.0
    c.target = c.aim()
    c.first_sites = c.begin()
    c.intended = c.spread()
    if empty:
        c.staff, c.minutes, c.instruments, c.opening = 0.0, 0.0, 0.0, 0.0
    c.wanted_in, c.wanted_hub = c.want_public() * (1 - c.hub_share), c.want_public() * c.hub_share
    c.hours_needed = c.hours_wanted()
    c.domestic = c.budget_domestic()  # the next budget always comes
    c.available = c.can_spend()
    c.scarce_money, c.scarce_staff, c.scarce_machine = (
        c.scarcity_of_money(), c.scarcity_of_staff(), c.scarcity_of_machines(),
    )  # fmt: skip
    c.short_counsel = c.short_of_counsel()
    c.short_staff, c.short_machine = c.short_of_staff(), c.short_of_machines()
    assert (c.want_public() > 0).all()
    assert (c.deliver_in_country() > 0)[c.wanted_in > 0].all()  # tiny states send everything out
    assert (c.deliver_by_hub() > 0).all()
    c.tests_in, c.tests_hub = c.deliver_in_country(), c.deliver_by_hub()
    c.tested_public = c.age_tested_public()
    assert (c.coverage() > 0).all()


def test_countries_recover_from_nothing() -> None:
    """Programmes everywhere, at first without staff, machines and savings: ten years later most is made good."""
    ran = []
    for empty in (False, True):
        m = AdoptionModel(Scenario("s", quarters=38, parameters={"deliver.national_lapse": 0.0}), worlds=4, rng=7)
        m.countries.stage = 2.0
        if empty:
            m.countries.staff, m.countries.instruments, m.countries.opening = 0.0, 0.0, 0.0
            m.machines.fill(0.0)
        ran.append((m.run().countries.tests_in + m.countries.tests_hub)[:, :, 0])
    share = ran[1] / ran[0]
    assert (ran[1] > 0).all()
    assert (share[..., [m.inputs.index(i) for i in SMALL_AND_POOR]] > 0.5).all()
    assert np.median(share) > 0.8
    assert (share > 0.5).mean() > 0.8


def test_a_rich_country_is_never_without_machines() -> None:
    m = AdoptionModel(Scenario("s", uncertainty="central"), worlds=1, rng=7)
    rows = [m.inputs.index(i) for i in ("USA", "FRA", "DEU", "NLD")]
    m.machines.fill(0.0)
    m.machines.push(m.countries.instruments - m.countries.lent)
    fewest = np.inf
    for _ in range(30):
        m.step()
        ratio = m.countries.scarce_machine ** (-1.0 / m.par["deliver.site_shape"])  # hours open over wanted
        fewest = min(fewest, ratio[..., rows].min())
    assert fewest > 0.5


def test_a_pilot_that_lapses_can_come_back(starting: AdoptionModel) -> None:
    c = starting.countries.fork()
    c.stage, c.lapse_draw = 1.0, 0.0
    c.stage = c.lapse_programme()
    assert (c.stage == 0.0).all()
    c.adopt_draw = 1e-12
    assert (c.adopt() == 2.0).all()


def test_coverage_falls_where_a_donor_leaves() -> None:
    m = AdoptionModel(Scenario("s", uncertainty="central", quarters=60), worlds=1, rng=1)
    m.funders.supports = 1.0
    lost, left = [], []

    def look(model: AdoptionModel) -> None:
        c = model.countries
        lost.append((c.intended - c.lose_coverage_after_exit()).sum())
        left.append((c.was_eligible - c.below_donor_line()).sum())

    m.insert_phase("appraise", "look", look)
    m.run()
    assert sum(left) > 0
    assert sum(lost) > 0


# worlds without levers


def test_low_income_countries_are_neither_at_nothing_nor_done(ensemble: BlockResult) -> None:
    assert 0.01 < np.median(ensemble.scalars["useful_access.lic@2045"]) < 0.95


def test_outcomes_hang_together(ensemble: BlockResult) -> None:
    s = ensemble.scalars
    for when in (".mean", "@2045"):
        poor, rich, gap = (s[f"useful_access.{n}{when}"] for n in ("p40", "r20", "gap"))
        assert gap == pytest.approx(rich - poor, rel=1e-9)
        assert (poor > 0).all()
        assert (rich < 1).all()
        assert np.mean(gap > 0) > 0.95
        assert (s[f"useful_access.world{when}"] > poor).all()
        assert (s[f"money.displaced{when}"] <= s[f"money.granted{when}"]).all()
        assert (s[f"money.duplicated{when}"] <= 0.3 * s[f"money.granted{when}"]).all()
        assert (s[f"cost.lever{when}"] == 0).all()
    assert (s["pool_members@2045"] == 0).all()
    assert np.median(s["useful_access.p40@2045"]) > np.median(s["useful_access.p40.mean"])
    assert not any(np.isnan(v).any() for v in s.values())


def test_series_end_at_the_horizon(ensemble: BlockResult) -> None:
    where = ensemble.groups.index(("people", "poorest 40 %"))
    last = ensemble.series["useful_access"][:, -1, where]
    assert last == pytest.approx(ensemble.scalars["useful_access.p40@2045"], rel=1e-6)
    assert ensemble.years[-1] == 2045
    fifths = [ensemble.groups.index(("fifth", q)) for q in ("q1", "q2", "q3", "q4", "q5")]
    access = ensemble.series["useful_access"][:, -1][:, fifths].mean(axis=0)
    assert (np.diff(access) > 0).all()


def test_rich_countries_reach_more(ensemble: BlockResult) -> None:
    groups = [ensemble.groups.index(("income", g)) for g in ("LIC", "LMC", "UMC", "HIC")]
    access = np.median(ensemble.series["useful_access"][:, -1][:, groups], axis=0)
    assert (np.diff(access) > 0).all()


# other worlds than the whole


HEADER = "id,region,income,population,births,gdp_pc_usd"


def table(folder: Path, *rows: str) -> str:
    path = folder / "units.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(path)


def test_one_country_one_application_one_quarter(tmp_path: Path) -> None:
    alone = table(tmp_path, "RWA,AFR,LIC,14000000,395000,1000")
    levers = tuple(
        LeverUse(n, intensity=1.0, start=2025.0) for n in ("data_sharing", "pooled_procurement", "workforce_training")
    )
    for chosen in levers, ():
        scenario = Scenario("s", countries=alone, applications=("newborn_sickle",), quarters=1, levers=chosen)
        m = AdoptionModel(scenario, worlds=2, rng=1).run()
        assert len(m.agents_by_type[Country]) == 1
        result = m.results()
        assert result.iso3 == ("RWA",)
        assert finite(result)
    whole = AdoptionModel(Scenario("s", applications=("newborn_sickle",), quarters=1), worlds=2, rng=1).run()
    row = whole.inputs.index("RWA")
    assert np.array_equal(m.countries.adopt_draw[..., 0], whole.countries.adopt_draw[..., row])


def test_a_region_runs_to_the_horizon(tmp_path: Path) -> None:
    rows = [f"U{i},SEAR,LMC,{10**i},{2 * 10 ** (i - 2)},{500 * i}" for i in range(3, 9)]
    m = AdoptionModel(Scenario("s", countries=table(tmp_path, *rows), quarters=80), worlds=2, rng=1).run()
    assert finite(m.results())


def test_tiny_states_send_sequencing_out_and_large_ones_do_not() -> None:
    m = AdoptionModel(Scenario("s", uncertainty="central"), worlds=1, rng=7)
    c, sequenced = m.countries, [a.platform == "sequencer" for a in m.applications]
    share, people = c.hub_share[0, sequenced, 0], np.broadcast_to(c.population, (1, 1, 1, len(m.inputs)))[0, 0, 0]
    assert share[:, people < 1e5].min() > 0.7
    assert share[:, people > 1e8].max() < 0.5
    cancer = m.application_ids.index("hereditary_cancer")
    assert c.hub_share[0, cancer, 0, m.inputs.iso3.index("FJI")] > 0.9
    assert c.hub_share[0, cancer, 0, people > 5e7].max() < 0.2
