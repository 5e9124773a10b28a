"""A line on the terminal that says how far a training is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from symlens.lens.learner import Monitor


class ProgressMonitor:
    """Shows the last step and loss of a training.

    Parameters
    ----------
    bar : rich.progress.Progress
    task : rich.progress.TaskID
    """

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def record(self, step: int, terms: Mapping[str, float]) -> None:
        """Show the step and, where the method has one, its loss."""
        loss = f"loss {terms['loss']:.4g}" if "loss" in terms else ""
        self._bar.update(self._task, description=f"step {step}  {loss}")


@contextmanager
def progress(*, show: bool, console: Console | None = None) -> Iterator[Monitor | None]:
    """Give a monitor that draws a line on a terminal, removed at the end; else None.

    Parameters
    ----------
    show : bool
        Whether anything is wanted at all.
    console : rich.console.Console or None
        None: standard error. Nothing is drawn where it is not a terminal.
    """
    console = console or Console(stderr=True)
    if not (show and console.is_terminal):
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("learning  {task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield ProgressMonitor(bar, bar.add_task("start", total=None))
