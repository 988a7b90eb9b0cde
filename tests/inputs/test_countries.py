"""The country inputs: what ships, what it adds up to, what is estimated, and how wrong files are refused."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs import countries as module
from adoptsim.inputs.countries import ANCESTRIES, SCALES, UNITS, Countries, load_countries
from adoptsim.inputs.imputation import lognormal_shares
from adoptsim.inputs.tables import read_table, series_arrays

pytestmark = pytest.mark.fast

DATA = Path(module.__file__).parent / "data"
YEARS = (1990, 2000, 2010, 2022, 2025, 2030)
FIFTHS = ("income_share", "skilled_birth", "immunisation")
SHARES = (
    "gov_health_share", "oop_share", "internet", "electricity", "urban", "hdi", "gini", "pop_share_0_4",
    "pop_share_15_49", "pop_share_30_69", "pop_share_65plus", "hiv_prevalence", "hta_body", "bloodspot_programme",
    "haemoglobin_in_bloodspot", "sickle_per_birth", "thalassaemia_per_birth", "haemoglobin_carriers", "un_ldc",
    "landlocked", "ancestry", *FIFTHS,
)  # fmt: skip
WANTED = {
    *SHARES, "population", "births", "gdp_pc_usd", "gdp_pc_ppp", "health_exp_pc_usd", "gov_health_pc_usd",
    "physicians_per_1000", "researchers_per_million", "tertiary_enrolment", "gov_effectiveness", "women_15_49",
    "latitude", "longitude",
}  # fmt: skip
FORBIDDEN = re.compile(
    r"nurse|midwi|uhc|under.?5|mortality|cancer|_asr|gisaid|sequenc|tb_|tubercul|gavi|vaccine|antenatal|caesarean|"
    r"life_exp|introduc",
    re.IGNORECASE,
)
FREE = {"CC BY 4.0", "CC BY 3.0 IGO", "public domain", "facts", "facts quoted with citation"}
HIV_OF_WHO = ("BLR", "CYP", "CZE", "GNQ", "IRN", "NIC", "POL", "STP", "TTO", "URY", "USA", "UZB")
LATIN = "ARG BOL BRA CHL COL CRI CUB DOM ECU SLV GTM HTI HND MEX NIC PAN PRY PER URY VEN"


@pytest.fixture(scope="module")
def world() -> Countries:
    return load_countries()


def at(world: Countries, name: str, iso3: str) -> float:
    return float(world.values[name][world.index(iso3)])


def government_health_money(world: Countries) -> np.ndarray:
    return world.values["gov_health_pc_usd"] * world.values["population"]


# ---- what is there


def test_194_member_states_in_six_regions(world: Countries) -> None:
    assert len(world) == len(set(world.iso3)) == 194
    assert {r: world.region.count(r) for r in set(world.region)} == {
        "AFR": 47, "AMR": 35, "EMR": 21, "EUR": 53, "SEAR": 11, "WPR": 27,
    }  # fmt: skip
    assert {g: world.income.count(g) for g in set(world.income)} == {"LIC": 26, "LMC": 50, "UMC": 54, "HIC": 64}
    assert np.array_equal(world.draw_key, np.arange(194))


def test_unclassified_income_groups_are_flagged(world: Countries) -> None:
    flagged = {world.iso3[i]: world.income[i] for i in np.flatnonzero(world.imputed["income"])}
    assert flagged == {"ETH": "LIC", "VEN": "LMC", "COK": "HIC", "NIU": "UMC"}


def test_every_value_is_there_with_unit_scale_and_flag(world: Countries) -> None:
    assert set(world.values) == set(world.spread) == set(world.imputed) - {"income"} == set(UNITS) == set(SCALES)
    assert set(world.values) == WANTED
    assert all(world.values[name].shape == (194, 5) for name in FIFTHS)
    assert world.values["ancestry"].shape == (194, len(ANCESTRIES))


@pytest.mark.parametrize("year", YEARS)
def test_no_gap_at_any_start_year(year: int) -> None:
    world = load_countries(start_year=year)
    for group in (world.values, world.spread, world.growth):
        assert [name for name, array in group.items() if not np.isfinite(array).all()] == []
    assert [name for name, (_, array) in world.series.items() if not np.isfinite(array).all()] == []


@pytest.mark.parametrize("year", YEARS)
def test_shares_stay_shares(year: int) -> None:
    world = load_countries(start_year=year)
    assert [name for name in SHARES if world.values[name].min() < 0 or world.values[name].max() > 1] == []
    np.testing.assert_allclose(world.values["income_share"].sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(world.values["ancestry"].sum(axis=1), 1, atol=1e-12)
    assert (np.diff(world.values["income_share"], axis=1) >= 0).all()
    paid = world.values["oop_share"] + world.values["gov_health_share"]
    assert paid.max() < 1.01


# ---- what it adds up to


def test_totals(world: Countries) -> None:
    assert world.values["population"].sum() == pytest.approx(8.115e9, rel=0.01)
    assert world.values["births"].sum() == pytest.approx(131.7e6, rel=0.01)


@pytest.mark.parametrize(
    ("iso3", "name", "value"),
    [
        ("NGA", "births", 7.51e6),
        ("IND", "population", 1.451e9),
        ("USA", "population", 345.4e6),
        ("USA", "births", 3.66e6),
        ("NGA", "oop_share", 0.761),
        ("CUB", "physicians_per_1000", 9.54),
        ("CHN", "gdp_pc_ppp", 23846),
        ("ZAF", "gini", 0.63),
        ("SWZ", "hiv_prevalence", 0.234),
        ("SSD", "electricity", 0.054),
        ("DEU", "hdi", 0.959),
        ("ETH", "skilled_birth", np.nan),
    ],
)
def test_spot_values(world: Countries, iso3: str, name: str, value: float) -> None:
    if name == "skilled_birth":
        fifths = world.values[name][world.index(iso3)]
        np.testing.assert_allclose(fifths, (0.231, 0.432, 0.500, 0.664, 0.880), atol=0.001)
    else:
        assert at(world, name, iso3) == pytest.approx(value, rel=0.005)


def test_money_is_in_dollars_of_2024(world: Countries) -> None:
    assert at(world, "health_exp_pc_usd", "USA") == pytest.approx(12434.43 * 125.422 / 118.012, rel=1e-4)
    assert at(world, "gdp_pc_usd", "ETH") == pytest.approx(1294 * 125.422 / 122.382, rel=1e-4)


@pytest.mark.parametrize(("iso3", "million"), [("USA", 2370), ("THA", 19), ("NGA", 3.1), ("RWA", 0.39), ("FJI", 0.16)])
def test_a_thousandth_of_government_health_expenditure(world: Countries, iso3: str, million: float) -> None:
    money = government_health_money(world)[world.index(iso3)]
    assert money * 0.001 / 1e6 == pytest.approx(million, rel=0.10)


def test_low_income_countries_have_little_money(world: Countries) -> None:
    poor = np.array(world.income) == "LIC"
    assert poor.sum() == 26
    assert government_health_money(world)[poor].sum() * 0.001 / 1e6 == pytest.approx(5.6, rel=0.10)


def test_newborn_screening_at_the_start(world: Countries) -> None:
    births = world.values["births"] / world.values["births"].sum()
    reached = births * world.values["bloodspot_programme"]
    assert 0.26 < reached.sum() < 0.34
    assert (reached * world.values["haemoglobin_in_bloodspot"]).sum() == pytest.approx(0.07, abs=0.01)


def test_bloodspot_in_latin_america(world: Countries) -> None:
    latin = world.select(LATIN.split())
    reach = latin.values["bloodspot_programme"]
    assert [(reach > 0.02).sum(), (reach >= 0.7).sum(), (reach >= 0.9).sum()] == [16, 12, 6]


def test_monaco_is_capped(world: Countries) -> None:
    gdp = world.values["gdp_pc_ppp"]
    assert at(world, "gdp_pc_ppp", "MCO") == np.sort(gdp[np.array(world.iso3) != "MCO"])[-1]
    assert world.imputed["gdp_pc_ppp"][world.index("MCO")]


# ---- what is estimated


def test_flags_mark_exactly_the_missing(world: Countries) -> None:
    rows = [row for row in read_table("indicators") if int(row["year"]) >= 2015]
    published = {(row["iso3"], row["indicator"]) for row in rows}
    for name, column in {
        "researchers_per_million": "researchers_per_million", "tertiary_enrolment": "tertiary_enrolment_pct",
        "hdi": "hdi", "hiv_prevalence": "hiv_prevalence_pct", "physicians_per_1000": "physicians_per_1000",
        "gdp_pc_usd": "gdp_pc_usd", "internet": "internet_pct", "health_exp_pc_usd": "health_exp_pc_usd",
    }.items():  # fmt: skip
        missing = {iso3 for iso3 in world.iso3 if (iso3, column) not in published}
        assert {world.iso3[i] for i in np.flatnonzero(world.imputed[name])} == missing, name
        assert np.array_equal(world.spread[name] > 0, world.imputed[name]), name
    assert set(np.array(world.iso3)[world.imputed["gdp_pc_usd"]]) == {"COK", "ERI", "NIU", "PRK", "VEN"}
    assert not any(world.imputed[name].any() for name in ("population", "births", "gov_effectiveness", "latitude"))
    assert all(world.imputed[name].all() for name in ("ancestry", "hta_body", "bloodspot_programme"))


def test_imputed_values_are_plausible(world: Countries) -> None:
    assert 2000 < at(world, "gdp_pc_usd", "VEN") < 8000
    assert at(world, "gdp_pc_usd", "ERI") < 1500
    assert world.values["researchers_per_million"][world.imputed["researchers_per_million"]].max() < 9000
    brunei, eritrea = at_least(world, "immunisation", "BRN"), at_least(world, "skilled_birth", "ERI")
    assert brunei > 0.8 > 0.6 > eritrea > 0.2


def at_least(world: Countries, name: str, iso3: str) -> float:
    return float(world.values[name][world.index(iso3)].min())


def test_lognormal_shares() -> None:
    shares = lognormal_shares(np.array([0.0001, 0.4]))
    np.testing.assert_allclose(shares[0], 0.2, atol=1e-3)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    # Gini index of five equal-sized groups, slightly below that of the whole distribution
    gini = 1 - 2 * np.mean(np.cumsum(shares[1]) - shares[1] / 2)
    assert 0.36 < gini < 0.4


def test_drawn_moves_only_what_is_imputed(world: Countries) -> None:
    normal = np.vstack([np.zeros(194), np.full(194, 2.0), np.full(194, -2.0)])
    for name in world.values:
        drawn = world.drawn(name, normal)
        assert drawn.shape == (3, *world.values[name].shape)
        still = world.spread[name] == 0
        assert np.array_equal(drawn[1][still], world.values[name][still])
        np.testing.assert_allclose(drawn[0], world.values[name], rtol=2e-5)
        if name in SHARES:
            assert 0 <= drawn.min() <= drawn.max() <= 1
    researchers = world.drawn("researchers_per_million", normal)
    gap = world.imputed["researchers_per_million"]
    assert (researchers[1][gap] > 2 * researchers[0][gap]).all()
    np.testing.assert_allclose(world.drawn("income_share", normal).sum(axis=-1), 1, atol=1e-5)


# ---- time


def test_an_earlier_start_uses_what_was_known_then() -> None:
    world = load_countries(start_year=2000)
    assert world.values["population"].sum() == pytest.approx(6.15e9, rel=0.01)
    assert at(world, "gdp_pc_ppp", "CHN") < 6000 < at(load_countries(), "gdp_pc_ppp", "CHN")
    assert at(world, "gdp_pc_usd", "CHN") < 4000
    assert world.income[world.index("CHN")] == "LMC"
    assert world.imputed["gini"][world.index("DEU")]  # only a later survey: held
    assert not world.imputed["population"].any()


@pytest.mark.parametrize("year", [1989, 2031])
def test_start_years_without_data_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match=f"start year {year} is not accepted, expected 1990 to 2030"):
        load_countries(start_year=year)


def test_growth(world: Countries) -> None:
    growth = {name: dict(zip(world.iso3, array.tolist(), strict=True)) for name, array in world.growth.items()}
    assert set(growth) == {"population", "births", "gdp_pc"}
    assert growth["population"]["NER"] > 0.03 > growth["population"]["DEU"] > 0
    assert growth["births"]["CHN"] < -0.03
    assert growth["gdp_pc"]["CHN"] == pytest.approx(0.043, abs=0.005)
    years, values, _ = series_arrays()
    libya = world.index("LBY")
    raw = np.diff(np.log(values["gdp_pc_ppp"][-11:, libya])).mean()
    same = np.array(world.income) == world.income[libya]
    centre = world.growth["gdp_pc"][same].mean()
    assert abs(growth["gdp_pc"]["LBY"] - centre) < 0.8 * abs(raw - centre)  # war: noisy, so shrunk
    assert years[-1] == 2024


def test_series_are_complete_and_tell_what_was_observed(world: Countries) -> None:
    years, births = world.series["births"]
    assert births.shape == (len(years), 194)
    assert not world.series_observed["births"][years == 2024].any()
    assert np.array_equal(births[years == 2024], births[years == 2023])
    assert world.series["internet"][1].max() <= 1


# ---- the object


def test_select_keeps_slots_and_order(world: Countries) -> None:
    few = world.select(["ZAF", "AFG"])
    assert few.iso3 == ("ZAF", "AFG")
    assert few.draw_key.tolist() == [world.index("ZAF"), 0]
    assert few.values["births"].tolist() == [at(world, "births", "ZAF"), at(world, "births", "AFG")]
    assert few.series["births"][1].shape[1] == 2
    with pytest.raises(KeyError, match="did you mean 'ZAF'"):
        world.select(["ZAFF"])


def test_loaded_once_and_read_only(world: Countries) -> None:
    assert load_countries() is world
    with pytest.raises(ValueError, match="read-only"):
        world.values["births"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        world.select(["NGA"]).values["births"][0] = 1


def test_same_bytes_in_another_process(world: Countries) -> None:
    code = (
        "import hashlib; from adoptsim.inputs.countries import load_countries; c = load_countries();"
        "print(hashlib.sha256(b''.join(c.values[k].tobytes() for k in sorted(c.values))).hexdigest())"
    )
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    runs = [subprocess.run([sys.executable, "-c", code], env=e, capture_output=True, check=True).stdout
            for e in (env, os.environ)]  # fmt: skip
    assert runs[0] == runs[1]


# ---- licences


def test_every_packaged_value_has_a_year_and_a_licensed_source() -> None:
    sources = {row["source"]: row for row in read_table("sources")}
    assert {row["licence"] for row in sources.values()} <= FREE
    assert all(row["publisher"] and row["definition"] and row["url"] for row in sources.values())
    for row in read_table("indicators"):
        assert 1980 <= int(row["year"]) <= 2025
        assert row["indicator"] in sources[row["source"]]["indicators"].split()
        float(row["value"])
    named = {name for row in sources.values() for name in row["indicators"].split()}
    header = set(read_table("series")[0]) - {"iso3", "year"}
    assert header <= named
    assert {row["source"] for row in read_table("deflator")} <= set(sources)


def test_nothing_unfree_is_packaged(world: Countries) -> None:
    names = {row["indicator"] for row in read_table("indicators")}
    names |= {row["estimate"] for row in read_table("estimates")}
    for table in ("countries", "series"):
        names |= set(read_table(table)[0])
    assert [name for name in names if FORBIDDEN.search(name)] == []
    assert {p.name for p in DATA.iterdir()} == {
        "countries.csv", "indicators.csv", "series.csv", "estimates.csv", "sources.csv", "evidence.csv", "deflator.csv",
        "parameters.csv", "funders.csv", "manufacturers.csv", "applications", "levers",
    }  # fmt: skip
    gaps = world.select(HIV_OF_WHO).imputed["hiv_prevalence"]
    assert gaps.all()
    rows = {(row["iso3"], row["indicator"]) for row in read_table("indicators")}
    assert not {("COK", "tertiary_enrolment_pct"), ("COK", "health_exp_pc_usd"), ("NIU", "oop_share_pct")} & rows
    assert not [r for r in read_table("series") if r["iso3"] in ("COK", "NIU") and r["health_exp_pc_usd"]]


def test_only_the_free_re_analysis_of_the_fifths_is_packaged() -> None:
    covered = {}
    for row in read_table("indicators"):
        covered.setdefault(row["indicator"], set()).add(row["iso3"])
    assert (len(covered["skilled_birth_q1"]), len(covered["immunisation_q1"])) == (114, 107)


def test_estimates_are_complete_and_give_their_reason() -> None:
    rows = read_table("estimates")
    assert len(rows) == 194 * (6 + 3 + 3)
    for row in rows:
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
        assert len(row["basis"]) > 15


def test_evidence_is_packaged_whole() -> None:
    rows = read_table("evidence")
    assert len({row["name"] for row in rows}) == len(rows) == 242
    assert " ".join(rows[0]) == "name meaning unit low central high source url quality note"


def test_packaged_tables_name_no_machine_path() -> None:
    for path in filter(Path.is_file, DATA.rglob("*")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(work|tmp|home|root)/", text), path.name


# ---- the compiler


@pytest.mark.skipif("ADOPTSIM_RAW" not in os.environ, reason="the folder of raw tables is not given")
def test_compiling_again_gives_the_packaged_bytes(tmp_path: Path) -> None:
    raw = Path(os.environ["ADOPTSIM_RAW"])
    script = Path(__file__).resolve().parents[2] / "scripts" / "compile_inputs.py"
    evidence = raw.parent / "evidence" / "parameters.csv"
    subprocess.run([sys.executable, script, raw, evidence, tmp_path], check=True)
    for path in DATA.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
    with (tmp_path / "countries.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 194
