"""Tables of numbers in text files: one line per sample, one column per feature."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from symlens.errors import DataError, FileError
from symlens.lens.data.pipeline import chunk_rows
from symlens.lens.data.tables import Table
from symlens.untrusted import MOST_FEATURES, one_line

LONGEST_LINE = 1 << 22
"""Letters of a line."""

_SEPARATORS = (",", ";", "\t")
_ENCODING = "utf-8-sig"


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out, told from its first line.

    Parameters
    ----------
    separator : str
    skip : int
        Lines before the first sample.
    columns : tuple of str
        Names of the features; numbers as text where there is no header.
    index : bool
        Whether the first column numbers the rows and is not a feature.
    """

    separator: str
    skip: int
    columns: tuple[str, ...]
    index: bool


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _first_line(path: Path) -> tuple[int, str]:
    """Number and text of the first line that is not blank or a comment."""
    with (
        one_line(path, "not a text file that can be read"),
        path.open(encoding=_ENCODING, newline="") as lines,
    ):
        for number in itertools.count():
            line = lines.readline(LONGEST_LINE)
            if not line:
                break
            if len(line) == LONGEST_LINE:
                raise FileError(f"{path}: line {number + 1} has {LONGEST_LINE:,} letters or more")
            text = line.strip("\r\n")
            if text.strip() and not text.lstrip().startswith("#"):
                return number, text
    raise DataError(f"{path}: no samples")


def layout(path: Path) -> Layout:
    """Tell separator and header of a text file from its first line.

    A line without any number is a header. So are the two that pandas writes for unnamed columns:
    ``,0,1,2`` (the empty name is that of the row numbers, which are not a feature) and ``0,1,2``.
    Any other line of numbers is a sample.
    """
    number, text = _first_line(path)
    separator = next((mark for mark in _SEPARATORS if mark in text), ",")
    cells = [cell.strip().strip('"') for cell in text.split(separator)]
    index = cells[0] == "" and len(cells) > 1
    names = cells[1:] if index else cells
    counted = names == [str(column) for column in range(len(names))]
    if (len(names) > 1 and counted) or not any(_is_number(cell) for cell in names):
        return Layout(separator, number + 1, tuple(names), index)
    return Layout(
        separator, number, tuple(str(column) for column in range(len(cells))), index=False
    )


def open_csv(path: Path) -> Table:
    """Table of a .csv file: separated by commas, semicolons or tabs; a header is told by itself."""
    form = layout(path)
    if len(form.columns) > MOST_FEATURES:
        raise DataError(
            f"{path}: at most {MOST_FEATURES:,} features, found {len(form.columns):,}; one line "
            "per sample expected"
        )
    return Table(len(form.columns), _read(path, form), form.columns)


def _read(path: Path, form: Layout) -> Iterator[NDArray[Any]]:
    first = 0
    with _parser_errors(path):
        try:
            frames = pd.read_csv(
                path,
                sep=form.separator,
                header=None,
                skiprows=form.skip,
                comment="#",
                encoding=_ENCODING,
                chunksize=chunk_rows(len(form.columns)),
                low_memory=False,
            )
        except pd.errors.EmptyDataError:
            return
    with frames:
        while True:
            with _parser_errors(path):
                frame = next(frames, None)
            if frame is None:
                return
            yield _numbers(frame, form, path, first)
            first += len(frame)


@contextmanager
def _parser_errors(path: Path) -> Iterator[None]:
    """Turn what pandas says of a text that is no table into one line."""
    with one_line(path, "cannot be read as text"):
        try:
            yield
        except pd.errors.ParserError as error:
            reason = " ".join(str(error).split())
            text = f"{path}: the lines do not all have as many cells ({reason})"
            raise FileError(text) from error


def _numbers(frame: pd.DataFrame, form: Layout, path: Path, first: int) -> NDArray[Any]:
    """Numbers of the next lines; the first cell that holds text is named."""
    expected = len(form.columns) + form.index
    if frame.shape[1] != expected:
        raise FileError(
            f"{path}: the header names {expected} columns, the samples have {frame.shape[1]}"
        )
    if form.index:
        frame = frame.iloc[:, 1:]
    columns = []
    for name, column in zip(form.columns, (frame[key] for key in frame.columns), strict=True):
        values = column
        if not pd.api.types.is_numeric_dtype(column):
            values = pd.to_numeric(column, errors="coerce")
            text = np.flatnonzero(values.isna() & column.notna())
            if text.size:
                raise DataError(
                    f"{path}: text {str(column.iloc[text[0]])!r} at sample {first + text[0]}, "
                    f"column {name!r} (samples counted from 0); every cell must be a number"
                )
        columns.append(values.to_numpy(dtype=np.float64))
    return np.stack(columns, axis=1)
