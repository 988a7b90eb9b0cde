"""A commented file to start from; the choices in its comments are the code's own names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from adoptsim.experiment.files.schema import KEPT
from adoptsim.inputs.applications import load_applications
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.model.levers import LEVERS
from adoptsim.model.scenario import horizon
from adoptsim.model.shocks import SHOCKS

__all__ = ["starter"]

WIDTH = 100
EXAMPLES = "pooled_procurement", "workforce_training"  # levers that the file shows how to use
END = horizon(2025, 80)

SCENARIO = """\
# A scenario: what is done, where and when. Lines that begin with # are comments: remove the # to use them.
# Check it with:  adoptsim check {name}.yaml        Run it with:  adoptsim run {name}.yaml
schema_version: 1
name: {name}
title: My scenario
# description: Why this is asked.
# extends: baseline.yaml    # take over another scenario file and write down only what differs

# Levers: how strongly (one of level 0 to 4, intensity 0 % to 100 %, budget a year), when and where.
levers:
  {lever}:
    level: 2
    start: 2026
    ramp: 2 years
    # end: 2035
    # schedule: {{2026: 0 %, 2030: 50 %, 2035: 100 %}}    # in place of start, ramp and end
    # targets: {{regions: [{region}], incomes: [{income}], countries: [NGA, NOR], applications: [{application}]}}
  # {other}: {{budget: 50 million USD2024}}
{levers}

# Shocks: what may befall health systems from outside.
# shocks:
#   {shock}: {{size: 20 %, start: 2030, end: 2032}}
{shocks}

# Investments: national programmes that are begun and paid for; see docs/investments.md.
# investments:
#   {application}:
#     payer: outside
#     phase_out: {{2032: 100 %, 2037: 0 %}}
#     targets: {{regions: [{region}]}}

# Time: 80 quarters from 2025 are the years 2025 to {end}.
# start_year: 2025
# quarters: 80

# Parameters fixed in all worlds; see 'adoptsim list parameters'. Others differ from world to world.
# parameters: {{pool.fee: 5 %, fund.world_total: 60 million USD2024}}
# uncertainty: central    # every parameter at its central value

{applications}
# applications: [{application}]

# Your own tables in place of those that ship, relative to this file; see docs/files.md.
# tables: {{countries: districts.csv}}

# Measures of inequality to keep besides the usual outcomes; see 'adoptsim list outcomes'.
# outcomes: [useful_access.slope_index@{end}]
{targets}
"""

EXPERIMENT = """\
# An experiment: scenarios run in the same worlds and compared with one of them.
# Check it with:  adoptsim check {name}.yaml        Run it with:  adoptsim run {name}.yaml
schema_version: 1
name: {name}
title: My question
# description: Why this is asked.
worlds: 100
seed: 1
reference: baseline

# How much is kept:
{kept}
# keep: groups

# In place of worlds: a table whose columns are factors (parameters, levers, LEVER.budget) and whose rows are worlds.
# design: {{table: rows.csv, block: 1}}

# Scenarios: files, relative to this one, or written out here.
scenarios:
  # - ../configs/baseline.yaml
  - name: baseline
    title: Without the programme
{scenarios}
"""


def starter(name: str, experiment: bool = False) -> str:
    """The text of a new file called ``name``."""
    name = "".join(c if c.isalnum() and c.isascii() else "_" for c in name).strip("_")[:64] or "mine"
    levers = list(LEVERS)
    if experiment:
        written = "\n".join(f"  - name: {lever}\n    levers: {{{lever}: {{level: 4}}}}" for lever in levers)
        return EXPERIMENT.format(name=name, kept=_menu(KEPT.items()), scenarios=written)
    applications = load_applications()
    return SCENARIO.format(
        name=name,
        lever=EXAMPLES[0],
        other=EXAMPLES[1],
        levers=_menu((f"  {lever.name}", lever.title) for lever in LEVERS.values()),
        shock=next(iter(SHOCKS)),
        shocks=_menu((f"  {shock.name}", f"{shock.title}; size: {shock.size}") for shock in SHOCKS.values()),
        region=REGIONS[0],
        income=INCOMES[0],
        application=applications[0].id,
        applications="# Applications, all if none is named:\n" + _menu((f"  {a.id}", a.title) for a in applications),
        targets=f"# Regions: {', '.join(REGIONS)}. Income groups: {', '.join(INCOMES)}.",
        end=END,
    )


def _menu(choices: Iterable[tuple[str, str]]) -> str:
    """Choices with their meaning, as comments."""
    return "\n".join(_lines(list(choices)))


def _lines(choices: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in choices)
    for name, words in choices:
        first, *others = wrap(words, WIDTH - width - 6)
        yield f"#   {name:<{width}}  {first}"
        yield from (f"#   {'':<{width}}  {other}" for other in others)
