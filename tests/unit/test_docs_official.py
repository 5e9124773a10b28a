"""Numbers quoted in docs/official.md are those of the kept measurements."""

import importlib.util
from pathlib import Path

import pytest

from symlens.config import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def writer():
    spec = importlib.util.spec_from_file_location("official", ROOT / "workflow/scripts/official.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_files(writer):
    page = writer.PAGE.read_text(encoding="utf-8")
    assert writer.filled(page) == page
    for name in writer.COLUMNS:
        assert writer.table(name, writer.read(name)) in page, name


def test_fast_is_a_thousand_times_faster_at_the_target(writer):
    """The claim of the page, seed by seed."""
    rows = writer.read("speed")
    assert len(rows) == 3
    for row in rows:
        assert float(row["fast_cosine"]) >= 0.98
        official = float(row["official_step_seconds"]) * int(row["official_steps"])
        assert official / float(row["fast_seconds"]) == pytest.approx(
            float(row["ratio_extrapolated"]), rel=1e-3
        )
        assert float(row["ratio_extrapolated"]) >= 1000


def test_the_costs_are_of_the_experiments_of_the_papers_scale(writer):
    lens = load(ROOT / "config/paper.yaml").lens
    for row in writer.read("cost"):
        name = row["name"]
        first = next(iter(lens.points(name))) if name in lens.sweeps else name
        assert int(row["steps"]) == lens.settings(first, "official").steps
        assert float(row["hours"]) == pytest.approx(
            int(row["trainings"]) * int(row["steps"]) * float(row["step_seconds"]) / 3600, rel=1e-3
        )
