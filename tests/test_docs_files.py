"""docs/files.md says what files may say: its examples are read, its messages are those that are printed."""

import re
import sys
from pathlib import Path

import pytest

from adoptsim.experiment.files.load import load_question
from adoptsim.inputs.errors import InputError
from adoptsim.model.levers import lever_of

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import files_tables
import marked

TEXT = files_tables.FILES.read_text(encoding="utf-8")
EXAMPLES = {m[1]: m[2] for m in re.finditer(r"^`([\w.]+)`:\n\n```(?:yaml|csv)\n(.*?)^```", TEXT, re.DOTALL | re.M)}
WRONG = "wrong.yaml"

pytestmark = pytest.mark.fast


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All examples in one folder, which is the current one."""
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_tables_are_what_the_code_says() -> None:
    old = marked.stale(TEXT, files_tables.tables())
    assert not old, f"stale tables in docs/files.md: {', '.join(old)}; run `make docs`"
    assert sorted(marked.names(TEXT)) == sorted(files_tables.tables())


def test_every_example_has_a_name() -> None:
    assert len(EXAMPLES) == len(re.findall(r"^```(?:yaml|csv)$", TEXT, re.M))


@pytest.mark.parametrize("name", sorted(name for name in EXAMPLES if name.endswith(".yaml") and name != WRONG))
def test_examples_are_right(folder: Path, name: str) -> None:
    assert lever_of(name).levels if "\nacts:" in EXAMPLES[name] else load_question(name).scenarios


@pytest.mark.usefixtures("folder")
def test_messages_are_those_that_are_printed() -> None:
    with pytest.raises(InputError) as caught:
        load_question(WRONG)
    shown = re.search(r"```text\n(wrong\.yaml:.*?)```", TEXT, re.DOTALL)
    assert shown
    assert "\n".join(map(str, caught.value.problems)) == shown[1].strip()
