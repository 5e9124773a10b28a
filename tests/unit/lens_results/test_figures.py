"""What the figures show: the arrays on their axes are those of the files."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from symlens import drawing, metrics
from symlens.errors import DataError
from symlens.groups import shift
from symlens.lens.figures import CAPTIONS, FIGURES, FigureInputs, matrices, overview, save
from symlens.lens.figures.samples import STEPS

KINDS = [
    {"n": 9, "cyclic": False, "truth": True},
    {"n": 8, "cyclic": True, "truth": True},
    {"n": 8, "cyclic": False, "truth": False},
    {"n": 9, "cyclic": True, "truth": False},
]


def images(figure):
    """Matrices on the axes, in order, without their colour scales."""
    return [np.asarray(a.images[0].get_array()) for a in figure.axes if a.images]


def words(figure):
    return " ".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def marked(axes):
    """Points of the lines that have markers only."""
    return [line.get_ydata() for line in axes.lines if line.get_linestyle() == "None"]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_figure_is_drawn_of_every_kind_of_data(inputs_of, kind):
    inputs = inputs_of(**kind)
    for name, draw in FIGURES.items():
        figure = draw(inputs)
        assert isinstance(figure, Figure)
        assert "Made up" in words(figure), name
        if not kind["truth"] and name in ("generator", "stability", "eigenphases"):
            assert "not known" in words(figure), name


def test_every_figure_can_be_laid_out_for_many_seeds(inputs_of):
    inputs = inputs_of(errors=[0.1] * 9)
    for draw in FIGURES.values():
        draw(inputs).draw_without_rendering()
    overview([inputs]).draw_without_rendering()


@pytest.mark.parametrize("name", ["generator", "stability", "eigenphases"])
def test_figures_can_be_laid_out_without_the_truth(inputs_of, name):
    FIGURES[name](inputs_of(truth=False, errors=(0.0,))).draw_without_rendering()


@pytest.mark.parametrize("cyclic", [False, True])
def test_the_generator_is_compared_in_both_bases(inputs_of, cyclic):
    inputs = inputs_of(cyclic=cyclic)
    figure = FIGURES["generator"](inputs)
    ideal, learned, error, natural_ideal, natural, natural_error = images(figure)
    basis = inputs.data["representation"].to_numpy()
    np.testing.assert_array_equal(ideal, inputs.data["ideal_generator"])
    np.testing.assert_array_equal(learned, inputs.runs[2]["generator"])
    np.testing.assert_array_equal(error, learned - ideal)
    np.testing.assert_allclose(natural_ideal, shift(9, cyclic=cyclic), atol=1e-12)
    np.testing.assert_allclose(natural, basis @ learned @ basis.T)
    np.testing.assert_allclose(natural_error, natural - natural_ideal)
    counted = sum(patch.get_height() for patch in figure.axes[3].patches)
    assert counted == 81
    cosine = float(inputs.evaluation["generator_cosine"].min())
    assert f"seed 3, the worst of 3: cosine {cosine:.4f} to the ideal" in words(figure)


def test_an_inverse_is_turned_and_said(inputs_of):
    inputs = inputs_of(errors=(0.0, 0.05))
    figure = FIGURES["generator"](inputs)
    np.testing.assert_array_equal(images(figure)[1], inputs.runs[1]["generator"].to_numpy().T)
    assert "its inverse is shown" in words(figure)


def test_colours_are_symmetric_and_the_error_has_its_own(inputs_of):
    figure = FIGURES["generator"](inputs_of())
    panels = [axes.images[0] for axes in figure.axes if axes.images]
    for panel in panels:
        low, high = panel.get_clim()
        assert low == -high
        assert high >= np.abs(panel.get_array()).max()
    assert panels[0].get_clim() == panels[1].get_clim()
    assert panels[2].get_clim() != panels[1].get_clim()


def test_rounding_errors_are_not_blown_up(inputs_of):
    figure = FIGURES["generator"](inputs_of(errors=(0.0,)))
    error = [axes.images[0] for axes in figure.axes if axes.images][2]
    assert np.abs(error.get_array()).max() < 1e-12
    assert error.get_clim() == (-1e-3, 1e-3)


@pytest.mark.parametrize(("n", "cyclic"), [(9, False), (9, True), (8, True)])
def test_the_group_convolution_matrix_is_aligned_before_it_is_shown(inputs_of, n, cyclic):
    inputs = inputs_of(n=n, cyclic=cyclic, errors=(0.0, 0.05))
    figure = FIGURES["group_convolution"](inputs)
    shown = images(figure)
    basis = inputs.data["representation"].to_numpy()
    np.testing.assert_array_equal(shown[0], basis.T)
    np.testing.assert_array_equal(shown[3], np.eye(n))
    np.testing.assert_allclose(shown[4], basis @ shown[1])
    assert metrics.frobenius_cosine(shown[1], shown[0]) == pytest.approx(
        float(inputs.evaluation["group_convolution_cosine"][1])
    )
    assert "sign changed" in words(figure)
    assert "columns reversed" in words(figure)


def test_without_the_truth_the_learned_matrices_alone(inputs_of):
    inputs = inputs_of(truth=False)
    worst = inputs.symmetries[inputs.worst]
    given, canonical = images(FIGURES["generator"](inputs))
    np.testing.assert_array_equal(given, worst.generator)
    np.testing.assert_allclose(canonical, shift(9, cyclic=False), atol=1e-9)
    matrix, gram = images(FIGURES["group_convolution"](inputs))
    np.testing.assert_array_equal(matrix, worst.group_convolution)
    np.testing.assert_allclose(gram, np.eye(9), atol=1e-9)


def ridges(axes, count):
    """Rows drawn as lines above each other, without their offsets."""
    rows = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(rows) == count
    return np.stack(
        [line.get_ydata() - base for line, base in zip(rows, axes.get_yticks(), strict=True)]
    )


def test_samples_move_by_a_shift_in_canonical_coordinates(inputs_of):
    inputs = inputs_of(cyclic=True, errors=(0.0,))
    raw, moved_raw, canonical, moved = FIGURES["samples"](inputs).axes
    symmetry = inputs.symmetries[0]
    chosen = ridges(raw, 5)
    held_out = (inputs.runs[0]["raw"].to_numpy() - symmetry.mean) / symmetry.scale
    for row in chosen:
        assert np.min(np.abs(held_out - row).max(axis=1)) < 1e-5
    rows = ridges(canonical, 5)
    np.testing.assert_allclose(rows, chosen @ symmetry.group_convolution, atol=1e-5)
    steps = ridges(moved, len(STEPS))
    np.testing.assert_allclose(steps[0], rows[2], atol=1e-5)
    for row, t in zip(steps, STEPS, strict=True):
        if t == int(t):
            np.testing.assert_allclose(row, np.roll(steps[0], int(t)), atol=1e-5)
    np.testing.assert_allclose(ridges(moved_raw, len(STEPS))[0], chosen[2], atol=1e-5)


def test_the_true_coordinates_are_drawn_where_they_are_known(inputs_of):
    inputs = inputs_of(errors=(0.0,))
    panel = FIGURES["samples"](inputs).axes[2]
    dashed = [line.get_ydata() for line in panel.lines if line.get_linestyle() == "--"]
    solid = [line.get_ydata() for line in panel.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dashed, solid, atol=1e-5)
    unknown = FIGURES["samples"](inputs_of(truth=False)).axes[2]
    assert not [line for line in unknown.lines if line.get_linestyle() == "--"]


def test_losses_show_every_term_of_every_seed(inputs_of):
    inputs = inputs_of()
    figure = FIGURES["losses"](inputs)
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    assert list(panels) == ["loss", "alignment", "rank"]
    for index, run in enumerate(inputs.runs):
        line = panels["loss"].lines[index]
        np.testing.assert_array_equal(line.get_xdata(), run["step"])
        np.testing.assert_array_equal(line.get_ydata(), run["history"].sel(term="loss"))
        assert panels["alignment"].lines[index].get_xdata().size == 0
        assert panels["rank"].lines[index].get_drawstyle() == "steps-post"


def test_a_term_that_one_seed_lacks_is_drawn_for_the_others(inputs_of):
    inputs = inputs_of()
    inputs.runs[0] = inputs.runs[0].isel(term=[0, 2])
    figure = FIGURES["losses"](inputs)
    lines = {axes.get_title(loc="left"): len(axes.lines) for axes in figure.axes}
    assert lines == {"loss": 3, "rank": 3, "alignment": 2}


def test_eigenphases_on_the_circle_and_their_deviation(inputs_of):
    inputs = inputs_of()
    circle, deviation = FIGURES["eigenphases"](inputs).axes
    evaluation = inputs.evaluation
    upper = evaluation["ideal_eigenphase"].to_numpy() >= -1e-9
    expected = (evaluation["eigenphase"] - evaluation["ideal_eigenphase"]).to_numpy()[:, upper]
    np.testing.assert_allclose(marked(deviation), metrics.spectrum.wrapped(expected))
    ideal, learned = [line for line in circle.lines if line.get_linestyle() == "None"]
    np.testing.assert_allclose(np.hypot(*ideal.get_data()), 1)
    np.testing.assert_allclose(
        np.hypot(*learned.get_data()), evaluation["eigenphase_magnitude"][inputs.worst]
    )


def test_eigenphases_without_the_truth_are_those_of_the_learned_generator(inputs_of):
    inputs = inputs_of(truth=False)
    circle, deviation = FIGURES["eigenphases"](inputs).axes
    uniform, learned = [line for line in circle.lines if line.get_linestyle() == "None"]
    assert uniform.get_xdata().size == 27
    np.testing.assert_allclose(learned.get_data(), uniform.get_data(), atol=1e-9)
    np.testing.assert_allclose(marked(deviation), 0, atol=1e-9)


def test_stability_shows_scores_floors_and_agreement(inputs_of):
    inputs = inputs_of()
    evaluation = inputs.evaluation
    *panels, matrix = FIGURES["stability"](inputs).axes
    names = [str(name) for name in evaluation["floor_score"].to_numpy() if name != "power_cosine"]
    for panel, name in zip(panels, names, strict=True):
        np.testing.assert_array_equal(np.ravel(marked(panel)), evaluation[name])
        bars = [line.get_ydata() for line in panel.lines if line.get_linewidth() == 7]
        np.testing.assert_array_equal(bars, evaluation["floor"].sel(floor_score=name))
        low, high = panel.get_ylim()
        assert low <= evaluation[name].min()
        assert high >= evaluation[name].max() - 1e-12  # cosines may round above 1
    np.testing.assert_array_equal(matrix.images[0].get_array(), evaluation["agreement"])
    assert f"{float(evaluation['agreement'][0, 2]):.3f}" in words(matrix.figure)


def test_stability_without_the_truth_shows_p_values(inputs_of):
    inputs = inputs_of(truth=False)
    panel, matrix = FIGURES["stability"](inputs).axes
    np.testing.assert_array_equal(np.ravel(marked(panel)), [0.01, 0.02, 0.03])
    np.testing.assert_array_equal(matrix.images[0].get_array(), inputs.evaluation["agreement"])


def test_the_verdict_stands_beside_its_null_distribution(inputs_of):
    inputs = inputs_of(verdict="no symmetry")
    figure = FIGURES["verdict"](inputs)
    assert "Made up: no symmetry" in words(figure)
    for panel, run in zip(figure.axes, inputs.runs, strict=True):
        assert sum(patch.get_height() for patch in panel.patches) == run.sizes["surrogate"]
        assert list(panel.lines[0].get_xdata()) == [float(run["symmetry_statistic"])] * 2
        assert panel.get_title(loc="left").endswith(f"p = {float(run['symmetry_pvalue']):.3g}")


def test_a_null_distribution_without_spread_can_be_drawn(inputs_of):
    inputs = inputs_of(errors=(0.0,))
    inputs.runs[0]["symmetry_null"][:] = 2.0
    inputs.runs[0]["symmetry_statistic"] = 2.0
    figure = FIGURES["verdict"](inputs)
    assert sum(patch.get_height() for patch in figure.axes[0].patches) == 40
    figure.draw_without_rendering()


def test_the_overview_shows_every_experiment(inputs_of):
    known, unknown = inputs_of("Known"), inputs_of("Unknown", truth=False, verdict="no symmetry")
    figure = overview([known, unknown])
    small, large, hidden, given = figure.findobj(mpl.axes.Axes)
    learned = known.runs[2]["generator"].to_numpy()
    basis = known.data["representation"].to_numpy()
    np.testing.assert_array_equal(small.images[0].get_array(), learned)
    np.testing.assert_allclose(large.images[0].get_array(), basis @ learned @ basis.T)
    assert not hidden.get_visible()
    worst = unknown.symmetries[unknown.worst].generator
    np.testing.assert_array_equal(given.images[0].get_array(), worst)
    assert given.images[0].get_alpha() < large.images[0].get_alpha() == 1
    cosine = float(known.evaluation["generator_cosine"].min())
    assert large.get_xlabel() == f"cosine {cosine:.4f} · symmetry"
    assert given.get_xlabel() == "as given; no symmetry"
    with pytest.raises(DataError, match="at least one experiment"):
        overview([])


def test_every_figure_has_a_caption_and_names_cost_no_matplotlib():
    assert list(CAPTIONS) == list(FIGURES)
    code = (
        "import sys; from symlens.lens.figures import FIGURES; assert FIGURES; "
        "print(*[m for m in ('matplotlib', 'tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_saved_figures_are_reproducible_and_carry_no_date(inputs_of, tmp_path):
    inputs = inputs_of(errors=(0.05,))
    for name in ("first", "second"):
        png, pdf = save(FIGURES["verdict"](inputs), tmp_path / name)
        assert (png.name, pdf.name) == (f"{name}.png", f"{name}.pdf")
    for kind in ("png", "pdf"):
        first, second = (tmp_path / f"{name}.{kind}" for name in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
        assert b"CreationDate" not in first.read_bytes()
    assert len(list(tmp_path.iterdir())) == 4
    pixels = mpl.image.imread(tmp_path / "first.png").shape
    assert pixels[1] == 8.5 * 150


def test_a_reader_s_own_settings_neither_matter_nor_change(inputs_of):
    inputs = inputs_of(errors=(0.05,))
    with mpl.rc_context({"font.size": 31, "image.cmap": "jet", "axes.titlesize": 40}):
        before = dict(mpl.rcParams)
        figure = FIGURES["generator"](inputs)
        assert dict(mpl.rcParams) == before
    assert max(text.get_fontsize() for text in figure.findobj(mpl.text.Text)) == 13
    assert min(text.get_fontsize() for text in figure.findobj(mpl.text.Text)) >= 8


def test_the_worst_seed_is_chosen_with_and_without_the_truth(inputs_of):
    assert inputs_of(errors=(0.0, 0.2, 0.02)).choice == "seed 2, the worst of 3"
    odd = inputs_of(truth=False, errors=(0.0, 0.01, 0.5))
    assert odd.choice == "seed 3, the least like the others of 3"
    assert inputs_of(errors=(0.1,)).choice == "seed 1"


def test_differing_verdicts_are_all_told(inputs_of):
    inputs = inputs_of()
    inputs.evaluation["verdict"][1] = "no symmetry"
    assert inputs.verdict == "symmetry (2 of 3), no symmetry (1 of 3)"


def test_runs_of_other_seeds_are_refused(inputs_of):
    inputs = inputs_of()
    with pytest.raises(DataError, match=r"expected runs of seeds \[1, 2, 3\], got \[2, 1\]"):
        FigureInputs(inputs.runs[1::-1], inputs.evaluation, inputs.data, "x")


def test_numbers_have_true_minus_signs():
    assert drawing.number(-0.5) == "−0.5"
    assert drawing.number(0.98765, ".4f") == "0.9877"
    assert drawing.number(1.5e-7) == "1.5e−07"


def test_a_head_with_the_legend_of_several_seeds_only():
    figure = drawing.new_figure(4, 3, "Title", "and more")
    drawing.seed_legend(figure, [1], markers=True)
    assert not figure.legends
    drawing.seed_legend(figure, range(9), markers=False)
    assert len(figure.legends[0].get_texts()) == len(drawing.LINES)
    assert [text.get_text() for text in figure.texts] == ["Title", "and more"]


def test_the_histogram_of_errors_counts_every_entry_and_leaves_room_for_words():
    axes = drawing.new_figure(4, 3, "x").subplots()
    error = np.array([[0.0, 0.1], [-0.2, 0.2]])
    matrices.error_histogram(axes, error, 0.2)
    heights = [patch.get_height() for patch in axes.patches]
    assert sum(heights) == 4
    assert axes.get_ylim()[1] > max(heights)
    rms = np.sqrt(np.mean(error**2))
    assert axes.texts[0].get_text() == f"RMS {rms:.2g}\nlargest 0.2"
    assert axes.get_xlim() == (-0.2, 0.2)


def test_rounds_are_a_staircase_and_many_terms_take_more_columns(inputs_of):
    inputs = inputs_of(errors=(0.0,))
    run = inputs.runs[0]
    steps, values = run["step"].to_numpy(), np.arange(8.0 * 7).reshape(8, 7)
    run = run.drop_vars(["history", "term", "step"]).assign_coords(step=steps)
    names = ["round", *"abcdef"]
    inputs.runs[0] = run.assign(history=(("step", "term"), values)).assign_coords(term=names)
    figure = FIGURES["losses"](inputs)
    seen = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in seen] == names
    assert seen[0].lines[0].get_drawstyle() == "steps-post"
    assert seen[1].lines[0].get_drawstyle() == "default"
    assert len({round(axes.get_subplotspec().colspan.start) for axes in seen}) == 4
