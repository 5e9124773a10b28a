"""Numbers quoted in docs/benchmarks.md are those of a run."""

import csv
import importlib.util
import re
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
    monkeypatch.setattr(writer, "DOCS", tmp_path)
    monkeypatch.setattr(writer, "TABLE", tmp_path / "kept.csv")
    monkeypatch.setattr(writer, "PAGE", page)
    writer.main([str(results)])
    text = page.read_text(encoding="utf-8")
    assert text == f"before\n{writer.BEGIN}{writer.table()}{writer.END}\nafter\n"
    assert (tmp_path / "benchmarks.png").read_text() == "made up"


def test_links_of_the_page_are_not_broken(writer):
    links = re.findall(r"\]\(([^)#]+)\)", writer.PAGE.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (writer.DOCS / link).exists()] == []
