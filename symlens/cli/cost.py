"""``symlens cost``: what a configuration's long trainings take on this machine."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from symlens.cli.files import require_new
from symlens.cli.report import out
from symlens.config import load
from symlens.lens.cost import Cost, costs
from symlens.tables import write_csv


def run(*, config: Path, output: Path | None, force: bool) -> None:
    """Time a few steps of every kind of training and print what all of them take."""
    if output is not None:
        require_new(output, (".csv",), force=force)
    found = list(costs(load(config).lens))
    if not found:
        out.print("No experiment is learned step by step (method official): nothing to estimate.")
        return
    out.print(table(found))
    hours = sum(each.hours for each in found)
    out.print(
        f"{hours:.3g} hours in all, one training after the other: measured seconds a step times "
        "the number of steps. The method fast is not counted; it takes seconds to minutes."
    )
    if output is not None:
        write_csv([each.row() for each in found], output)


def table(found: list[Cost]) -> Table:
    """The costs as a table of a terminal."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column("experiment or sweep")
    for heading in ("n", "batch", "steps", "trainings", "s a step", "hours each", "hours"):
        made.add_column(heading, justify="right")
    for each in found:
        made.add_row(
            each.name,
            *(str(value) for value in (each.n, each.batch, each.steps, each.trainings)),
            f"{each.step_seconds:.3g}",
            f"{each.hours / each.trainings:.3g}",
            f"{each.hours:.3g}",
        )
    return made
