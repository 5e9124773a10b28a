"""How the latents move under the symmetry of the samples."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from symlens.drawing import CHANCE, colour, marker, new_figure, say, seed_legend, styled
from symlens.latent.figures.inputs import FigureInputs


@styled
def draw(inputs: FigureInputs) -> Figure:
    """Draw the speed of every latent, the linear action's frequencies, and its error.

    Returns
    -------
    Figure
        Left: speed over spread, 0 for an invariant; middle: frequencies; right: error, grey for an
        untrained network.
    """
    evaluation = inputs.evaluation
    action = str(evaluation.attrs["action"]) or "no one-parameter symmetry is known"
    figure = new_figure(
        10.2,
        3.9,
        f"{inputs.title}: latents under the symmetry",
        f"{action[0].upper()}{action[1:]}; {inputs.method} posterior, {inputs.setting}",
    )
    if "motion" not in evaluation:
        say(figure.subplots(), "These samples have no one-parameter symmetry that acts linearly.")
        return figure
    speed, spectrum, error = figure.subplots(1, 3, width_ratios=[2, 2, 1])
    ranks = np.arange(1, inputs.latents + 1)
    used = evaluation["relevance"].isel(beta=0, latent_size=-1).sel(definition="kl").to_numpy()
    threshold = float(evaluation.attrs["threshold"])
    offsets = np.linspace(-0.2, 0.2, len(inputs.seeds)) if len(inputs.seeds) > 1 else np.zeros(1)
    for index in range(len(inputs.seeds)):
        style = {"marker": marker(index), "color": colour(index), "markersize": 5.5}
        values = evaluation["motion"].isel(seed=index).to_numpy()[: inputs.latents]
        relevant = used[index, : inputs.latents] > threshold
        speed.plot(ranks[relevant] + offsets[index], values[relevant], linestyle="none", **style)
        found = evaluation["frequency"].isel(seed=index).to_numpy()
        spectrum.plot(
            np.arange(1, len(found) + 1) + offsets[index], found, linestyle="none", **style
        )
        error.plot(offsets[index], evaluation["equivariance_error"][index], **style)
        error.plot(
            1 + offsets[index],
            evaluation["equivariance_untrained"][index],
            marker=marker(index),
            color=CHANCE,
            markersize=5.5,
        )
    speed.set_title("speed over spread, relevant latents")
    speed.set_xlabel("latent, ordered by KL")
    speed.set_xticks(ranks)
    speed.set_xlim(0.5, inputs.latents + 0.5)
    speed.set_ylim(0, 1.08 * speed.get_ylim()[1])
    spectrum.set_title("frequencies of the linear action")
    spectrum.set_xlabel("mode")
    spectrum.axhline(0, color=CHANCE, linewidth=0.8)
    error.set_title("equivariance error")
    error.set_xticks([0, 1], ["trained", "random\nweights"])
    error.set_xlim(-0.5, 1.5)
    error.set_ylim(0, max(1.0, float(evaluation["equivariance_untrained"].max()) * 1.05))
    for panel in (speed, spectrum, error):
        panel.grid(axis="y")
    seed_legend(figure, inputs.seeds, markers=True)
    return figure
