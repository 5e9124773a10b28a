"""What a fit costs as data grow: seconds and peak memory by size, and the powers they follow.

Experiments whose names end alike but for a number, as ``narrow_n33`` and ``narrow_n65``, are a
family, and the number is its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from symlens.benchmarks import FAMILY, measured, power
from symlens.lens.tables import summary
from symlens.tables import Cell, write_csv

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Point:
    """The fits of one size.

    Parameters
    ----------
    size : int
    seconds : tuple of float
        Of every seed, with the verdict, without the start of the job.
    memory : float
        Largest peak of all jobs in MB; 0 where it is not known.
    cosine : float or None
        Worst generator cosine; None where the truth is not known.
    """

    size: int
    seconds: tuple[float, ...]
    memory: float
    cosine: float | None


@dataclass(frozen=True)
class Family:
    """Experiments that differ in one number.

    Parameters
    ----------
    name : str
    grows : str
        What the number is, as in the names of the experiments.
    method : str
    points : tuple of Point
        By rising size, at least two.
    """

    name: str
    grows: str
    method: str
    points: tuple[Point, ...]

    def seconds(self) -> dict[int, float]:
        """Median seconds by size."""
        return {point.size: median(point.seconds) for point in self.points}

    def memory(self) -> dict[int, float]:
        """Peak memory in MB by size, where it is known."""
        return {point.size: point.memory for point in self.points if point.memory > 0}


def families(evaluations: Sequence[xr.Dataset], benchmarks: Path) -> list[Family]:
    """Families among evaluated experiments.

    Parameters
    ----------
    evaluations : sequence of Dataset
        Evaluation files.
    benchmarks : Path
        Folder of the benchmark files of the run, for the memory.
    """
    found: dict[tuple[str, str, str], list[Point]] = {}
    for evaluation in evaluations:
        experiment, method = (str(evaluation.attrs[key]) for key in ("experiment", "method"))
        name = FAMILY.fullmatch(experiment)
        if name is None or "seconds" not in evaluation:
            continue
        jobs = measured(benchmarks / "lens" / experiment / method).get("train", [])
        point = Point(
            int(name[3]),
            tuple(float(seconds) for seconds in evaluation["seconds"].to_numpy()),
            max((memory for _, memory in jobs), default=0.0),
            summary(evaluation, "generator_cosine", "worst"),
        )
        found.setdefault((name[1], name[2], method), []).append(point)
    return [
        Family(*key, tuple(sorted(points, key=lambda point: point.size)))
        for key, points in found.items()
        if len(points) > 1
    ]


def rows(found: Sequence[Family]) -> list[dict[str, Cell]]:
    """One row per family and size; the powers stand in every row of a family."""
    return [row for family in found for row in _rows(family)]


def _rows(family: Family) -> Iterator[dict[str, Cell]]:
    seconds, memory = power(family.seconds()), power(family.memory())
    for point in family.points:
        yield {
            "family": family.name,
            "method": family.method,
            "grows": family.grows,
            "size": point.size,
            "seeds": len(point.seconds),
            "cosine_worst": point.cosine,
            "seconds_median": median(point.seconds),
            "seconds_longest": max(point.seconds),
            "peak_mb": point.memory or None,
            "seconds_power": None if seconds is None else seconds[0],
            "memory_power": None if memory is None else memory[0],
        }


def markdown(table: Sequence[Mapping[str, str]]) -> str:
    """The rows of ``scaling.csv`` as a table in Markdown."""
    lines = [
        "| family | grows | size | seeds | worst cosine | s, median | s, longest | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for cells in table:
        numbers = [
            f"{float(cells[key]):{digits}}" if cells[key] else "-"
            for key, digits in (
                ("cosine_worst", ".4f"),
                ("seconds_median", ".1f"),
                ("seconds_longest", ".1f"),
                ("peak_mb", ".0f"),
            )
        ]
        known = [cells[key] for key in ("family", "grows", "size", "seeds")]
        lines.append("| " + " | ".join([*known, *numbers]) + " |")
    laws = {
        (cells["family"], cells["grows"]): (cells["seconds_power"], cells["memory_power"])
        for cells in table
    }
    lines.append("")
    for (family, grows), (seconds, memory) in laws.items():
        law = f"* {family}: seconds grow like {grows}^{float(seconds):.2f}"
        lines.append(law + (f", peak memory like {grows}^{float(memory):.2f}" if memory else ""))
    return "\n".join(lines) + "\n"


def write(results: Path) -> bool:
    """Write ``tables/lens/scaling.csv`` and ``figures/lens/scaling.png``, ``.pdf`` of a run.

    Parameters
    ----------
    results : Path
        Folder ``results`` of a run of the workflow.

    Returns
    -------
    bool
        Whether any family was there to write about.
    """
    from symlens import drawing, store
    from symlens.lens.figures import scaling
    from symlens.lens.schemas import EVALUATION

    files = sorted((results / "lens").glob("*/*/evaluation.nc"))
    found = families([store.read(file, EVALUATION) for file in files], results / "benchmarks")
    if not found:
        return False
    for kind in ("tables", "figures"):
        (results / kind / "lens").mkdir(parents=True, exist_ok=True)
    write_csv(rows(found), results / "tables" / "lens" / "scaling.csv")
    drawing.save(scaling.draw(found), results / "figures" / "lens" / "scaling")
    return True
