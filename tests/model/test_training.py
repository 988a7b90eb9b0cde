"""Students, graduates and staff: nobody appears or vanishes, no class is larger than its seats."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from adoptsim.inputs.names import CADRES
from adoptsim.model.couplings import ranked_flow, total
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import Scenario
from support import Array, all_levers

Notes = list[dict[str, Array]]


def years(model: AdoptionModel) -> Notes:
    """What each yearly train phase saw and did."""
    notes: Notes = []

    def before(m: AdoptionModel) -> None:
        c = m.countries
        notes.append({"staff": c.staff.copy(), "recruit": c.recruit(), "emigrate": c.emigrate(), "keep": c.keep()})

    def after(m: AdoptionModel) -> None:
        p, t = m.places, m.programmes
        stayed = p.finishing * (1 - m.par["work.dropout"])
        notes[-1] |= {
            "then": m.countries.staff.copy(), "seats": t.seats.copy(), "room": t.supervised(),
            "entered": total(p.entering, m.place_source), "left": total(p.finishing, m.place_source),
            "graduates": stayed.copy(), "accepted": p.accepted.copy(),
        }  # fmt: skip

    model.insert_phase("fund", "before", before)
    model.insert_phase("train", "after", after)
    model.run()
    return [note for i, note in enumerate(notes) if i % 4 == 0]


@pytest.fixture(scope="module")
def course() -> tuple[AdoptionModel, Notes]:
    model = AdoptionModel(all_levers(60), worlds=3, rng=23)
    return model, years(model)


def cadre_of_place(model: AdoptionModel) -> Array:
    return np.asarray(model.programmes.cadre[0, 0, 0, model.place_source.ends])


def test_staff_of_the_world_is_conserved(course: tuple[AdoptionModel, Notes]) -> None:
    """Change = graduates + recruits - attrition; emigration only moves people."""
    model, notes = course
    cadre = cadre_of_place(model)
    for note in notes:
        for i, _ in enumerate(CADRES):
            came = note["recruit"][:, 0, i].sum(-1) + note["graduates"][..., cadre == i].sum(axis=(1, 2, 3))
            lost = (note["staff"] - note["keep"])[:, 0, i].sum(-1)
            change = (note["then"] - note["staff"])[:, 0, i].sum(-1)
            assert change == pytest.approx(came - lost, rel=1e-9, abs=1e-6)
        assert (note["then"] >= 0).all()


def test_between_years_staff_does_not_change(course: tuple[AdoptionModel, Notes]) -> None:
    _, notes = course
    for one, following in pairwise(notes):
        assert np.array_equal(one["then"], following["staff"])


def test_no_class_is_larger_than_its_seats(course: tuple[AdoptionModel, Notes]) -> None:
    """Seats of a year: what the programme offers, or with bought places what its supervisors hold."""
    _, notes = course
    for note in notes:
        assert (note["seats"] <= note["room"] * (1 + 1e-12)).all()
        assert (note["entered"] <= note["room"] * (1 + 1e-9)).all()
        assert (note["entered"] >= note["seats"] * (1 - 1e-9)).all()
        assert (note["accepted"] >= 0).all()


def test_no_cohort_graduates_more_than_entered(course: tuple[AdoptionModel, Notes]) -> None:
    model, notes = course
    delay = model.par["work.training_years"][:, 0, 0, 0]
    for year in range(5, len(notes)):
        for w, d in enumerate(delay):
            whole, part = int(d), d - int(d)
            entered = (1 - part) * notes[year - whole]["entered"][w] + part * notes[year - whole - 1]["entered"][w]
            assert notes[year]["left"][w] == pytest.approx(entered, rel=1e-9)
            assert (notes[year]["graduates"][w].sum() <= notes[year]["left"][w].sum()).all()


def test_students_are_on_their_way_from_the_start() -> None:
    """The first graduates are those of a steady state: the stock of counsellors grows from the first year on."""
    model = AdoptionModel(Scenario("s", uncertainty="central"), worlds=1, rng=1)
    before = model.countries.staff[0, 0, 2].sum()
    model.step()
    growth = model.countries.staff[0, 0, 2].sum() / before - 1
    assert growth == pytest.approx(model.par["work.gc_growth"].item(), abs=0.002)


def test_emigrants_go_to_richer_countries(course: tuple[AdoptionModel, Notes]) -> None:
    """The richest country gains from every other and loses to none."""
    model, _ = course
    c = model.countries
    gdp = c.gdp_pc[0, 0, 0]
    arrivals = np.argsort(gdp)[-1], np.argsort(gdp)[0]
    left, arrived = ranked_flow(c.emigrate(), c.gdp_pc, c.gdp_pc * c.population)
    assert left[0, 0, :, arrivals[0]].max() == 0.0
    assert arrived[0, 0, :, arrivals[1]].max() == pytest.approx(0.0, abs=1e-9)
    assert left.sum(axis=-1) == pytest.approx(arrived.sum(axis=-1), rel=1e-9)


def test_places_are_shared_out_whole() -> None:
    model = AdoptionModel(worlds=1, rng=1)
    shares = total(model.places.share, model.place_source)
    assert shares == pytest.approx(np.ones(shares.shape), rel=1e-12)
    assert total(model.places.buying_share, model.place_target) == pytest.approx(np.ones((1, 1, 1, 194)), rel=1e-12)
