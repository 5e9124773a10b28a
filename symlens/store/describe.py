"""A file's header as text that reads like documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from symlens.store.attributes import decode
from symlens.store.reading import BROKEN, opened
from symlens.untrusted import one_line

WIDTH = 100
FIRST = ("title", "references", "study", "experiment", "method", "seed")
"""Attributes that come first; the rest follow in the order of the file."""


def header(path: Path | str) -> str:
    """Dimensions, variables with what they are, and attributes of a file; no values are read.

    Parameters
    ----------
    path : path
        Any NetCDF-4 file, of ours or not.

    Returns
    -------
    str
        Lines of at most ``WIDTH`` columns.
    """
    with opened(Path(path)) as ds, one_line(path, BROKEN):
        lines = [str(path), "", "dimensions"]
        lines += list(_table({str(dim): str(size) for dim, size in ds.sizes.items()}))
        lines += ["", "variables"]
        for name, variable in ds.variables.items():
            dims = ", ".join(str(dim) for dim in variable.dims)
            lines.append(f"  {name}({dims})  {_dtype(variable.dtype)}")
            about = str(variable.attrs.get("long_name", ""))
            units = str(variable.attrs.get("units", "1"))
            lines += _wrapped(about + (f" [{units}]" if units != "1" else ""), "      ")
        attributes = decode(ds.attrs)
        ordered = {name: attributes[name] for name in FIRST if name in attributes} | attributes
        lines += ["", "attributes", *_table({k: _text(v) for k, v in ordered.items()})]
    return "\n".join(lines)


def _table(rows: Mapping[str, str]) -> Iterator[str]:
    """Two columns, the second wrapped."""
    width = max((len(name) for name in rows), default=0)
    for name, text in rows.items():
        first, *rest = _wrapped(text, " " * (width + 4)) or [""]
        yield f"  {name:<{width}}  {first.strip()}"
        yield from rest


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _text(value: Any) -> str:
    """A value as in YAML's flow style."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_nested(item)}" for key, item in value.items())
    if isinstance(value, list):
        return f"[{', '.join(_nested(item) for item in value)}]"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return str(value)


def _nested(value: Any) -> str:
    return f"{{{_text(value)}}}" if isinstance(value, Mapping) else _text(value)


def _dtype(dtype: Any) -> str:
    return "str" if dtype.kind in "OUT" else str(dtype)
