"""Whatever is wrong with a file is told with its place, what is allowed and the nearest right name."""

import os
from pathlib import Path

import pytest

from adoptsim.experiment.files.load import load_experiment, load_question, load_scenario
from adoptsim.inputs.errors import InputError, Problem

HERE = "@@"  # stands in the texts below where the problem must be reported
ONE = "name: a\nlevers:\n  pooled_procurement:\n    level: 2\n"

pytestmark = pytest.mark.fast


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load_question(path)
    return caught.value.problems


def only_problem(tmp_path: Path, text: str) -> Problem:
    """The one problem of a text; its place must be where the mark stands."""
    clean = text.replace(HERE, "")
    path = tmp_path / "wrong.yaml"
    path.write_text(clean, encoding="utf-8")
    found = problems(path)
    assert len(found) == 1, "\n".join(map(str, found))
    before = text[: text.index(HERE)]
    assert (found[0].file, found[0].line, found[0].column) == (
        str(path),
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
    )
    return found[0]


CASES = {
    "unknown field": ("name: a\n@@titel: b\n", "titel", "title, description", "title"),
    "misspelt outcome": (
        "name: a\noutcomes: [useful_access.gini.mean, @@useful_access.slope_indx@2045]\n",
        "useful_access.slope_indx@2045", "an outcome with .mean or @2045", "useful_access.slope_index@2045",
    ),
    "outcome of another year": (
        "name: a\nquarters: 8\noutcomes: [@@useful_access.TI@2045]\n",
        "useful_access.TI@2045", "@2027", "useful_access.TI@2027",
    ),
    "outcome without a time": (
        "name: a\noutcomes: [@@people_reached]\n", "people_reached", ".mean or @2045", "people_reached@2045",
    ),
    "misspelt outcome of an experiment": (
        "name: a\noutcomes: [@@useful_access.gni@2027]\nscenarios: [{name: b, quarters: 8}]\n",
        "useful_access.gni@2027", "@2027", "useful_access.gini@2027",
    ),
    "outcomes that are no list": (
        "name: a\noutcomes: @@useful_access.gini.mean\n", "useful_access.gini.mean",
        "a list of outcomes", "[useful_access.gini.mean]",
    ),
    "unknown field of a lever": (ONE + "    @@strat: 2026\n", "strat", "start, ramp", "start"),
    "unknown field of targets": (ONE + "    targets: {@@region: [AFR]}\n", "region", "regions, incomes", "regions"),
    "misspelt lever": (
        "name: a\nlevers:\n  @@pooled_procurment: {level: 1}\n", "pooled_procurment", "", "pooled_procurement",
    ),
    "level too high": (ONE.replace("2", "@@9"), "9", "from 0 (none) to 4", ""),
    "level half": (ONE.replace("2", "@@1.5"), "1.5", "a whole number", ""),
    "level as text": (ONE.replace("2", '@@"2"'), "2", "a whole number", ""),
    "level yes": (ONE.replace("2", "@@true"), "true", "a whole number", ""),
    "intensity too high": (ONE.replace("level: 2", "intensity: @@150 %"), "150 %", "from 0 to 1", ""),
    "intensity below": (ONE.replace("level: 2", "intensity: @@-0.1"), "-0.1", "from 0 to 1", ""),
    "intensity not finite": (ONE.replace("level: 2", "intensity: @@.nan"), "nan", "from 0 to 1", ""),
    "wrong currency": (
        ONE.replace("level: 2", "budget: @@50 million EUR"), "50 million EUR", "2024 US$", "",
    ),
    "no price year": (ONE.replace("level: 2", "budget: @@50 million USD"), "50 million USD", "", "50 million USD2024"),
    "millions forgotten": (ONE.replace("level: 2", "budget: @@50"), "50", "at least 1,000", ""),
    "wrong unit": (ONE.replace("level: 2", "budget: @@a lot"), "a lot", "constant 2024 US$", ""),
    "two strengths": (ONE + "    @@budget: 5 million USD2024\n", "level and budget", "exactly one", ""),
    "no strength": ("name: a\nlevers:\n  @@pooled_procurement:\n    start: 2026\n", "", "exactly one", ""),
    "strength left empty": ("name: a\nlevers:\n  @@pooled_procurement:\n    level:\n", "", "exactly one", ""),
    "no strength in a list": (
        "name: a\nlevers:\n  data_sharing:\n    - level: 1\n    - @@ramp: 3\n", "", "exactly one", "",
    ),
    "start between quarters": (ONE + "    start: @@2026.1\n", "2026.1", "a quarter", ""),
    "end before start": (ONE + "    start: 2030\n    end: @@2029\n", "2029", "after the start", ""),
    "ramp as word": (ONE + "    ramp: @@slow\n", "slow", "years from", ""),
    "unknown country": (ONE + "    targets: {countries: [NGA, @@NGX]}\n", "NGX", "not an ISO3 code", "NGA"),
    "NO for Norway": (ONE + "    targets: {countries: [NGA, @@NO]}\n", "NO", "not an ISO3 code", "NOR"),
    "Norway by name": (ONE + "    targets: {countries: [@@Norway]}\n", "Norway", "not an ISO3 code", "NOR"),
    "country of several names": (
        ONE + "    targets: {countries: [@@NIG]}\n", "NIG", "see 'adoptsim list countries'", "",
    ),
    "country in lower case": (ONE + "    targets: {countries: [@@nga]}\n", "nga", "not an ISO3 code", "NGA"),
    "country without list": (ONE + "    targets: {countries: @@NGA}\n", "NGA", "a list", "[NGA]"),
    "unknown region": (ONE + "    targets: {regions: [@@AFRO]}\n", "AFRO", "AFR, AMR", "AFR"),
    "unknown income group": (ONE + "    targets: {incomes: [@@LICS]}\n", "LICS", "LIC, LMC", "LIC"),
    "unknown application": ("name: a\napplications: [@@newborn_sikle]\n", "newborn_sikle", "", "newborn_sickle"),
    "application of a target": (ONE + "    targets: {applications: [@@sickle]}\n", "sickle", "one", "newborn_sickle"),
    "unknown parameter": ("name: a\nparameters: {@@pool.fe: 0.05}\n", "pool.fe", "list parameters", "pool.fee"),
    "parameter that shares only its prefix": (
        "name: a\nparameters: {@@fund.grants: 5}\n", "fund.grants", "list parameters", "",
    ),
    "parameter with a misspelt prefix": ("name: a\nparameters: {@@pol.fee: 5 %}\n", "pol.fee", "", "pool.fee"),
    "parameter out of bounds": ("name: a\nparameters: {pool.fee: @@5}\n", "5", "from 0.0", "5 %"),
    "parameter as text": ("name: a\nparameters: {pool.fee: @@much}\n", "much", "from 0.0", ""),
    "trait out of bounds": ("name: a\nparameters: {newborn_sickle.price: @@-1}\n", "-1", "from ", ""),
    "duplicate key": ("name: a\ntitle: b\n@@title: c\n", "title", "stands at line 2", ""),
    "duplicate lever": (ONE + "  @@pooled_procurement: {level: 1}\n", "pooled_procurement", "stands at line 3", ""),
    "name is missing": ("@@title: b\n", "", "this field is needed", ""),
    "name with a slash": ("name: @@a/b\n", "a/b", "folder name", ""),
    "name is a number": ("name: @@12\n", "12", "letters, digits", ""),
    "uncertainty": ("name: a\nuncertainty: @@centrl\n", "centrl", "or central", "central"),
    "quarters": ("name: a\nquarters: @@0\n", "0", "from 1 to 400", ""),
    "start year": ("name: a\nstart_year: @@1066\n", "1066", "from 1990", ""),
    "schema version": ("schema_version: @@2\nname: a\n", "2", "the number 1", ""),
    "levers as list": ("name: a\nlevers: @@[pooled_procurement]\n", "pooled_procurement", "levers by name", ""),
    "lever as number": (
        "name: a\nlevers: {data_sharing: @@3}\n", "3", "the fields of the lever, such as {level: 3}", "{level: 3}",
    ),
    "unknown table": ("name: a\ntables: {@@countris: a.csv}\n", "countris", "countries", "countries"),
    "missing table": ("name: a\ntables: {countries: @@no.csv}\n", "no.csv", "no such file", ""),
    "missing application": ("name: a\napplications: [@@mine.yaml]\n", "mine.yaml", "no such file", ""),
    "tag that runs code": ("name: a\ntitle: @@!!python/name:os.getcwd ''\n", "python/name:os.getcwd", "tags", ""),
    "not YAML": ("name: a\nlevers: a: @@b\n".replace("a: @@b", "a@@: b"), "levers: a: b", "not YAML", ""),
    "unclosed list": ("name: a\napplications: [newborn_sickle\n@@", "", "not YAML", ""),
    "tab": ("name: a\n@@\ttitle: b\n", "title: b", "a tab stands here; indent with spaces", ""),
    "indented": (
        "name: a\nlevers:\n   advocacy: {level: 1}\n  @@retention: {level: 2}\n",
        "retention: {level: 2}",
        "indent this line as those beside it",
        "",
    ),
    "two documents": ("name: a\n@@---\nname: b\n", "---", "not YAML", ""),
    "a list": ("@@- a\n- b\n", "a, b", "fields such as", ""),
    "a word": ("@@hello\n", "hello", "fields such as", ""),
    "empty": ("@@", "", "empty", ""),
    "only a comment": ("@@# nothing\n", "", "empty", ""),
    "aliases that multiply": (
        "@@a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{n}: &{n} [{', '.join(['*' + m] * 9)}]\n" for m, n in zip("abcdefg", "bcdefgh", strict=True)),
        "", "20,000 values", "",
    ),
    "alias of itself": ("@@a: &a [*a]\n", "", "20 levels", ""),
    "a block too large": (
        "name: e\nscenarios: [{name: a}]\ndesign: {table: none.csv, block: @@8192}\n", "8192", "1 to 4,096", "",
    ),
    "a billion worlds": (
        "name: e\nscenarios: [{name: a}]\nworlds: @@1000000000\n", "1000000000", "1 to 10,000,000 (more fills", "",
    ),
    "no worlds": ("name: e\nscenarios: [{name: a}]\nworlds: @@0\n", "0", "from 1", ""),
    "negative seed": ("name: e\nscenarios: [{name: a}]\nseed: @@-1\n", "-1", "0 or more", ""),
    "unknown reference": ("name: e\nscenarios: [{name: one}]\nreference: @@on\n", "on", "one of one", "one"),
    "no scenarios": ("name: e\nscenarios: @@[]\n", "", "a list; each item", ""),
    "scenario twice": ("name: e\nscenarios:\n  - {name: a}\n  - @@{name: a}\n", "a", "names must differ", ""),
    "another horizon": (
        "name: e\nscenarios:\n  - {name: a}\n  - @@{name: b, quarters: 40}\n", "2025, 40 quarters", "same number", "",
    ),
    "missing scenario file": ("name: e\nscenarios: [@@wrong.yml]\n", "wrong.yml", "no such file", ""),
    "scenario is a number": ("name: e\nscenarios: [@@3]\n", "3", "the path of a scenario file", ""),
    "percentage in another word": (ONE.replace("level: 2", "intensity: @@50 percent"), "50 percent", "0 to 1", "50 %"),
    "thousands of per cent": (ONE.replace("level: 2", "intensity: @@1 thousand %"), "1 thousand %", "0 to 1", ""),
    "share as quoted number": (ONE.replace("level: 2", 'intensity: @@"0.5"'), "0.5", "0 to 1", "50 %"),
    "commas in money": (
        ONE.replace("level: 2", "budget: @@1,000,000 USD2024"), "1,000,000 USD2024", "2024 US$", "1000000 USD2024",
    ),
    "ramp in months": (ONE + "    ramp: @@6 months\n", "6 months", "years from", "0.5 years"),
    "parameter in a wrong unit": (
        "name: a\nparameters: {fund.world_total: @@40 million EUR}\n", "40 million EUR",
        "from 40 million USD2024 to 300 million USD2024 a year", "",
    ),
    "a list of what is no list of countries": (
        ONE + "    targets: {countries: @@Nigeria}\n", "Nigeria", "a list of ISO3", "",
    ),
    "two countries without brackets": (
        ONE + "    targets:\n      countries: @@NGA, NOR\n", "NGA, NOR", "a list of ISO3", "[NGA, NOR]",
    ),
    "lever as percentage": (
        "name: a\nlevers: {data_sharing: @@50 %}\n", "50 %", "the fields of", "{intensity: 50 %}",
    ),
    "lever as a number of no level": ("name: a\nlevers: {data_sharing: @@7}\n", "7", "levers by name", ""),
    "schedule in per cent": (ONE + "    schedule: {2026: @@10}\n", "10", "by year", "10 %"),
    "intensity in per cent": (ONE.replace("level: 2", "intensity: @@60"), "60", "0 to 1", "60 %"),
    "intensity a little above": (ONE.replace("level: 2", "intensity: @@1.2"), "1.2", "0 to 1", ""),
    "intensity in more than all": (ONE.replace("level: 2", "intensity: @@600"), "600", "0 to 1", ""),
    "shock in per cent": (
        "name: a\nshocks: {epidemic: {size: @@50, start: 2030}}\n", "50", "share of laboratories", "50 %",
    ),
    "quarters in years": ("name: a\nquarters: @@20 years\n", "20 years", "a whole number of quarters", "80"),
    "quarters in too many years": ("name: a\nquarters: @@200 years\n", "200 years", "from 1 to 400", ""),
    "budget in per cent": (ONE.replace("level: 2", "budget: @@5 %"), "5 %", "2024 US$", ""),
    "budget in mio": (ONE.replace("level: 2", "budget: @@60 mio USD2024"), "60 mio USD2024", "", "60 million USD2024"),
    "budget of another year": (ONE.replace("level: 2", "budget: @@60 million USD2020"), "60 million USD2020", "", ""),
    "budget too small": (ONE.replace("level: 2", "budget: @@60 USD2024"), "60 USD2024", "at least 1,000", ""),
    "budget too small in another spelling": (ONE.replace("level: 2", "budget: @@60 USD"), "60 USD", "1,000", ""),
    "ramp in more months": (ONE + "    ramp: @@18 months\n", "18 months", "years from", "1.5 years"),
    "ramp in too many years": (ONE + "    ramp: @@720 months\n", "720 months", "years from", ""),
    "ramp with a comma": (ONE + "    ramp: @@1,500 years\n", "1,500 years", "years from", ""),
    "parameter in shares": ("name: a\nparameters: {pool.fee: @@0.05 share}\n", "0.05 share", "from 0.0", "5 %"),
    "parameter in shares out of bounds": ("name: a\nparameters: {pool.fee: @@0.5 share}\n", "0.5 share", "from", ""),
    "parameter percent out of bounds": ("name: a\nparameters: {pool.fee: @@500 %}\n", "500 %", "such as '", ""),
    "parameter that holds a list": ("name: a\nparameters: {pool.fee: @@[1]}\n", "1", "within the bounds", ""),
    "misspelt shock": ("name: a\nshocks: {@@price_jmp: {size: 1, start: 2030}}\n", "price_jmp", "", "price_jump"),
    "shock without start": ("name: a\nshocks:\n  price_jump: @@{size: 1}\n", "", "needed: the year in which", ""),
    "shock too large": (
        "name: a\nshocks: {epidemic: {size: @@150 %, start: 2030}}\n", "150 %",
        "from 0 to 1 (0 % to 100 %): share of", "",
    ),
    "shock below zero": ("name: a\nshocks: {epidemic: {size: @@-1, start: 2030}}\n", "-1", "a percentage", ""),
    "shock that ends before": (
        "name: a\nshocks: {epidemic: {size: 1, start: 2030, end: @@2030}}\n", "2030", "after the start", "",
    ),
    "misspelt investment": ("name: a\ninvestments: {@@newborn_sickel: {}}\n", "newborn_sickel", "", "newborn_sickle"),
    "investment that begins in mid-year": (
        "name: a\ninvestments: {thalassaemia: {start: @@2027.5}}\n", "2027.5", "a whole one", "",
    ),
    "investment that ends before": (
        "name: a\ninvestments: {thalassaemia: {end: @@2027}}\n", "2027", "a whole year after the start", "",
    ),
    "payer of an investment": (
        "name: a\ninvestments: {thalassaemia: {payer: @@outsid}}\n", "outsid", "domestic (the treasury", "outside",
    ),
    "share of an investment in per cent": (
        "name: a\ninvestments: {thalassaemia: {share: @@80}}\n", "80", "share of what tests", "80 %",
    ),
    "phase-out of a treasury": (
        "name: a\ninvestments: {thalassaemia: {phase_out: @@{2030: 0}}}\n", "2030", "give 'payer: outside'", "",
    ),
    "nothing to take over": (
        "name: a\ninvestments: {thalassaemia: {payer: outside, taken_over: @@1}}\n", "1", "without a phase_out", "",
    ),
    "target of an investment": (
        "name: a\ninvestments: {thalassaemia: {targets: {@@applications: [thalassaemia]}}}\n", "applications",
        "regions, incomes, countries", "",
    ),
    "strength of a shock": (
        "name: a\nshocks: {epidemic: {size: 1, start: 2030, @@level: 2}}\n", "level", "size, start, end, targets", "",
    ),
    "schedule and start": (
        ONE + "    @@start: 2026\n    schedule: {2026: 0 %, 2030: 1}\n", "start", "a schedule takes the place", "",
    ),
    "schedule above all": (ONE + "    schedule: {2026: 0 %, 2030: @@101 %}\n", "101 %", "0 % to 100 %, by year", ""),
    "schedule by word": (ONE + "    schedule: {@@soon: 0 %}\n", "soon", "by year", ""),
    "schedule between quarters": (ONE + "    schedule: {@@2026.1: 0 %}\n", "2026.1", "by year", ""),
    "schedule with a year twice": (
        ONE + "    schedule: @@{2026: 0 %, 2026.0: 1}\n", "2026, 2026.0", "stands here twice", "",
    ),
    "schedule without years": (ONE + "    schedule: @@{}\n", "", "by year", ""),
    "lever emptied without a parent": ("name: a\nlevers:\n  @@data_sharing:\n", "", "here nothing is", ""),
    "merge key": ("name: a\nlevers: {data_sharing: {level: 1, @@<<: {ramp: 2}}}\n", "<<", "'extends' takes over", ""),
    "number beyond all": ("name: a\nquarters: @@1e400\n", "inf", "a whole number of quarters", ""),
    "number of 5000 digits": ("name: a\nquarters: @@" + "9" * 5000 + "\n", "9" * 57 + "...", "cannot be read", ""),
    "number of 400 digits": ("name: a\nstart_year: @@" + "9" * 400 + "\n", "9" * 57 + "...", "too large", ""),
    "hexadecimal beyond all": (
        "name: a\nstart_year: @@0x" + "f" * 5000 + "\n", "0x" + "f" * 55 + "...", "too large", "",
    ),
    "text that clears the screen": ('name: a\ntitle: @@"\\e[2J"\n', "?[2J", "cannot be printed", ""),
    "text with half a character": ('name: a\ntitle: @@"\\ud800"\n', "?", "cannot be printed", ""),
    "nested too deep": ("@@name: " + "[" * 2000 + "\n", "", "nested too deep", ""),
    "a very long line": ("name: a\n" + "x" * 5000 + "@@: 1\n", "x" * 57 + "...", "not YAML", ""),
    "missing design": (
        "name: e\nscenarios: [{name: a}]\ndesign: {table: @@rows.csv}\n", "rows.csv", "no such file", "",
    ),
    "field of a design": (
        "name: e\nscenarios: [{name: a}]\ndesign: {table: e.csv, @@bloc: 2}\n", "bloc", "table, block", "block",
    ),
    "kept too much": ("name: e\nscenarios: [{name: a}]\nkeep: @@group\n", "group", "of outcomes, groups", "groups"),
    "more than can be kept": (
        "name: e\nscenarios: [{name: a}]\nworlds: 100000\nkeep: @@trajectories\n",
        "trajectories", "'keep: countries' are wanted", "",
    ),
    "too many runs": (
        "name: e\nworlds: @@10000000\nscenarios: [" + ", ".join(f"{{name: s{i}}}" for i in range(11)) + "]\n",
        "10,000,000 worlds", "110,000,000 runs; at most 100,000,000", "",
    ),
    "extends nothing": ("name: a\nextends: @@baseline\n", "baseline", "no such file", ""),
    "extends a list": ("name: a\nextends: @@[b]\n", "b", "the path of one scenario file", ""),
    "extends itself": ("name: a\nextends: @@wrong\n", "wrong", "in a circle: wrong.yaml -> wrong.yaml", ""),
    "field of an inline scenario": ("name: e\nscenarios: [{name: a, @@lever: {}}]\n", "lever", "levers", "levers"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_place_value_allowed_and_nearest(tmp_path: Path, case: str) -> None:
    text, value, allowed, nearest = CASES[case]
    found = only_problem(tmp_path, text)
    assert (found.value, found.nearest) == (value, nearest), found
    assert allowed in found.allowed, found


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3]])
def test_what_is_suggested_is_accepted(tmp_path: Path, case: str) -> None:
    text, value, _, nearest = CASES[case]
    before, after = text.replace(f'"{value}"', value).split(HERE)
    assert after.startswith(value)
    path = tmp_path / "right.yaml"
    path.write_text(before + nearest + after.removeprefix(value), encoding="utf-8")
    here = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    found: tuple[Problem, ...] = ()
    try:
        load_question(path)
    except InputError as error:  # a table that is not there
        found = error.problems
    assert here not in [(p.line, p.column) for p in found]


