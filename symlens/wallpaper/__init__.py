"""The 17 plane groups: images of them, and which one an image has.

>>> from symlens.wallpaper import identify
>>> found = identify(image)  # doctest: +SKIP
>>> found.group, found.probabilities[found.group]  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symlens.wallpaper.exact import Identification as Identification
    from symlens.wallpaper.exact import identify as identify
    from symlens.wallpaper.exact import identify_stack as identify_stack

__all__ = ["Identification", "identify", "identify_stack"]


def __getattr__(name: str) -> object:
    """Import a public name on first use (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module 'symlens.wallpaper' has no attribute {name!r}")
    return getattr(importlib.import_module("symlens.wallpaper.exact"), name)
