"""Processes that do the work live on between calls: what they find must not depend on when they started."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from adoptsim.experiment.executors import in_processes


def test_processes_that_are_kept_find_modules_of_folders_added_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dict(in_processes(abs, [-1, -2], jobs=2)) == {0: 1, 1: 2}
    (tmp_path / "added_later.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    double = importlib.import_module("added_later").double
    try:
        assert dict(in_processes(double, [1, 2], jobs=2)) == {0: 2, 1: 4}
    finally:
        del sys.modules["added_later"]


def test_processes_that_are_kept_read_the_caller_s_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("earlier", "later"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "table.csv").write_text(name, encoding="utf-8")
        monkeypatch.chdir(tmp_path / name)
        assert dict(in_processes(Path.read_text, [Path("table.csv")] * 2, jobs=2)) == {0: name, 1: name}
