"""The table of a run in plain words, for a terminal or a file."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from textwrap import fill, shorten
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from adoptsim import equity
from adoptsim.compare.headline import Headline
from adoptsim.model.accounts import OF_INVESTMENTS

__all__ = ["decimals", "print_table", "signed", "table_text", "verdict_cell"]

WIDTH = 100
MAX_DECIMALS = 4
NAME_WIDTH = 24
POOR, GAP = "poorest_40_access", "gap_rich_20_minus_poor_40"
GAP_OUTCOME, GAP_EQUAL = "useful_access.gap.mean", "useful_access.gap_equal_weights.mean"
ACCESS = ("Poorest\n40 %\n(%)", "Change\n\n(points)", "Gap to\nrichest\n20 %", "Change\n\n(points)")
COSTS = {
    "High- less\nlow-income\n(points)": "hic_minus_lic",
    "People\nreached\n(million)": "people_reached",
    "Health\nsystems\n(US$ M)": "health_system_cost",
    "House-\nholds\n(US$ M)": "household_cost",
    "Levers\n\n(US$ M)": "lever_cost",
    "Not\nabsorbed\n(US$ M)": "lever_budget_not_absorbed",
}
RULES = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
PLAIN: dict[str, Any] = {"highlight": False, "markup": False}
Row = Mapping[Any, Any]
Cells = Callable[[Row], list[str]]


def table_text(head: Headline, width: int = WIDTH) -> str:
    """The table as plain text."""
    out = io.StringIO()
    print_table(head, Console(file=out, width=width, color_system=None, force_terminal=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def print_table(head: Headline, console: Console) -> None:
    """Print the table for a policy reader: colours on a terminal, plain text elsewhere."""
    title = head.manifest["title"] or head.manifest["name"]
    start, end = head.years
    console.print(Text(f"\n{title}", style="bold"))
    console.print(
        f"Access in per cent of need, means over {start}-{end} and {head.rows['worlds'].max()} worlds.", **PLAIN
    )
    if len(head.rows) > 1:
        console.print(f"Changes are against '{_title(head)}' in the same worlds; below each the interval", **PLAIN)
        console.print("that holds 90 % of worlds.", **PLAIN)
    console.print()
    for table in (_access_table(head, console), _cost_table(head, console)):
        console.print(table)
        console.print()
    for line in (*asked_lines(head), *reading(head)):
        console.print(line, **PLAIN)


def asked_lines(head: Headline) -> Iterator[str]:
    """The outcomes that the question asks for by name: each scenario's mean, change and interval of 90 % of worlds."""
    configs = head.manifest["scenarios"]
    told = OF_INVESTMENTS if any(config.get("investments") for config in configs) else ()  # have tables of their own
    asked = dict.fromkeys(name for config in configs for name in config.get("outcomes", ()) if name not in told)
    if not asked:
        return
    yield "Outcomes asked for: mean over worlds" + ("" if head.others().empty else ", change (and interval)")
    found = head.everything.set_index(["outcome", "scenario"])
    for name in asked:
        yield f"  {name}"
        for scenario in (head.reference, *head.others().index):
            row = found.loc[(name, scenario)]
            title = shorten(str(head.rows.loc[scenario, "title"]), 2 * NAME_WIDTH, placeholder=" ...")
            change = f"  {row['change']:+.3g} ({row['change_p05']:+.3g} to {row['change_p95']:+.3g})"
            compared = scenario != head.reference and not math.isnan(row["change"])
            value = "undefined in some world" if math.isnan(row["mean"]) else f"{row['mean']:.4g}"
            yield f"    {title:<{2 * NAME_WIDTH}}  {value}{change if compared else ''}"
    yield ""


def _title(head: Headline) -> str:
    return str(head.rows.loc[head.reference, "title"])


