"""Errors of users are caught together, and as Python's own kinds."""

from __future__ import annotations

import pytest

from symlens.errors import ConfigError, DataError, FileError, SymlensError


@pytest.mark.parametrize(
    ("error", "kind"), [(DataError, ValueError), (FileError, OSError), (ConfigError, ValueError)]
)
def test_an_error_is_ours_and_of_pythons_kind(error, kind):
    assert issubclass(error, SymlensError)
    assert issubclass(error, kind)


def test_the_text_of_an_error_is_what_it_was_given():
    assert str(DataError("mine.csv: no samples")) == "mine.csv: no samples"
    assert str(FileError("mine.csv: no such file")) == "mine.csv: no such file"


def test_a_configuration_error_prints_one_mistake_per_line():
    error = ConfigError(["lens.a: wrong", "lens.b: wrong too"])
    assert error.mistakes == ("lens.a: wrong", "lens.b: wrong too")
    assert str(error) == "lens.a: wrong\nlens.b: wrong too"
