"""The page: an explanation as text, of ``words``, sentences (``statements``) and tables (``layout``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from adoptsim.report.explain import statements, words
from adoptsim.report.explain.layout import NARROW, columns, figure, grid, paragraph, per_cent, spread, stacked

if TYPE_CHECKING:
    from adoptsim.report.explain.explanation import Explanation

__all__ = ["page"]

CONSTRAINT_WORDS = {"equipment": "machines"}


def page(e: Explanation) -> str:
    """The whole text, with a line break at its end."""
    parts = (_opening, _short, _standing, _limits, _phases, _levers, _minister, _reading)
    return "\n\n".join("\n\n".join(part(e)) for part in parts) + "\n"


def _part(e: Explanation, name: str) -> str:
    return words.PARTS[name].format(NAME=e.subject.name.upper())


def _opening(e: Explanation) -> Iterator[str]:
    who, scenario = e.subject, e.scenario
    yield words.TITLE.format(name=who.name, iso3=who.iso3)
    title = scenario.title or scenario.name
    text = words.SETTING.format(
        title=title, start=scenario.start_year, end=scenario.end_year, worlds=e.worlds, seed=e.seed
    )
    yield paragraph(text, "")
    if who.imputed:
        yield paragraph(words.IMPUTED.format(names=", ".join(name.replace("_", " ") for name in who.imputed)), "")
    if e.failed:
        yield paragraph(words.FAILED.format(failed=e.failed, all=e.worlds + e.failed, error=e.errors[0]), "")


def _short(e: Explanation) -> Iterator[str]:
    t, who = e.tables, e.subject
    end = e.periods.dates[-1][0]
    shares = [f"{name} {per_cent(share)}" for name, share in statements.payers(t["budget"])]
    lines = (
        statements.access(t["standing"], who.name, who.region, end),
        statements.held_back(t["limits"]),
        statements.best_lever(t["levers"]),
        f"Who puts the money in, whole run: {statements.in_words(shares)}. {statements.unspent(t['budget'])}",
        statements.without_donors(t["donors_gone"], e.donors_leave),
    )
    yield "\n".join([words.SHORT, *(_item(line) for line in lines)])


def _item(text: str) -> str:
    return paragraph(text, "    ").replace("    ", "  - ", 1)


def _standing(e: Explanation) -> Iterator[str]:
    t, who = e.tables, e.subject
    yield _part(e, "standing")
    start, end = e.periods.dates[0][0], e.periods.dates[-1][0]
    yield paragraph(words.STANDING.format(start=start, end=end))
    group = words.INCOME.get(who.income, who.income)
    yield paragraph(f"WHO region {who.region} ({who.in_region} units); {group} group ({who.in_income} units).")
    for count, name in ((who.in_region, "region"), (who.in_income, "income group")):
        if count == 1:
            yield paragraph(words.ALONE.format(name=who.name, group=name))
    yield grid(t["standing"])
    stages = t["stages"]
    yield f"  {words.STAGES}\n\n" + grid(stages[stages["unit"] == "share of worlds"], units=False, label=NARROW)
    covered = stages[stages["unit"] != "share of worlds"]
    national = t["peers"][t["peers"]["when"].str.startswith("national")]
    beside = pd.concat([covered, national])
    yield paragraph(words.BESIDE)
    yield grid(beside, units=False, label=NARROW)


def _limits(e: Explanation) -> Iterator[str]:
    t, who = e.tables, e.subject
    yield _part(e, "limits")
    yield paragraph(words.LIMITS)
    named = t["limits"].assign(when=t["limits"]["when"].replace(CONSTRAINT_WORDS))
    yield grid(named, units=False)
    yield paragraph(words.LIMITS_BY_PERIOD)
    yield _by_period(t["limits_by_period"])
    titles = [who.applications[a][1] for a in who.shown]
    yield "\n".join(_item(statements.limits(t["limits"], t["limits_by_period"], title)) for title in titles)
    for line in statements.scarce(t["scarce_cadres"], t["limits"]):
        yield paragraph(line)
    sent = list(statements.sent_out(t["sending_limits"]))
    if sent:
        yield paragraph(f"{words.SENT} {'; '.join(sent)}.")


def _by_period(frame: pd.DataFrame) -> str:
    whens = list(dict.fromkeys(frame["when"]))
    rows = []
    for what, part in frame.groupby("what", sort=False):
        cells = []
        for _, row in part.iterrows():
            name = CONSTRAINT_WORDS.get(row["constraint"], row["constraint"])
            then = f"\n{name} {per_cent(row['share'])}\n({per_cent(row['worlds'])})" if name else "\n"
            cells.append(f"in {per_cent(row['programme'])}{then}")
        rows.append([str(what), *cells])
    return columns(["", *whens], rows)


def _phases(e: Explanation) -> Iterator[str]:
    t = e.tables
    yield _part(e, "phases")
    yield paragraph(words.PHASES)
    yield grid(t["phases"], label=46)
    yield f"  {words.STAFF_FLOWS}\n\n" + grid(t["staff_flows"], units=False, label=NARROW)
    yield f"  {words.PRICES}\n\n" + grid(t["prices"], units=False, label=NARROW)
    yield paragraph(words.NO_AGREEMENT if t["agreements"].empty else words.AGREEMENTS)
    if not t["agreements"].empty:
        yield grid(t["agreements"], units=False, label=NARROW)
    yield paragraph(words.STARTING)
    yield grid(t["starting"], units=False, label=NARROW)
    both = pd.concat([t["adoption"], t["verdicts"]])
    order = ["at the start", "begun later", "at the horizon", "begun in", "favourable", "unfavourable", "none"]
    both = both.assign(rank=both["when"].map(order.index)).sort_values("rank", kind="stable")
    titles = [e.subject.applications[a][1] for a in e.subject.shown]
    both = both.assign(place=both["what"].map(titles.index)).sort_values(["place", "rank"], kind="stable")
    yield paragraph(words.ADOPTION)
    yield grid(_with_all(both, order), units=False, label=NARROW)


def _with_all(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The frame with its columns in order, whichever of them come first."""
    first = [when for when in order if when in set(frame["when"])]
    return frame.assign(when=pd.Categorical(frame["when"], first)).sort_values(["when", "place"], kind="stable")


