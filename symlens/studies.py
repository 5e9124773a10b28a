"""The registry of studies."""

from __future__ import annotations

import importlib
from typing import Any

STUDIES = {
    "lens": "symlens.lens.stages",
    "plane": "symlens.lens.plane.stages",
    "latent": "symlens.latent.stages",
    "wallpaper": "symlens.wallpaper.stages",
    "gain": "symlens.gain.stages",
    "calibration": "symlens.lens.calibration.stages",
}
"""Name of a study -> the door of its rooms: a new study is one folder and one line here."""


def get(study: str) -> Any:
    """Give the door of a study: a module with the functions of `door.Rooms` and one per stage."""
    return importlib.import_module(STUDIES[study])
