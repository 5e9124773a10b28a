"""What the points of a sweep say together."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from symlens.errors import DataError
from symlens.lens import floors
from symlens.lens.evaluate import evaluate
from symlens.lens.figures import sweeps as picture
from symlens.lens.sweep import collect, effects_table, points_table

needs_salib = pytest.mark.skipif(
    importlib.util.find_spec("SALib") is None, reason="SALib is not installed: Morris NOT checked"
)
KEYS = {"alignment": (0.5, 1.5), "uniformity": (1.0, 4.0), "data.noise": (0.0, 0.3)}


@pytest.fixture
def evaluations(make, monkeypatch):
    """Evaluations of experiments by name: the further from perfect, the larger the number."""
    monkeypatch.setattr(floors, "DRAWS", 25)

    def build(**errors):
        found = []
        for name, error in errors.items():
            runs, data = make(errors=(error, error + 0.02), n=7)
            scores = evaluate(runs, data)
            scores.attrs |= {"experiment": name, "method": "official"}
            found.append(scores)
        return found

    return build


def settings(kind, points, **more):
    named = {f"swept_{i:02d}": point for i, point in enumerate(points, start=1)}
    return {
        "kind": kind,
        "title": "Swept",
        "of": "base",
        "method": "official",
        "points": named,
    } | more


def point(label, **changes):
    return {"label": label, "changes": changes}


@pytest.fixture
def ablation(evaluations):
    given = settings(
        "ablation",
        [point("no alignment", alignment=0), point("neither", alignment=0, uniformity=0)],
    )
    return collect(given, evaluations(base=0.0, swept_01=0.05, swept_02=0.2))


def test_points_are_listed_after_the_experiment(ablation):
    rows = points_table(ablation)
    assert [row["experiment"] for row in rows] == ["base", "swept_01", "swept_02"]
    assert [row["alignment"] for row in rows] == [None, 0, 0]
    assert [row["uniformity"] for row in rows] == [None, None, 0]
    cosines = [row["generator_cosine_median"] for row in rows]
    assert cosines == sorted(cosines, reverse=True)
    assert all(row["seeds"] == 2 for row in rows)


def test_a_variant_loses_what_the_experiment_has_over_it(ablation):
    rows = effects_table(ablation)
    assert [row["variant"] for row in rows] == ["no alignment", "neither"]
    for row, scores in zip(rows, ablation.rows, strict=True):
        assert row["worst"] == scores["generator_cosine_worst"]
        expected = ablation.reference["generator_cosine_worst"] - scores["generator_cosine_worst"]
        assert row["worst_loss"] == pytest.approx(expected)
    assert 0 < rows[0]["median_loss"] < rows[1]["median_loss"]


@pytest.fixture
def region(evaluations):
    points = [
        point("alignment x 0.5", alignment=0.5),
        point("alignment x 2", alignment=2.0),
        point("noise x 0.5", **{"data.noise": 0.1}),
        point("noise x 2", **{"data.noise": 0.4}),
    ]
    given = settings(
        "one_at_a_time", points, keys=["alignment", "data.noise"], multipliers=[0.5, 2.0]
    )
    return collect(
        given, evaluations(base=0.02, swept_01=0.2, swept_02=0.05, swept_03=0.0, swept_04=0.03)
    )


def test_every_key_has_its_lowest_score_and_where(region):
    alignment, noise = effects_table(region)
    assert (alignment["key"], alignment["lowest_at"]) == ("alignment", 0.5)
    assert (noise["key"], noise["lowest_at"]) == ("data.noise", 0.4)
    assert alignment["largest_change"] > noise["largest_change"]
    assert noise["lowest_median"] < noise["reference_median"] < noise["highest_median"]


def morris_design():
    """Two trajectories by hand, steps of 2/3 of every range."""
    unit = (
        np.array(
            [[0, 0, 0], [2, 0, 0], [2, 2, 0], [2, 2, 2], [3, 3, 1], [3, 1, 1], [3, 1, 3], [1, 1, 3]]
        )
        / 3
    )
    low, high = np.array(list(KEYS.values())).T
    return unit, low + unit * (high - low)


@pytest.fixture
def morris(evaluations):
    _, values = morris_design()
    points = [
        point(f"point {i}", **dict(zip(KEYS, row, strict=True))) for i, row in enumerate(values)
    ]
    given = settings(
        "morris", points, ranges={k: list(v) for k, v in KEYS.items()}, levels=4, design_seed=0
    )
    names = {f"swept_{i:02d}": 0.01 * i for i in range(1, 9)}
    return collect(given, evaluations(base=0.02, **names))


@needs_salib
def test_elementary_effects_are_the_quotients_along_the_trajectories(morris):
    unit, _ = morris_design()
    scores = morris.scores("median")
    effects = {index: [] for index in range(3)}
    for first in (0, 4):
        for step in range(first, first + 3):
            moved = unit[step + 1] - unit[step]
            index = int(np.argmax(np.abs(moved)))
            effects[index].append((scores[step + 1] - scores[step]) / moved[index])
    for index, row in enumerate(effects_table(morris)):
        assert row["key"] == list(KEYS)[index]
        assert row["mu"] == pytest.approx(np.mean(effects[index]))
        assert row["mu_star"] == pytest.approx(np.mean(np.abs(effects[index])))
        assert row["sigma"] == pytest.approx(np.std(effects[index], ddof=1))


@pytest.mark.parametrize("kind", ["ablation", "region", pytest.param("morris", marks=needs_salib)])
def test_every_kind_is_drawn(kind, request):
    figure = picture.draw(request.getfixturevalue(kind))
    figure.draw_without_rendering()
    words = " ".join(
        text.get_text() for text in figure.findobj(match=lambda a: hasattr(a, "get_text"))
    )
    assert "Swept" in words
    for name in {"ablation": ["no alignment"], "region": ["noise"], "morris": ["data.noise"]}[kind]:
        assert name.removeprefix("data.") in words


def test_the_curve_of_a_key_holds_the_experiment_itself(region):
    axes = picture.draw(region).axes[0]
    x, y = axes.lines[0].get_data()
    assert list(x) == [0.5, 1.0, 2.0]
    assert y[1] == region.reference_score("median")


def test_evaluations_of_other_experiments_are_refused(evaluations):
    given = settings("ablation", [point("a", alignment=0)])
    with pytest.raises(DataError, match="expected evaluations of"):
        collect(given, evaluations(base=0.0, other=0.1))


def test_without_the_truth_there_is_nothing_to_compare(make, monkeypatch):
    monkeypatch.setattr(floors, "DRAWS", 25)
    runs, data = make(truth=False)
    scores = evaluate(runs, data)
    scores.attrs |= {"experiment": "base", "method": "official"}
    with pytest.raises(DataError, match="ideal symmetry of base is not known"):
        collect(settings("ablation", []), [scores])
