"""The runner: the same bytes in any number of processes; a world that fails costs nobody else."""

import gc
import weakref
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from adoptsim.experiment import runner
from adoptsim.experiment.design import Batch
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.result import Result
from adoptsim.experiment.runner import BLOCK, Tally, simulate
from adoptsim.experiment.store import run_experiment
from adoptsim.inputs.errors import InputError
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from support import ALL_LEVERS, ALL_SHOCKS

QUARTERS = 12


def test_a_result_is_laid_out_as_promised(baseline: Result) -> None:
    columns = list(baseline.outcomes.columns)
    first = columns.index("useful_access.p40.mean")
    assert columns[:2] == ["world", "replicate"]
    assert columns[first + 1] == "useful_access.gap.mean"
    assert columns[-2:] == ["status", "error"]
    assert columns[2:first] == list(baseline.parameters)
    assert list(baseline.outcomes["world"]) == list(range(5))
    assert baseline.data["useful_access"].dims == ("world", "year", "group")
    assert baseline.data["country.useful_access"].dims == ("world", "iso3")
    assert baseline.data["useful_access"].dtype == np.float32
    assert baseline.failed == 0


def test_the_yearly_gap_is_rich_less_poor(baseline: Result) -> None:
    access = baseline.data["useful_access"].astype(float)
    rich, poor, gap = (
        access.sel(group=f"people: {name}")
        for name in ("richest 20 %", "poorest 40 %", "richest 20 % minus poorest 40 %")
    )
    np.testing.assert_allclose(gap, rich - poor, atol=1e-7)
    horizon = baseline.outcomes["useful_access.gap@2028"].to_numpy()
    np.testing.assert_allclose(gap.isel(year=-1), horizon, rtol=1e-5)


def test_processes_and_blocks_change_no_bit(monkeypatch: pytest.MonkeyPatch, baseline: Result) -> None:
    monkeypatch.setattr(runner, "BLOCK", 2)  # three blocks, so that two processes have something to share
    for jobs in (1, 2):
        again = simulate(baseline.scenario, worlds=5, rng=3, jobs=jobs)
        pd.testing.assert_frame_equal(again.outcomes, baseline.outcomes, check_exact=True)
        assert again.data.identical(baseline.data)


def test_more_worlds_leave_the_first_ones_as_they_were(baseline: Result) -> None:
    more = simulate(baseline.scenario, worlds=7, rng=3, jobs=1)
    pd.testing.assert_frame_equal(more.outcomes.head(5), baseline.outcomes, check_exact=True)


def test_another_seed_is_another_ensemble(baseline: Result) -> None:
    other = simulate(baseline.scenario, worlds=5, rng=4, jobs=1)
    assert not np.array_equal(other.outcomes["pool.fee"], baseline.outcomes["pool.fee"])


def test_scenarios_share_worlds(baseline: Result) -> None:
    scenario = Scenario("b", levers=(LeverUse("data_sharing", intensity=0.0),), quarters=QUARTERS)
    same = simulate(scenario, worlds=5, rng=3, jobs=1)
    pd.testing.assert_frame_equal(same.outcomes, baseline.outcomes, check_exact=True)


def test_a_failed_world_becomes_a_row_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch, baseline: Result) -> None:
    run = AdoptionModel.run

    def breaks(model: AdoptionModel) -> AdoptionModel:
        if 3 in model.world_numbers:
            raise FloatingPointError("world 3 left its bounds")
        return run(model)

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    seen: list[Tally] = []
    result = simulate(baseline.scenario, worlds=5, rng=3, jobs=1, progress=seen.append)
    lost = result.outcomes.loc[3]
    assert seen == [Tally(5), Tally(5, done=4, failed=1)]
    assert result.failed == 1
    assert (lost["status"], lost["error"]) == ("failed", "FloatingPointError: world 3 left its bounds")
    assert np.isnan(lost["useful_access.gap.mean"])
    assert lost["pool.fee"] == baseline.outcomes["pool.fee"][3]  # its parameters are known all the same
    others = [0, 1, 2, 4]
    pd.testing.assert_frame_equal(result.outcomes.loc[others], baseline.outcomes.loc[others], check_exact=True)
    assert list(result.data["world"]) == others


