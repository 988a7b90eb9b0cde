"""adoptsim explain: its numbers are the model's, its money balances, its words fit a terminal."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import adoptsim as ad
from adoptsim.cli import main
from adoptsim.experiment.errors import RunStoppedError
from adoptsim.inputs.names import CADRES
from adoptsim.model.couplings import ranked_flow, total
from adoptsim.model.levers import LEVERS
from adoptsim.model.model import AdoptionModel
from adoptsim.model.scenario import LeverUse, Scenario
from adoptsim.report.explain import Explanation, UnknownNameError, explain, moved, runs
from adoptsim.report.explain.layout import WIDTH, columns, figure, per_cent, spread
from adoptsim.report.explain.moved import levers as lever_table
from adoptsim.report.explain.observe import STATES, Observer, Seen
from adoptsim.report.explain.runs import AS_IT_IS, DONORS_GONE, Answers, run_all, runs_of
from adoptsim.report.explain.statements import best_lever, without_donors
from adoptsim.report.explain.subject import Subject, find
from adoptsim.report.explain.tidy import Periods
from support import digest

SHORT = Scenario("short", quarters=12)
WORLDS = 3
DISTRICTS = (
    "id,name,region,income,population,births,gdp_pc_usd\n"
    "NOR-X,Nordmark,EUR,HIC,500000,5000,60000\nSUD-X,Südmark,AFR,LMC,9000000,250000,1500\n"
)


@pytest.fixture(scope="module")
def nigeria() -> Subject:
    return find("NGA", SHORT)


@pytest.fixture(scope="module")
def answers(nigeria: Subject) -> Answers:
    return run_all(runs_of(SHORT, nigeria), nigeria, WORLDS, 5, jobs=1)


@pytest.fixture(scope="module")
def seen(answers: Answers) -> Seen:
    return answers.seen[AS_IT_IS]


@pytest.fixture(scope="module")
def told() -> Explanation:
    return ad.explain("NGA", SHORT, worlds=WORLDS, rng=5, jobs=1)


@pytest.fixture(scope="module")
def simulated() -> ad.Result:
    return ad.simulate(SHORT, worlds=WORLDS, rng=5, jobs=1, keep="trajectories")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two levers suffice where levers are not the point."""
    for module in (runs, moved):
        monkeypatch.setattr(module, "LEVERS", {name: LEVERS[name] for name in ("data_sharing", "pooled_procurement")})


def value(frame: pd.DataFrame, what: str, when: str) -> float:
    (found,) = frame[(frame["what"] == what) & (frame["when"] == when)]["mean"]
    return float(found)


# numbers are the model's


def test_access_is_that_of_simulate(seen: Seen, told: Explanation, simulated: ad.Result) -> None:
    there = simulated.data.sel(iso3="NGA")
    ends = seen["access"][:, 3::4]
    np.testing.assert_allclose(ends, there["country_year.useful_access"].values, rtol=1e-6)
    assert value(told.tables["standing"], "useful access, Nigeria", "2028") == pytest.approx(100 * ends[:, -1].mean())
    np.testing.assert_allclose(seen["access_fifths"].mean(axis=-1), seen["access"], rtol=1e-9)


def test_access_by_fifth_is_that_of_trajectories(seen: Seen, simulated: ad.Result) -> None:
    model = AdoptionModel(SHORT, worlds=WORLDS, rng=5)
    weight = model.recorder.weight[:, :, 0, find("NGA", SHORT).row]
    fifths = simulated.data["fifth.useful_access"].sel(iso3="NGA").values  # world, year, application, fifth
    expected = (fifths * weight[:, None, :, None]).sum(axis=2)
    np.testing.assert_allclose(seen["access_fifths"][:, 3::4], expected, rtol=1e-5)


def test_means_of_region_and_income_group_are_those_of_simulate(seen: Seen, simulated: ad.Result) -> None:
    for group, label in (("region", "region: AFR"), ("income", "income: LMC")):
        series = simulated.data["useful_access"].sel(group=label).values
        np.testing.assert_allclose(seen[f"{group}.access"][:, 3::4], series, rtol=1e-6)
        split = [0, 3, 7, 11]  # quarters in which the recorder splits coverage over fifths
        fifths, access = seen[f"{group}.access_fifths"][:, split], seen[f"{group}.access"][:, split]
        np.testing.assert_allclose(fifths.mean(axis=-1), access, rtol=1e-9)


