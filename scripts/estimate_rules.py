"""Rules behind the documented estimates per country: small tables, read by compile_inputs.py.

Nothing here was measured per country by a source that may be redistributed. Each rule is general knowledge put down so
that it can be argued with; every number it yields ships flagged as an estimate, with a range and the reason.
"""

ANCESTRIES = ("african", "american", "east_asian", "european", "middle_eastern", "south_asian")

# United Nations M49 sub-regions of the 194 WHO Member States.
SUBREGIONS = {
    "northern_africa": "DZA EGY LBY MAR SDN TUN",
    "eastern_africa": "BDI COM DJI ERI ETH KEN MDG MWI MOZ MUS RWA SOM SSD SYC TZA UGA ZMB ZWE",
    "middle_africa": "AGO CAF CMR COD COG GAB GNQ STP TCD",
    "southern_africa": "BWA LSO NAM SWZ ZAF",
    "western_africa": "BEN BFA CIV CPV GHA GIN GMB GNB LBR MLI MRT NER NGA SEN SLE TGO",
    "caribbean": "ATG BHS BRB CUB DMA DOM GRD HTI JAM KNA LCA TTO VCT",
    "central_america": "BLZ CRI GTM HND MEX NIC PAN SLV",
    "south_america": "ARG BOL BRA CHL COL ECU GUY PER PRY SUR URY VEN",
    "northern_america": "CAN USA",
    "central_asia": "KAZ KGZ TJK TKM UZB",
    "eastern_asia": "CHN JPN KOR MNG PRK",
    "south_eastern_asia": "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM",
    "southern_asia": "AFG BGD BTN IND IRN LKA MDV NPL PAK",
    "western_asia": "ARE ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN QAT SAU SYR TUR YEM",
    "eastern_europe": "BGR BLR CZE HUN MDA POL ROU RUS SVK UKR",
    "northern_europe": "DNK EST FIN GBR IRL ISL LTU LVA NOR SWE",
    "southern_europe": "ALB AND BIH ESP GRC HRV ITA MKD MLT MNE PRT SMR SRB SVN",
    "western_europe": "AUT BEL CHE DEU FRA LUX MCO NLD",
    "australia_new_zealand": "AUS NZL",
    "melanesia": "FJI PNG SLB VUT",
    "micronesia": "FSM KIR MHL NRU PLW",
    "polynesia": "COK NIU TON TUV WSM",
}

