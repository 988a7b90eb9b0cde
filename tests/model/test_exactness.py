"""Same seed, same bytes: across runs, blocks of worlds, threads and hash seeds; the other Python agrees to 1e-9."""

from __future__ import annotations

import ast
import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import BlockResult
from support import all_levers, digest, kept, state, world_of

TESTS = Path(__file__).parents[1]
SHORT = 24  # quarters; enough for grants, students and machines to come due
DIGEST = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from support import all_levers, digest
from adoptsim.model.model import AdoptionModel
print(digest(AdoptionModel(all_levers({SHORT}), worlds=3, rng=5).run()))
"""
SCALARS = f"""
import json, sys
sys.path.insert(0, {str(TESTS)!r})
from support import all_levers
from adoptsim.model.model import AdoptionModel
result = AdoptionModel(all_levers(80), worlds=3, rng=5).run().results()
print(json.dumps({{name: values.tolist() for name, values in result.scalars.items()}}))
"""


def script(text: str, python: str = sys.executable, **environment: str) -> str:
    """What a script prints in a new interpreter."""
    source = os.pathsep.join([str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")])
    around = {**os.environ, "PYTHONPATH": source, **environment}
    done = subprocess.run([python, "-c", text], env=around, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@functools.cache
def here() -> str:
    return digest(AdoptionModel(all_levers(SHORT), worlds=3, rng=5).run())


def test_a_second_run_gives_the_same_bytes() -> None:
    assert digest(AdoptionModel(all_levers(SHORT), worlds=3, rng=5).run()) == here()


def test_another_seed_gives_other_bytes() -> None:
    assert digest(AdoptionModel(all_levers(SHORT), worlds=3, rng=6).run()) != here()


@pytest.mark.parametrize(("threads", "hash_seed"), [("1", "0"), ("4", "12345")])
def test_threads_and_hash_seeds_do_not_matter(threads: str, hash_seed: str) -> None:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    assert script(DIGEST, PYTHONHASHSEED=hash_seed, **dict.fromkeys(names, threads)) == here()


@functools.cache
def block(first: int, size: int) -> AdoptionModel:
    """Worlds of one ensemble, stepped together."""
    return AdoptionModel(all_levers(SHORT), worlds=range(first, first + size), rng=5).run()


def tables(result: BlockResult, worlds: Sequence[int]) -> dict[str, bytes]:
    """Bytes of the given positions of every table."""
    return {name: np.ascontiguousarray(values[list(worlds)]).tobytes() for name, values in kept(result)}


@pytest.mark.parametrize("first", [0, 16, 32, 48])
def test_blocks_of_16_give_the_bytes_of_a_block_of_64(first: int) -> None:
    whole, part = block(0, 64), block(first, 16)
    assert tables(part.results(), range(16)) == tables(whole.results(), range(first, first + 16))


@pytest.mark.parametrize("world", [0, 7, 31, 63])
def test_a_single_world_gives_the_bytes_of_a_block_of_64(world: int) -> None:
    whole, alone = block(0, 64), block(world, 1)
    assert tables(alone.results(), [0]) == tables(whole.results(), [world])
    big, small = state(whole), state(alone)
    unequal = [n for n in big if world_of(big[n], n, world, 64).tobytes() != world_of(small[n], n, 0, 1).tobytes()]
    assert unequal == []


def test_worlds_may_come_in_any_order() -> None:
    shuffled = AdoptionModel(all_levers(SHORT), worlds=[31, 0, 7], rng=5).run().results()
    assert tables(shuffled, range(3)) == tables(block(0, 64).results(), [31, 0, 7])


PRODUCTS = {"dot", "matmul", "einsum", "inner", "tensordot", "vdot", "matvec", "vecmat"}


def test_the_model_never_multiplies_matrices() -> None:
    """BLAS gives other bytes with other thread counts and shapes."""
    found = []
    for path in (TESTS.parent / "src" / "adoptsim" / "model").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            product = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult)
            if product or (isinstance(node, ast.Attribute) and node.attr in PRODUCTS):
                found.append((path.name, node.lineno))
    assert found == []


def other_python() -> tuple[str, str]:
    """Path of another Python minor that has the package's dependencies, else why there is none.

    ``OTHER_PYTHON`` names one; otherwise python3.12 (or 3.11) of the search path is tried.
    """
    wanted = "python3.11" if sys.version_info[:2] == (3, 12) else "python3.12"
    path = os.environ.get("OTHER_PYTHON") or shutil.which(wanted)
    if not path:
        return "", f"no {wanted} on the search path; OTHER_PYTHON may name one"
    test = f"import sys; assert sys.version_info[:2] != {sys.version_info[:2]}; import mesa, numpy, scipy, ruamel.yaml"
    done = subprocess.run([path, "-c", test], capture_output=True, text=True, timeout=120, check=False)
    return (path, "") if done.returncode == 0 else ("", f"{path} lacks what the model needs: {done.stderr[-200:]}")


def test_another_python_agrees() -> None:
    path, reason = other_python()
    if not path:
        pytest.skip(reason)
    mine, other = (json.loads(script(SCALARS, python)) for python in (sys.executable, path))
    assert mine.keys() == other.keys()
    far = [name for name in mine if not np.allclose(mine[name], other[name], rtol=1e-9, atol=1e-12)]
    assert far == []
