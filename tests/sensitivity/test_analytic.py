"""Every method finds what is known of functions whose indices have a closed form, or were computed with care."""

import numpy as np
import pytest
from scipy import stats
from sensitivity_functions import (
    ADDITIVE,
    ISHIGAMI,
    ISHIGAMI_S1,
    ISHIGAMI_SHAPLEY,
    ISHIGAMI_ST,
    MORRIS_20,
    SOBOL_G,
    additive,
    ishigami,
    morris_20,
    run,
    sobol_g,
    sobol_g_truth,
)

from adoptsim.sensitivity import Factor, Indices, analyse, design

pytestmark = pytest.mark.fast


def found(indices: Indices, index: str = "") -> dict[str, float]:
    rows = indices.of(index)
    return dict(zip(rows["factor"], rows["value"], strict=True))


def test_sobol_on_ishigami_with_pairs_and_intervals_that_hold_the_truth() -> None:
    made = design(ISHIGAMI, "sobol", 1024, scrambles=8, second_order=True)
    indices = analyse(made, run(made, ishigami))
    assert found(indices, "S1") == pytest.approx(ISHIGAMI_S1, abs=0.02)
    assert found(indices, "ST") == pytest.approx(ISHIGAMI_ST, abs=0.01)
    pairs = indices.of("S2").set_index(["factor", "partner"])["value"].to_dict()
    assert pairs == pytest.approx({("x1", "x3"): 0.243684, ("x1", "x2"): 0.0, ("x2", "x3"): 0.0}, abs=0.03)
    rows = indices.of("ST").set_index("factor")
    for name, truth in ISHIGAMI_ST.items():
        assert rows.loc[name, "low"] - 0.003 < truth < rows.loc[name, "high"] + 0.003
    assert indices.widest() < 0.05
    assert "Student's t over 8" in indices.interval
    assert indices.top() == ("x1", "x2", "x3")


def test_intervals_over_scrambles_are_far_narrower_than_salib_s_bootstrap_and_cover() -> None:
    """The reason for scrambles: SALib takes points of a net for independent draws."""
    covered = tried = 0
    for seed in range(1, 11):
        made = design(ISHIGAMI, "sobol", 256, seed=seed, scrambles=6)
        rows = analyse(made, run(made, ishigami)).of().set_index("factor")
        for name, truth in ISHIGAMI_ST.items():
            tried += 1
            covered += rows.loc[name, "low"] < truth < rows.loc[name, "high"]
    assert covered / tried > 0.85
    one = design(ISHIGAMI, "sobol", 2048)
    eight = design(ISHIGAMI, "sobol", 256, scrambles=8)
    assert len(one) == len(eight)
    wide, narrow = analyse(one, run(one, ishigami)), analyse(eight, run(eight, ishigami))
    assert narrow.widest() < wide.widest()
    assert "bootstrap" in wide.interval


def test_sobol_on_g() -> None:
    first, total = sobol_g_truth()
    assert (first["x0"], total["x1"]) == pytest.approx((0.71619, 0.24220), abs=1e-5)  # Saltelli et al. 2010
    made = design(SOBOL_G, "sobol", 1024, scrambles=4)
    indices = analyse(made, run(made, sobol_g))
    assert found(indices, "S1") == pytest.approx(first, abs=0.01)
    assert found(indices, "ST") == pytest.approx(total, abs=0.01)


def test_sobol_on_morris_twenty() -> None:
    made = design(MORRIS_20, "sobol", 256, scrambles=4)
    total = found(analyse(made, run(made, morris_20)))
    truth = [0.253, 0.257, 0.113, 0.258, 0.113, 0.094, 0.069, 0.102, 0.152, 0.102] + [0.002] * 10
    assert [total[f.name] for f in MORRIS_20] == pytest.approx(truth, abs=0.02)


def test_morris_on_morris_twenty() -> None:
    made = design(MORRIS_20, "morris", 200, scrambles=2)
    indices = analyse(made, run(made, morris_20))
    truth = [64.2, 63.6, 50.9, 63.1, 49.5, 43.3, 34.9, 37.4, 42.6, 37.4]
    size = found(indices, "mu_star")
    assert [size[f"x{i}"] for i in range(1, 11)] == pytest.approx(truth, rel=0.1)
    assert max(size[f"x{i}"] for i in range(11, 21)) < 8
    spread = found(indices, "sigma")
    assert spread["x9"] < 10 < spread["x1"]  # alone, and with others


def test_additive_function_and_a_factor_that_does_nothing() -> None:
    made = design((*ADDITIVE, Factor("nothing")), "sobol", 256, scrambles=4)
    indices = analyse(made, run(made, additive))
    for index in ("S1", "ST"):
        assert found(indices, index) == pytest.approx({"x1": 0.8, "x2": 0.2, "nothing": 0.0}, abs=0.01)
    assert list(indices.of()["distinguishable"]) == [True, True, False]


def test_scipy_says_the_same() -> None:
    """The same estimators, another implementation, another sample."""
    theirs = stats.sobol_indices(
        func=lambda x: ishigami({f"x{i + 1}": x[i] for i in range(3)}),
        n=4096,
        dists=[stats.uniform(-np.pi, 2 * np.pi)] * 3,
        rng=np.random.default_rng(3),
    )
    made = design(ISHIGAMI, "sobol", 1024, scrambles=4)
    indices = analyse(made, run(made, ishigami))
    names = ["x1", "x2", "x3"]
    assert [found(indices, "S1")[n] for n in names] == pytest.approx(list(theirs.first_order), abs=0.02)
    assert [found(indices, "ST")[n] for n in names] == pytest.approx(list(theirs.total_order), abs=0.02)


