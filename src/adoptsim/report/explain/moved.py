"""Which lever would have moved the country: each at full strength against the same worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adoptsim.model.levers import LEVERS
from adoptsim.model.scenario import QUARTERS_A_YEAR, Scenario
from adoptsim.report.explain.observe import Seen
from adoptsim.report.explain.runs import AS_IT_IS, Answers
from adoptsim.report.explain.tidy import HIGH, LOW, MILLION, PER_CENT

__all__ = ["NOTHING", "SMALL", "levers"]

NOTHING = 1e-9  # a change below it counts as none, as in the headline
SMALL = 0.01  # of the country's access: a lever that changes it by less is not said to move it
MEASURES = {"all": "access", "poorest": "access_fifths"}


def levers(answers: Answers, scenario: Scenario) -> pd.DataFrame:
    """A row for each lever, the largest mean change of the country's useful access first.

    ``base`` and ``base_poorest`` are useful access without the lever, per cent of need, mean over the run. ``all`` and
    ``poorest`` are changes of useful access of everybody and of the poorest fifth, percentage points, mean over the
    run; ``..._end`` at the horizon; ``..._gains`` and ``..._loses`` are the shares of worlds in which it rises and
    falls; ``cost`` is million US$ a year in this country in the last year, over what the scenario has of the lever.
    """
    base = answers.seen[AS_IT_IS]
    used = {use.lever for use in scenario.levers}
    rows = [
        {"lever": name, "title": lever.title, "in_scenario": name in used, **_changes(base, answers.seen[name])}
        for name, lever in LEVERS.items()
    ]
    found = pd.DataFrame(rows)
    return found.sort_values("all", ascending=False, kind="stable").reset_index(drop=True)


def _changes(base: Seen, pushed: Seen) -> dict[str, float]:
    fifths = base["access_fifths"]
    out = {"base": float(base["access"].mean()) / PER_CENT, "base_poorest": float(fifths[:, :, 0].mean()) / PER_CENT}
    for measure, name in MEASURES.items():
        change = pushed[name] - base[name]
        change = change[:, :, 0] if change.ndim == 3 else change
        for suffix, each in (("", change.mean(axis=1)), ("_end", change[:, -1])):
            points = each / PER_CENT
            out[f"{measure}{suffix}"] = float(points.mean())
            out[f"{measure}{suffix}_low"], out[f"{measure}{suffix}_high"] = map(float, np.quantile(points, (LOW, HIGH)))
        out[f"{measure}_gains"] = float((change.mean(axis=1) > NOTHING).mean())
        out[f"{measure}_loses"] = float((change.mean(axis=1) < -NOTHING).mean())
    last = min(QUARTERS_A_YEAR, base["lever_cost"].shape[1])
    cost = (pushed["lever_cost"] - base["lever_cost"])[:, -last:].sum(axis=1) * (QUARTERS_A_YEAR / last) / MILLION
    out["cost"] = float(cost.mean())
    out["cost_low"], out["cost_high"] = map(float, np.quantile(cost, (LOW, HIGH)))
    return out
