"""Every quantity that levers and shocks may change, with the kind of actor that owns it."""

from __future__ import annotations

from collections.abc import Mapping

from adoptsim.model.actors import ACTORS, RELATIONS
from adoptsim.model.columns import Quantity, columns_of

QUANTITIES: Mapping[str, tuple[type, Quantity]] = {
    name: (kind, column)
    for kind in (*ACTORS, *RELATIONS)
    for name, column in columns_of(kind).items()
    if isinstance(column, Quantity)
}
