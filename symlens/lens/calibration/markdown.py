"""Rates as the tables of a page in Markdown: what docs/verdict.md quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from symlens.metrics import proportion

VERDICTS = ("symmetry", "no_symmetry", "not_identifiable")
COLUMNS = ("sets", "symmetry", "none", "not identifiable", "symmetry (95 %)", "wrong")
Row = Mapping[str, str]


def read(path: Path) -> list[dict[str, str]]:
    """Read the rows of a table, without its totals."""
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["method"]]


def line(name: str, rows: Iterable[Row]) -> str:
    """Give what was said of all data sets of some rows, with the interval of the first verdict."""
    chosen = list(rows)
    counts = [sum(int(row[verdict]) for row in chosen) for verdict in VERDICTS]
    rate = proportion(counts[0], sum(int(row["data_sets"]) for row in chosen))
    shown = f"{100 * rate.value:.1f} % ({100 * rate.low:.1f} to {100 * rate.high:.1f})"
    wrong = sum(int(row["wrong"]) for row in chosen)
    return f"| {name} | {rate.trials} | {' | '.join(map(str, counts))} | {shown} | {wrong} |\n"


def table(rows: Sequence[Row], key: Sequence[str]) -> str:
    """Give a table in Markdown: a line for every value of the key, and one for all."""
    if not rows:
        return "Not run yet.\n"
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(", ".join(row[name].replace("_", " ") for name in key), []).append(row)
    columns = [", ".join(key), *COLUMNS]
    head = f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|\n"
    lines = [line(name, chosen) for name, chosen in groups.items()]
    return head + "".join([*lines, line("all", rows)])


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Give every table of the page by the name of its place."""
    small = [row for row in rows if not row["experiment"].startswith("large_")]
    large = [row for row in rows if row["experiment"].startswith("large_")]
    real = [row for row in small if row["truth"] == "symmetry"]
    return {
        "none": table([row for row in small if row["truth"] == "none"], ["experiment"]),
        "large": table([row for row in large if row["truth"] == "symmetry"], ["experiment"]),
        "large-none": table([row for row in large if row["truth"] == "none"], ["experiment"]),
        "families": table(real, ["experiment"]),
        "cells": table(sorted(real, key=cell), ["samples", "noise"]),
        "near": table([row for row in small if row["truth"] == "near"], ["experiment", "strength"]),
    }


def cell(row: Row) -> tuple[int, float]:
    """Give the place of a row by samples and noise."""
    return int(row["samples"]), float(row["noise"])


def filled(text: str, rows: Sequence[Row]) -> str:
    """Give the page with its tables put between their marks."""
    for name, content in tables(rows).items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = text.split(begin)
        text = before + begin + content + end + rest.split(end, 1)[1]
    return text
