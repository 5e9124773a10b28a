"""The lens model: layers, densities and losses on ``keras.ops``, and the way to its gradients.

Importing this package imports Keras and its backend; nothing outside training does so.
"""

from symlens.lens.model.quiet import quiet_start

with quiet_start():
    import keras as _keras  # noqa: F401  the first import of Keras, so that it starts quietly
