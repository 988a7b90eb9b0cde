"""Put an explanation of today's model into docs/explain.md.

Usage: python scripts/explain_example.py [--worlds N]

It is what `adoptsim explain NGA` prints, without some parts. The runs are made here; they take seconds.
"""

import sys
from pathlib import Path

from adoptsim.report.explain import WORLDS, explain

sys.path.insert(0, str(Path(__file__).resolve().parent))
from marked import filled

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explain.md"
COUNTRY = "NGA"
SHOWN = ("IN SHORT", "2  ", "4  ", "5  ")  # parts that the page shows, by how their headings begin
LEFT_OUT = "[...]"


def parts(text: str) -> list[str]:
    """A page cut at its headings: the opening, then each part with its heading."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line == "IN SHORT" or (line[:1].isdigit() and line[1:3] == "  "):
            found.append([])
        found[-1].append(line)
    return ["\n".join(lines).rstrip() for lines in found]


def example(text: str) -> str:
    """The opening and the parts shown of a page, as a block of Markdown."""
    opening, *others = parts(text)
    kept = [
        opening,
        *(part if part.startswith(SHOWN) else f"{part.splitlines()[0]}\n\n  {LEFT_OUT}" for part in others),
    ]
    shown = "\n\n".join(kept)
    return f"```text\n{shown}\n```\n"


def main() -> int:
    """Write docs/explain.md; returns the exit status."""
    worlds = int(sys.argv[2]) if sys.argv[1:2] == ["--worlds"] else WORLDS
    text = explain(COUNTRY, worlds=worlds).text()
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), {"example": example(text)}), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} shows {COUNTRY} in {worlds} worlds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
