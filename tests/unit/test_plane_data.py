"""Windows of the plane: what is drawn, what is known of it, and mistakes."""

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from symlens.config import ConfigError, load
from symlens.config.plane import BlobsData, PatchesData
from symlens.errors import FileError
from symlens.lens.plane.data import Patches, stream
from symlens.lens.plane.grid import Grid


def drawn(cfg):
    header, chunks = stream(cfg)
    return header, np.concatenate(list(chunks))


def test_patches_are_windows_of_the_image():
    image = np.arange(30.0, dtype=np.float32).reshape(5, 6)
    windows = Patches([image], (3, 4)).draw(np.random.default_rng(0), 200)
    corners = {tuple(np.argwhere(image == window[0])[0]) for window in windows}
    assert corners == {(r, c) for r in range(3) for c in range(3)}
    for window in windows[:20]:
        row, column = np.argwhere(image == window[0])[0]
        np.testing.assert_array_equal(
            window.reshape(3, 4), image[row : row + 3, column : column + 4]
        )


def test_an_image_smaller_than_the_window_is_refused(tmp_path):
    path = tmp_path / "small.png"
    Image.fromarray(np.zeros((4, 20), np.uint8)).save(path)
    with pytest.raises(FileError, match="4 x 20 pixels, at least 5 x 3 needed"):
        stream(PatchesData(shape=(5, 3), path=str(path)))


@pytest.mark.parametrize("kind", [PatchesData, BlobsData])
def test_samples_have_unit_variance_and_hide_behind_the_basis(kind):
    natural = kind(shape=(4, 5), samples=4000, group="translation", noise=0.0, seed=3)
    header, x = drawn(natural)
    assert x.shape == (4000, 20)
    assert x.dtype == np.float32
    assert np.std(x) == pytest.approx(1.0, rel=0.1)
    hidden, turned = drawn(natural.model_copy(update={"group": "random_basis"}))
    basis = hidden["representation"].to_numpy()
    np.testing.assert_allclose(turned @ basis.T, x, atol=1e-5)
    shifts = Grid(4, 5).shifts()
    np.testing.assert_allclose(
        basis @ hidden["ideal_generators"].to_numpy() @ basis.T, shifts, atol=1e-12
    )
    assert (header.attrs["height"], header.attrs["width"]) == (4, 5)


def test_a_sample_does_not_depend_on_how_many_are_made():
    cfg = BlobsData(shape=(4, 4), samples=40_000, seed=5)
    few = drawn(cfg.model_copy(update={"samples": 100}))[1]
    np.testing.assert_array_equal(drawn(cfg)[1][:100], few)


def test_blobs_are_stationary_in_the_window():
    x = drawn(BlobsData(shape=(5, 4), samples=40_000, group="translation", noise=0.0))[1]
    means, spreads = x.mean(axis=0), x.std(axis=0)
    assert np.ptp(means) < 0.03
    assert np.ptp(spreads) < 0.06


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"shape": [2, 9]}, "greater than or equal to 3"),
        ({"shape": [9]}, "shape"),
        ({"scale": [1.0, 0.5]}, "low <= high"),
    ],
)
def test_mistakes_of_a_block(block, told):
    with pytest.raises(ValidationError, match=told):
        BlobsData.model_validate(block)


def test_too_few_samples_are_refused_by_name():
    block = {"title": "few", "data": {"source": "blobs", "shape": [9, 9], "samples": 100}}
    with pytest.raises(ConfigError) as caught:
        load({"plane": {"experiments": {"few": block}}}, {})
    assert "plane.experiments.few.data.samples" in str(caught.value)
    assert "twice as many samples" in str(caught.value)
    assert "9 x 9 = 81" in str(caught.value)
