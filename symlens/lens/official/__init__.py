"""The ``official`` method. Importing it imports Keras."""

import symlens.lens.model  # noqa: F401  first of all, since it starts Keras quietly
from symlens.lens.official.training import learn_official

__all__ = ["learn_official"]