def test_codes_of_an_own_table_are_named_with_the_table(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id,region,income,population,births,gdp_pc_usd\nN,AFR,LIC,4000000,140000,700\n")
    found = only_problem(
        tmp_path, "name: a\ntables: {countries: own.csv}\nlevers:\n  data_sharing:\n    level: 2\n"
        "    targets: {countries: [@@NGA]}\n",
    )  # fmt: skip
    assert (found.allowed, found.nearest) == ("one of the codes in own.csv: N", "")


def test_a_file_without_its_ending_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text("name: a\n")
    for asked in ("baseline", "baselin.yaml", "base.line"):
        (found,) = problems(tmp_path / asked)
        assert (found.value, found.nearest) == (asked, str(tmp_path / "baseline.yaml"))
    assert problems(tmp_path / "other.yaml")[0].nearest == ""
    assert problems(tmp_path / "no/other.yaml")[0].nearest == ""


def test_a_table_with_another_separator_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;region;income\nN;AFR;LIC\n")
    path = tmp_path / "a.yaml"
    path.write_text("name: a\ntables: {countries: a.csv}\n")
    (found,) = problems(path)
    assert found.allowed == "expected columns separated by commas, not by semicolons"


def test_an_unknown_column_is_told_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "hubs.csv").write_text("name,host,note\nA,KEN,x\n")
    (tmp_path / "a.csv").write_text("id,region,income,population,births,gdp_pc_usd,doctors\nN,AFR,LIC,4e6,14e4,700,1\n")
    path = tmp_path / "a.yaml"
    path.write_text("name: a\ntables: {hubs: hubs.csv}\n")
    assert problems(path)[0].allowed == "expected one of the columns name, host, basis"
    path.write_text("name: a\ntables: {countries: a.csv}\n")
    assert "docs/files.md" in problems(path)[0].allowed


