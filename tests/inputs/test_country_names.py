"""What people call a country leads to its code, or to nothing where several may be meant."""

import pytest

from adoptsim.inputs.country_names import ALIASES, ISO2, OLYMPIC, nearest_country
from adoptsim.inputs.tables import read_table

NAMES = {row["iso3"]: row["name"] for row in read_table("countries")}

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("UK", "GBR"), ("England", "GBR"), ("GER", "DEU"), ("DRC", "COD"), ("South Korea", "KOR"), ("Russia", "RUS")),
        *(("Iran", "IRN"), ("USA", "USA"), ("US", "USA"), ("America", "USA"), ("Ivory Coast", "CIV"), ("UAE", "ARE")),
        *(("Swaziland", "SWZ"), ("Burma", "MMR"), ("Holland", "NLD"), ("Turkey", "TUR"), ("North Korea", "PRK")),
        *(("Laos", "LAO"), ("Syria", "SYR"), ("Vietnam", "VNM"), ("Tanzania", "TZA"), ("Moldova", "MDA")),
        *(("Cape Verde", "CPV"), ("cote d'ivoire", "CIV"), ("Turkiye", "TUR"), ("The Gambia", "GMB"), ("nga", "NGA")),
        *(("SUI", "CHE"), ("RSA", "ZAF"), ("NGX", "NGA"), ("Bolivia", "BOL"), ("Germny", "DEU"), ("u.s.a.", "USA")),
        *(("Korea", ""), ("NIG", ""), ("Taiwan", ""), ("Kosovo", ""), ("Atlantis", ""), ("Nigera", ""), ("XX", "")),
        *(("CHI", ""), ("MON", ""), ("CAM", ""), ("Saint", ""), ("", ""), ("x" * 1000, "")),
    ],
)
def test_names_and_codes_lead_to_the_country_or_to_none(text: str, code: str) -> None:
    assert nearest_country(text, NAMES) == code


def test_every_name_and_two_letter_code_leads_to_its_country() -> None:
    assert sorted(ISO2.values()) == sorted(NAMES)
    assert len(ISO2) == len(NAMES)
    for short, code in ISO2.items():
        assert nearest_country(short, NAMES) == nearest_country(short.lower(), NAMES) == code
    for code, name in NAMES.items():
        assert nearest_country(name, NAMES) == nearest_country(name.upper(), NAMES) == code
    known = {"AU": "AUS", "AT": "AUT", "CH": "CHE", "CN": "CHN", "SE": "SWE", "SV": "SLV", "ZA": "ZAF", "KP": "PRK"}
    assert known.items() <= ISO2.items()


def test_other_codes_and_aliases_hide_no_code_or_name() -> None:
    assert {*OLYMPIC.values(), *ALIASES.values()} <= set(NAMES)
    assert not set(OLYMPIC) & set(NAMES)


def test_units_of_an_own_table_are_found_by_name_and_id() -> None:
    own = {"N": "North", "NGA-KN": "Kano"}
    assert [nearest_country(text, own) for text in ("north", "Kano", "NGA-KNO", "NGA", "UK")] == [
        *("N", "NGA-KN", "NGA-KN", "", ""),
    ]
