"""The model: a ``mesa.Model`` in which one quarter reads as a story, for a block of worlds at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import mesa
import numpy as np
from numpy.typing import ArrayLike

from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.countries import Countries, load_countries
from adoptsim.inputs.names import CADRES, GROUPS, REGIONS
from adoptsim.inputs.own_tables import read_own_tables
from adoptsim.model import outcomes, phases
from adoptsim.model.actors import (
    Agreement,
    Contract,
    Country,
    Distributor,
    Funder,
    Grant,
    Manufacturer,
    Place,
    Referral,
    RegionalHub,
    TrainingProgramme,
)
from adoptsim.model.actors.reference import Reference
from adoptsim.model.board import Board
from adoptsim.model.columns import Actor, Array, Parameters, Pipeline, Rows, population
from adoptsim.model.couplings import Chosen, Links
from adoptsim.model.draws import Draws
from adoptsim.model.equations import QUARTERS
from adoptsim.model.factors import read_factors
from adoptsim.model.levers import parameters_of
from adoptsim.model.quantities import PLAIN, Extension
from adoptsim.model.recorder import Recorder
from adoptsim.model.scenario import KEEP, Scenario
from adoptsim.model.start import write_start
from adoptsim.model.world import all_parameters, as_columns, cast_for, draw_parameters, is_varied

Phase = Callable[["AdoptionModel"], None]
BUFFER = 256  # numbers


@contextmanager
def _row_by_row() -> Iterator[None]:
    """Let NumPy work on broadcast rows where they lie: by default it first copies as many as fit 8,192 numbers."""
    with np.errstate():  # its end also restores the buffer
        np.setbufsize(BUFFER)
        yield


class AdoptionModel(mesa.Model):  # type: ignore[misc]
    """194 health systems with their suppliers, funders and schools, quarter by quarter.

    Parameters
    ----------
    scenario
        What is asked; the baseline if none is given.
    worlds
        How many worlds to step together, or their numbers, in any order and with repeats. World ``w`` has parameter
        row ``w`` and replicate ``w``, the same in every scenario: worlds of one number differ by their factors alone.
    rng
        Root seed, a whole number.
    factors
        Values by name, one for each world: of a parameter (instead of its draw), of a lever (its intensity) or of
        ``LEVER.budget`` (constant 2024 US$ a year, shared by all uses of the lever at one intensity). A lever keeps the
        timing and targets of its uses; without any it acts everywhere, with the defaults of ``LeverUse``.
    keep
        How much of the run is kept: one of ``scenario.KEEP``, each includes those before. Outcomes are the same bytes.

    Attributes
    ----------
    question
        The scenario (``scenario`` is a name that newer versions of Mesa keep for themselves).
    countries, contracts, ...
        Populations (``Rows``): all worlds and rows of a kind. Mesa agents show the world ``shown_world``.
    alike
        Whether all worlds are one number: a column is then read with one world while it is the same in all of them.
    phases
        The phases of a quarter in order, ``(name, function of the model)``; ``insert_phase`` adds one.
    extension
        What a subclass adds: kinds of its own (``add_population`` puts them on stage) and parameters.

    Phases: drivers, policy, manufacture, distribute, procure, fund, train, equip, share_data, appraise, adopt, deliver,
    update, record.
    """

    extension: ClassVar[Extension] = PLAIN

    def __init__(
        self,
        scenario: Scenario | None = None,
        worlds: int | Sequence[int] = 1,
        rng: int = 1,
        factors: Mapping[str, ArrayLike] | None = None,
        keep: str = "groups",
    ) -> None:
        super().__init__(rng=int(rng))
        self.question = scenario or Scenario("baseline")
        self.seed_root = int(rng)
        self.world_numbers = list(range(worlds)) if isinstance(worlds, int) else [int(w) for w in worlds]
        if not self.world_numbers:
            raise ValueError("at least one world is wanted")
        if keep not in KEEP:
            raise ValueError(f"keep is one of {', '.join(KEEP)}, not {keep!r}")
        self.keep = keep
        self.worlds_count, self.shown_world, self.quarter = len(self.world_numbers), 0, 0
        self.inputs: Countries = load_countries(self.question.countries, self.question.start_year)
        self.applications = load_applications(self.question.applications)
        self.application_ids = tuple(a.id for a in self.applications)
        known = parameters_of(self.question, self.extension)
        self.factors = read_factors(factors, known, self.question, self.worlds_count, self.extension)
        given = self.factors.parameters
        self.varied = tuple(name for name, p in known.items() if name in given or is_varied(p, self.question))
        self.alike = self.worlds_count > 1 and len(set(self.world_numbers)) == 1  # but for factors
        numbers = self.world_numbers[:1] if self.alike else self.world_numbers
        self.drawn = draw_parameters(known, numbers, self.seed_root, self.question, given)
        self.par = Parameters(as_columns(self.drawn, self.applications))
        self.draws = Draws(self.seed_root, numbers)
        self.slots = self.inputs.draw_key
        own = read_own_tables(self.question.generated, self.inputs, self.applications)
        self.cast = cast_for(self.inputs, own)
        self._make_populations()
        self._make_links()
        self._draw_all()
        self.board = Board(self.question, self.inputs, self.application_ids, self.par, self.factors, self.extension)
        self.lever_cost: Array = np.zeros((1, 1, 1, 1))
        self.chosen_hub = Chosen(np.full((1, 1, 1, 1), -1, dtype=np.int64), self.referral_source)
        self.threshold_ratio: Array = np.zeros((1, 1, 1, 1))
        self.phases: list[tuple[str, Phase]] = [(p.__name__, p) for p in phases.PHASES]
        with _row_by_row():
            write_start(self)
        self.recorder = Recorder(self)
        self._make_agents()

    # what it is made of

    def _make_populations(self) -> None:
        self.lengths = {"world": self.worlds_count, "application": len(self.applications), **GROUPS}
        cast = self.cast

        def make(kind: type, rows: int) -> Rows:
            return population(kind, self.lengths, rows, self.par, self.alike)

        self.countries = make(Country, len(self.inputs))
        self.traders = make(Distributor, len(cast.traders.name))
        self.agreements = make(Agreement, len(cast.agreements))
        self.contracts = make(Contract, len(cast.contracts))
        self.makers = make(Manufacturer, len(cast.makers.name))
        self.funders = make(Funder, len(cast.funders.name))
        self.programmes = make(TrainingProgramme, len(cast.schools.name))
        self.places = make(Place, len(cast.places))
        self.hubs = make(RegionalHub, len(cast.hubs.name))
        self.referrals = make(Referral, len(cast.referrals))
        self.grants = make(Grant, len(cast.grants))
        self.reference = make(Reference, 1)
        everybody = (
            self.countries, self.traders, self.agreements, self.contracts, self.makers, self.funders, self.programmes,
            self.places, self.hubs, self.referrals, self.grants, self.reference,
        )  # fmt: skip
        self.populations: dict[type, Rows] = {p.kind: p for p in everybody}

    def _make_links(self) -> None:
        cast, n = self.cast, len(self.inputs)
        contracts, grants, places, referrals = cast.contracts, cast.grants, cast.places, cast.referrals
        self.agreement_source = Links(cast.agreements.source, len(cast.makers.name))
        self.agreement_target = Links(cast.agreements.target, n)
        self.contract_source = Links(contracts.source, len(cast.traders.name))
        self.contract_target = Links(contracts.target, n)
        first = {int(c): int(i) for i, c in reversed(list(enumerate(contracts.target)))}
        self.place_among_candidates = np.arange(len(contracts)) - np.array([first[int(c)] for c in contracts.target])
        self.place_source = Links(places.source, len(cast.schools.name))
        self.place_target = Links(places.target, n)
        cadre, host = cast.schools.cadre, cast.schools.host
        self.programme_host = Links(host, n)
        self.programme_host_cadre = cadre * n + host
        there = np.bincount(self.programme_host_cadre, minlength=len(CADRES) * n)
        self.programmes_there = there[self.programme_host_cadre][None, None, None].astype(float)
        place_cadre = cadre[places.source]
        self.place_country_cadre = Links(place_cadre * n + places.target, len(CADRES) * n)
        self.place_host_cadre = Links(place_cadre * n + host[places.source], len(CADRES) * n)
        spread = np.bincount(places.target, minlength=n)
        self.buying_share = (1.0 / spread[places.target])[None, None, None]
        self.referral_source = Links(referrals.source, len(cast.hubs.name))
        self.referral_target = Links(referrals.target, n)
        self.hub_host = Links(cast.hubs.host, n)
        self.referrals.distance = referrals.columns["distance"][None, None, None]
        self.grant_source, self.grant_target = Links(grants.source, len(cast.funders.name)), Links(grants.target, n)
        self.region_links = Links(self._region_codes(), len(REGIONS))
        self.lever_rows: dict[type, Any] = {
            Agreement: cast.agreements.target,
            Contract: contracts.target,
            Place: places.target,
            Grant: grants.target,
            Referral: referrals.target,
        }
        self.maker_shares = self._maker_shares()
        self.funder_columns = self._funder_columns()

    def _region_codes(self) -> Any:
        return np.array([REGIONS.index(r) if r in REGIONS else 0 for r in self.inputs.region], dtype=np.int64)

    def _maker_shares(self) -> Array:
        """Share of each application's consumables by maker, (1, application, 1, maker)."""
        makers = self.cast.makers
        platform, source = np.array(makers.platform), np.array(makers.source)
        out = np.zeros((1, len(self.applications), 1, len(makers.name)))
        for a, application in enumerate(self.applications):
            of_source = source == application.source
            fits = of_source & (platform == application.platform)
            share = makers.share * (fits if fits.any() else of_source)
            out[0, a, 0] = share / share.sum()
        return out

    def _funder_columns(self) -> tuple[Array, Array, Array]:
        funders = self.cast.funders
        supports = np.array([[float(a in own) for own in funders.supports] for a in self.application_ids])
        return funders.budget_share[None, None, None], funders.purpose_share[None, None], supports[None, :, None]

    def _draw_all(self) -> None:
        periods, apps = self.question.quarters, self.application_ids
        years = -(-periods // QUARTERS)
        self._uniforms: dict[str, Array] = {
            "lapse": self.draws.uniform("lapse", self.slots, years, apps),
            "pool": self.draws.uniform("pool", self.slots, years),
            "appraise": self.draws.uniform("appraise", self.slots, years, apps),
            "member": self.draws.uniform("member", self.slots, years),
            "incident": self.draws.uniform("incident", self.slots, years),
        }
        self._adopt = self.draws.uniform("adopt", self.slots, periods, apps)
        self._normals: dict[str, Array] = {"gdp": self.draws.normal("gdp", self.slots, years)}
        longest = {"students": 4.0, "machines": 7.0, "grants": 5.0}
        registry = all_parameters(())
        for name, parameter in (
            ("students", "work.training_years"),
            ("machines", "equip.life"),
            ("grants", "fund.grant_duration"),
        ):
            longest[name] = max(registry[parameter].high, float(self.par[parameter].max()))
        n, w = len(self.inputs), self.worlds_count
        self.students = Pipeline((w, 1, 1, len(self.places)), int(np.ceil(longest["students"])))
        self.machines = Pipeline((w, 1, GROUPS["platform"], n), round(longest["machines"] * QUARTERS))
        self.vintages = Pipeline((w, 1, GROUPS["purpose"], len(self.grants)), int(np.ceil(longest["grants"])))
        self.machine_quarters = np.rint(self.par["equip.life"][:, 0, 0, 0] * QUARTERS)

    def adopt_draws(self) -> Array:
        """This quarter's standard exponentials for adoption, (world, application, 1, country)."""
        draws: Array = -self._adopt[self.quarter]
        np.log1p(draws, out=draws)
        return np.negative(draws, out=draws)

    def yearly_uniforms(self, stream: str) -> Array:
        """This year's uniforms of a stream, (world, application or 1, 1, country or 1)."""
        if stream not in self._uniforms:  # one that only some levers use
            self._uniforms[stream] = self._draw_rare(stream)
        return np.asarray(self._uniforms[stream][self.quarter // QUARTERS])

    def _draw_rare(self, stream: str) -> Array:
        years = -(-self.question.quarters // QUARTERS)
        if stream in ("ceiling", "tier"):  # a maker signs with all at once
            return self.draws.uniform(stream, np.arange(len(self.makers)), years, self.application_ids)
        if stream == "forum":  # a region meets
            return self.draws.uniform(stream, np.arange(len(REGIONS)), years)
        return self.draws.uniform(stream, self.slots, years)

    def yearly_normals(self, stream: str) -> Array:
        """This year's standard normals of a stream, (world, 1, 1, country)."""
        return np.asarray(self._normals[stream][self.quarter // QUARTERS])

    def _make_agents(self) -> None:
        names: dict[type[Actor], Sequence[str]] = {
            Country: self.inputs.name,
            Distributor: self.cast.traders.name,
            Manufacturer: self.cast.makers.name,
            Funder: self.cast.funders.name,
            TrainingProgramme: self.cast.schools.name,
            RegionalHub: self.cast.hubs.name,
        }
        for kind, labels in names.items():
            self._name(kind, labels)

    def _name(self, kind: type[Actor], labels: Sequence[str]) -> None:
        """Mesa agents of a kind, one for each row."""
        for row, label in enumerate(labels):
            kind(self, self.populations[kind], row, label)

    def add_population(self, kind: type, names: Sequence[str], countries: Sequence[int] | None = None) -> Rows:
        """Put a kind of a user's own on stage, with a row for each name; returns its population.

        ``countries`` says in which country (by row) each row is, so that levers reach it where they aim; none = the
        rows are the countries in order. ValueError where their lengths differ.
        """
        where = np.arange(len(self.inputs)) if countries is None else np.asarray(countries, dtype=np.int64)
        if where.shape != (len(names),):
            raise ValueError(f"{kind.__name__}: a country for each of {len(names)} rows is wanted, got {where.shape}")
        rows = self.populations[kind] = population(kind, self.lengths, len(names), self.par, self.alike)
        if countries is not None:
            self.lever_rows[kind] = where
        if issubclass(kind, Actor):
            self._name(kind, names)
        return rows

    # how it runs

    def step(self) -> None:
        """One quarter: every phase in order. ValueError after the last one, from which on ``running`` is False."""
        if self.quarter >= self.question.quarters:
            raise ValueError(f"this scenario ends after {self.question.quarters} quarters")
        for _, phase in self.phases:
            phase(self)
        self.quarter += 1
        self.running = self.quarter < self.question.quarters

    def run(self) -> AdoptionModel:
        """Step to the horizon; returns itself."""
        with _row_by_row(), np.errstate(over="ignore", under="ignore"):
            while self.quarter < self.question.quarters:
                self.step()
        return self

    def insert_phase(self, after: str, name: str, phase: Phase) -> None:
        """Add a phase after the one named. KeyError if there is none of that name."""
        order = [n for n, _ in self.phases]
        if after not in order:
            raise KeyError(f"no phase {after!r}; there are {', '.join(order)}")
        self.phases.insert(order.index(after) + 1, (name, phase))

    def results(self) -> outcomes.BlockResult:
        """Outcomes of this block of worlds after the run."""
        with np.errstate(over="ignore", under="ignore"):
            return outcomes.collect(self)
