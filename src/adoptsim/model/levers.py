"""Levers: what the WHO programme of work can do, as changes of named quantities.

The actor that owns a quantity declares it (``Quantity``); a lever names quantities and the registry parameter that
says how much it changes them at full strength. A scenario says how strongly, when and where. Zero intensity, or a
target that matches nobody, changes nothing bit for bit; the order of entries cannot matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adoptsim.inputs.names import ANCESTRIES


@dataclass(frozen=True)
class Lever:
    """One intervention.

    ``acts`` maps a quantity to the registry parameter of its change at intensity 1 (a cut of 19 % is -0.19). Cost a
    year at full strength is ``cost_country`` for each targeted country plus ``cost_million`` per million people in it.
    ``removes`` maps parameters to the values at which all that the lever acts on is gone: its attainable ceiling.
    """

    name: str
    title: str
    acts: Mapping[str, str]
    cost_country: str
    cost_million: str
    levels: tuple[str, str, str, str, str]
    ceiling: str
    removes: Mapping[str, float]


PLENTY = 1e5  # staff per physician or researcher at which nobody is short of staff

LEVERS: Mapping[str, Lever] = {
    lever.name: lever
    for lever in (
        Lever(
            "data_sharing",
            "Principles for sharing genomic data",
            {"sharing_gain": "lever.data_principles_effect", "reanalysis": "data.reanalysis_reach"},
            "cost.data_sharing_country",
            "cost.data_sharing_million",
            (
                "Each laboratory keeps its own data.",
                "The WHO principles are endorsed and a contact point is named.",
                "Consent forms and an access committee exist; main laboratories deposit variants.",
                "All public laboratories deposit variants yearly and old uncertain results are looked at again.",
                "Deposit is routine and lawful across borders, and every uncertain result is re-examined.",
            ),
            "if no result were uncertain or missed because of ancestry",
            {
                "data.vus_european": 0.0,
                **{f"data.vus_gap.{name}": 0.0 for name in ANCESTRIES},
                **{f"data.missed.{name}": 0.0 for name in ANCESTRIES},
            },
        ),
        Lever(
            "pooled_procurement",
            "Pooled procurement of kits and reagents",
            {"pool_share": "pool.volume_share"},
            "cost.pooled_procurement_country",
            "cost.pooled_procurement_million",
            (
                "Every country buys alone.",
                "A regional list of products and prices; a quarter of what a member buys may go through the pool.",
                "A working regional pool with framework contracts for half of what a member buys.",
                "Yearly tenders with a secretariat and credit line; three quarters of volume.",
                "One pool for all reagents and service contracts that a member wants to buy through it.",
            ),
            "if every country bought all that is cheaper there through a pool",
            {"pool.volume_share": 1.0, "pool.joining_rate": 1.0, "pool.barrier": 0.0},
        ),
        Lever(
            "workforce_training",
            "Training of the genomics workforce",
            {
                "seat_expansion": "work.seat_expansion",
                "supervision": "work.supervision_gain",
                "task_sharing": "work.task_sharing_gain",
            },
            "cost.workforce_training_country",
            "cost.workforce_training_million",
            (
                "Programmes grow as they do today.",
                "Counselling enters nursing and medical curricula; a quarter of the added seats.",
                "Half of the added seats; visiting supervisors; nurses trained to counsel before simple tests.",
                "Three quarters of the added seats in all cadres, with supervisors paid to teach.",
                "Seats in all cadres as many as supervisors can hold, and task-sharing wherever it is safe.",
            ),
            "if no country were short of any staff",
            {
                "work.laboratory_per_physician": PLENTY,
                "work.genomics_share_researchers": PLENTY,
                "work.counsellors_2025": PLENTY * 1e6,
                "work.general_per_physician": PLENTY,
            },
        ),
    )
}
