"""Whatever is asked of the calculator: an answer in numbers, or one clear line."""

from __future__ import annotations

import contextlib
import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlens.cli import main
from symlens.errors import DataError
from symlens.gain import count_invariant, predict_gain
from symlens.gain.symmetry import symmetry

MANY = settings(max_examples=60, deadline=None)

manifolds = st.one_of(
    st.sampled_from(["T1", "T2", "T3", "S1", "S2", "S3", "S24", "T2xS2", "T0", "", "x", "T2x"]),
    st.sampled_from(["t2", "T-1", "T99", "T\u0663", "T2\n", "S2xS2xT1", "torus"]),
    st.text(max_size=6),
)
whole = st.integers(-4, 9) | st.sampled_from([999_999, -999_999, 1_000_000])
words = st.builds(
    lambda name, numbers: f"{name}({','.join(map(str, numbers))})",
    st.sampled_from(["translations", "circle", "so", "subtorus", "signs", "hopf", "Z"]),
    st.lists(whole, max_size=3),
)
groups = st.one_of(
    st.sampled_from(["signs", "permutations", "hyperoctahedral", "antipode", "hopf", "trivial"]),
    st.sampled_from(["Z4xZ4", "Z0", "Z2xantipode", "signsxso(2)", "rotations", "signs()", "xx"]),
    words,
    st.text(max_size=8),
)
numbers = st.one_of(
    st.floats(0.1, 6),
    st.floats(),
    st.integers(-3, 60),
    st.sampled_from([0.0, -1.0, 1e308, 1e-308, math.nan, math.inf, 2.0]),
)
sizes = st.one_of(st.integers(-5, 10_000), st.sampled_from([10**9, 10**10, 0.5, math.nan]))


def answer(ask):
    """What is answered; None after one clear line."""
    said = ""
    try:
        return ask()
    except DataError as error:
        said = str(error)
    assert len(said.splitlines()) == 1
    return None


def asked(**options):
    """Words of a command; options that are None are left out."""
    given_ones = {name: value for name, value in options.items() if value is not None}
    return ["gain", *(f"--{name}={value}" for name, value in given_ones.items())]


@MANY
@given(
    manifolds,
    groups,
    numbers,
    sizes,
    st.none() | numbers,
    st.none() | numbers,
    st.none() | numbers,
)
def test_the_command_answers_or_says_why_not(
    manifold, group, smoothness, samples, theta, noise, risk
):
    out, err = io.StringIO(), io.StringIO()
    line = asked(
        manifold=manifold,
        group=group,
        smoothness=smoothness,
        samples=samples,
        theta=theta,
        noise=noise,
        risk=risk,
    )
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(line)
    if code == 0:
        assert err.getvalue() == ""
        assert "nan" not in out.getvalue()
    else:
        assert code == 2
        assert out.getvalue() == ""
        assert err.getvalue().startswith("symlens: ")
        assert len(err.getvalue().splitlines()) == 1


@MANY
@given(manifolds, groups, numbers, numbers, sizes, numbers)
def test_predictions_are_numbers_that_make_sense(
    manifold, group, smoothness, theta, samples, noise
):
    found = answer(
        lambda: predict_gain(
            manifold, group, smoothness=smoothness, theta=theta, samples=samples, noise=noise
        )
    )
    if found is None:
        return
    assert 0 < found.rate_plain <= found.rate_invariant < 1
    assert found.sample_multiplier > 0
    assert found.risk_ratio > 0
    finite = found.finite
    assert finite.count >= finite.count_invariant >= 1
    assert 0 < finite.risk_invariant <= finite.risk_plain * (1 + 1e-3)
    assert finite.sample_multiplier >= 1 - 1e-3


@MANY
@given(manifolds, groups, st.one_of(st.integers(-3, 300), st.floats(), st.text(max_size=3)))
def test_counts_are_whole_numbers_or_one_line(manifold, group, lam):
    found = answer(lambda: count_invariant(manifold, group, lam))
    if found is None:
        return
    assert isinstance(found, int)
    assert found >= 1


@pytest.mark.parametrize("value", [None, 2, ["T2"], b"T2"])
def test_names_are_text(value):
    with pytest.raises(DataError, match="a name expected"):
        symmetry(value, "signs")
    with pytest.raises(DataError, match="a name expected"):
        symmetry("T2", value)


@pytest.mark.parametrize("name", ["smoothness", "theta", "samples", "noise"])
@pytest.mark.parametrize("value", ["2", None, True, 2j, [2]])
def test_numbers_are_numbers(name, value):
    with pytest.raises(DataError, match=f"{name}: a number expected"):
        predict_gain("T2", "signs", **({"smoothness": 2} | {name: value}))


@pytest.mark.parametrize("risk", ["0.1", None, True])
def test_a_risk_is_a_number(risk):
    with pytest.raises(DataError, match="risk: a number expected"):
        predict_gain("T2", "signs", smoothness=2).samples_for(risk)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"smoothness": 51}, "at most 50"),
        ({"smoothness": math.inf}, "at most 50"),
        ({"smoothness": 2, "theta": 1e-9}, "theta: a number from 0.01"),
        ({"smoothness": 2, "noise": 1e300}, "noise: a number from"),
        ({"smoothness": 2, "noise": -0.1}, "noise: a number from"),
        ({"smoothness": 2, "samples": 2.5}, "samples: a whole number"),
        ({"smoothness": 2, "samples": 1}, "samples: a whole number"),
    ],
)
def test_bounds_are_named(values, words):
    with pytest.raises(DataError, match=words):
        predict_gain("T2", "signs", **values)


def test_a_group_that_leaves_constants_only_says_so():
    with pytest.raises(DataError, match="leaves constants only"):
        predict_gain("T2", "translations(999,999)", smoothness=2)


def test_a_coarse_group_is_still_predicted():
    """The first invariant wave of Z30xZ30 has the eigenvalue 900: the sum must reach beyond."""
    found = predict_gain("T2", "Z30xZ30", smoothness=2, samples=100)
    assert found.finite.sample_multiplier > 100


def test_more_samples_than_there_are_numbers():
    """Laws with a tiny rate reach their risk nowhere; they say so by infinity, not by an error."""
    found = predict_gain("T24", "trivial", smoothness=12.5, theta=0.01)
    assert found.plain.samples(1e-9) == math.inf
