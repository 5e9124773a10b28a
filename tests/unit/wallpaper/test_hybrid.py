"""What operations leave, copies that are no longer exact, honest probabilities."""

import dataclasses

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.config.wallpaper_data import ImageData
from symlens.config.wallpaper_learning import HybridSettings
from symlens.errors import DataError
from symlens.wallpaper import train
from symlens.wallpaper.answers import CLEAN, Job, Row
from symlens.wallpaper.exact.api import averaged
from symlens.wallpaper.exact.matching import Matcher
from symlens.wallpaper.exact.settings import parents
from symlens.wallpaper.exact.settings import settings as allowed_on
from symlens.wallpaper.groups import GROUPS, NAMES, subgroups
from symlens.wallpaper.hybrid import displacive
from symlens.wallpaper.hybrid.changes import WAVES, changed, field, spots, warp
from symlens.wallpaper.hybrid.examples import Examples
from symlens.wallpaper.hybrid.features import (
    COUNT,
    KINDS,
    LEAST,
    MOST,
    matched,
    neighbours,
    residuals,
    seen,
    weightings,
)
from symlens.wallpaper.hybrid.method import answer, hybrid, looked_at
from symlens.wallpaper.hybrid.model import (
    Committee,
    Score,
    cross_entropy,
    held_out,
    learn,
    shares,
    temperature,
    tempered,
)
from symlens.wallpaper.hybrid.nearly import TOLD, nearly, true_setting
from symlens.wallpaper.synthesis import Painter, as_bytes, stream

SMALL = ImageData(
    contents=("noise", "atoms"), size=96, channels=1, seed=300, cell_area=(3000.0, 6000.0)
)
LEARNING = HybridSettings(copies=1, networks=1, hidden=8).model_dump(mode="json")
BASIS = np.array([[14.0, -5.0], [1.0, 13.0]])


def draw(name, content="noise", index=0):
    return Painter(SMALL).draw(name, content, stream(300, content, index, NAMES.index(name)))


def data(rounds, contents=("noise",)):
    painter = Painter(SMALL)
    made = [
        painter.draw(name, content, stream(300, content, index, label))
        for content in contents
        for index in range(rounds)
        for label, name in enumerate(NAMES)
    ]
    return xr.Dataset(
        {
            "image": (
                ("sample", "y", "x", "channel"),
                np.stack([as_bytes(each.image) for each in made]),
            ),
            "label": ("sample", np.array([each.label for each in made])),
            "content": ("sample", np.array([each.content for each in made], dtype=object)),
            "cell": (("sample", "axis", "vector"), np.array([each.basis for each in made])),
        }
    )


@pytest.fixture(scope="module")
def small():
    return data(2)


PLAIN = 1
"""Column of the worst operation's residual with plain weights."""


def looked(image):
    return seen(averaged(image))


@pytest.mark.parametrize("name", ["p1", "p2", "pg", "cmm", "p4g", "p31m"])
def test_operations_of_the_group_leave_nothing_and_others_do(name):
    found = looked(draw(name).image)
    for other in NAMES[1:]:
        own = found.rows[found.labels == NAMES.index(other), PLAIN]
        if len(own) == 0:
            assert other != name
            continue
        if other in subgroups(name) or other == name:
            assert own.min() < np.log10(0.03), other
        elif name in subgroups(other):
            assert own.min() > np.log10(0.04), other
    assert found.periodic > 0.9
    area = abs(np.linalg.det(found.basis))
    true = draw(name).basis @ GROUPS[name].primitive
    assert area == pytest.approx(abs(np.linalg.det(true)), rel=1e-2)


def test_rows_do_not_know_brightness_or_place():
    image = draw("p4").image
    one, other = looked(image), looked(0.3 * image + 0.2)
    assert one.rows.shape == (len(one.labels), COUNT)
    assert other.rows == pytest.approx(one.rows, abs=1e-4)
    turned = looked(np.rot90(image).copy())
    for label in np.unique(one.labels):
        best = [np.sort(each.rows[each.labels == label, PLAIN])[0] for each in (one, turned)]
        assert best[0] == pytest.approx(best[1], abs=0.1)
    assert (one.rows[:, : 4 * KINDS] >= np.log10(LEAST)).all()


