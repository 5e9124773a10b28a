"""From verdicts to rates, their tables, figures and page."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.lens.calibration import figures
from symlens.lens.calibration.evaluate import evaluate
from symlens.lens.calibration.rates import rows, total
from symlens.lens.calibration.schemas import EVALUATION, RUN
from symlens.lens.calibration.summary import page, sentence
from symlens.metrics import proportion
from symlens.page import Entry
from symlens.store import check
from symlens.tables import csv_text


class TestEvaluate:
    def test_it_is_the_file_that_the_schema_promises(self, none, real, made_up):
        check(made_up(["symmetry"]), RUN, "made up")
        for found in (none, real):
            check(found, EVALUATION, "made up")

    def test_verdicts_are_counted_over_seeds(self, none):
        assert none.sizes["cell"] == 1
        counts = [int(none[name].sum()) for name in ("symmetry", "no_symmetry", "not_identifiable")]
        assert counts == [1, 15, 4]
        expected = proportion(1, 20)
        np.testing.assert_allclose(none["rate"][0], [0.05, expected.low, expected.high])
        np.testing.assert_allclose(none["overall"], none["rate"][0])
        assert none["seed"].to_numpy().tolist() == [1] * 10 + [2] * 10

    def test_cells_are_counted_apart(self, real):
        assert real["cell_noise"].to_numpy().tolist() == [0.1, 0.5]
        assert real["symmetry"].to_numpy().tolist() == [4, 3]
        assert real["wrong"].to_numpy().tolist() == [0, 1]
        assert real["rate"].sel(interval="rate").to_numpy().tolist() == [1.0, 0.75]
        assert float(real["overall"][0]) == 7 / 8

    def test_a_wrong_generator_counts_only_where_it_is_called_a_symmetry(self, made_up):
        found = evaluate([made_up(["no symmetry", "symmetry"], truth="symmetry", cosines=[0, 1])])
        assert int(found["wrong"].sum()) == 0

    def test_runs_that_do_not_belong_together_are_refused(self, made_up):
        with pytest.raises(DataError, match="distinct seeds"):
            evaluate([made_up(["symmetry"]), made_up(["symmetry"])])
        with pytest.raises(DataError, match="one truth"):
            evaluate([made_up(["symmetry"]), made_up(["symmetry"], seed=2, truth="near")])
        with pytest.raises(DataError, match="distinct seeds"):
            evaluate([])


class TestTable:
    def test_totals_are_over_all_experiments_of_a_truth(self, none, real):
        assert total([none, real, none], "none") == proportion(2, 40)
        assert total([none, real], "symmetry") == proportion(7, 8)
        assert total([none], "symmetry").trials == 0

    def test_a_row_per_cell_and_the_totals_last(self, none, real):
        table = list(csv.DictReader(csv_text(rows([none, real])).splitlines()))
        names = [row["experiment"] for row in table]
        assert names[:3] == ["sources", "bumps", "bumps"]
        assert names[3:] == ["all without a symmetry", "all with a symmetry"]
        assert [row["symmetry"] for row in table] == ["1", "4", "3", "1", "7"]
        assert [row["data_sets"] for row in table] == ["20", "4", "4", "20", "8"]
        assert float(table[1]["noise"]) == 0.1
        assert float(table[0]["high"]) == pytest.approx(proportion(1, 20).high, rel=1e-5)

    def test_without_a_truth_there_is_no_total(self, real):
        assert [row["experiment"] for row in rows([real])][-1] == "all with a symmetry"
        assert len(rows([real])) == 3


class TestFigures:
    def test_bars_are_the_fractions_of_the_verdicts(self, real):
        figure = figures.rates(real, "Bumps")
        (axes,) = figure.axes
        widths = [[bar.get_width() for bar in bars] for bars in axes.containers[:3]]
        assert widths == [[1.0, 0.75], [0.0, 0.0], [0.0, 0.25]]
        labels = [label.get_text() for label in axes.get_yticklabels()]
        assert labels == ["noise 0.1, 4 sets", "noise 0.5, 4 sets"]

    def test_every_data_set_is_a_point_inside_the_axes(self, none):
        broken = none.assign(moving_fraction=none["moving_fraction"] * 1e3)
        for found in (none, broken, none.assign(moving_fraction=none["moving_fraction"] * np.nan)):
            (axes,) = figures.evidence(found, "Sources").axes
            points = np.concatenate([dots.get_offsets() for dots in axes.collections])
            assert len(points) == 20
            assert np.isfinite(points).all()
            assert points[:, 0].max() <= 1.6

    def test_the_overview_has_an_interval_per_kind_and_the_totals_in_its_head(self, none, real):
        figure = figures.overview([real, none], ["Bumps", "Sources"])
        left, right = figure.axes
        names = [label.get_text() for label in left.get_yticklabels()]
        assert names == ["Sources (20)", "Bumps (8)"]
        head = " ".join(text.get_text() for text in figure.texts)
        assert "False discoveries: 1 of 20" in head
        assert "Detections: 7 of 8" in head
        laws = {line.get_label(): line.get_ydata() for line in right.lines}
        assert laws["without a symmetry"][0] == 0
        assert laws["without a symmetry"][-1] == 1
        assert laws["with a symmetry"][120] == 7 / 8

    def test_one_truth_alone_can_be_drawn(self, real):
        assert "none asked for" in figures.overview([real], ["Bumps"]).texts[1].get_text()


class TestPage:
    def entry(self, found, title):
        return Entry(title, found, {})

    def test_sentences(self, none, real, made_up):
        assert (
            sentence(none) == "1 of 20 data sets called a symmetry, each of them a false discovery."
        )
        assert sentence(real).startswith("7 of 8 data sets called a symmetry")
        clean = evaluate([made_up(["no symmetry"] * 3)])
        assert sentence(clean) == "None of 3 data sets was called a symmetry, and none has one."

    def test_the_lead_has_both_rates_with_their_intervals(self, none, real):
        found = page("How often?", [self.entry(none, "Sources"), self.entry(real, "Bumps")])
        assert "1 of 20 data sets without a symmetry called one (5 %, interval 0.13" in found.lead
        assert "7 of 8 data sets with a symmetry found" in found.lead
        assert [row.title for row in found.rows] == ["Sources", "Bumps"]
        assert all(len(row.cells) == len(found.columns) for row in found.rows)

    def test_the_smallest_cosine_is_that_of_what_was_called_a_symmetry(self, none, real):
        found = page("How often?", [self.entry(none, "Sources"), self.entry(real, "Bumps")])
        column = [column.heading for column in found.columns].index(
            "smallest cosine called symmetry"
        )
        texts = [row.cells[column].text for row in found.rows]
        assert texts[1] == "0.3000"
        assert texts[0] == "\N{EN DASH}"
