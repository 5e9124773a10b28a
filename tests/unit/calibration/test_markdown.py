"""Numbers quoted in docs/verdict.md are those of a run."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest

from symlens.config import load
from symlens.lens.calibration.markdown import filled, line, read, table, tables

ROOT = Path(__file__).resolve().parents[3]
TABLE, PAGE = ROOT / "docs" / "verdict.csv", ROOT / "docs" / "verdict.md"


def row(experiment="a", truth="none", sets=10, called=(0, 9, 1), **more):
    names = ("symmetry", "no_symmetry", "not_identifiable")
    counts = {name: str(count) for name, count in zip(names, called, strict=True)}
    cell = {"noise": "0.05", "samples": "8000", "strength": "0", "wrong": "0"}
    known = {"experiment": experiment, "truth": truth, "data_sets": str(sets)}
    return cell | known | counts | more


def test_a_line_adds_up_its_rows_and_has_their_interval():
    found = line("both", [row(), row(called=(1, 9, 0), wrong="1")])
    assert found == "| both | 20 | 1 | 18 | 1 | 5.0 % (0.1 to 24.9) | 1 |\n"


def test_a_table_has_a_line_per_key_and_one_for_all():
    rows = [row("a_b", noise="0.1"), row("a_b", noise="0.5"), row("c", called=(10, 0, 0))]
    lines = table(rows, ["experiment"]).splitlines()
    assert len(lines) == 2 + 3
    assert lines[0].startswith("| experiment | sets |")
    assert lines[2].startswith("| a b | 20 | 0 |")
    assert lines[-1].startswith("| all | 30 | 10 |")
    assert table(rows, ["experiment", "noise"]).count("\n") == 2 + 4
    assert len({text.count("|") for text in lines}) == 1


def test_rows_go_to_the_table_of_their_truth_and_size():
    rows = [
        row("a"),
        row("large_a"),
        row("b", "symmetry", samples="24000"),
        row("b", "symmetry", samples="2000"),
        row("large_b", "symmetry"),
        row("c", "near", strength="0.5"),
    ]
    found = {
        name: [text.split("|")[1].strip() for text in content.splitlines()[2:-1]]
        for name, content in tables(rows).items()
    }
    assert found == {
        "none": ["a"],
        "large": ["large b"],
        "large-none": ["large a"],
        "families": ["b"],
        "cells": ["2000, 0.05", "24000, 0.05"],
        "near": ["c, 0.5"],
    }


def test_a_page_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="not enough values"):
        filled("no marks", [row()])


def test_the_page_has_the_numbers_of_the_kept_run():
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text, read(TABLE)) == text


def test_the_kept_run_is_of_the_calibration_that_is_shipped():
    blocks = load(ROOT / "config" / "calibration.yaml").calibration.experiments
    kept: dict[str, int] = {}
    for one in read(TABLE):
        assert one["truth"] == blocks[one["experiment"]].truth
        kept[one["experiment"]] = kept.get(one["experiment"], 0) + int(one["data_sets"])
    assert kept
    for name, count in kept.items():
        block = blocks[name]
        # Whole seeds are kept, all of them or the first ones.
        seeds, rest = divmod(count, len(block.cells()) * block.data_sets)
        assert rest == 0
        assert seeds <= len(block.seeds)


def test_what_the_page_links_to_exists():
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / link).exists()


def test_the_families_of_the_page_are_those_of_their_table():
    with (PAGE.parent / "verdict_families.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    text = PAGE.read_text(encoding="utf-8")
    for cosine, held_out in itertools.product((1.0, 0.97, 0.5), (10000, 4000, 1000)):
        called = [
            one["verdict"]
            for one in rows
            if float(one["cosine_asked"]) == cosine and int(one["held_out"]) == held_out
        ]
        counts = [called.count(v) for v in ("symmetry", "no symmetry", "not identifiable")]
        numbers = [f"{cosine:g}", held_out, len(called), *counts]
        assert f"| {' | '.join(map(str, numbers))} |\n" in text


def test_what_has_not_been_run_is_said():
    assert table([], ["experiment"]) == "Not run yet.\n"
