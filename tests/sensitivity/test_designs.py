"""Designs: what is run, in which order, with whose luck, and how it is written down."""

import json
import subprocess
import sys
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sensitivity_functions import ISHIGAMI, additive, ishigami, run, small

from adoptsim.inputs.parameters import load_registry
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.sensitivity import Factor, Joint, SensitivityDesign, analyse, design, factors_of
from adoptsim.sensitivity.methods import ANALYSES, METHODS
from adoptsim.sensitivity.problem import DUMMY

pytestmark = pytest.mark.fast
PAGE = Path(__file__).parents[2] / "docs" / "sensitivity.md"
KINDS = {"sobol": 8, "morris": 8, "latin": 128, "fast": 129, "dgsm": 8, "shapley": 8}
POSTERIOR = Joint("fit", {"a": (1.0, 2.0, 3.0), "b": (10.0, 20.0, 30.0)})


@pytest.mark.parametrize(("method", "size"), KINDS.items())
def test_a_design_written_down_is_made_again(method: str, size: int) -> None:
    made = design(ISHIGAMI[:2], method, size, seed=7, replicates=3, scrambles=1 if method == "dgsm" else 2)
    again = SensitivityDesign.from_config(json.loads(json.dumps(made.as_config())))
    assert (again, again.hash) == (made, made.hash)
    for name, values in made.design.factors.items():
        assert (again.design.factors[name] == values).all()
    other = design(ISHIGAMI[:2], method, size, seed=8, replicates=3, scrambles=made.scrambles)
    assert (other.hash == made.hash) == (method == "dgsm")  # which samples without chance


def test_everything_is_written_down() -> None:
    factors = (*ISHIGAMI, POSTERIOR, Factor("n", 0, 10, "normal", 4.0, 2.0), Factor("t", -3, -1, "triangular", -1.0))
    made = design(factors, "sobol", 4, 3, {"two": ["x1", "x2"]}, second_order=True, scrambles=2, replicates=5)
    again = SensitivityDesign.from_config(json.loads(json.dumps(made.as_config())))
    assert again.as_config() == made.as_config()
    assert again.units == ("two", "x3", "fit", "n", "t", "replicate", DUMMY)


def test_a_design_that_is_not_the_one_of_then_is_refused() -> None:
    config = small().as_config()
    with pytest.raises(ValueError, match="not those that were run"):
        SensitivityDesign.from_config({**config, "seed": 2})


@pytest.mark.parametrize("method", KINDS)
def test_worlds_of_a_block_share_their_luck_and_the_dummy_is_never_run(method: str) -> None:
    made = design(ISHIGAMI, method, 193 if method == "fast" else KINDS[method], replicates=3)
    assert DUMMY not in made.design.factors
    assert made.columns[-1] == DUMMY
    assert made.design.block == made.block
    luck = made.design.replicates.reshape(-1, made.block)
    if made.luck_varied:  # as any factor: in few rows of a block
        assert "replicate" in made.units
        changes = (np.diff(luck) != 0).sum(axis=1)
        assert changes.max() <= {"sobol": 3, "shapley": 1}[method]
    else:
        assert (luck == luck[:, :1]).all()
    assert set(luck.ravel()) == ({0} if method == "fast" else {0, 1, 2})


def test_blocks_have_the_rows_of_the_method() -> None:
    assert small().block == 3 + 2
    assert small(second_order=True).block == 2 * 3 + 2
    assert design(ISHIGAMI, "morris", 2).block == 5
    made = small()
    blocks = made.unit.reshape(-1, made.block, 3)
    for k in range(3):  # row k + 1 is the first with column k from the last
        others = [j for j in range(3) if j != k]
        assert (blocks[:, k + 1, others] == blocks[:, 0, others]).all()
        assert (blocks[:, k + 1, k] == blocks[:, -1, k]).all()


@pytest.mark.parametrize("scrambles", [1, 3])
@pytest.mark.parametrize("replicates", [1, 4])
@pytest.mark.parametrize("second_order", [False, True])
def test_a_doubled_design_begins_with_the_worlds_of_the_smaller(
    scrambles: int, replicates: int, second_order: bool
) -> None:
    made = small(size=8, scrambles=scrambles, replicates=replicates, second_order=second_order)
    larger = made.doubled().doubled()
    assert len(larger) == 4 * len(made)
    assert (larger.unit[: len(made)] == made.unit).all()
    assert (larger.design.replicates[: len(made)] == made.design.replicates).all()
    for name, values in larger.part(range(len(made))).factors.items():
        assert (values == made.design.factors[name]).all()
    # and the worlds of each scramble are what a scramble alone would be
    for r in range(scrambles):
        block = larger.by_scramble(larger.unit)[:, r].reshape(-1, larger.unit.shape[1])
        assert len(np.unique(block[:: made.block], axis=0)) == larger.size


