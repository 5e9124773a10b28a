"""Attributes that NetCDF can hold: everything else becomes JSON, and comes back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from symlens.provenance import canonical_json

JSON_NAMES = "json_attributes"
"""Attribute that lists, separated by blanks, the names of the attributes stored as JSON."""

INT64 = np.iinfo(np.int64)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def encode(attributes: Mapping[str, Any]) -> dict[str, str | int | float]:
    """Attributes as text, integers and floats; None, bool, list, mapping, ... as JSON text.

    ``json_attributes`` lists which ones are JSON, so that ``decode`` returns what was given.
    Tuples and arrays come back as lists, paths and dates as text, numpy numbers as Python's.
    """
    encoded: dict[str, str | int | float] = {}
    names = []
    for name, value in attributes.items():
        if not NAME.fullmatch(name) or name == JSON_NAMES:
            raise ValueError(f"attribute name {name!r}: letters, digits and _ only, not reserved")
        plain = value.item() if isinstance(value, np.generic) else value
        if _is_native(plain):
            encoded[name] = plain
        else:
            encoded[name] = canonical_json(plain)
            names.append(name)
    if names:
        encoded[JSON_NAMES] = " ".join(names)
    return encoded


def decode(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as they were given to ``encode``."""
    names = str(attributes.get(JSON_NAMES, "")).split()
    return {
        name: json.loads(value) if name in names else _python(value)
        for name, value in attributes.items()
        if name != JSON_NAMES
    }


def _is_native(value: Any) -> bool:
    """Whether NetCDF returns the value as it was: text, a 64-bit integer or a float."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return bool(INT64.min <= value <= INT64.max)
    return isinstance(value, float)


def _python(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
