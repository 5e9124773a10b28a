"""What figures show, read back from their marks."""

from __future__ import annotations

import numpy as np
import pytest

from symlens.latent.figures import FIGURES
from symlens.latent.figures.curves import TOGETHER, _groups
from symlens.latent.figures.inputs import POINTS
from symlens.latent.figures.maps import PALE
from symlens.latent.relevance import DEFINITIONS
from symlens.latent.spaces import Layout

CIRCLE = {"latent_sizes": [1, 3], "betas": [0.5]}


def marks(axes):
    """Data of all lines that are markers alone."""
    return [line.get_xydata() for line in axes.lines if line.get_linestyle() == "None"]


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def test_relevance_panels_hold_every_latent_of_every_seed(inputs_of, judged):
    figure = FIGURES["relevance"](inputs_of(**CIRCLE))
    found = judged(**CIRCLE)["relevance"].isel(beta=0, latent_size=-1)
    assert [text.split(":")[0] for text in titles(figure)] == list(DEFINITIONS)
    for axes, name in zip(figure.axes, DEFINITIONS, strict=True):
        drawn = np.array([points[:, 1] for points in marks(axes)])
        np.testing.assert_allclose(drawn, found.sel(definition=name).to_numpy())


def test_control_bars_are_there_only_where_a_control_was_trained(inputs_of):
    with_control = FIGURES["relevance"](inputs_of(**CIRCLE))
    without = FIGURES["relevance"](inputs_of(source="square", method="linear", control=False))
    assert len(with_control.axes[0].patches) == 3
    assert len(without.axes[0].patches) == 0


def test_kl_against_beta_has_the_theory_and_the_measurements(inputs_of, judged):
    figure = FIGURES["kl_beta"](inputs_of(**CIRCLE))
    (axes,) = figure.axes
    found = judged(**CIRCLE)
    kl = found["relevance"].isel(latent_size=-1).sel(definition="kl").to_numpy()
    drawn = np.array([points[:, 1] for points in marks(axes)])
    np.testing.assert_allclose(np.sort(drawn.ravel()), np.sort(kl.ravel()))
    curve = next(line for line in axes.lines if len(line.get_xydata()) == 200)
    beta, value = curve.get_xydata().T
    eigenvalue = np.exp(2 * value[0]) * beta[0] / 2
    expected = np.maximum(0.5 * np.log(2 * eigenvalue / beta), 0.0)
    np.testing.assert_allclose(value, expected, atol=1e-9)
    spread = np.median(found["eigenvalue"], axis=0)
    assert spread.min() - 1e-9 <= eigenvalue <= spread.max() + 1e-9


def test_equal_eigenvalues_are_one_line():
    assert _groups(np.array([2.0, 1.95, 1.9, 0.5, 0.0])) == [pytest.approx(1.95), 0.5]
    assert len(_groups(np.array([1.0, 0.99 * (1 - TOGETHER)]))) == 2
    assert _groups(np.array([3.0, 1e-7])) == [3.0]


def test_constraints_are_rows_with_their_residuals(inputs_of, judged):
    inputs = inputs_of(**CIRCLE)
    (axes,) = FIGURES["constraints"](inputs).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [str(text) for text in judged(**CIRCLE)["formula"].values]
    kept = judged(**CIRCLE)["formula_kept"].to_numpy()
    drawn = [points[:, 0] for points in marks(axes)][1:]
    np.testing.assert_allclose(drawn, kept)


def test_no_constraint_is_said_in_words(inputs_of):
    figure = FIGURES["constraints"](inputs_of(source="square", method="linear", control=False))
    assert "No constraint" in figure.axes[0].texts[0].get_text()


def test_a_map_has_a_point_per_sample_and_unused_latents_are_pale(inputs_of):
    inputs = inputs_of(**CIRCLE)
    figure = FIGURES["latent_map"](inputs)
    for axes, (_, values) in zip(figure.axes, inputs.drawn, strict=False):
        (points,) = axes.collections
        assert len(points.get_offsets()) == len(inputs.samples) <= POINTS
        np.testing.assert_allclose(points.get_array(), values)
        low, high = points.get_clim()
        assert high == -low
        assert high >= PALE


def test_an_angle_has_a_colour_wheel(inputs_of):
    figure = FIGURES["latent_map"](inputs_of(source="disc", method="circular", latent_sizes=[2]))
    wheels = [
        axes.collections[0].get_clim()
        for axes in figure.axes
        if axes.get_title(loc="left").startswith("mean of angle")
    ]
    assert wheels == [(-np.pi, np.pi)]


def test_motion_without_a_symmetry_is_said_in_words(inputs_of):
    figure = FIGURES["motion"](inputs_of(source="square", method="linear", control=False))
    assert "no one-parameter symmetry" in figure.axes[0].texts[0].get_text()


def test_dimensions_name_all_answers(inputs_of):
    figure = FIGURES["dimensions"](inputs_of(**CIRCLE))
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[: len(DEFINITIONS)] == [f"latents by {name}" for name in DEFINITIONS]
    assert names[-4:] == [
        "dimension, TwoNN",
        "dimension, max. likelihood",
        "dimension, local PCA",
        "linear rank",
    ]
    assert len(figure.axes) == 2  # two latent sizes: the right panel selects one


def test_the_diagram_has_the_widths_of_the_network(inputs_of):
    inputs = inputs_of(source="disc", method="circular", latent_sizes=[2])
    (axes,) = FIGURES["architecture"](inputs).axes
    widths = [int(text.get_text()) for text in axes.texts if text.get_text().isdigit()]
    layout = Layout.of("circular", 2)
    assert widths == [2, 8, layout.heads, 2, 8, 2]


def test_losses_have_a_line_per_start_and_seed(inputs_of, trained):
    figure = FIGURES["losses"](inputs_of(**CIRCLE))
    runs, _, _ = trained(**CIRCLE)
    assert len(figure.axes) == 2
    for axes, size in zip(figure.axes, (1, 3), strict=True):
        assert len(axes.lines) == 2 * len(runs)
        own = (runs[0]["latent_size"] == size) & (runs[0]["beta"] == 0.2)
        last = runs[0]["history"].isel(record=-1, net=np.flatnonzero(own))
        drawn = sorted(float(line.get_ydata()[-1]) for line in axes.lines)
        assert set(np.round(last.to_numpy(), 9)) <= set(np.round(drawn, 9))


def test_the_worst_seed_is_shown(inputs_of, judged):
    inputs = inputs_of(**CIRCLE)
    counts = judged(**CIRCLE)["relevant"].to_numpy()
    off = np.abs(counts - 2)
    assert off[inputs.worst] == off.max()
    assert inputs.choice.startswith(f"seed {inputs.seeds[inputs.worst]}")
    assert inputs.choice.endswith("the worst of 2")