# Percentages in the order of ANCESTRIES, close to the genetic groups of reference databases: people of mixed descent in
# the Americas count as "american"; North Africans as "middle_eastern"; Oceanians have no group and take the nearest,
# "east_asian", which flatters how well they are represented.
ANCESTRY_BY_SUBREGION = {
    "northern_africa": (10, 0, 0, 0, 90, 0),
    "eastern_africa": (99, 0, 0, 0, 0, 1),
    "middle_africa": (99, 0, 0, 1, 0, 0),
    "southern_africa": (97, 0, 0, 3, 0, 0),
    "western_africa": (100, 0, 0, 0, 0, 0),
    "caribbean": (90, 2, 1, 5, 0, 2),
    "central_america": (4, 88, 0, 8, 0, 0),
    "south_america": (5, 80, 0, 15, 0, 0),
    "northern_america": (13, 20, 4, 60, 1, 2),
    "central_asia": (0, 0, 45, 30, 25, 0),
    "eastern_asia": (0, 0, 100, 0, 0, 0),
    "south_eastern_asia": (0, 0, 99, 0, 0, 1),
    "southern_asia": (0, 0, 0, 0, 0, 100),
    "western_asia": (2, 0, 0, 2, 94, 2),
    "eastern_europe": (0, 0, 1, 97, 2, 0),
    "northern_europe": (2, 0, 1, 93, 3, 1),
    "southern_europe": (2, 0, 0, 95, 3, 0),
    "western_europe": (2, 0, 1, 91, 5, 1),
    "australia_new_zealand": (1, 0, 13, 76, 4, 6),
    "melanesia": (0, 0, 100, 0, 0, 0),
    "micronesia": (0, 0, 99, 1, 0, 0),
    "polynesia": (0, 0, 98, 2, 0, 0),
}
ANCESTRY_EXCEPTIONS = {
    "SDN": (50, 0, 0, 0, 50, 0),
    "MRT": (60, 0, 0, 0, 40, 0),
    "ETH": (70, 0, 0, 0, 30, 0),
    "ERI": (70, 0, 0, 0, 30, 0),
    "DJI": (70, 0, 0, 0, 30, 0),
    "SOM": (70, 0, 0, 0, 30, 0),
    "COM": (75, 0, 5, 0, 20, 0),
    "MDG": (60, 0, 40, 0, 0, 0),
    "MUS": (28, 0, 3, 2, 0, 67),
    "SYC": (75, 0, 2, 15, 0, 8),
    "CPV": (57, 0, 0, 43, 0, 0),
    "STP": (90, 0, 0, 10, 0, 0),
    "NAM": (91, 0, 0, 9, 0, 0),
    "ZAF": (84, 0, 1, 10, 0, 5),
    "CUB": (15, 25, 0, 60, 0, 0),
    "DOM": (27, 60, 0, 13, 0, 0),
    "TTO": (52, 2, 1, 2, 0, 43),
    "BLZ": (30, 65, 0, 5, 0, 0),
    "CRI": (3, 60, 0, 37, 0, 0),
    "PAN": (15, 75, 0, 10, 0, 0),
    "ARG": (1, 29, 0, 70, 0, 0),
    "BOL": (1, 95, 0, 4, 0, 0),
    "BRA": (11, 45, 1, 43, 0, 0),
    "CHL": (1, 55, 0, 44, 0, 0),
    "COL": (10, 75, 0, 15, 0, 0),
    "GUY": (40, 14, 0, 1, 0, 45),
    "PER": (2, 92, 1, 5, 0, 0),
    "SUR": (46, 5, 16, 1, 0, 32),
    "URY": (6, 7, 0, 87, 0, 0),
    "VEN": (10, 60, 0, 30, 0, 0),
    "CAN": (4, 7, 9, 70, 3, 7),
    "TJK": (0, 0, 15, 10, 55, 20),
    "BRN": (0, 0, 98, 0, 0, 2),
    "MMR": (0, 0, 95, 0, 0, 5),
    "MYS": (0, 0, 93, 0, 0, 7),
    "SGP": (0, 0, 89, 2, 0, 9),
    "AFG": (0, 0, 15, 0, 40, 45),
    "BTN": (0, 0, 70, 0, 0, 30),
    "IRN": (0, 0, 0, 0, 92, 8),
    "NPL": (0, 0, 25, 0, 0, 75),
    "PAK": (0, 0, 0, 0, 10, 90),
    "ARE": (2, 0, 7, 3, 28, 60),
    "BHR": (2, 0, 3, 0, 53, 42),
    "KWT": (2, 0, 5, 0, 58, 35),
    "OMN": (4, 0, 0, 0, 60, 36),
    "QAT": (3, 0, 7, 0, 40, 50),
    "SAU": (5, 0, 3, 0, 77, 15),
    "YEM": (10, 0, 0, 0, 90, 0),
    "ARM": (0, 0, 0, 30, 70, 0),
    "AZE": (0, 0, 0, 30, 70, 0),
    "CYP": (0, 0, 0, 80, 20, 0),
    "GEO": (0, 0, 0, 30, 70, 0),
    "ISR": (2, 0, 0, 35, 63, 0),
    "TUR": (0, 0, 5, 20, 75, 0),
    "RUS": (0, 0, 6, 90, 4, 0),
    "FRA": (5, 0, 1, 85, 9, 0),
    "GBR": (4, 0, 2, 83, 2, 9),
    "NLD": (4, 0, 3, 84, 6, 3),
    "NZL": (1, 0, 28, 64, 1, 6),
    "FJI": (0, 0, 60, 3, 0, 37),
}

# Countries with a well-known body (the EU regulation on health technology assessment; member agencies of the INAHTA,
# HTAsiaLink and RedETSA networks). Elsewhere a probability by income group.
HTA_BODIES = {
    "EU regulation on health technology assessment": "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA "
    "LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE NOR",
    "agency known from the INAHTA network or alike": "ARG AUS CAN CHE GBR ISR KAZ KOR NZL RUS TUN UKR USA",
    "agency known from the HTAsiaLink network": "BTN CHN IDN IND JPN MYS PHL SGP THA VNM",
    "agency known from the RedETSA network": "BRA CHL COL CRI CUB ECU MEX PER SLV URY",
}
HTA_BY_INCOME = {"HIC": 0.40, "UMC": 0.38, "LMC": 0.30, "LIC": 0.10}
HTA_BASIS = {
    "HIC": "income group: mostly small states, set near the middle-income share",
    "UMC": "income group: 38 % of non-Gavi middle-income countries had a working advisory body",
    "LMC": "income group: below the 38 % of non-Gavi middle-income countries",
    "LIC": "income group: assumption, few bodies known",
}

