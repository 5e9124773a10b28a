"""symlens: which symmetry do these samples have?

>>> from symlens import SymmetryLens
>>> lens = SymmetryLens(random_state=0).fit(x)  # doctest: +SKIP
>>> lens.verdict_, lens.generator_  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symlens.lens.estimator import SymmetryLens as SymmetryLens

__all__ = ["SymmetryLens", "__version__"]

__version__ = "0.1.0"

_LAZY = {"SymmetryLens": "symlens.lens.estimator"}


def __getattr__(name: str) -> object:
    """Import a public name on first use: ``import symlens`` itself costs nothing (PEP 562)."""
    if name not in _LAZY:
        raise AttributeError(f"module 'symlens' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
