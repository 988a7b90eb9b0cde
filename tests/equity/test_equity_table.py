"""Anyone's own table: what it prints, and how it complains."""

import numpy as np
import pytest

from adoptsim import equity

GOOD = "district,covered,people,income\nNorth,30,40,1\nHill,40,40,4\n\nPort,70,20,20\n"


@pytest.fixture
def write(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "districts.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def rows_of(path, **options):
    rows = equity.measure_table(path, "covered", "people", options.pop("rank", "income"), **options)
    return {(row.name, "logit" in row.label): row for row in rows}


@pytest.mark.parametrize(
    "text", [GOOD, GOOD.replace(",", ";"), GOOD.replace(",", "\t"), "\ufeff" + GOOD, GOOD.replace("\n", "\r\n")]
)
def test_any_usual_file_gives_the_measures_both_ways(write, text):
    rows = rows_of(write(text), scale=100, reference=0)
    y, n, rank = [30, 40, 70], [40, 40, 20], [1, 4, 20]
    assert next(iter(rows)) == ("mean", False)
    for (name, logit), row in rows.items():
        form = "logit" if logit else "linear"
        expected = equity.measure(name, y, n, rank, 0, scale=100, form=form)
        assert row.value == pytest.approx(expected), name
        assert row.equal == pytest.approx(equity.measure(name, y, [1, 1, 1], rank, 0, scale=100, form=form)), name
    assert {name for name, _ in rows} == set(equity.MEASURES) - {
        "percentile_difference",
        "percentile_ratio",
        "ventile_difference",
        "ventile_ratio",
    }
    assert rows["slope_index", False].favours == "favours advantaged"
    assert rows["slope_index", True].value == pytest.approx(47.687, abs=1e-3)


def test_a_byte_order_mark_is_no_part_of_the_first_column(write):
    path = write("\ufeffcovered,people,income\n30,40,1\n70,20,20\n")
    assert rows_of(path)["difference", False].value == 40


def test_only_what_suits_the_table_is_printed(write):
    path = write(GOOD)
    bare = rows_of(path, rank=None)
    assert not {("slope_index", False), ("erreygers", False), ("reference_gap", False)} & set(bare)
    assert not any(logit for _, logit in rows_of(path))
    assert ("erreygers", False) not in rows_of(path)
    assert ("erreygers", False) in rows_of(path, scale=100)


def test_many_units_show_tails_of_people(write):
    lines = "".join(f"d{i},{i},{i + 1},{i}\n" for i in range(101))
    rows = rows_of(write("district,covered,people,income\n" + lines))
    assert ("ventile_difference", False) in rows
    assert ("difference", False) not in rows


def test_notes_say_why_a_value_is_missing(write):
    nothing = rows_of(write(GOOD.replace("30", "0").replace("40,40", "0,40").replace("70", "0")))
    assert np.isnan(nothing["gini", False].value)
    assert "mean is 0" in nothing["gini", False].note
    assert nothing["slope_index", False].value == 0
    negative = rows_of(write(GOOD.replace("30", "-3")))
    assert negative["gini", False].note == "needs estimates that are not negative"
    assert negative["slope_index", False].note == ""
    steep = rows_of(write("covered,people,income\n0,1,1\n100,1,2\n"), scale=100)
    assert steep["slope_index", False].note == "beyond the scale: an index, not points"


def test_printed_table(write):
    text = equity.format_table(equity.measure_table(write(GOOD), "covered", "people", "income"))
    lines = text.splitlines()
    assert lines[0].split() == ["measure", "by", "people", "units", "equal", "unit", "favours"]
    assert lines[2].split()[:3] == ["Mean", "42", "46.67"]
    assert all(line == line.rstrip() for line in lines)


def test_the_printed_table_is_at_most_100_columns_wide_with_its_notes_below(write):
    path = write(GOOD.replace("30,40", "0,40").replace("40,40", "0,400").replace("70,20", "100,20"))
    lines = equity.format_table(
        rows := equity.measure_table(path, "covered", "people", "income", reference=2)
    ).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].split()[-1] == "note"
    notes = list(dict.fromkeys(row.note for row in rows if row.note))
    assert len(notes) > 1
    assert lines[-len(notes) :] == [f"[{n}] {note}" for n, note in enumerate(notes, 1)]
    (start,) = (i for i, line in enumerate(lines) if line.startswith("Mean difference from reference, units"))
    assert lines[start + 1] == "  equal (MDRU)"


def test_a_direction_that_hangs_on_the_weights_is_noted(write):
    rows = rows_of(write("covered,people,income\n10,5,1\n90,1,2\n80,1,3\n1,1,4\n"), scale=100)
    row = rows["slope_index", False]
    assert (row.value > 0) != (row.equal > 0)
    assert row.note == "with units equal: favours disadvantaged"


def test_the_column_of_a_fault_counts_characters_and_knows_quotes(write):
    path = write('place;covered;people\n"St. ""X""; south";30;x\n"two\nlines";y;3\n')
    with pytest.raises(equity.TableError) as error:
        equity.measure_table(path, "covered", "people")
    assert [line.split(".csv:")[1].split(" ")[0] for line in str(error.value).splitlines()] == ["2:23:", "4:1:"]


