"""Outcomes of single groups: what a plain loop over the group's countries and fifths gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adoptsim import equity
from adoptsim.inputs.names import INCOMES, REGIONS
from adoptsim.model.by_group import BY_GROUP, GROUPED
from adoptsim.model.inequality import MEASURED
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import UNITS
from adoptsim.model.scenario import Scenario

YEARS = 3
END = 2025 + YEARS
EVERY = tuple(name + suffix for name in GROUPED for suffix in (".mean", f"@{END}"))
GROUPS = (*REGIONS, *INCOMES)
ACCESS = ("useful_access", "useful_access.p40", "useful_access.gap")
FLOWS = tuple(name for name in BY_GROUP if name not in ACCESS)

pytestmark = pytest.mark.fast


def members(model: AdoptionModel, group: str) -> list[int]:
    kinds = zip(model.inputs.region, model.inputs.income, strict=True)
    return [row for row, of in enumerate(kinds) if group in of]


def in_words(model: AdoptionModel, group: str, world: int) -> tuple[float, ...]:
    """Mean, poorest 40 % and gap of access at a year's end, cell by cell."""
    c, cells = model.countries, []
    fifths, useful, weight = c.coverage_by_fifth(), c.useful(), model.recorder.weight
    for row in members(model, group):
        for q in range(5):
            parts = (fifths[world, a, q, row] * useful[world, a, 0, row] * weight[world, a, 0, row] for a in range(6))
            people = c.population[world, 0, 0, row] / 5
            cells.append((c.gdp_ppp[world, 0, 0, row] * c.income_share[world, 0, q, row], people, sum(parts)))
    cells.sort()
    everybody = sum(people for _, people, _ in cells)

    def band(first: float, last: float) -> float:
        """Mean over the people between two shares of the line."""
        passed, got = 0.0, 0.0
        for _, people, access in cells:
            inside = min(passed + people, last * everybody) - max(passed, first * everybody)
            passed, got = passed + people, got + max(inside, 0.0) * access
        return got / ((last - first) * everybody)

    return band(0.0, 1.0), band(0.0, 0.4), band(0.8, 1.0) - band(0.0, 0.4)


@pytest.fixture(scope="module")
def ran() -> tuple[AdoptionModel, dict[str, list[np.ndarray]], dict[str, np.ndarray]]:
    """The model, what its recorder held after every quarter, and flows of the last year by row."""
    model, held = AdoptionModel(Scenario("s", quarters=4 * YEARS, outcomes=EVERY), worlds=2, rng=4), {}
    flows, held["access"] = dict.fromkeys(FLOWS, np.zeros(())), []
    for quarter in range(4 * YEARS):
        model.step()
        if quarter % 4 == 3 or quarter == 0:
            people = model.countries.population[:, 0, 0]  # counted when coverage is split over fifths
        held["access"].append([model.recorder.access[:, 0, 0], people])
        for name, value in model.recorder.now.items():
            held.setdefault(name, []).append(value)
        if quarter >= 4 * (YEARS - 1):
            for name, value in quarter_flows(model).items():
                flows[name] = flows[name] + value
    return model, held, flows


def quarter_flows(model: AdoptionModel) -> dict[str, np.ndarray]:
    """Flows of the quarter that ended, (world, row), added over applications and purposes."""
    c = model.countries
    tests, spent = c.tests_in + c.tests_hub + c.tests_private, c.spent.sum(axis=(1, 2))
    dalys, care = ((tests * each)[:, :, 0].sum(axis=1) for each in (c.value_of_result(), c.care_per_test()))
    net = dalys - c.forgone.sum(axis=(1, 2)) - care / c.threshold[:, 0, 0]
    return dict(zip(FLOWS, (tests[:, :, 0].sum(axis=1), dalys, net, spent), strict=True))


def test_access_of_a_group_is_the_loop_s_at_year_ends(ran) -> None:
    model, held, _ = ran
    for group in GROUPS:
        for world in range(2):
            found = [held[f"{name}.{group}"][-1][world] for name in ACCESS]
            assert found == pytest.approx(in_words(model, group, world), rel=1e-10, abs=1e-14), group
            assert found[1] > 0


def test_flows_of_a_group_are_the_sums_of_its_countries(ran) -> None:
    model, held, flows = ran
    for group in GROUPS:
        for name in FLOWS:
            expected = flows[name][:, members(model, group)].sum(axis=1)
            assert held[f"{name}.{group}"][-1] == pytest.approx(expected, rel=1e-10), (name, group)


