"""What the benchmarks share: rounds, the machine in words, and the part of docs/benchmarks.md that they write."""

import os
import platform
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
sys.path.insert(0, str(ROOT / "scripts"))
from marked import filled, table  # noqa: E402

__all__ = ["line", "machine", "rounds", "table", "write"]


def rounds(count: int, work: Callable[[], object], prepare: Callable[[], object] | None = None) -> list[float]:
    """Seconds of each of several rounds; ``prepare`` runs before each round and is not counted."""
    seconds = []
    for _ in range(count):
        if prepare is not None:
            prepare()
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def line(what: str, seconds: list[float], unit: str, factor: float, wanted: str = "") -> tuple[str, ...]:
    """A row: what, smallest, median, unit, what was wanted."""
    return what, f"{min(seconds) * factor:.3g}", f"{median(seconds) * factor:.3g}", unit, wanted


def machine() -> str:
    """The machine and the versions, in one line."""
    chip = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x.split(":", 1)[1].strip() for x in info.read_text(errors="replace").splitlines() if "model name" in x]
        chip = names[0] if names else chip
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "mesa"))
    return f"{chip}, {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, {packages}"


def write(part: str, text: str) -> None:
    """Put the results into docs/benchmarks.md."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), {part: text}), encoding="utf-8")
    print(f"docs/benchmarks.md: {part} written")