def test_flows_and_states_are_those_of_simulate(seen: Seen, simulated: ad.Result) -> None:
    there = simulated.data.sel(iso3="NGA")
    yearly = {
        "cost.public": seen["spent"].sum(axis=-1),
        "people_reached": (seen["tests_in"] + seen["tests_hub"] + seen["tests_private"]).sum(axis=-1),
    }
    for name, flow in yearly.items():
        sums = flow.reshape(WORLDS, 3, 4).sum(axis=-1)
        np.testing.assert_allclose(sums, there[f"country_year.{name}"].values, rtol=1e-6)
    landed = (1.0 + seen["transport"] + seen["margin"][:, :, 0])[:, 3::4]
    np.testing.assert_allclose(landed, there["country_year.landed_ratio"].values, rtol=1e-6)
    for a, name in enumerate(simulated.data["application"].values):
        stage = seen["stage"][:, 3::4, a]
        np.testing.assert_array_equal(stage, there[f"country_year.stage.{name}"].values)
        binding = there[f"country_year.binding.{name}"].values
        np.testing.assert_array_equal(seen["state"][:, 3::4, a], np.where(stage > 0, binding + 1, 0))


@pytest.mark.usefixtures("few")
def test_price_agreements_are_those_of_the_model(told: Explanation) -> None:
    use = LeverUse("supplier_engagement", intensity=1.0, start=2025.0, ramp=0.25)
    fixed = {"lever.ceiling_chance": 1.0, "lever.tier_chance": 1.0, "lever.ceiling_years": 2.0}
    found = ad.explain("ARM", replace(SHORT, levers=(use,), parameters=fixed), worlds=WORLDS, rng=5, jobs=1)
    m = AdoptionModel(replace(SHORT, levers=(use,), parameters=fixed), worlds=WORLDS, rng=5).run()
    armenia, k = m.inputs.iso3.index("ARM"), m.agreements
    table = found.tables["agreements"].set_index(["what", "when"])["mean"]
    makes = np.argwhere(np.broadcast_to(m.makers.market_share, m.makers.price.shape)[0, :, 0] > 0)
    assert len(table.index.unique("what")) == len(makes)
    cut = m.par["lever.negotiated_access_cut"]
    for a, maker in makes:
        what = f"{m.applications[a].title}: {m.cast.makers.name[maker]}"
        row = maker * len(m.inputs) + armenia
        assert table[what, "ever"] == table[what, "at the end"] == table[what, "tiers"] == 1.0
        assert table[what, "signed"] == k.signed[:, a, 0, row].mean() == 2027.0  # anew after the first ended
        price = m.makers.price[:, a, 0, maker] * (1.0 - k.concession[:, a, 0, row] * cut[:, 0, 0, 0])
        assert table[what, "price"] == pytest.approx(price.mean())
        assert table[what, "price"] < table[what, "without"] == pytest.approx(m.makers.price[:, a, 0, maker].mean())
    sound(found)
    assert "Makers' price agreements" in found.text()
    assert told.tables["agreements"].empty
    assert "No maker signs an agreement" in told.text()


