"""The tables of docs/official.md from the CSV files beside it: `workflow/scripts/official.py`.

A column is written as its key in the file, or as key:format; its heading is that of the page.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "official.md"
COLUMNS = {
    "speed": "seed fast_cosine:.4f fast_seconds:.1f official_step_seconds:.2f official_steps "
    "official_hours_extrapolated:.0f ratio_extrapolated:,.0f",
    "objective": "n at cosine:.4f loss:.3f alignment:.3f uniformity:.4f marginal_entropy:.3f "
    "joint_entropy:.3f",
    "together": "n batch xla trainings alone_seconds:.4f together_seconds:.4f ratio:.2f",
    "cost": "name features batch steps trainings step_seconds:.3g hours_each:,.3g hours:,.0f",
}


def table(name: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Give a table of the page in Markdown."""
    columns = [column.partition(":")[::2] for column in COLUMNS[name].split()]
    head = [key.replace("_", " ") for key, _ in columns]
    cells = [[_text(row[key], form) for key, form in columns] for row in rows]
    lines = [" | ".join(line) for line in (head, *cells)]
    return f"| {lines[0]} |\n|{'---|' * len(head)}\n" + "".join(f"| {x} |\n" for x in lines[1:])


def read(name: str) -> list[dict[str, str]]:
    """Read the rows of a CSV file."""
    with (DOCS / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def filled(page: str) -> str:
    """Give the page with every table between its marks made anew."""
    for name in COLUMNS:
        marked = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = marked.sub(lambda m, n=name: m[1] + table(n, read(n)) + m[2], page)
    return page


def _text(value: str, form: str) -> str:
    return f"{float(value):{form}}" if form else value.replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
