"""A YAML text as plain values that remember where they stand."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from adoptsim.inputs.errors import CONTROL, InputError, Problem, nearest_name

__all__ = ["UNREADABLE", "Document", "Path", "Place", "Step", "composed", "dotted", "read_document", "shown"]

Step = str | int  # one step into a document: the key of a mapping or the number of a list item
Path = tuple[Step, ...]

MAX_BYTES = 250_000
MAX_VALUES = 20_000  # aliases that multiply would pass this; no honest file does
MAX_DEPTH = 20
MAX_WHOLE = 2**64  # a whole number beyond it has no use here, and Python may refuse to print it
MAX_SHOWN = 60
TAG = "tag:yaml.org,2002:"
PLAIN_TAGS = {TAG + name for name in ("map", "seq", "str", "int", "float", "bool", "null", "merge", "timestamp")}


class _Unreadable:
    """Stands for a value that is already told as wrong, so that nobody tells it twice."""

    def __repr__(self) -> str:
        return "?"


UNREADABLE = _Unreadable()


@dataclass(frozen=True)
class Place:
    """Where something is written: line and column count from 1, ``path`` leads to it in its own file."""

    file: str
    line: int
    column: int
    path: Path = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass
class Document:
    """Values of a YAML file, or of several merged, the place of each, and what is already known to be wrong."""

    file: str
    value: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    emptied: dict[Path, Place] = field(default_factory=dict)  # what was inherited and taken away, and where

    def problem(
        self, path: Path, allowed: str, nearest: str = "", *, value: object = None, at_key: bool = False
    ) -> Problem:
        """What is wrong at ``path``; its place is that of the steps which the document has."""
        known = self.known(path)
        at_key = at_key or (self.value is not None and self.at(known) is None)  # an empty value has no place of its own
        place = (self.keys.get(known) if at_key else None) or self.place(known)
        name = dotted((*place.path, *path[len(known) :]))
        return Problem(place.file, place.line, place.column, name, shown(value), allowed, nearest)

    def place(self, path: Path) -> Place:
        """Where the value at ``path`` is written."""
        return self.places.get(path) or Place(self.file, 1, 1)

    def beside(self, path: Path, name: str) -> str:
        """A file named by the value at ``path``: relative names start from the file in which it is written."""
        return os.path.normpath(os.path.join(os.path.dirname(self.place(path).file), name))

    def absolute(self, path: Path, name: str) -> str:
        """The same as a path that holds from everywhere."""
        return str(FilePath(self.beside(path, name)).resolve())

    def known(self, path: Path) -> Path:
        """The part of ``path`` that the document has."""
        found: Path = ()
        for step in path:
            if (*found, step) in self.places:
                found = (*found, step)
        return found

    def at(self, path: Path) -> Any:
        """The value at ``path``, None where there is none."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def part(self, path: Path) -> Document:
        """The value at ``path`` as a document; what is known to be wrong stays with the whole."""
        found = Document(self.file, self.at(path))
        for step in _steps(found.value, ()):
            for whole, part in ((self.places, found.places), (self.keys, found.keys)):
                if (place := whole.get((*path, *step))) is not None:
                    part[step] = place
        return found


def _steps(value: object, path: Path) -> Iterator[Path]:
    """The paths of a value and of everything in it."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _steps(value[key], (*path, key))  # type: ignore[index]


def dotted(path: Path) -> str:
    """A path as people write it: ``scenarios[1].levers.pooled_procurement``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in path).removeprefix(".")


def shown(value: object) -> str:
    """A value for a message, cut where it is long, without characters that a terminal would obey."""
    if isinstance(value, Mapping | list):
        value = ", ".join(map(str, list(value)[:MAX_SHOWN]))
    if isinstance(value, bool):
        value = str(value).lower()
    text = "" if value is None else str(value)
    text = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
    return CONTROL.sub("?", text).replace("\n", " ")


def read_document(path: str | FilePath) -> Document:
    """Read a YAML file. Raises InputError where there is no text in it that is YAML."""
    file = str(path)
    text = _decoded(file, _bytes(FilePath(path), file))
    node = composed(file, text)
    if node is None:
        raise InputError([Problem(file, 1, 1, "", "", "the file is empty; fields such as 'name: baseline' are wanted")])
    document = Document(file)
    try:
        document.value = _Walk(document).value(node, ())
    except _TooLargeError as error:
        raise InputError([document.problem((), str(error))]) from None
    if not isinstance(document.value, dict):
        raise InputError([document.problem((), "fields such as 'name: baseline' are wanted", value=document.value)])
    return document