def test_efast() -> None:
    made = design(ISHIGAMI, "fast", 1025, scrambles=3)
    indices = analyse(made, run(made, ishigami))
    assert found(indices, "S1") == pytest.approx(ISHIGAMI_S1, abs=0.04)
    assert found(indices, "ST") == pytest.approx(ISHIGAMI_ST, abs=0.04)
    assert "x3" not in set(indices.of("S1").query("distinguishable")["factor"])  # no effect of its own


def test_shapley_effects() -> None:
    made = design(ISHIGAMI, "shapley", 2048)
    indices = analyse(made, run(made, ishigami))
    assert found(indices) == pytest.approx(ISHIGAMI_SHAPLEY, abs=0.05)
    assert sum(found(indices).values()) == pytest.approx(1.0)
    for row in indices.of().itertuples():
        assert row.low < ISHIGAMI_SHAPLEY[row.factor] < row.high


def test_dgsm_is_a_bound_of_st_whatever_the_distribution() -> None:
    made = design(ISHIGAMI, "dgsm", 512)
    bound = found(analyse(made, run(made, ishigami)))
    assert all(bound[name] > ISHIGAMI_ST[name] for name in bound)
    # a straight line: (dy/du)^2 / pi^2 var = 12 / pi^2 of its share
    made = design(ADDITIVE, "dgsm", 512)
    bound = found(analyse(made, run(made, additive)))
    assert bound == pytest.approx({"x1": 0.8 * 12 / np.pi**2, "x2": 0.2 * 12 / np.pi**2}, rel=0.02)
    skewed = (Factor("x1", 0.01, 100, "loguniform"), Factor("x2", 0, 1, "triangular", 1.0))
    made, exact = design(skewed, "dgsm", 512), design(skewed, "sobol", 512, scrambles=4)
    bound, share = (found(analyse(d, run(d, additive))) for d in (made, exact))
    assert all(bound[name] > share[name] for name in share)


def test_the_interval_of_dgsm_is_that_of_dgsm() -> None:
    """SALib gives the half-width of another index, vi, under this name."""
    made = design(ISHIGAMI, "dgsm", 256)
    table = analyse(made, run(made, ishigami)).table.set_index(["index", "factor"])
    for name in ("x1", "x2", "x3"):
        share = [(row["high"] - row["low"]) / row["value"] for row in (table.loc["dgsm", name], table.loc["vi", name])]
        assert share[0] == pytest.approx(share[1])


@pytest.mark.parametrize(
    ("by", "size", "truth", "near"),
    [
        ("pawn", 4096, {"x1": 0.247, "x2": 0.390, "x3": 0.091}, 0.02),
        ("rbd_fast", 2048, ISHIGAMI_S1, 0.03),
    ],
)
def test_methods_for_any_sample(by: str, size: int, truth: dict[str, float], near: float) -> None:
    made = design(ISHIGAMI, "latin", size)
    assert found(analyse(made, run(made, ishigami), by=by)) == pytest.approx(truth, abs=near)


def test_delta_on_a_sum_of_normals() -> None:
    """Half the mean distance of the densities of y, and of y where one factor is known."""
    factors = (Factor("x1", -8, 8, "normal", 0.0, 2.0), Factor("x2", -4, 4, "normal", 0.0, 1.0))
    y, whole = np.linspace(-12, 12, 2001), stats.norm(0, np.sqrt(5))
    truth = {}
    for name, own, rest in (("x1", 2.0, 1.0), ("x2", 1.0, 2.0)):
        centres = own * stats.norm.ppf(np.linspace(0.005, 0.995, 100))
        apart = [np.trapezoid(np.abs(whole.pdf(y) - stats.norm.pdf(y, at, rest)), y) for at in centres]
        truth[name] = np.mean(apart) / 2
    made = design(factors, "latin", 256)
    indices = analyse(made, run(made, lambda f: f["x1"] + f["x2"]), by="delta")
    assert found(indices) == pytest.approx(truth, abs=0.06)
    assert 0 < indices.floor["delta"] < min(truth.values())  # never 0: distances of samples are above 0


def test_rsa_tells_which_part_of_the_outcome_a_factor_drives() -> None:
    def kinked(f: dict[str, np.ndarray]) -> np.ndarray:
        return np.maximum(f["x1"], 0.5) + 0.4 * f["x2"] * (f["x1"] < 0.5)  # x2 counts only where x1 is low

    made = design(ADDITIVE, "latin", 512)
    indices = analyse(made, run(made, kinked), by="rsa", slices=5)
    low, high = found(indices, "rsa 0-20 %"), found(indices, "rsa 80-100 %")
    assert low["x2"] > low["x1"]
    assert high["x1"] > 3 * high["x2"]
    of_x1 = indices.table[(indices.table["factor"] == "x1") & (indices.table["index"] != "rsa_max")]
    assert len(of_x1) == 5
    assert found(indices)["x1"] == of_x1["value"].max()
