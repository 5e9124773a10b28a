"""Start of the numerical library without its start-up messages on the user's terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unseen(*packages: str) -> Iterator[None]:
    """Let imports within find none of the packages, unless they are imported already.

    Keras takes scikit-learn and matplotlib along where they are installed, for wrappers and plots
    that nothing here uses: a quarter of its start.
    """
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def quiet_start() -> Iterator[None]:
    """Hold back what native code writes to standard error; show it after all if the block fails.

    TensorFlow writes some lines from C++ before its own log level is in force, so that neither
    ``logging`` nor ``TF_CPP_MIN_LOG_LEVEL`` alone silences them. A level that is set already in
    the environment is left as it is, and then nothing is held back.
    """
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(terminal, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
