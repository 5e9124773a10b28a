"""``symlens show``: read a run file and draw it."""

from __future__ import annotations

from pathlib import Path

from symlens import store
from symlens.cli.files import require_new
from symlens.cli.report import out, print_run
from symlens.lens.schemas import RUN


def run(*, run_file: Path, output: Path | None, force: bool) -> None:
    """Print what a run file says and, where a figure is asked for, draw it."""
    if output is not None:
        require_new(output, (".png", ".pdf", ".svg"), force=force)
    learned = store.read(run_file, RUN)
    if output is not None:
        # matplotlib is imported only where something is drawn.
        from symlens.lens.figures import portrait

        portrait.save(portrait.draw(learned), output)
    print_run(learned)
    if output is not None:
        out.print(f"figure written to {output}")
