"""Boxes: a known one is found, noise gives none, and sentences say what the numbers say."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.parameters import load_registry
from adoptsim.sensitivity import Restriction, discover, group_of, groups_of, value_words, words_of
from adoptsim.sensitivity.prim import find_box, inside, quasi_p
from adoptsim.sensitivity.unknowns_figure import discovery_figure

pytestmark = pytest.mark.fast


def known(
    worlds: int, parameters: int = 30, seed: int = 0, within: float = 0.9, outside: float = 0.1
) -> tuple[pd.DataFrame, pd.Series]:
    """An event in most worlds with p2 below 0.4 and p5 above 0.55, and in few others."""
    rng = np.random.default_rng(seed)
    x = rng.random((worlds, parameters))
    box = (x[:, 2] < 0.4) & (x[:, 5] > 0.55)
    wanted = rng.random(worlds) < np.where(box, within, outside)
    return pd.DataFrame(x, columns=[f"p{i}" for i in range(parameters)]), pd.Series(wanted)


def test_a_known_box_is_found() -> None:
    x, wanted = known(1500)
    found = discover(x, wanted, "It fails")
    (box,) = found.boxes
    limits = {r.parameter: (r.low, r.high) for r in box.restrictions}
    assert limits.keys() == {"p2", "p5"}
    assert limits["p2"] == (-np.inf, pytest.approx(0.4, abs=0.03))
    assert limits["p5"] == (pytest.approx(0.55, abs=0.03), np.inf)
    held = (x["p2"] <= limits["p2"][1]) & (x["p5"] >= limits["p5"][0])
    assert (box.worlds, box.density) == (held.sum(), pytest.approx(wanted[held].mean()))
    assert box.coverage == pytest.approx(wanted[held].sum() / wanted.sum())
    assert box.held_out_density == pytest.approx(0.9, abs=0.06)
    assert box.p < 1e-9


def test_noise_gives_no_box() -> None:
    found = [discover(*known(120, 40, seed, 0.3, 0.3), "It fails") for seed in range(25)]
    assert sum(bool(one.boxes) for one in found) <= 4  # 1 is expected
    empty = next(one for one in found if not one.boxes)
    assert empty.sentences() == (
        f"It fails, in {100 * empty.base:.0f} % of 120 worlds: no box; what the search finds does not stand up "
        "in worlds held out, cannot tell.",
    )


def test_most_searches_in_a_few_hundred_worlds_find_the_box() -> None:
    found = [discover(*known(300, 200, seed), "It fails", boxes=1) for seed in range(6)]
    assert sum(bool(one.boxes) for one in found) >= 5


def test_several_boxes_share_no_world_and_are_counted_from_all() -> None:
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.random((1500, 10)), columns=list("abcdefghij"))
    wanted = pd.Series(rng.random(1500) < np.where((x["a"] < 0.3) | (x["b"] > 0.8), 0.9, 0.05))
    first, second = discover(x, wanted, "It fails", boxes=2).boxes
    assert {first.restrictions[0].parameter, second.restrictions[0].parameter} == {"a", "b"}
    assert 0.8 < first.coverage + second.coverage <= 1.0
    assert second.density_before < first.density_before
    rare = discover(x, pd.Series(rng.random(1500) < np.where(x["a"] < 0.3, 0.35, 0.05)), "It fails").sentences()[0]
    assert rare.startswith("It fails more often when a is low (at most 0.")


def test_quasi_p_is_the_binomial_chance_against_the_box_without_the_restriction() -> None:
    x, wanted = known(200)
    values, y = x.to_numpy(), wanted.to_numpy()
    found = quasi_p(values, y, {2: (-np.inf, 0.4), 5: (0.55, np.inf)})
    wider, held = values[:, 5] >= 0.55, (values[:, 5] >= 0.55) & (values[:, 2] <= 0.4)
    assert found[2] == pytest.approx(1.0 - binom.cdf(y[held].sum() - 1, held.sum(), y[wider].mean()))


def test_a_peel_takes_a_twentieth_and_leaves_the_highest_density() -> None:
    values = np.arange(100.0)[:, None]
    wanted = np.arange(100) >= 60
    path = find_box(values, wanted).trajectory
    assert path["worlds"].tolist()[:4] == [100, 95, 90, 85]
    assert (path["density"].diff().dropna() >= 0.0).all()
    assert (path["coverage"].iloc[:-1] == 1.0).all()
    assert path["density"].iloc[-1] == 1.0  # and stops when only wanted worlds are left


def test_equal_values_go_together() -> None:
    values = np.repeat([0.0, 1.0], 50)[:, None]
    wanted = values[:, 0] > 0.5
    limits = find_box(values, wanted).limits
    np.testing.assert_array_equal(inside(values, limits), wanted)


def test_pasting_and_dropping_leave_no_needless_restriction() -> None:
    x, wanted = known(1500, seed=4)
    values, y = x.to_numpy(), wanted.to_numpy()
    limits = find_box(values, y).limits
    assert max(quasi_p(values, y, limits).values()) < 0.05


def test_failed_worlds_are_left_out_and_too_few_are_not_searched() -> None:
    x, wanted = known(100)
    some = wanted.astype(object).where(wanted.index > 4)
    assert (discover(x, some, "It fails").worlds, discover(x, some, "It fails").dropped) == (95, 5)
    rare = discover(x, pd.Series(x.index < 9), "It fails")
    assert not rare.boxes
    assert "in fewer than 10 worlds" in rare.sentences()[0]
    with pytest.raises(ValueError, match="between 0 and 1"):
        discover(x, wanted, "It fails", level=5.0)


def test_a_box_reads_as_a_sentence_of_the_registry() -> None:
    rng = np.random.default_rng(2)
    registry = load_registry()
    varied = [name for name, p in registry.items() if p.low < p.high]
    x = pd.DataFrame({name: registry[name].quantile(rng.random(800)) for name in varied})
    ranks = x.rank(pct=True)
    box = (ranks["dist.markup"] < 0.4) & (ranks["dist.share_duty"] > 0.6)
    wanted = pd.Series(rng.random(800) < np.where(box, 0.9, 0.1))
    found = discover(x, wanted, "Pooled procurement fails to narrow the gap")
    text = found.sentences()[0]
    assert "the mark-up on the landed price is low (at most 1." in text
    least = re.search(r"the part of duty in the mark-up is high \(at least ([\d.]+) %", text)
    assert least
    assert float(least[1]) == pytest.approx(100 * x["dist.share_duty"].quantile(0.6), rel=0.1)
    assert f"density {100 * found.boxes[0].density:.0f} % against {100 * found.base:.0f} % overall" in text


@pytest.mark.parametrize(
    ("low", "high", "below", "words"),
    [
        (-np.inf, 0.3, (0.0, 0.4), "is low (at most 30 %)"),
        (-np.inf, 0.3, (0.0, 0.7), "is not high (at most 30 %)"),
        (-np.inf, 0.3, (0.0, 0.9), "is not very high (at most 30 %)"),
        (0.3, np.inf, (0.6, 1.0), "is high (at least 30 %)"),
        (0.3, np.inf, (0.3, 1.0), "is not low (at least 30 %)"),
        (0.3, np.inf, (0.1, 1.0), "is not very low (at least 30 %)"),
        (0.2, 0.3, (0.1, 0.4), "is between 20 % and 30 %"),
    ],
)
def test_low_and_high_are_said_as_they_are(low: float, high: float, below: tuple[float, float], words: str) -> None:
    assert Restriction("dist.service_lost", low, high, *below, 0.01).words.endswith(words)


def test_every_parameter_that_varies_has_words_and_a_group() -> None:
    names = [name for name, p in load_registry().items() if p.low < p.high]
    names += [f"{one.id}.{trait}" for one in load_applications() for trait in one.traits]
    assert not [name for name in names if words_of(name) == name], "add them to sensitivity/words.csv"
    assert not [name for name in names if group_of(name) == "other"], "add their first part to vocabulary.GROUPS"
    assert len({words_of(name) for name in names}) == len(names)


def test_groups_and_values_in_plain_words() -> None:
    assert groups_of(
        [
            "dist.markup",
            "cost.advocacy_country",
            "rare_disease.price",
            "dist.fixed_cost",
            "advocacy.budget",
            "nobody.knows",
        ]
    ) == {
        "distribution": ("dist.markup", "dist.fixed_cost"),
        "costs of levers": ("cost.advocacy_country",),
        "prices": ("rare_disease.price",),
        "strengths of levers": ("advocacy.budget",),
        "other": ("nobody.knows",),
    }
    assert words_of("rare_disease.price") == "the price of a test (rare disease)"
    assert value_words("dist.share_duty", 0.31) == "31 % of the mark-up"
    assert value_words("dist.fixed_cost", 151234.0) == "US$ 151,000 a year"
    assert value_words("dist.lead_time", 4.5) == "4.5 months"
    assert value_words("dist.markup", 1.7) == "1.7"


def test_the_figure_shows_the_trajectory_and_the_box() -> None:
    found = discover(*known(400), "It fails")
    figure = discovery_figure(found)
    dots = sum(len(part.get_offsets()) for part in figure.axes[0].collections)
    assert dots == len(found.trajectory) + 2  # and the box taken, and the same in worlds held out
    bars = [bar.get_width() for bar in figure.axes[1].patches][1::2]
    assert bars == pytest.approx([100 * (r.high_quantile - r.low_quantile) for r in found.boxes[0].restrictions])
    assert len(discovery_figure(discover(*known(100, seed=1, within=0.3, outside=0.3), "It fails")).axes) == 1
