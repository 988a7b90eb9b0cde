"""Every quantity that levers and shocks may change, with the kind of actor that owns it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adoptsim.inputs.parameters import Parameter, load_registry
from adoptsim.model.actors import ACTORS, RELATIONS
from adoptsim.model.columns import Quantity, columns_of

__all__ = ["PLAIN", "QUANTITIES", "Extension", "Quantities"]

Quantities = Mapping[str, tuple[type, Quantity]]


def quantities_of(kinds: Iterable[type]) -> Quantities:
    """The quantities that kinds declare, by name."""
    return {
        name: (kind, column)
        for kind in kinds
        for name, column in columns_of(kind).items()
        if isinstance(column, Quantity)
    }


QUANTITIES: Quantities = quantities_of((*ACTORS, *RELATIONS))


@dataclass(frozen=True)
class Extension:
    """What a model of a user's own adds to ours: kinds whose quantities levers may change, and parameters.

    ValueError where a quantity or parameter has a name that is taken, or a parameter one without a group before a dot.
    """

    kinds: tuple[type, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def __post_init__(self) -> None:
        own = [name for kind in self.kinds for name in quantities_of((kind,))]
        names = Counter([*QUANTITIES, *own, *load_registry(), *(p.name for p in self.parameters)])
        if twice := sorted(name for name, times in names.items() if times > 1):
            raise ValueError(f"another name is wanted for {', '.join(twice)}: it is taken")
        for p in self.parameters:
            if "." not in p.name:
                raise ValueError(f"parameter {p.name!r}: a name like fund.lapse is wanted, with a dot")

    @property
    def quantities(self) -> Quantities:
        """Those of the model and its own, by name."""
        return {**QUANTITIES, **quantities_of(self.kinds)}

    @property
    def own(self) -> dict[str, Parameter]:
        """Its own parameters by name."""
        return {p.name: p for p in self.parameters}


PLAIN = Extension()
