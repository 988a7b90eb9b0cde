"""What a file says is what the model is asked."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from adoptsim.experiment.files.load import load_experiment, load_question, load_scenario
from adoptsim.experiment.files.units import fraction, money
from adoptsim.experiment.question import Experiment, as_config
from adoptsim.model.levers import LEVERS
from adoptsim.model.scenario import Investment, LeverUse, Scenario, ShockUse

ROOT = Path(__file__).parents[2]
FULL = """
schema_version: 1
name: everything
title: Every field
description: free text
levers:
  data_sharing: {intensity: 50 %, start: 2026.25, ramp: 0, end: 2040, targets: {regions: [EUR, AFR, AFR]}}
  pooled_procurement:
    - level: 3
      targets: {incomes: [LIC, LMC], countries: [NOR, NGA], applications: [newborn_sickle]}
    - budget: 0.04 billion USD2024
    - {intensity: 0.2, schedule: {2030: 50 %, 2026.5: 0, 2035: 1}}
shocks:
  price_jump: {size: 300 %, start: 2025, targets: {applications: [newborn_sickle]}}
  epidemic:
    - {size: 20 %, start: 2026.5, end: 2027}
    - {size: 0.1, start: 2025, targets: {regions: [AFR]}}
investments:
  newborn_sickle:
    - {start: 2030, targets: {regions: [WPR, AFR], incomes: [LIC], countries: [KEN]}}
    - {start: 2026, end: 2031, payer: outside, share: 80 %, phase_out: {2029: 0 %, 2028: 1}, taken_over: 50 %}
uncertainty: central
start_year: 2024
quarters: 12
parameters:
  {pool.fee: 5 %, newborn_sickle.linkage: 0.5, fund.world_total: 60 million USD2024, fund.grant_duration: 4 years}
