"""The plane group of an image, without training."""

from symlens.wallpaper.exact.api import identify, identify_stack
from symlens.wallpaper.exact.result import Identification, Operation
from symlens.wallpaper.exact.selection import Criterion

__all__ = ["Criterion", "Identification", "Operation", "identify", "identify_stack"]
