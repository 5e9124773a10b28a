"""Point groups, kernels and convolutions on them: laws, plain loops, equivariance."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops

from symlens.wallpaper.networks import group_layers
from symlens.wallpaper.networks.convolutional import cnn
from symlens.wallpaper.networks.equivariant import WIDTHS, gcnn
from symlens.wallpaper.networks.group_layers import (
    GroupConvolution,
    GroupNormalization,
    GroupPooling,
    Halving,
    LiftingConvolution,
)
from symlens.wallpaper.networks.point_groups import harmonics, pixels, places, point_group, turned

GROUPS = ("c1", "d1", "c2", "d2", "c3", "d3", "c4", "d4", "c6", "d6")


@pytest.fixture(autouse=True)
def _same_weights():
    """Layers draw their weights from Keras's own generator, which is not seeded otherwise."""
    keras.utils.set_random_seed(5)


def arrays(tensor):
    return ops.convert_to_numpy(ops.copy(tensor))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def normal(rng):
    return lambda *shape: rng.normal(size=shape).astype(np.float32)


def on_grid(group):
    """Elements that map the pixels of a square to themselves."""
    return [g for g, matrix in enumerate(group.matrices) if np.allclose(matrix, matrix.round())]


def moved(x, matrix):
    """(g x)(v) = x(g⁻¹ v) of images (batch, n, n, channel), v from their middle, y upwards."""
    n = x.shape[1]
    i, j = np.mgrid[:n, :n]
    middle = (n - 1) / 2
    back = np.einsum("ab,bij->aij", matrix.T, np.stack([j - middle, middle - i]))
    column, row = back[0] + middle, middle - back[1]
    return x[:, row.round().astype(int), column.round().astype(int)]


def acted(F, g, group):
    """(g F)(v, h) = F(g⁻¹ v, g⁻¹ h) of maps on the group."""
    split = moved(F, group.matrices[g]).reshape(*F.shape[:3], len(group), -1)
    return split[:, :, :, group.product[group.inverse[g]]].reshape(F.shape)


def waves(group=None, batch=24, side=64, envelope=None, seed=3):
    """Images that a grid shows well, turned exactly, by every element: sums of plane waves."""
    own = np.random.default_rng(seed)
    frequency = own.normal(size=(batch, 12, 2))
    frequency *= own.uniform(0.2, 1.0, (batch, 12, 1)) / np.linalg.norm(
        frequency, axis=2, keepdims=True
    )
    height, phase = own.normal(size=(batch, 12)), own.uniform(0, 2 * np.pi, (batch, 12))
    c = (side - 1) / 2
    y, x = np.mgrid[c : -c - 0.5 : -1, -c : c + 0.5]
    points = np.stack([x.ravel(), y.ravel()], axis=1)

    def images(matrix):
        at = np.einsum("pa,bka->bkp", points @ matrix, frequency)
        found = np.einsum("bk,bkp->bp", height, np.cos(at + phase[:, :, None]))
        if envelope is not None:
            found = found * np.exp(-(points**2).sum(axis=1) / (2 * envelope**2))
        return found.reshape(batch, side, side, 1).astype(np.float32)

    return images


