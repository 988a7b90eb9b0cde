"""Sizes of an experiment: what stands under the name of a size goes over the experiment's own fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from adoptsim.experiment.files.extends import overlaid
from adoptsim.experiment.files.fields import NAME_PATTERN
from adoptsim.inputs.document import Document
from adoptsim.inputs.errors import InputError, Problem, nearest_name

__all__ = ["SAMPLED", "at_size", "chosen_size", "left_empty", "sizes_of", "wrong_sizes"]

SIZES = "sizes"
NAMES = "the name of a size has up to 64 letters, digits, - or _"
SAMPLED = {  # fields that say what the worlds are, and how to write one
    "design": "{table: rows.csv}",
    "ranking": "{} for a ranking of all twelve levers, or its fields",
    "sensitivity": "its fields, such as {method: morris, size: 10, parameters: each}",
}
FIXED = ("name", "schema_version", SIZES)  # the same at all sizes


def sizes_of(document: Document) -> list[str]:
    """Names of the sizes that a file has, the one that is run unasked first."""
    found = document.at((SIZES,))
    return [name for name, fields in found.items() if isinstance(fields, dict)] if isinstance(found, dict) else []


def wrong_sizes(document: Document) -> Iterator[Problem]:
    """Sizes that hold no fields, or fields that are the same at all sizes."""
    found = document.at((SIZES,))
    for name, fields in found.items() if isinstance(found, dict) else ():
        if not isinstance(fields, dict):
            allowed = "fields of the experiment that hold at this size, such as {worlds: 32}"
            yield document.problem((SIZES, name), allowed, value=fields)
            continue
        if not re.fullmatch(NAME_PATTERN, name):
            yield document.problem((SIZES, name), NAMES, value=name, at_key=True)
        for field in FIXED:
            if field in fields:
                allowed = "this field is the same at all sizes; write it above them"
                yield document.problem((SIZES, name, field), allowed, value=field, at_key=True)


def left_empty(document: Document) -> Iterator[Problem]:
    """Designs and studies without a single field, at any size: they would count as if they were not there."""
    for at in ((), *((SIZES, name) for name in sizes_of(document))):
        fields = document.at(at)
        for name, meant in SAMPLED.items():
            if name in fields and fields[name] is None:
                allowed = f"nothing stands here: write {meant}, or leave the field out"
                yield document.problem((*at, name), allowed, value=name, at_key=True)


def chosen_size(document: Document, size: str) -> str:
    """The size that is run: the one asked for, else the first, "" where the file has none. InputError if unknown."""
    known = sizes_of(document)
    if size and size not in known:
        allowed = f"the sizes of this file are {', '.join(known)}" if known else "this file has no sizes"
        raise InputError([document.problem((SIZES,) if known else (), allowed, nearest_name(size, known), value=size)])
    return size or (known[0] if known else "")


def at_size(document: Document, size: str) -> Document:
    """The experiment at one of its sizes, each value with the place where it is written; "" = as it stands."""
    if not size:
        return document
    base = replace(document, value={name: value for name, value in document.value.items() if name != SIZES})
    merged = overlaid(base, document.part((SIZES, size)))
    merged.problems = document.problems
    return merged