def _access_table(head: Headline, console: Console) -> Table:
    table = _empty(console)
    alone = head.others().empty
    for name in ACCESS[::2] if alone else ACCESS:
        table.add_column(name, justify="right", no_wrap=True)
    if alone:
        return _filled(table, head, lambda row: [_number(row[column], 2) for column in (POOR, GAP)])
    table.add_column("Does the gap\nnarrow? (share\nof worlds)", no_wrap=True)
    places = {column: decimals(head.others()[f"{column}_change"]) for column in (POOR, GAP)}

    def cells(row: Row) -> list[str]:
        found: list[str] = []
        for column, digits in places.items():
            found += [_number(row[column], 2), _change(row, column, digits) if row["verdict"] else ""]
        return [*found, verdict_cell(row)]

    return _filled(table, head, cells)


def verdict_cell(row: Row) -> str:
    """The verdict and the share of worlds behind it, in two lines."""
    if not row["verdict"] or math.isnan(row["narrows"]):
        return str(row["verdict"])
    turn = "widens" if row["verdict"] == "probably widens" else "narrows"
    return f"{row['verdict']}\n({turn} in {100 * row[turn]:.0f} %)"


def _cost_table(head: Headline, console: Console) -> Table:
    table = _empty(console)
    for name in COSTS:
        table.add_column(name, justify="right", no_wrap=True)
    levels = {column: min(2, max(0, 3 - _digits(head.rows[column]))) for column in COSTS.values()}
    places = {column: decimals(head.others()[f"{column}_change"]) for column in COSTS.values()}

    def cells(row: Row) -> list[str]:
        found: list[str] = []
        for column in COSTS.values():
            compared = row["verdict"] and not column.startswith("lever")  # without levers there is nothing to pay for
            change = signed(row[f"{column}_change"], places[column]) if compared else ""
            found.append(f"{_number(row[column], levels[column])}\n{change}".rstrip())
        return found

    return _filled(table, head, cells)


def _empty(console: Console) -> Table:
    style = box.SIMPLE_HEAD if console.is_terminal else RULES
    table = Table(box=style, pad_edge=False, padding=(0, 1), show_edge=False, header_style="bold")
    table.add_column("Scenario", max_width=NAME_WIDTH)
    return table


def _filled(table: Table, head: Headline, cells: Cells) -> Table:
    """The reference first, then the other scenarios, each with how strong it is."""
    order = [head.reference, *head.others().index]
    for row in head.rows.loc[order].to_dict("records"):
        name = Text(str(row["title"]))
        if row["strength"]:
            name.append(f"\n{row['strength']}", style="dim")
        table.add_row(name, *cells(row))
    return table


def _change(row: Row, column: str, digits: int) -> str:
    if math.isnan(row[f"{column}_change"]):
        return ""
    low, high = (signed(row[f"{column}_change_{end}"], digits) for end in ("low", "high"))
    return f"{signed(row[f'{column}_change'], digits)}\n{low} to {high}"


