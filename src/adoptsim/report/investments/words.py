"""The account of investments for a terminal: what each buys, what it is worth, and what it takes from whom."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any, NamedTuple

import pandas as pd
from rich.console import Console
from rich.table import Table

from adoptsim.compare.headline import PROBABLY, PROBABLY_NOT
from adoptsim.compare.table import PLAIN, RULES
from adoptsim.experiment.opened import StoredResult
from adoptsim.inputs.applications import load_applications
from adoptsim.model.scenario import EVERYWHERE, Scenario
from adoptsim.report.investments.account import (
    FIVE,
    NOT_COUNTED,
    SAVES,
    TEN,
    investment_table,
)

__all__ = ["investment_text", "print_investments"]

WIDTH, PLACE, LARGE = 100, 9, 1e6
NONE = "-"
WORLDS = "usd_per_daly_worlds"
Row = Mapping[Any, Any]


class Column(NamedTuple):
    """A column of a table: its heading, the outcome that it shows and its width."""

    heading: str
    outcome: str
    width: int = 8


BUYS = (
    Column("Tests\n(million)", "tests_of_programmes_million", 9),
    Column("Change of\nall tests", "more_tests_million", 9),
    Column("Cases\nfound\n(1,000)", "cases_found_thousand"),
    Column("DALYs\naverted\n(1,000)", "dalys_averted_thousand"),
    Column("Public\ncost\n(US$ M)", "public_cost_million_usd"),
    Column("Care\n\n(US$ M)", "care_cost_million_usd"),
    Column("US$ per\nDALY", "usd_per_daly", 16),
    Column("Worth it?\n(share of\nworlds)", "verdict", 13),
)
WORTH = (
    Column("Threshold\n(US$ per\nDALY)", "threshold_usd_per_daly", 10),
    Column("Net\nhealth\n(1,000)", "net_health_thousand_dalys"),
    Column("at half\nof GDP", "net_health_half_gdp_thousand_dalys"),
    Column("at GDP\nper head", "net_health_one_gdp_thousand_dalys"),
    Column("US$ per\nDALY, dis-\ncounted", "usd_per_daly_discounted", 10),
    Column("US$ per\nDALY in 90 %\nof worlds", WORLDS, 16),
    Column("US$ per DALY\nif births\nwere counted", "usd_per_daly_if_births_counted", 16),
    Column("Net\nhealth\nthen", "net_health_if_births_counted_thousand_dalys"),
)
TAKES = (
    Column(f"Outside,\n{FIVE} years\n(US$ M)", f"outside_{FIVE}_years_million_usd"),
    Column(f"Treasur-\nies, {FIVE}\n(US$ M)", f"treasuries_{FIVE}_years_million_usd"),
    Column(f"Outside,\n{TEN} years\n(US$ M)", f"outside_{TEN}_years_million_usd"),
    Column(f"Treasur-\nies, {TEN}\n(US$ M)", f"treasuries_{TEN}_years_million_usd"),
    Column(f"House-\nholds, {TEN}\n(US$ M)", f"households_{TEN}_years_million_usd", 10),
    Column("Deliv-\nered\n(%)", "delivered_percent", 6),
    Column("Scarce\nmost often", "held_back_by", 17),
    Column("Staff\n(people)", "staff"),
    Column("Machines", "machines", 8),
)
TABLES = {"What the investments buy": BUYS, "What they are worth": WORTH, "What they take": TAKES}


def investment_text(stored: StoredResult, width: int = WIDTH) -> str:
    """Three tables as plain text; "" where the answer has no investment."""
    out = io.StringIO()
    print_investments(stored, Console(file=out, width=width, color_system=None, force_terminal=False))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def print_investments(stored: StoredResult, console: Console) -> None:
    """Print three tables, nothing where the answer has no investment."""
    rows = investment_table(stored)
    if rows.empty:
        return
    for kind in ("staff", "machines"):
        parts = [name for name in rows.columns.astype(str) if name.startswith(f"{kind}_")]
        rows[kind] = rows[parts].sum(axis=1, min_count=1) if parts else math.nan
    rows["delivered_percent"] = 100.0 * rows["delivered_share"]
    first, last = stored.scenario.start_year, stored.scenario.end_year
    for title, columns in TABLES.items():
        console.print(f"\n{title}, {first}-{last - 1}" if columns is BUYS else f"\n{title}", **PLAIN)
        _print(rows, columns, console)
    for line in ("", *_reading(rows, stored, min(console.width, WIDTH))):
        console.print(line, **PLAIN)


def _print(rows: pd.DataFrame, columns: tuple[Column, ...], console: Console) -> None:
    """One table: the heading once, then the places of each application under its title."""
    titles = {a.id: a.title for a in load_applications()}
    console.print(_empty(columns))
    again = rows.duplicated(["applications", "where"], keep=False)  # then places do not tell them apart
    heads = [
        "; ".join(titles.get(name, name) for name in row["applications"].split())
        + (f" ({row['title'] or row['scenario']})" if alike else "")
        for row, alike in zip(rows.to_dict("records"), again, strict=True)
    ]
    for head, group in rows.groupby(heads, sort=False):
        table = _empty(columns, heading=False)
        for row in group.to_dict("records"):
            where = str(row["where"]).replace(EVERYWHERE, "all over")  # which fits, also before a semicolon
            table.add_row(where, *(_cell(row, column.outcome) for column in columns))
        console.print(head, **PLAIN)
        console.print(table)


def _empty(columns: tuple[Column, ...], heading: bool = True) -> Table:
    table = Table(box=RULES, pad_edge=False, padding=0, show_edge=False, show_header=heading)
    table.add_column("Where", width=PLACE)
    for column in columns:
        table.add_column(column.heading, justify="right", width=column.width)
    return table


def _cell(row: Row, outcome: str) -> str:
    """What a table shows of an outcome."""
    if outcome == "verdict":
        share = f"{row['verdict']}\n({100 * row['worth_it_share_of_worlds']:.0f} %)"
        return str(row["verdict"]) if row["verdict"] in (SAVES, NOT_COUNTED) else share
    if outcome == WORLDS:
        low, high = row[f"{WORLDS}_low"], row[f"{WORLDS}_high"]
        return NONE if math.isnan(low) else f"{_number(low)} to {_number(high)}"
    value = row[outcome]
    if isinstance(value, str):
        return value or NONE
    counted = row["verdict"] != NOT_COUNTED or outcome != "dalys_averted_thousand"
    if math.isnan(value) or not counted:
        return NONE
    if f"{outcome}_low" in row and "per_daly" in outcome:
        return f"{_number(value)}\n{_number(row[f'{outcome}_low'])} to {_number(row[f'{outcome}_high'])}"
    return _number(value)


def _number(value: float) -> str:
    """A number at two or three figures."""
    size = abs(value)
    if size >= LARGE:
        return f"{value / LARGE:,.2g} M" if size < 100 * LARGE else f"{value / LARGE:,.0f} M"
    places = 2 - math.floor(math.log10(size)) if size >= 1 else 2
    return f"{round(value, places):,.{max(min(places, 1), 0)}f}" if size >= 1 else f"{value:.{places}f}"


def _reading(rows: pd.DataFrame, stored: StoredResult, width: int) -> Iterator[str]:
    """How to read it."""
    name = stored.scenario.title or stored.scenario.name
    worlds = int(rows["worlds"].max())
    texts = [
        f"Sums over the run of changes from '{name}' in the same {worlds} worlds, in all countries and "
        "all programmes; constant 2024 US$, not discounted. Tests: of the programmes. Change of all tests: "
        "also those that would be done anyway, or that others then do not do, are taken off.",
        "Public cost: tests and machines, whoever pays, less what genomics budgets then do not pay. Care: treatment "
        "that follows, less treatment made needless. US$ per DALY: both together, ratio of means over worlds; below "
        "it the interval of 90 % of worlds drawn anew.",
        "Worth it: net health at each country's own threshold is above 0; in "
        f"{100 * PROBABLY:.0f} % of worlds or more, in {100 * PROBABLY_NOT:.0f} % or fewer not (a share of so many "
        f"worlds is known to within {_doubt(worlds):.0f} points). The threshold shown is that of the money spent. "
        "DALYs of births averted by informed choice count only where it says so.",
        "Scarce most often: in countries of the target in the last quarter. Staff and machines: what the programmes' "
        "tests of the last year occupy, follow-up of cases left out.",
    ]
    lost = rows[(rows["verdict"] == NOT_COUNTED) & (rows["dalys_averted_thousand_high"] < 0)]
    if len(lost):
        each = (f"{row['title']} {_number(-row['dalys_averted_thousand'])}" for row in lost.to_dict("records"))
        texts.append(f"Needing staff that others need, they cost other programmes DALYs (1,000): {'; '.join(each)}.")
    base = stored.scenario
    more = [s.title or s.name for s in stored.scenarios if s.name in set(rows["scenario"]) and _has_more(s, base)]
    if more:
        texts.append(f"Levers or shocks that the reference does not have are in these changes too: {'; '.join(more)}.")
    yield "How to read this"
    for text in texts:
        yield from wrap(text, width, initial_indent="  ", subsequent_indent="  ")


def _doubt(worlds: int) -> float:
    """Twice the standard error of a share of worlds near the cuts, in points."""
    return 200.0 * math.sqrt(PROBABLY * (1.0 - PROBABLY) / worlds)


def _has_more(scenario: Scenario, base: Scenario) -> bool:
    """Whether a scenario differs from another also by its levers or shocks."""
    return (scenario.levers, scenario.shocks) != (base.levers, base.shocks)
