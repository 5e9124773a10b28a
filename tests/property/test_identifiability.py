"""Properties of the verdict without truth, over shapes, samples and rotations."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from symlens.groups import random_orthogonal
from symlens.lens.identifiability import assess
from symlens.lens.identifiability.energy import cross_energy, energies, stationary
from symlens.lens.identifiability.null import boundary, signs, tail, turned

FINITE = st.floats(-1e3, 1e3)
MATRICES = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=FINITE)
SEEDS = st.integers(0, 2**32 - 1)


def same_lag(shape, *, cyclic):
    lag = np.arange(shape[1]) - np.arange(shape[0])[:, None]
    return lag % shape[1] if cyclic else lag


@given(MATRICES, st.booleans())
def test_the_stationary_part_is_an_orthogonal_projection(moment, cyclic):
    part = stationary(moment, cyclic=cyclic)
    scale = 1 + np.abs(moment).max()
    np.testing.assert_allclose(stationary(part, cyclic=cyclic), part, atol=1e-9 * scale)
    rest = moment - part
    assert abs((rest * part).sum()) < 1e-8 * scale**2
    lag = same_lag(moment.shape, cyclic=cyclic)
    for value in np.unique(lag):
        assert abs(rest[lag == value].sum()) < 1e-8 * scale
        assert np.ptp(part[lag == value]) < 1e-9 * scale


@given(MATRICES, st.booleans())
def test_a_stack_is_projected_matrix_by_matrix(moment, cyclic):
    stack = np.stack([moment, 2 * moment + 1])
    for found, one in zip(stationary(stack, cyclic=cyclic), stack, strict=True):
        np.testing.assert_allclose(found, stationary(one, cyclic=cyclic), atol=1e-6)


@given(st.integers(2, 9), st.integers(1, 6), SEEDS)
def test_energy_of_equal_blocks_is_that_of_one(blocks, size, seed):
    one = np.random.default_rng(seed).normal(size=size)
    parts = np.tile(one, (blocks, 1))
    np.testing.assert_allclose(cross_energy(parts @ parts.T), one @ one)


@given(st.integers(4, 12), SEEDS)
def test_null_distributions_do_not_depend_on_a_common_sign(blocks, seed):
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=(blocks, 5))
    flips = signs(20, blocks, rng)
    gram = parts @ parts.T
    np.testing.assert_allclose(turned(gram, -flips), turned(gram, flips))
    part = parts[:, :2] @ parts[:, :2].T
    both = boundary(gram, part, 0.25, flips) + boundary(gram, part, 0.25, -flips)
    everything = boundary(gram, part, 0.25, np.concatenate([flips, -flips])).sum()
    np.testing.assert_allclose(both.sum(), everything, atol=1e-9)


@given(arrays(float, st.integers(0, 30), elements=FINITE), FINITE, FINITE)
def test_tail_is_a_pvalue_that_falls_with_the_value(null, value, other):
    low, high = sorted([value, other])
    assert 0 < tail(high, null) <= tail(low, null) <= 1
    assert tail(low, null) >= 1 / (1 + null.size)


@given(
    st.integers(1, 7),
    st.integers(0, 9),
    st.booleans(),
    st.sampled_from([0, 1, 2]),
    SEEDS,
)
def test_there_is_an_answer_to_any_samples(n, m, cyclic, digits, seed):
    rng = np.random.default_rng(seed)
    x = np.round(rng.gamma(0.5, size=(n + 3 + m, n)), digits)  # with ties and constant features
    found = assess(
        x[: n + 3],
        x[n + 3 :],
        random_orthogonal(n, rng),
        cyclic=cyclic,
        surrogates=19,
        rng=rng,
    )
    assert found.verdict in ("symmetry", "no symmetry", "not identifiable")
    assert np.isfinite(found.null).all()
    assert 1 / 20 <= found.pvalue <= 1
    assert found.pvalue >= found.power_pvalue
    assert found.verdict != "symmetry" or found.pvalue <= 0.05 < found.opposite_pvalue


@given(st.integers(2, 6), st.booleans(), SEEDS)
def test_energies_do_not_depend_on_the_sign_of_the_filters_nor_on_rolls_of_a_ring(n, cyclic, seed):
    rng = np.random.default_rng(seed)
    white = rng.gamma(1.0, size=(60, n)).astype(np.float32) - 1
    filters = random_orthogonal(n, rng)
    here = energies(white, filters, cyclic=cyclic)
    others = [-filters, np.roll(filters, 1, axis=0)] if cyclic else [-filters]
    for other in others:
        there = energies(white, other, cyclic=cyclic)
        np.testing.assert_allclose(there.total, here.total, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(there.moving, here.moving, rtol=1e-3, atol=1e-3)


def test_pvalues_keep_their_promise_in_white_noise():
    runs, found = 200, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(160, 3))
        found.append(
            assess(x[:120], x[120:], np.eye(3), cyclic=bool(seed % 2), surrogates=99, rng=rng)
        )
    for level in (0.05, 0.2, 0.5):
        three_sigma = 3 * np.sqrt(level * (1 - level) / runs)
        power = np.mean([one.power_pvalue <= level for one in found])
        assert abs(power - level) < three_sigma
        assert np.mean([one.pvalue <= level for one in found]) < level + three_sigma
    verdicts = [one.verdict for one in found]
    assert verdicts.count("not identifiable") > 0.95 * runs
