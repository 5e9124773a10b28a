"""Networks that see the image, as Guo, Qin and Agar train them."""

import symlens.backend  # noqa: F401  before the modules of this package import Keras: quietly
