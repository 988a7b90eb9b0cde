"""The documentation says what the code does: its examples run, its table and its WHO figures are recomputed."""

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from adoptsim import equity

PAGE = Path(__file__).parents[2] / "docs" / "equity.md"


def tables():
    """Rows of the page's tables as cells without backquotes."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def test_examples_run():
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 10
    assert result.failed == 0


def test_the_three_groups_worked_by_hand():
    rows = {row[0]: row for row in tables() if row[0] in equity.MEASURES}
    assert list(rows) == list(equity.MEASURES)
    for name, (_, who, _, figure) in rows.items():
        assert who == ("" if equity.MEASURES[name].who.islower() else equity.MEASURES[name].who)
        value = equity.measure(name, [0.3, 0.4, 0.7], [40, 40, 20], [1, 2, 3], reference=0)
        if name.startswith("attributable"):
            value = equity.measure(name, [0.3, 0.4, 0.7], [40, 40, 20], [1, 2, 3])
        digits = len(figure.partition(".")[2])
        assert round(float(value), digits) == float(figure), name


def numbers(text):
    return [float(x) for x in re.findall(r"\d+\.?\d*", text)]


@pytest.mark.parametrize(
    ("row", "people", "estimate", "scale"),
    [
        (0, [40, 40, 20], [0.3, 0.4, 0.7], 1),
        (1, [1400e3, 280e3, 210e3, 85e3, 10e3], [5, 10, 30, 60, 80], 100),
        (2, [100e3] * 5, [5, 10, 30, 60, 80], 100),
        (3, [0.4, 0.4, 0.2], [0.3, 0.4, 0.7], 1),
    ],
)
def test_differences_from_who_in_numbers(row, people, estimate, scale):
    rows = list(tables())
    start = next(i for i, cells in enumerate(rows) if cells[0].startswith("logit SII and RII"))
    _, _, ours, theirs = rows[start + row]
    theirs = ours if theirs == "the same" else theirs
    for text, who_compat in ((ours, False), (theirs, True)):
        for name, figure in zip(("SII", "RII"), numbers(text), strict=False):
            value = equity.measure(
                name, estimate, people, range(len(people)), scale=scale, form="logit", who_compat=who_compat
            )
            assert value == pytest.approx(figure, rel=2e-3), (name, who_compat)


def test_differences_from_who_for_zeros_and_the_linear_form():
    n = [40, 40, 20]
    low, high = [0.0, 0.4, 0.7], [0.0, 40.0, 70.0]
    text = PAGE.read_text(encoding="utf-8")
    assert f"TI {equity.theil(low, n):.3f} | TI {equity.theil(low, n, who_compat=True):.3f}" in text
    mld = [equity.mean_log_deviation(y, n, who_compat=True) for y in (low, high)]
    assert f"infinite | MLD {mld[0]:.0f} and {mld[1]:.0f}" in text
    thin = np.array(n) / 100
    linear = [equity.slope_index([0.3, 0.4, 0.7], thin, [1, 2, 3], who_compat=who) for who in (False, True)]
    assert f"SII {linear[0]:.1f} | SII {linear[1]:.1f}" in text
