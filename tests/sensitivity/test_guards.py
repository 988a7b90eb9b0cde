"""What makes SALib return wrong numbers without a word is caught before, or told. Each was seen to happen."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import sobol as salib_sobol
from sensitivity_functions import ADDITIVE, ISHIGAMI, ISHIGAMI_ST, additive, ishigami, run, small

import adoptsim as ad
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.store import run_experiment
from adoptsim.model.scenario import Scenario
from adoptsim.sensitivity import Factor, Indices, analyse, design, factors_of, methods, outcome_of
from adoptsim.sensitivity.methods import ANALYSES, METHODS, Plan

pytestmark = pytest.mark.fast
KINDS = {"sobol": 64, "morris": 30, "latin": 128, "fast": 193, "dgsm": 64, "shapley": 64}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """delta is slow, and here is no question of how exact it is."""
    monkeypatch.setattr(methods, "RESAMPLES", 4)


def value(indices: Indices, factor: str, index: str = "") -> float:
    return float(indices.of(index).set_index("factor").loc[factor, "value"])


# 1: values that are not finite


def test_blocks_with_a_failed_world_are_left_out_and_counted() -> None:
    made = design(ISHIGAMI, "sobol", 1024, scrambles=2)
    y = run(made, ishigami)
    rng = np.random.default_rng(1)
    failed = rng.choice(len(y), 20, replace=False)
    y[failed] = np.nan
    assert set(salib_sobol.analyze(made.plan(0).problem(), y.to_numpy(), calc_second_order=False)["ST"]) == {0.0}
    y[failed[:10]] = np.inf
    indices = analyse(made, y)
    assert (indices.failed, indices.blocks) == (20, 2048)
    assert 15 <= indices.dropped <= 20
    assert any(f"{indices.dropped} of 2,048 blocks" in note for note in indices.notes)
    for name, truth in ISHIGAMI_ST.items():
        assert value(indices, name) == pytest.approx(truth, abs=0.04)


def test_too_many_failures_are_refused() -> None:
    made = small(size=64, scrambles=2)
    y = run(made, additive)
    y.iloc[: made.block * 6] = np.nan
    assert analyse(made, y).dropped == 6  # 4.7 % of 128
    y.iloc[: made.block * 7] = np.nan
    with pytest.raises(ValueError, match=r"7 of 128 blocks .* at most 5%"):
        analyse(made, y)


def test_a_curve_of_fast_bears_no_gap() -> None:
    made = design(ISHIGAMI, "fast", 193, scrambles=2)
    y = run(made, ishigami)
    y[77] = np.nan
    with pytest.raises(ValueError, match="no gap"):
        analyse(made, y)


# 2: no variance


@pytest.mark.parametrize("method", KINDS)
@pytest.mark.parametrize("y", [3.0, 0.0])
def test_a_constant_is_no_variance_not_no_effect(method: str, y: float) -> None:
    made = design(ISHIGAMI, method, KINDS[method])
    for by in METHODS[method].analyses:
        indices = analyse(made, pd.Series(y, index=range(len(made))), by=by)
        assert indices.table["value"].isna().all()
        assert not indices.table["distinguishable"].any()
        assert "no variance" in indices.notes[0]
        assert (indices.top(), indices.interval) == ((), "")


def test_rounding_is_no_variance() -> None:
    made = small()
    noise = np.random.default_rng(1).random(len(made)) * 1e-14
    assert analyse(made, pd.Series(1.0 + noise)).table["value"].isna().all()
    assert analyse(made, run(made, lambda f: 1e-14 * additive(f))).top() == ("x1", "x2")  # small is not constant


def test_few_values_are_told() -> None:
    made = small(scrambles=2)
    indices = analyse(made, run(made, lambda f: np.round(additive(f))))
    assert any("7 different values alone" in note for note in indices.notes)
    assert not any("different values" in note for note in analyse(made, run(made, additive)).notes)


# 3: seeds


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_seeds_are_whole_numbers_from_zero_on(seed: object) -> None:
    with pytest.raises(ValueError, match="seed"):
        small(seed=seed)


@pytest.mark.parametrize("method", KINDS)
def test_seed_zero_is_a_seed_like_any_other(method: str) -> None:
    zero, again, one = (design(ADDITIVE, method, KINDS[method], seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(zero.unit, again.unit)
    assert np.array_equal(zero.unit, one.unit) != METHODS[method].random


@pytest.mark.parametrize("method", KINDS)
def test_the_same_question_has_the_same_answer_and_nothing_else_is_disturbed(method: str) -> None:
    shown, filters = warnings.formatwarning, list(warnings.filters)
    for by in METHODS[method].analyses:
        tables, before = [], np.random.get_state()[1].copy()  # noqa: NPY002
        for _ in range(2):
            made = design(ADDITIVE, method, KINDS[method])
            tables.append(analyse(made, run(made, additive), by=by).table)
            assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
            np.random.seed(len(tables))  # noqa: NPY002
            before = np.random.get_state()[1].copy()  # noqa: NPY002
        pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert (warnings.formatwarning, warnings.filters) == (shown, filters)


# 4: the form of y


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda y: y.to_numpy(), "a pandas Series"),
        (lambda y: list(y), "a pandas Series"),
        (lambda y: y.to_frame(), "a pandas Series"),
        (lambda y: y.iloc[:-1], "got 319 values"),
        (lambda y: y.set_axis(y.index + 1), "numbered from 0"),
        (lambda y: pd.concat([y.iloc[:-1], y.iloc[:1]]), "319 different"),
        (lambda y: y.astype(str), "numbers are wanted"),
    ],
)
def test_y_has_one_number_for_each_world(wrong: object, words: str) -> None:
    made = small()
    with pytest.raises(ValueError, match=words):
        analyse(made, wrong(run(made, additive)))  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["int64", "Float64", "float32", "bool"])
def test_any_kind_of_number_will_do(kind: str) -> None:
    made = small(size=256)
    y = run(made, lambda f: additive(f) > 3 if kind == "bool" else np.round(10 * additive(f))).astype(kind)
    assert analyse(made, y).top() == ("x1", "x2")


# 5 and 7: what sampler and analyser must agree on


def test_the_design_knows_whether_it_has_pairs() -> None:
    """64 base points of 2 factors and the dummy: 320 rows could as well be 40 blocks of pairs."""
    made = small()
    assert len(made) == 320
    y = run(made, additive)
    right = analyse(made, y)
    assert value(right, "x1", "S1") == pytest.approx(0.8, abs=0.05)
    silent = salib_sobol.analyze(made.plan(0).problem(), y.to_numpy(), calc_second_order=True, num_resamples=2)
    assert abs(silent["S1"][0] - 0.8) > 0.1
    assert set(right.table["index"]) == {"S1", "ST"}


def test_the_design_knows_its_levels() -> None:
    made = design(ISHIGAMI, "morris", 60, levels=6)
    y = run(made, ishigami)
    right = value(analyse(made, y), "x1")
    steps = np.diff(made.unit.reshape(60, made.block, 4), axis=1)
    assert np.abs(steps[steps != 0]) == pytest.approx(6 / 10)
    by_hand = []
    for block, values in zip(made.unit.reshape(60, -1, 4), y.to_numpy().reshape(60, -1), strict=True):
        k = int(np.flatnonzero(np.diff(block[:, 0]))[0])
        by_hand.append(abs((values[k + 1] - values[k]) / (block[k + 1, 0] - block[k, 0])))
    assert right == pytest.approx(np.mean(by_hand))


# 6: order


def test_the_order_of_y_does_not_matter_only_its_numbers() -> None:
    made = small(scrambles=2)
    y = run(made, additive)
    mixed = y.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(analyse(made, y).table, analyse(made, mixed).table, check_exact=True)
    assert value(analyse(made, pd.Series(mixed.to_numpy())), "x1") < 2  # rows in another order: numbers of nothing
    assert value(analyse(made, pd.Series(mixed.to_numpy())), "x2") > 0.5


# 8: names and groups


def test_salib_writes_into_a_problem_of_its_own_and_names_do_not_matter() -> None:
    plan = Plan(8, ("a", "dummy"), (0, 1), options={"levels": 4})
    assert plan.problem() is not plan.problem()
    METHODS["morris"].sample(plan)
    assert set(plan.problem()) == {"num_vars", "names", "bounds"}
    odd = (Factor("lever.budget"), Factor("x_conf"), Factor("x_raw"))  # endings that SALib's delta refuses
    made = design(odd, "latin", 128)
    assert analyse(made, run(made, lambda f: f["x_raw"] + 0.1 * f["x_conf"]), by="delta").top(1) == ("x_raw",)


def test_one_group_and_names_that_stand_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="'x1': stands twice"):
        design((ADDITIVE[0], ADDITIVE[0]), "sobol", 4)
    with pytest.raises(ValueError, match="at least two"):
        small(groups={"all": ["x1", "x2"]})
    with pytest.raises(ValueError, match="taken by the analysis"):
        design((Factor("dummy"), Factor("x")), "sobol", 4)


# 9: slices


def test_only_slices_that_work_are_offered() -> None:
    made = design(ADDITIVE, "latin", 256)
    y = run(made, additive)
    for slices in (5, 8, 10, 20):
        assert analyse(made, y, slices=slices).top() == ("x1", "x2")
        parts = analyse(made, y, by="rsa", slices=slices).table["index"]
        assert parts.nunique() == slices + 1
    for slices in (6, 9, 49):
        with pytest.raises(ValueError, match="slices: one of 5, 8, 10, 20"):
            analyse(made, y, slices=slices)
    with pytest.raises(ValueError, match="can be analysed by sobol"):
        analyse(small(), run(small(), additive), by="pawn")


# 10: our runner, not SALib's


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ad.sensitivity.SensitivityDesign]:
    scenarios = (Scenario("before", quarters=2), Scenario("after", quarters=2, start_year=2026))
    factors = factors_of(["pool.fee", "workforce_training"], scenarios)
    made = design(factors, "sobol", 4)
    question = Experiment("s", scenarios, design=made.design)
    return run_experiment(question, jobs=1, out=tmp_path_factory.mktemp("sens")), made


def test_a_stored_result_is_read_by_world_and_checked(stored: tuple[Path, ad.sensitivity.SensitivityDesign]) -> None:
    folder, made = stored
    result = ad.open_result(folder)
    again = ad.sensitivity.SensitivityDesign.from_config(made.as_config())
    outcome = next(n for n in result.outcome_names if n.startswith("cost."))
    y = outcome_of(result, again, outcome)
    rows = result.table("outcomes", scenario="before").set_index("world")[outcome]
    assert (y == rows.loc[y.index]).all()
    other = result.table("outcomes", scenario="after").set_index("world")[outcome]
    assert (outcome_of(result, again, outcome, "after", against="before") == other - rows).all()
    assert analyse(again, y).notes[0].startswith("no variance")  # two quarters of 2025: no lever has begun
    assert analyse(again, outcome_of(result, again, "cost.lever.mean", "after")).top(1) == ("workforce_training",)


def test_rows_of_another_design_are_refused(stored: tuple[Path, ad.sensitivity.SensitivityDesign]) -> None:
    folder, made = stored
    result = ad.open_result(folder)
    outcome = result.outcome_names[0]
    with pytest.raises(ValueError, match="are not the rows of this design"):
        outcome_of(result, design(made.factors, "sobol", 4, seed=2), outcome)
    with pytest.raises(ValueError, match=r"pool\.fee stands in one"):
        outcome_of(result, design((made.factors[1], Factor("data_sharing")), "sobol", 4), outcome)
    with pytest.raises(KeyError, match="no column"):
        outcome_of(result, made, "nothing")


def test_failed_worlds_of_a_stored_result_are_missing(stored: tuple[Path, ad.sensitivity.SensitivityDesign]) -> None:
    folder, made = stored
    result = ad.open_result(folder)
    whole = result.table

    def with_a_failure(*args: object) -> pd.DataFrame:
        table = whole(*args)  # type: ignore[arg-type]
        table.loc[table["world"] == 3, "status"] = "failed"
        return table

    result.table = with_a_failure  # type: ignore[method-assign]
    y = outcome_of(result, made, result.outcome_names[0])
    assert list(y.index[y.isna()]) == [3]


def test_every_analysis_names_its_index_and_where_its_interval_is_from() -> None:
    for method, kind in METHODS.items():
        for by in kind.analyses:
            made = design(ADDITIVE, method, KINDS[method])
            indices = analyse(made, run(made, additive), by=by)
            assert indices.primary == ANALYSES[by].primary
            assert indices.top(1) == ("x1",)
            if np.isnan(indices.widest()):
                assert "two scrambles or more" in indices.interval
            else:
                assert "SALib" in indices.interval
            assert "dummy" in set(indices.table["factor"])
            assert set(indices.floor.index) == set(indices.table["index"])
    with pytest.raises(KeyError, match="did you mean"):
        indices.of("shaply")
