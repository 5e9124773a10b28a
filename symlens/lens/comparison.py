"""Methods side by side: tasks x methods x scores, each beside what chance gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from symlens.baselines.chance import algebra_dimension, direction_floor
from symlens.errors import FileError
from symlens.lens.tables import FLOOR, floor, summary
from symlens.tables import Cell, csv_text

if TYPE_CHECKING:
    import xarray as xr

SCORES = ("generator_cosine", "power_cosine", "algebra_cosine")
"""What every method can be held to; the first is the strict one, the others forgive."""
CHANCES = ("orthogonal", "covariance", "direction")
STATISTICS = ("worst", "median")


def compared(groups: Iterable[tuple[str, str]]) -> bool:
    """Whether any experiment was given to several methods, of (experiment, method) pairs."""
    distinct = set(groups)
    return len({experiment for experiment, _ in distinct}) < len(distinct)


def random_direction(evaluation: xr.Dataset) -> float | None:
    """Algebra cosine that one random direction in twenty of those searched beats.

    Known in closed form: of all skew matrices, or of all matrices for a baseline that is not
    told that the group is orthogonal. None where there is nothing to compare with.
    """
    if summary(evaluation, "algebra_cosine", "worst") is None:
        return None
    n = int(evaluation.attrs["config"]["data"]["n"])
    return direction_floor(algebra_dimension(n, orthogonal=told(evaluation)), FLOOR)


def told(evaluation: xr.Dataset) -> bool:
    """Whether the method knew that the group is orthogonal; all but free baselines do."""
    return bool(evaluation.attrs["config"].get("settings", {}).get("orthogonal", True))


def matrix_floor(evaluation: xr.Dataset, name: str, chance: str) -> float | None:
    """What random orthogonal matrices reach; None where the search is not among them.

    The logarithm of a rotation of the plane is right whatever the angle: no floor for a method
    that had to find out that it is a rotation.
    """
    if name == "algebra_cosine" and not told(evaluation):
        return None
    return floor(evaluation, name, chance)


def row(evaluation: xr.Dataset) -> dict[str, Cell]:
    """One line of the table: an experiment and method.

    Returns
    -------
    dict
        Of every score the worst seed, the median and what chance reaches; None where unknown.
    """
    verdicts = [str(verdict) for verdict in evaluation["verdict"].to_numpy()]
    cells: dict[str, Cell] = {
        "experiment": str(evaluation.attrs["experiment"]),
        "method": str(evaluation.attrs["method"]),
        "seeds": len(verdicts),
        "symmetry": verdicts.count("symmetry"),
    }
    for name in SCORES:
        for statistic in STATISTICS:
            cells[f"{name}_{statistic}"] = summary(evaluation, name, statistic)
        for chance in CHANCES:
            if chance != "direction":
                cells[f"{name}_floor_{chance}"] = matrix_floor(evaluation, name, chance)
            elif name == "algebra_cosine":
                cells[f"{name}_floor_{chance}"] = random_direction(evaluation)
    cells["seconds_median"] = (
        float(np.median(evaluation["seconds"])) if "seconds" in evaluation else None
    )
    return cells


def dataset(evaluations: Sequence[xr.Dataset]) -> xr.Dataset:
    """The table as arrays over (task, learner, score); nan where there is no number."""
    import xarray as xr

    from symlens.lens.schemas import COMPARISON

    rows = [row(evaluation) for evaluation in evaluations]
    tasks = list(dict.fromkeys(str(r["experiment"]) for r in rows))
    methods = list(dict.fromkeys(str(r["method"]) for r in rows))
    shape = (len(tasks), len(methods), len(SCORES))
    value = np.full((*shape, len(STATISTICS)), np.nan)
    chance = np.full((*shape, len(CHANCES)), np.nan)
    seconds = np.full(shape[:2], np.nan)
    seeds = np.zeros(shape[:2], dtype=np.int64)
    for r in rows:
        place = tasks.index(str(r["experiment"])), methods.index(str(r["method"]))
        seeds[place] = int(r["seeds"] or 0)
        seconds[place] = _or_nan(r["seconds_median"])
        for k, name in enumerate(SCORES):
            value[(*place, k)] = [_or_nan(r[f"{name}_{statistic}"]) for statistic in STATISTICS]
            chance[(*place, k)] = [_or_nan(r.get(f"{name}_floor_{c}")) for c in CHANCES]
    cell = ("task", "learner", "score")
    table = xr.Dataset(
        {
            "value": ((*cell, "statistic"), value),
            "floor": ((*cell, "chance"), chance),
            "seconds": (cell[:2], seconds),
            "seeds": (cell[:2], seeds),
        },
        coords={
            "task": tasks,
            "learner": methods,
            "score": list(SCORES),
            "statistic": list(STATISTICS),
            "chance": list(CHANCES),
        },
    )
    for variable in table.variables:
        spec = COMPARISON.variables[str(variable)]
        table[variable].attrs |= {"long_name": spec.long_name, "units": spec.units}
    return table


def text(evaluations: Sequence[xr.Dataset]) -> str:
    """The table for a terminal: worst seed / median of every score, floors, seconds."""
    head = f"{'experiment':24}{'method':13}" + "".join(f"{name:>22}" for name in SCORES)
    lines = [head + f"{'seconds':>9}", f"{'':37}" + f"{'worst   median  floor':>22}" * len(SCORES)]
    for evaluation in evaluations:
        cells = row(evaluation)
        line = f"{cells['experiment']:24}{cells['method']:13}"
        for name in SCORES:
            known = [cells.get(f"{name}_floor_{chance}") for chance in CHANCES]
            chance = max((float(c) for c in known if c is not None), default=None)
            numbers = [cells[f"{name}_worst"], cells[f"{name}_median"], chance]
            line += f"{'':2}{_fixed(numbers[0])} {_fixed(numbers[1])} {_fixed(numbers[2])}"
        lines.append(line + f"{_fixed(cells['seconds_median'], '8.1f'):>9}")
    return "\n".join(lines)


def markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows of ``comparison.csv`` as a table in Markdown.

    Every score: worst seed / median (floor), the floor being the largest of those known.
    """
    lines = [
        "| experiment | method | seeds | generator cosine | to best power | algebra cosine | s |",
        "|---|---|---|---|---|---|---|",
    ]
    for cells in rows:
        scores = []
        for name in SCORES:
            known = [cells.get(f"{name}_floor_{chance}") for chance in CHANCES]
            numbers = [float(number) for number in known if number]
            chance = f"{max(numbers):.2f}" if numbers else "-"
            values = [cells[f"{name}_{s}"] for s in STATISTICS]
            shown = [f"{float(value):.3f}" if value else "-" for value in values]
            scores.append(f"{' / '.join(shown)} ({chance})")
        task = cells["experiment"].replace("_", " ")
        seconds = f"{float(cells['seconds_median']):.1f}" if cells["seconds_median"] else "-"
        lines.append(
            " | ".join([f"| {task}", cells["method"], cells["seeds"], *scores, f"{seconds} |"])
        )
    return "\n".join(lines) + "\n"


