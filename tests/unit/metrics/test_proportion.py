"""Exact intervals of proportions."""

import numpy as np
import pytest
from scipy.stats import binom

from symlens.metrics import proportion


@pytest.mark.parametrize(("count", "trials"), [(0, 10), (3, 10), (10, 10), (1, 200), (117, 200)])
def test_the_ends_are_where_the_binomial_tails_are_a_fortieth(count, trials):
    found = proportion(count, trials)
    assert found.low <= found.value <= found.high
    assert found.value == count / trials
    if count > 0:
        assert binom.sf(count - 1, trials, found.low) == pytest.approx(0.025)
    else:
        assert found.low == 0
    if count < trials:
        assert binom.cdf(count, trials, found.high) == pytest.approx(0.025)
    else:
        assert found.high == 1


def test_nothing_in_a_row_is_the_rule_of_three():
    # 1 - (1 - p)^n = 0.95 at p = 3 / n; two-sided, 3.69 / n.
    assert proportion(0, 200).high == pytest.approx(1 - 0.025 ** (1 / 200))


@pytest.mark.parametrize("truth", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("trials", [5, 40])
def test_it_covers_the_truth_at_least_as_often_as_it_says(truth, trials):
    counts = np.arange(trials + 1)
    covered = [proportion(int(k), trials) for k in counts]
    inside = np.array([one.low <= truth <= one.high for one in covered])
    assert binom.pmf(counts, trials, truth) @ inside >= 0.95


def test_no_trials_say_nothing_and_mistakes_are_refused():
    empty = proportion(0, 0)
    assert (empty.low, empty.high) == (0, 1)
    assert np.isnan(empty.value)
    for count, trials in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="0 <= count <= trials"):
            proportion(count, trials)


def test_a_higher_confidence_is_a_wider_interval():
    narrow, wide = proportion(3, 20, 0.9), proportion(3, 20, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high
