"""Risk of kernel ridge regression at finite n, predicted from spectrum and target.

The deterministic equivalent: kappa solves kappa = eta + (kappa / n) df1(kappa), and
E[test error] = (sum kappa^2 c^2 / (mu + kappa)^2 + sigma^2) / (1 - df2 / n),
df_k = sum (mu / (mu + kappa))^k; the risk is that less sigma^2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from symlens.errors import DataError
from symlens.gain.targets import Spectrum

Array = NDArray[np.float64]

LARGEST_N = 1e12
SMALLEST = 1e-12
"""Smallest penalty."""


def effective_ridge(spectrum: Spectrum, eta: float, n: float) -> float:
    """Solve kappa = eta + (kappa / n) sum mu / (mu + kappa): one root, from eta to eta + tr / n."""
    mu, many = spectrum.weights, spectrum.multiplicity

    def excess(kappa: float) -> float:
        return float(kappa - eta - kappa / n * np.sum(many * mu / (mu + kappa)))

    high = eta + float(np.sum(many * mu)) / n
    return float(brentq(excess, eta, high * (1 + 1e-9), xtol=1e-300, rtol=1e-13))


def predicted_risk(spectrum: Spectrum, eta: float, n: float, noise: float) -> float:
    """Excess risk of ridge regression with penalty ``eta`` on ``n`` samples.

    Parameters
    ----------
    spectrum : Spectrum
    eta : float
        Weight of the squared norm against the mean squared error.
    n : float
    noise : float
        Standard deviation sigma of the noise.
    """
    kappa = effective_ridge(spectrum, eta, n)
    shrink = spectrum.weights / (spectrum.weights + kappa)
    df2 = float(np.sum(spectrum.multiplicity * shrink**2))
    bias = float(np.sum((1 - shrink) ** 2 * spectrum.signal)) + spectrum.unreachable
    return (bias + noise**2) / (1 - df2 / n) - noise**2


def best_ridge(spectrum: Spectrum, n: float, noise: float) -> tuple[float, float]:
    """Give the penalty of least predicted risk, and that risk.

    The search is over kappa, of which penalty and risk are explicit: eta = kappa (1 - df1 / n).
    """
    # Where noise drowns the target, the best penalty grows with its square.
    largest = 10.0 * max(1.0, 100 * noise**2)
    low, high = (np.log(effective_ridge(spectrum, eta, n)) for eta in (SMALLEST, largest))

    def risks(log_kappa: Array) -> Array:
        shrink = spectrum.weights / (spectrum.weights + np.exp(log_kappa)[:, None])
        df2 = shrink**2 @ spectrum.multiplicity
        bias = (1 - shrink) ** 2 @ spectrum.signal + spectrum.unreachable
        return np.asarray((bias + noise**2) / (1 - df2 / n) - noise**2)

    grid = np.linspace(low, high, 51)
    place = int(np.argmin(risks(grid)))
    found = minimize_scalar(
        lambda log_kappa: float(risks(np.array([log_kappa]))[0]),
        bounds=(grid[max(place - 1, 0)], grid[min(place + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": 1e-4},
    )
    kappa = float(np.exp(found.x))
    df1 = float(np.sum(spectrum.multiplicity * spectrum.weights / (spectrum.weights + kappa)))
    return max(kappa * (1 - df1 / n), SMALLEST), float(found.fun)


def best_risk(spectrum: Spectrum, n: float, noise: float) -> float:
    """Least predicted risk over all penalties."""
    return best_ridge(spectrum, n, noise)[1]


def samples_for(spectrum: Spectrum, risk: float, noise: float) -> float:
    """Give the number of samples whose least predicted risk is ``risk``, not rounded.

    Raises
    ------
    DataError
        Where no number up to 1e12 reaches it.
    """

    def excess(log_n: float) -> float:
        return float(np.log(best_risk(spectrum, float(np.exp(log_n)), noise) / risk))

    low, high = np.log(1.5), np.log(LARGEST_N)
    if excess(low) < 0:
        return float(np.exp(low))
    if excess(high) > 0:
        raise DataError(f"risk: {risk:g} is out of reach of {LARGEST_N:g} samples")
    return float(np.exp(brentq(excess, low, high, xtol=1e-5)))


def predicted_multiplier(plain: Spectrum, invariant: Spectrum, n: float, noise: float) -> float:
    """Samples that the plain arm needs for the risk of the invariant arm at n, over n."""
    return samples_for(plain, best_risk(invariant, n, noise), noise) / n


def slope(sizes: Sequence[float], risks: Sequence[float] | NDArray[np.float64]) -> float:
    """Exponent of a straight line through log risk over log n, all sizes alike."""
    return float(np.polyfit(np.log(sizes), np.log(risks), 1)[0])