def test_models_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    run, seen = AdoptionModel.run, list[weakref.ref[AdoptionModel]]()

    def watched(model: AdoptionModel) -> AdoptionModel:
        seen.append(weakref.ref(model))
        return run(model)

    monkeypatch.setattr(AdoptionModel, "run", watched)
    simulate(Scenario("a", quarters=2), worlds=2, jobs=1)
    assert [model() for model in seen] == [None]


def test_the_collector_is_left_as_it_was() -> None:
    before = gc.get_freeze_count()
    simulate(Scenario("a", quarters=1), worlds=1, jobs=1)
    assert gc.get_freeze_count() == before


@pytest.mark.parametrize(
    ("replicates", "sizes"),
    [
        (range(70), [32, 32, 6]),
        ([3] * 62 + [4] * 62, [31, 31, 31, 31]),
        ([3] * 64, [32, 32]),
        ([3, 3, 4, 4, 5, 5], [6]),
    ],
)
def test_many_worlds_of_one_luck_have_blocks_of_their_own(replicates: Sequence[int], sizes: list[int]) -> None:
    luck = np.array(replicates, dtype=np.int64)
    batch = Batch(range(10, 10 + len(luck)), luck, {"diff.gdp": np.arange(len(luck)) / 100})
    blocks = list(batch.blocks(BLOCK))
    assert [len(block) for block in blocks] == sizes
    assert [world for block in blocks for world in block.worlds] == list(batch.worlds)
    assert np.concatenate([block.replicates for block in blocks]).tolist() == luck.tolist()
    assert (
        np.concatenate([block.factors["diff.gdp"] for block in blocks]).tolist() == batch.factors["diff.gdp"].tolist()
    )


def test_all_worlds_may_fail(monkeypatch: pytest.MonkeyPatch, baseline: Result) -> None:
    def breaks(model: AdoptionModel) -> AdoptionModel:
        raise ValueError("nothing works")

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    result = simulate(baseline.scenario, worlds=2, jobs=1)
    assert list(result.outcomes["error"]) == ["ValueError: nothing works"] * 2


def test_central_varies_no_parameter() -> None:
    result = simulate(Scenario("a", uncertainty="central", quarters=2), worlds=2, jobs=1)
    assert result.parameters == ()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"worlds": 0}, "worlds: 1 or more is wanted, got 0"),
        ({"rng": -1}, "rng: 0 or more is wanted, got -1"),
        ({"jobs": -1}, "jobs: 1 or more is wanted, got -1"),
    ],
)
def test_what_cannot_be_run_is_refused(asked: dict[str, int], words: str) -> None:
    """And does not come back as worlds that failed."""
    with pytest.raises(ValueError, match=words):
        simulate(Scenario("a", quarters=1), **{"worlds": 1, "jobs": 1, **asked})


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario("a", parameters={"pool.fees": 0.05}), r"parameters\.pool\.fees: .* did you mean 'pool.fee'"),
        (Scenario("a", parameters={"pool.fee": 2.0}), "from 0"),
        (Scenario("a", levers=(LeverUse("data_shring", 1.0),)), "did you mean 'data_sharing'"),
        (Scenario("a", levers=(LeverUse("data_sharing", 50),)), "from 0 to 1"),
        (Scenario("a", levers=(LeverUse("data_sharing", 1.0, regions=("AFRO",)),)), "did you mean 'AFR'"),
        (Scenario("a", applications=("newborn_sikle",)), "did you mean 'newborn_sickle'"),
        (Scenario("a", quarters=0), "from 1 to 400"),
    ],
)
def test_a_scenario_made_in_python_is_checked_as_a_file_is(scenario: Scenario, words: str) -> None:
    with pytest.raises(InputError, match=rf"^scenario 'a': .*{words}"):
        simulate(scenario, worlds=1, jobs=1)
    with pytest.raises(InputError, match=words):
        run_experiment(Experiment("e", (scenario,), worlds=1))


def test_a_scenario_may_have_any_name_in_python() -> None:
    assert simulate(Scenario("Nothing at all (2026)", quarters=1), worlds=1, jobs=1).failed == 0


def test_what_a_caller_makes_of_underflow_fails_no_world() -> None:
    """A very small value becomes 0 where results are stored."""
    scenario = Scenario("a", levers=ALL_LEVERS, shocks=ALL_SHOCKS, quarters=36)
    with np.errstate(under="raise"):
        result = simulate(scenario, worlds=2, jobs=1)
    assert list(result.outcomes["error"]) == ["", ""]