@pytest.mark.usefixtures("few")
def test_health_is_that_of_the_recorder(tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    table.write_text(DISTRICTS.splitlines()[0] + "\n" + DISTRICTS.splitlines()[2] + "\n", encoding="utf-8")
    alone = Scenario("alone", countries=str(table), quarters=8)
    who = find("SUD-X", alone)
    seen = run_all(runs_of(alone, who)[:1], who, 2, 1, jobs=1).seen[AS_IT_IS]
    outcomes = ad.simulate(alone, worlds=2, jobs=1).outcomes
    gained, uncertain, false = (seen[n].sum(axis=(1, 2)) / 2 for n in ("dalys", "uncertain_results", "false_positives"))
    np.testing.assert_allclose(gained, outcomes["dalys_averted.mean"], rtol=1e-9)
    np.testing.assert_allclose(uncertain, outcomes["uncertain_results.mean"], rtol=1e-9)
    np.testing.assert_allclose(false, outcomes["false_positives.mean"], rtol=1e-9)
    paid = seen["household_paid"].sum(axis=(1, 2)) / 2
    np.testing.assert_allclose(paid, outcomes["cost.household.mean"], rtol=1e-9)
    forgone = (seen["forgone"].sum(-1) + seen["care"].sum(-1) / seen["threshold"]).sum(axis=1) / 2
    np.testing.assert_allclose(gained - forgone, outcomes["net_health.mean"], rtol=1e-6)


def test_changes_by_levers_are_differences_of_simulate(answers: Answers, simulated: ad.Result) -> None:
    name = "pooled_procurement"
    pushed = replace(SHORT, levers=(LeverUse(name, intensity=1.0),))
    after = ad.simulate(pushed, worlds=WORLDS, rng=5, jobs=1, keep="countries")
    ends = [r.data["country_year.useful_access"].sel(iso3="NGA").values[:, -1] for r in (simulated, after)]
    (row,) = lever_table(answers, SHORT).query("lever == @name").to_dict("records")
    assert row["all_end"] == pytest.approx(100 * float((ends[1] - ends[0]).mean()), abs=1e-6)
    assert row["all_end"] != 0.0


def test_the_cost_of_a_lever_is_this_countrys_part(answers: Answers, nigeria: Subject) -> None:
    table = lever_table(answers, SHORT).set_index("lever")
    model = AdoptionModel(replace(SHORT, levers=(LeverUse("data_sharing", intensity=1.0),)), worlds=WORLDS, rng=5)
    (push,) = model.board.levers
    steps = [min((quarter + 1) / 4 - 1.0, 2.0) / 2.0 for quarter in range(8, 12)]  # from 2026, full after two years
    expected = float(push.cost[..., nigeria.row].mean()) * np.mean(steps) / 1e6
    assert table.loc["data_sharing", "cost"] == pytest.approx(expected)


# balances


def test_money_balances_in_every_quarter(seen: Seen) -> None:
    opening = np.concatenate([seen["start.opening"][:, None], seen["opening"][:, :-1]], axis=1)
    into = opening + seen["granted"] + seen["domestic"] + seen["returned"] - seen["displaced"]
    out = seen["spent"] + seen["opening"] + seen["duplicated"] + seen["lapsed"]
    np.testing.assert_allclose(into, out, rtol=1e-9, atol=1e-6)
    assert (seen["granted"] > 0).any()


def test_the_budget_that_is_told_balances(told: Explanation) -> None:
    assert_balanced(told.tables["budget"])
    assert not told.tables["budget"]["what"].str.contains("benefits").any()


@pytest.mark.usefixtures("few")
def test_the_budget_tells_benefits_of_studies_where_there_are_some() -> None:
    has = Scenario("has", quarters=12, levers=(LeverUse("representation", intensity=1.0),))
    budget = ad.explain("NGA", has, worlds=1, jobs=1).tables["budget"]
    assert_balanced(budget)
    assert budget.loc[budget["what"] == "in: benefits of studies", "mean"].sum() > 0


def assert_balanced(budget: pd.DataFrame) -> None:
    for when, part in budget.groupby("when"):
        side = part["what"].str.split(":").str[0]
        into, out = (part[side == name]["mean"].sum() for name in ("in", "out"))
        assert into == pytest.approx(out, rel=1e-9), when
        assert into > 0


def test_staff_flows_are_those_of_the_model(nigeria: Subject) -> None:
    model = AdoptionModel(SHORT, worlds=WORLDS, rng=5)
    watch = Observer(model, nigeria.row)
    expected: list[np.ndarray] = []

    def before(m: AdoptionModel) -> None:
        c = m.countries
        left, arrived = ranked_flow(c.emigrate(), c.gdp_pc, c.gdp_pc * c.population)
        expected.append(np.stack([left[:, 0, :, nigeria.row], arrived[:, 0, :, nigeria.row]]))

    model.insert_phase("fund", "before", before)
    model.step()
    kept, here = watch.seen(), nigeria.row
    np.testing.assert_allclose(kept["emigrated"][:, 0], expected[0][0], rtol=1e-12)
    links = model.place_host_cadre
    guests = total(model.places.stay_abroad(), links).reshape(WORLDS, len(CADRES), -1)[..., here]
    np.testing.assert_allclose(kept["arrived"][:, 0], expected[0][1] + guests, rtol=1e-6, atol=1e-9)
    own = total(model.places.come_home(), model.place_country_cadre).reshape(WORLDS, len(CADRES), -1)[..., here]
    np.testing.assert_allclose(kept["trained"][:, 0], own, rtol=1e-12)


def test_staff_and_machines_add_up(seen: Seen) -> None:
    flows = seen["trained"] + seen["recruited"] + seen["arrived"] - seen["quit"] - seen["emigrated"]
    staff = np.concatenate([seen["start.staff"][:, None], seen["staff"]], axis=1)
    np.testing.assert_allclose(np.diff(staff, axis=1), flows, rtol=1e-9, atol=1e-9)
    assert (flows[:, 1:4] == 0).all()  # schools settle in the first quarter of a year
    machines = np.concatenate([seen["start.instruments"][:, None], seen["instruments"]], axis=1)
    retired = seen["bought"] - np.diff(machines, axis=1)
    assert (retired > -1e-9).all()


def test_donors_that_leave_give_nothing_and_displace_nothing(answers: Answers, seen: Seen) -> None:
    gone = answers.seen[DONORS_GONE]
    first = 4  # in a run of three years donors leave after one
    assert (gone["granted"][:, first:] == 0).all()
    assert (gone["displaced"][:, first:] == 0).all()
    np.testing.assert_array_equal(gone["granted"][:, :first], seen["granted"][:, :first])


def test_looking_changes_nothing(nigeria: Subject) -> None:
    plain, watched = (AdoptionModel(replace(SHORT, quarters=5), worlds=2, rng=3) for _ in range(2))
    Observer(watched, nigeria.row)
    assert digest(watched.run()) == digest(plain.run())


# the same bytes; any scenario, any unit, any lever


@pytest.mark.usefixtures("few")
def test_the_same_bytes_for_any_number_of_processes() -> None:
    texts = {explain("FJI", Scenario("q", quarters=2), worlds=33, jobs=jobs).text() for jobs in (1, 2)}
    assert len(texts) == 1


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("country", ["TUV", "IND", "NOR"])
def test_small_large_and_rich_countries(country: str) -> None:
    sound(explain(country, replace(SHORT, quarters=8), worlds=2, jobs=1))


def test_every_figure_has_a_unit_and_the_page_fits(told: Explanation) -> None:
    sound(told)
    text = told.text()
    for a in ("IN SHORT", "1  WHERE NIGERIA STANDS", "5  A MINISTER'S QUESTIONS", "How long will people wait?"):
        assert a in text
    assert all(lever.title.split()[0] in text for lever in LEVERS.values())


def sound(found: Explanation) -> None:
    for name, frame in found.tables.items():
        if "unit" in frame:
            assert (frame["unit"].str.len() > 0).all(), name
            assert np.isfinite(frame["mean"]).all(), name
            ranged = frame.dropna(subset=["low"])
            assert (ranged["low"] <= ranged["high"] + 1e-12).all(), name
    text = found.text()
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not re.search(r"\bnan\b", text)


@pytest.mark.usefixtures("few")
def test_units_of_a_users_own_table(tmp_path: Path) -> None:
    table = tmp_path / "districts.csv"
    table.write_text(DISTRICTS, encoding="utf-8")
    own = Scenario("own", countries=str(table), quarters=4)
    found = explain("sudmark", own, worlds=2, jobs=1)
    assert (found.subject.iso3, found.subject.in_region) == ("SUD-X", 1)
    assert "only unit of its region" in found.text()
    sound(found)


@pytest.mark.usefixtures("few")
def test_a_quarter_of_one_application_in_one_world() -> None:
    one = Scenario("one", quarters=1, applications=("newborn_sickle",))
    sound(explain("NGA", one, worlds=1, jobs=1))


@pytest.mark.usefixtures("few")
def test_one_application_alone_is_told(told: Explanation) -> None:
    only = explain("NGA", SHORT, worlds=WORLDS, rng=5, jobs=1, application="rare_disease")
    assert set(only.tables["limits"]["what"]) == {"Sequencing for rare disease"}
    expected = told.tables["limits"].query("what == 'Sequencing for rare disease'").reset_index(drop=True)
    pd.testing.assert_frame_equal(only.tables["limits"], expected)
    pd.testing.assert_frame_equal(only.tables["budget"], told.tables["budget"])
    assert "hereditary" not in only.text()


def test_a_new_lever_is_run_without_being_told_of(monkeypatch: pytest.MonkeyPatch, told: Explanation) -> None:
    twin = replace(LEVERS["pooled_procurement"], name="twin", title="A twin of pooled procurement")
    for module in [m for name, m in sys.modules.items() if name.startswith("adoptsim.")]:
        if getattr(module, "LEVERS", None) is LEVERS:
            monkeypatch.setattr(module, "LEVERS", {**LEVERS, "twin": twin})
    found = explain("NGA", SHORT, worlds=WORLDS, rng=5, jobs=1)
    by_name = found.tables["levers"].set_index("lever")
    assert by_name.loc["twin", "all"] == by_name.loc["pooled_procurement", "all"]
    assert twin.title in found.text()
    assert len(found.tables["levers"]) == len(told.tables["levers"]) + 1


@pytest.mark.usefixtures("few")
def test_a_lever_that_the_scenario_has_at_full_strength_changes_nothing() -> None:
    has = Scenario("has", quarters=12, levers=(LeverUse("data_sharing", intensity=1.0),))
    found = explain("NGA", has, worlds=1, jobs=1)
    row = found.tables["levers"].set_index("lever").loc["data_sharing"]
    assert (row["all"], row["poorest"], row["cost"], bool(row["in_scenario"])) == (0.0, 0.0, 0.0, True)
    assert "Principles for sharing genomic data (in" in found.text()


@pytest.mark.usefixtures("few")
def test_worlds_that_fail_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch, nigeria: Subject) -> None:
    run = AdoptionModel.run

    def breaks(model: AdoptionModel) -> AdoptionModel:
        if 1 in model.world_numbers and model.question.levers:
            raise FloatingPointError("left its bounds")
        return run(model)

    whole = run_all(runs_of(SHORT, nigeria), nigeria, 3, 5, jobs=1)
    monkeypatch.setattr(AdoptionModel, "run", breaks)
    found = run_all(runs_of(SHORT, nigeria), nigeria, 3, 5, jobs=1)
    assert (found.worlds, found.failed, found.errors) == ((0, 2), 1, ("FloatingPointError: left its bounds",))
    for name, seen in found.seen.items():
        np.testing.assert_allclose(seen["access"], whole.seen[name]["access"][[0, 2]], rtol=1e-12)


