"""Each rule of each kind against plain scalar arithmetic, in mid-run and in a state shaken into the corners."""

from __future__ import annotations

import copy

import numpy as np
import oracles.decisions
import oracles.delivery
import oracles.economy
import oracles.investment
import oracles.others  # noqa: F401
import pytest
from oracles import ORACLES, expected

from adoptsim.model.actors import Grant
from adoptsim.model.columns import rules_of
from adoptsim.model.couplings import gather
from adoptsim.model.model import AdoptionModel
from support import KINDS, cut

RULES = [(kind, name) for kind in KINDS for name in rules_of(kind)]
SAMPLE = 12  # rows of each world and kind


@pytest.fixture(scope="module")
def shaken(midrun: AdoptionModel) -> AdoptionModel:
    """A state that no run would reach: stages, money, staff and draws thrown about, many of them zero."""
    model = copy.deepcopy(midrun)
    model.countries.price_paid = 0.9 * model.countries.bill_donors()  # without a donor that lists anything, nothing
    model.grants.bill = gather(model.countries.bill_donors(), model.grant_target)
    rng = np.random.default_rng(5)
    for rows in model.populations.values():
        for name in rows.columns:
            old = rows.read(name)
            if name in WHOLE or (rows.kind is Grant and name == "eligible"):
                new = rng.choice(np.array(WHOLE.get(name, (0, 1)), dtype=float), old.shape)
            elif name in NEVER_ZERO or not (old >= 0).all():
                new = old * np.exp(rng.normal(0, 0.3, old.shape))
            elif name.endswith("_draw") or name == "hub_share":
                new = rng.random(old.shape) * rng.choice([0.01, 1.0], old.shape)
            else:
                kept = rng.random(old.shape) > 0.2  # an empty purse makes money infinitely scarce
                new = np.where(kept, old * np.exp(rng.normal(0, 1.0, old.shape)), 0.0)
            setattr(rows, name, new)
    return model


WHOLE = {
    "stage": (0, 1, 2), "verdict": (-1, 0, 1), "vehicle": (0, 1), "carried": (0, 1), "hta": (0, 1), "present": (0, 1),
    "sellers": (0, 1, 4), "exclusive": (0, 1), "below_line": (0, 1), "pool_member": (0, 1), "was_eligible": (0, 1),
    "home": (0, 1), "income": (0, 1, 2, 3), "peers": (0, 0.125, 0.25, 1), "commitment": (0, 0.3, 0.9, 1),
    "relative_need": (0, 0.004, 0.5, 0.99), "capped": (0, 0.4, 1), "data_member": (0, 1), "incident": (0, 1),
    "trust": (0, 0.4, 1), "forum": (0, 1), "vacant": (0, 1), "signed": (0, 2020, 2031), "year": (2027, 2031, 2040),
    "tiered": (0, 1), "place": (0, 0.4, 1), "concession": (0, 0.4, 1), "left": (0, 2024, 2029),
    "decided": (0, 1), "begun": (0, 1), "unpaid": (0, 0.3, 1), "paid_outside": (0, 0.4, 1), "paid_domestic": (0, 0.6),
    "lists": (0, 1),
}  # fmt: skip
NEVER_ZERO = (
    "gdp_pc", "gdp_ppp", "gdp_median", "population", "start_population", "gov_health_pc", "eligible", "ceiling",
    "weakness", "unit_in", "unit_hub", "unit_full", "fifth_cap", "fifth_weight", "income_share", "price_private",
    "genomes", "start_genomes", "need", "capacity", "years_available", "consumables", "adults_share", "births",
    "readiness", "private_fifths", "time_to_adopt", "public_weight", "people", "crowding", "ancestry",
    "recruitment", "threshold", "domestic_share", "appeal", "need_focus", "strength_focus",
)  # fmt: skip


def test_every_rule_has_an_oracle() -> None:
    assert {(kind.__name__, name) for kind, name in RULES} == set(ORACLES)


@pytest.mark.parametrize("state", ["midrun", "shaken"])
@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[f"{kind.__name__}.{name}" for kind, name in RULES])
def test_rule(request: pytest.FixtureRequest, state: str, kind: type, rule: str) -> None:
    model: AdoptionModel = request.getfixturevalue(state)
    everyone = model.populations[kind]
    result = getattr(everyone, rule)()
    step = max(1, len(everyone) // SAMPLE)
    for world in range(model.worlds_count):
        for row in range(world % step, len(everyone), step):
            plain = expected(model, kind, rule, world, row)
            found = cut(result, world, row)[0, :, :, 0]
            assert np.broadcast_shapes(found.shape, plain.shape) == plain.shape, "axes"
            assert found == pytest.approx(np.broadcast_to(plain, plain.shape), rel=1e-9, abs=1e-12), (world, row)
