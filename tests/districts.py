"""Generated districts: tables of any size whose units have the same mix of regions, incomes and sizes."""

from __future__ import annotations

REGIONS, INCOMES = ("AFR", "AMR", "SEAR", "EUR", "EMR", "WPR"), ("LIC", "LMC", "UMC", "HIC")
HEADER = "id,region,income,population,births,gdp_pc_usd,latitude,longitude\n"


def districts(units: int) -> str:
    """A table of countries, as text."""
    rows = []
    for i in range(units):
        people, income = 10_000 * (1 + i % 17), 500 * 2.0 ** (i % 7)
        place = f"{(i * 37) % 120 - 60},{(i * 61) % 340 - 170}"
        rows.append(f"d{i},{REGIONS[i % 6]},{INCOMES[i % 4]},{people},{people * 0.03:.0f},{income},{place}\n")
    return HEADER + "".join(rows)
