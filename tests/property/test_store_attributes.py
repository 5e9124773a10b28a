"""Every attribute that can be written comes back as it was, through memory and through a file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.store import decode, encode

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name != "json_attributes"
)
TEXT = st.text(st.characters(codec=None), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | TEXT
    | st.sampled_from(["", "null", "true", "[1]", "{}", " a ", "1.0", "a\0b", "é", "\ud800"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=12)


def same(first, second):
    """Equal, of equal types, all the way down."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second


@given(ATTRIBUTES)
def test_round_trip(attributes):
    encoded = encode(attributes)
    assert all(type(value) in (str, int, float) for value in encoded.values())
    assert same(decode(encoded), attributes)


@given(ATTRIBUTES)
@settings(max_examples=50, deadline=None)
def test_round_trip_through_a_file(tmp_path_factory, attributes):
    path = tmp_path_factory.mktemp("attributes") / "a.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts(encode(attributes))
    with netCDF4.Dataset(path) as file:
        found = decode({name: file.getncattr(name) for name in file.ncattrs()})
    assert same(found, attributes)
    assert list(found) == list(attributes)  # the order, too, is that of the author


@given(st.floats())
def test_special_numbers(value):
    found = decode(encode({"a": value, "b": [value]}))
    for number in (found["a"], found["b"][0]):
        assert number == value or (math.isnan(number) and math.isnan(value))


def test_what_netcdf_cannot_hold_becomes_its_nearest_plain_form():
    values = {
        "path": Path("a/b"),
        "tuple": (1, 2.5),
        "array": np.arange(3),
        "flag": np.bool_(True),
        "integer": np.int32(4),
        "number": np.float32(0.5),
    }
    assert decode(encode(values)) == {
        "path": "a/b",
        "tuple": [1, 2.5],
        "array": [0, 1, 2],
        "flag": True,
        "integer": 4,
        "number": 0.5,
    }


def test_the_json_is_named_and_readable_by_others():
    encoded = encode({"seed": None, "config": {"n": 33}, "title": "x"})
    assert encoded["json_attributes"] == "seed config"
    assert json.loads(encoded["config"]) == {"n": 33}


@pytest.mark.parametrize("name", ["a b", "1a", "", "a/b", "json_attributes", "_FillValue"])
def test_names_that_netcdf_or_we_keep_for_ourselves(name):
    with pytest.raises(ValueError, match="attribute name"):
        encode({name: 1})


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j])
def test_values_without_a_plain_form_are_refused(value):
    with pytest.raises(TypeError, match="no place"):
        encode({"a": value})
