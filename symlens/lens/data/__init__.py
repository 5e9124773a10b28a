"""Samples with a hidden symmetry, made or read from a file."""

from __future__ import annotations
