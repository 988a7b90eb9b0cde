"""Parts of documents that a script writes: between ``<!-- generated: NAME -->`` and ``<!-- end -->``."""

import re
from collections.abc import Iterable, Mapping

PART = re.compile(r"(<!-- generated: (?P<name>\w+) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


def names(text: str) -> list[str]:
    """The generated parts of a document, in order."""
    return [found["name"] for found in PART.finditer(text)]


def filled(text: str, parts: Mapping[str, str]) -> str:
    """The document with these parts written anew; KeyError for a name without a part in the document."""
    missing = set(parts) - set(names(text))
    if missing:
        raise KeyError(f"no marker <!-- generated: {min(missing)} -->")

    def body(found: re.Match[str]) -> str:
        if found["name"] not in parts:
            return found[0]
        return f"{found[1]}{parts[found['name']].rstrip()}\n{found[4]}"

    return PART.sub(body, text)


def stale(text: str, parts: Mapping[str, str]) -> list[str]:
    """Names of the parts that are not what they should be, or are missing."""
    now = {found["name"]: found["body"].rstrip() for found in PART.finditer(text)}
    return [name for name, body in parts.items() if now.get(name) != body.rstrip()]


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    head = list(header)
    lines = [head, ["---"] * len(head), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
