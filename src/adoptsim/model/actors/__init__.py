"""Who acts: one module per actor. Each says what the actor is (columns), then what it decides (rules)."""

from adoptsim.model.actors.country import Country
from adoptsim.model.actors.distributor import Contract, Distributor
from adoptsim.model.actors.funder import Funder, Grant
from adoptsim.model.actors.hub import Referral, RegionalHub
from adoptsim.model.actors.manufacturer import Agreement, Manufacturer
from adoptsim.model.actors.training import Place, TrainingProgramme

ACTORS = (Country, Distributor, Manufacturer, Funder, TrainingProgramme, RegionalHub)
RELATIONS = (Agreement, Contract, Grant, Place, Referral)

__all__ = [
    "ACTORS",
    "RELATIONS",
    "Agreement",
    "Contract",
    "Country",
    "Distributor",
    "Funder",
    "Grant",
    "Manufacturer",
    "Place",
    "Referral",
    "RegionalHub",
    "TrainingProgramme",
]