def test_access_is_measured_every_quarter_and_flows_count_for_their_year(ran) -> None:
    model, held, _ = ran
    scalars = model.results().scalars
    for name in GROUPED:
        seen = np.array(held[name])
        assert len(np.unique(seen, axis=0)) == YEARS  # from the first year's end on
        if GROUPED[name].outcome == "useful_access":
            rows = members(model, GROUPED[name].group)
            access, people = np.array(held["access"])[..., rows].transpose(1, 0, 2, 3)
            means = (access * people).sum(axis=-1) / people.sum(axis=-1)
            assert len(np.unique(means, axis=0)) == 4 * YEARS
            assert scalars[f"{name}.mean"] == pytest.approx(means.mean(axis=0), rel=1e-12)
        elif GROUPED[name].outcome in FLOWS:
            assert scalars[f"{name}.mean"] == pytest.approx(seen[::4].mean(axis=0), rel=1e-12)
        assert np.array_equal(scalars[f"{name}@{END}"], seen[-1])


def test_means_of_income_groups_weigh_people_of_one_time(ran) -> None:
    scalars = ran[0].results().scalars
    for suffix in (".mean", f"@{END}"):
        low, high = (scalars[f"useful_access.{group}{suffix}"] for group in ("LIC", "HIC"))
        assert scalars[f"useful_access.lic{suffix}"] == pytest.approx(low, rel=1e-12)
        assert scalars[f"useful_access.hic_lic{suffix}"] == pytest.approx(high - low, rel=1e-12)


def test_groups_of_a_kind_make_up_the_world(ran) -> None:
    model, *_ = ran
    scalars = model.results().scalars
    for names in (REGIONS, INCOMES):
        for flow in FLOWS:
            whole = sum(scalars[f"{flow}.{group}.mean"] for group in names)
            assert whole == pytest.approx(scalars[f"{flow}.mean"], rel=1e-9)


def test_a_group_of_everybody_is_the_world(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    rows = (f"X{i},AFR,LMC,{1000000 * (i + 1)},{30000 * (i + 1)},{500 * (i + 1)}" for i in range(4))
    units.write_text("\n".join(("id,region,income,population,births,gdp_pc_usd", *rows)))
    scenario = Scenario("own", countries=str(units), quarters=10, outcomes=EVERY)
    found = AdoptionModel(scenario, worlds=2, rng=4).run().results()
    for name, of in GROUPED.items():
        whole = name.removesuffix(f".{of.group}")
        whole = "useful_access.world" if whole == "useful_access" else whole
        for suffix in (".mean", f"@{END}"):
            values = found.scalars[name + suffix]
            if of.group in ("AFR", "LMC"):
                assert values == pytest.approx(found.scalars[whole + suffix], rel=1e-12, abs=1e-15), name
            else:
                assert np.isnan(values).all(), name
    assert np.isnan(found.series["useful_access.gap.EUR"]).all()


def test_years_stand_under_the_group(ran) -> None:
    model, held, _ = ran
    result = model.results()
    for name, of in GROUPED.items():
        place = result.groups.index((of.kind, of.group))
        assert np.allclose(result.series[name][:, :, place].T, held[name][-9::4], rtol=1e-6, atol=0)
        assert np.isnan(np.delete(result.series[name], place, axis=2)).all()


def test_asking_changes_nothing_else_and_worlds_are_alike_alone() -> None:
    asked = (f"useful_access.gap.AFR@{END}", "net_health.UMC.mean", "useful_access.SEAR.mean")
    plain, more = (
        AdoptionModel(Scenario("s", quarters=4 * YEARS, outcomes=names), worlds=2, rng=4).run().results().scalars
        for names in ((), asked)
    )
    assert set(more) - set(plain) == set(asked)
    assert all(np.array_equal(more[name], values) for name, values in plain.items())
    alone = AdoptionModel(Scenario("s", quarters=4 * YEARS, outcomes=asked), worlds=[1], rng=4).run().results().scalars
    assert all(alone[name].tobytes() == more[name][1:].tobytes() for name in asked)


def test_no_name_is_taken_and_a_slip_has_its_nearest() -> None:
    assert not set(GROUPED) & (set(UNITS) | set(MEASURED))
    assert not set(GROUPED) & {f"useful_access.{name}" for name in equity.MEASURES}
    with pytest.raises(ValueError, match=r"did you mean 'useful_access\.gap\.AFR\.mean'"):
        Scenario("s", outcomes=("useful_access.gap.AFRO.mean",))
