"""Methods: SALib's samplers and analysers, each with what it needs to be right.

All of them work on probabilities, the unit cube: a factor's distribution is applied to the rows that the model sees.
So every distribution of the registry fits every method, steps are steps in probability, and the bound of ``dgsm``,
which holds for uniform factors alone, holds for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ANALYSES", "METHODS", "SLICES", "Analysis", "Method", "Plan", "Rows"]

Array = NDArray[np.float64]
Rows = dict[tuple[str, str, str], tuple[float, float]]  # factor, partner, index: value, half-width of SALib's interval
Problem = dict[str, Any]
SLICES = (5, 8, 10, 20)  # with others SALib's quantiles leave 0 to 1, or there is one too many
RESAMPLES, FEWEST = 100, 2  # of SALib's bootstrap: where its interval is shown, and where it is thrown away


@dataclass(frozen=True)
class Plan:
    """What sampler and analyser agree on. ``units`` have an index each; ``member`` says to which a column belongs."""

    size: int
    units: tuple[str, ...]
    member: tuple[int, ...]
    second_order: bool = False
    options: Mapping[str, float] = field(default_factory=dict)
    slices: int = 10
    seed: int = 1
    resamples: int = RESAMPLES

    def problem(self) -> Problem:
        """A problem of SALib of its own, since its functions write into what they are given; names are neutral."""
        found: Problem = {
            "num_vars": len(self.member),
            "names": [f"x{j}" for j in range(len(self.member))],
            "bounds": [[0.0, 1.0] for _ in self.member],
        }
        if len(self.units) < len(self.member):
            found["groups"] = [f"g{unit}" for unit in self.member]
        return found

    def alone(self, unit: int) -> bool:
        """Whether this unit is one column, not a group."""
        return self.member.count(unit) == 1


@dataclass(frozen=True)
class Method:
    """A design: how it is sampled, which rows belong together, and what may be said of it."""

    sample: Callable[[Plan], Array]
    analyses: tuple[str, ...]
    block: Callable[[int, bool], int] = lambda units, _: 1
    smallest: Callable[[int, Mapping[str, float]], int] = lambda columns, _: 2
    options: Mapping[str, float] = field(default_factory=dict)
    groups: bool = False
    unordered: bool = False  # takes factors whose values have no order: joint ones, the replicate
    power_of_two: bool = False
    random: bool = True  # another seed gives another design
    gaps: bool = True  # a block may be missing


@dataclass(frozen=True)
class Analysis:
    """What is computed: the index that ranks factors, and where its interval comes from without scrambles."""

    run: Callable[[Plan, Array, Array], Rows]
    primary: str
    interval: str = ""
    floor: str = ""  # the index of the dummy that is the noise floor of all; left out = each has its own


def _sobol_sample(plan: Plan) -> Array:
    from SALib.sample import sobol

    return _array(sobol.sample(plan.problem(), plan.size, calc_second_order=plan.second_order, seed=plan.seed))


def _sobol(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import sobol

    s = sobol.analyze(
        plan.problem(), y, calc_second_order=plan.second_order, num_resamples=plan.resamples, seed=plan.seed
    )
    rows = {**_rows(plan, "S1", s["S1"], s["S1_conf"]), **_rows(plan, "ST", s["ST"], s["ST_conf"])}
    if plan.second_order:
        for j, one in enumerate(plan.units):
            for k, other in enumerate(plan.units[j + 1 :], start=j + 1):
                rows[one, other, "S2"] = (float(s["S2"][j, k]), float(s["S2_conf"][j, k]))
    return rows


def _morris_sample(plan: Plan) -> Array:
    from SALib.sample import morris

    return _array(morris.sample(plan.problem(), plan.size, num_levels=int(plan.options["levels"]), seed=plan.seed))


def _morris(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import morris

    levels = int(plan.options["levels"])
    s = morris.analyze(plan.problem(), x, y, num_levels=levels, num_resamples=plan.resamples, seed=plan.seed)
    rows = _rows(plan, "mu_star", s["mu_star"], s["mu_star_conf"])
    for index in ("mu", "sigma"):  # of a group they mean nothing: effects of its members cancel
        found = _rows(plan, index, s[index])
        rows |= {key: value for key, value in found.items() if plan.alone(plan.units.index(key[0]))}
    return rows


def _latin_sample(plan: Plan) -> Array:
    from SALib.sample import latin

    return _array(latin.sample(plan.problem(), plan.size, seed=plan.seed))


def _pawn(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import pawn

    s = pawn.analyze(plan.problem(), x, y, S=plan.slices, seed=plan.seed)
    return {**_rows(plan, "pawn", s["median"]), **_rows(plan, "pawn_max", s["maximum"])}


def _delta(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import delta

    # its bootstrap also takes the bias out, so it is never cut short; its S1 is that of one resample, and left out
    s = delta.analyze(plan.problem(), x, y, num_resamples=RESAMPLES, method="delta", seed=plan.seed)
    return _rows(plan, "delta", s["delta_raw"], s["delta_raw_conf"])


def _rbd_fast(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import rbd_fast

    s = rbd_fast.analyze(plan.problem(), x, y, num_resamples=plan.resamples, seed=plan.seed)
    return _rows(plan, "S1", s["S1"], s["S1_conf"])


def _rsa(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import rsa

    s = rsa.analyze(plan.problem(), x, y, bins=plan.slices, target="Y")
    table = np.array([s[name] for name in s["names"]], dtype=float)  # (columns, bins)
    rows = _rows(plan, "rsa_max", np.where(np.isnan(table), -np.inf, table).max(axis=1))
    for k in range(plan.slices):
        start, stop = (100 * edge / plan.slices for edge in (k, k + 1))
        rows |= _rows(plan, f"rsa {start:g}-{stop:g} %", table[:, k])
    return rows


def _fast_sample(plan: Plan) -> Array:
    from SALib.sample import fast_sampler

    return _array(fast_sampler.sample(plan.problem(), plan.size, M=int(plan.options["harmonics"]), seed=plan.seed))


def _fast(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import fast

    s = fast.analyze(plan.problem(), y, M=int(plan.options["harmonics"]), num_resamples=FEWEST, seed=plan.seed)
    return {**_rows(plan, "S1", s["S1"]), **_rows(plan, "ST", s["ST"])}  # SALib calls its intervals unreliable


def _dgsm_sample(plan: Plan) -> Array:
    from SALib.sample import finite_diff

    return _array(finite_diff.sample(plan.problem(), plan.size, delta=plan.options["step"], seed=plan.seed))


def _dgsm(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import dgsm

    s = dgsm.analyze(plan.problem(), x, y, num_resamples=plan.resamples, seed=plan.seed)
    # SALib's dgsm_conf is the half-width of vi; the bound is vi over a constant, and so is its half-width
    scale = np.divide(s["dgsm"], s["vi"], out=np.zeros(len(s["vi"])), where=s["vi"] > 0)
    return {**_rows(plan, "dgsm", s["dgsm"], s["dgsm_conf"] * scale), **_rows(plan, "vi", s["vi"], s["dgsm_conf"])}


def _shapley_sample(plan: Plan) -> Array:
    from SALib.sample import shapley

    return _array(shapley.sample(plan.problem(), plan.size, seed=plan.seed))


def _shapley(plan: Plan, x: Array, y: Array) -> Rows:
    from SALib.analyze import shapley

    s = shapley.analyze(plan.problem(), x, y)
    return _rows(plan, "shapley", s["shapley_normalized"], s["shapley_normalized_conf"])


def _array(x: Any) -> Array:
    return np.asarray(x, dtype=float)


def _rows(plan: Plan, index: str, values: Iterable[float], halves: Iterable[float] | None = None) -> Rows:
    found = _array(np.ma.filled(np.ma.asarray(values), np.nan))
    half = np.full(len(found), np.nan) if halves is None else _array(np.ma.filled(np.ma.asarray(halves), np.nan))
    return {(unit, "", index): (float(v), float(h)) for unit, v, h in zip(plan.units, found, half, strict=True)}


def _longest_period(columns: int, options: Mapping[str, float]) -> int:
    """Rows of a curve of eFAST in which every other factor has a frequency of its own: two that share one move as one.

    The highest of them is N / 4M^2 (Saltelli, Tarantola and Chan 1999, and as SALib's sampler cuts them).
    """
    harmonics = int(options["harmonics"])
    return 4 * harmonics**2 * max(columns - 1, 1) + 1


METHODS: Mapping[str, Method] = {
    "sobol": Method(
        _sobol_sample,
        ("sobol",),
        block=lambda units, second: 2 * units + 2 if second else units + 2,
        groups=True,
        unordered=True,
        power_of_two=True,
    ),
    "morris": Method(_morris_sample, ("morris",), block=lambda units, _: units + 1, options={"levels": 4}, groups=True),
    "latin": Method(_latin_sample, ("pawn", "delta", "rbd_fast", "rsa"), smallest=lambda columns, _: 128),
    "fast": Method(_fast_sample, ("fast",), smallest=_longest_period, options={"harmonics": 4}, gaps=False),
    "dgsm": Method(_dgsm_sample, ("dgsm",), block=lambda units, _: units + 1, options={"step": 0.01}, random=False),
    "shapley": Method(_shapley_sample, ("shapley",), block=lambda units, _: units + 1, unordered=True),
}

ANALYSES: Mapping[str, Analysis] = {
    "sobol": Analysis(_sobol, "ST", "SALib's bootstrap within one scramble; too wide for smooth outcomes"),
    "morris": Analysis(_morris, "mu_star", "SALib's bootstrap over trajectories"),
    "pawn": Analysis(_pawn, "pawn"),
    "delta": Analysis(_delta, "delta", "SALib's bootstrap"),
    "rbd_fast": Analysis(_rbd_fast, "S1", "SALib's bootstrap of half the worlds"),
    "rsa": Analysis(_rsa, "rsa_max"),
    "fast": Analysis(_fast, "ST", floor="ST"),  # S1 of a dummy is 0 there, while that of a factor without effect is not
    "dgsm": Analysis(_dgsm, "dgsm", "SALib's bootstrap over base points"),
    "shapley": Analysis(_shapley, "shapley", "normal approximation over trajectories, by SALib"),
}


def options_of(method: str, given: Mapping[str, float]) -> tuple[Mapping[str, float], Sequence[str]]:
    """The method's options with those given, and what is wrong with them."""
    known = METHODS[method].options
    options = {**known, **given}
    problems = [
        f"option {name!r}: {method} has {', '.join(known) if known else 'no options'}"
        for name in given
        if name not in known
    ]
    if "levels" in options and not (options["levels"] >= 4 and options["levels"] % 2 == 0):
        problems.append(f"levels: an even number from 4 on is wanted, got {options['levels']}")
    if "harmonics" in options and not (options["harmonics"] >= 1 and options["harmonics"] % 1 == 0):
        problems.append(f"harmonics: a whole number from 1 on is wanted, got {options['harmonics']}")
    if "step" in options and not 0 < options["step"] < 1:
        problems.append(f"step: a share of the value between 0 and 1 is wanted, got {options['step']}")
    return options, problems