applications: [newborn_sickle, hereditary_cancer]
outcomes: [useful_access.slope_index@2027, useful_access.MDRW.mean, useful_access.p40.mean]
"""

pytestmark = pytest.mark.fast


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_every_field_arrives(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, "s.yaml", FULL)) == Scenario(
        name="everything",
        title="Every field",
        description="free text",
        levers=(
            LeverUse("data_sharing", intensity=0.5, start=2026.25, ramp=0.0, end=2040.0, regions=("AFR", "EUR")),
            LeverUse("pooled_procurement", budget=4e7),
            LeverUse("pooled_procurement", intensity=0.2, schedule=((2026.5, 0.0), (2030.0, 0.5), (2035.0, 1.0))),
            LeverUse(
                "pooled_procurement",
                intensity=0.75,
                incomes=("LIC", "LMC"),
                countries=("NGA", "NOR"),
                applications=("newborn_sickle",),
            ),
        ),
        shocks=(
            ShockUse("epidemic", 0.2, 2026.5, 2027.0),
            ShockUse("epidemic", 0.1, 2025.0, regions=("AFR",)),
            ShockUse("price_jump", 3.0, 2025.0, applications=("newborn_sickle",)),
        ),
        investments=(
            Investment("newborn_sickle", 2026.0, 2031.0, "outside", 0.8, ((2028.0, 1.0), (2029.0, 0.0)), 0.5),
            Investment("newborn_sickle", 2030.0, regions=("AFR", "WPR"), incomes=("LIC",), countries=("KEN",)),
        ),
        start_year=2024,
        quarters=12,
        uncertainty="central",
        parameters={
            "pool.fee": 0.05,
            "newborn_sickle.linkage": 0.5,
            "fund.world_total": 6e7,
            "fund.grant_duration": 4.0,
        },
        applications=("newborn_sickle", "hereditary_cancer"),
        outcomes=("useful_access.MDRW.mean", "useful_access.p40.mean", "useful_access.slope_index@2027"),
    )


def test_what_is_left_out_has_the_model_s_defaults(tmp_path: Path) -> None:
    text = "name: a\nlevers:\n  data_sharing: {intensity: 1}\n  \n"
    assert load_scenario(write(tmp_path, "s.yaml", text)) == Scenario("a", levers=(LeverUse("data_sharing", 1.0),))
    assert load_scenario(write(tmp_path, "t.yaml", "name: a\nlevers:\nparameters:\n")) == Scenario("a")


def test_order_in_the_file_changes_nothing(tmp_path: Path) -> None:
    head, tail = FULL.split("  pooled_procurement:")
    uses = tail.split("shocks")[0]
    lever = "\n".join(line for line in head.splitlines() if "data_sharing" in line)
    turned = FULL.replace(lever + "\n", "").replace(uses, uses + lever + "\n")
    assert turned != FULL
    assert load_scenario(write(tmp_path, "s.yaml", turned)) == load_scenario(write(tmp_path, "t.yaml", FULL))


@pytest.mark.parametrize("name", ["full", *sorted(p.stem for p in (ROOT / "configs").glob("*.yaml"))])
def test_a_scenario_written_down_reads_back(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "s.yaml", FULL) if name == "full" else ROOT / f"configs/{name}.yaml"
    scenario = load_scenario(path)
    with (tmp_path / "again.yaml").open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump(as_config(scenario), out)
    assert load_scenario(tmp_path / "again.yaml") == scenario


def test_own_tables_are_found_beside_the_file_and_give_names(tmp_path: Path) -> None:
    packaged = ROOT / "src/adoptsim/inputs/data/applications/newborn_sickle.yaml"
    write(tmp_path, "mine.yaml", packaged.read_text(encoding="utf-8").replace("id: newborn_sickle", "id: mine"))
    columns = "iso3,region,income,population,births,gdp_pc_usd"
    table = f"{columns}\nXXA,AFR,LIC,1000000,30000,800\nXXB,AFR,LMC,2000000,50000,2000\n"
    write(tmp_path, "districts.csv", table)
    text = (
        "name: a\ntables: {countries: districts.csv}\napplications: [mine.yaml]\nparameters: {mine.linkage: 0.5}\n"
        "levers: {data_sharing: {level: 1, targets: {countries: [XXB], applications: [mine]}}}\n"
    )
    scenario = load_scenario(write(tmp_path, "s.yaml", text))
    assert scenario.countries == str(tmp_path / "districts.csv")
    assert scenario.applications == (str(tmp_path / "mine.yaml"),)
    assert scenario.levers[0].countries == ("XXB",)


def test_own_actors_are_found_beside_the_file(tmp_path: Path) -> None:
    write(tmp_path, "hubs.csv", "name,host\nOne,KEN\n")
    scenario = load_scenario(write(tmp_path, "s.yaml", "name: a\ntables: {hubs: hubs.csv}\n"))
    assert dict(scenario.generated) == {"hubs": str(tmp_path / "hubs.csv")}
    assert scenario.countries is None


def test_an_experiment_takes_files_and_written_out_scenarios(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "name: a\n")
    items = "[a.yaml, {name: b, levers: {data_sharing: {level: 4}}}]"
    text = f"name: e\nscenarios: {items}\nreference: b\nworlds: 7\nseed: 3\n"
    found = load_experiment(write(tmp_path, "e.yaml", text))
    wanted = (Scenario("a"), Scenario("b", levers=(LeverUse("data_sharing", 1.0),)))
    assert found == Experiment("e", wanted, worlds=7, seed=3, reference="b")
    assert [s.name for s in found.in_order] == ["b", "a"]


def test_a_scenario_alone_is_compared_with_itself_without_levers() -> None:
    question = load_question(ROOT / "configs/pooled_procurement.yaml")
    without, scenario = question.scenarios
    assert (question.reference, without.levers) == (without.name, ())
    assert scenario == load_scenario(ROOT / "configs/pooled_procurement.yaml")
    assert [s.name for s in load_question(ROOT / "configs/baseline.yaml").scenarios] == ["baseline"]


def test_first_run_asks_what_it_promises() -> None:
    question = load_experiment(ROOT / "experiments/first_run.yaml")
    by_name = {s.name: s for s in question.scenarios}
    assert (question.worlds, question.reference, by_name["baseline"].levers) == (100, "baseline", ())
    for lever in ("pooled_procurement", "workforce_training", "data_sharing"):
        assert lever in LEVERS
        (money_use,), (full_use,) = by_name[lever].levers, by_name[f"{lever}_full"].levers
        assert (money_use.lever, money_use.budget, full_use.lever, full_use.intensity) == (lever, 5e7, lever, 1.0)
    assert [(u.budget, u.start) for u in by_name["three_levers"].levers] == [(5e7, 2026.0)] * 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("50 million USD2024", 5e7),
        ("1.5 billion USD2024", 1.5e9),
        ("3000 USD2024", 3e3),
        ("2e6 USD2024", 2e6),
        ("60 M USD2024", 6e7),
        ("2bn USD2024", 2e9),
    ],
)
def test_money(text: str, value: float) -> None:
    assert money(text) == value


@pytest.mark.parametrize(("text", "value"), [("50 %", 0.5), ("2.5%", 0.025), (0.3, 0.3), (None, None)])
def test_fraction(text: object, value: object) -> None:
    assert fraction(text) == value


def test_an_experiment_that_makes_no_sense_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="different names"):
        Experiment("e", (Scenario("a"), Scenario("a")))
    with pytest.raises(ValueError, match="no scenario is called 'b'"):
        Experiment("e", (Scenario("a"),), reference="b")
    with pytest.raises(ValueError, match="worlds"):
        Experiment("e", (Scenario("a"),), worlds=0)
    with pytest.raises(ValueError, match="a seed of 0 or more is wanted, got -1"):
        Experiment("e", (Scenario("a"),), seed=-1)


def test_scenarios_of_an_experiment_measure_what_any_of_them_and_the_experiment_ask_for(tmp_path: Path) -> None:
    text = (
        "name: a\noutcomes: [useful_access.gini.mean]\nscenarios:\n"
        "  - {name: b, quarters: 8, outcomes: [useful_access.theil@2027]}\n  - {name: c, quarters: 8}\n"
    )
    for scenario in load_experiment(write(tmp_path, "e.yaml", text)).scenarios:
        assert scenario.outcomes == ("useful_access.gini.mean", "useful_access.theil@2027")


def test_the_scenario_without_levers_measures_the_same(tmp_path: Path) -> None:
    text = "name: a\nlevers: {data_sharing: {level: 1}}\noutcomes: [useful_access.gini.mean]\n"
    pair = load_question(write(tmp_path, "s.yaml", text)).scenarios
    assert [scenario.outcomes for scenario in pair] == [("useful_access.gini.mean",)] * 2


def test_shocks_alone_are_compared_with_none_and_levers_are_judged_under_shocks(tmp_path: Path) -> None:
    shock = "shocks: {price_jump: {size: 20 %, start: 2030}}\n"
    without, shocked = load_question(write(tmp_path, "s.yaml", f"name: s\n{shock}")).scenarios
    assert (without.name, without.shocks, without.levers) == ("without_shocks", (), ())
    assert shocked.shocks
    text = f"name: l\n{shock}levers: {{data_sharing: {{level: 2}}}}\n"
    under, levers = load_question(write(tmp_path, "l.yaml", text)).scenarios
    assert (under.name, under.levers) == ("without_levers", ())
    assert under.shocks == levers.shocks == shocked.shocks


CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("lever", LEVERS)
def test_each_lever_has_a_scenario_of_its_own_at_equal_money(lever: str) -> None:
    (use,) = load_scenario(CONFIGS / f"{lever}.yaml").levers
    assert (use.lever, use.budget, use.start, use.ramp) == (lever, 5e7, 2026.0, 2.0)
    assert (use.regions, use.incomes, use.countries, use.applications) == ((), (), (), ())


def test_the_roadmap_is_all_that_the_whole_programme_adds() -> None:
    whole, without = (load_scenario(CONFIGS / f"whole_programme{end}.yaml").levers for end in ("", "_without_roadmap"))
    assert {use.lever for use in whole} == set(LEVERS)
    assert {use.lever for use in whole} - {use.lever for use in without} == {"equity_roadmap"}
