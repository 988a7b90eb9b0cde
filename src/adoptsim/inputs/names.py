"""The fixed name lists that data, model and outputs share. Order is the order of array axes."""

REGIONS = ("AFR", "AMR", "EMR", "EUR", "SEAR", "WPR")
INCOMES = ("LIC", "LMC", "UMC", "HIC")
QUINTILES = ("q1", "q2", "q3", "q4", "q5")
CADRES = ("laboratory", "bioinformatics", "genetics", "general")
PURPOSES = ("services", "equipment", "training", "research")
PLATFORMS = ("analyser", "sequencer")
SOURCES = ("multi", "single")
ANCESTRIES = ("african", "american", "east_asian", "european", "middle_eastern", "south_asian")
CONSTRAINTS = ("demand", "money", "staff", "equipment", "supply")
CHANNELS = ("in_country", "hub", "private")
STAGES = ("none", "pilot", "national")

GROUPS = {
    "quintile": len(QUINTILES),
    "cadre": len(CADRES),
    "purpose": len(PURPOSES),
    "platform": len(PLATFORMS),
    "source": len(SOURCES),
    "ancestry": len(ANCESTRIES),
}
