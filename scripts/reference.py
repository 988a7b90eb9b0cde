"""Run the studies of experiments/ at full size and keep their answers, small, in results/reference/.

Usage: python scripts/reference.py [--check | --page] [NAME ...]

NAMES are files of experiments/ without their ending; all studies if left out. Tables and figures are copied, the worlds
themselves stay in results/. A seed of its own answers the flagship a second time, at a smaller size, and what both say
is compared. results/reference/README.md says it all in short; with --page nothing but that is written. With --check
nothing is run or written: the exit status is 1 where an answer kept here was made by other sources.
"""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from adoptsim.experiment.files import load
from adoptsim.experiment.identity import source_hashes
from adoptsim.experiment.opened import open_result
from adoptsim.experiment.store import folder_of
from adoptsim.sensitivity.ranking.lists import ALONE
from adoptsim.sensitivity.ranking.question import ALL
from adoptsim.sensitivity.ranking.verdict import compare_seeds
from adoptsim.sensitivity.study import load_experiment, prepared
from adoptsim.sensitivity.told import ranked

ROOT = Path(__file__).resolve().parents[1]
REFERENCE, RESULTS = ROOT / "results" / "reference", ROOT / "results"
PAGE = REFERENCE / "README.md"
STUDIES = ("rank_levers", "rank_by_region", "rank_where_needed", "unknowns", "screen_morris")
FLAGSHIP, SECOND = "rank_levers", 2
KEPT = (("tables", "*.csv"), ("tables", "*.txt"), ("figures", "*.png"))
SHOWN = ("ranking.png", "plane.png", "regions.png")  # of a ranking; of an analysis all figures
SHORT = r"^In short.*?(?=\n\n)|^Where does it do so.*?(?=\n\nWhat decides)"  # of the answer to a ranking
INTRODUCTION = """# What the full studies say

Each is a file of [experiments/](../../experiments), run at full size by `make reference`, which also writes this page.
[How to read a ranking](../../docs/ranking.md); [how to read a sensitivity analysis](../../docs/sensitivity.md).
"""
TOLD = ("name", "hash", "title", "worlds", "seed", "study", "versions", "sources", "seconds", "finished", "failed")


def run(name: str, *options: str) -> None:
    """Run a study as a user does."""
    file = ROOT / "experiments" / f"{name}.yaml"
    subprocess.run([sys.executable, "-m", "adoptsim", "run", str(file), *options, "--out", str(RESULTS)], check=True)


def keep(name: str, folder: Path) -> None:
    """Copy what the answer in a folder says, and what repeats it."""
    target = REFERENCE / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for part, pattern in KEPT:
        for path in sorted((folder / part).glob(pattern)):
            if "-narrow" not in path.name:
                shutil.copyfile(path, target / path.name)
    manifest = open_result(folder).manifest
    about = {key: manifest[key] for key in TOLD}
    about["study"] = {key: value for key, value in about["study"].items() if key != "options"}
    (target / "manifest.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def second_seed() -> None:
    """Whether other worlds say the same of the flagship's equal money."""
    path = ROOT / "experiments" / f"{FLAGSHIP}.yaml"
    first = next(ranked(open_result(folder_of(load_experiment(path, "full"), RESULTS))))
    run(FLAGSHIP, "--size", "quick", "--seed", str(SECOND))
    asked = prepared(replace(load.load_experiment(path, "quick"), seed=SECOND))
    other = next(ranked(open_result(folder_of(asked, RESULTS))))
    found = compare_seeds(first, other, (first.question.settings[0], ALL, ALONE))
    words = (
        f"Seed {first.question.seed} ({first.worlds} worlds) and seed {SECOND} ({other.worlds} worlds): {found.words}\n"
    )
    (REFERENCE / FLAGSHIP / "second_seed.txt").write_text(words, encoding="utf-8")
    print(words)


def overview() -> str:
    """The answers kept here in short, as a page."""
    return "\n".join([INTRODUCTION, *(_one(name) for name in STUDIES if (REFERENCE / name).exists())])


def in_short(folder: Path) -> list[str]:
    """The parts of a kept ranking's answer that say it in short; the whole of another answer."""
    answer = (folder / "answer.txt").read_text(encoding="utf-8").strip()
    return re.findall(SHORT, answer, re.DOTALL | re.MULTILINE) or [answer]


def _one(name: str) -> str:
    """One answer: what was asked, what it says in short, its figures."""
    folder = REFERENCE / name
    about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    ranking = about["study"]["kind"] == "ranking"
    second = folder / "second_seed.txt"
    more = f"{second.read_text(encoding='utf-8').strip()}\n\n" if second.exists() else ""
    pictures = [folder / image for image in SHOWN] if ranking else sorted(folder.glob("*.png"))
    images = "".join(f"![{path.stem}]({name}/{path.name})\n\n" for path in pictures if path.exists())
    text = "\n\n".join(in_short(folder))
    return (
        f"## {about['title']}\n\n{about['worlds']:,} runs, seed {about['seed']}, {about['finished'][:10]}. "
        f"[The whole answer]({name}/answer.txt); [tables and figures]({name}/).\n\n"
        f"```text\n{text}\n```\n\n{more}{images}"
    )


def stale() -> list[str]:
    """Answers that other sources made."""
    found = []
    for name in STUDIES:
        path = REFERENCE / name / "manifest.json"
        if not path.exists():
            found.append(f"results/reference/{name}: is missing")
        elif json.loads(path.read_text(encoding="utf-8"))["sources"]["data"] != source_hashes()["data"]:
            found.append(f"results/reference/{name}: default data changed since; run scripts/reference.py")
    if not found and (not PAGE.exists() or PAGE.read_text(encoding="utf-8") != overview()):
        found.append("results/reference/README.md: is not what the answers say; run scripts/reference.py --page")
    return found


def main() -> int:
    """Run and keep, or check; returns the exit status."""
    if "--check" in sys.argv[1:]:
        print("\n".join(stale()) or "results/reference: made with the data of today")
        return 1 if stale() else 0
    names = [name for name in sys.argv[1:] if name != "--page"]
    for name in names or (() if "--page" in sys.argv[1:] else STUDIES):
        run(name, "--size", "full")
        keep(name, folder_of(load_experiment(ROOT / "experiments" / f"{name}.yaml", "full"), RESULTS))
        if name == FLAGSHIP:
            second_seed()
    PAGE.write_text(overview(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
