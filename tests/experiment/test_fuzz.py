"""Files that were damaged in any way are refused with a place in them, or are still right: nothing else, ever."""

from __future__ import annotations

import copy
import io
import os
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from adoptsim.experiment.files.load import load_question
from adoptsim.experiment.question import Experiment
from adoptsim.inputs.errors import CONTROL, InputError, Problem

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"  # one experiment that uses every field, with its parents and tables
DAMAGED = 1_000
SLOWEST = 10.0  # seconds for one file, on a busy machine
TOKENS = (
    *("{", "}", "[", "]", ",", ":", "- ", "#", "&a ", "*a ", "<<: ", "!!python/name:os.system ", "!x ", ">", "---"),
    *("\n", "\t", "  ", "'", '"', "null", "~", "true", "NO", "1e400", "-1", "0", "9" * 5000, "0x" + "f" * 6000, ".nan"),
    *(".inf", "2026.1", "50 %", "5 million USD", "40 million USD2024", "3 years", "extends: rich\n", "levers:\n"),
    *("schedule: {2026: 0 %}", "\\ud800", "\ufeff", "é", "\0", "\x1b[2J", "../..", "/dev/zero", "x" * 3000, "[" * 300),
    *("1" * 400, "{a: " * 60, "2026-01-01", "12:30:00", "1_000", "0o17", "? ", "%YAML 1.1\n", "name", "budget: 1e12"),
)  # fmt: skip
Change = Callable[[bytes, random.Random], bytes]


def _swap_byte(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + bytes([rng.randrange(256)]) + raw[at + rng.randrange(2) :]


def _cut(raw: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randrange(len(raw) + 1) for _ in range(2))
    return raw[:start] + raw[end:] if rng.random() < 0.5 else raw[:start]


def _insert_token(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(TOKENS).encode("utf-8", "surrogatepass") + raw[at:]


def _replace_word(raw: bytes, rng: random.Random) -> bytes:
    words = raw.split(b" ")
    words[rng.randrange(len(words))] = rng.choice((*TOKENS, *raw.decode().split())).encode("utf-8", "surrogatepass")
    return b" ".join(words)


def _move_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    line = lines.pop(rng.randrange(len(lines)))
    for _ in range(rng.randrange(3)):  # dropped, moved or doubled
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _indent_line(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = rng.randrange(len(lines))
    lines[at] = lines[at][2:] if rng.random() < 0.5 else b"  " + lines[at]
    return b"\n".join(lines)


def _other_cell(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    at = rng.randrange(len(lines))
    cells = lines[at].split(b",")
    cells[rng.randrange(len(cells))] = rng.choice(TOKENS).encode("utf-8", "surrogatepass")
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _graft(raw: bytes, rng: random.Random) -> bytes:
    """The same values in other places: a part of the tree put where another one was, or one more time."""
    tree = YAML(typ="safe", pure=True).load(raw.decode())
    parts = list(_parts(tree))
    if not parts:
        return raw
    (holder, key), (other, name) = rng.choice(parts), rng.choice(parts)
    value = copy.deepcopy(rng.choice((other[name], [other[name]], {str(name): other[name]}, None, [], {})))
    if isinstance(holder, dict) and rng.random() < 0.5:
        holder[rng.choice((str(name), 7, None, "a" * 200))] = value
    else:
        holder[key] = value
    out = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, out)
    return out.getvalue().encode()


def _parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every holder and key of a tree."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ():
        yield tree, key
        yield from _parts(tree[key])


CHANGES: tuple[Change, ...] = (
    *(_swap_byte, _cut, _insert_token, _replace_word, _move_line, _indent_line, _other_cell),
    *(_graft, _graft),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that ships and of the rich experiment."""
    folder = tmp_path_factory.mktemp("fuzz")
    for source in (ROOT / "configs", ROOT / "experiments", FILES):
        shutil.copytree(source, folder / source.name)
    return folder


def _targets(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Every file that can be damaged, each with the file that is asked."""
    for path in sorted((*(folder / "configs").iterdir(), *(folder / "experiments").iterdir())):
        yield path, path
    for name in ("rich.yaml", "rich.yaml", "rows.csv", "rows.csv", "parent.yaml"):
        yield folder / "files" / name, folder / "files/rich.yaml"
    for name in ("parent.yaml", "child.yaml", "units.csv", "hubs.csv", "mine.yaml"):
        yield folder / "files" / name, folder / "files/child.yaml"


def _lies_in(problem: Problem) -> bool:
    """Whether the place of a problem is one of its file; a missing or unreadable file has the place 1:1."""
    try:
        text = Path(problem.file).read_bytes().decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return (problem.line, problem.column) == (1, 1)
    return any(_stands(problem, re.split(ends, text)) for ends in (r"\r\n|\r|\n", r"\r\n|[\r\n\x85\u2028\u2029]"))


def _stands(problem: Problem, lines: list[str]) -> bool:
    """Whether there is such a line and column; what is missing stands behind the last one."""
    after = problem.line == len(lines) + 1 and problem.column == 1
    return after or (1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 2)


def _fault(asked: Path) -> str:
    """What is wrong with how a file was answered, "" if nothing is."""
    started = time.perf_counter()
    try:
        found = load_question(asked)
    except InputError as error:
        if not error.problems:
            return "no problem is told"
        if wrong := [str(problem) for problem in error.problems if not _lies_in(problem)]:
            return f"no such place: {wrong[0]}"
        if not all(CONTROL.search(str(problem)) is None and problem.allowed for problem in error.problems):
            return f"a message cannot be printed: {error}"
    else:
        if not isinstance(found, Experiment):
            return f"{found!r} is no experiment"
    seconds = time.perf_counter() - started
    return f"{seconds:.1f} s" if seconds > SLOWEST else ""


def test_the_rich_experiment_is_right(folder: Path) -> None:
    found = load_question(folder / "files/rich.yaml")
    assert found.design is not None
    assert found.scenarios[0].shocks


@pytest.mark.fast
@settings(
    max_examples=DAMAGED,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a smaller number is no simpler file
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_damaged_files_are_refused_with_a_place_or_are_still_right(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    path, asked = rng.choice(list(_targets(folder)))
    whole = path.read_bytes()
    damaged = whole
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        try:
            damaged = rng.choice(CHANGES)(damaged, rng)
        except (ValueError, YAMLError, RecursionError):  # damaged so far that this change can do no more
            break
    before = sorted(os.listdir(folder / "files"))
    try:
        path.write_bytes(damaged)
        fault = _fault(asked)
    finally:
        path.write_bytes(whole)
    assert not fault, f"{path.name}: {fault}\n{damaged[:3000]!r}"
    assert sorted(os.listdir(folder / "files")) == before
