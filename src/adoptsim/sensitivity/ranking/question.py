"""The question of a ranking: which levers, how much money, in what settings, how many worlds and orderings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adoptsim.experiment.design import LARGEST_BLOCK
from adoptsim.experiment.files.extends import YAML_ENDINGS
from adoptsim.inputs.errors import nearest_name
from adoptsim.model.levers import LEVERS, lever_of, levers_of
from adoptsim.model.scenario import LeverUse, Scenario

__all__ = [
    "ALL",
    "EQUAL_MONEY",
    "FULL_STRENGTH",
    "REALLOCATION",
    "SETTINGS",
    "UNLIMITED",
    "Game",
    "OwnLever",
    "RankingQuestion",
    "ranking_scenario",
]

EQUAL_MONEY, REALLOCATION, FULL_STRENGTH = "equal_money", "reallocation", "full_strength"
SETTINGS = (EQUAL_MONEY, REALLOCATION, FULL_STRENGTH)
ALL = "all_levers"  # the package of every lever ranked
UNLIMITED = 1e15  # US$ a year: ten times what the world earns, so that every lever is at full strength
FEWEST, MOST = 2, 30  # levers: a ranking wants two; beyond, a block of one pair of orderings is long

Allocation = tuple[float, ...]  # US$ a year of each lever ranked


@dataclass(frozen=True)
class Game:
    """A package of levers in one setting: a cooperative game whose players are levers."""

    setting: str
    package: str  # ``ALL``, or ``without_LEVER``
    players: tuple[int, ...]  # places in ``RankingQuestion.levers``

    @property
    def key(self) -> tuple[str, str]:
        """Setting and package, as tables name them."""
        return self.setting, self.package


@dataclass(frozen=True)
class OwnLever:
    """A lever of a user's own: name and title as in its file, and that file, "" where it is not at hand."""

    name: str
    title: str
    file: str = field(default="", compare=False)

    @classmethod
    def of(cls, file: str) -> OwnLever:
        """The lever of a YAML file. InputError if that is wrong."""
        lever = lever_of(file)
        return cls(lever.name, lever.title, file)


