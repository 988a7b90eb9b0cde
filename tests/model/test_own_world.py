"""Runs with a user's own tables: small worlds, districts, and whoever a user puts on stage."""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.errors import InputError
from adoptsim.inputs.names import CADRES, PURPOSES
from adoptsim.inputs.own_tables import read_own_tables
from adoptsim.model.actors import Distributor, Funder, Manufacturer, RegionalHub, TrainingProgramme
from adoptsim.model.columns import Relation
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.model.world import Cast, cast_for
from districts import districts
from support import finite

pytestmark = pytest.mark.fast

UNITS = "id,region,income,population,births,gdp_pc_usd\n"
KENYA = "KEN,AFR,LMC,55000000,1500000,2100\n"
THREE = f"{UNITS}{KENYA}GBR,EUR,HIC,68000000,600000,49000\nIND,SEAR,LMC,1430000000,23000000,2500\n"
USES = tuple(LeverUse(name, intensity=0.75, start=2025.0, ramp=1.0) for name in LEVERS)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def table(path: Path, header: str, rows: Iterable[Iterable[object]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(), *rows])
    return str(path)


def digest(scenario: Scenario) -> str:
    result = AdoptionModel(scenario, worlds=2, rng=1).run().results()
    whole = hashlib.sha256()
    for values in (result.scalars, result.series, result.countries):
        for name, value in values.items():
            whole.update(name.encode() + value.tobytes())
    return whole.hexdigest()


def written(cast: Cast, iso3: tuple[str, ...], folder: Path) -> dict[str, str]:
    """Everybody of a cast as a user's tables."""
    t, k, f, s, h = cast.traders, cast.makers, cast.funders, cast.schools, cast.hubs
    lists = ([" ".join(names) for names in column] for column in (f.regions, f.supports))
    regions, supports = lists
    funders = zip(f.name, regions, f.budget_share, *f.purpose_share, supports, strict=True)
    schools = zip(s.name, [iso3[i] for i in s.host], [CADRES[c] for c in s.cadre], s.weight, strict=True)
    return {
        "distributors": table(
            folder / "d.csv", "name home size", zip(t.name, [iso3[i] for i in t.home], t.size, strict=True)
        ),
        "manufacturers": table(
            folder / "m.csv", "name platform source share", zip(k.name, k.platform, k.source, k.share, strict=True)
        ),
        "funders": table(folder / "f.csv", f"name regions budget_share {' '.join(PURPOSES)} supports", funders),
        "programmes": table(folder / "p.csv", "name host cadre weight", schools),
        "hubs": table(folder / "h.csv", "name host", zip(h.name, [iso3[i] for i in h.host], strict=True)),
    }


def test_the_packaged_actors_as_a_users_tables_give_the_same_bytes(tmp_path: Path) -> None:
    countries = load_countries()
    tables = written(cast_for(countries), countries.iso3, tmp_path)
    usual, own = Scenario("usual", quarters=8), Scenario("own", quarters=8, generated=tables)
    assert digest(own) == digest(usual)


def test_a_users_tables_are_on_stage(tmp_path: Path) -> None:
    tables = {
        "distributors": write(tmp_path / "d.csv", "name,home,size\nRift,KEN,3\nThames,GBR,1\n"),
        "manufacturers": write(
            tmp_path / "m.csv", "name,platform,source,share\nR,sequencer,single,1\nM,analyser,multi,1\n"
        ),
        "funders": write(
            tmp_path / "f.csv",
            "name,regions,budget_share,services,equipment,training,research\nAll,AFR SEAR,1,1,0,0,0\n",
        ),
        "programmes": write(tmp_path / "p.csv", "name,host,cadre,weight\nDelhi,IND,genetics,1\n"),
        "hubs": write(tmp_path / "h.csv", "name,host\nMombasa,KEN\n"),
    }
    countries = write(tmp_path / "units.csv", THREE)
    model = AdoptionModel(Scenario("own", countries=countries, generated=tables, quarters=9, levers=USES), worlds=2)
    names = {kind: [a.name for a in model.agents_by_type[kind]] for kind in (Distributor, Manufacturer, Funder)}
    assert names == {Distributor: ["Rift", "Thames"], Manufacturer: ["R", "M"], Funder: ["All"]}
    assert model.agents_by_type[TrainingProgramme][0].name == "Delhi"
    assert model.agents_by_type[RegionalHub][0].name == "Mombasa"
    assert [a.size for a in model.agents_by_type[Distributor]] == [1.5, 0.5]
    seats = model.programmes.seats[:, 0, 0, 0]
    assert (seats > 0).all()
    model.run().results()
    money = model.grants.committed
    assert money.sum() > 0
    assert model.countries.granted[0, 0, 1:].sum() == 0.0  # services alone


