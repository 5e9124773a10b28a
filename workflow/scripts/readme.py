"""The README's table and picture from a run of the tour: `python workflow/scripts/readme.py`."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE, README = ROOT / "docs" / "tour.csv", ROOT / "README.md"
BEGIN, END = "<!-- tour -->\n", "<!-- /tour -->"
VERDICTS = ("symmetry", "no_symmetry", "not_identifiable")
HEAD = """\
| experiment | verdict | cosine, worst seed | median | floor | seconds a seed |
|---|---|---|---|---|---|
"""
NUMBERS = {
    "generator_cosine_worst": ".4f",
    "generator_cosine_median": ".4f",
    "generator_cosine_floor_covariance": ".2f",
    "seconds_median": ".0f",
}


def verdict(row: Mapping[str, str]) -> str:
    """Give the verdicts of all seeds, e.g. `symmetry 3/3`."""
    given = [(name, int(row[name])) for name in VERDICTS if int(row[name])]
    return ", ".join(f"{name.replace('_', ' ')} {count}/{row['seeds']}" for name, count in given)


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Give the README's table in Markdown; a dash where there is no number."""
    lines = []
    for row in rows:
        numbers = [format(float(row[name]), f) if row[name] else "-" for name, f in NUMBERS.items()]
        lines.append(" | ".join([row["experiment"].replace("_", " "), verdict(row), *numbers]))
    return HEAD + "".join(f"| {line} |\n" for line in lines)


def read(path: Path) -> list[dict[str, str]]:
    """Read the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    results = ROOT / "results"
    shutil.copy(results / "tables" / "lens" / "stability.csv", TABLE)
    shutil.copy(next(results.glob("figures/**/overview.png")), TABLE.parent / "overview.png")
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + table(read(TABLE)) + END + after, encoding="utf-8")
