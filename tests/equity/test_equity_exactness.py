"""Bytes depend on the numbers alone: not on blocks, layout, neighbours or threads; and the room stands alone."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

from adoptsim import equity
from adoptsim.equity import arrays

NAMES = list(equity.MEASURES)
ROOM = Path(equity.__file__).parent


@pytest.fixture(scope="module")
def ensemble():
    rng = np.random.default_rng(6)
    lead = (4, 3)
    return {
        "estimate": rng.random((*lead, 37)),
        "population": rng.lognormal(size=37),
        "rank": rng.integers(0, 30, (*lead, 37)).astype(float),
        "reference": 2,
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["linear", "logit"])
def test_block_size_and_neighbours_change_no_byte(name, form, ensemble, monkeypatch):
    whole = equity.measure(name, **ensemble, form=form)
    for block in (1, 100, 10_000):
        monkeypatch.setattr(arrays, "BLOCK", block)
        np.testing.assert_array_equal(equity.measure(name, **ensemble, form=form), whole)
    one = {k: v[2, 1] if np.ndim(v) == 3 else v for k, v in ensemble.items()}
    assert equity.measure(name, **one, form=form).tobytes() == whole[2, 1].tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_memory_layout_changes_no_byte(name, ensemble):
    whole = equity.measure(name, **ensemble)
    for layout in (np.asfortranarray, lambda a: np.repeat(a, 2, axis=0)[::2], lambda a: a[..., ::-1].copy()[..., ::-1]):
        turned = ensemble | {k: layout(ensemble[k]) for k in ("estimate", "rank")}
        np.testing.assert_array_equal(equity.measure(name, **turned), whole)


def test_decompositions_keep_their_bytes_too(ensemble, monkeypatch):
    labels = np.arange(37) // 5
    income = ensemble["rank"]
    question = (ensemble["estimate"], ensemble["population"])
    whole = equity.decompose("theil", *question, labels), equity.split_gap(*question, income, labels)
    monkeypatch.setattr(arrays, "BLOCK", 1)
    again = equity.decompose("theil", *question, labels), equity.split_gap(*question, income, labels)
    np.testing.assert_array_equal(again[0].parts, whole[0].parts)
    np.testing.assert_array_equal(again[1], whole[1])


@pytest.mark.parametrize("count", [1, 2, 3, 7, 970])
def test_sums_are_folded_halves(count):
    values = np.random.default_rng(7).random(count)
    kept, folded = values.copy(), list(values)
    while len(folded) > 1:
        half = len(folded) // 2
        folded = [
            folded[i] + folded[len(folded) - half + i] if i < half else folded[i] for i in range(len(folded) - half)
        ]
    assert arrays.total(values) == folded[0]
    np.testing.assert_array_equal(values, kept)
    assert arrays.weigh(values, np.ones(count)) == folded[0]


def test_arguments_are_left_as_they_were(ensemble):
    kept = {k: np.copy(v) for k, v in ensemble.items()}
    for name in NAMES:
        equity.measure(name, **ensemble)
        equity.measure(name, **ensemble, who_compat=True, form="logit")
    equity.headline(ensemble["estimate"], ensemble["population"], ensemble["rank"])
    equity.decompose("MLD", ensemble["estimate"], ensemble["population"], np.arange(37) // 5)
    for key, value in kept.items():
        np.testing.assert_array_equal(ensemble[key], value)


def imports(tree, everywhere):
    """Names of imported modules: all, or only those imported as the module loads and outside TYPE_CHECKING."""
    nodes = ast.walk(tree) if everywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda p: p.name)
def test_the_room_needs_numpy_only_and_knows_no_other_room(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ours = [m for m in imports(tree, everywhere=True) if m.startswith("adoptsim")]
    assert all(m == "adoptsim.equity" or m.startswith("adoptsim.equity.") for m in ours)
    roots = {m.partition(".")[0] for m in imports(tree, everywhere=False)}
    assert roots <= {"numpy", "adoptsim"} | sys.stdlib_module_names


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda p: p.name)
def test_no_sum_is_left_to_blas(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult)]
    called = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not called & {"dot", "einsum", "matmul", "tensordot", "inner", "vdot"}