def test_one_table_of_ones_own_leaves_the_others_alone(tmp_path: Path) -> None:
    countries, hub = load_countries(), write(tmp_path / "h.csv", "name,host\nOne,KEN\n")
    usual, own = cast_for(countries), cast_for(countries, read_own_tables({"hubs": hub}, countries, ()))
    assert own.hubs.name == ("One",)
    assert own.traders.name == usual.traders.name
    assert own.places.source.tolist() == usual.places.source.tolist()
    assert len(own.referrals) == len(countries) - 1  # a host does not send to itself
    assert cast_for(countries) is usual
    changed = Scenario("own", quarters=2, generated={"hubs": hub})
    assert digest(changed) != digest(Scenario("usual", quarters=2))


def test_a_market_without_distributors_imports_at_one_importers_margin(tmp_path: Path) -> None:
    own = write(tmp_path / "d.csv", "name,home\nOne,KEN\n")
    usual, model = AdoptionModel(), AdoptionModel(Scenario("own", quarters=8, generated={"distributors": own}))
    fra, ken = model.inputs.index("FRA"), model.inputs.index("KEN")
    assert model.countries.sellers[0, 0, 0, [fra, ken]].tolist() == [0.0, 1.0]
    start = model.countries.margin[0, 0, :, fra]
    assert start == pytest.approx(usual.countries.margin[0, 0, :, fra])
    model.run().results()
    assert model.countries.sellers[0, 0, 0, fra] == 0.0
    assert model.countries.margin[0, 0, :, fra] == pytest.approx(start)


def test_makers_serve_their_own_platform(tmp_path: Path) -> None:
    rows = "R,sequencer,single,3\nS,sequencer,single,1\nM,analyser,multi,1\nN,sequencer,multi,9\n"
    own = write(tmp_path / "m.csv", f"name,platform,source,share\n{rows}")
    model = AdoptionModel(Scenario("own", generated={"manufacturers": own}))
    for application, share in zip(model.applications, model.makers.market_share[0, :, 0], strict=True):
        assert share.tolist() == ([0.75, 0.25, 0.0, 0.0] if application.source == "single" else [0.0, 0.0, 1.0, 0.0])


def test_funders_may_reach_nobody(tmp_path: Path) -> None:
    header = "name,regions,budget_share,services,equipment,training,research\n"
    own = write(tmp_path / "f.csv", f"{header}A,AMR,1,1,0,0,0\n")
    scenario = Scenario("own", countries=write(tmp_path / "u.csv", THREE), generated={"funders": own}, quarters=5)
    result = AdoptionModel(scenario, worlds=2).run().results()
    assert result.scalars["money.granted@2027"].tolist() == [0.0, 0.0]


def test_a_wrong_table_stops_the_model_before_it_starts(tmp_path: Path) -> None:
    own = write(tmp_path / "h.csv", "name,host\nOne,KENY\n")
    with pytest.raises(InputError, match=r"h\.csv:2:5: host: 'KENY' .* did you mean 'KEN'"):
        AdoptionModel(Scenario("own", generated={"hubs": own}))


