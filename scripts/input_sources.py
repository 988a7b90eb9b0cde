"""What each shipped column is, who publishes it and under which licence: read by compile_inputs.py."""

from dataclasses import dataclass

WORLD_BANK = "World Bank, World Development Indicators"
UN = "United Nations DESA, World Population Prospects 2024"
PELOTAS = "International Center for Equity in Health, Federal University of Pelotas; files of September 2022"
CC_BY = "CC BY 4.0"
IGO = "CC BY 3.0 IGO"
WDI_URL = "https://data.worldbank.org/indicator/"
UN_URL = "https://population.un.org/wpp/"
SYSTEMA = "open-numbers/ddf--gapminder--systema_globalis"
FASTTRACK = "open-numbers/ddf--gapminder--fasttrack"
TB_REPORT = "GTB-TME/gtbreport2024"
WDI_2026 = "basicScandal/intelligent-economics"
HEALTH_ACCOUNTS = " (WHO Global Health Expenditure Database, as republished by the World Bank)"
NOT_WORLD_BANK = ("COK", "NIU")  # not in the World Bank's republication, so their health accounts may not ship


@dataclass(frozen=True)
class Source:
    """One publisher's series: which columns carry it, what it means, and on what terms it ships."""

    key: str
    columns: dict[str, str]  # shipped name -> column of the raw files
    definition: str
    unit: str
    publisher: str
    licence: str
    url: str
    carrier: str  # public repository the copy was taken from
    omit: tuple[str, ...] = ()  # countries whose raw value came from a source that may not ship


SOURCES = (
    Source("un.population", {"population": "population"}, "Total population, mid-year, medium variant", "persons",
           UN, IGO, UN_URL, f"{FASTTRACK}; {TB_REPORT} (COK, NIU)"),
    Source("un.births", {"births": "births"}, "Live births in the year", "births per year", UN, IGO, UN_URL,
           "PPgp/wpp2024"),
    Source("un.age_groups",
           {n: n for n in ("pop_share_0_4_pct", "pop_share_15_49_pct", "pop_share_30_69_pct", "pop_share_65plus_pct",
                           "women_15_49")},
           "Population by age; ends of the groups 15-49 and 30-69 split with the 2019 and 2022 revisions",
           "% of population; women in persons", UN, IGO, UN_URL,
           f"{TB_REPORT}; open-numbers/ddf--unpop--wpp_population"),
    Source("gapminder.gdp_v32", {"gdp_pc_ppp": "gdp_pc_ppp_gapminder"},
           "GDP per head at purchasing power parity, gaps filled and modelled by the publisher",
           "constant 2021 international $", "Gapminder, GDP per capita v32", CC_BY,
           "https://www.gapminder.org/data/documentation/gd001/", FASTTRACK),
    Source("gapminder.gini", {"gini_modelled": "gini_gapminder"}, "Gini index of income, modelled for every country",
           "0-100", "Gapminder", CC_BY, "https://www.gapminder.org/data/", SYSTEMA),
    Source("gapminder.geography",
           {"latitude": "latitude", "longitude": "longitude", "un_ldc": "un_ldc", "landlocked": "landlocked"},
           "Label point of the country; flags for least developed (UN) and landlocked countries", "degrees; 0 or 1",
           "Gapminder", CC_BY, "https://www.gapminder.org/data/geo/", SYSTEMA),
    Source("wdi.NY.GDP.PCAP.CD", {"gdp_pc_usd": "gdp_pc_current_usd"}, "GDP per head", "current US$", WORLD_BANK, CC_BY,
           WDI_URL + "NY.GDP.PCAP.CD", TB_REPORT),
    Source("wdi.SH.XPD.CHEX.PC.CD", {"health_exp_pc_usd": "health_exp_pc_usd"},
           "Current health expenditure per head" + HEALTH_ACCOUNTS, "current US$", WORLD_BANK, CC_BY,
           WDI_URL + "SH.XPD.CHEX.PC.CD", SYSTEMA, omit=NOT_WORLD_BANK),
    Source("wdi.SH.XPD.GHED.CH.ZS", {"gov_health_share_pct": "gov_health_exp_share_pct"},
           "Domestic general government health expenditure" + HEALTH_ACCOUNTS, "% of current health expenditure",
           WORLD_BANK, CC_BY, WDI_URL + "SH.XPD.GHED.CH.ZS", SYSTEMA, omit=NOT_WORLD_BANK),
    Source("wdi.SH.XPD.OOPC.CH.ZS", {"oop_share_pct": "oop_share_pct"}, "Out-of-pocket expenditure" + HEALTH_ACCOUNTS,
           "% of current health expenditure", WORLD_BANK, CC_BY, WDI_URL + "SH.XPD.OOPC.CH.ZS", SYSTEMA,
           omit=NOT_WORLD_BANK),
    Source("wdi.SH.MED.PHYS.ZS", {"physicians_per_1000": "physicians_per_1000"}, "Physicians, all kinds",
           "per 1000 people", WORLD_BANK, CC_BY, WDI_URL + "SH.MED.PHYS.ZS", SYSTEMA),
    Source("wdi.SP.POP.SCIE.RD.P6", {"researchers_per_million": "researchers_per_million"},
           "Researchers in R&D, full-time equivalents", "per million people", WORLD_BANK, CC_BY,
           WDI_URL + "SP.POP.SCIE.RD.P6", "akhyarthoriq/World-Research-Map"),
    Source("wdi.SE.TER.ENRR", {"tertiary_enrolment_pct": "tertiary_enrolment_gross_pct"},
           "Gross enrolment ratio in tertiary education; may exceed 100", "%", WORLD_BANK, CC_BY,
           WDI_URL + "SE.TER.ENRR", WDI_2026, omit=("COK",)),
    Source("wdi.IT.NET.USER.ZS", {"internet_pct": "internet_users_pct"}, "Individuals using the Internet",
           "% of population", WORLD_BANK, CC_BY, WDI_URL + "IT.NET.USER.ZS", SYSTEMA),
    Source("wdi.EG.ELC.ACCS.ZS", {"electricity_pct": "electricity_access_pct"}, "Access to electricity",
           "% of population", WORLD_BANK, CC_BY, WDI_URL + "EG.ELC.ACCS.ZS", WDI_2026),
    Source("wdi.SP.URB.TOTL.IN.ZS", {"urban_pct": "urban_pct"}, "Urban population", "% of population", WORLD_BANK,
           CC_BY, WDI_URL + "SP.URB.TOTL.IN.ZS", SYSTEMA),
    Source("wdi.SI.POV.GINI", {"gini": "gini"},
           "Gini index of income or consumption per head, latest survey; the welfare measure differs between countries",
           "0-100", WORLD_BANK, CC_BY, WDI_URL + "SI.POV.GINI", SYSTEMA),
    Source("wdi.SI.DST.FIFTHS", {f"income_share_q{q}": f"income_share_q{q}_pct" for q in range(1, 6)},
           "Share of income or consumption of each fifth, poorest first, same survey as the Gini index", "% of total",
           WORLD_BANK, CC_BY, WDI_URL + "SI.DST.FRST.20", SYSTEMA),
    Source("wdi.SH.DYN.AIDS.ZS", {"hiv_prevalence_pct": "hiv_prevalence_15_49_pct"},
           "HIV prevalence, ages 15-49 (UNAIDS); 0.1 means 0.1 or less", "% of ages 15-49", WORLD_BANK, CC_BY,
           WDI_URL + "SH.DYN.AIDS.ZS", "open-numbers/ddf--open_numbers--world_development_indicators",
           omit=("BLR", "CYP", "CZE", "GNQ", "IRN", "NIC", "POL", "STP", "TTO", "URY", "USA", "UZB")),
    Source("wgi.GE.EST", {"gov_effectiveness": "gov_effectiveness_wgi"}, "Government effectiveness, estimate",
           "index, about -2.5 to 2.5", "World Bank, Worldwide Governance Indicators, 2024 update", CC_BY,
           "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
           "timothym4r/Politics-and-Corruption-on-FDI-GDP-relation"),
    Source("undp.hdi", {"hdi": "hdi"}, "Human Development Index", "0-1", "UNDP, Human Development Report", IGO,
           "https://hdr.undp.org/data-center", SYSTEMA),
    Source("wb.income_group",
           {"income_group": "wb_income_group", "income_group_analytical": "wb_income_group_analytical"},
           "Income group of fiscal year 2026 (income per head of 2024); yearly analytical group for earlier years",
           "LIC, LMC, UMC, HIC", "World Bank, country and lending groups", CC_BY,
           "https://datahelpdesk.worldbank.org/knowledgebase/articles/906519", f"{WDI_2026}; {TB_REPORT}"),
    Source("iceh.skilled_birth", {f"skilled_birth_q{q}": "skilled_birth_attendance" for q in range(1, 6)},
           "Births attended by skilled health personnel, by household wealth fifth, poorest first; re-analysis of the "
           "latest DHS or MICS survey", "% of births", PELOTAS + ", via Gapminder", CC_BY, "https://www.equidade.org/",
           "open-numbers/ddf--gapminder--iceh_indicators"),
    Source("iceh.dtp3", {f"immunisation_q{q}": "dtp3_immunisation" for q in range(1, 6)},
           "Children with three doses of diphtheria-tetanus-pertussis vaccine, by household wealth fifth, poorest "
           "first (covers 107 countries; full immunisation 104)", "% of children", PELOTAS + ", via Gapminder", CC_BY,
           "https://www.equidade.org/", "open-numbers/ddf--gapminder--iceh_indicators"),
)  # fmt: skip

