"""What a file will do, in plain words: each scenario with all that it does, how many worlds, how much is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill

from adoptsim.experiment.design import Design
from adoptsim.experiment.files import units
from adoptsim.experiment.files.schema import FULL_LEVEL, KEPT
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.sizes import bytes_kept, in_units
from adoptsim.experiment.study import Study
from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.countries import load_countries
from adoptsim.inputs.parameters import load_registry
from adoptsim.model.factors import BUDGET, is_strength
from adoptsim.model.levers import LEVERS, lever_of
from adoptsim.model.push import aim
from adoptsim.model.scenario import QUARTERS_A_YEAR, Investment, LeverUse, Scenario, ShockUse, where
from adoptsim.model.shocks import SHOCKS

__all__ = ["shock_warnings", "told"]

WIDTH = 100
BOUNDLESS = 1e15  # US$ a year: more than the world earns, as rankings give it
TOGETHER = "\u00a0"  # a space at which no line is broken


def told(experiment: Experiment) -> Iterator[str]:
    """Lines that say what running the experiment means."""
    first = experiment.scenarios[0]
    many = len(experiment.scenarios) > 1
    if experiment.study:
        yield from _study(experiment, experiment.study)
    elif experiment.design:
        design = experiment.design
        yield from _wrapped(
            f"Worlds: {experiment.worlds:,}, the rows of {design.source}; factors {', '.join(design.factors)}", ""
        )
    else:
        yield f"Worlds: {experiment.worlds:,}, seed {experiment.seed}" + (
            "; the same ones for every scenario" if many else ""
        )
    if many:
        runs = experiment.worlds * len(experiment.scenarios)
        yield f"Scenarios: {len(experiment.scenarios)}, so {runs:,} runs; compared with {experiment.reference}"
    end = first.start_year + first.quarters / QUARTERS_A_YEAR
    yield f"Time: {first.start_year:g} to {end:g}, {first.quarters} quarters"
    size = in_units(bytes_kept(experiment))
    yield from _wrapped(f"Kept: {experiment.kept} ({_kept(experiment.kept)}); {size} on the disk at most", "")
    strengths = _strengths_of(experiment.design)
    for scenario in experiment.scenarios:
        yield ""
        yield f"{scenario.name}: {scenario.title}".rstrip(": ")
        yield from _scenario(scenario, strengths)
    for warning in shock_warnings(experiment.scenarios, experiment.reference):
        yield ""
        yield from _wrapped(f"Note: {warning}", "")


def _study(experiment: Experiment, study: Study) -> Iterator[str]:
    """What is sampled or ranked, and how many rows of factors that is."""
    size = f" (size {study.size})" if study.size else ""
    rows = f"{len(experiment.design):,} rows of factors" if experiment.design else "a design"
    if study.kind == "ranking":
        worlds = f"{study.options['worlds']:,} worlds, each run with every package of levers that is needed"
        yield from _wrapped(f"Ranking{size}: {worlds}, {rows} in all; seed {experiment.seed}", "")
    else:
        method, base = study.options["method"], study.options["size"]
        yield from _wrapped(f"Sensitivity{size}: method {method}, size {base:,}, {rows}; seed {experiment.seed}", "")


def shock_warnings(scenarios: Sequence[Scenario], reference: str) -> list[str]:
    """Scenarios whose changes from the reference mix levers with shocks, each in a sentence with the way out."""
    base = next(scenario for scenario in scenarios if scenario.name == reference)
    found = []
    for scenario in scenarios:
        if scenario.shocks == base.shocks or scenario.levers == base.levers:
            continue  # the same shocks, or nothing but shocks is asked about
        alone = next((s.name for s in scenarios if s.shocks == scenario.shocks and not s.levers), "")
        advice = f"compare it with {alone}" if alone else "add a scenario with the same shocks and no levers"
        found.append(
            f"{scenario.name} differs from the reference {reference} also in its shocks: changes will include them; "
            + (f"{advice}, which has the same shocks and no levers" if alone else advice)
        )
    return found


def _strengths_of(design: Design | None) -> dict[str, str]:
    """Levers whose strength is a factor, with its range in words."""
    found = {}
    for name, values in design.factors.items() if design else ():
        lever = name.removesuffix(BUDGET)
        if is_strength(name):
            low, high = values.min(), values.max()
            span = f"{100 * low:.4g} to {100 * high:.4g} %"
            if name.endswith(BUDGET) and high >= BOUNDLESS:
                span = "to full strength"
            elif name.endswith(BUDGET):
                span = f"US$ {low / 1e6:,.6g} to {high / 1e6:,.6g} million a year"
            found[lever] = f"strength from the table ({span})"
    return found


def _kept(keep: str) -> str:
    """All that is kept, as each choice includes those before it."""
    words = list(KEPT.values())[: list(KEPT).index(keep) + 1]
    return "; ".join(words)


def _scenario(scenario: Scenario, strengths: Mapping[str, str]) -> Iterator[str]:
    """What a scenario holds; ``strengths`` are those of levers that a design sets in its place."""
    end = scenario.start_year + scenario.quarters / QUARTERS_A_YEAR
    names = {use.lever: lever_of(use.lever).name for use in scenario.levers}
    named = {*names.values()}
    uses = (*scenario.levers, *(LeverUse(lever, 0.0) for lever in strengths if lever in LEVERS and lever not in named))
    told = (strengths.get(names.get(use.lever, use.lever), "") for use in uses)
    lines = [_lever(use, strength) + _idle(use, scenario, end) for use, strength in zip(uses, told, strict=True)]
    lines += [_investment(plan) + _idle(plan, scenario, end) for plan in scenario.investments]
    lines = lines or ["no lever"]
    lines += [_shock(shock) + _idle(shock, scenario, end) for shock in scenario.shocks]
    if scenario.uncertainty == "central":
        lines.append("all parameters at their central values, the same in all worlds")
    if scenario.parameters:
        known = load_registry()
        pairs = (
            f"{name} {units.written(value, known[name].unit) if name in known else f'{value:g}'}"
            for name, value in scenario.parameters.items()
        )
        lines.append(f"fixed in all worlds: {', '.join(pairs)}")
    if scenario.applications:
        lines.append(f"applications: {', '.join(map(_near, scenario.applications))}")
    tables = [*filter(None, [scenario.countries]), *scenario.generated.values()]
    if tables:
        lines.append(f"own tables: {', '.join(map(_near, tables))}")
    for line in lines:
        yield from _wrapped(line, "  ")


def _near(name: str) -> str:
    """A path as seen from here; other names as they are."""
    return os.path.relpath(name) if os.path.isabs(name) else name


def _lever(use: LeverUse, strength: str = "") -> str:
    """One use of a lever: what, how strongly (unless a design says it), when, where."""
    lever = lever_of(use.lever)
    if strength:
        pass
    elif use.budget is not None:
        strength = f"US$ {use.budget / 1e6:,.6g} million a year"
    else:
        strength = _level(lever.levels, use.intensity or 0.0)
    return f"{lever.title}: {strength}; {_course(use)}; {_where(use)}"


def _idle(use: LeverUse | ShockUse | Investment, scenario: Scenario, end: float) -> str:
    """A word of warning where a use begins only when the run is over, or reaches nobody."""
    schedule = getattr(use, "schedule", ())
    first = schedule[0][0] if schedule else use.start
    if first >= end:
        return f"; it does nothing, for the run ends in {end:g}"
    ids = tuple(application.id for application in load_applications(scenario.applications))
    reached = aim(use, load_countries(scenario.countries, scenario.start_year), ids).any()
    return "" if reached else "; it does nothing, for no country and application are all of this"


def _level(words: Iterable[str], intensity: float) -> str:
    """The words of a level, or of the two levels that an intensity lies between."""
    levels = list(words)
    exact = intensity * FULL_LEVEL
    below = int(exact)
    if exact == below:
        return f"level {below} of {FULL_LEVEL} ({levels[below].rstrip('.')})"
    return f"{100 * intensity:.4g} %, between level {below} and {below + 1} ({levels[below + 1].rstrip('.')})"


def _course(use: LeverUse) -> str:
    if use.schedule:
        points = (f"{100 * share:.4g} % of it in {year:g}" for year, share in use.schedule)
        return f"{', '.join(points)}, straight between"
    full = f", in full from {use.start + use.ramp:g}" if use.ramp else ""
    return f"from {use.start:g}{full}" + (f", until {use.end:g}" if use.end is not None else "")


def _shock(use: ShockUse) -> str:
    shock = SHOCKS[use.shock]
    until = f" to {use.end:g}" if use.end is not None else " on"
    return f"Shock, {shock.title}: {100 * use.size:.4g} % ({shock.size}); from {use.start:g}{until}; {_where(use)}"


def _investment(plan: Investment) -> str:
    """One investment: what, from when, who pays, where."""
    title = {a.id: a.title for a in load_applications()}.get(plan.application, plan.application)
    until = f", until {plan.end:g}" if plan.end is not None else ""
    payer = {"domestic": "treasuries", "outside": "money from outside"}[plan.payer]
    paid = f"{payer} pay{'s' * (plan.payer == 'outside')} {100 * plan.share:.4g} % of tests and machines"
    if plan.phase_out:
        still = ", ".join(f"{100 * share:.4g} % of it in {year:g}" for year, share in plan.phase_out)
        paid += f", still {still}; treasuries take over {100 * plan.taken_over:.4g} % of the rest"
    return f"Investment, {title}: national programmes from {plan.start:g}{until}; {paid}; {where(plan)}"


def _where(use: LeverUse | ShockUse) -> str:
    return where(use) + (f", for {', '.join(use.applications)}" if use.applications else "")


def _wrapped(text: str, indent: str) -> list[str]:
    whole = text.replace(" %", TOGETHER + "%")
    lines = fill(whole, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)
    return lines.replace(TOGETHER, " ").splitlines()
