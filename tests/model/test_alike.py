"""Worlds that differ by factors alone: what is alike in all of them is worked out once, and the bytes are the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adoptsim.model import actors
from adoptsim.model.columns import Parameters, Rows, State, population
from adoptsim.model.levers import LEVERS, parameters_of
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import WHERE_LISTED
from adoptsim.model.scenario import Scenario
from adoptsim.model.world import is_varied
from support import ALL_SHOCKS, all_levers, kept

ACTORS = Path(actors.__file__).parent
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


def faults_of(rule: ast.FunctionDef) -> Iterator[int]:
    """Lines of a rule that would fail where one thing is alike in all worlds and the other is not."""
    calls = [node for node in ast.walk(rule) if isinstance(node, ast.Call)]
    widens = any(ast.unparse(call.func) == "as_wide_as" for call in calls)
    own = ("np.ones(", "np.zeros(")
    for node in ast.walk(rule):
        if isinstance(node, ast.AugAssign) and not (widens and isinstance(node.target, ast.Subscript)):
            yield node.lineno
    for call in calls:
        into = [ast.unparse(k.value) for k in call.keywords if k.arg == "out"]
        if ast.unparse(call.func) == "np.concatenate" or not all(to.startswith(own) for to in into):
            yield call.lineno


def test_rules_change_no_array_in_place() -> None:
    found = []
    for path in sorted(ACTORS.glob("*.py")):
        rules = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
        found += [(path.name, line) for rule in rules for line in faults_of(rule)]
    assert found == []


def test_a_parameter_may_be_the_only_difference() -> None:
    """Couplings, phases and the start too repeat what is alike beside what is not; some are enough to see it."""
    for name in AS_FACTORS[::8]:
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
    with np.errstate(under="warn"):
        np.setbufsize(4096)
        before = np.geterr()
        AdoptionModel(YEAR_AND_A_QUARTER, rng=5).run()
        assert (np.getbufsize(), np.geterr()) == (4096, before)
