"""Every wrong argument gets an error that names it and its first bad entry."""

import numpy as np
import pytest

from adoptsim import equity

GOOD = {"estimate": [0.3, 0.4, 0.7], "population": [40, 40, 20], "rank": [1, 2, 3], "reference": 0}
NAMES = list(equity.MEASURES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"population": [40, -1, -2]}, r"population\[1\] = -1: negative"),
        ({"population": [40, np.nan, 2]}, r"population\[1\] = nan: not a finite number"),
        ({"population": [0, 0, 0]}, "population: all zero"),
        ({"population": [[1, 1, 1], [0, 0, 0]]}, r"population\[1\]: all zero"),
        ({"population": [40, 40]}, "population: 2 units, but estimate has 3"),
        ({"population": 40}, "population: one number"),
        ({"estimate": []}, "estimate: no units"),
        ({"estimate": ["a", "b", "c"]}, "estimate: not an array of numbers"),
        ({"estimate": [[0.3, 0.4, 0.7], [0.1, np.nan, np.nan]]}, r"estimate\[1, 1\] = nan: not a finite number"),
        ({"estimate": [0.3, np.inf, 0.7]}, r"estimate\[1\] = inf: not a finite number"),
        ({"estimate": [0.3, 1e200, 0.7]}, r"estimate\[1\] = 1e\+200: above its upper bound"),
        ({"population": [40, 1e200, 2]}, r"population\[1\] = 1e\+200: above its upper bound"),
        ({"rank": [1, 2]}, "rank: 2 units, but estimate has 3"),
        ({"rank": [1, 2, np.nan]}, r"rank\[2\] = nan: not a finite number"),
        ({"estimate": np.ones((2, 3)), "rank": np.ones((4, 3))}, r"leading axes do not fit together: .*rank \(4, 3\)"),
        ({"reference": 3}, "reference: 3 is not the index of one of 3 units"),
        ({"reference": -1}, "reference: -1 is not the index"),
        ({"scale": 0.0}, "scale: 0.0"),
        ({"scale": np.nan}, "scale: nan"),
        ({"form": "probit"}, "form: 'probit', where 'linear' or 'logit' is needed"),
        ({"scale": 100.0, "estimate": [30, 40, 170]}, r"estimate\[2\] = 170: above its upper bound 100"),
        ({"scale": 100.0, "estimate": [-30, 40, 70]}, r"estimate\[0\] = -30: negative"),
    ],
)
def test_every_measure_names_what_is_wrong(name, change, words):
    with pytest.raises(ValueError, match=words):
        equity.measure(name, **GOOD | change)


@pytest.mark.parametrize("name", ["wagstaff", "erreygers"])
def test_measures_that_need_bounds_hold_to_them(name):
    with pytest.raises(ValueError, match=r"estimate\[2\] = 70: above its upper bound 1 \(is it on another scale\?\)"):
        equity.measure(name, **GOOD | {"estimate": [0.3, 0.4, 70]})


@pytest.mark.parametrize("name", ["SII", "RII"])
@pytest.mark.parametrize("options", [{"form": "logit"}, {"who_compat": True}])
def test_fits_to_counts_hold_to_bounds(name, options):
    with pytest.raises(ValueError, match=r"estimate\[1\] = 1.5: above its upper bound 1"):
        equity.measure(name, **GOOD | {"estimate": [0.3, 1.5, 0.9]}, **options)
    equity.measure(name, **GOOD | {"estimate": [0.3, 1.5, 0.9]})


@pytest.mark.parametrize("name", [m.name for m in equity.MEASURES.values() if m.domain == "not negative"])
def test_relative_measures_refuse_negative_estimates(name):
    with pytest.raises(ValueError, match=r"estimate\[1\] = -0.1: negative"):
        equity.measure(name, **GOOD | {"estimate": [0.3, -0.1, 0.9]})


@pytest.mark.parametrize("name", [m.name for m in equity.MEASURES.values() if m.domain == "any"])
def test_absolute_measures_take_any_number(name):
    shifted = equity.measure(name, **GOOD | {"estimate": [-9.7, -9.6, -9.3]})
    shift = -10 if name == "mean" else 0
    assert shifted == pytest.approx(equity.measure(name, **GOOD) + shift)


@pytest.mark.parametrize("name", [m.name for m in equity.MEASURES.values() if m.ranked])
def test_ordered_measures_need_a_rank(name):
    with pytest.raises(ValueError, match=f"rank: {name} needs what orders the units"):
        equity.measure(name, **GOOD | {"rank": None})


@pytest.mark.parametrize("name", ["MDRU", "MDRW"])
def test_reference_measures_need_a_reference(name):
    with pytest.raises(ValueError, match=r"reference: .* needs the index of the reference unit"):
        equity.measure(name, **GOOD | {"reference": None})


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(ValueError, match="no measure 'slope_idex'; did you mean slope_index"):
        equity.measure("slope_idex", **GOOD)
    with pytest.raises(ValueError, match="known: mean, difference"):
        equity.find("@@@@@")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: equity.headline([0.1, np.nan], [1, 1], [1, 2]), r"access\[1\] = nan"),
        (lambda: equity.headline([0.1, 0.2], [1, 1], [1, np.inf]), r"income\[1\] = inf"),
        (lambda: equity.headline([0.1, 0.2], [1, 1, 1], [1, 2]), "population: 3 units, but access has 2"),
        (lambda: equity.headline([0.1, 0.2], [1, 1], [1, 2], poor=0.9), "poor, rich: need shares"),
        (lambda: equity.headline([0.1, 0.2], [1, 1], [1, 2], rich=0), "poor, rich: need shares"),
        (lambda: equity.split_gap([0.1, np.nan], [1, 1], [1, 2], [0, 1]), r"access\[1\] = nan"),
        (lambda: equity.split_gap([0.1, 0.2], [1, 1], [1, 2], [0]), "groups: labels of shape"),
        (lambda: equity.band_weights([1, 1], [1, 2], 0.5, 0.5), "lower, upper"),
        (lambda: equity.band_weights([1, 1], [1, 2], 0.5, 1.1), "lower, upper"),
        (lambda: equity.band_weights([1, -1], [1, 2], 0, 1), r"population\[1\] = -1: negative"),
        (lambda: equity.weighted_sum([[0, 1], [np.nan, 1]], [1, 2]), r"values\[1, 0\] = nan"),
        (lambda: equity.weighted_sum([0, 1], [1, np.inf]), r"weights\[1\] = inf"),
        (lambda: equity.weighted_sum([0, 1], [1]), "weights: 1 units, but values has 2"),
        (lambda: equity.concentration_curve([[1, 2]] * 2, [1, 1], [1, 2]), "estimate: a curve needs one axis"),
        (lambda: equity.concentration_curve([1, -2], [1, 1], [1, 2]), r"estimate\[1\] = -2: negative"),
    ],
)
def test_the_other_functions_do_so_too(call, words):
    with pytest.raises(ValueError, match=words):
        call()
