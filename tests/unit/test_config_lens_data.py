"""The configuration of samples: what is taken, what is refused and in which words."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from symlens.config.lens_data import (
    FileData,
    GaussianData,
    IndependentData,
    LegendreData,
    LensData,
    WhiteNoiseData,
)

ADAPTER = TypeAdapter(LensData)
SOURCES = [
    "gaussian",
    "legendre",
    "image_rows",
    "digit_slices",
    "independent",
    "white_noise",
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_source_alone_is_a_complete_configuration(source):
    cfg = ADAPTER.validate_python({"source": source})
    assert cfg.source == source
    assert (cfg.n, cfg.cyclic, cfg.seed) == (33, False, 0)


def test_a_yaml_block_with_lists_becomes_frozen_tuples():
    cfg = ADAPTER.validate_python(
        {"source": "legendre", "scale": [6, 15.0], "features": [[2, 1], [3, 1]], "cyclic": True}
    )
    assert isinstance(cfg, LegendreData)
    assert cfg.scale == (6.0, 15.0)
    assert cfg.features == ((2, 1), (3, 1))
    with pytest.raises(ValidationError, match="frozen"):
        cfg.n = 5


def test_a_dump_is_read_back_the_same():
    for source in SOURCES:
        cfg = ADAPTER.validate_python({"source": source})
        assert ADAPTER.validate_json(cfg.model_dump_json()) == cfg
        assert ADAPTER.validate_python(cfg.model_dump(mode="json")) == cfg


@pytest.mark.parametrize(
    ("block", "where", "message"),
    [
        ({"source": "gauss"}, (), "gaussian"),
        ({"source": "gaussian", "nn": 3}, ("nn",), "Extra inputs"),
        ({"source": "gaussian", "n": 2}, ("n",), "greater than or equal to 3"),
        ({"source": "gaussian", "n": "33"}, ("n",), "valid integer"),
        ({"source": "gaussian", "noise": "1e-3"}, ("noise",), "valid number"),
        ({"source": "gaussian", "noise": -0.1}, ("noise",), "greater than or equal to 0"),
        ({"source": "gaussian", "noise": float("nan")}, ("noise",), "finite"),
        ({"source": "gaussian", "scale": [1.0, 0.2]}, ("scale",), "low <= high"),
        ({"source": "gaussian", "scale": [0.0, 0.2]}, ("scale", 0), "greater than 0"),
        ({"source": "gaussian", "scale": [0.2]}, ("scale", 1), "required"),
        ({"source": "gaussian", "group": "rotation"}, ("group",), "permuted_translation"),
        ({"source": "gaussian", "presence": 1.5}, ("presence",), "less than or equal to 1"),
        ({"source": "gaussian", "centres": 15.0}, (), "at least 22 pixels"),
        ({"source": "gaussian", "cyclic": True, "centres": 50.0}, (), "only for a window"),
        ({"source": "gaussian", "travel": 5.0}, (), "only for group dispersed_translation"),
        ({"source": "legendre", "features": []}, ("features",), "at least 1"),
        ({"source": "legendre", "features": [[2, 0]]}, (), r"got \[2, 0\]"),
        ({"source": "legendre", "features": [[1, 2]]}, (), r"got \[1, 2\]"),
        ({"source": "legendre", "features": [[2, 1.5]]}, ("features", 0, 1), "valid integer"),
        ({"source": "image_rows", "cyclic": True}, (), "must be false"),
        (
            {"source": "image_rows", "group": "dispersed_translation"},
            ("group",),
            "'random_basis'",
        ),
        ({"source": "file"}, ("path",), "required"),
        ({"source": "file", "path": "a.csv", "n": 5}, ("n",), "Extra inputs"),
    ],
)
def test_a_mistake_is_named_at_its_place(block, where, message):
    with pytest.raises(ValidationError, match=message) as caught:
        ADAPTER.validate_python(block)
    found = caught.value.errors()[0]["loc"]
    assert tuple(found[1:]) == where


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"cyclic": False}, "needs cyclic true and n odd, got cyclic false and n 33"),
        ({"cyclic": True, "n": 32}, "needs cyclic true and n odd, got cyclic true and n 32"),
        ({"cyclic": True, "dispersion": [1.0, -1.1]}, "phase velocity must be positive"),
    ],
)
def test_a_dispersed_translation_is_refused_where_it_is_not_defined(block, message):
    with pytest.raises(ValidationError, match=message):
        ADAPTER.validate_python({"source": "gaussian", "group": "dispersed_translation", **block})


def test_centres_reach_as_far_as_a_signal_can_be_seen():
    assert GaussianData(n=33).centre_range() == 33.0
    assert GaussianData(n=7, scale=(0.5, 2.5)).centre_range() == 3 + 6 * 2.5
    assert LegendreData(n=9, scale=(6.0, 15.0)).centre_range() == 4 + 7.5
    assert LegendreData(n=9, centres=40.0).centre_range() == 40.0


def test_every_field_tells_what_it_is():
    schema = ADAPTER.json_schema()
    for name, block in schema["$defs"].items():
        for field, content in block["properties"].items():
            assert len(content.get("description", "")) > 15, f"{name}.{field}"


def test_defaults_differ_where_the_source_asks_for_it():
    assert IndependentData().group == "random_basis"
    assert WhiteNoiseData().noise == 0.0
    assert FileData(path="a.npy").variable is None