def test_neighbours_are_those_of_a_plain_search():
    found = averaged(draw("pmm").image)
    allowed = allowed_on(found.basis)
    lower = parents(allowed)
    worst = residuals(matched(found, allowed)[1])[0]
    above, below = neighbours(worst, lower, MOST)
    for index in range(len(allowed)):
        upper = [k for k, held in enumerate(lower) if index in held]
        least = [min([worst[k, kind] for k in upper] + [MOST]) for kind in range(KINDS)]
        most = [max([worst[k, kind] for k in lower[index]] + [0.0]) for kind in range(KINDS)]
        assert above[index] == pytest.approx(least)
        assert below[index] == pytest.approx(most)


@pytest.mark.parametrize("name", ["p1", "pm", "p2", "p3"])
def test_a_cell_can_nearly_have_more_symmetry_and_keeps_its_own(name):
    sample = draw(name)
    found = averaged(sample.image)
    allowed = allowed_on(found.basis)
    own = true_setting(found, name, sample.basis, allowed)
    assert allowed[own].name == name
    before = residuals(matched(found, allowed)[1])[0]
    rng, seen_once = np.random.default_rng(3), 0
    for _ in range(12):
        mixed = nearly(found, name, sample.basis, rng)
        if mixed is None:
            continue
        seen_once += 1
        worst = residuals(matched(mixed, allowed)[1])[0]
        above = neighbours(worst, parents(allowed), MOST)[0][own, PLAIN]
        assert worst[own, PLAIN] < max(0.02, 2 * before[own, PLAIN])
        assert TOLD[0] < above < 0.4
        assert above < neighbours(before, parents(allowed), MOST)[0][own, PLAIN]
    assert seen_once > 2


@pytest.mark.parametrize("name", ["p2", "pmg", "p4g", "p31m", "p6m"])
def test_displaced_spots_keep_a_smaller_group_and_nearly_their_own(name, monkeypatch):
    monkeypatch.setattr(displacive, "OFF", 0.0)
    sample = draw(name)
    found = averaged(sample.image)
    allowed = allowed_on(found.basis)
    own = true_setting(found, name, sample.basis, allowed)
    lower = parents(allowed)[own]
    rng, seen_once = np.random.default_rng(4), 0
    for _ in range(40):
        moved = displacive.displaced(found, name, sample.basis, rng)
        if moved is None:
            continue
        seen_once += 1
        left = residuals(matched(moved[0], allowed)[1])[0][:, PLAIN]
        assert min(left[k] for k in lower if allowed[k].name == moved[1]) < 0.01
        assert left[own] > displacive.TOLD[0] / 2
        assert moved[1] in subgroups(name)
        assert moved[0].power.sum() == pytest.approx(found.power.sum(), rel=0.05)
    assert seen_once > 2


def test_spots_are_off_as_far_as_is_said(monkeypatch):
    sample = draw("p4g")
    found = averaged(sample.image)
    allowed = allowed_on(found.basis)
    own = true_setting(found, "p4g", sample.basis, allowed)
    below = displacive.below(allowed, own)
    left = {}
    for most in (0.0, 1.5):
        monkeypatch.setattr(displacive, "OFF", most)
        kept, rng, table = below[0], np.random.default_rng(5), []
        for _ in range(8):
            values = displacive.moved_spots(found, allowed[own], allowed[kept], rng)
            moved = dataclasses.replace(found, values=values)
            table.append(residuals(matched(moved, allowed)[1])[0][kept, PLAIN])
        left[most] = np.median(table)
    assert left[0.0] < 0.01 < left[1.5]


def test_drawn_noise_is_that_of_a_real_cell_and_as_strong_as_is_said():
    found = averaged(draw("p1").image)
    found = dataclasses.replace(found, noise=0.3 + found.frequency)
    drawn = np.stack([displacive.drawn_noise(found, np.random.default_rng(k)) for k in range(400)])
    assert drawn[:, ::-1].conj() == pytest.approx(drawn)
    power = (np.abs(drawn) ** 2).sum(axis=2).mean(axis=0)
    assert power / found.noise == pytest.approx(np.ones(len(found.h)), abs=0.35)
    assert (power / found.noise).mean() == pytest.approx(1, abs=0.02)


