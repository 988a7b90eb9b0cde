"""Write the answer shown in docs/investments.md, its comparison with published figures, and its figure.

Usage: python scripts/investments_page.py [FOLDER]

FOLDER is a result folder of experiments/investments.yaml; the newest in results/ if left out. Nothing is run here.
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adoptsim.experiment.opened import open_result
from adoptsim.inputs.parameters import load_evidence
from adoptsim.report.investments import investment_table, investment_text, publish_investments

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled, table

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "investments.md"
FIGURE = ROOT / "docs" / "images" / "investments.png"
Row = Mapping[Any, Any]


def per_birth(row: Row) -> float:
    """US$ of public money per affected birth averted: a child in four, if couples choose so as often as published."""
    choice = float(load_evidence()["out.thal_termination_uptake"].central)
    return float(row["public_cost_million_usd"] * 1e6 / (row["cases_found_thousand"] * 1e3 * choice / 4.0))


CHECKS: tuple[tuple[str, str, Callable[[Row], float]], ...] = (
    ("out.scd_icer_ce_countries", "newborn_sickle_AFR", lambda row: row["usd_per_daly"]),
    ("out.scd_hly_cost_angola", "newborn_sickle_AFR", lambda row: row["usd_per_daly"]),
    ("cost.thal_birth_prevented", "thalassaemia_SEAR", per_birth),
    ("cost.thal_birth_prevented", "thalassaemia_EMR", per_birth),
    ("out.brca_icer_patients_mic", "hereditary_cancer_SEAR", lambda row: row["usd_per_daly"]),
    ("out.brca_icer_patients_mic", "hereditary_cancer_AMR", lambda row: row["usd_per_daly"]),
)


def newest(results: Path) -> Path:
    """The result folder of the experiment that was finished last; FileNotFoundError if there is none."""
    found = sorted((f for f in results.glob("investments-*") if not f.suffix), key=lambda f: f.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"no investments-* in {results}; run `adoptsim run experiments/investments.yaml` first")
    return found[-1]


def parts(folder: Path) -> dict[str, str]:
    """What the page shows: the printed tables, what they come from, the figure, published figures beside ours."""
    stored = open_result(folder)
    manifest = stored.manifest
    rows = investment_table(stored).set_index("scenario").to_dict("index")
    known = load_evidence()
    checks = []
    for name, scenario, ours in CHECKS:
        e = known[name]
        low_high = f" ({e.low} to {e.high})" if e.low and e.high else ""
        said = f"[{e.meaning}]({e.url})"
        checks.append((said, e.unit, f"{e.central}{low_high}", rows[scenario]["title"], f"{ours(rows[scenario]):,.0f}"))
    shown = (
        f"```text\n{investment_text(stored).strip()}\n```\n\n"
        f"![Cost per DALY by application and region, and what countries would pay](images/{FIGURE.name})\n\n"
        f"Made by `adoptsim run experiments/investments.yaml` in {manifest['seconds']:.0f} seconds: "
        f"{manifest['worlds']} worlds, seed {manifest['seed']}, answer {manifest['hash'][:8]}.\n"
    )
    return {"investments": shown, "checks": table(("published", "unit", "figure", "here", "of the model"), checks)}


def main() -> int:
    """Write docs/investments.md and the figure; returns the exit status."""
    try:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else newest(ROOT / "results")
        publish_investments(folder)
        text = filled(PAGE.read_text(encoding="utf-8"), parts(folder))
    except (FileNotFoundError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "figures" / "investments.png", FIGURE)
    print(f"docs/investments.md and {FIGURE.relative_to(ROOT)} show {folder.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
