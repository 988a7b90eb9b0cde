"""docs/extending.md: its files are written out and run; its actor keeps the rules of the house."""

from __future__ import annotations

import importlib
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import adoptsim as ad
from adoptsim.cli import main
from adoptsim.model.model import AdoptionModel
from support import state, stepped

TEXT = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
FILES = {m[1]: m[2] for m in re.finditer(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", TEXT, re.DOTALL | re.M)}
CENT = 0.01


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All files of the page in one folder, which is the current one."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def couriers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The user's module, importable as from their folder."""
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module("couriers")
    del sys.modules["couriers"]


def run(*arguments: str) -> str:
    found = CliRunner().invoke(main, arguments)
    assert found.exit_code == 0, found.output
    return found.output


def test_every_example_is_a_file() -> None:
    assert len(FILES) == len(re.findall(r"^```\w+$", TEXT, re.M)) == 13


@pytest.mark.usefixtures("folder")
def test_an_application_of_ones_own_is_delivered_and_may_be_invested_in() -> None:
    assert "Investment, enzyme: national programmes from 2027" in run("check", "with_enzyme.yaml")
    model = AdoptionModel(ad.load_scenario("with_enzyme.yaml"), worlds=2, rng=1)
    own = model.application_ids.index("enzyme")
    assert set(model.drawn["enzyme.price"].flat) == {2.5}
    for _ in range(12):
        model.step()
    african = model.countries.region[0, 0, 0] == 0.0
    assert (model.countries.stage[:, own, 0, african] == 2.0).all()
    assert (model.countries.tests_in[:, own, 0].sum(axis=-1) > 0.0).all()


@pytest.mark.usefixtures("folder")
def test_thirty_districts_run() -> None:
    runpy.run_path("thirty.py")
    run("run", "thirty.yaml", "--worlds", "2", "--jobs", "1")
    model = AdoptionModel(ad.load_scenario("thirty.yaml"))
    assert len(model.inputs) == 30
    assert model.slots.tolist() == [1000 + i for i in range(30)]


@pytest.mark.usefixtures("folder")
def test_a_lever_of_ones_own_runs_at_a_level_and_as_a_factor() -> None:
    told = " ".join(run("check", "with_nights.yaml").split())
    assert "Night shifts in laboratories: level 3 of 4 (Two thirds)" in told
    run("run", "design.yaml", "--jobs", "1")
    (result,) = Path("results").glob("nights-*")
    rows = ad.open_result(result).table("outcomes", ["night_shifts.budget", "cost.lever.mean", "counsellors@2045"])
    free, paid, tired = rows.to_numpy()
    assert free[1] == 0.0 < paid[1] == tired[1]
    assert tired[2] < paid[2]


@pytest.mark.usefixtures("folder")
def test_a_lever_of_ones_own_is_ranked_beside_the_others() -> None:
    told = " ".join(run("run", "rank_nights.yaml", "--worlds", "2", "--jobs", "1").split())
    assert "All levers but night shifts in laboratories together change the gap" in told
    (tables,) = Path("results").glob("rank_nights-*/tables")
    rows = pd.read_csv(tables / "ranking.csv").query("package == 'all_levers' and measure == 'alone'")
    rows = rows[rows["outcome"] == "useful_access.gap.mean"].set_index("lever")
    assert set(rows.index) == {"night_shifts", "workforce_training", "retention"}
    assert rows.loc["night_shifts", ["mean", "spent"]].abs().gt(0.0).all()
    full = ad.load_experiment("rank_nights.yaml", size="full")
    assert full.design is not None
    assert len(full.design.factors) == 13


# the actor


def test_without_money_couriers_change_nothing_and_move_no_draw(couriers: ModuleType) -> None:
    scenario = ad.Scenario("plain", quarters=12)
    own, ours = (kind(scenario, worlds=3, rng=5) for kind in (couriers.WithCouriers, AdoptionModel))
    assert {n: own.drawn[n].tolist() for n in ours.drawn} == {n: v.tolist() for n, v in ours.drawn.items()}
    found = own.run().results()
    assert set(found.scalars) - set(ours.run().results().scalars) == {"courier.routes"}
    assert not found.scalars["courier.routes"].any()
    for name, value in ours.results().scalars.items():
        np.testing.assert_allclose(found.scalars[name], value, rtol=1e-9, err_msg=name)


def test_couriers_are_paid_from_the_purse_and_by_the_lever(couriers: ModuleType) -> None:
    model = couriers.WithCouriers(ad.load_scenario("with_routes.yaml", model=couriers.WithCouriers), worlds=2, rng=5)
    c, paid = model.countries, 0.0
    african = np.array(model.inputs.region) == "AFR"
    for _ in range(16):
        opening = c.opening.copy()
        stepped(model, 1)
        came = opening + c.granted + c.domestic - c.displaced + c.moved
        assert np.abs(came - (c.spent + c.opening + c.duplicated + c.lapsed)).max() < CENT
        assert c.opening.min() >= -CENT
        services = c.spent[:, :, :1] - c.spend_on_services()
        assert np.abs(services - model.couriers.paid).max() < CENT
        paid += float(model.couriers.paid.sum())
    routes = model.couriers.routes
    assert paid > 0.0
    assert 0.0 < routes[..., african].max() <= 1.0
    assert not routes[..., ~african].any()
    support = model.couriers.route_support * c.start_population / 1e6
    assert model.lever_cost.sum() * 4 == pytest.approx(support.sum(), rel=1e-6)
    assert model.agents_by_type[couriers.Courier][0].name == "Afghanistan"
    assert model.agents_by_type[couriers.Courier][0].ease() == model.couriers.ease()[0, 0, 0, 0]


def test_a_block_of_worlds_has_the_bytes_of_each_alone(couriers: ModuleType) -> None:
    scenario = ad.load_scenario("with_routes.yaml", model=couriers.WithCouriers)
    block, alone = (stepped(couriers.WithCouriers(scenario, worlds=w, rng=5), 9) for w in ([4, 7], [7]))
    for name, value in state(alone).items():
        axis = 1 if name in ("students", "machines", "vintages") else 0
        whole = state(block)[name]
        part = np.take(whole, [1], axis=axis) if whole.shape[axis] == 2 else whole
        assert part.tobytes() == value.tobytes(), name


def test_it_runs_in_processes_and_may_be_a_factor(couriers: ModuleType) -> None:
    from dataclasses import replace

    scenario = replace(ad.load_scenario("with_routes.yaml", model=couriers.WithCouriers), quarters=8)
    many = ad.simulate(scenario, worlds=34, rng=5, jobs=2, model=couriers.WithCouriers)
    one = couriers.WithCouriers(scenario, worlds=[33], rng=5).run().results()
    assert many.outcomes["status"].eq("done").all()
    assert many.outcomes["courier.routes"].iloc[33] == one.scalars["courier.routes"][0]
    assert many.outcomes["courier.cost"].iloc[33] == one.parameters["courier.cost"][0]
    factors = {"courier.failure": [0.0, 1.0], "sample_transport": [1.0, 1.0]}
    rows = couriers.WithCouriers(scenario, worlds=[3, 3], rng=5, factors=factors).run().results()
    assert rows.scalars["courier.routes"][0] > rows.scalars["courier.routes"][1] == 0.0


def test_the_script_that_asks_runs(couriers: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("ask.py")
    path.write_text(path.read_text(encoding="utf-8").replace("worlds=100", "worlds=2, jobs=1"), encoding="utf-8")
    runpy.run_path(str(path))
    assert "routes" in capsys.readouterr().out


def test_what_only_that_model_has_is_refused_by_ours(couriers: ModuleType) -> None:
    with pytest.raises(ad.InputError, match=r"acts\.route_support: 'route_support' is not accepted"):
        ad.load_scenario("with_routes.yaml")
    scenario = ad.load_scenario("with_routes.yaml", model=couriers.WithCouriers)
    with pytest.raises(ad.InputError, match="route_support"):
        ad.simulate(scenario, worlds=1, jobs=1)


def test_names_that_are_taken_are_refused(couriers: ModuleType) -> None:
    from adoptsim.inputs.parameters import Parameter

    with pytest.raises(ValueError, match=r"another name is wanted for fund\.lapse"):
        ad.Extension(parameters=(Parameter("fund.lapse", "share", 0, 0.5, 1),))
    with pytest.raises(ValueError, match="another name is wanted for sight"):
        ad.Extension(kinds=(type("Twin", (couriers.Courier,), {"sight": couriers.Courier.route_support}),))
    with pytest.raises(ValueError, match="with a dot"):
        ad.Extension(parameters=(Parameter("lapse", "share", 0, 0.5, 1),))
    with pytest.raises(ValueError, match="a country for each of 2 rows"):
        AdoptionModel().add_population(couriers.Courier, ("a", "b"))
