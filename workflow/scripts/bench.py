"""Methods side by side, and where the time of a run went, from its evaluations and benchmarks.

``python workflow/scripts/bench.py results``
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from statistics import median

from symlens.lens import comparison


def measured(folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Seconds and peak memory in MB of every job, by rule."""
    found: dict[str, list[tuple[float, float]]] = {}
    for file in sorted(folder.rglob("*.tsv")):
        with file.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                memory = float(row["max_rss"]) if row["max_rss"] not in {"-", "NA"} else 0.0
                rule = re.sub(r"-\d+$", "", file.stem)
                found.setdefault(rule, []).append((float(row["s"]), memory))
    return found


def table(jobs: dict[str, list[tuple[float, float]]]) -> str:
    """One line per rule, the longest first; a dash where a job was too short to be measured."""
    lines = [f"{'stage':12}{'jobs':>6}{'median s':>10}{'longest s':>11}{'sum s':>9}{'peak MB':>9}"]
    for rule, values in sorted(jobs.items(), key=lambda item: -sum(s for s, _ in item[1])):
        seconds, memory = zip(*values, strict=True)
        peak = f"{max(memory):.0f}" if max(memory) else "-"
        lines.append(
            f"{rule:12}{len(values):6}{median(seconds):10.1f}{max(seconds):11.1f}"
            f"{sum(seconds):9.1f}{peak:>9}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    results = Path(sys.argv[1])
    sys.stdout.write(comparison.write(results) + "\n\n")
    sys.stdout.write(table(measured(results / "benchmarks")) + "\n")
