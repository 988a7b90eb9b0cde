"""Columns: read-only reads, refused writes, no two columns in one array; copies and pickles continue identically."""

from __future__ import annotations

import copy
import itertools
import pickle
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.array_utils import byte_bounds

from adoptsim.model.actors import Country
from adoptsim.model.columns import Parameters, Pipeline, Quantity, Rows, State, columns_of, population, rule, rules_of
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario
from support import KINDS, differing, state, stepped, unlike

Fresh = Callable[[], AdoptionModel]
LENGTHS = {"world": 2, "application": 3, "quintile": 5}


class Farm:
    """A kind just for these tests."""

    level = State(unit="m")
    yields = State("application", "quintile", unit="t", start=2.0)
    common = State("application", unit="t", rows=False)
    fixed = State(unit="m", worlds=False)
    gain = Quantity(unit="factor")
    extra = Quantity(unit="added", combine="add")

    @rule
    def harvest(self):
        """Twice the yield."""
        return self.yields * 2.0


def farms(rows: int = 4) -> Rows:
    return population(Farm, LENGTHS, rows, Parameters({"a": np.arange(2.0).reshape(2, 1, 1, 1)}))


def test_shapes_follow_the_declaration() -> None:
    shapes = {name: column.shape for name, column in farms().columns.items()}
    assert shapes == {
        "level": (2, 1, 1, 4), "yields": (2, 3, 5, 4), "common": (2, 3, 1, 1), "fixed": (1, 1, 1, 4),
        "gain": (2, 1, 1, 4), "extra": (2, 1, 1, 4),
    }  # fmt: skip
    assert list(rules_of(Farm)) == ["harvest"]
    assert list(columns_of(Farm)) == list(shapes)
    assert (farms().gain == 1.0).all()
    assert (farms().extra == 0.0).all()
    with pytest.raises(ValueError, match="combine"):
        Quantity(unit="x", combine="max")


def is_closed(values: np.ndarray) -> bool:
    try:
        values += 1.0
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_reads_are_read_only(midrun: AdoptionModel, kind: type) -> None:
    rows = midrun.populations[kind]
    for name in rows.columns:
        assert is_closed(getattr(rows, name)), name
        assert is_closed(getattr(rows.at(0, 0), name)), name


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_reads_of_a_copy_are_read_only(midrun: AdoptionModel, again: Callable[[AdoptionModel], AdoptionModel]) -> None:
    for rows in again(midrun).populations.values():
        assert all(is_closed(getattr(rows, name)) for name in rows.columns)


@pytest.mark.parametrize(
    "value",
    [
        np.ones(4),
        np.ones((3, 4)),
        np.ones((2, 3, 5, 3)),
        np.ones((2, 3, 4, 4)),
        np.ones((3, 3, 5, 4)),
        np.ones((1, 2, 3, 5, 4)),
    ],
    ids=lambda value: str(value.shape),
)
def test_writes_of_a_wrong_shape_are_refused(value: np.ndarray) -> None:
    rows = farms()
    with pytest.raises(ValueError, match=r"Farm\.yields.*4 axes.*got shape"):
        rows.yields = value
    assert (rows.yields == 2.0).all()


def test_a_name_that_is_no_column_is_refused() -> None:
    rows = farms()
    with pytest.raises(AttributeError, match="yeild"):
        rows.yeild = 1.0
    with pytest.raises(AttributeError, match="harvest"):
        rows.harvest = 1.0
    with pytest.raises(AttributeError):
        _ = rows.yeild


def test_a_window_writes_its_own_rows_only() -> None:
    rows = farms()
    rows.level = np.arange(8.0).reshape(2, 1, 1, 4)
    rows.at(1, 2).level = 99.0
    assert rows.level.ravel().tolist() == [0, 1, 2, 3, 4, 5, 99, 7]
    assert (rows.yields == 2.0).all()
    rows.at(0, 1).write_group("yields", 3, 7.0)
    assert np.argwhere(rows.yields == 7.0).tolist() == [[0, a, 3, 1] for a in range(3)]
    with pytest.raises(ValueError, match="lengths"):
        rows.at(0, 0).level = np.ones((2, 1, 1, 1))


def test_one_array_never_becomes_two_columns() -> None:
    rows = farms()
    values = np.full((2, 1, 1, 4), 3.0)
    rows.level, rows.gain = values, values
    rows.extra = rows.level
    assert not np.shares_memory(rows.level, rows.gain)
    assert not np.shares_memory(rows.level, rows.extra)
    rows.at(0, 0).level = 5.0
    assert (rows.gain == 3.0).all()
    assert (rows.extra == 3.0).all()
    twin = copy.deepcopy(rows)
    twin.extra = twin.level
    twin.at(1, 1).level = 8.0
    assert (twin.extra[1] == 3.0).all()
    assert rows.level[1, 0, 0, 1] == 3.0


