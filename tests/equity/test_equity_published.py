"""Figures that others published, from data that they published."""

import numpy as np
import pytest

from adoptsim import equity

# Tests of the R package healthequal 1.0.1 (WHO): their data come from R's generator with seed 123, written out here.
FIVE = {
    "estimate": [20, 30, 40, 50, 60],
    "population": [78, 91, 162, 103, 105],
    "rank": [1, 2, 3, 4, 5],
}
REGIONS = {
    "estimate": [61, 74, 58, 59, 72, 75, 74, 68, 75, 67, 73, 63, 66, 62, 60, 66, 71, 73, 71, 61, 74, 84, 55, 69, 60],
    "population": [
        832,
        931,
        1468,
        1021,
        1039,
        1515,
        1138,
        620,
        794,
        866,
        1367,
        1108,
        1120,
        1033,
        833,
        1536,
        1149,
        410,
        1210,
        858,
        680,
        935,
        692,
        781,
        812,
    ],
}
# Skilled birth attendance by wealth quintile, the package's OrderedSample.
BIRTHS = {
    "estimate": [75.60530, 91.01997, 96.03959, 97.04223, 99.22405],
    "population": [2072.436, 2112.204, 1983.059, 2052.124, 1884.510],
    "rank": [1, 2, 3, 4, 5],
}


@pytest.mark.parametrize(
    ("name", "form", "published"),
    [
        ("ACI", "linear", 7.3284202),
        ("RCI", "linear", 0.17776859),
        ("SII", "logit", 44.44502),
        ("RII", "logit", 3.159506),
        ("PAR", "linear", 18.775509),
        ("PAF", "linear", 45.544548),
    ],
)
def test_healthequal_on_ordered_groups(name, form, published):
    result = equity.measure(name, **FIVE, scale=100, form=form, who_compat=True)
    assert result == pytest.approx(published, rel=2e-6)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("BGV", 46.198326),
        ("BGSD", 6.7969351),
        ("MDMU", 5.891726),
        ("MDMW", 5.8348689),
        ("MDBU", 16.360001),
        ("MDBW", 16.293156),
        ("MDRU", 7.2399998),
        ("MDRW", 7.2228465),
        ("IDISU", 8.7018175),
        ("IDISW", 8.6178417),
        ("TI", 5.0359201),
        ("MLD", 5.0524006),
        ("PAR", 16.293152),
        ("PAF", 24.06426),
    ],
)
@pytest.mark.parametrize("who_compat", [False, True])
def test_healthequal_on_regions(name, published, who_compat):
    reference = None if name in ("PAR", "PAF") else 13
    result = equity.measure(name, **REGIONS, reference=reference, scale=100, who_compat=who_compat)
    assert result == pytest.approx(published, rel=2e-5)


def test_healthequal_on_births():
    assert equity.measure("ACI", **BIRTHS, scale=100) == pytest.approx(4.30052, abs=2e-5)
    compat = equity.measure("SII", **BIRTHS, scale=100, form="logit", who_compat=True)
    assert compat == pytest.approx(31.61763, abs=1e-5)
    assert equity.measure("SII", **BIRTHS, scale=100, form="logit") == pytest.approx(compat, abs=0.1)


def test_rounding_to_counts_ruins_who_figures_in_thousands_and_in_shares():
    people = np.array(BIRTHS["population"])
    ours = equity.measure("SII", **BIRTHS, scale=100, form="logit")
    for size, published in ((1000, 99.999), (people.sum(), 0.0)):
        scaled = BIRTHS | {"population": people / size}
        assert equity.measure("SII", **scaled, scale=100, form="logit", who_compat=True) == pytest.approx(
            published, abs=2e-3
        )
        assert equity.measure("SII", **scaled, scale=100, form="logit") == pytest.approx(ours, rel=1e-12)


def test_world_bank_example_of_deaths_under_five():
    """O'Donnell et al. (2008), Analyzing Health Equity Using Household Survey Data, table 8.1: India 1982-92."""
    births = [29939, 28776, 26528, 24689, 19739]
    deaths_per_1000 = [154.7, 152.9, 119.5, 86.9, 54.3]
    index = equity.relative_concentration(deaths_per_1000, births, range(5), scale=1000, favourable=False)
    assert index == pytest.approx(-0.1694, abs=5e-5)
    assert equity.MEASURES["relative_concentration"].favours(float(index), favourable=False) == "favours advantaged"
