"""The table and picture of docs/benchmarks.md from a run of the bench.

``python workflow/scripts/benchmarks.py build/bench/results``
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from symlens.lens import comparison

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE, PAGE = DOCS / "benchmarks.csv", DOCS / "benchmarks.md"
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->"


def table() -> str:
    """Give the kept table in Markdown."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return comparison.markdown(list(csv.DictReader(file)))


def main(arguments: Sequence[str]) -> None:
    """Keep the table and the picture of a run, and write the page's table anew."""
    results = Path(arguments[0])
    shutil.copy(results / "tables" / "lens" / "comparison.csv", TABLE)
    shutil.copy(results / "figures" / "lens" / "comparison.png", DOCS / "benchmarks.png")
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
