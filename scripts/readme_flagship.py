"""Put the newest quick flagship into README.md, and what the kept answer for poorer countries says in short.

Usage: python scripts/readme_flagship.py [FOLDER]

FOLDER is a result folder of experiments/rank_levers.yaml; the newest of size quick in results/ if left out. Nothing is
run here.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from adoptsim.experiment.opened import open_result
from adoptsim.report.publish import answer_text
from adoptsim.sensitivity.study import load_experiment

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled
from reference import REFERENCE, in_short

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
IMAGES = ROOT / "docs" / "images"
NAME, SIZE, POORER = "rank_levers", "quick", "rank_where_needed"
FIGURES = {
    "ranking.png": "Levers by what they do to the gap, with intervals",
    "plane.png": "Levers by what they do to the gap and what the poorest get",
}
END = "\nAll levers but"  # where the README leaves off: behind the first tables


def newest(results: Path) -> Path:
    """The folder of the quick flagship that was finished last; FileNotFoundError if there is none."""
    folders = (folder for folder in results.glob(f"{NAME}-*") if not folder.suffix)
    seed = load_experiment(ROOT / "experiments" / f"{NAME}.yaml", SIZE).seed
    quick = [folder for folder in folders if _is_quick(open_result(folder).manifest, seed)]
    if not quick:
        raise FileNotFoundError(f"no {NAME}-* of size {SIZE} in {results}; run `make run` first")
    return max(quick, key=lambda folder: folder.stat().st_mtime)


def _is_quick(manifest: dict[str, Any], seed: int) -> bool:
    """Whether an answer is that of the quick size with the file's own seed."""
    return bool(manifest.get("study")) and manifest["study"]["size"] == SIZE and manifest["seed"] == seed


def shown(folder: Path) -> str:
    """What the README says: how the printed answer begins, figures, what it comes from."""
    stored = open_result(folder)
    manifest = stored.manifest
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    worlds = manifest["study"]["options"]["worlds"]
    begins, end, _ = answer_text(stored).partition(END)
    if not end:
        raise ValueError(f"{folder}: its answer has no second package to leave off at")
    images = "".join(f"![{words}](docs/images/{name})\n\n" for name, words in FIGURES.items())
    return (
        f"```text\n{begins.strip()}\n...\n```\n\n{images}"
        f"Made by `make run` in {manifest['seconds']:.0f} seconds: {worlds} worlds, {manifest['worlds']:,} runs, "
        f"seed {manifest['seed']}, answer {manifest['hash'][:8]} ({versions}).\n"
    )


def poorer() -> str:
    """The short answer where all money goes to poorer countries."""
    return f"```text\n{in_short(REFERENCE / POORER)[0]}\n```\n"


def main() -> int:
    """Write README.md and the figure; returns the exit status."""
    try:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else newest(ROOT / "results")
        text = filled(README.read_text(encoding="utf-8"), {"flagship": shown(folder), "poorer": poorer()})
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    README.write_text(text, encoding="utf-8")
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in FIGURES:
        shutil.copyfile(folder / "figures" / name, IMAGES / name)
    print(f"README.md and its figures show {folder.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
