"""Proportions of few trials, with intervals that keep their promise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Proportion:
    """A proportion and its exact interval.

    Parameters
    ----------
    count, trials : int
    low, high : float
        Ends of the two-sided interval; 0 and 1 without a trial.
    """

    count: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Count over trials; nan without a trial."""
        return self.count / self.trials if self.trials else float("nan")


def proportion(count: int, trials: int, confidence: float = 0.95) -> Proportion:
    r"""Proportion with its Clopper-Pearson interval.

    The lower end is the probability p at which ``P(X >= count) = (1 - confidence) / 2`` for X
    binomial, the upper one that at which ``P(X <= count)`` is: quantiles of beta laws.

    Parameters
    ----------
    count, trials : int
        ``0 <= count <= trials``.
    confidence : float

    Returns
    -------
    Proportion

    Notes
    -----
    Clopper and Pearson, Biometrika 26 (1934). The interval covers the truth at least as often as
    the confidence says, whatever the truth.
    """
    # Imported here: scipy.stats takes a second that nobody else should wait for.
    from scipy.stats import beta

    if not 0 <= count <= trials:
        raise ValueError(f"expected 0 <= count <= trials, got {count} of {trials}")
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, count, trials - count + 1)) if count > 0 else 0.0
    high = float(beta.ppf(1 - tail, count + 1, trials - count)) if count < trials else 1.0
    return Proportion(count, trials, low, high)
