"""Signals moved by a dispersed translation: every frequency at its own velocity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlens.groups import dispersed_phases
from symlens.lens.data.events import Events, Shape, blocks, evaluate

Array = NDArray[np.float32]


def render_dispersed(
    events: Events,
    forms: tuple[Shape, ...],
    count: int,
    n: int,
    *,
    reach: float,
    coefficients: tuple[float, ...],
) -> Array:
    r"""Sum of signals :math:`\phi \, e^{c L}`, made in the middle of the ring and moved from there.

    In the Fourier planes, :math:`\hat x_k = \sum_q A_q \hat\phi_k(s_q) e^{-i \theta_k c_q}` with
    :math:`\theta_k` of :func:`symlens.groups.dispersed_phases`.

    Parameters
    ----------
    events : Events
        Their centres are group parameters, counted from the middle of the ring.
    forms : tuple of callable
        The shapes of the families.
    count, n : int
        Number of samples and of pixels (odd).
    reach : float
        Distance from its centre at which every signal has ended, in pixels.
    coefficients : tuple of float
        Of the phase velocity.

    Returns
    -------
    ndarray, shape (count, n)
    """
    half = int(np.ceil(reach + 0.5))
    offsets = np.arange(-half, half + 1)
    phases = np.concatenate([[0.0], dispersed_phases(n, coefficients)])
    frequencies = np.arange(n // 2 + 1)
    fourier = np.exp(-2j * np.pi / n * np.outer(offsets + n // 2, frequencies)).astype(np.complex64)
    still = Events(
        events.sample, events.family, np.zeros_like(events.centre), events.scale, events.amplitude
    )
    x = np.empty((count, n), dtype=np.float32)
    moving = zip(
        blocks(still, count, offsets.size), blocks(events, count, offsets.size), strict=True
    )
    for (first, last, part), (_, _, moved) in moving:
        waves = evaluate(part, forms, offsets.astype(np.float32)) @ fourier
        waves *= np.exp(-1j * np.outer(moved.centre, phases))
        spectrum = np.zeros((last - first, frequencies.size), dtype=np.complex64)
        np.add.at(spectrum, part.sample - first, waves)
        x[first:last] = np.fft.irfft(spectrum, n, axis=1)
    return x
