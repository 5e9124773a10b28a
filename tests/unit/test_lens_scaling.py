"""What a fit costs as data grow: families, power laws, table, figure and files."""

import csv

import numpy as np
import pytest
import xarray as xr

from symlens.benchmarks import power
from symlens.errors import DataError
from symlens.lens import scaling
from symlens.lens.figures import scaling as figure
from symlens.lens.scaling import Family, Point, families

HEADER = "s\th:m:s\tmax_rss\n"


def evaluation(experiment, seconds, cosines=None, method="fast"):
    """As much of an evaluation as costs are read from."""
    found = xr.Dataset(
        {"seconds": ("seed", np.asarray(seconds, float))},
        coords={"score": [], "statistic": ["worst"]},
        attrs={"experiment": experiment, "method": method},
    )
    if cosines is None:
        return found
    worst = xr.DataArray([[min(cosines)]], dims=("score", "statistic"))
    return found.drop_vars("score").assign_coords(score=["generator_cosine"]).assign(summary=worst)


def benchmark(folder, experiment, *memory):
    place = folder / "lens" / experiment / "fast"
    place.mkdir(parents=True)
    for seed, value in enumerate(memory, start=1):
        (place / f"train-{seed}.tsv").write_text(f"{HEADER}9.0\t0:00:09\t{value}\n")


@pytest.fixture
def run(tmp_path):
    """Seconds grow with the square of n, memory with n; other experiments beside."""
    benchmark(tmp_path, "wide_n20", 200, 150)
    benchmark(tmp_path, "wide_n10", 90, 100)
    evaluations = [
        evaluation("wide_n20", [8.0, 4.0, 40.0], [0.9, 0.99, 0.98]),
        evaluation("wide_n10", [2.0, 1.0, 9.0], [0.97]),
        evaluation("waves", [3.0]),
        evaluation("tall_samples5", [3.0]),
        evaluation("wide_n10", [5.0], method="liepca"),
    ]
    return families(evaluations, tmp_path)


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 2.5])
def test_a_power_law_is_found_again(exponent):
    found = power({size: 3.0 * size**exponent for size in (2, 5, 11, 40)})
    np.testing.assert_allclose(found, (exponent, 3.0), rtol=1e-9, atol=1e-12)


def test_the_power_is_the_slope_of_logarithms():
    values = {10: 1.0, 20: 3.0, 50: 2.0}
    slope = np.polyfit(np.log(list(values)), np.log(list(values.values())), 1)
    assert power(values) == pytest.approx((slope[0], np.exp(slope[1])))
    assert power({10: 1.0}) is None
    assert power({}) is None


def test_experiments_that_differ_in_a_number_are_a_family(run):
    (family,) = run
    assert (family.name, family.grows, family.method) == ("wide", "n", "fast")
    assert [point.size for point in family.points] == [10, 20]
    assert family.seconds() == {10: 2.0, 20: 8.0}
    assert family.memory() == {10: 100.0, 20: 200.0}
    assert family.points[1].cosine == 0.9


def test_rows_hold_medians_extremes_and_powers(run):
    first, second = scaling.rows(run)
    assert (first["size"], first["seconds_median"], first["seconds_longest"]) == (10, 2.0, 9.0)
    assert (second["peak_mb"], second["cosine_worst"], second["seeds"]) == (200.0, 0.9, 3)
    for row in (first, second):
        assert row["seconds_power"] == pytest.approx(2)
        assert row["memory_power"] == pytest.approx(1)


def test_memory_and_truth_may_be_unknown(tmp_path):
    (family,) = families([evaluation("a_n2", [1.0]), evaluation("a_n4", [2.0])], tmp_path)
    row = scaling.rows([family])[0]
    assert [row[key] for key in ("cosine_worst", "peak_mb", "memory_power")] == [None] * 3
    text = scaling.markdown([{key: "" if v is None else str(v) for key, v in row.items()}])
    assert "| a | n | 2 | 1 | - | 1.0 | 1.0 | - |" in text
    assert text.endswith("* a: seconds grow like n^1.00\n")


def test_the_markdown_says_what_the_rows_say(run):
    cells = [{key: str(value) for key, value in row.items()} for row in scaling.rows(run)]
    lines = scaling.markdown(cells).splitlines()
    assert lines[2] == "| wide | n | 10 | 3 | 0.9700 | 2.0 | 9.0 | 100 |"
    assert lines[-1] == "* wide: seconds grow like n^2.00, peak memory like n^1.00"


def test_every_seed_and_the_law_are_drawn(run):
    drawn = figure.draw(run)
    seconds, memory = drawn.axes
    (law,) = (line for line in seconds.lines if line.get_linestyle() == "-")
    np.testing.assert_allclose(law.get_ydata(), [2.0, 8.0])
    dots = [line for line in seconds.lines if line.get_marker() == "."]
    assert sorted(y for line in dots for y in line.get_ydata()) == [1.0, 2.0, 4.0, 8.0, 9.0, 40.0]
    assert seconds.get_legend().get_texts()[0].get_text() == "wide, fast: power 2.00"
    np.testing.assert_allclose(memory.lines[-1].get_ydata(), [100, 200])
    assert seconds.get_xscale() == seconds.get_yscale() == "log"


def test_a_column_for_everything_that_grows():
    points = (Point(10, (1.0,), 0.0, None), Point(100, (2.0,), 0.0, None))
    found = [Family("a", grows, "fast", points) for grows in ("n", "samples", "n")]
    assert len(figure.draw(found).axes) == 4
    with pytest.raises(DataError, match="got none"):
        figure.draw([])


def test_a_run_without_families_writes_nothing(tmp_path):
    assert not scaling.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_with_families_writes_table_and_figure(run, tmp_path, monkeypatch):
    monkeypatch.setattr(scaling, "families", lambda *_: run)
    assert scaling.write(tmp_path / "results")
    kept = tmp_path / "results" / "tables" / "lens" / "scaling.csv"
    with kept.open(newline="", encoding="utf-8") as file:
        assert [row["size"] for row in csv.DictReader(file)] == ["10", "20"]
    pictures = sorted(path.name for path in (tmp_path / "results" / "figures" / "lens").iterdir())
    assert pictures == ["scaling.pdf", "scaling.png"]