def test_the_figure_of_a_table_is_its_curve(write):
    axes = equity.table_figure(write(GOOD), "covered", "people", "income").axes[0]
    assert axes.lines[1].get_xdata() == pytest.approx([0, 0.4, 0.8, 1])
    assert axes.lines[1].get_ydata() == pytest.approx([0, 12 / 42, 28 / 42, 1])
    assert "income" in axes.get_xlabel()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "districts.csv:1:1: empty, where a header is needed"),
        ("covered,people,income\n", "districts.csv:1:1: a header without any line below it"),
        (GOOD.replace("income", "incomes"), "districts.csv:1:1: no column 'income'; did you mean 'incomes'?"),
        ("a,b\n1,2\n", "districts.csv:1:1: no column 'covered'; there are 'a', 'b'"),
        (GOOD.replace("district", "people"), "districts.csv:1:16: column 'people' appears 2 times"),
        (GOOD.replace("Port,70", "Port,high"), "districts.csv:5:6: column 'covered': 'high' is not a number"),
        (GOOD.replace("Port,70", "Port,70 %"), "districts.csv:5:6: column 'covered': '70 %' is not a number"),
        (GOOD.replace("Port,70", "Port,nan"), "districts.csv:5:6: column 'covered': 'nan' is not a finite number"),
        (GOOD.replace("Port,70", "Port,"), "districts.csv:5:6: column 'covered': empty, where a number is needed"),
        (GOOD.replace("Port,70,20", "Port,70,-20"), "districts.csv:5:9: column 'people': -20 is negative"),
        (GOOD.replace("Port,70", "Port,170"), "districts.csv:5:6: column 'covered': 170 is above the scale 100"),
        (GOOD.replace("Hill,30", "Hill,-1").replace("Port,70", "Port,-7"), "column 'covered': -7 is negative"),
        (GOOD.replace("Port,70,20,20", "Port,70,20"), "districts.csv:5:1: 3 entries, but the header names 4 columns"),
        (
            "covered,people,income\n30,0,1\n70,0,2\n",
            "districts.csv:2:4: column 'people': all zero, so there is nobody to compare",
        ),
        (GOOD.replace("Port", '"Port'), "districts.csv:5:1: unexpected end of data"),
    ],
)
def test_faults_name_file_line_and_column(write, text, words):
    with pytest.raises(equity.TableError) as error:
        equity.measure_table(write(text), "covered", "people", "income", scale=100)
    assert words in str(error.value)


def test_all_faults_are_told_at_once_in_the_order_of_lines(write):
    text = GOOD.replace("North,30", "North,x").replace("Hill,40,40", "Hill,40,y").replace("Port,70", "Port,z")
    with pytest.raises(equity.TableError) as error:
        equity.measure_table(write(text), "covered", "people", "income")
    assert [line.split(":")[1] for line in str(error.value).splitlines()] == ["2", "3", "5"]
    many = "covered,people,income\n" + "x,1,1\n" * 30
    with pytest.raises(equity.TableError, match=r"\.\.\. and 10 more"):
        equity.measure_table(write(many), "covered", "people", "income")


def test_other_encodings_and_missing_files(write, tmp_path):
    with pytest.raises(equity.TableError, match=r"districts.csv:2:2: not UTF-8 text"):
        equity.measure_table(write(GOOD.replace("North", "Nørth"), "latin-1"), "covered", "people", "income")
    with pytest.raises(FileNotFoundError):
        equity.measure_table(tmp_path / "none.csv", "covered", "people")


def test_curve_runs_from_corner_to_corner_and_encloses_half_the_index():
    rng = np.random.default_rng(10)
    y, n, rank = rng.random(30), rng.random(30), rng.integers(0, 9, 30)
    curve = equity.concentration_curve(y, n, rank)
    assert (curve.people[0], curve.held[0], curve.people[-1], curve.held[-1]) == (0, 0, 1, 1)
    assert len(curve.people) == len(set(rank)) + 1
    under = (np.diff(curve.people) * (curve.held[1:] + curve.held[:-1]) / 2).sum()
    assert 1 - 2 * under == pytest.approx(equity.relative_concentration(y, n, rank))
    assert np.isnan(equity.concentration_curve([0, 0], [1, 1], [1, 2]).held).all()


def test_figure_shows_the_curve(tmp_path):
    figure = equity.concentration_figure([0.3, 0.4, 0.7], [40, 40, 20], [1, 2, 3], indicator="coverage", by="income")
    (axes,) = figure.axes
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [0, 2 / 7, 2 / 3, 1])
    assert "0.171" in axes.get_title()
    assert "coverage" in axes.get_ylabel()
    figure.savefig(tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 0
    empty = equity.concentration_figure([0, 0], [1, 1], [1, 2])
    assert "no curve" in empty.axes[0].get_title()
