"""Designs grow until the order holds and intervals are narrow; no world is run twice."""

import json

import numpy as np
import pandas as pd
import pytest
from sensitivity_functions import ADDITIVE, ISHIGAMI, MORRIS_20, additive, ishigami, morris_20, run, small

from adoptsim.sensitivity import (
    SensitivityDesign,
    analyse,
    design,
    index_figure,
    morris_figure,
    save_figure,
    stability_figure,
    until_stable,
)

pytestmark = pytest.mark.fast


class Counted:
    """Runs the worlds that are asked for, as a runner does: from the rows of these worlds alone."""

    def __init__(self, function: object) -> None:
        self.function, self.asked = function, list[range]()

    def __call__(self, made: SensitivityDesign, worlds: range) -> pd.Series:
        self.asked.append(worlds)
        part = made.part(worlds)
        assert len(part) == len(worlds)
        return pd.Series(self.function(dict(part.factors)), index=list(worlds))  # type: ignore[operator]


def test_it_ends_where_order_and_intervals_are_stable_and_repeats_no_world() -> None:
    evaluate = Counted(ishigami)
    found = until_stable(evaluate, design(ISHIGAMI, "sobol", 32, scrambles=4), budget=100_000)
    assert found.stable
    assert len(found.path) > 1
    assert found.path[-1].top == found.path[-2].top == ("x1", "x2", "x3")
    assert found.path[-1].widest is not None
    assert found.path[-1].widest < 0.05
    assert all(
        step.widest >= 0.05 or step.top != before.top
        for before, step in zip(found.path, found.path[1:-1], strict=False)
    )
    worlds = [world for part in evaluate.asked for world in part]
    assert worlds == list(range(len(found.design)))
    assert [step.worlds for step in found.path] == [
        len(design(ISHIGAMI, "sobol", s.size, scrambles=4)) for s in found.path
    ]
    at_once = analyse(found.design, run(found.design, ishigami))
    pd.testing.assert_frame_equal(found.indices.table, at_once.table, check_exact=True)


def test_the_budget_is_kept() -> None:
    evaluate = Counted(ishigami)
    found = until_stable(evaluate, design(ISHIGAMI, "sobol", 8, scrambles=2), budget=400, widest=1e-6)
    assert (found.reason, found.stable) == ("budget", False)
    assert len(found.design) == 384
    assert [step.size for step in found.path] == [8, 16, 32]
    with pytest.raises(ValueError, match="more than the budget of 5"):
        until_stable(evaluate, small(scrambles=2), budget=5)


def test_one_size_is_never_enough() -> None:
    found = until_stable(Counted(additive), small(size=256, scrambles=4), budget=20_000)
    assert [step.size for step in found.path] == [256, 512]


def test_a_constant_ends_it_at_once() -> None:
    found = until_stable(Counted(lambda f: np.ones(len(f["x1"]))), small(scrambles=2), budget=10_000)
    assert (found.reason, len(found.path)) == ("no variance", 1)
    assert found.path[0].widest is None
    json.dumps(found.as_config(), allow_nan=False)


def test_the_path_can_be_written_down() -> None:
    found = until_stable(Counted(additive), small(size=64, scrambles=4), budget=10_000)
    written = json.loads(json.dumps(found.as_config(), allow_nan=False))
    assert written["reason"] == "stable"
    assert [step["worlds"] for step in written["path"]] == [step.worlds for step in found.path]
    assert written["path"][0]["top"] == ["x1", "x2"]


@pytest.mark.parametrize("wrong", [{"scrambles": 1}, {"method": "morris", "size": 10, "scrambles": 2}])
def test_only_scrambled_sobol_designs_grow(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="sobol design of two scrambles"):
        until_stable(Counted(additive), small(**wrong), budget=10_000)
    with pytest.raises(ValueError, match="only sobol designs"):
        design(ADDITIVE, "morris", 4).doubled()


def test_figures_say_what_the_tables_say(tmp_path) -> None:  # type: ignore[no-untyped-def]
    made = design(MORRIS_20, "morris", 30)
    screened = analyse(made, run(made, morris_20))
    found = until_stable(Counted(ishigami), design(ISHIGAMI, "sobol", 16, scrambles=2), budget=500)
    labels = {"x1": "The first of three"}
    for width in (8.0, 4.5):
        plane = morris_figure(screened, width=width)
        numbers = {text.get_text() for text in plane.axes[0].texts}
        assert {"1", "10"} <= numbers
        listed = plane.axes[1].texts[0].get_text().split("\n")
        assert [line.split("  ")[1] for line in listed[:10]] == list(screened.top(10))
        assert listed[-1] == "and 10 smaller ones"
        bars = index_figure(found.indices, width=width, labels=labels, also="S1")
        names = [text.get_text().replace("\n", " ") for text in bars.axes[0].get_yticklabels()]
        assert names == [labels.get(name, name) for name in found.indices.of()["factor"]]
        assert [patch.get_width() for patch in bars.axes[0].patches[-3:]] == list(found.indices.of()["value"])
        ranks = stability_figure(found, width=width)
        assert [line.get_ydata()[-1] for line in ranks.axes[0].lines] == [1, 2, 3]
    for name in ("one", "other"):
        save_figure(index_figure(found.indices), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
    assert (tmp_path / "one.png").stat().st_size > 10_000
    with pytest.raises(ValueError, match="indices of morris"):
        morris_figure(found.indices)


def test_figures_of_nothing_say_so() -> None:
    made = small(scrambles=2)
    nothing = analyse(made, pd.Series(1.0, index=range(len(made))))
    figure = index_figure(nothing)
    assert "No variance" in str(figure._supxlabel.get_text())
    figure.draw_without_rendering()
    screened = design(ADDITIVE, "morris", 10, groups={"both": ["x1"], "other": ["x2"]})
    plane = morris_figure(analyse(screened, pd.Series(1.0, index=range(len(screened)))))
    assert "No variance" in plane._supxlabel.get_text()
    plane.draw_without_rendering()


def test_a_group_in_the_plane_of_morris_is_called_so() -> None:
    made = design(ISHIGAMI, "morris", 20, groups={"odd": ["x1", "x3"]})
    plane = morris_figure(analyse(made, run(made, ishigami)))
    assert sorted(line[3:] for line in plane.axes[1].texts[0].get_text().split("\n")) == ["odd (a group)", "x2"]