def reading(head: Headline) -> Iterator[str]:
    """How to read the table, in a few lines."""
    own = any("countries" in config["tables"] for config in head.manifest["scenarios"])
    people = "in your table" if own else "on earth"
    yield "How to read this"
    yield (
        "  Access is the share of people's need for genomic services that ends in a useful result. Poorest\n"
        f"  40 % and richest 20 % are of all people {people}, by the income of their fifth of their country.\n"
        "  People are tests a year, all channels; money is constant 2024 US$ a year, in millions (M): what\n"
        "  health systems and households pay, and what levers cost, which is paid from outside."
    )
    yield from _course(head)
    if head.others().empty:
        return
    yield (
        "  In a world the gap narrows only if it falls AND the poorest 40 % gain. 'Probably narrows' or\n"
        "  'widens': so in 80 % of worlds or more; 'probably does not': it narrows in 20 % or fewer."
    )
    for note in head.notes:
        yield fill(f"Note: {note}", WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield f"  {_size(head)}"
    yield from _reversals(head)
    ceilings = [_ceiling(entry) for entry in head.manifest["ceilings"].values() if "mean" in entry]
    if ceilings:
        yield "\nCeilings: the most that each lever could ever have done, from the first quarter on"
        yield from ceilings


def _course(head: Headline) -> Iterator[str]:
    """Where the headline pair goes without anything being done."""
    path = head.path.dropna()
    if len(path) > 1:
        start, end = path.iloc[0], path.iloc[-1]
        years = f"from {path.index[0]} to {path.index[-1]}"
        yield fill(
            f"'{_title(head)}' {years}: access of the poorest 40 % goes from {start['poor']:.1f} to "
            f"{end['poor']:.1f} %, the gap from {start['gap']:.1f} to {end['gap']:.1f} points (means).",
            WIDTH, initial_indent="  ", subsequent_indent="  ",
        )  # fmt: skip


def _ceiling(entry: Mapping[str, Any]) -> str:
    mean, low, high = (f"{100 * entry[key]:.1f}" for key in ("mean", "p05", "p95"))
    words = f"{entry['title']}: {entry['condition']}, useful results would change by {mean} % ({low} to {high})."
    return fill(words, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _reversals(head: Headline) -> Iterator[str]:
    """Which scenarios change places by their effect on the gap when all applications weigh alike."""
    changes = head.everything.pivot_table(index="scenario", columns="outcome", values="change", sort=False)
    if not {GAP_OUTCOME, GAP_EQUAL} <= set(changes.columns):
        return
    others = changes.drop(index=head.reference, errors="ignore")[[GAP_OUTCOME, GAP_EQUAL]].dropna()
    if len(others) < 2:
        return
    turned = equity.reversals(others[GAP_OUTCOME].to_numpy(), others[GAP_EQUAL].to_numpy())
    names = [_named(head, str(name)) for name in others.index]
    if not turned:
        yield "  If all applications weighed alike, the order by change of the gap would be the same."
        return
    pairs = "; ".join(f"{names[i]} and {names[j]}" for i, j in turned)
    words = f"If all applications weighed alike, these would change places by their effect on the gap: {pairs}."
    yield fill(words, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _named(head: Headline, scenario: str) -> str:
    row = head.rows.loc[scenario]
    return f"{row['title']} ({row['strength']})" if row["strength"] else str(row["title"])


def _size(head: Headline) -> str:
    """How large the best change is, so that 'narrows' is not mistaken for 'closes'."""
    change = head.others()[f"{GAP}_change"]
    if not change.min() < 0:
        return "Size: on average the gap falls in none of these scenarios."
    best = head.rows.loc[str(change.idxmin())]
    gap = float(head.rows[GAP][head.reference])
    strength = f", {best['strength']}" if best["strength"] else ""
    share = -100 * change.min() / gap
    return (
        f"Size: the largest mean fall of the gap is {-change.min():.2g} of {gap:.3g} points, "
        f"{f'{share:.0f}' if share >= 1 else f'{share:.1g}'} % of it\n  ({best['title']}{strength})."
    )


def decimals(changes: pd.Series) -> int:
    """Decimals that show two figures of the largest change."""
    return min(MAX_DECIMALS, max(0, 2 - _digits(changes)))


def _digits(values: pd.Series) -> int:
    """Figures before the decimal point of the largest value; 0 or less for values below 1."""
    largest = float(values.abs().fillna(0.0).max()) if len(values) else 0.0
    return math.floor(math.log10(largest)) + 1 if largest > 0 else 1


def _number(value: float, digits: int) -> str:
    """A number, or a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:,.{digits}f}"


def signed(value: float, digits: int) -> str:
    """A change with its sign; what rounds to nothing is 0, what there is none of is left out."""
    if math.isnan(value):
        return ""
    text = f"{value:+,.{digits}f}"
    return "0" if not text.strip("+-0.,") else text