@pytest.mark.usefixtures("few")
def test_no_world_at_all_is_a_failed_run(monkeypatch: pytest.MonkeyPatch, nigeria: Subject) -> None:
    def breaks(model: AdoptionModel) -> AdoptionModel:
        raise FloatingPointError("left its bounds")

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    with pytest.raises(RunStoppedError, match="no world was finished: FloatingPointError"):
        run_all(runs_of(SHORT, nigeria), nigeria, 2, 5, jobs=1)


# names


@pytest.mark.fast
@pytest.mark.parametrize(
    ("name", "iso3"),
    [
        ("nga", "NGA"),
        ("Nigeria", "NGA"),
        ("niger", "NER"),
        ("cote d'ivoire", "CIV"),
        ("Tanzania", "TZA"),
        (" Fiji ", "FJI"),
    ],
)
def test_countries_are_found_by_code_and_name(name: str, iso3: str) -> None:
    assert find(name, SHORT).iso3 == iso3


@pytest.mark.fast
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nigera", "did you mean 'Nigeria' or 'Niger'"),
        ("NGR", "did you mean 'Nigeria'"),
        ("Turkey", "did you mean 'Türkiye'"),
        ("UK", "did you mean 'United Kingdom"),
        ("Taiwan", "there are Afghanistan"),
        ("Korea", "KOR Republic of Korea"),
        ("", "no country ''"),
        ("x" * 5000, "no country"),
    ],
)
def test_a_wrong_name_gets_the_nearest(name: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        find(name, SHORT)


@pytest.mark.fast
def test_a_wrong_application_gets_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'newborn_sickle'"):
        find("NGA", SHORT, "newborn_sickel")


# words


@pytest.mark.fast
@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (1e-5, "<0.001"), (-1e-5, ">-0.001"), (0.0123, "0.012"), (1.234, "1.23"), (12.34, "12.3"),
     (99.97, "100"), (1234567.0, "1,234,567"), (-5.0, "-5.00")],
)  # fmt: skip
def test_figures(number: float, text: str) -> None:
    assert figure(number) == text


