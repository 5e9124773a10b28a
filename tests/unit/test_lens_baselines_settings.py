"""Baselines in a configuration: what is taken and what is refused."""

import pytest

from symlens.config import ConfigError, load
from symlens.config.lens_methods import SETTINGS
from symlens.lens.stages import METHOD_ROOMS, library
from symlens.plan import Plan

HEAD = "lens:\n  experiments:\n    one:\n      title: One\n"
BUMPS = HEAD + "      data: {source: gaussian, n: 9, samples: 2000}\n"
POINTS = HEAD + "      data: {source: so2, samples: 2000}\n"


def loaded(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    return load(path)


def test_every_method_has_a_room_of_its_own():
    assert set(METHOD_ROOMS) == set(SETTINGS)
    assert METHOD_ROOMS["liegan"] in library("train", "liegan").roots
    assert METHOD_ROOMS["liegan"] in library("train", "fast").without


def test_settings_of_an_experiment_win_over_those_of_the_study(tmp_path):
    text = BUMPS + "      methods: [liegan, liepca]\n      liegan: {steps: 7}\n"
    text += "  liegan: {hidden: 5, steps: 9}\n"
    config = loaded(tmp_path, text)
    settings = config.lens.settings("one", "liegan")
    assert (settings.steps, settings.hidden) == (7, 5)
    resolved = Plan(config).parameters("train", "lens", "one", "liepca")
    assert resolved["settings"]["dimension"] == 1


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (BUMPS + "      methods: [gan]\n", "methods"),
        (BUMPS + "      methods: [liegan]\n      liegan: {step: 3}\n", "did you mean 'steps'"),
        (BUMPS + "      methods: [liegan]\n      liegan: {displacement: -1}\n", "at least 0"),
        (
            BUMPS + "      methods: [liepca]\n      liepca: {dimension: 9}\n",
            "liepca.dimension: below the number of features, 9; found 9",
        ),
        (
            BUMPS + "      methods: [symmetrygan]\n      symmetrygan: {samples: 10}\n",
            "at least as many samples to learn from as features",
        ),
        (POINTS + "      methods: [fast]\n", "fast learns pixels, so2 samples have none"),
        (POINTS + "      methods: [official]\n", "official learns pixels"),
    ],
)
def test_mistakes_are_named(tmp_path, text, mistake):
    with pytest.raises(ConfigError, match=mistake) as caught:
        loaded(tmp_path, text)
    assert "lens.experiments.one" in str(caught.value)


def test_the_bench_is_a_configuration(pytestconfig):
    config = load(pytestconfig.rootpath / "config" / "bench.yaml")
    for name, block in config.lens.experiments.items():
        assert block.seeds == (1, 2, 3, 4, 5), name
        free = block.data.source == "so2"
        for method in set(block.methods) - {"fast"}:
            assert config.lens.settings(name, method).orthogonal is not free