def _bytes(path: FilePath, file: str) -> bytes:
    def refuse(allowed: str) -> InputError:
        return InputError([Problem(file, 1, 1, "", path.name, allowed)])

    try:
        if path.is_dir():
            raise refuse("this is a folder; a YAML file is wanted")
        if path.exists() and not path.is_file():
            raise refuse("this is not a regular file; a YAML file is wanted")
        if path.exists() and path.stat().st_size > MAX_BYTES:
            raise refuse(f"the file is larger than {MAX_BYTES:,} bytes")
        return path.read_bytes()
    except InputError:  # it is a ValueError too
        raise
    except FileNotFoundError:
        raise InputError([Problem(file, 1, 1, "", path.name, "there is no such file", _beside(path))]) from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise refuse(f"the file cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _beside(path: FilePath) -> str:
    """The YAML file in the folder of a missing one that is most like it, as it would be given."""
    try:
        there = {found.stem: found for found in sorted(path.parent.glob("*.y*ml"))}
    except (OSError, ValueError):
        return ""
    stem = path.stem if path.suffix in (".yaml", ".yml") else path.name
    name = nearest_name(stem, there)
    return str(there[name]) if name else ""


def _decoded(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig")
        line, column = good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1
        bad = raw[error.start : error.start + 1].hex()
        message = "the text is not UTF-8; save the file with the encoding UTF-8"
        raise InputError([Problem(file, line, column, "", f"byte 0x{bad}", message)]) from None


@lru_cache(maxsize=64)  # parents and applications are asked for by many scenarios; nobody writes to nodes
def composed(file: str, text: str) -> Node | None:
    """The node graph of the text: positions and tags, nothing constructed, so that no tag can run anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML allows it
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
            return node
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        value, why = _line(text, line), error.problem or error.context
        if "'\\t'" in str(why):
            why = "a tab stands here; indent with spaces"
        elif "<block end>" in str(why):
            why = "indent this line as those beside it"
    except RecursionError:
        line, column, value, why = 1, 1, "", "nested too deep"
    except (YAMLError, ValueError, IndexError, AttributeError, AssertionError) as error:
        line, column, value, why = 1, 1, _line(text, 1), str(error).splitlines()[0] if str(error) else "unreadable"
    raise InputError([Problem(file, line, column, "", value, f"the text is not YAML: {why}")])


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return shown(lines[number - 1].strip()) if 0 < number <= len(lines) else ""


class _TooLargeError(Exception):
    """More values or levels than any honest file has."""


class _Walk:
    """Turns nodes into plain values and notes the place of each; repeated keys and tags become problems."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.seen = 0
        self.scalar_of = YAML(typ="safe", pure=True).constructor.construct_object

    def value(self, node: Node, path: Path) -> Any:
        self.seen += 1
        if self.seen > MAX_VALUES or len(path) > MAX_DEPTH:
            raise _TooLargeError(f"more than {MAX_VALUES:,} values or {MAX_DEPTH} levels (aliases count in full)")
        self.document.places[path] = self.place(node, path)
        if str(node.tag) not in PLAIN_TAGS:
            return self.refused(path, "tags are not accepted here; write a plain value", node.tag)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return dict(self.entries(node, path))
        return self.scalar(node, path)

    def entries(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        for key, child in node.value:
            here = (*path, str(key.value) if isinstance(key, ScalarNode) else "?")
            again = here in self.document.keys
            first = self.document.keys.setdefault(here, self.place(key, here))
            if again or str(key.tag) == TAG + "merge":
                allowed = f"this field already stands at line {first.line}; give it once"
                if not again:
                    allowed = "merge keys are not accepted here; 'extends' takes over another file"
                at = self.place(key, here)
                self.document.problems.append(
                    Problem(at.file, at.line, at.column, dotted(here), shown(key.value), allowed)
                )
            else:
                yield str(here[-1]), self.value(child, here)

    def scalar(self, node: Node, path: Path) -> Any:
        if str(node.tag) == TAG + "timestamp":
            return str(node.value)
        try:
            value = self.scalar_of(node, deep=True)
        except (ValueError, YAMLError):
            return self.refused(path, "this value cannot be read", node.value)
        if isinstance(value, int) and abs(value) > MAX_WHOLE:
            return self.refused(path, "this number is too large", node.value)
        if isinstance(value, str) and CONTROL.search(value):
            return self.refused(path, "this text holds characters that cannot be printed", value)
        return value

    def refused(self, path: Path, allowed: str, value: object) -> Any:
        told = str(value).removeprefix(TAG)
        self.document.problems.append(self.document.problem(path, allowed, value=told))
        return UNREADABLE

    def place(self, node: Node, path: Path) -> Place:
        return Place(self.document.file, node.start_mark.line + 1, node.start_mark.column + 1, path)
