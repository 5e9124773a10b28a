"""The calculator: its laws, its finite-n figures, and the examples of its documentation."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from symlens.cli import main
from symlens.errors import DataError
from symlens.gain import predict_gain
from symlens.gain.calculator import theory_ridge
from symlens.gain.symmetry import symmetry

DOCS = Path(__file__).parents[3] / "docs" / "gain.md"


def test_the_first_example():
    found = predict_gain("T2", "translations(4,4)", smoothness=2)
    assert found.sample_multiplier == 16
    assert found.risk_ratio == pytest.approx(16 ** (2 / 3))
    assert found.rate_plain == found.rate_invariant == pytest.approx(2 / 3)
    assert found.crossover is None


@pytest.mark.parametrize(
    ("manifold", "group", "s", "plain", "own"),
    [
        ("T2", "circle(1,0)", 2, 4 / 6, 4 / 5),
        ("S2", "so(2)", 2, 4 / 6, 4 / 5),
        ("S3", "hopf", 3, 6 / 9, 6 / 8),
        ("S4", "so(3)", 3, 6 / 10, 6 / 8),
        ("T2xS2", "trivialxantipode", 3, 6 / 10, 6 / 10),
    ],
)
def test_rates_follow_the_dimension_of_the_quotient(manifold, group, s, plain, own):
    found = predict_gain(manifold, group, smoothness=s)
    assert found.rate_plain == pytest.approx(plain)
    assert found.rate_invariant == pytest.approx(own)


def test_laws_meet_at_the_crossover_and_finite_groups_shift_them():
    found = predict_gain("S2", "so(2)", smoothness=2, samples=500)
    n = found.crossover
    assert found.plain.risk(n) == pytest.approx(found.invariant.risk(n))
    assert found.plain.risk(found.sample_multiplier * 500) == pytest.approx(
        found.invariant.risk(500)
    )
    finite = predict_gain("T2", "signs", smoothness=2)
    assert finite.plain.risk(4000) == pytest.approx(finite.invariant.risk(1000))
    assert finite.plain.samples(finite.plain.risk(77.0)) == pytest.approx(77.0)


@pytest.mark.parametrize(
    ("manifold", "group"), [("T2", "Z2xZ2"), ("T2", "Z4xZ4"), ("S2", "antipode"), ("T1", "Z5")]
)
def test_free_finite_groups_are_worth_their_size(manifold, group):
    found = predict_gain(manifold, group, smoothness=2, samples=500)
    assert found.finite.sample_multiplier == pytest.approx(found.order, rel=0.01)


@pytest.mark.parametrize(("manifold", "group"), [("T2", "signs"), ("T3", "permutations")])
def test_reflections_are_worth_less_until_n_is_large(manifold, group):
    few, many = (
        predict_gain(manifold, group, smoothness=3, samples=n).finite for n in (200, 200_000)
    )
    order = predict_gain(manifold, group, smoothness=3).order
    assert few.sample_multiplier < many.sample_multiplier < order
    assert few.count_ratio < order


def test_samples_for_a_risk_give_that_risk():
    found = predict_gain("T2", "Z2xZ2", smoothness=2, samples=2000)
    plain, own = found.samples_for(found.finite.risk_plain)
    assert plain == pytest.approx(2000, rel=0.02)
    assert own == pytest.approx(500, rel=0.02)


def test_the_schedule_by_hand():
    found = symmetry("T2", "signs")
    c = np.pi / (2 * np.pi) ** 2 * (2 * np.pi) ** 2 / 4
    expected = (c * 0.25 / (1 * 1 * 100 * 3.0)) ** (2 / 3)
    assert theory_ridge(found, 2, 1, 100, 0.5, 3.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"smoothness": 1}, "smoothness: more than d/2 = 1"),
        ({"smoothness": float("nan")}, "smoothness"),
        ({"smoothness": 2, "theta": 0}, "theta"),
        ({"smoothness": 2, "theta": 1.5}, "theta"),
        ({"smoothness": 2, "samples": -5}, "samples: a whole number"),
        ({"smoothness": 2, "samples": 10**10}, "samples"),
        ({"smoothness": 2, "noise": 0}, "noise"),
    ],
)
def test_nonsense_gets_one_line(values, words):
    with pytest.raises(DataError, match=words) as caught:
        predict_gain("T2", "signs", **values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("risk", [0, -1, 1, 2])
def test_a_risk_is_between_nothing_and_all(risk):
    with pytest.raises(DataError, match="risk: a number between 0 and 1"):
        predict_gain("T2", "signs", smoothness=2).samples_for(risk)


def examples():
    """Commands of the documentation with what they are said to print."""
    text = DOCS.read_text(encoding="utf-8")
    return re.findall(r"```console\n\$ symlens (gain [^\n]*)\n(.*?)```", text, re.DOTALL)


def test_three_examples_are_documented():
    assert len(examples()) == 3


@pytest.mark.parametrize("place", range(3))
def test_documented_examples_print_what_they_say(place, capsys):
    command, printed = examples()[place]
    assert main([word.strip("'") for word in command.split()]) == 0
    assert capsys.readouterr().out.split() == printed.split()


@pytest.mark.parametrize(
    "words",
    [
        "--manifold T2 --group hopf --smoothness 2",
        "--manifold T2 --group signs --smoothness 1",
        "--manifold T2 --group signs --smoothness 2 --samples -5",
        "--manifold T2 --group signs --smoothness two",
        "--manifold T2 --group signs --smoothness 2 --risk 3",
    ],
)
def test_the_command_refuses_nonsense_in_one_line(words, capsys):
    assert main(["gain", *words.split()]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("symlens: ")
