"""Evaluation, figures, tables and page of brief trainings."""

from __future__ import annotations

import numpy as np
import pytest

from symlens import store
from symlens.errors import DataError
from symlens.latent.evaluate import evaluate
from symlens.latent.figures import CAPTIONS, FIGURES, FigureInputs, overview, save
from symlens.latent.relevance import DEFINITIONS, relevances
from symlens.latent.runfile import networks
from symlens.latent.schemas import EVALUATION
from symlens.latent.scores import BY_NAME
from symlens.latent.stages import CAPTIONS as ALL_CAPTIONS
from symlens.latent.summarise import worst
from symlens.latent.summary import page, sentence
from symlens.latent.tables import known, stability_row, summary
from symlens.page import Entry, write
from symlens.provenance import Provenance, attributes
from symlens.tables import csv_text

KINDS = (
    {"latent_sizes": [1, 3], "betas": [0.5]},
    {"source": "electron_positron", "method": "spherical", "seeds": (1,)},
    {"source": "square", "method": "linear", "control": False},
    {"source": "disc", "method": "circular", "latent_sizes": [2]},
)


@pytest.fixture(params=KINDS, ids=["circle", "leptons", "square", "disc"])
def kind(request):
    return request.param


def test_evaluation_keeps_its_schema(tmp_path, judged, kind):
    found = judged(**kind)
    origin = Provenance("latent", "made_up", str(found.attrs["method"]), config={})
    bare = found.drop_attrs(deep=False).assign_attrs(
        {name: found.attrs[name] for name in EVALUATION.attributes}
    )
    store.write(bare, tmp_path / "evaluation.nc", EVALUATION, origin)
    back = store.read(tmp_path / "evaluation.nc", EVALUATION)
    np.testing.assert_allclose(back["relevance"], found["relevance"])


def test_relevances_are_those_of_the_best_start(trained, judged):
    kind = {"latent_sizes": [1, 3], "betas": [0.5]}
    runs, data, _ = trained(**kind)
    found = judged(**kind)
    run = runs[1]
    objective = (run["error"] + run["beta"] * run["kl"].sum("latent")).to_numpy()
    for b, beta in enumerate((0.2, 0.5)):
        for k, size in enumerate((1, 3)):
            own = np.flatnonzero(((run["beta"] == beta) & (run["latent_size"] == size)).to_numpy())
            best = own[np.argmin(objective[own])]
            x = data["x"].to_numpy()[run["held_out"].to_numpy()]
            kl = np.sort(relevances(x, networks(run)[best])["kl"])[::-1]
            np.testing.assert_allclose(found["relevance"][1, b, k, 0], kl)
            assert float(found["objectives"][1, b, k]) == objective[best]
            assert int(found["count"][1, b, k, 0]) == (kl > 0.05).sum()


def test_dimensions_of_the_circle(judged):
    found = judged(latent_sizes=[1, 3], betas=[0.5])
    np.testing.assert_allclose(found["dimension"], 1.0, atol=0.15)
    np.testing.assert_array_equal(found["linear_rank"], 2)
    # 100 samples: the second moment of their angles scatters by a tenth.
    np.testing.assert_allclose(found["eigenvalue"], 1.0, atol=0.3)
    assert (known(found, "intrinsic_dimension"), known(found, "embedding_dimension")) == (1, 2)
    assert [str(f) for f in found["formula"].values] == ["x1^2 + x2^2 = 1"]
    assert float(found["formula_residual"][0]) < 1e-9
    assert float(found["formula_chance"][0]) > 0.1
    assert (found["formula_kept"] > found["formula_residual"]).all()
    np.testing.assert_allclose(found["linear_kl"][:, 0], 0.5 * np.log(2 / 0.2), atol=0.15)


def test_dimension_of_the_sphere_of_directions(judged):
    found = judged(source="electron_positron", method="spherical", seeds=(1,))
    np.testing.assert_allclose(found["dimension"], 2.0, atol=0.35)
    np.testing.assert_array_equal(found["linear_rank"], 3)
    text = " ".join(str(f) for f in found["formula"].values)
    for formula in ("px1 + px2 = 0", "py1 + py2 = 0", "pz1 + pz2 = 0", "px1^2 + py1^2 + pz1^2 ="):
        assert formula in text
    assert float(found["constraint_residual"].max()) < 1e-6


