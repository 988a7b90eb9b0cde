"""Reference: the world's common genome data, one row. It decides nothing, so it is no agent."""

from __future__ import annotations

import numpy as np

from adoptsim.model.columns import Array, Kind, State, rule
from adoptsim.model.equations import QUARTERS, sum_groups, vus_rate


class Reference(Kind):
    """Reference genomes by ancestry, and what they do to results."""

    genomes = State("ancestry", unit="genomes in reach of laboratories from studies of the world's own accord")
    added = State("ancestry", unit="genomes from studies that health systems and levers paid since the start")
    records = State("application", "ancestry", unit="worth of shared tests since the start, in genomes")
    start_genomes = State("ancestry", unit="genomes at the start")
    people = State("ancestry", unit="share of all people")

    @rule
    def grow(self) -> Array:
        """Genomes of exogenous studies next quarter, equal in rate for all ancestries."""
        return self.genomes * np.exp(np.log1p(self.par["data.studies_growth"]) / QUARTERS)

    @rule
    def recruit_today(self) -> Array:
        """Chance to be recruited over the average: genomes of an ancestry for each of its people."""
        share = self.genomes / sum_groups(self.genomes)
        return np.asarray((share / np.maximum(self.people, 1e-12)) ** self.par["data.recruitment_bias"])

    @rule
    def known(self) -> Array:
        """Genomes, and shared tests at their worth, that results of an application are compared with, by ancestry."""
        return self.genomes + self.added + self.records

    @rule
    def lack(self) -> Array:
        """How far an ancestry is under-represented: 0 where its share of genomes is its share of people or more."""
        studied = self.genomes + self.added
        share = studied / sum_groups(studied)
        return np.clip(1.0 - share / np.maximum(self.people, 1e-12), 0.0, 1.0)

    @rule
    def vus(self) -> Array:
        """Share of standard-panel tests that end uncertain, by ancestry."""
        fold = self.par["lever.representation_vus_halving"]
        return vus_rate(self.par["data.vus_european"], self.par["data.vus_gap"], self.known(), self.start_genomes, fold)

    @rule
    def missed(self) -> Array:
        """Share of detectable variants that panels miss, by ancestry; falls as the excess of uncertain results does."""
        fold = self.par["lever.representation_vus_halving"]
        return vus_rate(np.zeros(()), self.par["data.missed"], self.known(), self.start_genomes, fold)
