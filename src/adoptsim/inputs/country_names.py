"""What people call countries, and the ISO3 code that they mean."""

import unicodedata
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from adoptsim.inputs.errors import LONGEST, nearest_name

__all__ = ["ALIASES", "ISO2", "NEAR", "OLYMPIC", "nearest_country"]

TWO_LETTERS = """
    AF-AFG AO-AGO AL-ALB AD-AND AE-ARE AR-ARG AM-ARM AG-ATG AU-AUS AT-AUT AZ-AZE BI-BDI BE-BEL BJ-BEN BF-BFA BD-BGD
    BG-BGR BH-BHR BS-BHS BA-BIH BY-BLR BZ-BLZ BO-BOL BR-BRA BB-BRB BN-BRN BT-BTN BW-BWA CF-CAF CA-CAN CH-CHE CL-CHL
    CN-CHN CI-CIV CM-CMR CD-COD CG-COG CK-COK CO-COL KM-COM CV-CPV CR-CRI CU-CUB CY-CYP CZ-CZE DE-DEU DJ-DJI DM-DMA
    DK-DNK DO-DOM DZ-DZA EC-ECU EG-EGY ER-ERI ES-ESP EE-EST ET-ETH FI-FIN FJ-FJI FR-FRA FM-FSM GA-GAB GB-GBR GE-GEO
    GH-GHA GN-GIN GM-GMB GW-GNB GQ-GNQ GR-GRC GD-GRD GT-GTM GY-GUY HN-HND HR-HRV HT-HTI HU-HUN ID-IDN IN-IND IE-IRL
    IR-IRN IQ-IRQ IS-ISL IL-ISR IT-ITA JM-JAM JO-JOR JP-JPN KZ-KAZ KE-KEN KG-KGZ KH-KHM KI-KIR KN-KNA KR-KOR KW-KWT
    LA-LAO LB-LBN LR-LBR LY-LBY LC-LCA LK-LKA LS-LSO LT-LTU LU-LUX LV-LVA MA-MAR MC-MCO MD-MDA MG-MDG MV-MDV MX-MEX
    MH-MHL MK-MKD ML-MLI MT-MLT MM-MMR ME-MNE MN-MNG MZ-MOZ MR-MRT MU-MUS MW-MWI MY-MYS NA-NAM NE-NER NG-NGA NI-NIC
    NU-NIU NL-NLD NO-NOR NP-NPL NR-NRU NZ-NZL OM-OMN PK-PAK PA-PAN PE-PER PH-PHL PW-PLW PG-PNG PL-POL KP-PRK PT-PRT
    PY-PRY QA-QAT RO-ROU RU-RUS RW-RWA SA-SAU SD-SDN SN-SEN SG-SGP SB-SLB SL-SLE SV-SLV SM-SMR SO-SOM RS-SRB SS-SSD
    ST-STP SR-SUR SK-SVK SI-SVN SE-SWE SZ-SWZ SC-SYC SY-SYR TD-TCD TG-TGO TH-THA TJ-TJK TM-TKM TL-TLS TO-TON TT-TTO
    TN-TUN TR-TUR TV-TUV TZ-TZA UG-UGA UA-UKR UY-URY US-USA UZ-UZB VC-VCT VE-VEN VN-VNM VU-VUT WS-WSM YE-YEM ZA-ZAF
    ZM-ZMB ZW-ZWE
"""
# codes of sports that are no ISO3 codes; CAM, CHI, MON, NIG and SLO may mean several countries
OF_SPORTS = """
    ALG-DZA ANG-AGO ANT-ATG BAH-BHS BAN-BGD BAR-BRB BHU-BTN BIZ-BLZ BOT-BWA BRU-BRN BUL-BGR CGO-COG CHA-TCD CRC-CRI
    CRO-HRV DEN-DNK ESA-SLV FIJ-FJI GAM-GMB GBS-GNB GEQ-GNQ GER-DEU GRE-GRC GRN-GRD GUA-GTM GUI-GIN HAI-HTI HON-HND
    INA-IDN IRI-IRN KSA-SAU KUW-KWT LAT-LVA LBA-LBY LES-LSO MAD-MDG MAS-MYS MAW-MWI MGL-MNG MRI-MUS MTN-MRT MYA-MMR
    NCA-NIC NED-NLD NEP-NPL NGR-NGA OMA-OMN PAR-PRY PHI-PHL POR-PRT ROM-ROU RSA-ZAF SAM-WSM SEY-SYC SIN-SGP SKN-KNA
    SOL-SLB SRI-LKA SUD-SDN SUI-CHE TAN-TZA TGA-TON TOG-TGO TRI-TTO URU-URY VAN-VUT VIE-VNM VIN-VCT ZAM-ZMB ZIM-ZWE
"""
ISO2, OLYMPIC = (dict(pair.split("-") for pair in codes.split()) for codes in (TWO_LETTERS, OF_SPORTS))
ALIASES = {
    **dict.fromkeys(("uk", "united kingdom", "great britain", "britain", "england", "scotland", "wales"), "GBR"),
    **dict.fromkeys(("northern ireland",), "GBR"),
    **dict.fromkeys(("usa", "us", "america", "united states", "u s", "u s a"), "USA"),
    **dict.fromkeys(("drc", "dr congo", "congo kinshasa", "zaire"), "COD"),
    **dict.fromkeys(("congo brazzaville", "republic of the congo"), "COG"),
    **{"south korea": "KOR", "north korea": "PRK", "dprk": "PRK", "russia": "RUS", "ivory coast": "CIV"},
    **{"swaziland": "SWZ", "burma": "MMR", "holland": "NLD", "turkey": "TUR", "uae": "ARE", "emirates": "ARE"},
    **{"laos": "LAO", "syria": "SYR", "vietnam": "VNM", "tanzania": "TZA", "moldova": "MDA", "cape verde": "CPV"},
    **{"brunei": "BRN", "czech republic": "CZE", "east timor": "TLS", "macedonia": "MKD", "bosnia": "BIH"},
    **{"car": "CAF", "trinidad": "TTO", "st lucia": "LCA", "st vincent": "VCT", "st kitts and nevis": "KNA"},
}
MANY = 1 << 16  # names that are remembered
SHORT = 3  # letters of a code
NEAR, APART = 0.8, 0.05  # how alike a misspelt name must be, and how much more alike than the next


