"""What a caller may hand over, and what becomes of it."""

from typing import get_args

import numpy as np
import pytest
import xarray as xr

from symlens.cli.parser import METHODS
from symlens.config.lens_fast import FastSettings
from symlens.config.lens_methods import SETTINGS, Method
from symlens.config.lens_official import OfficialSettings
from symlens.errors import ConfigError, DataError
from symlens.lens.inputs import (
    group_parameters,
    method_settings,
    seed_from,
    single_precision,
    table,
)


def test_every_method_has_settings():
    assert set(SETTINGS) == set(get_args(Method)) == set(METHODS)


class TestSettings:
    def test_none_are_the_defaults(self):
        assert method_settings("fast", None) == FastSettings()
        assert method_settings("official", {}) == OfficialSettings()

    def test_given_ones_win(self):
        assert method_settings("fast", {"rounds": 2}) == FastSettings(rounds=2)
        assert method_settings("fast", FastSettings(rounds=2)).rounds == 2

    def test_what_is_dumped_is_read_back(self):
        for method, kind in SETTINGS.items():
            assert method_settings(method, kind().model_dump(mode="json")) == kind()

    @pytest.mark.parametrize(
        ("method", "given", "mistake"),
        [
            ("quick", None, "method: 'quick' is unknown; allowed: fast, official"),
            ("fast", {"sampels": 3}, "settings.sampels: unknown key; did you mean 'samples'?"),
            ("fast", OfficialSettings(), "settings: OfficialSettings given, method 'fast' takes"),
        ],
    )
    def test_mistakes(self, method, given, mistake):
        with pytest.raises(ConfigError) as caught:
            method_settings(method, given)
        (line,) = caught.value.mistakes
        assert line.startswith(mistake)


class TestSeeds:
    def test_of_whole_numbers(self):
        assert seed_from(7) == 7
        assert type(seed_from(np.int64(7))) is int

    def test_are_in_the_range_that_estimators_take(self):
        state = np.random.RandomState(0)
        for drawn in (seed_from(None), *(seed_from(state) for _ in range(100))):
            assert 0 <= drawn < 2**32


class TestTable:
    def test_leaves_arrays_alone(self):
        x = np.zeros((3, 2))
        assert table(x) is x
        assert table([[1.0]]) == [[1.0]]

    def test_puts_samples_into_rows(self):
        array = xr.DataArray(
            np.arange(6.0).reshape(2, 3), dims=("feature", "sample"), coords={"feature": ["u", "v"]}
        )
        frame = table(array)
        assert list(frame.columns) == ["u", "v"]
        np.testing.assert_array_equal(frame.to_numpy(), array.to_numpy().T)

    @pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
    def test_refuses_other_shapes(self, shape):
        with pytest.raises(DataError, match=r"\(sample, feature\)"):
            table(xr.DataArray(np.zeros(shape)))


class TestSinglePrecision:
    def test_is_the_nearest(self):
        x = np.array([[0.1, 1e-60], [2.0**24 + 1, -1.5]])
        single = single_precision(x, source="X")
        assert single.dtype == np.float32
        np.testing.assert_array_equal(single, x.astype(np.float32))

    @pytest.mark.parametrize("value", [1e39, -1e39])
    def test_refuses_what_it_cannot_hold(self, value):
        x = np.zeros((4, 3))
        x[2, 1] = value
        with pytest.raises(DataError, match=r"^X: -?1e\+39 at sample 2, feature 1 "):
            single_precision(x, source="X")


class TestGroupParameters:
    def test_one_or_one_per_sample(self):
        assert group_parameters(2, 5).shape == ()
        assert group_parameters([1, 2, 3], 3).dtype == np.float64

    @pytest.mark.parametrize("t", [[1.0, 2.0], np.zeros((3, 1)), np.nan, [0.0, np.inf, 1.0]])
    def test_refusals(self, t):
        with pytest.raises(DataError, match=r"^t: "):
            group_parameters(t, 3)
