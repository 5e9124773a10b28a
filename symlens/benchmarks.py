"""Where the time of a run went, from the benchmark files of its jobs."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from math import exp, log
from pathlib import Path
from statistics import linear_regression, median

Jobs = list[tuple[float, float]]
"""Seconds and peak memory in MB, of every job."""

FAMILY = re.compile(r"(.+)_([a-z]+)(\d+)")
"""Name of an experiment of a family: its own, what grows, and the size."""


def measured(folder: Path) -> dict[str, Jobs]:
    """Seconds and peak memory in MB of every job, by rule."""
    found: dict[str, Jobs] = {}
    for file in sorted(folder.rglob("*.tsv")):
        with file.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                memory = float(row["max_rss"]) if row["max_rss"] not in {"-", "NA"} else 0.0
                rule = re.sub(r"-\d+$", "", file.stem)
                found.setdefault(rule, []).append((float(row["s"]), memory))
    return found


def table(jobs: dict[str, Jobs]) -> str:
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


def families(folder: Path) -> dict[str, dict[int, Jobs]]:
    """Seconds and peak memory of the trainings of every family, by size.

    Experiments whose names end alike but for a number, as ``narrow_n33`` and ``narrow_n65``, are a
    family.
    """
    found: dict[str, dict[int, Jobs]] = {}
    for experiment in sorted(folder.glob("*/*/*")):
        name = FAMILY.fullmatch(experiment.parent.name)
        if name is not None:
            jobs = measured(experiment).get("train", [])
            sizes = found.setdefault(f"{name[1]}_{name[2]} {experiment.name}", {})
            sizes.setdefault(int(name[3]), []).extend(jobs)
    return {name: sizes for name, sizes in found.items() if sum(map(bool, sizes.values())) > 1}


def power(values: Mapping[int, float]) -> tuple[float, float] | None:
    r"""Exponent p and factor c of the law :math:`c \cdot size^p` nearest in logarithms.

    None for fewer than two sizes.
    """
    if len(values) < 2:
        return None
    logs = [log(size) for size in values], [log(value) for value in values.values()]
    slope, intercept = linear_regression(*logs)
    return slope, exp(intercept)


def growth(name: str, sizes: Mapping[int, Jobs]) -> str:
    """Median seconds and peak memory by size, and the power of the size that the seconds follow."""
    lines = [f"{name:24}{'median s':>10}{'peak MB':>9}"]
    seconds_of: dict[int, float] = {}
    for size, jobs in sorted(sizes.items()):
        if jobs:
            seconds, memory = zip(*jobs, strict=True)
            seconds_of[size] = median(seconds)
            lines.append(f"{size:24}{seconds_of[size]:10.1f}{max(memory):9.0f}")
    law = power(seconds_of)
    if law is not None:
        lines.append(f"{'seconds grow with power':24}{law[0]:10.2f}")
    return "\n".join(lines)