def test_no_scramble_and_no_seed_repeats_another() -> None:
    made = small(scrambles=3, size=256)
    points = made.by_scramble(made.unit)[:, :, 0, 0]
    assert len(np.unique(points)) == points.size
    assert not np.isin(small(seed=1).unit, small(seed=2).unit).any()


def test_values_follow_their_distributions() -> None:
    factors = (
        Factor("u", -2, 3),
        Factor("l", 0.01, 10, "loguniform"),
        Factor("t", 1, 5, "triangular", 5.0),
        Factor("neg", -5, -1, "triangular", -2.0),
        Factor("n", 0, 10, "normal", 4.0, 2.0),
    )
    made = design(factors, "latin", 2048)
    truth = {
        "u": stats.uniform(-2, 5),
        "l": stats.loguniform(0.01, 10),
        "t": stats.triang(1.0, 1, 4),
        "neg": stats.triang(0.75, -5, 4),
        "n": stats.truncnorm(-2, 3, 4, 2),
    }
    for name, dist in truth.items():
        assert stats.kstest(made.design.factors[name], dist.cdf).statistic < 0.01


def test_ends_of_the_grid_are_the_bounds() -> None:
    """Morris' levels 0 and 1 must be finite."""
    factors = (Factor("n", 0, 10, "normal", 4.0, 2.0), Factor("t", 1, 5, "triangular", 5.0))
    values = design(factors, "morris", 50).design.factors
    assert (values["n"].min(), values["n"].max()) == pytest.approx((0, 10))
    assert (values["t"].min(), values["t"].max()) == pytest.approx((1, 5))


def test_a_joint_factor_sets_rows_of_its_table_and_has_one_index() -> None:
    made = design((POSTERIOR, Factor("x")), "sobol", 256, scrambles=4)
    a, b = made.design.factors["a"], made.design.factors["b"]
    assert set(zip(a, b, strict=True)) == {(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)}
    indices = analyse(made, run(made, lambda f: f["a"] + f["b"] / 10 + f["x"]))
    truth = 4 * (2 / 3) / (4 * (2 / 3) + 1 / 12)
    assert indices.of().set_index("factor")["value"].to_dict() == pytest.approx(
        {"fit": truth, "x": 1 - truth}, abs=0.02
    )


def test_groups_have_one_index() -> None:
    made = design(ISHIGAMI, "sobol", 512, groups={"odd": ["x1", "x3"]}, scrambles=4)
    assert made.block == 3 + 2
    indices = analyse(made, run(made, ishigami))
    assert indices.of("S1").set_index("factor")["value"].to_dict() == pytest.approx(
        {"odd": 0.5576, "x2": 0.4424}, abs=0.02
    )
    made = design(ISHIGAMI, "morris", 30, groups={"odd": ["x1", "x3"]})
    indices = analyse(made, run(made, ishigami))
    assert set(indices.of("mu_star")["factor"]) == {"odd", "x2"}
    assert set(indices.of("sigma")["factor"]) == {"x2"}  # effects within a group cancel: left out, not 0


def test_luck_is_a_factor_of_its_own_and_does_not_make_the_dummy_look_important() -> None:
    """Noise is a third of the variance: .53 .13 .00 and .33 for luck, as in designs with a factor for the seed."""
    noise = np.random.default_rng(1).normal(0, sqrt((16 + 4) / 12 / 2), 5000)

    def noisy(made: SensitivityDesign) -> pd.Series:
        return run(made, lambda f: additive(f) + noise[made.design.replicates])

    made = small(size=1024, replicates=5000, scrambles=4)
    table = analyse(made, noisy(made)).table.query("index == 'ST'").set_index("factor")["value"]
    assert table.to_dict() == pytest.approx({"x1": 0.533, "x2": 0.133, "replicate": 0.333, DUMMY: 0.0}, abs=0.03)
    assert table[DUMMY] == 0.0
    one = small(size=1024, scrambles=4)
    table = analyse(one, noisy(one)).table.query("index == 'ST'").set_index("factor")["value"]
    assert table.to_dict() == pytest.approx({"x1": 0.8, "x2": 0.2, DUMMY: 0.0}, abs=0.02)


def test_factors_come_from_the_registry() -> None:
    fee, growth = (load_registry()[n] for n in ("pool.fee", "proj.gdp_growth_long"))
    found = factors_of(
        {
            "pool.fee": None,
            "proj.gdp_growth_long": (0.01, 0.02),
            "data_sharing": None,
            "workforce_training.budget": (0, 5e7),
        },
        [Scenario("s")],
    )
    assert (found[0].low, found[0].high, found[0].distribution) == (fee.low, fee.high, fee.distribution)
    assert (found[1].low, found[1].high, found[1].central) == (0.01, 0.02, growth.central)
    assert (found[2].low, found[2].high, found[3].high) == (0.0, 1.0, 5e7)
    u = np.linspace(0, 1, 11)
    assert (found[0].values(u)["pool.fee"] == fee.quantile(u)).all()


