"""Put the output and the figure of the newest first run into README.md.

Usage: python scripts/readme_first_run.py [FOLDER]

FOLDER is a result folder of experiments/first_run.yaml; the newest in results/ if left out. Nothing is run here.
"""

import shutil
import sys
from pathlib import Path

from adoptsim.compare.headline import headline
from adoptsim.compare.table import table_text
from adoptsim.experiment.opened import open_result

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
FIGURE = ROOT / "docs" / "images" / "first_run.png"


def newest(results: Path) -> Path:
    """The result folder of the first run that was finished last; FileNotFoundError if there is none."""
    found = sorted((f for f in results.glob("first_run-*") if not f.suffix), key=lambda f: f.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"no first_run-* in {results}; run `make run` first")
    return found[-1]


def shown(folder: Path) -> str:
    """What the README says: the printed table, what it comes from, the figure."""
    stored = open_result(folder)
    manifest = stored.manifest
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    return (
        f"```text\n{table_text(headline(stored)).strip()}\n```\n\n"
        "![Change of the gap through time, and change of both halves of the answer, by scenario]"
        f"(docs/images/{FIGURE.name})\n\n"
        f"Made by `make run` in {manifest['seconds']:.0f} seconds: {manifest['worlds']} worlds, "
        f"seed {manifest['seed']}, answer {manifest['hash'][:8]} ({versions}).\n"
    )


def main() -> int:
    """Write README.md and the figure; returns the exit status."""
    try:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else newest(ROOT / "results")
        text = filled(README.read_text(encoding="utf-8"), {"first_run": shown(folder)})
    except (FileNotFoundError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    README.write_text(text, encoding="utf-8")
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "figures" / "gap.png", FIGURE)
    print(f"README.md and {FIGURE.relative_to(ROOT)} show {folder.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
