"""Inequality in the model's outcomes is what the leaf measures on the recorder's own cells."""

import numpy as np
import pytest

from adoptsim import equity
from adoptsim.model import recorder
from adoptsim.model.equations import sum_applications
from adoptsim.model.inequality import MEASURED
from adoptsim.model.model import AdoptionModel
from adoptsim.model.outcomes import UNITS, WHERE_LISTED, outcome_names
from adoptsim.model.scenario import Scenario

YEARS = 3
END = 2025 + YEARS
SHORT = Scenario("short", quarters=4 * YEARS)
EVERYTHING = Scenario("all", quarters=4 * YEARS, outcomes=outcome_names(END))

pytestmark = pytest.mark.fast


def cells(model: AdoptionModel) -> tuple[np.ndarray, ...]:
    """Need-weighted useful access, people and mean income of all fifths, (world, 5 x country), and their countries."""
    c = model.countries
    access = sum_applications(c.coverage_by_fifth() * c.useful() * model.recorder.weight)
    income = c.gdp_ppp * c.income_share * 5
    people = np.broadcast_to(c.population / 5, access.shape)
    country = np.broadcast_to(np.arange(len(model.inputs)), access.shape[1:])
    flat = (np.broadcast_to(x, access.shape).reshape(len(access), -1) for x in (access, people, income))
    return (*flat, country.ravel())


@pytest.fixture(scope="module")
def history() -> list[tuple[AdoptionModel, tuple[np.ndarray, ...], dict[str, np.ndarray]]]:
    """At each year's end: the model, its cells, and what the recorder keeps."""
    model, found = AdoptionModel(EVERYTHING, worlds=2, rng=4), []
    for _ in range(YEARS):
        for _ in range(4):
            useful = model.countries.useful()
            model.step()
        assert np.array_equal(useful, model.countries.useful())  # what a test is worth changes from year to year
        found.append((model, cells(model), dict(model.recorder.now)))
    return found


def test_the_headline_pair_is_the_leaf_s(history) -> None:
    for _, (access, people, income, _), now in history:
        poor, gap = equity.headline(access, people, income)
        assert now["useful_access.p40"] == pytest.approx(poor, rel=0, abs=1e-12)
        assert now["useful_access.gap"] == pytest.approx(gap, rel=0, abs=1e-12)
        assert (poor > 0).all()


def test_the_gap_splits_between_and_within_countries_as_in_the_leaf(history) -> None:
    for _, (access, people, income, country), now in history:
        split = equity.split_gap(access, people, income, country)
        assert now["useful_access.gap_between"] == pytest.approx(split.between, rel=0, abs=1e-12)
        assert now["useful_access.gap_within"] == pytest.approx(split.within, rel=0, abs=1e-12)
        assert (np.abs(split.within) > 1e-6).all()


def test_the_parts_of_the_gap_sum_to_it_at_the_horizon_and_over_the_run() -> None:
    scalars = AdoptionModel(Scenario("part", quarters=10), worlds=2, rng=4).run().results().scalars
    for suffix in (".mean", f"@{END}"):
        between, within, gap = (
            scalars[f"useful_access.{part}{suffix}"] for part in ("gap_between", "gap_within", "gap")
        )
        assert between + within == pytest.approx(gap, rel=0, abs=1e-15)


def test_every_measure_by_name_is_the_leaf_s_at_year_ends(history) -> None:
    found = history[-1][0].results().scalars
    for name, entry in MEASURED.items():
        yearly = []
        for _, (access, people, income, _), _ in history:
            reference = [int(row.argmax()) if entry.referred else None for row in income]
            rows = zip(access, people, income, reference, strict=True)
            yearly.append([equity.measure(name.removeprefix("useful_access."), *row) for row in rows])
        expected = np.where(np.isfinite(yearly), yearly, np.nan)
        assert found[f"{name}@{END}"] == pytest.approx(expected[-1], rel=1e-9, abs=1e-12, nan_ok=True), name
        assert found[f"{name}.mean"] == pytest.approx(expected.mean(axis=0), rel=1e-9, abs=1e-12, nan_ok=True), name
    assert found[f"useful_access.mean@{END}"] == pytest.approx(found[f"useful_access.world@{END}"], rel=1e-12)
    assert np.isfinite(found[f"useful_access.slope_index@{END}"]).all()


