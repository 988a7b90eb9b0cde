"""The observer: a phase that writes down, quarter by quarter, what the model does to one country.

It reads through a window on one row in all worlds, after the model has recorded the quarter, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adoptsim.inputs.names import CADRES, CONSTRAINTS
from adoptsim.model.columns import Array, Rows
from adoptsim.model.phases import new_year

if TYPE_CHECKING:
    from adoptsim.model.model import AdoptionModel

__all__ = ["LIMITS_HUB", "STATES", "Observer", "Seen"]

Seen = Mapping[str, NDArray[np.float64]]  # (world, quarter), or with a last axis of applications, cadres, purposes, ...

STATES = ("no programme", *CONSTRAINTS)  # what held an application back in a quarter
LIMITS_HUB = ("demand", "money", "counselling", "hub capacity")  # what held samples sent out back
COLUMNS = (
    # people and money
    "population", "births", "gdp_pc", "gov_health_pc", "threshold", "opening", "domestic", "granted", "returned",
    "displaced", "duplicated", "spent", "donated", "forgone", "lapsed", "available",
    # supply
    "sellers", "transport", "margin", "pool_member", "pooled", "exworks", "consumables", "unit_in", "unit_hub",
    "price_private", "hub_share",
    # capacity
    "staff", "minutes", "instruments", "service_paid",
    # services
    "stage", "eligible", "intended", "ceiling", "wanted_in", "wanted_hub", "wanted_private", "tests_in", "tests_hub",
    "tests_private", "tested_public", "tested_private", "uncertain", "hta", "verdict", "peers", "modifier",
    "hours_needed", "income_share",
)  # fmt: skip
RULES = {"health_money": False, "below_donor_line": False, "lead_time": True, "minutes_wanted": True, "coverage": True}
# rules read besides, and whether they have an axis of applications or groups


class Observer:
    """Columns of one country in every quarter of a run; ``whole`` is false where access and levers' cost suffice."""

    def __init__(self, model: AdoptionModel, row: int, whole: bool = True) -> None:
        self.row, self.whole, self.width = row, whole, model.worlds_count
        c = model.countries
        self.here = Rows(c.kind, c.columns, c.par, rows=slice(row, row + 1), everyone=c)
        region, income = np.array(model.inputs.region), np.array(model.inputs.income)
        self.groups = {"region": region == region[row], "income": income == income[row]}
        self.start = {name: self._cut(c.read(name)) for name in ("stage", "opening", "staff", "instruments")}
        self.kept: dict[str, list[Array]] = {}
        if whole:
            model.insert_phase("fund", "explain_before", self.before_training)
        model.insert_phase("record", "explain", self.after_quarter)

    def seen(self) -> dict[str, Array]:
        """Everything kept: (world, quarter, ...) by name; values before the first quarter as ``start.NAME``."""
        found = {name: np.stack(values, axis=1) for name, values in self.kept.items()}
        return found | {f"start.{name}": value for name, value in self.start.items()}

    def before_training(self, model: AdoptionModel) -> None:
        """Staff before the school year: who will quit, be recruited by ordinary schools, leave the country."""
        del model
        c = self.here
        self.staff = self._cut(c.staff)
        self.leaving = {
            "quit": self.staff - self._cut(c.keep()),
            "recruited": self._cut(c.recruit()),
            "emigrated": self._cut(c.emigrate()),
        }

    def after_quarter(self, model: AdoptionModel) -> None:
        """Write the quarter down."""
        for name, value in self._quarter(model):
            self.kept.setdefault(name, []).append(np.array(np.broadcast_to(value, (self.width, *value.shape[1:]))))

    def _quarter(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        yield from self._access(m)
        cost = np.broadcast_to(m.lever_cost, (*m.lever_cost.shape[:3], len(m.countries)))
        yield "lever_cost", self._cut(cost)[:, 0]
        if not self.whole:
            return
        c = self.here
        for name in COLUMNS:
            flat = self._cut(c.read(name))
            yield name, flat if getattr(c.kind, name).axes else flat[:, 0]
        for name, wide in RULES.items():
            flat = self._cut(getattr(c, name)())
            yield name, flat if wide else flat[:, 0]
        yield from self._shares(m)
        yield from self._services(c)
        yield from self._agreements(m)
        yield from self._limits(c)
        yield from self._starting(m)
        yield from self._machines(m)
        yield from self._staff(m)

    # what is read and how

    def _cut(self, values: Array) -> Array:
        """This country's (world or 1, application x group) of a column of the population or of the window."""
        one = values if values.shape[3] == 1 else values[..., self.row : self.row + 1]
        return np.array(one[..., 0].reshape(one.shape[0], -1))

    # what is derived

    def _access(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Useful access of the country and of its wealth fifths, as the recorder weighs it."""
        r, at = m.recorder, slice(self.row, self.row + 1)
        yield "access", r.access[:, 0, 0, self.row]
        fifths = r.fifths[..., at]
        mean = np.maximum(fifths.sum(axis=2, keepdims=True) / fifths.shape[2], 1e-300)
        each = self.here.coverage() * r.valued[..., at] * (fifths / mean)
        yield "access_fifths", each.sum(axis=1)[:, :, 0]

    def _shares(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Means over the country's region and income group: access, programmes by application.

        Access by fifth is that of the recorder's latest split: of the first quarter, then of each year's end.
        """
        r, people, stage = m.recorder, m.countries.population, m.countries.stage
        splits = m.quarter == 0 or not r.quarters_of_year  # a year has just been closed
        fifths = (r.fifths * r.valued).sum(axis=1) * people[:, 0] if splits else people
        for group, members in self.groups.items():
            whole = people[:, 0, 0, members].sum(axis=-1, keepdims=True)
            yield f"{group}.access", (r.access * people)[:, 0, 0, members].sum(axis=-1) / whole[:, 0]
            name = f"{group}.access_fifths"
            yield name, fifths[..., members].sum(axis=-1) / whole if splits else self.kept[name][-1]
            for word, code in (("pilot", 1.0), ("national", 2.0)):
                yield f"{group}.{word}", (stage[:, :, 0, members] == code).mean(axis=-1)

    def _services(self, c: Rows) -> Iterator[tuple[str, Array]]:
        """Flows of results of the quarter, by application."""
        tests = c.tests_in + c.tests_hub + c.tests_private
        flows = {
            "dalys": tests * c.value_of_result(),
            "care": tests * c.care_per_test(),
            "false_positives": tests * (1.0 - c.prevalence) * c.par["app.false_positive"],
            "uncertain_results": tests * c.uncertain,
            "household_paid": c.tests_private * c.price_private,
        }
        for name, value in flows.items():
            yield name, self._cut(value)

    def _agreements(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Price agreements with this country by application and maker, (world, application, maker)."""
        k = m.agreements
        mine = np.flatnonzero(m.cast.agreements.target == self.row)
        for name in ("signed", "tiered", "left", "concession"):
            yield f"agreement.{name}", k.read(name)[:, :, 0, mine]
        yield "agreement.share", m.makers.market_share[:, :, 0]
        price = m.makers.price[:, :, 0] * (1.0 - k.concession * k.par["lever.negotiated_access_cut"])[:, :, 0, mine]
        yield "agreement.price", np.asarray(price)

    def _limits(self, c: Rows) -> Iterator[tuple[str, Array]]:
        """What held each application back: index in STATES; the scarcest cadre; index in LIMITS_HUB."""
        stage = self._cut(c.stage)
        yield "state", np.where(stage > 0, self._cut(c.find_binding()) + 1.0, 0.0)
        uses = np.broadcast_to(c.par["app.uses_cadre"] * c.scarce_staff, (self.width, stage.shape[1], len(CADRES), 1))
        yield "scarcest_cadre", np.argmax(uses[..., 0], axis=2).astype(float)
        one = np.ones(stage.shape)
        terms = (one, one * self._cut(c.scarce_money), self._cut(c.short_counsel), self._cut(c.scarce_hub))
        yield "limit_hub", np.argmax(np.stack([np.broadcast_to(t, stage.shape) for t in terms]), axis=0).astype(float)

    def _starting(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Chance a year of a national programme; log hazard from what the country is, over the mean of all units."""
        yield "chance", 1.0 - np.exp(-self._cut(self.here.hazard()))
        inclined = m.countries.inclined
        yield "inclination", self._cut(inclined) - inclined.mean(axis=-1).reshape(inclined.shape[0], -1)

    def _machines(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Machines bought in the quarter, and wanted at the planned use, by platform."""
        c = self.here
        newest = m.machines.ring[m.machines.head]
        yield "bought", self._cut(newest)
        planned = c.hours_needed / (c.par["equip.hours_per_quarter"] * c.par["equip.target_use"])
        yield "machines_needed", self._cut(planned)

    def _staff(self, m: AdoptionModel) -> Iterator[tuple[str, Array]]:
        """Flows of staff in the school year, by cadre; nothing in other quarters. ``arrived`` is what is left over."""
        after, flows = self._cut(self.here.staff), self.leaving
        trained = self._graduates(m)
        if not new_year(m):
            flows = {name: 0.0 * value for name, value in flows.items()}
            trained = 0.0 * after
        richest = m.countries.gdp_pc[:, 0, 0] == m.countries.gdp_pc[:, 0, 0].max(axis=-1, keepdims=True)
        alone = np.broadcast_to(richest[:, self.row : self.row + 1], (self.width, 1))
        left = np.where(alone, 0.0, flows["emigrated"])  # nobody is richer: its own stay
        yield "before", self.staff
        yield "trained", trained
        yield "recruited", flows["recruited"]
        yield "quit", flows["quit"]
        yield "emigrated", left
        yield "arrived", after - self.staff - trained - flows["recruited"] + flows["quit"] + left

    def _graduates(self, m: AdoptionModel) -> Array:
        """Graduates of the country's own who work at home, by cadre."""
        pairs = m.cast.places
        cadre = np.asarray(m.cast.schools.cadre)[pairs.source]
        home = np.asarray(m.places.come_home())[:, 0, 0]
        out = np.zeros((self.width, len(CADRES)))
        for code in range(len(CADRES)):
            mine = np.flatnonzero((pairs.target == self.row) & (cadre == code))
            out[:, code] = home[:, mine].sum(axis=-1)
        return out
