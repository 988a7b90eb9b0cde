"""Who has it, along the whole line from disadvantaged to advantaged: concentration indices and Gini."""

import numpy as np

from adoptsim.equity.arrays import Array, over, weigh
from adoptsim.equity.registry import measured
from adoptsim.equity.standing import Line
from adoptsim.equity.units import Units

KAKWANI = "Kakwani, Wagstaff and van Doorslaer (1997), J Econometrics 77:87-103, doi:10.1016/S0304-4076(96)01807-6"
WAGSTAFF = "Wagstaff (2005), Health Economics 14:429-432, doi:10.1002/hec.953"
ERREYGERS = "Erreygers (2009), J Health Economics 28:504-515, doi:10.1016/j.jhealeco.2008.02.003"
LERMAN = "Lerman and Yitzhaki (1989), J Econometrics 42:43-47, doi:10.1016/0304-4076(89)90074-2"


@measured(
    "Absolute concentration index",
    "sum p (2 X - 1) y",
    KAKWANI,
    who="ACI",
    span="-scale/4 to scale/4 for estimates in [0, scale]",
    sign="rank",
    ranked=True,
)
def absolute_concentration(units: Units) -> Array:
    """Absolute (generalised) concentration index."""
    return _concentration(units, units.line)


@measured(
    "Relative concentration index",
    "ACI / mu",
    KAKWANI,
    who="RCI",
    unit="fraction",
    span="-1 to 1 (from mu - 1 to 1 - mu for estimates in [0, 1])",
    sign="rank",
    domain="not negative",
    absolute=False,
    ranked=True,
    undefined="NaN when the mean is 0",
)
def relative_concentration(units: Units) -> Array:
    """Relative concentration index. Not mirror-safe: access and lack of access can rank places differently."""
    return over(_concentration(units, units.line), units.mean)


@measured(
    "Wagstaff index",
    "ACI_h / (mu_h (1 - mu_h)), h = y / scale",
    WAGSTAFF,
    who="wagstaff",
    unit="fraction",
    span="-1 to 1",
    sign="rank",
    domain="bounded",
    absolute=False,
    ranked=True,
    undefined="NaN when the mean is 0 or scale",
)
def wagstaff(units: Units) -> Array:
    """Concentration index of a bounded indicator as a share of the largest it could be at this mean; mirror-safe."""
    scale = units.options.scale
    level = units.mean / scale
    room = np.where(units.lowest < scale, level * (1 - level), 0.0)
    return over(_concentration(units, units.line) / scale, room)


@measured(
    "Erreygers index",
    "4 ACI_h, h = y / scale",
    ERREYGERS,
    who="erreygers",
    unit="fraction",
    span="-1 to 1",
    sign="rank",
    domain="bounded",
    ranked=True,
)
def erreygers(units: Units) -> Array:
    """Concentration index of a bounded indicator; mirror-safe. The same information as ACI: never a second witness."""
    return 4 * _concentration(units, units.line) / units.options.scale


@measured(
    "Gini index",
    "sum p (2 F - 1) y / mu, F the fractional rank by y itself",
    LERMAN,
    unit="fraction",
    span="0 to 1",
    domain="not negative",
    absolute=False,
    undefined="NaN when the mean is 0",
)
def gini(units: Units) -> Array:
    """Gini index: half the relative mean difference between two people drawn at random."""
    return over(_concentration(units, units.by_itself()), units.mean)


def _concentration(units: Units, line: Line) -> Array:
    """sum p (2 X - 1) y along a line of people, (rows,)."""
    weights = np.add(line.below, line.upto)
    weights -= 1
    weights *= line.share
    return weigh(units.estimate, weights)
