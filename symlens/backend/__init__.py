"""The active Keras backend behind one door: compiled functions and their gradients.

Importing this package imports Keras and its backend; nothing outside training does so.
"""

from symlens.backend.quiet import quiet_start, unseen

with quiet_start(), unseen("sklearn", "matplotlib"):
    import keras as _keras  # noqa: F401  the first import of Keras, so that it starts quietly

from symlens.backend.door import (
    Tensor,
    compiled,
    driver,
    split_gradients,
    tensor,
    value_and_gradient,
)

__all__ = ["Tensor", "compiled", "driver", "split_gradients", "tensor", "value_and_gradient"]