# Share of newborns reached by bloodspot screening. The first matching line counts: country, then (WHO region, income).
BLOODSPOT_BY_GROUP = {
    ("AFR", "HIC"): 0.0,
    ("AFR", "UMC"): 0.0,
    ("AFR", "LMC"): 0.0,
    ("AFR", "LIC"): 0.0,
    ("AMR", "HIC"): 0.80,
    ("AMR", "UMC"): 0.20,
    ("AMR", "LMC"): 0.20,
    ("AMR", "LIC"): 0.0,
    ("EMR", "HIC"): 0.95,
    ("EMR", "UMC"): 0.20,
    ("EMR", "LMC"): 0.0,
    ("EMR", "LIC"): 0.0,
    ("EUR", "HIC"): 0.98,
    ("EUR", "UMC"): 0.85,
    ("EUR", "LMC"): 0.50,
    ("SEAR", "UMC"): 0.10,
    ("SEAR", "LMC"): 0.01,
    ("SEAR", "LIC"): 0.0,
    ("WPR", "HIC"): 0.98,
    ("WPR", "UMC"): 0.0,
    ("WPR", "LMC"): 0.0,
}
BLOODSPOT_EXCEPTIONS = {
    "national programme, near complete": {
        "USA": 0.99, "CAN": 0.99, "CHN": 0.95, "THA": 0.95, "TUR": 0.97, "IRN": 0.95, "EGY": 0.90, "LKA": 0.90,
        "CUB": 0.99, "CRI": 0.98, "URY": 0.99, "CHL": 0.98, "UKR": 0.85, "BLR": 0.98,
    },
    "national programme, incomplete; Latin America has 16 of 20 countries with one, 6 of 20 reaching 90 %, "
    "12 of 20 reaching 70 %": {
        "ARG": 0.90, "BRA": 0.85, "COL": 0.80, "ECU": 0.80, "MEX": 0.90, "PAN": 0.78, "PRY": 0.75, "SLV": 0.72,
        "BOL": 0.30, "NIC": 0.20, "PER": 0.40, "VEN": 0.20, "GTM": 0.02, "HND": 0.02, "DOM": 0.02, "HTI": 0.0,
    },
    "partial programme or hospital-based": {
        "PHL": 0.75, "VNM": 0.45, "MYS": 0.60, "IDN": 0.20, "MNG": 0.40, "IND": 0.03, "BGD": 0.02, "PAK": 0.01,
        "NPL": 0.005, "MMR": 0.005, "LAO": 0.05, "JOR": 0.85, "LBN": 0.50, "TUN": 0.05, "MAR": 0.03, "IRQ": 0.10,
        "LBY": 0.05, "DZA": 0.01, "ZAF": 0.01, "NGA": 0.002, "GHA": 0.03, "AGO": 0.01, "BEN": 0.01, "PRK": 0.0,
        "UGA": 0.01, "TZA": 0.005, "COD": 0.002, "SYR": 0.05, "ALB": 0.20, "KGZ": 0.30, "TJK": 0.30,
        "JAM": 0.60, "GRD": 0.70, "LCA": 0.70, "DMA": 0.50, "VCT": 0.50, "SUR": 0.10, "BLZ": 0.05,
    },
}  # fmt: skip
BLOODSPOT_RANGE = 0.15  # half-width of the range where reach is partial, as a share of births

# Share of the programme's own births that it screens for haemoglobin disorders; 0 where nothing is known.
HAEMOGLOBIN_IN_BLOODSPOT = {
    "universal haemoglobin screening in the programme": {
        "USA": 1.0, "GBR": 1.0, "FRA": 1.0, "NLD": 1.0, "ESP": 1.0, "DEU": 1.0, "MLT": 1.0, "BRA": 1.0, "CRI": 1.0,
        "BHR": 1.0, "QAT": 1.0, "ARE": 1.0, "OMN": 0.9, "JAM": 1.0, "GRD": 1.0, "LCA": 1.0, "ATG": 1.0, "BHS": 1.0,
        "BRB": 1.0, "DMA": 1.0, "KNA": 1.0, "VCT": 1.0, "BLZ": 1.0, "TTO": 1.0,
    },
    "part of the country": {
        "CAN": 0.95, "BEL": 0.50, "ITA": 0.10, "PRT": 0.10, "IRL": 0.20, "COL": 0.10, "SAU": 0.15, "KWT": 0.30,
        "GUY": 0.30, "SUR": 0.50, "DOM": 0.50, "LBN": 0.10,
    },
    "the few programmes screen for sickle cell disease": {
        "NGA": 1.0, "GHA": 1.0, "AGO": 1.0, "BEN": 1.0, "UGA": 1.0, "TZA": 1.0, "COD": 1.0, "IND": 0.4,
    },
}  # fmt: skip
