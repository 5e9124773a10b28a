"""The picture of a run file."""

from types import SimpleNamespace

import numpy as np
import pytest

from symlens.groups import cyclic_log_generator, representation
from symlens.lens.figures import portrait
from symlens.lens.learner import History
from symlens.lens.runfile import to_dataset
from symlens.lens.symmetry import LearnedSymmetry


def run(n=6, verdict="symmetry", **changes):
    """A run that has learned a cyclic shift in a hidden basis."""
    observed = representation("random_basis", n, 1)
    symmetry = LearnedSymmetry(
        log_generator=observed.T @ cyclic_log_generator(n) @ observed,
        group_convolution=observed.T,
        filter=observed.T[:, n // 2].copy(),
        mean=np.full(n, 2.0),
        scale=3.0,
        cyclic=True,
    )
    x = np.random.default_rng(0).normal(size=(50, n)) + 2.0
    assessment = {"verdict": verdict, "pvalue": 0.05, "statistic": 4.0, "null": np.arange(19.0)}
    result = SimpleNamespace(
        symmetry=symmetry,
        history=History(np.array([0]), ("loss",), np.zeros((1, 1))),
        assessment=SimpleNamespace(**assessment | changes),
        held_out=np.arange(40),
    )
    return to_dataset(result, x, method="fast", seed=3).assign_attrs(experiment="rings")


def panels(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_title(loc="left")}


def image(axes):
    return np.asarray(axes.images[0].get_array())


def test_the_panels_show_the_files_numbers():
    data = run()
    drawn = panels(portrait.draw(data))
    given = image(drawn["generator, as the data are given"])
    np.testing.assert_array_equal(given, data["generator"])
    moved = image(drawn["generator, in canonical coordinates"])
    expected = np.roll(np.eye(6), 1, axis=1)
    expected[-1, 0] = -1.0  # an even ring turns with a sign
    np.testing.assert_allclose(moved, expected, atol=1e-12)
    raw = image(drawn["held-out samples, as given"])
    canonical = image(drawn["the same, in canonical coordinates"])
    assert raw.shape == canonical.shape == (portrait.SHOWN, 6)
    np.testing.assert_allclose(raw @ data["group_convolution"].to_numpy(), canonical, atol=1e-5)
    line = drawn["is it real? the statistic and its null"].lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [4.0, 4.0])


@pytest.mark.parametrize("verdict", ["symmetry", "no symmetry", "not identifiable"])
def test_the_title_says_the_verdict(verdict):
    words = [text.get_text() for text in portrait.draw(run(verdict=verdict)).texts]
    assert f"rings: {verdict}" in words
    assert any("p = 0.05; 6 features, cyclic; method fast, seed 3" in text for text in words)


def test_a_null_of_one_value_is_drawn():
    portrait.draw(run(null=np.zeros(19), statistic=0.0)).canvas.draw()


def test_the_same_run_is_the_same_bytes(tmp_path):
    paths = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for path in paths:
        portrait.save(portrait.draw(run(n=2)), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
