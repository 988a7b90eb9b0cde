"""One mechanism as ordinary per-object Mesa code against the array rules: same numbers, how many times the work.

The mechanism is delivery: for each country and application, the expected least of demanded, funded, staffed, equipped
and supplied, with the scarcity of each input worked out first.

Run it: python benchmarks/per_object.py [--rounds 7] [--quarters 12] [--write]
"""

import argparse
import os
from dataclasses import dataclass
from statistics import median

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import mesa  # noqa: E402
import numpy as np  # noqa: E402
from measure import line, machine, rounds, table, write  # noqa: E402

from adoptsim.model import phases  # noqa: E402
from adoptsim.model.columns import Array  # noqa: E402
from adoptsim.model.model import AdoptionModel  # noqa: E402

BLOCK = 32
TOLERANCE = 1e-12
BENCH, AWAY = (0, 1), (2, 3)  # cadres of the laboratory, and those needed at home whoever tests


@dataclass
class Service:
    """One application in one country."""

    wanted_in: float
    wanted_hub: float
    wanted_private: float
    unit_in: float
    unit_hub: float
    minutes: list[float]
    uses: list[bool]
    hours: float
    platform: int
    scarce_hub: float
    tests_in: float = 0.0
    tests_hub: float = 0.0
    tests_private: float = 0.0


class CountryObject(mesa.Agent):  # type: ignore[misc]  # mesa carries no types
    """A country with plain numbers as attributes."""

    money: float
    minutes: list[float]
    hours_open: list[float]
    stock_months: float
    lead_months: float
    shape: float
    services: list[Service]

    def scarcity(self, at_hand: float, wanted: float) -> float:
        ratio: float = min(max(at_hand / max(wanted, 1e-9), 1e-6), 1e6)
        return float(ratio**-self.shape)

    def least(self, others: float) -> float:
        return float((1.0 + others) ** (-1.0 / self.shape))

    def deliver(self) -> None:
        cost, minutes, hours = 0.0, [0.0] * len(self.minutes), [0.0] * len(self.hours_open)
        for s in self.services:
            cost += s.wanted_in * s.unit_in + s.wanted_hub * s.unit_hub
            for cadre in BENCH:
                minutes[cadre] += s.minutes[cadre] * s.wanted_in
            for cadre in AWAY:
                minutes[cadre] += s.minutes[cadre] * (s.wanted_in + s.wanted_hub + s.wanted_private)
            hours[s.platform] += s.wanted_in * s.hours
        money = self.scarcity(self.money, cost)
        staff = [self.scarcity(has, wants) for has, wants in zip(self.minutes, minutes, strict=True)]
        machines = [self.scarcity(has, wants) for has, wants in zip(self.hours_open, hours, strict=True)]
        supply = min(max(self.stock_months / self.lead_months, 1e-6), 1e6) ** -self.shape
        for s in self.services:
            counsel = max(staff[cadre] * s.uses[cadre] for cadre in AWAY)
            bench = max(staff[cadre] * s.uses[cadre] for cadre in BENCH)
            s.tests_in = s.wanted_in * self.least(money + supply + max(counsel, bench) + machines[s.platform])
            s.tests_hub = s.wanted_hub * self.least(money + counsel + s.scarce_hub)
            s.tests_private = s.wanted_private * self.least(counsel + supply)


class ObjectModel(mesa.Model):  # type: ignore[misc]
    """Countries as objects, with the numbers of one world of the array model."""

    def __init__(self, m: AdoptionModel) -> None:
        super().__init__(rng=1)
        c = m.countries
        minutes, hours, lead = c.working_minutes(), c.open_for_hours(), c.lead_time()
        for row in range(len(c)):
            country = CountryObject(self)
            country.money = number(c.available, row)
            country.minutes = [number(minutes, row, group=g) for g in range(minutes.shape[2])]
            country.hours_open = [number(hours, row, group=g) for g in range(hours.shape[2])]
            country.stock_months, country.lead_months = number(m.par["dist.buffer_months"], row), number(lead, row)
            country.shape = number(m.par["deliver.site_shape"], row)
            country.services = [service(m, a, row) for a in range(len(m.applications))]

    def step(self) -> None:
        self.agents.do("deliver")

    def tests(self, channel: str) -> Array:
        """Tests by application and country."""
        return np.array([[getattr(s, channel) for s in country.services] for country in self.agents]).T


