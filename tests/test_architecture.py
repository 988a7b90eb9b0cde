"""The house: imports run one way, and a room or a rule that outgrows its page is noticed."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "adoptsim"
ORDER = (
    "inputs",
    "model",
    "experiment",
    "compare",
    "sensitivity",
    "report",
    "terminal",
    "cli",
)  # each may import those before it
MODULES = sorted(SOURCE.rglob("*.py"))
LINES, FUNCTION = 400, 45

pytestmark = pytest.mark.fast


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    """Rooms of ours that a module imports, wherever in it."""
    names = [
        *(node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)),
        *(f"{node.module}.{a.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for a in node.names),
        *(alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names),
    ]
    return {name.split(".")[1] for name in names if name.startswith("adoptsim.")}


@pytest.mark.parametrize("path", MODULES, ids=[str(p.relative_to(SOURCE)) for p in MODULES])
def test_imports_run_one_way_and_modules_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree, room = ast.parse(text), room_of(path)
    if room == "equity":
        assert imported(tree) <= {"equity"}
    elif room in ORDER:
        assert imported(tree) <= {*ORDER[: ORDER.index(room) + 1], "equity"}
    else:
        assert room in ("__init__", "__main__")  # the public face may import everything
    assert text.count("\n") <= LINES
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [f"{f.name}: {length(f)} lines" for f in functions if length(f) > FUNCTION]


def length(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring."""
    words = ast.get_docstring(function, clean=False) or ""
    return (function.end_lineno or 0) - function.lineno - words.count("\n")
