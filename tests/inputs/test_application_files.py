"""An application of a user's own: whatever is wrong with its file is told with its place."""

from importlib import resources
from pathlib import Path

import pytest

from adoptsim.inputs.applications import load_applications, packaged_applications, read_application
from adoptsim.inputs.errors import InputError

SICKLE = resources.files("adoptsim.inputs").joinpath("data/applications/newborn_sickle.yaml").read_text("utf-8")

pytestmark = pytest.mark.fast


def told(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError) as caught:
        read_application(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_a_copy_is_the_same_application(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SICKLE)
    assert read_application(tmp_path / "a.yaml") == packaged_applications()["newborn_sickle"]


def test_what_is_optional_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SICKLE.replace("vehicle: false", "vehicle:\nbacklog_years:"))
    assert load_applications((str(tmp_path / "a.yaml"),))[0].vehicle is False


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("id: newborn_sickle", "id: a b", "1:5: id: 'a b' is not accepted, letters, digits and _"),
        ("id: newborn_sickle", "id: 12", "1:5: id: '12' is not accepted, letters, digits and _"),
        ("title: N", "titel: N", "2:1: titel: 'titel' is not accepted, the fields here are id, title"),
        ("available: 1975", "available: soon", "4:12: available: 'soon' is not accepted, a year"),
        ("source: multi", "source: mult", "5:9: source: 'mult' is not accepted, one of multi, single; did you mean"),
        ("priced_in: LIC", "priced_in: [LIC]", "6:12: priced_in: 'LIC' is not accepted, one of LIC"),
        ("once: false", "once: perhaps", "8:7: once: 'perhaps' is not accepted, true or false"),
        ("of: births", "of: birth", "10:16: eligible.of: 'birth' is not accepted, one of births"),
        ("rate: [1.0, 1.0, 1.0]", "rate: [1.0, 2.0, 1.0]", "10:11: eligible: "),
        ("country: sickle_per_birth", "country: sickle_per_brth", "11:23: prevalence.country: "),
        ("{value: [4.45, 4.46, 18.80]", "{value: [4.45, high, 18.80]", "13:10: traits.price: "),
        ("{value: [4.45, 4.46, 18.80]", "{value: 4.46", "13:10: traits.price: "),
        ("{value: [4.45, 4.46, 18.80]", "{value: [4.45, 4.46, .inf]", "13:10: traits.price: "),
        ("distribution: loguniform", "distribution: normal", "17:16: traits.half_volume: "),
        ("  uptake:", "  uptaken:", "26:3: traits.uptaken: 'uptaken' is not accepted, one of price"),
        ("per_test: [6, 0, 0, 5]", "per_test: [6, 0, 0]", "28:13: minutes.per_test: '6, 0, 0' is not"),
        ("UMC: 0.02", "UMC: 2", "32:13: start.national: "),
        ("bloodspot_programme *", "bloodspot_program *", "31:11: start.served: "),
        ("traits:", "traits: [1]\nother:", "12:9: traits: '1' is not accepted, traits by name"),
        ("vehicle: false", "vehicle: !!python/name:os.system x", "34:10: vehicle: 'python/name:os.system' is not"),
        ("vehicle: false", "id: twice", "34:1: id: 'id' is not accepted, this field already stands at line 1"),
        ("once: false", "once: ]", "8:7: 'once: ]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, wanted: str) -> None:
    assert old in SICKLE
    assert any(line.startswith(wanted) for line in told(tmp_path / "a.yaml", SICKLE.replace(old, new, 1)))


def test_a_field_that_is_missing_is_named(tmp_path: Path) -> None:
    found = told(tmp_path / "a.yaml", "id: a\n")
    assert {"1:1: title: this field is needed", "1:1: traits: this field is needed"} <= set(found)


@pytest.mark.parametrize("text", ["", "- a\n", "word\n", b"\xff\xfe", "{a: " * 300, "a: &a [*a]\n"])
def test_what_is_no_application_at_all(tmp_path: Path, text: str | bytes) -> None:
    assert told(tmp_path / "a.yaml", text)
