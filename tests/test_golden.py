"""Small runs give what they gave before, on every machine and Python."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
import golden


@pytest.mark.golden
@pytest.mark.parametrize("name", golden.RUNS)
def test_run_gives_what_it_gave(name: str) -> None:
    words = golden.differences(name)
    assert not words, "results changed; if that was meant, run `make golden` and commit the difference:\n" + "\n".join(
        words[:5]
    )
