"""What a measure is, and the one door to all of them.

A measure is a short kernel on `Units` together with its description. The decorator `measured` makes a public function
of the uniform signature out of it, writes the docstring from the description, and files it in `MEASURES`, so that a
configuration or a table can name any of them.
"""

import difflib
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from adoptsim.equity.arrays import LARGEST, Array, count_rows, scalar_or_array
from adoptsim.equity.units import Form, Options, Question, Units, ask

Kernel = Callable[[Units], Array]
Sign = Literal["none", "rank", "gap"]
Domain = Literal["any", "not negative", "bounded"]

DIRECTION: Mapping[Sign, str] = MappingProxyType(
    {
        "none": "no sign: further from {even:g} means more unequal",
        "rank": "above {even:g}: the estimate is concentrated among the advantaged; below: among the disadvantaged",
        "gap": "above {even:g}: the advantaged (or best) group does better; below: the disadvantaged does",
    }
)
ARGUMENTS = """
Args:
    estimate: the indicator, (..., units).
    population: people per unit, (units,) or (..., units); not negative, not all zero. Empty units are left out.
    rank: what orders units, same shapes; higher is more advantaged, ties share one place.
    reference: index of the reference unit.
    favourable: whether more of the indicator is better.
    scale: upper bound of the estimate (1, 100, 1000).
    form: "linear" or "logit", for the slope and relative index.
    who_compat: print what the WHO tools print, where they differ.

Returns:
    (...): a NumPy scalar without leading axes.

Raises:
    ValueError: a bad argument, named, with its first bad index.
"""


class MeasureFunction(Protocol):
    """The uniform signature of every measure."""

    def __call__(
        self,
        estimate: ArrayLike,
        population: ArrayLike,
        rank: ArrayLike | None = None,
        reference: int | None = None,
        favourable: bool = True,
        scale: float = 1.0,
        form: Form = "linear",
        who_compat: bool = False,
    ) -> Array:
        """Measure inequality along the last axis."""
        ...


@dataclass(frozen=True)
class Measure:
    """A measure and its description.

    Attributes:
        name: ours. who: the WHO short name, or an empty string. label: in words.
        formula: p share of people, y estimate, mu people-weighted mean, X fractional rank.
        unit, span: unit of the result and the values it can take.
        even: its value when all are equal.
        sign: what a sign means: "none"; "rank", concentrated among the advantaged; "gap", the advantaged do better.
        domain: what estimates it takes: "any", "not negative", or "bounded" in [0, scale].
        absolute: whether it keeps the unit of the estimate (else it is relative to the mean).
        ranked, referred: whether it needs a rank, a reference unit. fitted: whether `form` matters to it.
        undefined: when the result is NaN (or infinite), and why; empty if never.
        source: where it is defined.
        function: the measure itself.
    """

    name: str
    who: str
    label: str
    formula: str
    unit: str
    span: str
    even: float
    sign: Sign
    domain: Domain
    absolute: bool
    ranked: bool
    referred: bool
    fitted: bool
    undefined: str
    source: str
    function: MeasureFunction

    @property
    def direction(self) -> str:
        """What a high or low value means, in words; empty for the mean."""
        return "" if np.isnan(self.even) else DIRECTION[self.sign].format(even=self.even)

    def favours(self, value: float, favourable: bool = True, tolerance: float = 1e-9) -> str:
        """Whom a value favours: "favours advantaged" or "favours disadvantaged", "even", or "" without a sign."""
        if self.sign == "none" or np.isnan(value):
            return ""
        if abs(value - self.even) <= tolerance:
            return "even"
        advantaged = (value > self.even) == (favourable or self.sign == "gap")
        return "favours advantaged" if advantaged else "favours disadvantaged"


_MEASURES: dict[str, Measure] = {}
MEASURES: Mapping[str, Measure] = MappingProxyType(_MEASURES)
"""Every measure by our name, in the order of the documentation."""


def measured(
    label: str,
    formula: str,
    source: str,
    *,
    who: str = "",
    unit: str = "that of the estimate",
    span: str,
    even: float = 0.0,
    sign: Sign = "none",
    domain: Domain = "any",
    absolute: bool = True,
    ranked: bool = False,
    referred: bool = False,
    fitted: bool = False,
    undefined: str = "",
) -> Callable[[Kernel], MeasureFunction]:
    """Make a public measure out of a kernel, named after it, and file it in `MEASURES`."""

    def make(kernel: Kernel) -> MeasureFunction:
        texts, flags = (kernel.__name__, who, label, formula, unit, span), (ranked, referred, fitted)
        kinds = (even, sign, domain, absolute)
        return _file(kernel, lambda function: Measure(*texts, *kinds, *flags, undefined, source, function))

    return make