@pytest.mark.fast
def test_shares_and_ranges() -> None:
    assert [per_cent(x) for x in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0 %", "<1 %", "50 %", ">99 %", "100 %"]
    assert spread(1.0, 0.5, 2.0, sign=True) == "+1.00 (+0.500 to +2.00)".replace("0.500", "0.50")
    assert spread(3.0, 3.0, 3.0) == "3.00"


@pytest.mark.fast
def test_a_table_that_is_too_wide_goes_on_below() -> None:
    header = ["", *(f"column {n}" for n in range(9))]
    text = columns(header, [["A label of some length, which has to be broken", *["123,456\n(1-999,999,999)"] * 9]])
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("123,456") == 9


@pytest.mark.fast
def test_periods_and_their_labels() -> None:
    assert Periods(2025, 80).labels == ("2025-29", "2030-34", "2035-39", "2040-44")
    assert Periods(2025, 1).labels == ("2025",)
    assert Periods(1998, 24).labels == ("1998-02", "2003")
    assert Periods(2025, 80).dates[-1] == ("2045", 79)
    assert len(Periods(2025, 8).ends) == 1


@pytest.mark.fast
def test_it_says_so_when_no_lever_moves_the_country() -> None:
    none = {f"{m}{s}": 0.0 for m in ("all", "poorest") for s in ("", "_low", "_high", "_gains")}
    row = {"lever": "some", "title": "Some Lever", "cost": 1.0, "base": 10.0, "base_poorest": 1.0, **none}
    assert best_lever(pd.DataFrame([row])) == "None of the levers moves it."
    hardly = {**row, "all": 0.09, "all_low": 0.09, "all_high": 0.09}
    assert "by a hundredth of what it is. The best is some lever" in best_lever(pd.DataFrame([hardly]))
    moved = {**row, "all": 0.5, "all_low": 0.1, "all_high": 0.9}
    expected = "moves it most is some lever: +0.50 (+0.10 to +0.90) points on 10.0 % of need"
    assert expected in best_lever(pd.DataFrame([moved]))
    for_the_poor = {
        **row,
        "lever": "other",
        "title": "Another",
        "poorest": 0.2,
        "poorest_low": 0.1,
        "poorest_high": 0.3,
    }
    told = best_lever(pd.DataFrame([moved, for_the_poor]))
    assert expected in told
    assert "moves the poorest fifth most is another: +0.20 (+0.10 to +0.30) points on 1.00 % of its need" in told


@pytest.mark.fast
def test_it_says_so_when_donors_are_not_missed(told: Explanation) -> None:
    frame = told.tables["donors_gone"]
    assert "If donors leave in 2026" in without_donors(frame, 2026)
    nothing = frame.assign(mean=np.where(frame["what"] == "donors", 0.0, frame["mean"]))
    assert "not missed" in without_donors(nothing, 2026)


@pytest.mark.fast
@pytest.mark.parametrize(
    ("change", "words"),
    [(2.5, "2.50 million of domestic money come back"), (-2.5, "2.50 million of domestic money go with them")],
)
def test_domestic_money_that_falls_with_donors_does_not_come_back(told: Explanation, change: float, words: str) -> None:
    frame = told.tables["donors_gone"]
    own = frame["what"].str.startswith("domestic budget") & (frame["when"] == "change")
    assert words in without_donors(frame.assign(mean=np.where(own, change, frame["mean"])), 2026)


def test_constraints_add_up_to_one(told: Explanation) -> None:
    sums = told.tables["limits"].groupby("what")["mean"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert set(told.tables["limits"]["when"]) == set(STATES)


# the front door


@pytest.mark.usefixtures("few")
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("name: mine\ntitle: My own\nquarters: 4\n", encoding="utf-8")
    done = CliRunner().invoke(main, ("explain", "Tuvalu", "mine.yaml", "--worlds", "2", "--jobs", "1", "--seed", "4"))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Tuvalu (TUV): ")
    assert "Scenario 'My own', 2025 to 2026, 2 worlds, seed 4" in done.stdout
    assert done.stderr == ""  # no bar where there is no terminal
    assert [path.name for path in Path().iterdir()] == ["mine.yaml"]


@pytest.mark.fast
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Nigera",), "did you mean 'Nigeria'"),
        (("NGA", "none.yaml"), "none.yaml:1:1: "),
        (("NGA", "many.yaml"), "this file is an experiment"),
        (("NGA", "--application", "sickle"), "no application 'sickle'"),
        (("NGA", "--worlds", "0"), "1<=x<=100000"),
        ((), "Missing argument"),
    ],
)
def test_wrong_use_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("many.yaml").write_text("name: many\nscenarios: {a: {}}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ("explain", *arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert isinstance(done.exception, SystemExit)


@pytest.mark.usefixtures("few")
def test_failed_worlds_exit_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("q.yaml").write_text("name: q\nquarters: 4\n", encoding="utf-8")
    run = AdoptionModel.run

    def breaks(model: AdoptionModel) -> AdoptionModel:
        if 0 in model.world_numbers:
            raise FloatingPointError("left its bounds")
        return run(model)

    monkeypatch.setattr(AdoptionModel, "run", breaks)
    done = CliRunner().invoke(main, ("explain", "NGA", "q.yaml", "--worlds", "2", "--jobs", "1"))
    assert done.exit_code == 1
    assert "1 of 2 worlds could not be finished" in done.stdout