@pytest.mark.parametrize("name", GROUPS)
def test_a_point_group_is_a_group(name):
    group = point_group(name)
    count = len(group)
    assert group.matrices.shape == (count, 2, 2)
    assert group.matrices @ group.matrices.transpose(0, 2, 1) == pytest.approx(
        np.tile(np.eye(2), (count, 1, 1))
    )
    product, everything = group.product, np.arange(count)
    for g in range(count):
        assert sorted(product[g]) == everything.tolist()
        for h in range(count):
            exact = group.matrices[g] @ group.matrices[h]
            assert group.matrices[product[g, h]] == pytest.approx(exact, abs=1e-12)
    assert np.array_equal(product[0], everything)
    assert np.array_equal(product[everything, group.inverse], np.zeros(count))
    assert np.array_equal(product[product], product[:, product]), "(g h) k = g (h k)"
    reflections = np.linalg.det(group.matrices).round() == -1
    assert reflections.sum() == (count // 2 if name[0] == "d" else 0)


@pytest.mark.parametrize("name", ["", "d", "c5", "p4", "c44"])
def test_what_is_no_point_group_is_refused(name):
    with pytest.raises(ValueError, match=r"c or d and 1, 2, 3, 4 or 6 expected, found"):
        point_group(name)


def test_quarter_turns_and_mirrors_permute_pixels(rng):
    group = point_group("d4")
    own = turned(group, pixels(5), 5)
    kernel = rng.normal(size=(5, 5))
    by_hand = [np.rot90(k, t) for k in (kernel, kernel[:, ::-1]) for t in range(4)]
    for g, expected in enumerate(by_hand):
        assert np.array_equal((own[g] @ kernel.ravel()).reshape(5, 5), expected)


@pytest.mark.parametrize("side", [3, 5])
@pytest.mark.parametrize("name", ["d6", "d4"])
def test_a_turn_of_a_steered_kernel_is_again_such_a_kernel(name, side, rng):
    """The functions under g are combinations D(g) of themselves, and D(g) D(h) = D(g h)."""
    group = point_group(name)
    own = turned(group, harmonics(side), side)
    assert np.linalg.matrix_rank(own[0]) == own.shape[2], "no function is a sum of others"
    D = np.linalg.pinv(own[0]) @ own
    assert own[0] @ D == pytest.approx(own, abs=1e-12)
    assert D[:, None] @ D == pytest.approx(D[group.product], abs=1e-10)
    kernel = own[0] @ rng.normal(size=own.shape[2])
    turn, again = own[1] @ np.linalg.pinv(own[0]), kernel
    for k in range(group.order):
        assert (k == 0) == np.allclose(again, kernel, atol=1e-6)
        again = turn @ again
    assert again == pytest.approx(kernel, abs=1e-10), "all around"
    for g in on_grid(group):
        image = kernel.reshape(1, side, side, 1)
        found = (own[g] @ np.linalg.pinv(own[0]) @ kernel).reshape(image.shape)
        assert found == pytest.approx(moved(image, group.matrices[g]), abs=1e-10)
    assert (own[0] ** 2).sum() == pytest.approx(own.shape[2])


def test_kernels_are_pixels_where_pixels_are_mapped_to_pixels():
    for name in GROUPS:
        side = group_layers.kernels(point_group(name), 3).shape
        assert side[2] == (6 if name[1] in "36" else 9)


def plain(x, stack):
    """Correlation of images with kernels (filter, side, side, channel), 0 outside, in loops."""
    half = stack.shape[1] // 2
    wide = np.pad(x, ((0, 0), (half, half), (half, half), (0, 0)))
    found = np.zeros((*x.shape[:3], len(stack)))
    for b, i, j, k in np.ndindex(found.shape):
        window = wide[b, i : i + stack.shape[1], j : j + stack.shape[1]]
        found[b, i, j, k] = (window * stack[k]).sum()
    return found


@pytest.mark.parametrize("name", ["c4", "d6"])
def test_convolutions_are_their_formulas(name, normal):
    group, side, filters, channels = point_group(name), 3, 2, 2
    basis = (harmonics if name == "d6" else pixels)(side)
    points, count = places(side), len(group)
    lift, conv = (kind(group, filters, side) for kind in (LiftingConvolution, GroupConvolution))
    image, maps = normal(1, 5, 4, channels), normal(1, 5, 4, count * channels)
    lifted, convolved = arrays(lift(image)), arrays(conv(maps))
    w, W = arrays(lift.weight), arrays(conv.weight)
    for g in range(count):
        shown = basis(points @ group.matrices[g])  # b(g⁻¹ v)
        for k in range(filters):
            one = np.zeros((1, side, side, channels))
            many = np.zeros((1, side, side, count * channels))
            for c in range(channels):
                one[0, :, :, c] = (shown @ w[:, c, 0, k]).reshape(side, side)
                for h in range(count):
                    back = np.linalg.inv(group.matrices[g]) @ group.matrices[h]
                    own = int(np.abs(group.matrices - back).sum(axis=(1, 2)).argmin())
                    kernel = (shown @ W[:, c, own, k]).reshape(side, side)
                    many[0, :, :, h * channels + c] = kernel
            at = g * filters + k
            assert lifted[..., at] == pytest.approx(plain(image, one)[..., 0], abs=1e-5)
            assert convolved[..., at] == pytest.approx(plain(maps, many)[..., 0], abs=1e-5)


@pytest.mark.parametrize("size", [7, 10])
@pytest.mark.parametrize("name", ["c4", "d4", "c6", "d6"])
def test_maps_turn_with_the_image_exactly_where_pixels_do(name, size, normal):
    """f(g x) = g f(x) for every element of C4 and D4, and for those of C6 and D6 in D2."""
    group = point_group(name)
    lift, conv = LiftingConvolution(group, 3, 5), GroupConvolution(group, 2, 3)
    normalise, pool = GroupNormalization(group, 0.9), GroupPooling(group)

    def maps(x):
        return arrays(normalise(conv(ops.relu(lift(x))), training=True))

    image = normal(2, size, size, 2)
    expected = maps(image)
    assert expected.std() > 0.5
    elements = on_grid(group)
    assert len(elements) == {"c4": 4, "d4": 8, "c6": 2, "d6": 4}[name]
    for g in elements:
        turned_image = moved(image, group.matrices[g])
        found = maps(turned_image)
        assert found == pytest.approx(acted(expected, g, group), abs=1e-5)
        pooled = arrays(pool(found))
        assert pooled == pytest.approx(moved(arrays(pool(expected)), group.matrices[g]), abs=1e-5)
        if size % 2 == 0:
            halved = arrays(Halving()(found))
            assert halved == pytest.approx(acted(arrays(Halving()(expected)), g, group), abs=1e-5)


@pytest.mark.parametrize("name", ["c6", "d6"])
def test_maps_turn_nearly_with_smooth_images_by_60_degrees(name):
    """At the middle, which stays in place; against maps whose elements stay where they are."""
    group = point_group(name)
    lift, conv = LiftingConvolution(group, 4, 5), GroupConvolution(group, 4, 3)
    images = waves(side=15)

    def middle(matrix):
        found = arrays(conv(ops.relu(lift(images(matrix)))))
        return found[:, 7, 7].reshape(len(found), len(group), -1)

    expected = middle(np.eye(2))
    spread = expected.std()
    for g in range(1, len(group)):
        found = middle(group.matrices[g])
        error = np.sqrt(((found - expected[:, group.product[group.inverse[g]]]) ** 2).mean())
        assert error < 0.1 * spread
        assert np.sqrt(((found - expected) ** 2).mean()) > 0.5 * spread


def test_statistics_are_those_of_all_elements_together(normal):
    group = point_group("d4")
    layer = GroupNormalization(group, 0.9)
    x = 3 + 2 * normal(4, 5, 6, 8 * 3)
    found = arrays(layer(x, training=True)).reshape(-1, 3)
    flat = x.reshape(-1, 3)
    expected = (flat - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + 1e-5)
    assert found == pytest.approx(expected, abs=1e-4)
    assert [tuple(w.shape) for w in layer.trainable_weights] == [(3,), (3,)]
    running = arrays(layer.normalise.moving_mean)
    assert running == pytest.approx(0.1 * flat.mean(axis=0), rel=1e-4)
    still = arrays(layer(x, training=False))
    assert still.reshape(-1, 3) == pytest.approx(
        (flat - running) / np.sqrt(arrays(layer.normalise.moving_variance) + 1e-5), abs=1e-4
    )


def test_halving_smooths_and_keeps_the_size_of_what_is_smooth():
    x = np.ones((1, 8, 6, 2), np.float32)
    found = arrays(Halving()(x))
    assert found.shape == (1, 4, 3, 2)
    assert found[:, 1:-1, 1:-1] == pytest.approx(1)
    finest = np.where(np.arange(8) % 2, 1, -1)[None, :, None, None] * x
    assert arrays(Halving()(finest))[:, 1:-1] == pytest.approx(0, abs=1e-6)
    spot = np.zeros((1, 8, 8, 1), np.float32)
    spot[0, 3, 3] = 64
    expected = np.outer([0, 3, 1, 0], [0, 3, 1, 0]) + 0.0  # windows begin at -1, 1, 3, 5
    assert arrays(Halving()(spot))[0, :, :, 0] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["d4", "d6"])
