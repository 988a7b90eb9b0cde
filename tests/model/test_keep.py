"""How much is kept of a run: outcomes are the same bytes, and each step adds what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult, bytes_per_world
from adoptsim.model.scenario import KEEP, Scenario
from support import all_levers, kept, stepped

QUARTERS = 10  # the last year is half a year
SCENARIO = replace(
    all_levers(QUARTERS), outcomes=("useful_access.gini.mean", "useful_access.gini@2028", "useful_access.theil.mean")
)
TABLES = ("series", "countries", "country_years", "fifths")


@pytest.fixture(scope="module")
def results() -> dict[str, BlockResult]:
    return {keep: AdoptionModel(SCENARIO, worlds=3, rng=8, keep=keep).run().results() for keep in KEEP}


def test_outcomes_are_the_same_bytes(results: dict[str, BlockResult]) -> None:
    known = {keep: {n: v.tobytes() for n, v in r.scalars.items()} for keep, r in results.items()}
    assert all(found == known["groups"] for found in known.values())


def test_each_step_adds_its_tables(results: dict[str, BlockResult]) -> None:
    found = {keep: [name for name in TABLES if getattr(r, name)] for keep, r in results.items()}
    assert found == {
        "outcomes": [],
        "groups": ["series", "countries"],
        "countries": [*TABLES[:3]],
        "trajectories": [*TABLES],
    }
    most = dict(kept(results["trajectories"]))
    for result in results.values():
        assert [n for n, v in kept(result) if v.tobytes() != most[n].tobytes()] == []


def test_shapes_and_labels(results: dict[str, BlockResult]) -> None:
    r = results["trajectories"]
    assert r.years == (2026, 2027, 2028)
    assert r.applications == AdoptionModel(SCENARIO).application_ids
    shape = (3, len(r.years), len(r.applications), 5, len(r.iso3))
    assert {n: v.shape for n, v in r.fifths.items()} == {"coverage": shape, "useful_access": shape}
    assert r.country_years.keys() == r.countries.keys()
    assert {v.shape for v in r.country_years.values()} == {(3, len(r.years), len(r.iso3))}
    assert {v.dtype for table in (r.fifths, r.country_years) for v in table.values()} == {np.dtype(np.float32)}


def test_the_last_year_by_country_is_the_horizon(results: dict[str, BlockResult]) -> None:
    r = results["countries"]
    assert [
        n for n, v in r.countries.items() if v.tobytes() != np.ascontiguousarray(r.country_years[n][:, -1]).tobytes()
    ] == []
    access = r.country_years["useful_access"]
    assert (access[:, 0] != access[:, 1]).mean() > 0.9


def test_values_are_those_of_the_model_at_each_year_s_end() -> None:
    model = AdoptionModel(SCENARIO, worlds=2, rng=8, keep="trajectories")
    seen = []
    for quarters in (4, 4, 2):
        c = stepped(model, quarters).countries
        seen.append(
            (c.stage[:, 0, 0], c.coverage_by_fifth(), c.coverage(), model.recorder.useful, c.find_binding()[:, 5, 0])
        )
    r = model.results()
    for year, (stage, fifths, coverage, useful, binding) in enumerate(seen):
        assert np.array_equal(r.country_years[f"stage.{r.applications[0]}"][:, year], stage)
        assert np.array_equal(r.country_years[f"binding.{r.applications[5]}"][:, year], binding)
        assert np.array_equal(r.fifths["coverage"][:, year], fifths.astype(np.float32))
        assert r.fifths["coverage"][:, year].mean(axis=2) == pytest.approx(coverage[:, :, 0], rel=1e-5, abs=1e-9)
        assert r.fifths["useful_access"][:, year] == pytest.approx(fifths * useful, rel=1e-6)


@pytest.mark.parametrize(
    "scenario",
    [
        SCENARIO,
        Scenario("plain", quarters=4, applications=("newborn_sickle", "pharmacogenomics"), uncertainty="central"),
    ],
    ids=["everything", "little"],
)
@pytest.mark.parametrize("keep", KEEP)
def test_bytes_are_told_before_the_run(scenario: Scenario, keep: str) -> None:
    r = AdoptionModel(scenario, worlds=2, rng=8, keep=keep).run().results()
    tables = (r.parameters, r.scalars, r.series, r.countries, r.country_years, r.fifths)
    assert sum(values.nbytes for table in tables for values in table.values()) == 2 * bytes_per_world(scenario)[keep]


@pytest.mark.fast
def test_keep_is_one_of_four() -> None:
    with pytest.raises(ValueError, match="keep is one of outcomes, groups, countries, trajectories, not 'all'"):
        AdoptionModel(SCENARIO, keep="all")
