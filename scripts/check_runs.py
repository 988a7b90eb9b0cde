"""The runs that checks against published figures look at, and what is kept of them.

The baseline, and the same worlds where every donor lists every application ("carried"). What the recorder does not
keep is read by phases that only look.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.countries import Countries, load_countries
from adoptsim.inputs.names import ANCESTRIES, CADRES, CONSTRAINTS, INCOMES, PLATFORMS
from adoptsim.inputs.tables import read_table
from adoptsim.model.columns import Array
from adoptsim.model.couplings import ranked_flow, total
from adoptsim.model.equations import QUARTERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario

SEED, BLOCK = 1, 16
GENETICS, EUROPEAN = CADRES.index("genetics"), ANCESTRIES.index("european")
SEQUENCER, ANALYSER = PLATFORMS.index("sequencer"), PLATFORMS.index("analyser")
MIDDLE = ("LMC", "UMC")
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Runs:
    """What was seen, world first: of the baseline and, under the same names, where donors carry every application.

    Stages and coverage are (world, year, application, country) at years' ends, ``below`` is (world, year, country);
    names with ``start`` are of the moment before the first quarter.
    """

    baseline: dict[str, Array]
    carried: dict[str, Array]

    @cached_property
    def countries(self) -> Countries:
        """Inputs of all countries."""
        return load_countries()

    @property
    def worlds(self) -> int:
        """How many worlds were run."""
        return len(self.baseline["counsellors"])

    def group(self, *incomes: str) -> Flags:
        """Which countries belong to these income groups at the start, (country,)."""
        return np.isin(np.array(self.countries.income), incomes)

    def row(self, iso3: str) -> int:
        """Position of a country."""
        return self.countries.index(iso3)


class Watch:
    """Reads a model before its first quarter, in every quarter and at every year's end; writes nothing."""

    def __init__(self, m: AdoptionModel) -> None:
        self.before, self.years = before(m), {name: [] for name in yearly(m)}  # type: dict[str, Array], dict[str, list[Array]]
        c, nothing = m.countries, np.zeros((m.worlds_count, len(m.countries)))
        self.sums = dict.fromkeys(("wanted_in", "wanted_hub", "granted", "duplicated", "donated"), nothing)
        self.public_ever = np.zeros((m.worlds_count, len(m.applications), len(c)))
        self.binding = np.zeros((m.worlds_count, len(INCOMES), len(CONSTRAINTS)))
        staff = whole(c.staff)
        self.abroad = staff * c.abroad_share[:, 0, 0] / (1.0 - c.abroad_share[:, 0, 0])
        m.insert_phase("fund", "see who leaves", self.leaving)
        m.insert_phase("record", "look", self.quarter)

    def leaving(self, m: AdoptionModel) -> None:
        """Emigrants of the year, by the rule and the coupling of the school year that follows."""
        if m.quarter % QUARTERS == 0:
            c = m.countries
            left, _ = ranked_flow(c.emigrate(), c.gdp_pc, c.gdp_pc * c.population)
            self.left = whole(left)

    def quarter(self, m: AdoptionModel) -> None:
        """What is summed over quarters, and at a year's end what is kept of it."""
        c = m.countries
        for name in self.sums:
            self.sums[name] = self.sums[name] + c.read(name).sum(axis=(1, 2))
        self.public_ever = np.maximum(self.public_ever, (c.tests_in + c.tests_hub)[:, :, 0] > 0)
        if (m.quarter + 1) % QUARTERS:
            return
        for name, values in yearly(m).items():
            self.years[name].append(values)
        stayed = total(m.places.stay_abroad(), m.place_target)[:, 0, 0]
        back = m.par["work.exit_rate_abroad"][:, 0, 0]
        self.abroad = self.abroad * (1.0 - back) + self.left + stayed
        self._count_binding(m)

    def _count_binding(self, m: AdoptionModel) -> None:
        c = m.countries
        code, runs = c.find_binding()[:, :, 0], c.stage[:, :, 0] > 0
        for g, income in enumerate(INCOMES):
            here = np.array(m.inputs.income) == income
            for k in range(len(CONSTRAINTS)):
                self.binding[:, g, k] += ((code == k) & runs)[..., here].sum(axis=(1, 2))

    def seen(self, m: AdoptionModel) -> dict[str, Array]:
        """Everything, after the run."""
        c, width = m.countries, m.worlds_count
        machines = c.instruments[:, 0]
        hours = machines * np.broadcast_to(m.par["equip.hours_per_quarter"], c.instruments.shape)[:, 0]
        runs_on = m.par["app.uses_platform"][:, :, ANALYSER]
        kept = {
            **{f"start.{name}": values for name, values in self.before.items()},
            **{name: np.stack(values, axis=1) for name, values in self.years.items()},
            **self.sums,
            "public_ever": self.public_ever,
            "binding": self.binding,
            "abroad": self.abroad,
            "staff": whole(c.staff),
            "machines": machines,
            "machine_use": c.hours_of_machines()[:, 0] / np.maximum(hours, 1e-12),
            "analyser_tests": QUARTERS * (c.tests_in[:, :, 0] * runs_on).sum(axis=1),
            "chance": -np.expm1(-c.hazard() * m.question.quarters / QUARTERS)[:, :, 0],
        }
        return {n: np.broadcast_to(v, (width, *v.shape[1:])).astype(np.float32) for n, v in kept.items()}


