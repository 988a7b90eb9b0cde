"""What a run says of itself: how far it is, how long it takes, what failed, where everything is."""

import io
from pathlib import Path

import pytest

from adoptsim import terminal
from adoptsim.experiment.runner import Tally

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("tally", "seconds", "words"),
    [
        (Tally(1000), 0.0, "0 of 1,000 runs"),
        (Tally(1000, kept=200), 5.0, "200 of 1,000 runs"),
        (Tally(1000, kept=200, done=100), 10.0, "300 of 1,000 runs, 10 a second, 70 s left"),
        (
            Tally(1_000_000, done=3_000, failed=12), 100.0,
            "3,012 of 1,000,000 runs, 30.1 a second, 9.2 h left, 12 failed",
        ),
    ],
)  # fmt: skip
def test_progress_in_words(tally: Tally, seconds: float, words: str) -> None:
    assert terminal.in_words(tally, seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (89, "89 s"), (90, "1.5 min"), (3600, "60 min"), (36_000, "10 h"), (3e5, "3.5 days")],
)
def test_spans(seconds: float, words: str) -> None:
    assert terminal.span(seconds) == words


def test_a_terminal_sees_the_bar_and_a_file_a_line_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    import rich.console

    class Console(rich.console.Console):
        def __init__(self, **_: object) -> None:
            super().__init__(file=out, force_terminal=shown, width=100)

    monkeypatch.setattr(rich.console, "Console", Console)
    for shown in (True, False):
        out = io.StringIO()
        with terminal.progress_bar() as tell:
            tell(Tally(10))
            tell(Tally(10, done=5))
        assert ("5 of 10 runs" in out.getvalue()) is shown
    out, shown, clock = io.StringIO(), False, iter([0.0, 30.0, 61.0, 90.0, 125.0])
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(clock))
    with terminal.progress_bar() as tell:
        for done in (1, 2, 3, 4):
            tell(Tally(10, done=done))
    assert [line[:12] for line in out.getvalue().splitlines()] == ["2 of 10 runs", "4 of 10 runs"]  # a line a minute


class Stored:
    """A result whose worlds failed for three reasons and more."""

    folder = Path("nowhere")
    manifest = {"name": "x"}

    def __init__(self, errors: list[str]) -> None:
        import pandas as pd

        self.failed = len(errors)
        rows = {"scenario": "a", "world": range(len(errors) + 1), "status": ["failed"] * len(errors) + ["done"]}
        self.rows = pd.DataFrame({**rows, "error": [*errors, ""]})

    def table(self, name: str, columns: list[str]) -> object:
        return self.rows[columns]


def test_failures_are_told_by_reason() -> None:
    lines = list(terminal.summary(Stored(["b", "b", "a", "c", "d"]), Tally(6, done=1, failed=5), 2.0))  # type: ignore[arg-type]
    assert lines[0] == "6 runs in 2 s, 3 a second."
    assert lines[1].startswith("5 runs failed; column 'error'")
    assert lines[2] == "  2 times, first in world 0 of 'a': b"
    assert lines[5] == "  and 1 other reasons"


def test_worlds_of_an_earlier_start_are_told() -> None:
    lines = list(terminal.summary(Stored([]), Tally(100, kept=60, done=40), 4.0))  # type: ignore[arg-type]
    assert lines[0] == "40 runs in 4 s, 10 a second; 60 were there from an earlier start."
    assert "failed" not in " ".join(lines)
