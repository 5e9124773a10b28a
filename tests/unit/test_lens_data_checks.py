"""What cannot be learned from is refused, in one line that says where."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.lens.data.checks import SampleChecker, check_samples


def good(samples=40, features=5):
    return np.random.default_rng(0).standard_normal((samples, features))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_ordinary_samples_pass(dtype):
    check_samples(good().astype(dtype), source="mine")
    check_samples(good(5, 5).astype(dtype), source="mine")


def test_counts_pass_too():
    check_samples(np.arange(30, dtype=np.int16).reshape(10, 3), source="mine")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:, 0], r"mine: shape \(sample, feature\) expected, found \(40,\)"),
        (lambda x: x[None], r"found \(1, 40, 5\)"),
        (lambda x: x[:, :0], "no features"),
        (lambda x: x[:4], r"fewer samples \(4\) than features \(5\)"),
        (lambda x: x[:0], r"fewer samples \(0\) than features \(5\)"),
        (lambda x: x.astype(complex), "real numbers expected, found complex128"),
        (lambda x: x.astype(str), "real numbers expected, found <U"),
        (lambda x: x.astype(object), "real numbers expected, found object"),
    ],
)
def test_what_is_not_a_table_of_numbers_is_refused(change, message):
    with pytest.raises(DataError, match=message) as caught:
        check_samples(change(good()), source="mine")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "name"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")]
)
def test_the_first_number_that_is_not_finite_is_pointed_at(value, name):
    x = good()
    x[17, 3] = value
    x[18, 0] = np.nan
    with pytest.raises(DataError, match=f"mine: {name} at sample 17, feature 3"):
        check_samples(x, source="mine")


def test_the_position_is_counted_over_all_blocks():
    x = np.random.default_rng(0).standard_normal((400_000, 3)).astype(np.float32)
    x[399_999, 2] = np.nan
    with pytest.raises(DataError, match="NaN at sample 399999, feature 2"):
        check_samples(x, source="mine")


def test_a_constant_feature_is_named_with_its_value():
    x = good()
    x[:, 2] = 1.5
    with pytest.raises(DataError, match=r"feature 2 \(counted from 0\) is constant, 1.5 in every"):
        check_samples(x, source="mine")
    x[:, [0, 4]] = 0
    with pytest.raises(DataError, match="feature 0 and 2 more"):
        check_samples(x, source="mine")


def test_a_feature_that_changes_between_blocks_only_is_not_constant():
    checker = SampleChecker("mine", 2)
    checker.update(np.array([[1.0, 0.0], [1.0, 1.0]]))
    checker.update(np.empty((0, 2)))
    checker.update(np.array([[2.0, 0.0], [2.0, 0.0]]))
    checker.finish()


def test_checking_copies_nothing_large():
    x = np.random.default_rng(0).random((200_000, 33), dtype=np.float32)
    tracemalloc.start()
    try:
        check_samples(x, source="mine")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < x.nbytes / 100
