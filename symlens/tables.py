"""Tables of results as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from symlens.store import replacing

Cell = str | int | float | None


def csv_text(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Rows as CSV text, six significant digits, empty for None.

    Parameters
    ----------
    rows : sequence of mapping
        Column name to value. The columns are those of all rows, in the order of their coming.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _text(value) for name, value in row.items()})
    return text.getvalue()


def write_csv(rows: Sequence[Mapping[str, Cell]], path: Path) -> None:
    """Write rows as a CSV file, whole or not at all."""
    text = csv_text(rows)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _text(value: Cell) -> Cell:
    return f"{value:.6g}" if isinstance(value, float) else value
