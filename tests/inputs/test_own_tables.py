"""A user's own distributors, manufacturers, funders, programmes or hubs: read, or refused with every reason at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs import pairs
from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.cells import Checker, csv_rows
from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.errors import InputError
from adoptsim.inputs.names import CADRES
from adoptsim.inputs.own_tables import read_own_tables
from adoptsim.inputs.roster import KINDS, Funders, Hubs, Schools, Traders

pytestmark = pytest.mark.fast

GOOD = {
    "distributors": "name,home,size\nNile Trading,EGY,2\nRift Supplies,KEN,\n",
    "manufacturers": "name,platform,source,share\nReader,sequencer,single,3\nMeter,analyser,multi,0.5\n",
    "funders": (
        "name,regions,budget_share,services,equipment,training,research,supports\n"
        "North,AFR SEAR,3,0.25,0.25,0.25,0.25,newborn_sickle rare_disease\nSouth,AMR,1,0,1,0,0,\n"
    ),
    "programmes": "name,host,cadre,weight\nNairobi,KEN,genetics,3\nDelhi,IND,genetics,1\nLyon,FRA,laboratory,7\n",
    "hubs": "name,host\nNairobi hub,KEN\nParis hub,FRA\n",
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str | bytes, name: str = "own.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return _write


def read(kind: str, path: Path, applications: tuple[str, ...] = ()) -> object:
    return getattr(read_own_tables({kind: path}, load_countries(), load_applications(applications)), kind)


def test_distributors_are_read(write: Write) -> None:
    traders, world = read("distributors", write(GOOD["distributors"])), load_countries()
    assert isinstance(traders, Traders)
    assert traders.name == ("Nile Trading", "Rift Supplies")
    assert [world.iso3[i] for i in traders.home] == ["EGY", "KEN"]
    assert traders.size.tolist() == [pytest.approx(4 / 3), pytest.approx(2 / 3)]
    alike = read("distributors", write("home,name\nEGY,A\nKEN,B\n"))
    assert isinstance(alike, Traders)
    assert alike.size.tolist() == [1.0, 1.0]


def test_funders_are_read(write: Write) -> None:
    funders = read("funders", write(GOOD["funders"]))
    assert isinstance(funders, Funders)
    assert funders.regions == (("AFR", "SEAR"), ("AMR",))
    assert funders.budget_share.tolist() == [0.75, 0.25]
    assert funders.purpose_share.tolist() == [[0.25, 0.0], [0.25, 1.0], [0.25, 0.0], [0.25, 0.0]]
    assert funders.supports == (("newborn_sickle", "rare_disease"), ())


def test_rounded_shares_are_made_whole(write: Write) -> None:
    text = GOOD["funders"].replace("0.25,0.25,0.25,0.25", "0.333,0.333,0.333,0")
    funders = read("funders", write(text))
    assert isinstance(funders, Funders)
    assert funders.purpose_share.sum(axis=0) == pytest.approx(1.0, abs=1e-12)
    exact = read("funders", write(text.replace("0.333,0.333,0.333,0", "0.1,0.6,0.2,0.1")))
    assert isinstance(exact, Funders)
    assert exact.purpose_share[:, 0].tolist() == [0.1, 0.6, 0.2, 0.1]


def test_programmes_and_hubs_are_read(write: Write) -> None:
    schools, world = read("programmes", write(GOOD["programmes"])), load_countries()
    assert isinstance(schools, Schools)
    assert [CADRES[c] for c in schools.cadre] == ["genetics", "genetics", "laboratory"]
    assert schools.weight.tolist() == [0.75, 0.25, 1.0]
    hubs = read("hubs", write(GOOD["hubs"]))
    assert isinstance(hubs, Hubs)
    assert [world.iso3[i] for i in hubs.host] == ["KEN", "FRA"]


def test_a_funder_may_support_what_this_question_leaves_out(write: Write) -> None:
    assert read("funders", write(GOOD["funders"]), ("thalassaemia",)) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_reads_what_spreadsheets_write(write: Write, kind: str) -> None:
    text = GOOD[kind].replace("\n", ",\n\n").replace(",\n", ",basis\n", 1)
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert len(read(kind, write(windows, "own.CSV")).name) == GOOD[kind].count("\n") - 1  # type: ignore[attr-defined]
    assert len(read(kind, write(text.replace("\n", "\r"), "mac.csv")).name) > 1  # type: ignore[attr-defined]


WRONG = [
    ("hubs", ("", ""), "1:1", "expected at least one row of hubs: the file is empty"),
    (
        "distributors",
        ("size", "sise"),
        "1:11",
        "'sise' is not accepted, expected one of the columns name, home, size, basis",
    ),
    ("distributors", ("size", "sise"), "1:11", "did you mean 'size'?"),
    ("hubs", ("host", "home"), "1:1", "host: expected this column: it is required"),
    ("distributors", ("EGY,2", "EGY,many"), "2:18", "size: 'many' is not accepted, expected a number"),
    ("distributors", ("EGY,2", "EGY,0"), "2:18", "size: '0' is not accepted, expected a number above 0"),
    ("distributors", ("EGY", "EGX"), "2:14", "home: 'EGX' is not accepted, expected the ISO3 code"),
    ("distributors", ("EGY", "Switzerland"), "2:14", "did you mean 'CHE'?"),
    ("hubs", ("FRA", ""), "3:11", "host: expected the ISO3 code (or id) of one of the 194 countries"),
    ("hubs", ("Paris hub", "Nairobi hub"), "3:1", "expected each name once: it is already on line 2"),
    ("hubs", ("Paris hub", ""), "3:1", "name: expected a name"),
    ("hubs", ("FRA", "FRA,1"), "3:15", "expected 2 cells in this row"),
    ("hubs", ("Paris", '"Paris'), "3:1", "expected valid CSV: unexpected end of data"),
    ("manufacturers", ("sequencer", "sequenser"), "2:8", "did you mean 'sequencer'?"),
    ("manufacturers", ("multi", "many"), "3:16", "source: 'many' is not accepted, expected one of multi, single"),
    ("manufacturers", (",3", ","), "2:25", "share: expected a number"),
    ("manufacturers", (",3", ",inf"), "2:25", "share: 'inf' is not accepted, expected a number"),
    ("manufacturers", ("single", "multi"), "1:1", "expected a manufacturer of platform sequencer and source single"),
    ("programmes", ("laboratory", "labratory"), "4:10", "did you mean 'laboratory'?"),
    ("programmes", ("laboratory", "general"), "4:10", "expected one of laboratory, bioinformatics, genetics"),
    ("programmes", (",7", ",-7"), "4:21", "weight: '-7' is not accepted, expected a number above 0"),
    ("funders", ("AFR SEAR", "AFR SAER"), "2:7", "regions: 'SAER' is not accepted, expected one of AFR, AMR"),
    ("funders", ("AFR SEAR", ""), "2:7", "regions: expected one or more of AFR"),
    ("funders", ("0.25,0.25", "0.25,0.35"), "2:18", "equipment, training, research adding up to 1, not 1.1"),
    ("funders", ("0.25,0.25", "1.25,-.75"), "2:23", "equipment: '-.75' is not accepted, expected a share from 0 to 1"),
    ("funders", ("newborn_sickle", "newborn_sikle"), "2:38", "did you mean 'newborn_sickle'?"),
]


@pytest.mark.parametrize(("kind", "change", "position", "message"), WRONG)
def test_wrong_tables_are_refused(
    write: Write, kind: str, change: tuple[str, str], position: str, message: str
) -> None:
    path = write(GOOD[kind].replace(*change, 1) if change[0] else "")
    with pytest.raises(InputError) as caught:
        read(kind, path)
    told = str(caught.value).splitlines()
    assert any(line.startswith(f"{path}:{position}: ") and message in line for line in told), told


def test_a_maker_of_the_source_serves_applications_without_platform(write: Write) -> None:
    path = write("name,platform,source,share\nMeter,analyser,multi,1\n")
    one = load_applications(("newborn_sickle",))[0]
    free = replace(one, id="free", platform="", source="multi")
    assert read_own_tables({"manufacturers": path}, load_countries(), (free,)).manufacturers is not None
    bound = replace(one, id="bound", platform="sequencer", source="multi")
    with pytest.raises(InputError, match="of platform sequencer and source multi, which bound needs"):
        read_own_tables({"manufacturers": path}, load_countries(), (free, bound))
    with pytest.raises(InputError, match="a manufacturer of source single, which other needs"):
        read_own_tables({"manufacturers": path}, load_countries(), (replace(free, id="other", source="single"),))


def test_all_problems_of_all_tables_come_at_once(write: Write) -> None:
    hubs = write(GOOD["hubs"].replace("KEN", "KENY").replace("FRA", "FRX"), "hubs.csv")
    funders = write(GOOD["funders"].replace("AMR", "AMX").replace(",3,", ",x,"), "funders.csv")
    paths = {"hubs": hubs, "funders": funders, "hub": hubs}
    with pytest.raises(InputError) as caught:
        read_own_tables(paths, load_countries(), load_applications())
    found = [(Path(p.file).name, p.line, p.column, p.value, p.nearest) for p in caught.value.problems]
    assert found == [
        ("", 1, 1, "hub", "hubs"),
        ("funders.csv", 2, 16, "x", ""),
        ("funders.csv", 3, 7, "AMX", "AMR"),
        ("hubs.csv", 2, 13, "KENY", "KEN"),
        ("hubs.csv", 3, 11, "FRX", "FRA"),
    ]


def test_files_that_are_no_tables(write: Write, tmp_path: Path) -> None:
    write(GOOD["hubs"], "hubs.csv")
    for path, message in (
        (tmp_path, "this is a directory"),
        (tmp_path / "hub.csv", "did you mean 'hubs.csv'"),
        (write(GOOD["hubs"], "hubs.xlsx"), "expected a file name ending in .csv"),
        (write(GOOD["hubs"].encode("utf-16"), "wide.csv"), "wide.csv:1:1: 'byte 0xff'"),
    ):
        with pytest.raises(InputError, match=message):
            read("hubs", path)


def test_codes_are_those_of_the_countries_in_use(write: Write) -> None:
    units = write("id,region,income,population,births,gdp_pc_usd\nKE-01,AFR,LMC,1208333,35000,2100\n", "units.csv")
    countries, applications = load_countries(units), load_applications()
    own = read_own_tables({"hubs": write("name,host\nCoast,KE-01\n")}, countries, applications)
    assert own.hubs is not None
    assert own.hubs.host.tolist() == [0]
    with pytest.raises(InputError, match=r"one of the 1 countries: KE-01; did you mean 'KE-01'"):
        read_own_tables({"hubs": write("name,host\nCoast,KE01\n")}, countries, applications)


def test_cells_stand_where_they_are_after_quotes_and_other_line_ends() -> None:
    check = Checker(Path("x.csv"))
    rows = csv_rows('a,b\r\n"x, y",1\u2028\rz,2\n', ("a", "b"), lambda _: (), check)
    assert [(c.text, c.line, c.column) for row in rows for c in row.values()] == [
        ("x, y", 2, 1), ("1", 2, 8), ("z", 3, 1), ("2", 3, 3),
    ]  # fmt: skip


# which pairs may matter


def test_markets_are_served_from_home_first_then_by_the_largest_of_the_region() -> None:
    world = load_countries()
    home = np.array([world.index(i) for i in ("NGA", "KEN", "ZAF", "IND")])
    traders = Traders(tuple("abcd"), home, np.array([100.0, 1.0, 50.0, 900.0]))
    found = pairs.contracts(world, traders, candidates=2)

    def of(iso3: str) -> list[tuple[int, float]]:
        rows = np.flatnonzero(found.target == world.index(iso3))
        return [(int(found.source[r]), float(found.columns["exclusive"][r])) for r in rows]

    assert of("KEN") == [(1, 1.0), (0, 0.0)]
    assert of("UGA") == [(0, 1.0), (2, 0.0)]
    assert of("IND") == [(3, 1.0)]
    assert of("FRA") == []


def test_every_country_has_a_place_in_each_cadre_taught() -> None:
    world = load_countries()
    host = np.array([world.index(i) for i in ("KEN", "IND", "KEN", "FRA")])
    cadre = np.array([CADRES.index(c) for c in ("genetics", "genetics", "genetics", "laboratory")])
    schools = Schools(tuple("abcd"), host, cadre, np.ones(4))
    found = pairs.places(world, pairs.Distances(world), schools, abroad=0.2)
    at = {i: set(found.source[found.target == world.index(i)].tolist()) for i in ("UGA", "KEN", "FRA", "GBR")}
    assert at == {"UGA": {0, 3}, "KEN": {0, 2, 3}, "FRA": {0, 3}, "GBR": {0, 3}}
    whole = np.bincount(found.source, found.columns["share"])
    assert whole == pytest.approx([1.0, 1.0, 1.0, 1.0])
    hosts = found.columns["home"] == 1.0
    assert found.target[hosts].tolist() == host.tolist()
    assert found.columns["share"][hosts].tolist() == [0.8, 0.8, 1.0, 0.8]


def test_guests_go_to_the_two_nearest_hosts_of_their_region() -> None:
    world = load_countries()
    host = np.array([world.index(i) for i in ("NGA", "ZAF", "KEN")])
    schools = Schools(tuple("abc"), host, np.full(3, CADRES.index("genetics")), np.ones(3))
    found = pairs.places(world, pairs.Distances(world), schools, abroad=0.2)
    at = {i: set(found.source[found.target == world.index(i)].tolist()) for i in ("UGA", "GHA", "EGY")}
    assert at == {"UGA": {0, 2}, "GHA": {0, 2}, "EGY": {0}}


def test_samples_go_to_hubs_of_the_region_and_the_nearest_elsewhere() -> None:
    world = load_countries()
    hubs = Hubs(tuple("abc"), np.array([world.index(i) for i in ("ZAF", "KEN", "EGY")]))
    found = pairs.referrals(world, pairs.Distances(world), hubs)
    at = {i: found.source[found.target == world.index(i)].tolist() for i in ("UGA", "NAM", "SDN", "FRA", "KEN")}
    assert at == {"UGA": [1, 0, 2], "NAM": [0, 1, 2], "SDN": [2, 1], "FRA": [2], "KEN": [0, 2]}
    uga = found.columns["distance"][found.target == world.index("UGA")]
    assert 0.3 < uga[0] < 0.8


def test_grants_follow_the_regions_of_a_funder() -> None:
    world = load_countries()
    none = np.zeros((4, 2))
    funders = Funders(("a", "b"), (("SEAR",), ("SEAR", "WPR")), np.ones(2), none, ((), ()))
    found = pairs.grants(world, funders)
    region = np.array(world.region)
    assert set(region[found.target[found.source == 0]]) == {"SEAR"}
    assert np.bincount(found.source).tolist() == [(region == "SEAR").sum(), np.isin(region, ("SEAR", "WPR")).sum()]
