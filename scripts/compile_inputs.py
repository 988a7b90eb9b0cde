"""Write the packaged country tables from a folder of raw tables. Same input, same bytes.

Usage: python scripts/compile_inputs.py RAW_DIR EVIDENCE_CSV [OUT_DIR]

Only columns named in input_sources.py are read, so nothing ships without a publisher and a licence.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import estimate_rules as rules
from input_sources import OTHER_SOURCES, SOURCES, Source

Row = dict[str, str]
OUT = Path(__file__).resolve().parents[1] / "src" / "adoptsim" / "inputs" / "data"
ADDED = Path(__file__).with_name("evidence_added.csv")  # figures read since the table of evidence was made

# The World Bank does not classify these in fiscal year 2026.
INCOME_FALLBACK = {
    "ETH": ("LIC", "not classified in FY26: group of FY25"),
    "VEN": ("LMC", "not classified in FY26: income per head of 2024 (3,820 US$) against the FY26 thresholds"),
    "COK": ("HIC", "estimate: not a World Bank economy; left the OECD list of aid recipients as high income in 2020"),
    "NIU": ("UMC", "estimate: not a World Bank economy; upper-middle-income on the OECD list of aid recipients"),
}
SERIES = (
    "population", "births", "gdp_pc_ppp", "health_exp_pc_usd", "gov_health_share_pct", "oop_share_pct",
    "physicians_per_1000", "internet_pct", "electricity_pct", "gov_effectiveness", "income_group_analytical",
)  # fmt: skip
ICEH = "DHS/MICS re-analysis, ICEH Pelotas via Gapminder"
# Annual means of the quarterly implicit price deflator of US GDP (2017 = 100), release of early 2026.
US_GDP_DEFLATOR = {
    1990: 59.305, 1991: 61.307, 1992: 62.703, 1993: 64.190, 1994: 65.560, 1995: 66.936, 1996: 68.160, 1997: 69.337,
    1998: 70.115, 1999: 71.107, 2000: 72.718, 2001: 74.359, 2002: 75.514, 2003: 77.000, 2004: 79.070, 2005: 81.551,
    2006: 84.069, 2007: 86.346, 2008: 88.016, 2009: 88.555, 2010: 89.629, 2011: 91.478, 2012: 93.184, 2013: 94.767,
    2014: 96.416, 2015: 97.315, 2016: 98.238, 2017: 99.995, 2018: 102.288, 2019: 103.975, 2020: 105.362,
    2021: 110.156, 2022: 118.012, 2023: 122.382, 2024: 125.422,
}  # fmt: skip


def read(path: Path) -> list[Row]:
    """Rows of a UTF-8 CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str | float | int]]) -> None:
    """Write a UTF-8 CSV with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def countries(raw: Sequence[Row]) -> list[Row]:
    """One row per Member State, sorted by ISO3, with the income group and how it was decided."""
    table = []
    for row in sorted(raw, key=lambda r: r["iso3"]):
        group, note = INCOME_FALLBACK.get(row["iso3"], (row["wb_income_group"], ""))
        table.append(
            {"iso3": row["iso3"], "name": row["name"], "who_region": row["who_region"], "income_group": group}
            | {"income_group_note": note}
            | {k: row[k] for k in ("latitude", "longitude", "un_ldc", "landlocked")}
        )
    return table


def indicators(raw: Sequence[Row], quintiles: Sequence[Row]) -> list[tuple[str, str, str, str, str]]:
    """(iso3, indicator, year, value, source): the latest value of every shipped indicator."""
    by_iso3 = {row["iso3"]: row for row in raw}
    fifths = {(r["iso3"], r["indicator"]): r for r in quintiles if r["source"] == ICEH}
    table = []
    for source in SOURCES:
        for name, column in source.columns.items():
            for iso3, row in by_iso3.items():
                if source.key.startswith("iceh"):
                    survey = fifths.get((iso3, column), {})
                    value, year = survey.get(name[-2:], ""), survey.get("year", "")
                else:
                    value, year = row.get(column, ""), row.get(f"{column}_year", "")
                if value and year and iso3 not in source.omit:
                    table.append((iso3, name, year, value, source.key))
    return sorted(table)


def series(panel: Sequence[Row]) -> list[list[str]]:
    """Rows iso3, year and the columns of SERIES."""
    origin = {name: (column, source.omit) for source in SOURCES for name, column in source.columns.items()}
    picked = [origin[name] for name in SERIES]
    table = [
        [r["iso3"], r["year"], *("" if r["iso3"] in omit else r[column] for column, omit in picked)] for r in panel
    ]
    return sorted(table)


def ranged(value: float, half_width: float) -> tuple[str, str, str]:
    """Value, low and high as text, kept inside 0-1."""
    low, high = max(0.0, value - half_width), min(1.0, value + half_width)
    return f"{value:.4g}", f"{low:.4g}", f"{high:.4g}"


def ancestry(iso3: str) -> list[tuple[str, str, str, str, str]]:
    """Six shares; the assumed range is widest where a country is most mixed."""
    subregion = next(name for name, members in rules.SUBREGIONS.items() if iso3 in members.split())
    percent = rules.ANCESTRY_EXCEPTIONS.get(iso3, rules.ANCESTRY_BY_SUBREGION[subregion])
    kind = "country exception" if iso3 in rules.ANCESTRY_EXCEPTIONS else "rule of the sub-region"
    basis = f"{kind} ({subregion.replace('_', ' ')}), general knowledge of census composition"
    shares = [p / 100 for p in percent]
    return [
        (f"ancestry_{name}", *ranged(s, 0.4 * s * (1 - s)), basis)
        for name, s in zip(rules.ANCESTRIES, shares, strict=True)
    ]


def hta_body(iso3: str, income: str) -> tuple[str, str, str, str, str]:
    """Probability that a working health-technology-assessment body exists."""
    for basis, members in rules.HTA_BODIES.items():
        if iso3 in members.split():
            return ("hta_body", "1", "0.9", "1", f"{basis}, general knowledge")
    return ("hta_body", *ranged(rules.HTA_BY_INCOME[income], rules.HTA_BY_INCOME[income] / 2), rules.HTA_BASIS[income])


def newborn_screening(iso3: str, region: str, income: str) -> list[tuple[str, str, str, str, str]]:
    """Reach of bloodspot screening, and the part of it that covers haemoglobin disorders."""
    reach, basis = rules.BLOODSPOT_BY_GROUP.get((region, income), 0.0), f"rule of the group {region} {income}"
    for reason, members in rules.BLOODSPOT_EXCEPTIONS.items():
        if iso3 in members:
            reach, basis = members[iso3], reason
    width = rules.BLOODSPOT_RANGE * 4 * reach * (1 - reach)
    part, why = 0.0, "no haemoglobin screening known in the newborn programme"
    for reason, members in rules.HAEMOGLOBIN_IN_BLOODSPOT.items():
        if iso3 in members:
            part, why = members[iso3], reason
    return [
        ("bloodspot_programme", *ranged(reach, width), f"{basis}, general knowledge"),
        ("haemoglobin_in_bloodspot", *ranged(part, 0.2 if 0 < part < 1 else 0.0), f"{why}, general knowledge"),
    ]


def haemoglobin(region: str, table: dict[str, Row]) -> list[tuple[str, str, str, str, str]]:
    """Incidence of sickle cell disease and thalassaemia, the same for all countries of a WHO region."""
    names = {
        "sickle_per_1000": "affected_conceptions_sickle_per_1000",
        "thalassaemia_per_1000": "affected_conceptions_thalassaemia_per_1000",
        "haemoglobin_carriers_pct": "pct_carrying_significant_variant",
    }
    basis = f"value of WHO region {region} (Modell and Darlison 2008); countries differ widely inside a region"
    values = {name: float(table[region][column]) for name, column in names.items()}
    return [(name, f"{v:g}", f"{v / 2:g}", f"{v * 2:g}", basis) for name, v in values.items()]


def estimates(table: Sequence[Row], by_region: Sequence[Row]) -> list[tuple[str, ...]]:
    """(iso3, estimate, value, low, high, basis) for every country."""
    regional = {row["who_region"]: row for row in by_region}
    rows: list[tuple[str, ...]] = []
    for country in table:
        iso3, region, income = country["iso3"], country["who_region"], country["income_group"]
        entries = [*ancestry(iso3), hta_body(iso3, income), *newborn_screening(iso3, region, income)]
        rows += [(iso3, *entry) for entry in entries + haemoglobin(region, regional)]
    return rows


def describe(source: Source, latest: Sequence[Sequence[str]], panel: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The row of sources.csv, with years and coverage counted from what ships."""
    own = [row for row in latest if row[4] == source.key]
    in_series = [SERIES.index(name) + 2 for name in source.columns if name in SERIES]
    years = [int(row[2]) for row in own] + [int(row[1]) for row in panel for k in in_series if row[k]]
    covered = {row[0] for row in own} or {row[0] for row in panel}
    span = f"{min(years)}-{max(years)}" if years else ""
    return (
        source.key, " ".join(source.columns), source.definition, source.unit, source.publisher, source.licence,
        source.url, span, str(len(covered)), source.carrier,
    )  # fmt: skip


