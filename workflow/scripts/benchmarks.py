"""Tables and pictures of docs/benchmarks.md from a run of the bench.

``python workflow/scripts/benchmarks.py build/bench/results``
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from symlens.lens import comparison, scaling

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE, PAGE = DOCS / "benchmarks.csv", DOCS / "benchmarks.md"
BEGIN, END = "<!-- bench -->\n", "<!-- /bench -->"
COSTS = DOCS / "scaling.csv"
COSTS_BEGIN, COSTS_END = "<!-- scaling -->\n", "<!-- /scaling -->"


def kept(table: Path) -> list[dict[str, str]]:
    """Rows of a kept table."""
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table() -> str:
    """Give the kept table of methods in Markdown."""
    return comparison.markdown(kept(TABLE))


def costs() -> str:
    """Give the kept table of costs in Markdown."""
    return scaling.markdown(kept(COSTS))


def replaced(page: str, begin: str, end: str, content: str) -> str:
    """Put content between two marks of a page."""
    before, rest = page.split(begin)
    return before + begin + content + end + rest.split(end)[1]


def main(arguments: Sequence[str]) -> None:
    """Keep table and picture of a run: of its costs where it has families, else of its methods."""
    results = Path(arguments[0])
    grown = (results / "tables" / "lens" / "scaling.csv").exists()
    name, target = ("scaling", COSTS) if grown else ("comparison", TABLE)
    shutil.copy(results / "tables" / "lens" / f"{name}.csv", target)
    shutil.copy(results / "figures" / "lens" / f"{name}.png", target.with_suffix(".png"))
    parts = (COSTS_BEGIN, COSTS_END, costs()) if grown else (BEGIN, END, table())
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), *parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
