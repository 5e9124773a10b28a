"""Figures show what they say: every image, every answer, every operation."""

import numpy as np
import pytest
import xarray as xr

from symlens.config.wallpaper_data import ImageData
from symlens.wallpaper import identify
from symlens.wallpaper.figures import (
    CAPTIONS,
    FIGURES,
    FigureInputs,
    overlay,
    overview,
    shortcut,
)
from symlens.wallpaper.figures.contact_sheet import cell_outline
from symlens.wallpaper.groups import NAMES
from symlens.wallpaper.synthesis import Painter, stream

CELL = np.array([[12.0, -3.0], [2.0, 14.0]])


def inputs(kinds=("noise", "published_atoms"), channels=1, *, curves=False):
    """Files made by hand: 17 images of every content; every answer right but those for p2."""
    count = 17 * len(kinds)
    rng = np.random.default_rng(0)
    origin = rng.uniform(0, 32, (count, 2))
    origin[17:] = np.nan
    samples = xr.Dataset(
        {
            "image": (
                ("sample", "y", "x", "channel"),
                rng.integers(0, 256, (count, 32, 32, channels), dtype=np.uint8),
            ),
            "label": ("sample", np.tile(np.arange(17), len(kinds))),
            "content": ("sample", np.repeat(kinds, 17).astype(object)),
            "cell": (("sample", "axis", "vector"), np.tile(CELL, (count, 1, 1))),
            "origin": (("sample", "axis"), origin),
        }
    )
    confusion = np.tile(2 * np.eye(17, dtype=int), (len(kinds), 1, 1))
    confusion[:, 1, 1], confusion[:, 1, 0] = 0, 2
    found = {
        "seed": ("seed", np.array([1, 2])),
        "content": ("content", np.array(kinds, dtype=object)),
        "accuracy": (("seed", "content"), np.full((2, len(kinds)), 16 / 17)),
        "images": (("seed", "content"), np.full((2, len(kinds)), 17)),
        "floor": ("content", np.full(len(kinds), 1 / 17)),
        "learned": ("content", np.array([1] + [0] * (len(kinds) - 1))),
        "learned_accuracy": ("seed", np.array([0.99, 1.0])),
        "calibration_error": ("seed", np.array([0.01, 0.042])),
        "confusion": (("content", "label", "answer"), confusion),
        "bin_count": ("bin", np.array([0] * 8 + [3, 40])),
        "bin_confidence": ("bin", np.array([np.nan] * 8 + [0.85, 0.97])),
        "bin_accuracy": ("bin", np.array([np.nan] * 8 + [0.66, 0.98])),
    }
    if curves:
        found |= {
            "disturbance": ("disturbance", np.array(["noise", "crop"], dtype=object)),
            "curve_level": (("disturbance", "level"), np.array([[0.5, 1.0], [0.4, 0.8]])),
            "curve": (("seed", "disturbance", "level"), np.full((2, 2, 2), 0.75)),
            "curve_images": (("seed", "disturbance", "level"), np.full((2, 2, 2), 34)),
        }
    return FigureInputs(xr.Dataset(found, attrs={"method": "exact"}), samples, "Title")


def words(figure):
    import matplotlib.text

    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


@pytest.mark.parametrize("channels", [1, 3])
def test_the_contact_sheet_has_every_group_of_every_content(channels):
    figure = FIGURES["contact_sheet"](inputs(channels=channels))
    shown = words(figure)
    assert all(shown.count(name) == 2 for name in NAMES)
    (panel,) = figure.axes
    assert len(panel.images) == 34
    assert len(panel.lines) == 2 * 17, "outlines only where the origin is known"
    places = {tuple(image.get_extent()) for image in panel.images}
    assert len(places) == 34
    spans = [(right - left, bottom - top) for left, right, bottom, top in places]
    assert spans == [(32, 32)] * 34


def test_confusion_names_what_was_called_otherwise():
    figure = FIGURES["confusion"](inputs())
    shown = words(figure)
    assert shown.count("100") == 2, "all of p2 was called p1, in both contents"
    assert any("0.941 right" in text for text in shown)


def test_robustness_has_a_panel_for_every_disturbance():
    figure = FIGURES["robustness"](inputs(curves=True))
    seen = [panel for panel in figure.axes if panel.get_visible()]
    assert [panel.get_title(loc="left") for panel in seen] == ["noise", "crop"]
    mean = seen[0].lines[1].get_xydata()
    assert mean[:, 0].tolist() == [0.0, 0.5, 1.0]
    assert mean[:, 1] == pytest.approx([16 / 17, 0.75, 0.75])
    assert any("no disturbances" in text for text in words(FIGURES["robustness"](inputs())))


def test_reliability_says_the_worst_seed():
    figure = FIGURES["reliability"](inputs())
    assert any("0.042" in text for text in words(figure))
    assert figure.axes[0].lines[1].get_xydata() == pytest.approx(
        np.array([[0.85, 0.66], [0.97, 0.98]])
    )


def test_the_overview_takes_all_experiments():
    figure = overview([inputs(), inputs(("atoms",))])
    assert figure.axes
    assert set(CAPTIONS) == set(FIGURES)


def of_mode(mode, method="cnn", size=64):
    made = inputs()
    config = {"data": {"area_mode": mode, "size": size}, "method": method}
    made.evaluation.attrs.update(method=method, config=config)
    return made


def test_area_modes_are_compared_where_nothing_else_differs():
    several = [
        of_mode("fundamental"),
        of_mode("fundamental", "lattice"),
        of_mode("cell", size=128),
        of_mode("cell"),
    ]
    (pair,) = shortcut.pairs(several)
    assert pair.method == "cnn"
    assert (pair.fundamental, pair.cell) == (several[0], several[3])
    assert shortcut.pairs(several[:3]) == []
    panel = overview(several).axes[-1]
    assert panel.get_title(loc="left") == "What the area of the cell gives away"
    labels = [text.get_text() for text in panel.get_yticklabels()]
    assert labels == ["cnn, fundamental", "cnn, cell"]
    shown = [text.get_text() for text in panel.get_legend().get_texts()]
    assert shown == ["learned from", "noise (validation)", "published atoms"]
    assert len(overview(several[:2]).axes) == 2


def test_outlines_are_the_cell_nearest_to_the_middle():
    corners = cell_outline(CELL, np.array([3.0, 4.0]), (64, 64, 1))
    assert corners[:, 0] == pytest.approx(corners[:, -1])
    assert corners[:, 1] - corners[:, 0] == pytest.approx(CELL[:, 0])
    assert corners[:, 3] - corners[:, 0] == pytest.approx(CELL[:, 1])
    steps = np.linalg.solve(CELL, corners[:, 0] - (3.0, 4.0))
    assert steps == pytest.approx(np.rint(steps))
    centre = corners[:, :4].mean(axis=1)
    assert np.abs(np.linalg.solve(CELL, centre - 32)).max() <= 0.5 + 1e-9
    assert cell_outline(CELL, np.full(2, np.nan), (64, 64, 1)) is None


def test_the_overlay_draws_the_operations_that_were_found():
    painter = Painter(ImageData(size=96, channels=1, seed=220, cell_area=(3000.0, 5000.0)))
    image = painter.draw("p4m", "noise", stream(220, "noise", 0, NAMES.index("p4m"))).image
    found = identify(image)
    figure = overlay.draw(image, found, "Title")
    assert found.group == "p4m"
    assert len(figure.axes[0].lines) > len(found.operations)
    plain = overlay.draw(image, identify(np.random.default_rng(0).random((96, 96))), "Title")
    assert any("does not repeat" in text for text in words(plain))
