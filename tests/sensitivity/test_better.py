"""Which of two does better: an outcome with indices where the difference has none that could be told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sensitivity_functions import CAUCHY, CAUCHY_S1, CAUCHY_ST, cauchy, run

import adoptsim as ad
from adoptsim.cli import main
from adoptsim.sensitivity import analyse, design, which_better
from adoptsim.sensitivity.better import shares_of
from adoptsim.sensitivity.told import indices_of

DIFFERENCE = """
name: choice
scenarios:
  - {name: none, quarters: 4}
  - {name: pooled, title: Pooled buying, quarters: 4, levers: {pooled_procurement: {level: 4, start: 2025, ramp: 0}}}
  - {name: staff, quarters: 4, levers: {retention: {level: 4, start: 2025, ramp: 0}}}
sensitivity:
  method: sobol
  size: 2
  scrambles: 2
  factors: {pool.fee: , work.attrition: }
  of: [useful_access.gap.mean, useful_access.p40.mean]
  difference: [pooled, staff]
"""


@pytest.mark.fast
def test_better_is_by_the_way_that_is_better_and_up_to_rounding() -> None:
    difference = pd.Series([0.2, -0.1, 0.0, 1e-10, -1e-10, np.nan, 1e300], index=[3, 4, 5, 6, 7, 8, 9])
    more, less = which_better(difference), which_better(difference, -1)
    assert more.to_dict() == pytest.approx({3: 1, 4: 0, 5: 0.5, 6: 0.5, 7: 0.5, 8: np.nan, 9: 1}, nan_ok=True)
    assert (more + less).dropna().eq(1.0).all()
    assert shares_of(more) == pytest.approx((2 / 6, 1 / 6, 3 / 6))


@pytest.mark.fast
def test_indices_of_the_choice_are_found_where_the_difference_has_no_variance() -> None:
    made = design(CAUCHY, "sobol", 512, scrambles=8)
    difference = run(made, cauchy)
    choice = analyse(made, which_better(difference))
    for index, truth in (("S1", CAUCHY_S1), ("ST", CAUCHY_ST)):
        rows = choice.of(index).set_index("factor")
        assert rows["value"].to_dict() == pytest.approx(truth, abs=0.02)
        assert ((rows["low"] - 0.01 < pd.Series(truth)) & (pd.Series(truth) < rows["high"] + 0.01)).all()
    assert choice.widest() < 0.06
    assert not choice.notes[:-1]  # but that there is one kind of luck
    plain = analyse(made, difference)
    assert plain.widest() > 1.0  # whatever the number of worlds: a few of them are the variance
    ranks = analyse(made, difference.rank())
    assert ranks.of("ST").set_index("factor").loc["size", "value"] > 0.01  # by how much, which decides nothing


@pytest.mark.fast
def test_who_is_called_first_and_which_way_is_better_change_no_index() -> None:
    made = design(CAUCHY, "sobol", 32, scrambles=4)
    y = run(made, cauchy)
    tables = [analyse(made, which_better(*given)).table for given in ((y,), (-y,), (y, -1))]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other, rtol=1e-9, atol=1e-12)


@pytest.mark.fast
def test_a_choice_that_is_nearly_always_the_same_is_told() -> None:
    made = design(CAUCHY, "sobol", 16, scrambles=2)
    y = run(made, cauchy)
    rare = which_better(y - y.quantile(0.97))
    assert any("of 32 blocks too few" in note for note in analyse(made, rare).notes)
    always = analyse(made, which_better(y.abs() + 1.0))
    assert always.notes[0].startswith("no variance: the outcome is 1 in every world")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A difference of two scenarios in a few short worlds: the folder of the answer, and what was printed."""
    folder = tmp_path_factory.mktemp("choice")
    (folder / "choice.yaml").write_text(DIFFERENCE)
    found = CliRunner().invoke(main, ["run", str(folder / "choice.yaml"), "--jobs", "1", "--out", str(folder / "out")])
    assert found.exit_code == 0, found.output
    (answer,) = (folder / "out").iterdir()
    return answer, found.stdout


def test_a_difference_is_told_as_a_choice_and_in_size(told: tuple[Path, str]) -> None:
    folder, printed = told
    words = " ".join(printed.split())
    assert "What decides which narrows the gap more: Pooled buying or staff?" in words
    assert "What decides which raises access of the poorest 40 % more: Pooled buying or staff?" in words
    assert "What decides the gap (useful_access.gap.mean, points) in pooled less that in staff?" in words
    stored = ad.open_result(folder)
    gap = stored.outcomes.pivot(index="world", columns="scenario", values="useful_access.gap.mean")
    (which, indices), (size, _), (poor, _), _ = indices_of(stored)
    assert np.array_equal(size.y.to_numpy(), 100.0 * (gap["pooled"] - gap["staff"]).to_numpy())  # points
    assert np.array_equal(which.y.to_numpy(), np.where(gap["pooled"] < gap["staff"], 1.0, 0.0))
    assert set(poor.y) <= {0.0, 0.5, 1.0}
    table = pd.read_csv(folder / "tables" / "indices.csv")
    assert table["asks"].unique().tolist() == ["which does better", "by how much"]
    here = table.query("asks == 'which does better' and outcome == 'useful_access.gap.mean'")
    assert here["value"].tolist() == pytest.approx(indices.table["value"].tolist(), nan_ok=True)
    first = 100 * (which.y == 1.0).mean()
    assert f"Pooled buying does better in {first:.3g} % of worlds" in words
    assert (folder / "figures" / "useful_access.gap.mean_pooled_or_staff.png").exists()


def test_what_cannot_be_told_in_size_is_said_in_one_sentence(told: tuple[Path, str]) -> None:
    folder, _ = told
    answer = " ".join((folder / "tables" / "answer.txt").read_text(encoding="utf-8").split())
    for one, indices in indices_of(ad.open_result(folder)):
        if one.which:
            continue
        _, _, after = answer.partition(f"What decides {one.words}?")
        assert after.lstrip().startswith("Cannot tell: intervals are wider") == (indices.widest() > 1.0)
        figure = folder / "figures" / f"{one.outcome}_{one.of}.png"
        assert figure.exists() == (indices.widest() <= 1.0)
