"""What must not matter does not: the order of countries in a table, and of levers and shocks in a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs.countries import load_countries
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from adoptsim.model.scenario import LeverUse, Scenario
from support import ALL_LEVERS, ALL_SHOCKS, digest

COLUMNS = ("population", "births", "gdp_pc_usd", "latitude", "longitude")
EVERY = 5  # each fifth of the 194 countries


@pytest.fixture(scope="module")
def rows() -> list[str]:
    c = load_countries()
    return [
        ",".join([c.iso3[i], c.region[i], c.income[i], *(repr(float(c.values[k][i])) for k in COLUMNS), str(300 + i)])
        for i in range(0, len(c), EVERY)
    ]


def run(path: Path, rows: Iterable[str]) -> BlockResult:
    path.write_text("\n".join([f"id,region,income,{','.join(COLUMNS)},draw_key", *rows]) + "\n")
    scenario = Scenario("some", countries=str(path), levers=ALL_LEVERS, quarters=40)
    with np.errstate(over="ignore", under="ignore"):
        return AdoptionModel(scenario, worlds=2, rng=4).run().results()


def test_the_order_of_countries_does_not_matter(tmp_path: Path, rows: list[str]) -> None:
    order = np.random.default_rng(0).permutation(len(rows))
    one, other = run(tmp_path / "a.csv", rows), run(tmp_path / "b.csv", [rows[i] for i in order])
    assert [one.iso3[i] for i in order] == list(other.iso3)
    for name, value in one.scalars.items():
        np.testing.assert_allclose(other.scalars[name], value, rtol=1e-9, atol=1e-12, err_msg=name)
    for name, of_countries in one.countries.items():
        np.testing.assert_allclose(other.countries[name], of_countries[:, order], rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_order_of_levers_and_shocks_does_not_matter_to_a_bit() -> None:
    """All twelve, some twice; several push the same quantity."""
    again = (
        LeverUse("workforce_training", budget=2e7, start=2026.0, regions=("AFR",)),
        LeverUse("supplier_engagement", intensity=0.2, start=2027.0, incomes=("LIC",)),
        LeverUse("workforce_training", intensity=0.1, start=2025.5, regions=("AFR", "SEAR")),
    )
    uses, shuffled = [*ALL_LEVERS, *again], np.random.default_rng(1)
    found = set()
    for _ in range(3):
        levers = tuple(uses[i] for i in shuffled.permutation(len(uses)))
        shocks = tuple(ALL_SHOCKS[i] for i in shuffled.permutation(len(ALL_SHOCKS)))
        scenario = Scenario("any order", levers=levers, shocks=shocks, quarters=10)
        found.add(digest(AdoptionModel(scenario, worlds=2, rng=4).run()))
    assert len(found) == 1
