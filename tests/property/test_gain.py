"""Properties of counts, volumes and predictions over all kinds of groups."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.gain.actions import closure
from symlens.gain.bases import Basis
from symlens.gain.counting import counts
from symlens.gain.predictor import best_risk, predicted_risk
from symlens.gain.symmetry import symmetry
from symlens.gain.targets import spectra

QUICK = settings(max_examples=25, deadline=None)

dims = st.integers(1, 3)
moduli = st.lists(st.integers(1, 4), min_size=1, max_size=3)
finite = st.sampled_from(["signs", "permutations", "hyperoctahedral"])


@st.composite
def actions(draw):
    """A torus or sphere with one of its groups."""
    kind = draw(st.integers(0, 4))
    dim = draw(dims)
    if kind == 0:
        own = draw(moduli)
        return f"T{len(own)}", f"translations({','.join(map(str, own))})"
    if kind == 1:
        return f"T{dim}", draw(finite)
    if kind == 2:
        return f"S{dim}", draw(st.sampled_from(["antipode", "signs", "permutations"]))
    if kind == 3:
        v = draw(st.lists(st.integers(-3, 3), min_size=2, max_size=3).filter(any))
        return f"T{len(v)}", f"circle({','.join(map(str, v))})"
    return f"S{dim + 1}", f"so({draw(st.integers(2, dim + 1))})"


@QUICK
@given(actions())
def test_invariant_counts_are_between_one_and_all(names):
    known = counts(symmetry(*names), 30)
    assert known.invariant[0] == known.plain[0] == 1
    assert all(1 <= own <= every for own, every in zip(known.invariant, known.plain, strict=True))
    assert list(known.invariant) == sorted(known.invariant)


@QUICK
@given(actions())
def test_quotients_are_smaller_and_names_are_read_back(names):
    found = symmetry(*names)
    assert found.quotient_dim <= found.dim
    assert found.order is None or (
        np.isclose(found.quotient_volume() * found.order, found.plain.quotient_volume())
    )
    assert symmetry(found.manifold, found.group) == found


@QUICK
@given(st.sampled_from(["T1", "T2", "T3", "S1", "S2"]), finite)
def test_finite_groups_are_closed_and_have_their_order(manifold, group):
    action = symmetry(manifold, group).actions[0]
    elements = closure(action.generators(), action.manifold.coordinates)
    assert len(elements) == len(set(elements)) == action.order
    known = set(elements)
    assert all(a.after(b) in known for a in elements[:8] for b in elements[-8:])


@QUICK
@given(actions(), st.integers(0, 2**31))
def test_invariant_features_do_not_change(names, seed):
    rng = np.random.default_rng(seed)
    found = symmetry(*names)
    basis = Basis(found, 12)
    x = found.sample(rng, 5)
    here = basis.invariant_features(x)
    for generator in found.actions[0].generators():
        assert np.abs(basis.invariant_features(generator(x)) - here).max() < 1e-9


@QUICK
@given(actions(), st.integers(20, 5000), st.floats(0.1, 2.0))
def test_a_symmetry_never_hurts_and_more_samples_help(names, n, noise):
    found = symmetry(*names)
    plain, own = spectra(found, found.dim / 2 + 1, 1.0, 60)
    if own.multiplicity.sum() < 2:
        return
    risks = [best_risk(arm, n, noise) for arm in (plain, own)]
    assert risks[1] <= risks[0] * (1 + 1e-4)
    assert best_risk(own, 2 * n, noise) <= risks[1] * (1 + 1e-4)
    assert predicted_risk(own, 10.0, n, noise) >= risks[1] * (1 - 1e-6)