def _file(kernel: Kernel, describe: Callable[[MeasureFunction], Measure]) -> MeasureFunction:
    """The public function of a kernel, documented and filed under its name."""

    def function(
        estimate: ArrayLike,
        population: ArrayLike,
        rank: ArrayLike | None = None,
        reference: int | None = None,
        favourable: bool = True,
        scale: float = 1.0,
        form: Form = "linear",
        who_compat: bool = False,
    ) -> Array:
        options = Options(reference, favourable, scale, form, who_compat)
        return _evaluate(entry, kernel, ask(estimate, population, rank, options))

    entry = describe(function)
    function.__name__ = function.__qualname__ = entry.name
    function.__module__ = kernel.__module__
    function.__doc__ = _document(entry, kernel.__doc__ or "")
    _MEASURES[entry.name] = entry
    return function


def _document(entry: Measure, summary: str) -> str:
    """The docstring of a measure, from its description."""
    facts = {
        "WHO short name": entry.who,
        "Formula": entry.formula,
        "Unit": entry.unit,
        "Range": entry.span,
        "Direction": entry.direction,
        "Estimates": entry.domain,
        "Undefined": entry.undefined,
        "Source": entry.source,
    }
    lines = [f"{key}: {value}." for key, value in facts.items() if value]
    return "\n\n".join([textwrap.dedent(summary).strip(), "\n".join(lines), ARGUMENTS.strip()]) + "\n"


def _evaluate(entry: Measure, kernel: Kernel, question: Question) -> Array:
    """Run a kernel over the blocks of a question."""
    lower, upper = _bounds(entry, question)
    result = np.empty(count_rows(question.lead))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for part, units in question.blocks(lower, upper):
            result[part] = kernel(units)
    return scalar_or_array(result.reshape(question.lead))


def _bounds(entry: Measure, question: Question) -> tuple[float, float]:
    """What estimates the measure takes, once its options are found sound."""
    options, units = question.options, question.estimate.shape[-1]
    if entry.ranked and question.rank is None:
        raise ValueError(f"rank: {entry.name} needs what orders the units")
    if entry.referred and options.reference is None:
        raise ValueError(f"reference: {entry.name} needs the index of the reference unit")
    if options.reference is not None and options.reference not in range(units):
        raise ValueError(f"reference: {options.reference!r} is not the index of one of {units} units")
    if options.form not in ("linear", "logit"):
        raise ValueError(f"form: {options.form!r}, where 'linear' or 'logit' is needed")
    if not 0 < options.scale < LARGEST:
        raise ValueError(f"scale: {options.scale!r}, where a positive upper bound is needed")
    counted = entry.fitted and (options.form == "logit" or options.who_compat)
    if entry.domain == "bounded" or counted or options.scale != 1:
        return 0.0, options.scale
    return (0.0 if entry.domain == "not negative" else -LARGEST), LARGEST


def find(name: str) -> Measure:
    """The measure of that name, ours or WHO's, in any case; ValueError with the nearest names if there is none."""
    known = {key.lower(): entry for entry in MEASURES.values() for key in (entry.name, entry.who) if key}
    if (entry := known.get(str(name).lower())) is not None:
        return entry
    near = difflib.get_close_matches(str(name).lower(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(MEASURES)}"
    raise ValueError(f"name: no measure {name!r}; {hint}")


def measure(
    name: str,
    estimate: ArrayLike,
    population: ArrayLike,
    rank: ArrayLike | None = None,
    reference: int | None = None,
    favourable: bool = True,
    scale: float = 1.0,
    form: Form = "linear",
    who_compat: bool = False,
) -> Array:
    """Any measure by name, ours or the WHO short name; units and multipliers are those the WHO tools print.

    TI and MLD are multiplied by 1000; COV, PAF, IDISU and IDISW are in per cent; RCI is a fraction.

    Args:
        name: a key of `MEASURES` or a WHO short name, in any case.
        estimate: the indicator, (..., units).
        population: people per unit, (units,) or (..., units); not negative, not all zero. Empty units are left out.
        rank: what orders units, same shapes; higher is more advantaged, ties share one place.
        reference: index of the reference unit.
        favourable: whether more of the indicator is better.
        scale: upper bound of the estimate (1, 100, 1000). Estimates outside [0, scale] are refused by the measures that
            need bounds, and by all of them when a scale other than 1 is declared.
        form: "linear" or "logit", for the slope and relative index.
        who_compat: print what the WHO tools print, where they differ (SII, RII, TI, MLD).

    Returns:
        (...): a NumPy scalar without leading axes. NaN where the measure is undefined (`find(name).undefined`).

    Raises:
        ValueError: an unknown name, or a bad argument, named, with its first bad index.
    """
    return find(name).function(estimate, population, rank, reference, favourable, scale, form, who_compat)
