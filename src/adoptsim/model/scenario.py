"""What a scenario is: frozen, complete, and free of files. ``experiment`` reads YAML into this."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

QUARTERS_A_YEAR = 4
PAYERS = ("domestic", "outside")  # of investments: the treasury of the country, or anybody abroad
EVERYWHERE = "everywhere"
KEEP = ("outcomes", "groups", "countries", "trajectories")  # how much is kept of a run; each includes those before


def horizon(start_year: int, quarters: int) -> int:
    """The year that begins when the last quarter ends (or next, where it ends inside a year)."""
    return start_year + -(-quarters // QUARTERS_A_YEAR)


class Aimed(Protocol):
    """What may be aimed at some countries alone."""

    @property
    def regions(self) -> tuple[str, ...]:
        """WHO regions."""

    @property
    def incomes(self) -> tuple[str, ...]:
        """Income groups."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Codes of countries."""


def where(aimed: Aimed) -> str:
    """Its targets in words: "AFR, SEAR and LIC"; "everywhere" where there are none."""
    places = [", ".join(names) for names in (aimed.regions, aimed.incomes, aimed.countries) if names]
    return " and ".join(places) if places else EVERYWHERE


@dataclass(frozen=True)
class LeverUse:
    """One use of a lever: how strongly, when and where.

    Exactly one of ``intensity`` (0 to 1) and ``budget`` (constant 2024 US$ a year; the intensity that it buys is worked
    out in each world) is given. Targets that are empty mean everybody; several kinds of target must all hold.
    """

    lever: str
    intensity: float | None = None
    budget: float | None = None
    start: float = 2026.0  # years, in steps of a quarter
    ramp: float = 2.0  # years from first effect to full strength
    end: float | None = None  # year of the end, none = to the horizon
    regions: tuple[str, ...] = ()
    incomes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    schedule: tuple[tuple[float, float], ...] = ()  # (year, share of it), by year; replaces start, ramp and end

    def __post_init__(self) -> None:
        if (self.intensity is None) == (self.budget is None):
            raise ValueError(f"{self.lever}: give either an intensity or a budget")
        if list(self.schedule) != sorted(self.schedule, key=lambda point: point[0]):
            raise ValueError(f"{self.lever}: the years of a schedule must rise")
        if not all(0.0 <= share <= 1.0 for _, share in self.schedule):
            raise ValueError(f"{self.lever}: the shares of a schedule run from 0 to 1")

    def share(self, year: float) -> float:
        """Share of the chosen strength in force in the quarter that ends at ``year``.

        0 before the start and after the end. A schedule is straight between its points, 0 before the first and held
        after the last; the later of two points in one year counts from there on.
        """
        if self.schedule:
            return _along(self.schedule, year)
        if self.end is not None and year > self.end:
            return 0.0
        return min(max((year - self.start) / max(self.ramp, 1.0 / QUARTERS_A_YEAR), 0.0), 1.0)

    def canonical(self) -> tuple[object, ...]:
        """Sorting key: file order must not matter."""
        ends = self.end if self.end is not None else float("inf")
        strength = (self.intensity if self.intensity is not None else -1.0, self.budget or -1.0)
        return (
            self.lever,
            self.regions,
            self.incomes,
            self.countries,
            self.applications,
            self.start,
            self.ramp,
            ends,
            strength,
            self.schedule,
        )


def _along(points: tuple[tuple[float, float], ...], year: float, before: float = 0.0) -> float:
    if year <= points[0][0]:
        return before
    for (before, low), (after, high) in pairwise(points):
        if year <= after:
            return low + (high - low) * (year - before) / (after - before)
    return points[-1][1]


@dataclass(frozen=True)
class ShockUse:
    """One shock of a scenario: how large (as ``model.shocks`` says of its kind), when and where.

    Targets that are empty mean everybody; several kinds of target must all hold.
    """

    shock: str
    size: float
    start: float  # years, in steps of a quarter
    end: float | None = None  # none = to the horizon
    regions: tuple[str, ...] = ()
    incomes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()

    def share(self, year: float) -> float:
        """1 in quarters that end after the start and not after the end, else 0; ``year`` is the quarter's end."""
        return float(self.start < year and (self.end is None or year <= self.end))

    def canonical(self) -> tuple[object, ...]:
        """Sorting key: file order must not matter."""
        ends = self.end if self.end is not None else float("inf")
        return (self.shock, self.regions, self.incomes, self.countries, self.applications, self.start, ends, self.size)