def main(raw: Path, evidence: Path, out: Path = OUT) -> None:
    """Write all tables to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    latest = read(raw / "country_indicators.csv")
    distribution = {row["iso3"]: row for row in read(raw / "country_distribution_and_burden.csv")}
    merged = [row | distribution[row["iso3"]] for row in latest]
    table = countries(latest)
    values = indicators(merged, read(raw / "coverage_by_wealth_quintile.csv"))
    panel = series(read(raw / "country_year_panel.csv"))
    guesses = estimates(table, read(raw / "haemoglobinopathy_by_who_region.csv"))
    sources = [describe(source, values, panel) for source in SOURCES] + list(OTHER_SOURCES)
    rows = read(evidence) + read(ADDED)
    write(out / "countries.csv", list(table[0]), [list(row.values()) for row in table])
    write(out / "indicators.csv", ("iso3", "indicator", "year", "value", "source"), values)
    write(out / "series.csv", ("iso3", "year", *SERIES), panel)
    write(out / "estimates.csv", ("iso3", "estimate", "value", "low", "high", "basis"), guesses)
    write(out / "deflator.csv", ("year", "us_gdp_deflator", "source"),
          [(year, f"{index:.3f}", "bea.gdp_deflator") for year, index in US_GDP_DEFLATOR.items()])  # fmt: skip
    header = "source indicators definition unit publisher licence url years countries carrier"
    write(out / "sources.csv", header.split(), sources)
    write(out / "evidence.csv", ("name", *list(rows[0])[1:]), [list(row.values()) for row in rows])


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
