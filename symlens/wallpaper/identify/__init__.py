"""The plane group of an image, without training."""

from symlens.wallpaper.identify.api import identify, identify_stack
from symlens.wallpaper.identify.result import Identification, Operation
from symlens.wallpaper.identify.selection import Criterion

__all__ = ["Criterion", "Identification", "Operation", "identify", "identify_stack"]
