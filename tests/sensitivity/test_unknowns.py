"""Value of information and rank reversal against examples whose answers are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from adoptsim.sensitivity import rank_reversal, reversal_sentences, value_of_information
from adoptsim.sensitivity.reversal import CANNOT_TELL as NO_REVERSAL
from adoptsim.sensitivity.reversal import CHANGES
from adoptsim.sensitivity.smoother import binned, rank_basis
from adoptsim.sensitivity.unknowns import CANNOT_TELL, WORTH
from adoptsim.sensitivity.unknowns_figure import information_figure

pytestmark = pytest.mark.fast
MEAN, SLOPES, NOISE = -0.3, (1.0, 0.5), 1.0


def linear(
    worlds: int, parameters: int = 8, seed: int = 0, slopes: tuple[float, float] = SLOPES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lever B beats A by MEAN + slopes * (p0, p1) + luck; both share a large part that is of no account."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((worlds, parameters))
    lead = MEAN + slopes[0] * x[:, 0] + slopes[1] * x[:, 1] + NOISE * rng.standard_normal(worlds)
    shared = 5.0 * rng.standard_normal(worlds)
    names = [f"p{i}" for i in range(parameters)]
    return pd.DataFrame(x, columns=names), pd.DataFrame({"A": shared, "B": shared + lead})


def exact(sd: float) -> float:
    """E max(0, N(MEAN, sd^2)), MEAN below 0: the closed form of two options whose difference is normal."""
    return float(MEAN * norm.cdf(MEAN / sd) + sd * norm.pdf(MEAN / sd))


def test_two_normal_options_have_their_closed_form() -> None:
    x, y = linear(4000, seed=3)
    found = value_of_information(x, y, {"both": ["p0", "p1"], "rest": ["p2", "p3", "p4"]})
    assert found.best == "A"
    assert found.evpi == pytest.approx(exact(1.5), abs=3 * found.evpi_se)
    for name, sd in (("p0", 1.0), ("p1", 0.5)):
        row = found.single.loc[name]
        assert row["evppi"] == pytest.approx(exact(sd), abs=3 * row["se"])
        assert row["se"] < 0.03
        assert row["verdict"] == WORTH
    assert (found.single["verdict"] == WORTH).sum() == 2
    both, rest = found.groups.loc["both"], found.groups.loc["rest"]
    assert both["evppi"] == pytest.approx(exact(np.hypot(*SLOPES)), abs=3 * both["se"])
    assert rest["verdict"] == CANNOT_TELL


def test_three_curved_options_against_nested_integration() -> None:
    rng = np.random.default_rng(5)
    u = rng.random((6000, 3))
    levers = {"flat": lambda a: 0.1 + 0 * a, "hill": lambda a: 4 * a * (1 - a) - 0.6, "late": lambda a: 2 * a**3 - 0.5}
    y = pd.DataFrame({n: f(u[:, 0]) + (u[:, 1] - 0.5) + 0.5 * rng.standard_normal(6000) for n, f in levers.items()})
    grid = (np.arange(100_000) + 0.5) / 100_000
    inner = np.stack([f(grid) for f in levers.values()])
    row = value_of_information(pd.DataFrame(u, columns=["a", "b", "c"]), y).single.loc["a"]
    assert row["evppi"] == pytest.approx(inner.max(axis=0).mean() - inner.mean(axis=1).max(), rel=0.06)


def test_standard_errors_are_the_spread_over_samples() -> None:
    rows = [value_of_information(*linear(300, 3, seed)).single.loc["p0"] for seed in range(24)]
    values, errors = (np.array([row[key] for row in rows]) for key in ("evppi", "se"))
    assert values.mean() == pytest.approx(exact(1.0), abs=3 * values.std() / np.sqrt(24))
    assert errors.mean() == pytest.approx(values.std(), rel=0.35)


def test_parameters_that_do_nothing_cannot_be_told() -> None:
    found = [
        value_of_information(*linear(64, 30, seed, (0.0, 0.0)), {"all": [f"p{i}" for i in range(30)]})
        for seed in range(24)
    ]
    named = sum((one.single["verdict"] == WORTH).any() for one in found)
    assert named <= 4  # 1 is expected at 1 of 21
    assert sum((one.groups["verdict"] == WORTH).any() for one in found) <= 4
    assert max(one.single["evppi"].max() for one in found) > 0.0  # noise does give values
    for one in found:  # and what may hide in it is not told to be worth nothing
        assert (one.single["high"] >= one.single["floor"]).all()
        assert (one.groups["high"] >= one.single["floor"].max()).all()


def test_what_all_levers_share_says_nothing() -> None:
    x, y = linear(200)
    one = value_of_information(x, y)
    other = value_of_information(x, y.add(100.0 * x["p5"], axis=0))
    np.testing.assert_allclose(one.single["evppi"], other.single["evppi"], atol=1e-9)
    assert one.evpi == pytest.approx(other.evpi)


def test_failed_worlds_and_fixed_parameters_are_left_out_and_told() -> None:
    x, y = linear(100)
    y.loc[3, "B"] = np.nan
    found = value_of_information(x.assign(still=1.0).iloc[::-1], y.drop(index=7))
    assert (found.worlds, found.dropped, found.constant) == (98, 2, ("still",))
    clean = value_of_information(x.drop(index=[3, 7]).iloc[::-1], y.drop(index=[3, 7]))
    pd.testing.assert_frame_equal(found.single, clean.single)


def test_a_group_is_worth_its_best_member() -> None:
    x, y = linear(64, 60, seed=2, slopes=(2.0, 0.0))
    found = value_of_information(x, y, {"everything": list(x)})
    assert found.single.loc["p0", "verdict"] == WORTH
    assert found.groups.loc["everything", "evppi"] >= found.single.loc["p0", "evppi"]


def test_wrong_questions_are_refused() -> None:
    x, y = linear(64)
    with pytest.raises(ValueError, match="at least two levers"):
        value_of_information(x, y[["A"]])
    with pytest.raises(ValueError, match="7 worlds have every parameter"):
        value_of_information(x.head(7), y)
    with pytest.raises(ValueError, match="mine: no parameter 'p00'"):
        value_of_information(x, y, {"mine": ["p00"]})
    with pytest.raises(ValueError, match="twice: p0"):
        value_of_information(pd.concat([x, x[["p0"]]], axis=1), y)
    with pytest.raises(ValueError, match="no parameter varies"):
        value_of_information(x * 0.0, y)


@pytest.mark.parametrize("worlds", [16, 63, 64, 1000])
def test_the_basis_is_orthonormal_over_ranks(worlds: int) -> None:
    basis = rank_basis(worlds)
    columns = np.column_stack([np.ones(len(basis.weights)), basis.columns])
    np.testing.assert_allclose(columns.T @ (columns * basis.weights[:, None]), np.eye(columns.shape[1]), atol=1e-9)


def test_the_parameter_that_turns_the_ranking_is_found() -> None:
    x, y = linear(600, seed=1)
    found = rank_reversal(x, y.assign(C=y["A"] - 1.0))
    top = found.iloc[0]
    assert (found.index[0], top["verdict"], top["best"], top["best_low"], top["best_high"]) == (
        "p0",
        CHANGES,
        "A",
        "A",
        "B",
    )
    assert top["top_three_low"] == "A, C, B"
    high = x["p0"].to_numpy().argsort()[-200:]
    assert top["lead_high"] == pytest.approx((y["B"] - y["A"]).to_numpy()[high].mean())
    assert top["p_best_high"] == pytest.approx((y["A"] > y["B"]).to_numpy()[high].mean())
    assert (found["verdict"].iloc[2:] == NO_REVERSAL).all()
    (sentence,) = (s for s in reversal_sentences(found, "points") if "p0" in s)
    assert sentence.startswith(f"Where p0 is in its high third (from {np.sort(x['p0'])[-200]:.3g}), B is best: ")


def test_no_ranking_is_turned_by_noise() -> None:
    found = [rank_reversal(*linear(64, 20, seed, (0.0, 0.0))) for seed in range(40)]
    assert sum((table["verdict"] != NO_REVERSAL).any() for table in found) <= 6
    assert any("No parameter alone" in s for table in found for s in reversal_sentences(table, "points"))


def test_the_figure_draws_what_was_found() -> None:
    found = value_of_information(*linear(200))
    figure = information_figure(found, "What is worth knowing?", "points")
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    np.testing.assert_allclose(widths, found.single["evppi"].head(10))
    assert figure.axes[0].patches[0].get_facecolor() != figure.axes[0].patches[-1].get_facecolor()


def test_the_penalty_takes_noise_away_and_leaves_a_signal() -> None:
    rng = np.random.default_rng(0)
    basis = rank_basis(500)
    luck = rng.standard_normal((500, 40))
    signal = 3.0 * np.sin(6.0 * np.linspace(0.0, 1.0, 500))[:, None] + luck
    order = np.arange(500)[None]
    freedom = [
        basis.shrinkage(basis.coefficients(binned(y, order)), y.var(axis=0)).sum(axis=1).mean() for y in (luck, signal)
    ]
    assert freedom[0] < 1.0 < 4.0 < freedom[1]  # of 8