@dataclass(frozen=True)
class RankingQuestion:
    """Which of some levers does most for an outcome?

    Parameters
    ----------
    levers
        Levers, two or more: names of those that ship, paths of YAML files of your own, which then go by the name in
        the file; all twelve unless said.
    money
        US$ a year (constant 2024) that each lever gets.
    shift
        US$ a year that ``reallocation`` takes from the other levers, equally, and gives to one; none = ``money``: one
        lever has double, the others give it up together.
    settings
        Some of ``SETTINGS``, in the order in which they are told.
    orderings
        Orderings per world from which Shapley shares are made: an even number, since each comes with its reverse. As
        many as there are (n!) or more: all of them, and the shares have no error of sampling orderings.
    variance
        Base points, a power of two from 2 on, of the Sobol' design from which variance shares come; 0 = none.
    worlds, seed
        World ``w`` is replicate ``w``; the seed says its draws and its orderings.
    without
        A lever that acts on the outcome by construction: all is told with it and without it; your own by the name in
        its file. "" = there is none.
    start, ramp, regions, incomes, countries, applications
        When and where every lever acts, as in ``LeverUse``.
    own
        The levers of your own, filled in where ``levers`` names their files.

    Raises
    ------
    InputError
        If the file of a lever is wrong.
    ValueError
        All that cannot be, at once, one line each.
    """

    levers: tuple[str, ...] = field(default_factory=lambda: tuple(LEVERS))
    money: float = 50e6
    shift: float | None = None
    settings: tuple[str, ...] = SETTINGS
    orderings: int = 2
    variance: int = 0
    worlds: int = 64
    seed: int = 1
    without: str = "equity_roadmap"
    start: float = 2026.0
    ramp: float = 2.0
    regions: tuple[str, ...] = ()
    incomes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    own: tuple[OwnLever, ...] = ()

    def __post_init__(self) -> None:
        read = {file: OwnLever.of(file) for file in self.levers if file.endswith(YAML_ENDINGS)}
        object.__setattr__(self, "levers", tuple(read[n].name if n in read else n for n in self.levers))
        object.__setattr__(self, "own", (*self.own, *read.values()))
        wrong = list(self._wrong())
        if wrong:
            raise ValueError("\n".join(wrong))

    def _wrong(self) -> Iterator[str]:
        known = (*LEVERS, *(lever.name for lever in self.own))
        for name in self.levers:
            if name not in known:
                yield f"levers: {name!r} is no lever{_hint(name, known)}"
        if len(set(self.levers)) < len(self.levers):
            yield "levers: each wants to be named once"
        if not FEWEST <= len(self.levers) <= MOST:
            yield f"levers: {FEWEST} to {MOST} are wanted, got {len(self.levers)}"
        for setting in self.settings:
            if setting not in SETTINGS:
                yield f"settings: {setting!r} is none{_hint(setting, SETTINGS)}"
        if not self.settings or len(set(self.settings)) < len(self.settings):
            yield f"settings: some of {', '.join(SETTINGS)} are wanted, each once"
        if self.without and self.without not in known:
            yield f"without: {self.without!r} is no lever{_hint(self.without, known)}"
        if not 0.0 < self.money < math.inf:
            yield f"money: more than 0 US$ a year is wanted, got {self.money:g}"
        most = (len(self.packages[-1][1]) - 1) * self.money
        if REALLOCATION in self.settings and most > 0.0 and not 0.0 < self.moved <= most:
            yield f"shift: more than 0 and at most what the others have ({most:g} US$ a year), got {self.moved:g}"
        if self.orderings < 1 or (self.orderings % 2 and not self.exact):
            yield f"orderings: an even number is wanted, each ordering with its reverse, got {self.orderings}"
        elif (self.orderings + 4) * len(self.levers) * 2 * len(self.settings) > LARGEST_BLOCK and not self.exact:
            yield f"orderings: {self.orderings} make a world longer than a block of {LARGEST_BLOCK:,} rows can be"
        if self.variance < 0 or self.variance == 1 or self.variance & (self.variance - 1):
            yield f"variance: a power of two from 2 on, or 0 for none, is wanted, got {self.variance}"
        if self.worlds < 1:
            yield f"worlds: at least 1 is wanted, got {self.worlds}"

    @property
    def moved(self) -> float:
        """US$ a year that a reallocation moves to one lever."""
        return self.money if self.shift is None else self.shift

    @property
    def exact(self) -> bool:
        """Whether all orderings are used."""
        return self.orderings >= math.factorial(len(self.levers))

    @property
    def packages(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Name and levers (by place) of the packages told: all levers, then those without what acts by construction."""
        everyone = tuple(range(len(self.levers)))
        rest = tuple(i for i in everyone if self.levers[i] != self.without)
        if len(rest) in (len(everyone), 0, 1):
            return ((ALL, everyone),)
        return ((ALL, everyone), (f"without_{self.without}", rest))

    @property
    def games(self) -> tuple[Game, ...]:
        """Every setting with every package."""
        return tuple(Game(setting, *package) for setting in self.settings for package in self.packages)

    def title(self, lever: str) -> str:
        """A lever as people call it."""
        titles = {own.name: own.title for own in self.own}
        return titles.get(lever) or LEVERS[lever].title

    def give(self, game: Game, subset: frozenset[int]) -> Allocation:
        """US$ a year of each lever where those of a subset are used at the strength of the setting."""
        each = UNLIMITED if game.setting == FULL_STRENGTH else self.money
        return tuple(each if i in subset else 0.0 for i in range(len(self.levers)))

    def move(self, game: Game, to: int) -> Allocation:
        """US$ a year of each lever where one has more of the envelope, taken from the other players equally."""
        less = self.money - self.moved / (len(game.players) - 1)
        others = {i: max(less, 0.0) for i in game.players}
        return tuple({**others, to: self.money + self.moved}.get(i, 0.0) for i in range(len(self.levers)))


def ranking_scenario(question: RankingQuestion, base: Scenario) -> Scenario:
    """The scenario under which the design is run: ``base``, and a use of each lever that says when and where it acts.

    The uses have no money of their own; the design's factors give it. Raises ValueError where ``base`` uses a lever
    that is ranked: nothing would be left of that use.
    """
    twice = sorted({lever.name for lever in levers_of(base).values()} & set(question.levers))
    if twice:
        raise ValueError(
            f"the scenario {base.name!r} already uses {', '.join(twice)}; a lever is ranked or used, not both"
        )
    where = {name: getattr(question, name) for name in ("regions", "incomes", "countries", "applications")}
    files = {lever.name: lever.file for lever in question.own}
    meant = [files.get(lever) or lever for lever in question.levers]
    uses = [LeverUse(lever, budget=0.0, start=question.start, ramp=question.ramp, **where) for lever in meant]
    return replace(base, levers=(*base.levers, *uses))


def _hint(name: str, known: tuple[str, ...]) -> str:
    found = nearest_name(name, known)
    return f"; did you mean {found!r}?" if found else f"; there are {', '.join(known)}"