def test_everything_that_cannot_be_a_factor_is_told_at_once() -> None:
    fixed = next(p for p in load_registry().values() if p.low == p.high)
    scenario = Scenario("s", levers=(LeverUse("data_sharing", intensity=0.5),), parameters={"pool.fee": 0.03})
    asked = {
        "pool.fe": None,
        "pool.fee": None,
        "data_sharing.budget": None,
        "workforce_training": (0, 2),
        "proj.gdp_growth_long": (-9, 9),
        fixed.name: None,
    }
    with pytest.raises(ValueError) as caught:
        factors_of(asked, [scenario])
    told = str(caught.value).split("\n")
    assert len(told) == len(asked)
    for line, words in zip(
        told, ("did you mean 'pool.fee'", "s fixes it", "US$", "0 to 1", "bounds within", "one value"), strict=True
    ):
        assert words in line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "sobel"}, "did you mean sobol"),
        ({"method": "hdmr"}, "expected one of sobol, morris"),
        ({"size": 100}, "power of two, got 100; 128 is one"),
        ({"method": "fast"}, "fast wants 129 or more for 3 factors"),
        ({"method": "latin"}, "latin wants 128"),
        ({"method": "dgsm", "scrambles": 2}, "without chance"),
        ({"method": "latin", "size": 128, "groups": {"g": ["x1"]}}, "sobol and morris have"),
        ({"method": "morris", "second_order": True}, "sobol has"),
        ({"method": "morris", "levels": 5}, "even number"),
        ({"method": "morris", "level": 4}, "'level': morris has levels"),
        ({"method": "dgsm", "step": 2.0}, "between 0 and 1"),
        ({"groups": {"g": ["x1", "x3"]}}, "'x3' is no factor"),
        ({"groups": {"g": ["x1"], "h": ["x1"]}}, "several groups"),
        ({"groups": {"x2": ["x1"]}}, "called like a factor"),
        ({"groups": {"g": []}}, "is empty"),
        ({"scrambles": 0}, "scrambles: a whole number"),
        ({"size": 2**22, "scrambles": 8}, "at most 10,000,000"),
    ],
)
def test_wrong_designs_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        small(**given)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"low": 2.0}, "low < high"),
        ({"high": float("inf")}, "finite"),
        ({"distribution": "logunif"}, "loguniform"),
        ({"distribution": "loguniform"}, "low above 0"),
        ({"distribution": "triangular"}, "wants a central value"),
        ({"distribution": "normal", "central": 0.5}, "spread above 0"),
        ({"spread": 1.0}, "spread above 0"),
        ({"distribution": "triangular", "central": 3.0}, "low <= central <= high"),
    ],
)
def test_wrong_factors_are_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        Factor("x", **fields)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_wrong_joint_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Joint("j", {"a": (1.0, 2.0), "b": (1.0,)})
    with pytest.raises(ValueError, match="a number"):
        Joint("j", {"a": (1.0, float("nan"))})
    with pytest.raises(ValueError, match="no order"):
        design((POSTERIOR, Factor("x")), "morris", 4)
    with pytest.raises(ValueError, match="stands twice"):
        design((POSTERIOR, Factor("a")), "sobol", 4)


def test_the_command_line_does_not_wait_for_any_of_it() -> None:
    code = """
import sys, adoptsim as ad, adoptsim.cli
print([m for m in sys.modules if "sensitivity" in m])
ad.sensitivity.design
print([m for m in sys.modules if "SALib" in m or "matplotlib" in m])
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["[]", "[]"]


def test_the_room_lists_what_it_has() -> None:
    import adoptsim as ad

    assert set(ad.sensitivity.__all__) <= set(dir(ad.sensitivity))
    assert all(callable(getattr(ad.sensitivity, name)) for name in ad.sensitivity.__all__)
    with pytest.raises(AttributeError):
        _ = ad.sensitivity.nothing


def test_the_page_names_every_method_and_what_it_costs() -> None:
    rows = [line.split("|")[1:5] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    told = {cells[0].strip(): cells[1:] for cells in rows if len(cells) == 4}
    for name, kind in METHODS.items():
        for by in kind.analyses:
            title = f"`{name}`" if len(kind.analyses) == 1 else f"`{name}`, by `{by}`"
            assert f"`{ANALYSES[by].primary}`" in told[title][1]
            size = KINDS[name]
            made = design(ISHIGAMI, name, 193 if name == "fast" else size)
            cost = told[title][0].split(", N")[0].strip().replace("N (", "N * (").replace("N k", "N * k")
            assert len(made) == eval(cost, {"N": made.size, "k": len(made.columns)})
    pairs = told["`sobol` with `second_order`"][0].strip().replace("N (2k", "N * (2 * k")
    assert len(small(second_order=True)) == eval(pairs, {"N": 64, "k": 3})