def _levers(e: Explanation) -> Iterator[str]:
    yield _part(e, "levers")
    yield paragraph(words.LEVERS.format(start=e.scenario.start_year + 1))
    if e.scenario.levers:
        yield paragraph(words.LEVERS_ON_TOP)
    header = [
        "Lever",
        "everybody (points)",
        "poorest fifth (points)",
        "gains (% of worlds)",
        "cost here (US$ M a year)",
    ]
    rows = []
    for row in e.tables["levers"].to_dict("records"):
        marks = " (in the scenario)" if row["in_scenario"] else ""
        moved = [stacked(spread(row[m], row[f"{m}_low"], row[f"{m}_high"], sign=True)) for m in ("all", "poorest")]
        cost = stacked(spread(row["cost"], row["cost_low"], row["cost_high"]))
        rows.append([f"{row['title']}{marks}", *moved, per_cent(row["all_gains"]), cost])
    yield columns(header, rows)
    yield paragraph(statements.best_lever(e.tables["levers"]))


def _minister(e: Explanation) -> Iterator[str]:
    yield _part(e, "minister")
    for name, tell in QUESTIONS.items():
        yield f"  {words.QUESTIONS[name]}"
        yield from tell(e)


def _displacement(e: Explanation) -> Iterator[str]:
    yield paragraph(words.DISPLACEMENT)
    yield grid(e.tables["displacement"], label=46)


def _budget(e: Explanation) -> Iterator[str]:
    yield paragraph(words.BUDGET)
    yield grid(e.tables["budget"], units=False, label=44)


def _donors_gone(e: Explanation) -> Iterator[str]:
    yield paragraph(words.DONORS_GONE.format(name=e.subject.name, year=e.donors_leave, end=e.scenario.end_year))
    yield grid(e.tables["donors_gone"])
    yield paragraph(statements.without_donors(e.tables["donors_gone"], e.donors_leave))


def _costs(e: Explanation) -> Iterator[str]:
    yield paragraph(words.COSTS)
    yield grid(e.tables["costs"], units=False, label=NARROW)
    yield f"  {words.CHANNELS}\n\n" + grid(e.tables["channels"], units=False, label=NARROW)


def _capacity(e: Explanation) -> Iterator[str]:
    yield paragraph(words.CAPACITY)
    yield grid(e.tables["capacity"], label=NARROW)


def _waiting(e: Explanation) -> Iterator[str]:
    yield paragraph(words.WAITING)
    yield grid(e.tables["waiting"], label=46)


def _households(e: Explanation) -> Iterator[str]:
    yield paragraph(words.HOUSEHOLDS)
    yield grid(e.tables["households"], units=False, label=NARROW)


def _harm(e: Explanation) -> Iterator[str]:
    yield paragraph(words.HARM)
    yield grid(e.tables["harm"], units=False, label=NARROW)
    yield paragraph("People a year. " + _harm_rate(e.tables["harm"]))


def _harm_rate(frame: pd.DataFrame) -> str:
    """Uncertain results and false positives per thousand tests in the last period, all applications told of."""
    last = frame["when"].iloc[-1].removeprefix("tests ")
    sums = frame.groupby("when")["mean"].sum()
    tests = float(sums[f"tests {last}"])
    if not tests > 0:
        return f"No tests are done in {last}."
    rates = [
        f"{figure(1e3 * sums[f'{name} {last}'] / tests)} {name}" for name in ("uncertain results", "false positives")
    ]
    return f"In {last}, of a thousand tests: {statements.in_words(rates)}."


def _reading(e: Explanation) -> Iterator[str]:
    yield _part(e, "reading")
    yield paragraph(words.READING)


QUESTIONS: dict[str, Callable[[Explanation], Iterator[str]]] = {
    "displacement": _displacement,
    "budget": _budget,
    "donors_gone": _donors_gone,
    "costs": _costs,
    "capacity": _capacity,
    "waiting": _waiting,
    "households": _households,
    "harm": _harm,
}
