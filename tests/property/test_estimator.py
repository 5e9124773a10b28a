"""Group laws and round trips of a fitted SymmetryLens, for every representation of the group."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import block_diag

from symlens import SymmetryLens
from symlens.groups import cyclic_log_generator, representation
from symlens.lens.learner import History
from symlens.lens.runfile import to_dataset
from symlens.lens.symmetry import LearnedSymmetry

BASES = ("translation", "permuted_translation", "frequency_shift", "random_basis")

group_parameters = st.floats(-60, 60, allow_nan=False)


@st.composite
def fitted(draw, closed_under=None, exact=False):
    """An estimator that has learned a group exactly, but for a filter not quite orthogonal."""
    n = draw(st.sampled_from([2, 3, 4, 5, 8, 9, 16, 33]))
    basis = draw(st.sampled_from(BASES))
    cyclic = draw(st.booleans()) if closed_under is None else closed_under
    seed = draw(st.integers(0, 2**16))
    generator = np.random.default_rng(seed)
    observed = representation(basis, n, seed)
    embedding = observed if cyclic else block_diag(np.eye(n), observed, np.eye(n))
    convolution = observed.T
    if not exact and draw(st.booleans()):
        convolution = convolution + 0.02 * generator.normal(size=(n, n)) / np.sqrt(n)
    symmetry = LearnedSymmetry(
        log_generator=embedding.T @ cyclic_log_generator(len(embedding)) @ embedding,
        group_convolution=convolution,
        filter=convolution[:, n // 2].copy(),
        mean=generator.normal(size=n) * 3,
        scale=float(generator.uniform(0.1, 10)),
        cyclic=cyclic,
    )
    x = generator.normal(size=(draw(st.integers(1, 6)), n)) * 2 + symmetry.mean
    result = SimpleNamespace(
        symmetry=symmetry,
        history=History(np.array([0]), ("loss",), np.zeros((1, 1))),
        assessment=SimpleNamespace(
            verdict="symmetry", pvalue=0.05, statistic=2.0, null=np.zeros(19)
        ),
        held_out=np.arange(len(x)),
    )
    run = to_dataset(result, x, method="fast", seed=seed)
    return SymmetryLens()._adopt(run.assign_attrs(config={})), x


@given(fitted(), group_parameters)
def test_a_move_is_undone_by_its_inverse(pair, t):
    lens, x = pair
    np.testing.assert_allclose(lens.act(lens.act(x, t), -t), x, rtol=0, atol=1e-10)


@given(fitted(), group_parameters, group_parameters)
def test_two_moves_are_one_by_the_sum(pair, s, t):
    lens, x = pair
    np.testing.assert_allclose(lens.act(lens.act(x, s), t), lens.act(x, s + t), rtol=0, atol=1e-10)


@given(fitted(), group_parameters, group_parameters)
def test_the_laws_hold_in_single_precision_to_its_digits(pair, s, t):
    lens, x = pair
    x = x.astype(np.float32)
    tolerance = 1e-6 * np.abs(x).max() * np.sqrt(x.shape[1])
    assert tolerance < 1e-3
    np.testing.assert_allclose(lens.act(lens.act(x, t), -t), x, rtol=0, atol=tolerance)
    np.testing.assert_allclose(
        lens.act(lens.act(x, s), t), lens.act(x, s + t), rtol=0, atol=tolerance
    )


@given(fitted())
def test_no_move_changes_nothing(pair):
    lens, x = pair
    np.testing.assert_allclose(lens.act(x, 0.0), x, rtol=0, atol=1e-12)


@given(fitted(closed_under=True))
def test_a_cyclic_unit_move_is_the_generator(pair):
    lens, x = pair
    moved = (x - lens.mean_) @ lens.generator_ + lens.mean_
    np.testing.assert_allclose(lens.act(x, 1.0), moved, rtol=0, atol=1e-10)


@given(fitted(exact=True), st.integers(-40, 40))
def test_whole_moves_translate_the_canonical_representation(pair, t):
    """For even n a full turn changes the sign: the shift of determinant +1 is anti-periodic."""
    lens, x = pair
    y, n = lens.transform(x), x.shape[1]
    turns, target = np.divmod(np.arange(n) + t, n)
    expected = np.empty_like(y)
    expected[:, target] = y if n % 2 else y * (-1.0) ** turns
    np.testing.assert_allclose(lens.transform(lens.act(x, float(t))), expected, atol=1e-8)


@given(fitted(), st.data())
def test_a_move_of_each_sample_is_its_move_alone(pair, data):
    lens, x = pair
    t = np.array(data.draw(st.lists(group_parameters, min_size=len(x), max_size=len(x))))
    alone = np.concatenate([lens.act(x[i : i + 1], float(t[i])) for i in range(len(x))])
    np.testing.assert_allclose(lens.act(x, t), alone, rtol=0, atol=1e-10)


@given(fitted())
def test_the_canonical_representation_leads_back(pair):
    lens, x = pair
    np.testing.assert_allclose(lens.inverse_transform(lens.transform(x)), x, rtol=0, atol=1e-9)
    y = lens.transform(x)
    np.testing.assert_allclose(lens.transform(lens.inverse_transform(y)), y, rtol=0, atol=1e-9)


@settings(max_examples=20)
@given(fitted())
def test_a_file_keeps_every_number(tmp_path_factory, pair):
    lens, x = pair
    path = tmp_path_factory.mktemp("runs") / "run.nc"
    lens.run_ = lens.run_.assign_attrs(study="lens", experiment="law")
    lens.save(path)
    again = SymmetryLens.load(path)
    np.testing.assert_array_equal(again.transform(x), lens.transform(x))
    np.testing.assert_array_equal(again.act(x, 0.7), lens.act(x, 0.7))
    np.testing.assert_array_equal(again.generator_, lens.generator_)
