"""TrainingProgramme: intake, seats, graduates; a Place is what one programme offers to one country."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Actor, Array, Relation, State, rule


class TrainingProgramme(Actor):
    """A course that trains one cadre in its host country."""

    cadre = State(unit="index of the cadre it trains", worlds=False)
    start_seats = State(unit="seats a year at the start")
    start_colleagues = State(unit="persons of the cadre in the host country per programme at the start")
    capacity = State(unit="seats a year its rooms and money allow")
    seats = State(unit="seats a year offered")
    asked = State(unit="places asked by countries in the year")

    # read from the host country, written by the train phase
    colleagues = State(unit="persons of the cadre in the host country per programme there")
    seat_expansion = State(unit="factor on seats, from levers", start=1.0)
    supervision = State(unit="factor on what supervisors can hold, from levers", start=1.0)

    @rule
    def grow(self) -> Array:
        """Capacity next year: it grows slowly by itself."""
        return self.capacity * (1.0 + self.par["work.capacity_growth"])

    @rule
    def offer(self) -> Array:
        """Seats a year: what capacity allows, at most what supervisors can hold.

        Foreign-trained and other supervisors hold a few students in every programme, so that none is stuck at 0.
        """
        return np.minimum(self.capacity * self.seat_expansion, self.supervised())

    @rule
    def supervised(self) -> Array:
        """Students a year that supervisors can hold: those of today with some slack, and what further ones add."""
        today = self.start_seats * (1.0 + self.par["work.supervisor_slack"])
        further = (self.colleagues - self.start_colleagues) * self.par["work.supervising_share"]
        added = np.maximum(further, 0.0) * self.par["work.supervisor_ratio"] / self.par["work.training_years"]
        abroad = (
            self.par["work.foreign_supervisors"] * self.par["work.supervisor_ratio"] / self.par["work.training_years"]
        )
        return (np.maximum(today, abroad) + added) * self.supervision

    @rule
    def accept_share(self) -> Array:
        """Share of bought places that fit between its own seats and what supervisors can hold."""
        room = np.maximum(self.supervised() - self.seats, 0.0)
        return np.minimum(room / np.maximum(self.asked, 1e-12), 1.0)


class Place(Relation):
    """What one programme offers to one country: students enter now, graduates leave after the training years."""

    home = State(unit="1 where the country is the programme's host", worlds=False)
    share = State(unit="share of the programme's own seats", worlds=False)
    buying_share = State(unit="share of the country's bought places asked here", worlds=False)
    bought = State(unit="places a year the country's training money could buy, all programmes")
    seats = State(unit="the programme's own intake of the year, all countries")
    accepted_share = State(unit="share of asked places that the programme accepts")
    asked = State(unit="bought places asked here in the year")
    accepted = State(unit="bought places accepted in the year")
    entering = State(unit="students entering in the year")
    finishing = State(unit="students finishing in the year")

    @rule
    def enrol(self) -> Array:
        """Students of this country entering in the year: its share of own seats and the places it bought."""
        return self.seats * self.share + self.accepted

    @rule
    def ask(self) -> Array:
        """Places a country asks for with its training money."""
        return self.bought * self.buying_share

    @rule
    def accept(self) -> Array:
        """Bought places that fit under the programme's supervisors."""
        return self.asked * self.accepted_share

    @rule
    def come_home(self) -> Array:
        """Graduates who work in their own country: all who trained there, a share of those who went abroad."""
        abroad = self.par["work.return_after_foreign_training"]
        return self.finishing * (1.0 - self.par["work.dropout"]) * (self.home + (1.0 - self.home) * abroad)

    @rule
    def stay_abroad(self) -> Array:
        """Graduates who stay in the programme's country."""
        lost = 1.0 - self.par["work.return_after_foreign_training"]
        return self.finishing * (1.0 - self.par["work.dropout"]) * (1.0 - self.home) * lost
