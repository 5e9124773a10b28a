"""The scores of the study ``latent``: names, units, direction, and words for a reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """One number per seed, at the beta and latent size that relevances are shown for.

    Parameters
    ----------
    name : str
        Variable of the evaluation file.
    label : str
    meaning : str
        One sentence for a newcomer.
    units : str
    best : {'low', 'high', 'expected'}
        What is good; ``expected``: near the dimension that a continuous encoder needs.
    """

    name: str
    label: str
    meaning: str
    units: str = "1"
    best: str = "low"


SCORES = (
    Score(
        "relevant",
        "relevant latents",
        "Latents whose KL is above the threshold.",
        best="expected",
    ),
    Score(
        "control_relevant",
        "relevant latents of the control",
        "The same for a network that learned from the same features, each shuffled by itself: "
        "what no symmetry and no constraint would leave.",
        best="high",
    ),
    Score(
        "selected_size",
        "selected latent size",
        "The number of latents with the best held-out evidence lower bound.",
    ),
    Score(
        "selected_relevant",
        "relevant latents of the selected size",
        "Latents above the threshold in the network with the best held-out evidence lower bound.",
        best="expected",
    ),
    Score(
        "objective",
        "held-out objective",
        "Squared error summed over standardised features plus beta times the KL, held-out samples: "
        "minus the evidence lower bound times beta, up to a constant.",
    ),
    Score(
        "participation",
        "participation ratio",
        "An effective number of latents: (sum of KL)^2 over the sum of its squares.",
        best="expected",
    ),
    Score(
        "theory_gap",
        "gap to the linear theory",
        "Largest difference, over latents with an eigenvalue above three times beta, between the "
        "measured KL and ln(2 eigenvalue/beta)/2 of the linear autoencoder.",
        units="nat",
    ),
    Score(
        "equivariance_error",
        "equivariance error",
        "How far the movement of the latents, when samples are moved by their symmetry, is from a "
        "linear one, relative to their spread: 0 for a representation of the group, 1 for none.",
    ),
    Score(
        "constraint_residual",
        "residual of found constraints",
        "Root mean square by which held-out samples miss the worst of the found formulas, relative "
        "to its largest term.",
    ),
    Score(
        "constraint_kept",
        "constraints in reconstructions",
        "The same for samples that went through the autoencoder.",
    ),
    Score("seconds", "seconds", "Wall time of the training.", units="s"),
)

BY_NAME = {score.name: score for score in SCORES}
