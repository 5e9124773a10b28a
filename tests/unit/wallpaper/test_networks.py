"""Networks and their training rule, against plain formulas."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import ops

from symlens.wallpaper.networks import convolutional, cycle
from symlens.wallpaper.networks.method import build, softmax
from symlens.wallpaper.networks.xcit import (
    WAVES,
    ClassAttention,
    ClassToken,
    CrossCovariance,
    Weighted,
    places,
    xcit,
)


def arrays(tensor):
    return ops.convert_to_numpy(ops.copy(tensor))


def trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def head_size(features, *hidden):
    """Weights of normalisation, two per input, and of dense layers without offsets but the last."""
    widths = (features, *hidden)
    inner = sum(2 * a + a * b for a, b in pairwise(widths))
    return inner + 2 * widths[-1] + widths[-1] * 17 + 17


def test_the_small_network_has_the_weights_of_its_layers():
    widths = (3, *convolutional.WIDTHS)
    expected = sum(9 * a * b + 2 * b for a, b in pairwise(widths))
    assert trainable(convolutional.cnn(3)) == expected + 128 * 17 + 17


def test_a_small_densenet_has_the_weights_of_its_layers():
    image = keras.Input((None, None, 3))
    ours = keras.Model(image, convolutional.dense_features(image, 4, 8, (2, 1)))
    first = 49 * 3 * 8 + 2 * 8
    one, two = ((2 * c + c * 16) + (2 * 16 + 9 * 16 * 4) for c in (8, 12))
    between = 2 * 16 + 16 * 8
    three = (2 * 8 + 8 * 16) + (2 * 16 + 9 * 16 * 4)
    assert trainable(ours) == first + one + two + between + three + 2 * 12
    assert ours.output_shape == (None, 12)


def test_densenet161_has_its_published_size():
    model = convolutional.densenet161(3)
    # torchvision: 28,681,000 with 1000 classes
    assert trainable(model) == 28_681_000 - 2209 * 1000 + head_size(2208, 512, 64)


def test_resnet50_and_its_pyramid_have_their_published_size(rng):
    body = 23_534_592  # Keras: 23,587,712 without the top, of which 53,120 running averages
    assert trainable(convolutional.resnet50(3)) == body + head_size(2048, 512, 64)
    pyramid = convolutional.fpn(3)
    laterals = sum(width * 256 + 256 for width in (256, 512, 1024, 2048))
    assert trainable(pyramid) == body + laterals + head_size(1024, 64)
    paces = {
        layer.momentum
        for layer in pyramid.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert paces == {convolutional.MOMENTUM}
    image = rng.random((1, 57, 57, 3), np.float32)  # a size that does not halve evenly
    assert pyramid(image).shape == (1, 17)


def test_a_map_is_enlarged_onto_the_next(rng):
    small = np.ones((1, 2, 3, 4), np.float32)
    large = rng.random((1, 5, 6, 4), np.float32)
    found = convolutional.Enlarged()([small, large])
    assert arrays(found) == pytest.approx(1 + large)


def test_xcit_has_its_published_size():
    model = xcit(3, width=384, depth=12, heads=8)
    ends = 384 * 1000 + 1000 - (384 * 17 + 17)
    assert trainable(model) + ends == pytest.approx(26.2e6, rel=3e-3)  # "26M", table 1


def test_every_weight_of_a_small_xcit_is_trained(rng):
    model = build("xcit", 1, {"xcit": {"width": 16, "depth": 1, "heads": 2}}, 0)
    names = [weight.path for weight in model.trainable_weights]
    assert sum("gamma" in name and "weighted" in name for name in names) == 3 + 2 * 2
    assert sum("temperature" in name for name in names) == 1
    assert sum("token" in name for name in names) == 1
    before = [arrays(weight).copy() for weight in model.trainable_weights]
    model.compile(
        keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    x, y = rng.random((17, 32, 32, 1), np.float32), np.arange(17)
    model.fit(x, y, batch_size=17, verbose=0)
    still = [
        name
        for name, old, new in zip(names, before, model.trainable_weights, strict=True)
        if np.array_equal(old, arrays(new))
    ]
    # An offset before a normalisation, or of keys in a softmax, changes nothing.
    assert all(name.endswith("bias") for name in still), still


def test_starts_are_functions_of_the_seed(rng):
    one, same, other = (build("cnn", 1, {}, seed) for seed in (3, 3, 4))
    image = rng.random((2, 32, 32, 1), np.float32)
    found = [arrays(model(image)) for model in (one, same, other)]
    assert np.array_equal(found[0], found[1])
    assert not np.allclose(found[0], found[2])


def randomised(layer, rng):
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape).astype(np.float32))
    return layer


def dense(layer, x):
    return x @ arrays(layer.kernel) + arrays(layer.bias)


def test_attention_between_channels_is_its_formula(rng):
    layer = CrossCovariance(2)
    layer.build((None, None, None, 6))
    randomised(layer, rng)
    x = rng.normal(size=(2, 3, 4, 6)).astype(np.float32)
    found = arrays(layer(x))
    for image, answer in zip(x, found, strict=True):
        q, k, v = np.split(dense(layer.inputs_, image.reshape(12, 6)), 3, axis=1)
        out = np.empty((12, 6))
        for head in range(2):
            own = slice(3 * head, 3 * head + 3)
            Q, K = (m[:, own] / np.linalg.norm(m[:, own], axis=0) for m in (q, k))
            weight = np.exp(float(arrays(layer.temperature)[head, 0, 0]) * Q.T @ K)
            weight /= weight.sum(axis=1, keepdims=True)
            out[:, own] = (weight @ v[:, own].T).T
        assert answer.reshape(12, 6) == pytest.approx(dense(layer.outputs_, out), abs=2e-4)


def test_the_first_token_attends_to_all(rng):
    layer = ClassAttention(2)
    layer.build((None, None, 4))
    randomised(layer, rng)
    tokens = rng.normal(size=(1, 5, 4)).astype(np.float32)
    q = dense(layer.query, tokens[0, :1])
    k, v = np.split(dense(layer.rest, tokens[0]), 2, axis=1)
    out = np.empty((1, 4))
    for own in (slice(0, 2), slice(2, 4)):
        weight = np.exp(q[:, own] @ k[:, own].T / np.sqrt(2))
        out[:, own] = weight / weight.sum() @ v[:, own]
    assert arrays(layer(tokens))[0] == pytest.approx(dense(layer.outputs_, out), abs=1e-4)


def test_tokens_and_weights_of_branches(rng):
    token = ClassToken()
    tokens = np.zeros((3, 5, 4), np.float32)
    found = arrays(token(tokens))
    assert found.shape == (3, 1, 4)
    assert (found == found[0]).all()
    weighted = Weighted()
    x, branch = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    assert arrays(weighted(x, branch)) == pytest.approx(x + branch, abs=1e-6)


def test_places_are_told_by_waves_relative_to_the_map():
    found = arrays(places(4, 6))
    assert found.shape == (1, 4, 6, 4 * WAVES)
    assert found[0, :, 0, 0] == pytest.approx(np.sin(2 * np.pi * np.arange(1, 5) / 4), abs=1e-6)
    assert found[0, 1, 2, 3 * WAVES + 1] == pytest.approx(
        np.cos(2 * np.pi * 3 / 6 / 10_000 ** (1 / WAVES)), abs=1e-6
    )
    assert np.ptp(found[0, 0, :, : 2 * WAVES], axis=0).max() == 0, "the first half is of rows"


def one_cycle(step, steps, start, top, end):
    """As the documentation of PyTorch's OneCycleLR has it, two phases."""
    turn, last = 0.3 * steps - 1, steps - 1
    if step <= turn:
        return top + (start - top) / 2 * (1 + np.cos(np.pi * step / turn))
    return end + (top - end) / 2 * (1 + np.cos(np.pi * (step - turn) / (last - turn)))


