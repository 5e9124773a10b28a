"""Numbers quoted in docs/benchmarks.md are those of a run."""

import csv
import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from symlens.config import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def writer():
    script = ROOT / "workflow" / "scripts" / "benchmarks.py"
    spec = importlib.util.spec_from_file_location("benchmarks", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_that_of_the_kept_run(writer):
    page = writer.PAGE.read_text(encoding="utf-8")
    assert writer.BEGIN + writer.table() + writer.END in page


def test_what_was_kept_is_of_the_bench(writer):
    experiments = load(ROOT / "config" / "bench.yaml").lens.experiments
    with writer.TABLE.open(newline="", encoding="utf-8") as file:
        kept = {
            (row["experiment"], row["method"]): int(row["seeds"]) for row in csv.DictReader(file)
        }
    asked = {(n, m): len(b.seeds) for n, b in experiments.items() for m in b.methods}
    assert kept
    assert {key: seeds for key, seeds in kept.items() if seeds > asked[key]} == {}


def test_a_run_replaces_table_and_picture(writer, tmp_path, monkeypatch):
    results = tmp_path / "results"
    for kind, name, content in (
        ("tables", "comparison.csv", writer.TABLE.read_text(encoding="utf-8")),
        ("figures", "comparison.png", "made up"),
    ):
        (results / kind / "lens").mkdir(parents=True)
        (results / kind / "lens" / name).write_text(content, encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{writer.BEGIN}old\n{writer.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(writer, "TABLE", tmp_path / "benchmarks.csv")
    monkeypatch.setattr(writer, "PAGE", page)
    writer.main([str(results)])
    text = page.read_text(encoding="utf-8")
    assert text == f"before\n{writer.BEGIN}{writer.table()}{writer.END}\nafter\n"
    assert (tmp_path / "benchmarks.png").read_text() == "made up"


def test_the_table_of_costs_is_that_of_the_kept_run(writer):
    page = writer.PAGE.read_text(encoding="utf-8")
    assert writer.COSTS_BEGIN + writer.costs() + writer.COSTS_END in page


def test_what_was_kept_of_costs_is_of_the_configuration(writer):
    experiments = load(ROOT / "config" / "scaling.yaml").lens.experiments
    kept = writer.kept(writer.COSTS)
    assert kept
    for row in kept:
        block = experiments[f"{row['family']}_{row['grows']}{row['size']}"]
        assert row["method"] in block.methods
        assert int(row["seeds"]) <= len(block.seeds)


def test_a_run_of_costs_replaces_their_table_and_picture_only(writer, tmp_path, monkeypatch):
    results = tmp_path / "results"
    for kind, content in (("tables/lens/scaling.csv", "kept"), ("figures/lens/scaling.png", "new")):
        (results / kind).parent.mkdir(parents=True)
        (results / kind).write_text(content, encoding="utf-8")
    shutil.copy(writer.COSTS, results / "tables" / "lens" / "scaling.csv")
    page = tmp_path / "page.md"
    other = f"{writer.BEGIN}methods\n{writer.END}\n"
    page.write_text(f"{other}{writer.COSTS_BEGIN}old\n{writer.COSTS_END}\n", encoding="utf-8")
    costs = writer.costs()
    monkeypatch.setattr(writer, "COSTS", tmp_path / "scaling.csv")
    monkeypatch.setattr(writer, "PAGE", page)
    writer.main([str(results)])
    text = page.read_text(encoding="utf-8")
    assert text == f"{other}{writer.COSTS_BEGIN}{costs}{writer.COSTS_END}\n"
    assert (tmp_path / "scaling.png").read_text() == "new"


def test_links_of_the_page_are_not_broken(writer):
    links = re.findall(r"\]\(([^)#]+)\)", writer.PAGE.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (writer.DOCS / link).exists()] == []