def number(values: Array, row: int, application: int = 0, group: int = 0) -> float:
    """One number of a column in the first world."""
    _, a, g, n = values.shape
    return float(values[0, application if a > 1 else 0, group if g > 1 else 0, row if n > 1 else 0])


def service(m: AdoptionModel, a: int, row: int) -> Service:
    """One application of one country as an object."""
    c, par = m.countries, m.par
    platforms, cadres = par["app.uses_platform"], par["app.uses_cadre"]
    names = ("wanted_in", "wanted_hub", "wanted_private", "unit_in", "unit_hub", "scarce_hub")
    return Service(
        **{name: number(c.read(name), row, a) for name in names},
        minutes=[number(c.test_minutes, row, a, g) for g in range(cadres.shape[2])],
        uses=[number(cadres, row, a, g) > 0 for g in range(cadres.shape[2])],
        hours=number(par["app.hours"], row, a),
        platform=int(platforms[0, a, :, 0].argmax()),
    )


def before_delivery(worlds: int, quarters: int) -> AdoptionModel:
    """A model in the middle of a quarter: everything but the delivery of the quarter is decided."""
    m = AdoptionModel(worlds=worlds)
    for _ in range(quarters):
        m.step()
    for name, phase in m.phases:
        if name == "deliver":
            break
        phase(m)
    phases.deliver(m)  # wanted tests and hub capacity of the quarter
    return m


def by_rules(m: AdoptionModel) -> None:
    """The same mechanism as array rules."""
    c = m.countries
    c.scarce_money, c.scarce_staff = c.scarcity_of_money(), c.scarcity_of_staff()
    c.scarce_machine, c.scarce_supply = c.scarcity_of_machines(), c.scarcity_of_supplies()
    c.short_counsel = c.short_of_counsel()
    c.short_staff, c.short_machine = c.short_of_staff(), c.short_of_machines()
    c.tests_in, c.tests_hub, c.tests_private = c.deliver_in_country(), c.deliver_by_hub(), c.deliver_privately()


def largest_difference(m: AdoptionModel, objects: ObjectModel) -> float:
    """Largest relative difference between both ways; ValueError beyond the tolerance."""
    worst = 0.0
    for channel in ("tests_in", "tests_hub", "tests_private"):
        mine, theirs = m.countries.read(channel)[0, :, 0], objects.tests(channel)
        worst = max(worst, float(np.max(np.abs(mine - theirs) / np.maximum(np.abs(mine), 1e-300), initial=0.0)))
    if not worst <= TOLERANCE:
        raise ValueError(f"objects and rules differ by {worst:.2g}, at most {TOLERANCE:g} is allowed")
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quarters", type=int, default=12, help="quarters run before the comparison")
    parser.add_argument("--write", action="store_true", help="put the results into docs/benchmarks.md")
    asked = parser.parse_args()
    one, many = before_delivery(1, asked.quarters), before_delivery(BLOCK, asked.quarters)
    objects = ObjectModel(one)
    objects.step()
    by_rules(one)
    worst = largest_difference(one, objects)
    slow = rounds(asked.rounds, objects.step)
    fast = rounds(asked.rounds, lambda: by_rules(one))
    block = [s / BLOCK for s in rounds(asked.rounds, lambda: by_rules(many))]
    rows = [
        line("objects with attributes and loops, one world", slow, "ms", 1e3),
        line("array rules, one world", fast, "ms", 1e3),
        line(f"array rules, a world in a block of {BLOCK}", block, "ms", 1e3),
        (
            "objects over rules, one world",
            f"{min(slow) / min(fast):.1f}",
            f"{median(slow) / median(fast):.1f}",
            "times",
        ),
        (
            "objects over rules, in a block",
            f"{min(slow) / min(block):.0f}",
            f"{median(slow) / median(block):.0f}",
            "times",
        ),
    ]
    text = (
        f"{machine()}. Smallest and median of {asked.rounds} rounds; ratios of smallest and of median.\n\n"
        + table(("what", "smallest", "median", "unit"), (row[:4] for row in rows))
        + f"\nLargest relative difference between both: {worst:.1g}.\n"
    )
    print(text)
    if asked.write:
        write("per_object", text)


if __name__ == "__main__":
    main()