def test_the_cycle_is_that_of_the_paper_s_code():
    schedule = cycle.OneCycle(1e-3, 200)
    for step in (0, 1, 30, 59, 60, 120, 199):
        expected = one_cycle(step, 200, 4e-5, 1e-3, 4e-9)
        assert float(schedule(step)) == pytest.approx(expected, rel=1e-4, abs=1e-10)
        beta = float(cycle.cycle(step, 200, (0.95, 0.85, 0.95)))
        assert beta == pytest.approx(one_cycle(step, 200, 0.95, 0.85, 0.95), rel=1e-5)
    assert schedule.get_config() == {"rate": 1e-3, "steps": 200}


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_shortest_cycles_stay_within_their_ends(steps):
    values = [float(cycle.cycle(step, steps, (1.0, 2.0, 0.5))) for step in range(steps)]
    assert all(0.5 <= value <= 2.0 for value in values)


def test_adam_follows_the_cycle(rng):
    steps, rate = 10, 0.1
    adam = cycle.CycledAdam(rate, steps)
    variable = keras.Variable(np.array([1.0, -2.0]))
    w, m, v = np.array([1.0, -2.0]), np.zeros(2), np.zeros(2)
    for t in range(steps):
        g = rng.normal(size=2)
        adam.apply([ops.convert_to_tensor(g.astype(np.float32))], [variable])
        beta = one_cycle(t, steps, 0.95, 0.85, 0.95)
        m, v = beta * m + (1 - beta) * g, 0.999 * v + 0.001 * g * g
        lr = one_cycle(t, steps, rate / 25, rate, rate / 25e4)
        w = w - lr * (m / (1 - beta ** (t + 1))) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8)
        assert arrays(variable) == pytest.approx(w, abs=1e-5)


def test_probabilities_survive_large_scores():
    found = softmax(np.array([1000.0, 0.0, -1000.0]))
    assert found == pytest.approx([1, 0, 0])
    assert softmax(np.log([1.0, 3.0])) == pytest.approx([0.25, 0.75])
