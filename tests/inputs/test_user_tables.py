"""A user's own table: read, completed, or refused with every reason at once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs.countries import ANCESTRIES, FIRST_FREE_SLOT, UNITS, Countries, load_countries
from adoptsim.inputs.errors import InputError

pytestmark = pytest.mark.fast

HEADER = "id,region,income,population,births,gdp_pc_usd"
GOOD = f"{HEADER}\nKE-01,AFR,LMC,1208333,35000,2100\nNGA,AFR,LMC,232678000,7500000,1600\n"


@pytest.fixture(scope="module")
def world() -> Countries:
    return load_countries()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(text: str | bytes, name: str = "units.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def test_a_users_table_replaces_the_packaged_one(write: Callable[..., Path], world: Countries) -> None:
    units = load_countries(write(GOOD))
    assert units.iso3 == units.name == ("KE-01", "NGA")
    assert units.draw_key.tolist() == [FIRST_FREE_SLOT, world.index("NGA")]
    assert set(units.values) == set(UNITS)
    assert all(np.isfinite(array).all() for array in units.values.values())
    assert not units.imputed["births"].any()
    assert units.imputed["internet"].all()
    assert (units.spread["internet"] > 0).all()
    assert 0.01 < units.values["sickle_per_birth"][0] < 0.011


def test_held_out_values_are_recovered_within_their_spread(write: Callable[..., Path], world: Countries) -> None:
    columns = ("population", "births", "gdp_pc_usd", "gov_effectiveness", "internet")
    known = np.flatnonzero(~world.imputed["physicians_per_1000"])
    text = f"{HEADER},gov_effectiveness,internet\n"
    for i in known:
        numbers = ",".join(str(float(world.values[column][i])) for column in columns)
        text += f"u{i},{world.region[i]},{world.income[i]},{numbers}\n"
    guess = load_countries(write(text))
    error = np.log(guess.values["physicians_per_1000"] / world.values["physicians_per_1000"][known])
    assert 0.6 < np.std(error) / guess.spread["physicians_per_1000"].mean() < 1.2
    assert abs(np.mean(error)) < 0.1


def test_a_users_values_are_kept(write: Callable[..., Path]) -> None:
    shares = ",".join(f"income_share_q{q}" for q in range(1, 6))
    text = f"{HEADER},name,draw_key,internet,hta_body,{shares}\n"
    text += 'A,AFR,LIC,1000,30,500,"North, East",7,0.4,1,0.1,0.1,0.2,0.2,0.4\nB,AFR,LIC,1000,30,500,,,,,,,,,\n'
    units = load_countries(write(text))
    assert units.name == ("North, East", "B")
    assert units.draw_key.tolist() == [7, FIRST_FREE_SLOT + 1]
    assert units.values["internet"][0] == 0.4
    assert units.imputed["internet"].tolist() == [False, True]
    assert units.values["income_share"][0].tolist() == [0.1, 0.1, 0.2, 0.2, 0.4]
    assert units.values["hta_body"].tolist() == [1.0, pytest.approx(0.1)]


def test_yaml_and_csv_give_the_same(write: Callable[..., Path]) -> None:
    text = (
        "KE-01: {region: AFR, income: LMC, population: 1208333, births: 35000, gdp_pc_usd: 2.1e3}\n"
        "NGA:\n  region: AFR\n  income: LMC\n  population: 232678000\n  births: 7500000\n  gdp_pc_usd: 1600\n"
    )
    mapping, table = load_countries(write(text, "units.yaml")), load_countries(write(GOOD))
    assert mapping.iso3 == table.iso3
    assert all(np.array_equal(mapping.values[name], table.values[name]) for name in table.values)
    listed = "- " + text.splitlines()[0].replace("KE-01: {", "{id: KE-01, ") + "\n"
    assert load_countries(write(listed, "list.yml")).iso3 == ("KE-01",)


def test_an_id_that_looks_like_missing_is_an_id(write: Callable[..., Path]) -> None:
    units = load_countries(write(f"{HEADER}\nNA,AFR,UMC,3000000,80000,4500\n"))
    assert units.iso3 == ("NA",)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", "1:1", "the file is empty"),
        (f"{HEADER}\n", "1:1", "the file is empty"),
        (GOOD.replace("gdp_pc_usd", "gdp_pc_us"), "1:36", "did you mean 'gdp_pc_usd'"),
        (GOOD.replace("births,", ""), "1:1", "births: expected this column"),
        (GOOD.replace("id,", "name,", 1), "1:1", "id: expected this column"),
        (GOOD.replace("35000", "many"), "2:23", "births: 'many' is not accepted, expected a number"),
        (GOOD.replace("35000", "nan"), "2:23", "births: 'nan' is not accepted, expected a number, or an empty cell"),
        (GOOD.replace("35000", "NA"), "2:23", "births: 'NA' is not accepted, expected a number, or an empty cell"),
        (GOOD.replace("35000", ""), "2:23", "this value is required"),
        (GOOD.replace("1208333", "-5"), "2:15", "population: '-5' is not accepted, expected a number above 0"),
        (GOOD.replace("LMC", "LMIC", 1), "2:11", "income: 'LMIC' is not accepted, expected one of LIC, LMC, UMC, HIC"),
        (GOOD.replace("AFR", "AFRO", 1), "2:7", "did you mean 'AFR'"),
        (GOOD.replace("NGA", "KE-01"), "3:1", "already on line 2"),
        (GOOD.replace("2100", "2100,1"), "2:34", "expected 6 cells"),
        (GOOD.replace("births,gdp", "births,births,gdp"), "1:36", "expected each column once"),
    ],
)
def test_wrong_tables_are_refused(write: Callable[..., Path], text: str, position: str, message: str) -> None:
    path = write(text)
    with pytest.raises(InputError) as caught:
        load_countries(path)
    assert any(f"{path}:{position}: " in line and message in line for line in str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("extra", "cell", "message"),
    [
        ("internet", "45", "expected a share from 0 to 1"),
        ("latitude", "91", "expected a number from -90 to 90"),
        ("draw_key", "-1", "expected a whole number"),
        ("draw_key", "9" * 5000, "of at most 9 digits"),
        ("income_share_q1", "0.2", "income_share_q2: expected all parts of the group"),
    ],
)
def test_values_out_of_range_are_refused(write: Callable[..., Path], extra: str, cell: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_countries(write(f"{HEADER},{extra}\nA,AFR,LIC,1000,30,500,{cell}\n"))


def test_shares_must_add_up(write: Callable[..., Path]) -> None:
    columns = ",".join(f"ancestry_{name}" for name in ANCESTRIES)
    with pytest.raises(InputError, match=r"adding up to 1, not 0\.6"):
        load_countries(write(f"{HEADER},{columns}\nA,AFR,LIC,1000,30,500,.1,.1,.1,.1,.1,.1\n"))


def test_wrong_yaml_is_refused(write: Callable[..., Path]) -> None:
    text = "- {id: A, regionn: AFR, income: LMC, population: [1], births: 3, gdp_pc_usd: 2}\n- 5\n"
    path = write(text, "units.yaml")
    with pytest.raises(InputError) as caught:
        load_countries(path)
    assert "population: expected a single value" in str(caught.value)
    found = {(p.line, p.column, p.field, p.nearest) for p in caught.value.problems}
    assert found == {(1, 1, "region", ""), (1, 11, "field", "region"), (1, 50, "population", ""), (2, 3, "", "")}
    with pytest.raises(InputError, match="the text is not YAML"):
        load_countries(write("a: [1\n", "broken.yaml"))


def test_all_problems_come_at_once(write: Callable[..., Path]) -> None:
    text = GOOD.replace("35000", "many").replace("AFR,LMC,232678000", "AFRO,LMC,-1").replace("id,", "id,nme,", 1)
    with pytest.raises(InputError) as caught:
        load_countries(write(text))
    assert len(caught.value.problems) >= 3
    assert len(str(caught.value).splitlines()) == len(caught.value.problems)
    assert isinstance(caught.value, ValueError)


def test_files_that_are_no_tables(write: Callable[..., Path], tmp_path: Path) -> None:
    write(GOOD)
    for path, message in (
        (tmp_path, "this is a directory"),
        (tmp_path / "unit.csv", "did you mean 'units.csv'"),
        (write(GOOD, "units.xlsx"), "ending in one of .csv, .yaml, .yml"),
        (write(GOOD.replace("KE-01", "Côte").encode("latin-1"), "latin.csv"), "latin.csv:2:2: 'byte 0xf4'"),
    ):
        with pytest.raises(InputError, match=message):
            load_countries(path)
    assert len(load_countries(write(b"\xef\xbb\xbf" + GOOD.encode(), "bom.csv"))) == 2
