"""The lens model: layers, densities and losses on ``keras.ops``.

Importing this package imports Keras and its backend; nothing outside training does so.
"""

import symlens.backend  # noqa: F401  first of all, since it starts Keras quietly
