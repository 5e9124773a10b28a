"""Networks on point groups learn, as methods of the study."""

from functools import partial

import numpy as np
import pytest
import xarray as xr

from symlens.config.wallpaper_data import ImageData
from symlens.wallpaper.answers import CLEAN, Job, Row
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.networks import equivariant, method
from symlens.wallpaper.networks.method import network
from symlens.wallpaper.synthesis import as_bytes
from symlens.wallpaper.synthesis import samples as drawn

LEARNING = {
    "epochs": 4,
    "batch": 6,
    "learning_rate": 1e-2,
    "shuffle": 12,
    "transform": "none",
    "hierarchy": False,
}


@pytest.fixture(scope="module")
def images():
    """Twelve grey textures of three groups."""
    data = ImageData(contents=("textures",), per_class=4, size=64, channels=1, seed=100)
    own = [each for each in drawn(data) if NAMES[each.label] in {"p1", "pmm", "p6m"}]
    return xr.Dataset(
        {
            "image": (("sample", "y", "x", "channel"), np.stack([as_bytes(s.image) for s in own])),
            "label": ("sample", np.array([each.label for each in own])),
        }
    )


@pytest.mark.parametrize("name", ["gcnn_d4", "gcnn_d6"])
def test_a_network_on_a_group_learns_and_answers_alike_however_an_image_lies(
    name, images, monkeypatch
):
    monkeypatch.setattr(equivariant, "WIDTHS", (4, 4, 8, 8))
    job = Job(LEARNING)
    answer = network(name, images, np.arange(12), 1, job)
    losses = [terms["loss"] for terms in job.history]
    assert losses[-1] < 0.7 * losses[0]
    shown = [images["image"].values[0] / 255]
    shown += [np.rot90(shown[0], 2), shown[0][::-1], shown[0][:, ::-1]]
    found = answer([Row(k, CLEAN, 0.0) for k in range(4)], lambda row: shown[row.sample])
    for each in found:
        assert each.probability == pytest.approx(found[0].probability, abs=1e-5)
        assert each.probability.sum() == pytest.approx(1)


def test_methods_are_the_groups_that_they_are_named_after():
    for name in ("d4", "d6"):
        built = method.BUILDERS[f"gcnn_{name}"]
        assert isinstance(built, partial)
        assert built.func is equivariant.gcnn
        assert built.args == (name,)