def test_scores_have_words_and_summaries(judged, kind):
    found = judged(**kind)
    names = [str(name) for name in found["score"].values]
    assert set(names) <= set(BY_NAME)
    assert ("theory_gap" in names) == (kind.get("method") == "linear")
    assert ("control_relevant" in names) == kind.get("control", True)
    for name in names:
        values = found[name].to_numpy()
        low, high = (summary(found, name, s) for s in ("low", "high"))
        assert low <= summary(found, name, "median") <= high
        assert values.min() <= summary(found, name, "worst") <= values.max()


def test_worst_of_a_count_is_the_farthest_from_what_is_expected():
    counts = np.array([3.0, 3.0, 5.0, 2.0])
    assert worst("relevant", counts, 3) == 5.0
    assert worst("relevant", counts, None) == 5.0
    assert worst("relevant", counts, 4) == 2.0
    assert worst("control_relevant", counts, 3) == 2.0
    assert worst("objective", counts, 3) == 5.0


def test_runs_that_do_not_belong_together_are_refused(trained):
    runs, data, _ = trained()
    others, _, _ = trained(latent_sizes=[1, 3], betas=[0.5])
    wide, _, _ = trained(source="electron_positron", method="spherical", seeds=(1,))
    for given, said in (
        ([], "at least one run"),
        ([runs[0], runs[0]], "distinct seeds"),
        ([runs[0], others[1]], "one sweep"),
        ([wide[0]], "8 features, the data 2"),
    ):
        with pytest.raises(DataError, match=said):
            evaluate(given, data, threshold=0.05)
    with pytest.raises(DataError, match="not the data of these runs"):
        evaluate(runs, data.isel(sample=slice(100)), threshold=0.05)


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_for_every_kind(inputs_of, kind, name):
    figure = FIGURES[name](inputs_of(title="Made-up kind", **kind))
    figure.draw_without_rendering()
    assert any("Made-up kind" in text.get_text() for text in figure.texts)
    assert figure.axes


def test_the_same_figure_is_the_same_bytes(tmp_path, inputs_of):
    files = [save(FIGURES["relevance"](inputs_of()), tmp_path / name) for name in ("a", "b")]
    for one, other in zip(*files, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert files[0][0].read_bytes().startswith(b"\x89PNG")
    assert files[0][1].read_bytes().startswith(b"%PDF")


def test_figures_have_captions():
    assert set(CAPTIONS) == set(FIGURES)
    assert set(ALL_CAPTIONS) == {*FIGURES, "overview"}


def test_overview_and_page(tmp_path, inputs_of, judged):
    experiments = [inputs_of(title=f"Kind {i}", **kind) for i, kind in enumerate(KINDS)]
    png, _ = save(overview(experiments), tmp_path / "overview")
    made = attributes(Provenance("latent", "made_up", "gaussian"))
    entries = [
        Entry(e.title, e.evaluation.assign_attrs(made | e.evaluation.attrs), {"relevance": png})
        for e in experiments
    ]
    write(tmp_path / "page.html", page("How many?", entries, overview=png), entries)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for entry in entries:
        assert entry.title in text
    assert "not known to us" in text
    assert "x1^2 + x2^2 = 1" in sentence(entries[0].evaluation)


def test_table_has_the_same_columns_for_all(judged):
    rows = [stability_row(judged(**kind)) for kind in KINDS]
    assert len({tuple(row) for row in rows}) == 1
    assert csv_text(rows).count("\n") == len(rows) + 1
    assert rows[2]["control_relevant_worst"] is None
    assert {f"count_{name}_worst" for name in DEFINITIONS} <= set(rows[0])


def test_figures_of_other_runs_are_refused(trained, judged):
    runs, data, _ = trained()
    with pytest.raises(DataError, match="expected runs of seeds"):
        FigureInputs(runs[:1], judged(), data, "x")
