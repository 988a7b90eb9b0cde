"""Paired comparison of scenarios, the table and the figure of a run.

The room is called like its main verb: ``adoptsim.compare({"baseline": a, "pooled": b})`` calls ``compare`` below.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from adoptsim.compare.paired import compare, compare_tables

__all__ = ["compare", "compare_tables"]


class _Room(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return compare(*args, **kwargs)


sys.modules[__name__].__class__ = _Room