def test_an_infinite_measure_is_missing_and_costs_no_world(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = recorder.measured
    monkeypatch.setattr(
        recorder, "measured", lambda n, access, *rest: whole(n, access * (access > access.min()), *rest)
    )
    asked = (f"useful_access.MLD@{END}", f"useful_access.theil@{END}")
    scalars = AdoptionModel(Scenario("zeros", quarters=4 * YEARS, outcomes=asked), worlds=1).run().results().scalars
    assert np.isnan(scalars[asked[0]]).all()
    assert np.isfinite(scalars[asked[1]]).all()


def test_asking_adds_what_is_asked_and_changes_nothing_else() -> None:
    asked = (f"useful_access.slope_index@{END}", "useful_access.TI.mean", "useful_access.p40.mean")
    plain, more = (
        AdoptionModel(Scenario("s", quarters=4 * YEARS, outcomes=names), worlds=2, rng=4).run().results()
        for names in ((), asked)
    )
    assert set(more.scalars) - set(plain.scalars) == set(asked[:2])
    assert set(more.series) - set(plain.series) == {"useful_access.slope_index", "useful_access.TI"}
    assert all(np.array_equal(more.scalars[name], values) for name, values in plain.scalars.items())
    assert all(np.array_equal(more.series[n], values, equal_nan=True) for n, values in plain.series.items())


def test_worlds_measure_alike_alone_and_together() -> None:
    asked = tuple(f"useful_access.{name}@{END}" for name in ("erreygers", "theil", "MDRU", "gini"))
    scenario = Scenario("s", quarters=4 * YEARS, outcomes=asked)
    both, alone = (AdoptionModel(scenario, worlds=worlds, rng=4).run().results().scalars for worlds in ([0, 1], [1]))
    for name in asked:
        assert both[name][1:].tobytes() == alone[name].tobytes()


def test_the_split_and_the_asked_are_told_year_by_year() -> None:
    scenario = Scenario("s", quarters=4 * YEARS, outcomes=("useful_access.gini.mean",))
    result = AdoptionModel(scenario, worlds=2, rng=4).run().results()
    assert result.groups[0] == ("world", "all")
    for name in ("useful_access.gap_between", "useful_access.gap_within", "useful_access.gini"):
        series = result.series[name]
        assert series.shape == (2, YEARS, len(result.groups))
        assert np.isfinite(series[..., 0]).all()
        assert np.isnan(series[..., 1:]).all()
    for name in ("useful_access.gap_between", "useful_access.gap_within"):
        assert result.series[name][:, -1, 0] == pytest.approx(result.scalars[f"{name}@{END}"], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (f"useful_access.slope_indx@{END}", f"'useful_access.slope_index@{END}'"),
        ("useful_access.sii.mean", "'useful_access.SII.mean'"),
        ("useful_access.theil@2045", f"'useful_access.theil@{END}'"),
        ("useful_access.theil", "'useful_access.theil"),
    ],
)
def test_a_name_that_is_no_outcome_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is no outcome") as error:
        Scenario("s", quarters=4 * YEARS, outcomes=(name,))
    assert f"did you mean {hint}" in str(error.value)


def test_no_measure_takes_the_name_of_a_built_in_outcome() -> None:
    assert not set(UNITS) & set(MEASURED)
    kept = AdoptionModel(SHORT).run().results().scalars
    assert set(kept) == {name for name in outcome_names(END) if name.rpartition("@")[0] not in WHERE_LISTED} - {
        f"{name}.mean" for name in WHERE_LISTED
    }


def test_the_mean_over_people_can_be_asked_for_by_name() -> None:
    scenario = Scenario("s", quarters=4 * YEARS, outcomes=("useful_access.mean.mean",))
    assert "useful_access.mean.mean" in AdoptionModel(scenario).run().results().scalars
