"""From the checked entry of a ranking or a sensitivity analysis to the study that an experiment carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adoptsim.experiment.files.experiments import ExperimentFile, RankingEntry
from adoptsim.experiment.files.fields import EVERY_LEVER
from adoptsim.experiment.files.names import Known
from adoptsim.experiment.study import OWN, Study
from adoptsim.inputs.document import Document, Path, dotted
from adoptsim.model.levers import LEVERS

__all__ = ["study_of"]


def study_of(entry: ExperimentFile, document: Document, size: str, known: Known) -> Study | None:
    """The study that an experiment file asks for, None where it asks for none."""
    if entry.ranking is not None:
        options = {**_ranking(entry, entry.ranking), "levers": _levers(entry.ranking.levers, document, known)}
        own = {lever.name: lever.title for lever in known.ranked.values()}
        files = {lever.name: file for file, lever in known.ranked.items()}
        places = dict(_places(document, ("ranking",)))
        return Study("ranking", {**options, OWN: own} if own else options, size, places, files)
    if entry.sensitivity is not None:
        options = entry.sensitivity.model_dump()
        options["of"] = list(dict.fromkeys(options["of"]))
        return Study("sensitivity", options, size, dict(_places(document, ("sensitivity",))))
    return None


def _ranking(entry: ExperimentFile, ranking: RankingEntry) -> dict[str, Any]:
    """Options of a ranking: its fields, those of its targets among them, and the worlds."""
    fields = ranking.model_dump()
    targets = fields.pop("targets")
    once = {"groups": list(dict.fromkeys(ranking.groups))}
    return {**fields, **once, **targets, "without": ranking.without or "", "worlds": entry.worlds}


def _levers(listed: Sequence[str], document: Document, known: Known) -> list[str]:
    """Names of the levers listed, of one's own the name in its file."""
    names: list[str] = []
    for i, written in enumerate(listed):
        own = known.ranked.get(document.absolute(("ranking", "levers", i), written))
        names += LEVERS if written == EVERY_LEVER else [own.name if own else written]
    return names


def _places(document: Document, path: Path) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """File, line and column of each field below a path."""
    value = document.at(path)
    place = document.place(path)
    yield dotted(path), (place.file, place.line, place.column)
    for key in value if isinstance(value, dict) else ():
        yield from _places(document, (*path, key))
