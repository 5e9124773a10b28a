"""The command line: ``symlens fit | transform | check | show | cost | gain | identify``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from symlens.cli.parser import parse
from symlens.errors import SymlensError

MISTAKE = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; every mistake of a user's is one line on standard error.

    Parameters
    ----------
    arguments : sequence of str or None
        None: those of the process.

    Returns
    -------
    int
        Exit code: 0; 2 after a mistake; 130 when interrupted.
    """
    try:
        parse(arguments)()
    except SymlensError as error:
        _complain("; ".join(str(error).split("\n")))
        return MISTAKE
    except KeyboardInterrupt:
        _complain("interrupted, nothing was written")
        return INTERRUPTED
    return 0


def _complain(line: str) -> None:
    sys.stderr.write(f"symlens: {line}\n")
