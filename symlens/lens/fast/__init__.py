"""The ``fast`` method. Importing it imports Keras."""

import symlens.lens.model  # noqa: F401  first of all, since it starts Keras quietly
from symlens.lens.fast.learner import learn_fast

__all__ = ["learn_fast"]