def test_what_is_wrong_with_own_tables_and_with_what_names_them_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "id,region,income,population,births,gdp_pc_usd\nN,AFR,LIC,4e6,14e4,700\nS,AFRO,LIC,many,14e4,700\n"
    )
    (tmp_path / "traders.csv").write_text("name,home\nA,N\nB,X\n")
    (tmp_path / "makers.csv").write_text("name,platform,source,share\nA,none,multi,-1\n")
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: a\nquarters: none\noutcomes: [useful_access.gni.mean, useful_access.gini@2031]\n"
        "tables: {countries: own.csv, distributors: traders.csv, manufacturers: makers.csv, hubs: no.csv}\n"
        "levers: {data_sharing: {level: 2, targets: {countries: [N, S, NGA]}}}\n"
    )
    told = [(Path(p.file).name, p.line, p.value) for p in problems(path)]
    assert told == [
        ("a.yaml", 2, "none"),
        ("a.yaml", 3, "useful_access.gni.mean"),
        ("a.yaml", 4, "no.csv"),
        ("a.yaml", 5, "NGA"),
        ("own.csv", 3, "AFRO"),
        ("own.csv", 3, "many"),
        ("traders.csv", 3, "X"),
        ("makers.csv", 2, "none"),
        ("makers.csv", 2, "-1"),
    ]


