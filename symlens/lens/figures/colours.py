"""Colours that only this study's figures use."""

from symlens.drawing import SOFT

VERDICT_COLOURS = {"symmetry": "#0072B2", "no symmetry": "#D55E00", "not identifiable": SOFT}
