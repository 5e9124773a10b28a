"""Settings of the official method."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from symlens.config.lens_official import OfficialSettings


def test_defaults_are_those_of_the_official_code():
    settings = OfficialSettings()
    coefficients = (
        settings.alignment,
        settings.uniformity,
        settings.resolution,
        settings.information,
    )
    assert coefficients == (1.0, 2.0, 1.0, 0.75)
    assert (settings.model_learning_rate, settings.estimator_learning_rate) == (1e-4, 1e-3)
    assert settings.steps == 1000 * 100
    assert (settings.kernels, settings.hidden_multiple, settings.window_gain) == (4, 16, 50.0)
    assert settings.paired_kl is False


def test_batch_of_the_features():
    assert OfficialSettings().batch(33) == 3300
    assert OfficialSettings(batch_size=2520).batch(7) == 2520


@pytest.mark.parametrize("n", [2, 7, 33])
def test_no_mistake_in_a_batch_that_the_features_divide(n):
    assert OfficialSettings().batch_mistake(n) is None
    assert OfficialSettings(batch_size=5 * n).batch_mistake(n) is None


@pytest.mark.parametrize(("size", "n", "nearest"), [(100, 33, 99), (10, 33, 33), (2521, 7, 2520)])
def test_the_nearest_batch_is_named(size, n, nearest):
    mistake = OfficialSettings(batch_size=size).batch_mistake(n)
    assert mistake is not None
    assert f"{size} is not a multiple of the number of features n = {n}" in mistake
    assert f"the nearest is {nearest} " in mistake
    assert OfficialSettings(batch_size=nearest).batch_mistake(n) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": 2.5},
        {"held_out": 1.0},
        {"learning_rate_decay": 0.0},
        {"model_learning_rate": "1e-4"},
        {"alignment": -1.0},
        {"paired_kl": "yes"},
        {"paired": True},
    ],
)
def test_wrong_values_are_refused(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        OfficialSettings(**wrong)


def test_every_setting_is_described():
    properties = OfficialSettings.model_json_schema()["properties"]
    assert all(len(each["description"]) > 10 for each in properties.values())
