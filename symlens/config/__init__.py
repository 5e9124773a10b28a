"""Typed configuration: one model per block, unknown keys refused."""

from symlens.config.load import load
from symlens.config.root import Config, Tracking
from symlens.errors import ConfigError

__all__ = ["Config", "ConfigError", "Tracking", "load"]