def test_names_of_tables_and_applications_that_cannot_be_read_are_not_refused(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id;region\nN;AFR\n")
    (tmp_path / "mine.yaml").write_text("id: mine\n")
    (tmp_path / "hubs.csv").write_text("name,host\nA,N\n")
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: a\ntables: {countries: own.csv, hubs: hubs.csv}\napplications: [mine.yaml]\n"
        "parameters: {mine.linkage: 0.5, mine.x: 1}\n"
        "levers: {data_sharing: {level: 2, targets: {countries: [N], applications: [mine]}}}\n"
    )
    found = problems(path)
    assert [p.value for p in found if p.file == str(path)] == ["mine.x"]
    assert not [p for p in found if p.file.endswith("hubs.csv")]


def test_every_problem_of_a_file_is_told_at_once_from_top_to_bottom(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(
        "name: a\ntitel: b\nlevers:\n  pooled: {level: 9}\n  data_sharing: {ramp: x}\nquarters: 0\nname: c\n"
    )
    found = problems(path)
    assert [(p.line, p.column) for p in found] == [(2, 1), (4, 3), (4, 19), (5, 3), (5, 24), (6, 11), (7, 1)]


def test_problems_of_scenario_files_name_those_files(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "experiments").mkdir()
    (tmp_path / "configs/bad.yaml").write_text("name: a\nquarters: none\n")
    experiment = tmp_path / "experiments/e.yaml"
    experiment.write_text("name: e\nscenarios: [../configs/bad.yaml]\nworlds: 0\n")
    found = problems(experiment)
    assert {(p.file, p.line, p.column) for p in found} == {
        (str(experiment), 3, 9),
        (str(tmp_path / "configs/bad.yaml"), 2, 11),
    }


def test_bytes_that_are_not_utf8_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: a\ntitle: é".encode("latin-1"))
    (found,) = problems(path)
    assert (found.line, found.column, found.value) == (2, 8, "byte 0xe9")


@pytest.mark.parametrize(("name", "allowed"), [("none.yaml", "no such file"), ("folder", "a folder"), ("a\0b", "read")])
def test_what_is_no_file(tmp_path: Path, name: str, allowed: str) -> None:
    (tmp_path / "folder").mkdir()
    (found,) = problems(tmp_path / name)
    assert allowed in found.allowed


@pytest.mark.parametrize("field", ["extends: {}", "tables: {{hubs: {}}}", "applications: [{}]", "scenarios: [{}]"])
@pytest.mark.parametrize("name", ["pipe.yaml", "folder.yaml"])
def test_what_is_named_and_is_no_file(tmp_path: Path, field: str, name: str) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")  # reading it would wait for ever
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "a.yaml").write_text(f"name: a\n{field.format(name)}\n")
    (found,) = problems(tmp_path / "a.yaml")
    assert ("folder" if name == "folder.yaml" else "not a regular file") in found.allowed
    assert not found.nearest
    (found,) = problems(tmp_path / name)
    assert found.allowed.startswith("this is ")


