"""Worlds that differ by factors alone: what is alike in all of them is worked out once, and the bytes are the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from adoptsim.model.columns import Parameters, Rows, State, population
from adoptsim.model.levers import LEVERS, parameters_of
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import WHERE_LISTED
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import is_varied
from support import ALL_SHOCKS, all_levers, kept

YEAR_AND_A_QUARTER = Scenario("baseline", quarters=5)
VARIED = [name for name, p in parameters_of(YEAR_AND_A_QUARTER).items() if is_varied(p, YEAR_AND_A_QUARTER)]
AS_FACTORS = [name for name in VARIED if not name.startswith("gen.")]
SHOCKED = replace(all_levers(20), shocks=ALL_SHOCKS, outcomes=tuple(f"{name}.mean" for name in WHERE_LISTED))


def ends(name: str) -> np.ndarray:
    """A low and a high value of a parameter."""
    return parameters_of(YEAR_AND_A_QUARTER)[name].quantile(np.array([0.1, 0.9]))


def tables(model: AdoptionModel) -> dict[str, bytes]:
    """Bytes of the first two worlds in every table."""
    return {name: np.ascontiguousarray(values[:2]).tobytes() for name, values in kept(model.run().results())}


@pytest.mark.parametrize("names", [(), ("diff.gdp",), ("work.exit_rate_abroad", "dist.markup"), tuple(LEVERS)], ids=str)
@pytest.mark.parametrize("scenario", [Scenario("baseline", quarters=9), SHOCKED], ids=["baseline", "all that moves"])
def test_worlds_that_share_their_luck_have_the_bytes_of_others(names: tuple[str, ...], scenario: Scenario) -> None:
    two: Mapping[str, np.ndarray] = {name: np.array([0.2, 0.9]) if name in LEVERS else ends(name) for name in names}
    three = {name: np.append(values, values[0]) for name, values in two.items()}
    alike = AdoptionModel(scenario, [4, 4], rng=5, factors=two, keep="trajectories")
    mixed = AdoptionModel(scenario, [4, 4, 7], rng=5, factors=three, keep="trajectories")
    assert (alike.alike, mixed.alike) == (True, False)
    assert tables(alike) == tables(mixed)


def test_a_parameter_may_be_the_only_difference() -> None:
    """A rule that adds in place to what is alike fails where what it adds is not; every fourth is enough to see it."""
    for name in AS_FACTORS[::4]:
        AdoptionModel(YEAR_AND_A_QUARTER, [4, 4], rng=5, factors={name: ends(name)}).run().results()


def test_what_no_factor_touches_is_worked_out_once() -> None:
    m = AdoptionModel(Scenario("baseline", quarters=9), [4, 4, 4], rng=5, factors={"diff.gdp": [0.1, 0.2, 0.3]}).run()
    assert m.countries.gdp_pc.shape == (1, 1, 1, 194)
    assert m.countries.columns["gdp_pc"].shape == (3, 1, 1, 194)  # every world has it all the same
    assert m.countries.inclined.shape == (3, 6, 1, 194)


class Farm:
    """A kind just for these tests."""

    level = State(unit="m")


def farms() -> Rows:
    return population(Farm, {"world": 3}, 2, Parameters({}), alike=True)


def test_a_column_is_read_once_until_worlds_differ() -> None:
    rows, wide = farms(), np.arange(6.0).reshape(3, 1, 1, 2)
    rows.level = np.array([[[[1.0, 2.0]]]])
    assert rows.level.tolist() == [[[[1.0, 2.0]]]]
    rows.level = wide.copy()
    assert (rows.level == wide).all()
    rows.level = 4.0
    assert rows.level.tolist() == [[[[4.0, 4.0]]]]


def test_one_agent_writes_in_its_world_alone() -> None:
    rows = farms()
    rows.level = 4.0
    twin = rows.fork()
    rows.at(1, 0).level = 7.0
    assert rows.level[:, 0, 0, 0].tolist() == [4.0, 7.0, 4.0]
    assert twin.level.tolist() == [[[[4.0, 4.0]]]]


def test_a_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="of lengths"):
        farms().level = np.zeros((1, 1, 1, 5))


def test_numpy_is_left_as_it_was() -> None:
    before = np.getbufsize(), np.geterr()
    AdoptionModel(YEAR_AND_A_QUARTER, rng=5).run()
    assert (np.getbufsize(), np.geterr()) == before
