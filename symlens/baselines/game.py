"""The game that SymmetryGAN and LieGAN share: a group against a discriminator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from symlens.baselines.action import Action, RotationAction, SeriesAction
from symlens.baselines.adam import Adam
from symlens.baselines.discriminator import Discriminator, surprise
from symlens.baselines.estimate import Estimate, Record, skew
from symlens.config.lens_baselines import GameSettings

Array = NDArray[np.float64]

TERMS = ("loss", "discriminator", "displacement")


def standing_still(x: Array, moved: Array) -> tuple[float, Array]:
    r"""Mean absolute cosine :math:`|x \cdot y| / (\|x\| \|y\|)` and its gradient by the moved y.

    Parameters
    ----------
    x, moved : ndarray, shape (samples, n)
        A sample of norm zero counts nothing.

    Returns
    -------
    value : float
        In [0, 1]; 1 where nothing moves.
    gradient : ndarray, shape (samples, n)
    """
    norms = np.linalg.norm(x, axis=1) * np.linalg.norm(moved, axis=1)
    safe = np.where(norms > 0, norms, np.inf)
    cosine = np.sum(x * moved, axis=1) / safe
    squares = np.maximum(np.sum(moved**2, axis=1), np.finfo(np.float64).tiny)
    direction = x / safe[:, None] - (cosine / squares)[:, None] * moved
    gradient: Array = np.sign(cosine)[:, None] * direction / len(x)
    return float(np.mean(np.abs(cosine))), gradient


def play(
    x: Array,
    settings: GameSettings,
    *,
    start: Array,
    amounts: Callable[[int], Array],
    displacement: float,
    rng: np.random.Generator,
    record: Record,
) -> Estimate:
    r"""Find S such that no discriminator tells :math:`x \exp(w S)` from x.

    Every step takes two batches. The discriminator D goes down
    :math:`-\log \sigma(D(x)) - \log(1 - \sigma(D(x' e^{wS})))`, then the group down
    :math:`-\log \sigma(D(x' e^{wS})) + \lambda\, |\cos(x', x' e^{wS})|`, both by Adam. The last S
    is the answer: nothing that needs the truth chooses among steps.

    Parameters
    ----------
    x : ndarray, shape (samples, n)
        Centred, of unit scale.
    settings : GameSettings
    start : ndarray, shape (n, n)
        First S; its skew part where the group is known to be orthogonal.
    amounts : callable
        Draws w, shape (samples,), for a number of samples.
    displacement : float
        :math:`\lambda`.
    rng : numpy.random.Generator
    record : callable

    Returns
    -------
    Estimate
    """
    free = start.astype(np.float64, copy=True)
    judge = Discriminator(x.shape[1], settings.hidden, rng)
    group_adam, judge_adam = Adam([free]), Adam(judge.parameters)
    rows: list[list[float]] = []
    recorded: list[int] = []
    for step in range(settings.steps):
        fall = 1 - step / settings.steps
        group: Action = RotationAction(skew(free)) if settings.orthogonal else SeriesAction(free)
        real, own = x[rng.integers(len(x), size=(2, settings.batch_size))]
        drawn = amounts(len(own))
        moved = group.move(own, drawn)

        # One pass for both batches: the sign of a logit's surprise is that of its batch.
        sides = np.repeat([1.0, -1.0], settings.batch_size)
        seen = judge(np.concatenate([real, moved]))
        told_apart, slope = surprise(sides * seen.logits)
        judge_adam.step(
            judge.gradients(seen, 2 * sides * slope), fall * settings.discriminator_learning_rate
        )

        fooled = judge(moved)
        loss, slope = surprise(fooled.logits)
        still, away = standing_still(own, moved)
        upstream = judge.slope(fooled, slope) + displacement * away
        gradient = group.gradient(own, drawn, upstream)
        group_adam.step(
            [skew(gradient) if settings.orthogonal else gradient],
            fall * settings.group_learning_rate,
        )
        if step % settings.record_every == 0 or step == settings.steps - 1:
            row = (loss + displacement * still, 2 * told_apart, still)
            record(step, dict(zip(TERMS, row, strict=True)))
            recorded.append(step)
            rows.append(list(row))
    final = skew(free) if settings.orthogonal else free
    return Estimate(final, np.array(recorded, dtype=np.int64), TERMS, np.array(rows))