def test_a_cell_off_the_lattice_has_no_setting():
    sample = draw("p4")
    found = averaged(sample.image)
    allowed = allowed_on(found.basis)
    assert true_setting(found, "p4", 1.3 * sample.basis, allowed) is None
    assert true_setting(found, "p4", 2 * sample.basis, allowed) is None
    assert nearly(found, "p4", 2 * sample.basis, np.random.default_rng(0)) is None
    largest = averaged(draw("p6m").image)
    assert nearly(largest, "p6m", draw("p6m").basis, np.random.default_rng(0)) is None
    assert displacive.displaced(found, "p4", 2 * sample.basis, np.random.default_rng(0)) is None
    least = averaged(draw("p1").image)
    assert displacive.displaced(least, "p1", draw("p1").basis, np.random.default_rng(0)) is None


def test_moved_coefficients_are_those_of_the_moved_cell():
    """c_{W^T h} of f(x) = Σ c_h exp(2πi h·x) are those of f(W^-1 x), summed up point by point."""
    found = averaged(draw("p1").image)
    matcher = Matcher(found.h, found.values, weightings(found), found.noise)
    W = np.array([[0, -1], [1, 0]])
    inside = (np.abs(found.h) <= min(np.abs(found.h).max(axis=0))).all(axis=1)
    values = matcher.moved(W)
    points = np.random.default_rng(0).random((5, 2))
    known = np.abs(values[:, 0]) > 0
    here = np.exp(2j * np.pi * points @ found.h[known].T) @ values[known]
    back = points @ np.linalg.inv(W).T
    images = found.h[known] @ W
    table = {tuple(h): value for h, value in zip(found.h.tolist(), found.values, strict=True)}
    there = np.exp(2j * np.pi * back @ images.T) @ np.array(
        [table[tuple(h)] for h in images.tolist()]
    )
    assert known.sum() > inside.sum() / 2
    np.testing.assert_allclose(here, there, atol=1e-10)


def test_spots_are_sparse_and_of_the_same_group():
    image = draw("p4m").image
    found = spots(image, np.random.default_rng(2))
    assert found.shape == image.shape
    assert found.max() == pytest.approx(1)
    assert found.min() >= 0
    assert np.median(found) < 0.5
    look = looked(found)
    own = look.rows[look.labels == NAMES.index("p4m"), PLAIN]
    assert own.min() < np.log10(0.05)
    flat = np.zeros((40, 40, 1))
    assert spots(flat, np.random.default_rng(0)) is flat


def test_the_field_repeats_with_the_cell_and_has_the_strength_asked_for():
    grid = np.random.default_rng(1).uniform(0, 200, (2, 4000))
    one = field(BASIS, grid, np.random.default_rng(5))
    other = field(BASIS, grid + (BASIS @ [2, -1])[:, None], np.random.default_rng(5))
    assert other == pytest.approx(one)
    assert np.sqrt((one**2).sum(axis=0).mean()) == pytest.approx(1, rel=0.05)
    assert len({tuple(h) for h in WAVES} | {tuple(-h) for h in WAVES}) == 24


def test_a_warp_keeps_translations_and_spoils_operations():
    sample = draw("p4")
    basis = sample.basis @ GROUPS["p4"].primitive
    bent = looked(warp(sample.image, basis, 1.0, np.random.default_rng(0)))
    assert abs(np.linalg.det(bent.basis)) == pytest.approx(abs(np.linalg.det(basis)), rel=0.02)
    own = [
        each.rows[each.labels == NAMES.index("p4"), PLAIN].min()
        for each in (looked(sample.image), bent)
    ]
    assert own[1] > own[0] + 0.3
    still = warp(sample.image, basis, 0.0, np.random.default_rng(0))
    assert still == pytest.approx(sample.image, abs=1e-9)