def write(results: Path) -> str:
    """Gather the evaluations of a run and write what compares their methods.

    ``tables/lens/comparison.csv`` and ``.nc``, ``figures/lens/comparison.png`` and ``.pdf``.

    Parameters
    ----------
    results : Path
        Folder ``results`` of a run of the workflow.

    Returns
    -------
    str
        The table for a terminal.

    Raises
    ------
    FileError
        If no evaluation is there.
    """
    from symlens import drawing, store
    from symlens.lens.figures import comparison
    from symlens.lens.schemas import COMPARISON, EVALUATION

    files = sorted((results / "lens").glob("*/*/evaluation.nc"))
    if not files:
        raise FileError(f"{results}: no evaluation.nc of the study lens under it")
    found = [store.read(file, EVALUATION) for file in files]
    tables = results / "tables" / "lens"
    figures = results / "figures" / "lens"
    for folder in (tables, figures):
        folder.mkdir(parents=True, exist_ok=True)
    with store.replacing(tables / "comparison.csv") as temporary:
        temporary.write_text(csv_text([row(e) for e in found]), encoding="utf-8")
    hashes = {f"{e.attrs['experiment']}/{e.attrs['method']}": e.attrs["config_hash"] for e in found}
    origin = store.Provenance("lens", "all", config={"evaluations": hashes})
    store.write(dataset(found), tables / "comparison.nc", COMPARISON, origin)
    drawing.save(comparison.draw(found), figures / "comparison")
    return text(found)


def _or_nan(cell: Cell) -> float:
    return float("nan") if cell is None else float(cell)


def _fixed(cell: Cell, digits: str = "6.3f") -> str:
    return f"{'-':>6}" if cell is None else format(float(cell), digits)