def before(m: AdoptionModel) -> dict[str, Array]:
    """The state before the first quarter."""
    c = m.countries
    return {
        "stage": c.stage[:, :, 0],
        "below": c.below_donor_line()[:, 0, 0],
        "counsellors": c.staff[:, 0, GENETICS].sum(axis=-1),
        "machines": (c.instruments + c.lent * (1.0 / m.par["equip.base_reach"] - 1.0))[:, 0],  # all in the country
        "consumables": c.consumables[:, :, 0],
        "european": european(m),
        "programme_cost": (c.unit_full * c.eligible).sum(axis=1)[:, 0] / c.health_money()[:, 0, 0],
    }


def yearly(m: AdoptionModel) -> dict[str, Array]:
    """The state at a year's end."""
    c = m.countries
    return {
        "stage": c.stage[:, :, 0],
        "below": c.below_donor_line()[:, 0, 0],
        "intended": c.intended[:, :, 0],
        "counsellors": c.staff[:, 0, GENETICS].sum(axis=-1),
        "consumables": c.consumables[:, :, 0].mean(axis=1),
        "european": european(m),
    }


def european(m: AdoptionModel) -> Array:
    """European share of the reference genomes, (world,)."""
    genomes = (m.reference.genomes + m.reference.added)[:, 0, :, 0]
    return np.asarray(genomes[:, EUROPEAN] / genomes.sum(axis=1))


def whole(staff: Array) -> Array:
    """Persons of all cadres, (world, country)."""
    return np.asarray(staff[:, 0].sum(axis=1))


def block(scenario: Scenario, worlds: Sequence[int]) -> dict[str, Array]:
    """One block of worlds, watched to the horizon."""
    model = AdoptionModel(scenario, worlds=worlds, rng=SEED, keep="outcomes")
    watch = Watch(model)
    return watch.seen(model.run())


def carrying(folder: Path) -> Scenario:
    """The baseline where every donor lists every application."""
    rows, every = read_table("funders"), " ".join(a.id for a in load_applications())
    path = folder / "funders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows({**row, "supports": every} for row in rows)
    return Scenario("carried", generated={"funders": str(path)})


def run_all(worlds: int, jobs: int = 1) -> Runs:
    """Both scenarios in the same worlds."""
    blocks = [range(first, min(first + BLOCK, worlds)) for first in range(0, worlds, BLOCK)]
    with TemporaryDirectory() as folder:
        asked = Scenario("baseline"), carrying(Path(folder))
        tasks = (delayed(block)(scenario, numbers) for scenario in asked for numbers in blocks)
        parts = list(Parallel(n_jobs=jobs)(tasks))
    both = (parts[: len(blocks)], parts[len(blocks) :])
    return Runs(*({name: np.concatenate([p[name] for p in half]) for name in half[0]} for half in both))