# Sources of the tables that do not come from the raw country files: key, columns, definition, unit, publisher, licence,
# url, years, coverage, carrier.
OTHER_SOURCES = (
    ("who.membership", "name who_region", "Member States of WHO, names in use and regions; Indonesia in SEAR as in the "
     "2024 reports", "text", "World Health Organization", "facts", "https://www.who.int/countries", "2024", "194",
     TB_REPORT),
    ("bea.gdp_deflator", "deflator", "Implicit price deflator of US GDP, mean of four quarters", "2017 = 100",
     "US Bureau of Economic Analysis, account A191RD", "public domain", "https://fred.stlouisfed.org/series/GDPDEF",
     "1990-2024", "1", "three public copies of GDPDEF.csv that agree"),
    ("modell_darlison_2008", "sickle_per_1000 thalassaemia_per_1000 haemoglobin_carriers_pct",
     "Affected conceptions per 1000 and carriers of a significant haemoglobin variant by WHO region, quoted from the "
     "table", "per 1000; % of population", "Modell and Darlison, Bulletin of the World Health Organization 2008;86:480",
     "facts quoted with citation", "https://doi.org/10.2471/BLT.06.036673", "2003", "194 by region", ""),
    ("estimate", "ancestry hta_body bloodspot_programme haemoglobin_in_bloodspot income_group_note",
     "Documented estimates: rules by region and income group with exceptions from general knowledge; the basis of each "
     "is in estimates.csv", "share or probability, 0-1", "The adoptsim authors", CC_BY, "estimates.csv", "2025", "194",
     ""),
)  # fmt: skip