def nearest_country(text: str, countries: Mapping[str, str]) -> str:
    """The code in ``countries`` (code -> name) that is meant by a name, another code or a misspelling; "" if none is.

    Where several may be meant, as by NIG, none is.
    """
    if len(text) > LONGEST:
        return ""
    by_code = {code.casefold(): code for code in countries}
    by_name = {_plain(name): code for code, name in countries.items()}
    by_name |= {_plain(name.split(" (")[0]): code for code, name in countries.items()}
    other = ISO2.get(text.upper()) or OLYMPIC.get(text.upper()) or ALIASES.get(_plain(text)) or ""
    found = by_code.get(text.casefold()) or by_name.get(_plain(text)) or (other if other in countries else "")
    if found:
        return found
    if len(text) <= SHORT:
        return _one_letter_off(text.upper(), countries)
    inside = {code for name, code in by_name.items() if f" {_plain(text)} " in f" {name} "}
    if len(inside) == 1:
        return inside.pop()
    ids = [code for code in countries if len(code) > SHORT]
    return ("" if inside else _misspelt(_plain(text), by_name)) or nearest_name(text, ids)


@lru_cache(maxsize=MANY)
def _plain(name: str) -> str:
    """A name without accents, signs, capitals and a leading article."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(kept.split()).removeprefix("the ")


def _one_letter_off(text: str, codes: Collection[str]) -> str:
    near = [c for c in codes if len(c) == len(text) == SHORT and sum(a != b for a, b in zip(c, text, strict=True)) == 1]
    return near[0] if len(near) == 1 else ""


def _misspelt(text: str, by_name: Mapping[str, str]) -> str:
    near = get_close_matches(text, by_name, n=2, cutoff=NEAR)
    ratios = [SequenceMatcher(None, name, text).ratio() for name in near]
    alone = len({by_name[name] for name in near}) == 1 or (len(near) > 1 and ratios[0] - ratios[1] >= APART)
    return by_name[near[0]] if alone else ""
