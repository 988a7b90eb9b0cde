"""Benefit-sharing: what studies return is a part of what they cost, paid to health care, and nothing without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adoptsim.inputs.names import PURPOSES
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from support import Array, digest

SERVICES = PURPOSES.index("services")
STUDIES = LeverUse("representation", intensity=0.7, start=2025.25, ramp=0.25)
CENT = 0.01


def model(part: float, *levers: LeverUse, quarters: int = 6, **fixed: float) -> AdoptionModel:
    named = {name.replace("__", "."): value for name, value in fixed.items()}
    parameters = {"lever.benefit_money": part, **named}
    return AdoptionModel(Scenario("s", levers=levers, quarters=quarters, parameters=parameters), worlds=3, rng=11)


def test_nothing_returns_where_nothing_is_studied() -> None:
    """The baseline, and a lever at no strength, are the same to a bit whatever part would return."""
    none = replace(STUDIES, intensity=0.0)
    runs = [model(part, *levers).run() for part in (0.0, 0.1) for levers in ((), (none,))]
    assert len({digest(m) for m in runs}) == 1
    assert not any(m.countries.returned.any() for m in runs)


def test_genomes_and_benefits_are_all_that_studies_cost() -> None:
    """By country and quarter to the cent, in plain loops; a lever is charged as if everybody had to be recruited."""
    m = model(0.1, STUDIES, cost__representation_country=0.0)
    for _ in range(6):
        m.step()
        c, rows = m.countries, range(len(m.inputs))
        paid, price = np.broadcast_to(m.lever_cost, (3, 1, 1, len(rows))), m.drawn["data.cost_per_genome"]
        genomes = c.study()
        for w in range(3):
            for i in rows:
                shares = zip(c.ancestry[0, 0, :, i], c.lacking[w, 0, :, 0], strict=True)
                spent = paid[w, 0, 0, i] * sum(of * lack for of, lack in shares)
                back = c.returned[w, 0, :, i]
                assert abs(sum(genomes[w, 0, :, i]) * price[w] + back[SERVICES] - spent) < CENT
                assert back[SERVICES] == pytest.approx(0.1 * spent)
                assert not back[SERVICES + 1 :].any()
        assert (c.returned.sum() > 0) == (m.quarter > 1)


def test_what_returns_is_in_the_purse_of_the_quarter_and_buys_no_genome() -> None:
    def last(part: float) -> tuple[AdoptionModel, Array]:
        m = model(part, STUDIES, quarters=2)
        m.step()
        opening = m.countries.opening.copy()
        m.step()
        return m, opening

    (without, opening), (with_it, same) = last(0.0), last(0.1)
    assert np.array_equal(opening, same)
    more = with_it.countries.available - without.countries.available
    assert more == pytest.approx(with_it.countries.returned, abs=CENT)
    assert with_it.countries.study() == pytest.approx(0.9 * without.countries.study())
    assert np.array_equal(with_it.lever_cost, without.lever_cost)


def test_benefits_end_with_the_studies() -> None:
    m = model(0.1, replace(STUDIES, end=2026.0), quarters=8)
    found = []
    for _ in range(8):
        m.step()
        found.append(float(m.countries.returned.sum()))
    assert [value > 0 for value in found] == [False, True, True, True, False, False, False, False]
