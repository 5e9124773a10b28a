"""The table of the README from the table of a run: `python workflow/scripts/readme.py`.

Copies results/tables/lens/stability.csv to docs/tour.csv, the picture of all experiments to
docs/overview.png, and writes the README's table from the first; a test holds the two together.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "tour.csv"
README = ROOT / "README.md"
BEGIN, END = "<!-- tour -->\n", "<!-- /tour -->"
VERDICTS = ("symmetry", "no_symmetry", "not_identifiable")


def verdict(row: Mapping[str, str]) -> str:
    """Give the verdicts of all seeds, e.g. `symmetry 3/3`."""
    given = [(name, int(row[name])) for name in VERDICTS if int(row[name])]
    return ", ".join(f"{name.replace('_', ' ')} {count}/{row['seeds']}" for name, count in given)


def number(text: str, digits: int) -> str:
    """Give a number rounded, or a dash where there is none."""
    return f"{float(text):.{digits}f}" if text else "-"


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Give the README's table in Markdown."""
    lines = [
        "| experiment | verdict | cosine, worst seed | median | floor | seconds a seed |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            row["experiment"].replace("_", " "),
            verdict(row),
            number(row["generator_cosine_worst"], 4),
            number(row["generator_cosine_median"], 4),
            number(row["generator_cosine_floor_covariance"], 2),
            number(row["seconds_median"], 0),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def read(path: Path) -> list[dict[str, str]]:
    """Read the rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Bring docs/ and the README into step with the results of the tour."""
    results = ROOT / "results"
    TABLE.parent.mkdir(exist_ok=True)
    shutil.copy(results / "tables" / "lens" / "stability.csv", TABLE)
    shutil.copy(next(results.glob("figures/**/overview.png")), TABLE.parent / "overview.png")
    before, rest = README.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(before + BEGIN + table(read(TABLE)) + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
