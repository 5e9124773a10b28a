"""The state of a training that was killed: one atomic file of arrays and a history.

Whose it is need not be said: its path is that of one training, see `symlens.jobs.training`.
"""

from __future__ import annotations

import json
import logging
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlens.store import replacing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class State:
    """A training after ``done`` epochs, or pieces of its work.

    Parameters
    ----------
    done : int
    arrays : sequence of ndarray
    history : sequence of mapping
        Terms of every epoch so far.
    """

    done: int
    arrays: Sequence[NDArray[Any]]
    history: Sequence[Mapping[str, float]] = ()


def save(path: Path, state: State) -> None:
    """Write a state so that the path holds the old one or the new one, never a part.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    own = {f"a{index}": array for index, array in enumerate(state.arrays)}
    note = json.dumps({"done": state.done, "history": [dict(terms) for terms in state.history]})
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, note=np.array(note), **own)  # type: ignore[arg-type]


def load(path: Path) -> State | None:
    """Read a state; None where there is none, or a damaged one, which a warning names."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            note = json.loads(str(file["note"]))
            arrays = [file[f"a{index}"] for index in range(len(file.files) - 1)]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        log.warning("%s: damaged checkpoint (%s); the training starts anew", path, error)
        return None
    return State(int(note["done"]), arrays, note["history"])