def test_a_network_on_a_group_has_the_weights_of_its_layers(name):
    model = gcnn(name, 3)
    count, first, rest = {"d4": (8, 25, 9), "d6": (12, 15, 6)}[name]
    widths = WIDTHS
    kernels = first * 3 * widths[0]
    kernels += sum(rest * count * a * b for a, b in pairwise(widths))
    expected = kernels + 2 * sum(widths) + widths[-1] * 17 + 17
    found = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert found == expected
    small = sum(int(np.prod(weight.shape)) for weight in cnn(3).trainable_weights)
    assert 0.9 < found / small < 1.1, "about as many as the small network"
    assert len(model.trainable_weights) == 4 + 4 * 2 + 2
    assert model.output_shape == (None, 17)


@pytest.mark.parametrize("name", ["d4", "d6"])
def test_the_answer_of_a_network_does_not_turn(name, rng):
    group, model = point_group(name), gcnn(name, 1, 5)
    image = rng.random((4, 32, 32, 1), np.float32)
    expected = arrays(model(image))
    assert expected.std(axis=0).min() > 1e-4
    for g in on_grid(group):
        found = arrays(model(moved(image, group.matrices[g])))
        assert found == pytest.approx(expected, abs=1e-5)


def test_turns_by_60_degrees_change_the_answer_of_one_network_little():
    """Over what the images differ by; smooth images that vanish at their borders."""
    images, group = waves(batch=12, envelope=10.0), point_group("c6")

    def change(model):
        expected, found = (arrays(model(images(m))) for m in group.matrices[:2])
        return np.sqrt(((found - expected) ** 2).mean() / expected.var(axis=0).mean())

    keras.utils.set_random_seed(0)
    assert change(gcnn("d6", 1)) < 0.15
    assert change(cnn(1)) > 0.3
