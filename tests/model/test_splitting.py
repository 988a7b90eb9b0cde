"""A country cut into two halves changes no total where size and the number of countries do not count.

The settings at which they do not are the table of docs/odd.md, 8.1; each of them is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.parameters import load_registry
from adoptsim.inputs.usertable import GEOGRAPHY, GROUPS, SIMPLE
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario
from support import ALL_LEVERS, Array

ODD = Path(__file__).parents[2] / "docs" / "odd.md"
TABLE = re.findall(r"^\| `([a-z_.*]+)` \| ([\d.]+) \|", ODD.read_text(encoding="utf-8").split("### 8.1")[1], re.M)
NEUTRAL = {
    name: float(value)
    for written, value in TABLE
    for name in load_registry()
    if re.fullmatch(re.escape(written).replace(r"\*", r"\w+"), name)
}
TIED = ("lever.equity_need", "fund.need_weight")  # an elasticity, and a lever on it
UNITS = ("KEN", "GHA", "SWZ", "SEN", "ZMB", "CMR")  # lower-middle income, African region
HOST, CUT = 0, 2
ALIKE = ("bloodspot_programme", "haemoglobin_in_bloodspot")  # stated chances of a programme are the same for all
SAME = 1e-6  # the least share of a total that counts
COUNTS = ("national_programmes", "pool_members", "data_incidents", "hazard_ratio")
ADDED = ("people_reached", "cost.public")  # of countries; their other values are rates


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def table(folder: Path, cut: bool) -> str:
    """The units with all values that the packaged table has for them, one of them in halves."""
    packaged = load_countries()
    values = {n: packaged.values[n] for n in (*SIMPLE, *GEOGRAPHY, *GROUPS)}
    header = [c for n in values for c in GROUPS.get(n, (n,))]
    lines = [",".join(["id", "region", "income", "draw_key", *header])]
    for i, iso3 in enumerate(UNITS):
        row, first = packaged.index(iso3), packaged.index(UNITS[HOST])
        for half in ("a", "b") if cut and i == CUT else ("",):
            cells = []
            for name, column in values.items():
                size = 0.5 if half and name in ("population", "births") else 1.0
                cells += [repr(float(x) * size) for x in np.atleast_1d(column[first if name in ALIKE else row])]
            lines.append(",".join([iso3 + half, "AFR", "LMC", str(packaged.draw_key[row]), *cells]))
    return write(folder / f"units{cut}.csv", "\n".join(lines) + "\n")


def run(folder: Path, cut: bool, neutral: Mapping[str, float] = NEUTRAL) -> AdoptionModel:
    """Every lever on; who teaches and tests for others sits elsewhere."""
    schools = "".join(f"{cadre},{UNITS[HOST]},{cadre},1\n" for cadre in ("laboratory", "bioinformatics", "genetics"))
    own = {
        "hubs": write(folder / "hubs.csv", f"name,host\nHub,{UNITS[HOST]}\n"),
        "programmes": write(folder / "programmes.csv", f"name,host,cadre,weight\n{schools}"),
    }
    scenario = Scenario(
        "s", countries=table(folder, cut), generated=own, parameters=neutral, levers=ALL_LEVERS, quarters=60
    )
    return AdoptionModel(scenario, worlds=2, rng=3).run()


def changed(whole: AdoptionModel, halves: AdoptionModel) -> dict[str, float]:
    """Totals that are not the same, and chances of a programme in the first country, with how far they are apart."""
    one, other = (totals(model) for model in (whole, halves))
    apart = {name: np.abs(other[name] - v) / np.maximum(np.abs(v), 1e-12) for name, v in one.items()}
    return {name: float(far.max()) for name, far in apart.items() if far.max() > SAME}


def totals(model: AdoptionModel) -> dict[str, Array]:
    found = {name: v for name, v in model.results().scalars.items() if not name.startswith(COUNTS)}
    return found | {"hazard": model.countries.settled_hazard[..., HOST]}


def test_the_table_names_parameters() -> None:
    assert len(TABLE) == 11
    assert len(NEUTRAL) == len(TABLE) - 1 + 12  # each lever has a cost for a country


def test_halves_are_the_whole(tmp_path: Path) -> None:
    one, two = run(tmp_path, cut=False), run(tmp_path, cut=True)
    assert changed(one, two) == {}
    whole, halves = one.results().countries, two.results().countries
    for name, value in whole.items():
        parts = halves[name]
        both = parts[:, CUT : CUT + 2]
        joined = both.sum(axis=1) if name in ADDED else both.mean(axis=1)
        np.testing.assert_allclose(joined, value[:, CUT], rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(both[:, 0], both[:, 1], rtol=1e-5, err_msg=name)
        others = np.delete(parts, (CUT, CUT + 1), axis=1)
        np.testing.assert_allclose(others, np.delete(value, CUT, axis=1), rtol=1e-5, err_msg=name)
    assert (whole["people_reached"][:, CUT] > 0).all()


@pytest.mark.parametrize("written", [name for name, _ in TABLE if name not in TIED[:1]])
def test_each_setting_is_needed(tmp_path: Path, written: str) -> None:
    beginning = written.split("*")[0]
    left = {n: v for n, v in NEUTRAL.items() if not n.startswith(beginning)}
    assert changed(run(tmp_path, cut=False, neutral=left), run(tmp_path, cut=True, neutral=left))
