"""Errors that a user can cause and mend: each prints as one clear line."""

from __future__ import annotations

from collections.abc import Sequence


class SymlensError(Exception):
    """Base of every error caused by input; its text says what, where and what is allowed."""


class DataError(SymlensError, ValueError):
    """Samples that cannot be learned from: wrong shape, NaN, constant feature, too few."""


class FileError(SymlensError, OSError):
    """A file that is missing, unreadable, of the wrong schema, or cannot be written."""


class ConfigError(SymlensError, ValueError):
    """One or more mistakes in a configuration.

    Parameters
    ----------
    mistakes : sequence of str
        One line per mistake, each beginning with its key path.
    """

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))