def test_a_file_of_the_other_kind_is_recognised(tmp_path: Path) -> None:
    scenario, experiment = tmp_path / "s.yaml", tmp_path / "e.yaml"
    scenario.write_text(ONE)
    experiment.write_text("name: e\nscenarios: [s.yaml]\n")
    with pytest.raises(InputError, match=r"e\.yaml:2:1: .*this file is an experiment"):
        load_scenario(experiment)
    with pytest.raises(InputError, match=r"s\.yaml:1:1: .*this file is a scenario"):
        load_experiment(scenario)


def test_a_wrong_own_table_is_told_with_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("iso3,region,income\nXXA,AFR,LICS\n")
    (tmp_path / "s.yaml").write_text("name: a\ntables: {countries: mine.csv}\n")
    assert {Path(p.file).name for p in problems(tmp_path / "s.yaml")} == {"mine.csv"}


def test_an_application_must_have_an_id_of_its_own(tmp_path: Path) -> None:
    packaged = Path(__file__).parents[2] / "src/adoptsim/inputs/data/applications/newborn_sickle.yaml"
    (tmp_path / "mine.yaml").write_text(packaged.read_text(encoding="utf-8"))
    (tmp_path / "s.yaml").write_text("name: a\napplications: [newborn_sickle, mine.yaml]\n")
    (found,) = problems(tmp_path / "s.yaml")
    assert (found.line, found.column, found.value) == (2, 32, "mine.yaml")
    assert "already listed" in found.allowed


def test_a_table_that_clears_the_screen_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hubs.csv").write_text("name,host\nOne,KEN\nT\x1b[2Jo,KEN\n")
    (tmp_path / "s.yaml").write_text("name: a\ntables: {hubs: hubs.csv}\n")
    (found,) = problems(tmp_path / "s.yaml")
    assert (Path(found.file).name, found.line, found.column) == ("hubs.csv", 3, 2)


def test_own_actors_must_fit_the_countries_of_the_file(tmp_path: Path) -> None:
    columns = "iso3,region,income,population,births,gdp_pc_usd"
    (tmp_path / "mine.csv").write_text(f"{columns}\nXXA,AFR,LIC,1000000,30000,800\n")
    (tmp_path / "hubs.csv").write_text("name,host\nOne,XXB\nTwo,KEN\n")
    (tmp_path / "s.yaml").write_text("name: a\ntables: {countries: mine.csv, hubs: hubs.csv}\n")
    found = problems(tmp_path / "s.yaml")
    assert [(Path(p.file).name, p.line, p.column, p.value) for p in found] == [
        ("hubs.csv", 2, 5, "XXB"),
        ("hubs.csv", 3, 5, "KEN"),
    ]