@dataclass(frozen=True)
class Investment:
    """A national programme of an application that is decided and paid for, in countries that have none.

    ``share`` of what its tests and machines cost is paid besides the genomics budgets of the countries, by the payer:
    their treasuries (``domestic``), or ``outside`` where a country is below the donor line and its treasury where it is
    above. What outside still pays may follow a schedule, 1 before its first year; of the rest treasuries take over
    ``taken_over``. Targets that are empty mean everybody.
    """

    application: str
    start: float = 2027.0  # the beginning of a year
    end: float | None = None  # none = to the horizon
    payer: str = "domestic"
    share: float = 1.0
    phase_out: tuple[tuple[float, float], ...] = ()  # (year, share of it that outside still pays), by year
    taken_over: float = 1.0
    regions: tuple[str, ...] = ()
    incomes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.payer not in PAYERS:
            raise ValueError(f"{self.application}: a payer of {', '.join(PAYERS)} is wanted, got {self.payer!r}")
        if self.phase_out and self.payer != "outside":
            raise ValueError(f"{self.application}: only money from outside can be phased out")
        if list(self.phase_out) != sorted(self.phase_out, key=lambda point: point[0]):
            raise ValueError(f"{self.application}: the years of a phase-out must rise")
        shares = (self.share, self.taken_over, *(share for _, share in self.phase_out))
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError(f"{self.application}: shares run from 0 to 1")

    @property
    def applications(self) -> tuple[str, ...]:
        """The one application that it aims at, as other uses say it."""
        return (self.application,)

    def in_force(self, year: float) -> bool:
        """Whether it is decided in the quarter that ends at ``year``: as for a shock."""
        return self.start < year and (self.end is None or year <= self.end)

    def paid(self, year: float) -> tuple[float, float]:
        """Shares of the cost that are paid from outside and by the treasury in the quarter that ends at ``year``."""
        whole = self.share * self.in_force(year)
        if self.payer == "domestic":
            return 0.0, whole
        still = _along(self.phase_out, year, before=1.0) if self.phase_out else 1.0
        return whole * still, whole * (1.0 - still) * self.taken_over

    def canonical(self) -> tuple[object, ...]:
        """Sorting key: file order must not matter."""
        ends = self.end if self.end is not None else float("inf")
        money = (self.payer, self.share, self.phase_out, self.taken_over)
        return (self.application, self.regions, self.incomes, self.countries, self.start, ends, *money)


@dataclass(frozen=True)
class Scenario:
    """A complete question to the model."""

    name: str
    title: str = ""
    description: str = ""
    levers: tuple[LeverUse, ...] = ()
    shocks: tuple[ShockUse, ...] = ()
    investments: tuple[Investment, ...] = ()
    start_year: int = 2025
    quarters: int = 80
    uncertainty: str = "drawn"  # or "central": every parameter at its central value
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # fixed by the user
    countries: str | None = None  # a user's own tables, by path
    applications: tuple[str, ...] = ()  # ids of packaged applications or paths of YAML files; empty = all packaged
    generated: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # kind -> path of a user's table
    outcomes: tuple[str, ...] = ()  # wanted besides those that are always kept
    origins: Mapping[str, str] = field(  # where each value was written, "levers.retention.level" -> "a.yaml:7:12"
        default_factory=lambda: MappingProxyType({}), compare=False
    )

    def __post_init__(self) -> None:
        if self.outcomes:
            from adoptsim.model.outcomes import check_names

            check_names(self.outcomes, self.end_year)

    def __getstate__(self) -> dict[str, object]:
        """Read-only mappings cannot be copied or pickled: plain ones travel."""
        return {name: dict(v) if isinstance(v, MappingProxyType) else v for name, v in vars(self).items()}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update({n: MappingProxyType(v) if isinstance(v, dict) else v for n, v in state.items()})

    @property
    def end_year(self) -> int:
        """The year of ``@`` in outcome names: the state after the last quarter."""
        return horizon(self.start_year, self.quarters)


def named(outcomes: Iterable[str], known: Container[str]) -> tuple[str, ...]:
    """The known among outcomes named with their ``.mean`` or ``@year``, each once and without it."""
    bare = (name.rpartition("@")[0] or name.removesuffix(".mean") for name in outcomes)
    return tuple(dict.fromkeys(name for name in bare if name in known))