def test_three_countries_and_one_application(tmp_path: Path) -> None:
    units = write(tmp_path / "units.csv", THREE)
    scenario = Scenario("three", countries=units, applications=("newborn_sickle",), quarters=6, levers=USES)
    result = AdoptionModel(scenario, worlds=2).run().results()
    assert result.iso3 == ("KEN", "GBR", "IND")
    assert {group for kind, group in result.groups if kind == "region"} == {"AFR", "EUR", "SEAR"}
    assert (result.scalars["people_reached@2027"] > 0).all()


@pytest.mark.parametrize("application", ["newborn_sickle", "rare_disease"])
@pytest.mark.parametrize("unit", [KENYA, "FJI,WPR,LIC,1000,20,600\n", "GBR,EUR,HIC,68000000,600000,49000\n"])
def test_one_country_one_application_one_quarter(tmp_path: Path, unit: str, application: str) -> None:
    units = write(tmp_path / "units.csv", UNITS + unit)
    scenario = Scenario("one", countries=units, applications=(application,), quarters=1)
    result = AdoptionModel(scenario, worlds=2).run().results()
    assert finite(result)


def test_nobody_in_need_is_not_a_fault(tmp_path: Path) -> None:
    units = write(tmp_path / "units.csv", UNITS + "FJI,WPR,LIC,1000,20,600\n")
    model = AdoptionModel(Scenario("one", countries=units, applications=("newborn_sickle",), quarters=5))
    assert model.countries.prevalence.max() == 0.0
    assert model.countries.relative_need.max() == 0.0
    result = model.run().results()
    assert finite(result)
    assert np.isnan(result.scalars["useful_access.hic_lic.mean"]).all()  # there is no high-income country
    assert result.scalars["useful_results.mean"][0] == 0.0


def test_two_thousand_districts(tmp_path: Path) -> None:
    regions, incomes = ("AFR", "AMR", "SEAR", "EUR"), ("LIC", "LMC", "UMC", "HIC")
    rows = (
        f"d{i},{regions[i % 4]},{incomes[i % 4]},{10000 * (1 + i % 17)},{300 * (1 + i % 17)},{500 + 7 * i},"
        f"{i % 120 - 60},{i % 340 - 170}\n"
        for i in range(2000)
    )
    units = write(tmp_path / "units.csv", UNITS.replace("\n", ",latitude,longitude\n") + "".join(rows))
    countries = load_countries(units)
    before = time.process_time()
    cast = cast_for(countries)
    assert time.process_time() - before < 5.0  # a fraction of a second on an idle machine
    assert np.unique(cast.places.target).size == np.unique(cast.contracts.target).size == 2000
    assert cast.neighbours.shape == (2000, 8)
    assert cast.neighbours.min() >= 0
    AdoptionModel(Scenario("districts", countries=units, quarters=2), worlds=1).run().results()


def test_pairs_and_columns_grow_with_the_number_of_units(tmp_path: Path) -> None:
    """What a unit has to do with others does not depend on how many there are: no table of all pairs anywhere."""
    each = {}
    for units in (300, 600, 1200):
        path = write(tmp_path / f"{units}.csv", districts(units))
        model = AdoptionModel(Scenario("districts", countries=path, quarters=1), worlds=1).run()
        rows = {kind.__name__: len(r) for kind, r in model.populations.items() if issubclass(kind, Relation)}
        own = (v for rows_of in model.populations.values() for v in rows_of.columns.values())
        pipes = (p.ring.size for p in (model.students, model.machines, model.vintages))
        cells = sum(v.size for v in own) + sum(pipes) + model.cast.neighbours.size
        each[units] = {name: n / units for name, n in {**rows, "cells": cells}.items()}
    assert len(each[300]) == 6
    for name, few in each[300].items():
        assert each[1200][name] == pytest.approx(few, rel=0.15), name
        assert each[600][name] == pytest.approx(few, rel=0.15), name