def test_changes_are_those_asked_for():
    image = np.random.default_rng(0).random((40, 40, 1))
    rng = np.random.default_rng(1)
    none = LEARNING | {"changes": []}
    assert changed(image, BASIS, none, rng) is image
    drawn = [changed(image, BASIS, LEARNING, rng) for _ in range(60)]
    kept = sum(each is image for each in drawn)
    assert kept <= 17  # an eighth of 60, four standard deviations
    noisy = LEARNING | {"changes": ["noise"], "noise": 0.2}
    spread = [(changed(image, BASIS, noisy, rng) - image).std() for _ in range(60)]
    assert 0.15 < max(spread) < 0.22


@settings(max_examples=12)
@given(st.floats(0.2, 5.0), st.integers(0, 1000))
def test_a_temperature_is_found_again(true, seed):
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.full(17, 0.3), 4000)
    labels = (honest.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    claimed = tempered(honest, 1 / true)
    assert temperature(claimed, labels) == pytest.approx(true, rel=0.15)


@given(st.floats(0.1, 10.0), st.integers(0, 1000))
def test_a_temperature_changes_no_answer(value, seed):
    chances = np.random.default_rng(seed).dirichlet(np.ones(17), 5)
    found = tempered(chances, value)
    assert found.sum(axis=1) == pytest.approx(np.ones(5))
    assert np.array_equal(found.argmax(axis=1), chances.argmax(axis=1))
    assert tempered(chances, 1.0) == pytest.approx(chances)


def test_copies_stay_with_their_image():
    labels, origins = np.repeat(np.arange(6) % 2, 3), np.repeat(np.arange(6), 3)
    held = held_out(labels, origins, 0.4, np.random.default_rng(0))
    assert held.reshape(6, 3).all(axis=1).sum() == held.sum() / 3 == 2
    one = held_out(np.array([0, 1]), np.array([0, 1]), 0.9, np.random.default_rng(0))
    assert not one.any(), "a group's only image is learned from"
    labels[2::3] = 7  # every image has a copy of this smaller group, and is still one image
    mixed = held_out(labels, origins, 0.4, np.random.default_rng(0))
    assert np.array_equal(mixed, held)


def choices(count, rng, settings=6):
    """Looks whose right setting has the highest of noisy scores; group of a setting at random."""
    rows = rng.normal(size=(count, settings, COUNT))
    scores = 3 * rows[:, :, 0] - 2 * rows[:, :, 1] ** 2 + rng.gumbel(size=(count, settings))
    labels = np.stack([rng.permutation(17)[:settings] for _ in range(count)])
    truth = labels[np.arange(count), scores.argmax(axis=1)]
    sizes = np.full(count, settings)
    return Examples(rows.reshape(-1, COUNT), labels.ravel(), sizes, np.arange(count)), truth


def test_a_committee_learns_and_is_honest():
    rng = np.random.default_rng(3)
    examples, truth = choices(1500, rng)
    learning = LEARNING | {"networks": 2, "held_out": 0.3}
    found = learn(examples, truth, learning, rng)
    assert len(found.members) == 2
    fresh, right = choices(800, rng)
    chances = found.probabilities(fresh)
    assert chances.shape == (800, 17)
    assert chances.sum(axis=1) == pytest.approx(np.ones(800))
    hit = chances.argmax(axis=1) == right
    assert hit.mean() > 0.6, "a sixth by chance"
    assert abs(chances.max(axis=1).mean() - hit.mean()) < 0.08
    same = learn(examples, truth, learning, np.random.default_rng(4))
    again = learn(examples, truth, learning, np.random.default_rng(4))
    assert np.array_equal(same.probabilities(fresh), again.probabilities(fresh))
    plain = Committee(found.members).probabilities(fresh)
    assert tempered(plain, found.temperature) == pytest.approx(chances)


def test_the_slope_of_the_loss_is_its_difference():
    rng = np.random.default_rng(5)
    examples, truth = choices(20, rng)
    examples = examples.part(np.arange(20) != 7)
    truth = np.delete(truth, 7)
    truth[3] = 17  # no setting of its group: it does not count
    right = examples.labels == truth[examples.look]
    start = rng.normal(size=COUNT * 4 + 8 + COUNT)

    def loss(at):
        return cross_entropy(at, examples.rows, right, examples.look, 1e-3)

    _, slope = loss(start)
    way = rng.normal(size=len(start))
    step = 1e-6
    difference = (loss(start + step * way)[0] - loss(start - step * way)[0]) / (2 * step)
    assert slope @ way == pytest.approx(difference, rel=1e-6)


def test_groups_of_a_look_share_one_and_order_does_not_matter():
    rng = np.random.default_rng(6)
    examples, _ = choices(30, rng)
    score = Score(
        np.zeros(COUNT),
        np.ones(COUNT),
        rng.normal(size=(COUNT, 3)),
        np.zeros(3),
        rng.normal(size=3),
        rng.normal(size=COUNT),
    )
    found = Committee([score]).probabilities(examples)
    assert found.sum(axis=1) == pytest.approx(np.ones(30))
    back = Examples(
        examples.rows[::-1], examples.labels[::-1], examples.sizes[::-1], examples.origins[::-1]
    )
    assert Committee([score]).probabilities(back)[::-1] == pytest.approx(found)
    weight = np.exp(score(examples.rows[:6]))
    assert shares(score(examples.rows), examples.look)[:6] == pytest.approx(weight / weight.sum())


def test_tables_are_added_and_taken_apart():
    rng = np.random.default_rng(7)
    whole, _ = choices(9, rng)
    kept = np.arange(9) % 3 == 0
    one, other = whole.part(kept), whole.part(~kept)
    both = one + other
    assert both.sizes.sum() == len(both.rows) == len(whole.rows)
    assert np.array_equal(both.origins, np.concatenate([one.origins, other.origins]))
    assert np.array_equal(one.rows[:6], whole.rows[:6])
    empty = Examples.of([], [])
    assert np.array_equal((empty + whole).rows, whole.rows)


def test_what_was_seen_before_a_kill_is_not_looked_at_again(small, tmp_path, monkeypatch):
    from symlens.wallpaper.hybrid import method

    monkeypatch.setattr(method, "PIECE", 4)
    rows = np.arange(0, 20, 2)
    whole, truth = looked_at(small, rows, 1, Job(LEARNING))
    assert set(whole.origins) <= set(rows)
    assert len(truth) == len(whole.sizes) >= 20
    images = small["label"].values[whole.origins]
    assert {NAMES[one] for one, other in zip(truth, images, strict=True) if one != other}
    for one, other in zip(truth, images, strict=True):
        assert one == other or NAMES[one] in subgroups(NAMES[other])
    looks = []

    def counted(image):
        looks.append(1)
        if len(looks) == 11:
            raise KeyboardInterrupt
        return averaged(image)

    monkeypatch.setattr(method, "averaged", counted)
    file = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        looked_at(small, rows, 1, Job(LEARNING, file))
    found, again = looked_at(small, rows, 1, Job(LEARNING, file))
    assert len(looks) == 11 + 2 * 6, "the first four images were kept"
    for one, other in zip((*found.arrays, again), (*whole.arrays, truth), strict=True):
        assert np.array_equal(one, other)


def test_hybrid_is_a_method_of_the_study(small):
    judging = {
        "share": 0.5,
        "learn_from": ["noise"],
        "remembered": 17,
        "disturbances": [],
        "levels": 1,
        "disturbed": 1,
        "learning": LEARNING,
    }
    run = train.train(small, judging, "hybrid", 1)
    clean = run["disturbance"].values == CLEAN
    right = run["probability"].values.argmax(axis=1) == run["label"].values
    assert right[clean].mean() > 0.5, "17 images to learn from, 17 of the test"
    assert np.nanmedian(run["cell_error"].values[clean]) < 0.01


def test_no_lattice_is_an_answer_in_the_test_and_an_error_in_training(monkeypatch, small):
    from symlens.wallpaper.hybrid import method

    monkeypatch.setattr(method, "averaged", lambda _: None)
    found = answer(Committee([]), Row(0, CLEAN, 0.0), lambda _: np.zeros((40, 40, 1)))
    assert found.probability == pytest.approx(np.full(17, 1 / 17))
    assert found.periodic == 0
    with pytest.raises(DataError, match="no lattice"):
        hybrid(small, np.arange(5), 1, Job(LEARNING))
