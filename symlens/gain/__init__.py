"""How many samples a symmetry saves: predicted, and measured by kernel ridge regression."""

from symlens.gain.calculator import predict_gain
from symlens.gain.counting import count_invariant

__all__ = ["count_invariant", "predict_gain"]