@pytest.mark.parametrize("group", [False, True])
def test_a_population_that_was_read_sees_what_one_row_writes(group: bool) -> None:
    """Also in a column that holds nothing but its start value, or comes out of a pickle."""
    for rows in (farms(), copy.deepcopy(farms()), pickle.loads(pickle.dumps(farms()))):
        assert (rows.yields == 2.0).all()
        if group:
            rows.at(1, 2).write_group("yields", 0, 9.0)
        else:
            rows.at(1, 2).yields = 9.0
        assert rows.yields[1, 0, 0, 2] == 9.0
        assert rows.yields[0, 0, 0, 2] == 2.0
        assert rows.harvest()[1, 2, 0, 2] == 18.0


def test_a_fork_leaves_the_population_alone() -> None:
    rows = farms()
    rows.level = 1.0
    twin = rows.fork()
    twin.level, twin.gain = 5.0, np.full((2, 1, 1, 4), 6.0)
    twin.at(0, 0).extra = 3.0
    assert (rows.level == 1.0).all()
    assert (rows.gain == 1.0).all()
    assert (rows.extra == 0.0).all()
    assert twin.level[0, 0, 0, 0] == 5.0
    assert twin.extra[0, 0, 0, 0] == 3.0


def arrays_of(model: AdoptionModel) -> list[np.ndarray]:
    return [column for rows in model.populations.values() for column in rows.columns.values()]


def test_no_two_columns_of_the_model_share_memory(midrun: AdoptionModel) -> None:
    for model in (AdoptionModel(worlds=2, rng=1), midrun, copy.deepcopy(midrun)):
        found = sorted(byte_bounds(a) for a in arrays_of(model))
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(found))


def continued(model: AdoptionModel) -> tuple[dict[str, np.ndarray], AdoptionModel]:
    stepped(model, 13)
    return state(model), model


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_a_copy_in_mid_run_continues_identically(fresh: Fresh, again: Callable[[AdoptionModel], AdoptionModel]) -> None:
    original = fresh()
    before: Mapping[str, np.ndarray] = {n: v.copy() for n, v in state(original).items()}
    twin = again(original)
    there, twin = continued(twin)
    assert differing(before, state(original)) == []  # the copy did not move the original
    here, original = continued(original)
    assert differing(here, there) == []
    assert unlike(original.results(), twin.results()) == []
    assert {type(a) for a in twin.agents} == {type(a) for a in original.agents}
    agent, other = next(iter(twin.agents_by_type[Country])), next(iter(original.agents_by_type[Country]))
    agent.commitment = 0.123
    assert twin.countries.commitment[0, 0, 0, 0] == 0.123 != other.commitment


def test_a_population_alone_can_be_copied(midrun: AdoptionModel) -> None:
    for twin in (
        copy.copy(midrun.countries),
        copy.deepcopy(midrun.countries),
        pickle.loads(pickle.dumps(midrun.countries)),
    ):
        assert np.array_equal(twin.hazard(), midrun.countries.hazard())
        assert np.array_equal(twin.at(1, 5).hazard(), midrun.countries.at(1, 5).hazard())


def test_a_scenario_survives_a_pickle() -> None:
    scenario = Scenario("s", parameters={"work.attrition": 0.05})
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert copy.deepcopy(AdoptionModel(scenario)).question.parameters == {"work.attrition": 0.05}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=25),
    st.lists(st.floats(0, 6), min_size=1, max_size=3),
    st.floats(0, 100),
)
def test_a_pipeline_against_a_plain_list(inflows: list[float], delays: list[float], steady: float) -> None:
    worlds = len(delays)
    line = Pipeline((worlds, 1, 1, 2), 6)
    line.fill(steady)
    history = [steady] * 10
    for inflow in inflows:
        line.push(np.full((worlds, 1, 1, 2), inflow))
        history.append(inflow)
    due, inside = line.due(np.array(delays)), line.inside(np.array(delays))
    for w, delay in enumerate(delays):
        whole, part = int(delay), delay - int(delay)
        late, later = history[-1 - whole], history[-2 - whole]
        assert due[w] == pytest.approx(late * (1 - part) + later * part, rel=1e-12, abs=1e-9)
        expected = sum(history[-1 - back] * min(max(delay - back, 0.0), 1.0) for back in range(7))
        assert inside[w] == pytest.approx(expected, rel=1e-12, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=30, max_size=30), st.floats(0.5, 5.5))
def test_a_pipeline_loses_no_mass(inflows: list[float], delay: float) -> None:
    """What entered has come out or is inside."""
    line, years = Pipeline((1, 1, 1, 1), 6), np.array([delay])
    out = 0.0
    for inflow in inflows:
        line.push(np.full((1, 1, 1, 1), inflow))
        out += line.due(years).item()
    assert out + line.inside(years).item() == pytest.approx(sum(inflows), rel=1e-9, abs=1e-6)
