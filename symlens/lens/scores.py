"""The scores of the study ``lens``: names, units, direction, and words for a reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """One score of a learned symmetry.

    Parameters
    ----------
    name : str
        Variable of the evaluation file.
    label : str
        A few words for tables and axes.
    long_name : str
        What the variable of the evaluation file is.
    meaning : str
        One sentence for a newcomer.
    units : str
    higher_is_better : bool
    needs_truth : bool
        Whether the ideal symmetry must be known.
    has_floor : bool
        Whether chance is worth comparing with.
    """

    name: str
    label: str
    long_name: str
    meaning: str
    units: str = "1"
    higher_is_better: bool = True
    needs_truth: bool = True
    has_floor: bool = False


SCORES = (
    Score(
        "generator_cosine",
        "generator cosine",
        "cosine of the learned to the ideal generator, modulo inverse",
        "How well the learned generator points along the ideal one: 1 is perfect. A generator and "
        "its inverse describe the same symmetry, so the better of the two counts.",
        has_floor=True,
    ),
    Score(
        "power_cosine",
        "cosine to the best power",
        "cosine of the learned generator to the nearest power of the ideal one, modulo inverse",
        "The same, to the nearest of the powers of the ideal generator: two steps at once are a "
        "symmetry too. For methods that do not look for the smallest step.",
        has_floor=True,
    ),
    Score(
        "algebra_cosine",
        "algebra cosine",
        "absolute cosine of the logarithms of the learned and the ideal action",
        "How well the learned direction of motion points along the ideal one, however far one "
        "step goes: 1 is perfect.",
        has_floor=True,
    ),
    Score(
        "group_convolution_cosine",
        "group convolution cosine",
        "cosine of learned to ideal group convolution matrix, modulo sign, reversal and rolls",
        "The same for the matrix that takes samples to canonical coordinates, modulo what data "
        "cannot fix: its sign, the direction of the coordinates and, on a ring, where they begin.",
        has_floor=True,
    ),
    Score(
        "equivariance_error",
        "equivariance error",
        "normalised RMS difference of transform of moved and moved transform, held-out samples",
        "Move a held-out sample and then transform it, or transform it and then move it: the "
        "relative difference of the two. 0 is perfect, about 1.4 is unrelated.",
        higher_is_better=False,
        has_floor=True,
    ),
    Score(
        "eigenphase_error",
        "eigenphase error",
        "RMS deviation of the eigenphases of the learned action from the ideal ones",
        "How far the angles by which the learned action turns the ideal waves are from the ideal "
        "angles, root mean square. 0 is perfect, about 1.8 is random.",
        units="rad",
        higher_is_better=False,
        has_floor=True,
    ),
    Score(
        "participation",
        "filter participation",
        "inverse participation ratio of the filter in natural coordinates",
        "Over how many natural pixels the resolving filter spreads (inverse participation ratio): "
        "1 is a single pixel.",
        units="pixel",
        higher_is_better=False,
    ),
    Score(
        "width",
        "filter width",
        "RMS width of the filter in natural coordinates",
        "Root mean square distance of the resolving filter's energy from its centre, in natural "
        "pixels: 0 is a single pixel.",
        units="pixel",
        higher_is_better=False,
    ),
    Score(
        "canonical_participation",
        "filter participation (canonical)",
        "inverse participation ratio of the filter in canonical coordinates",
        "The same spread in the learned coordinates themselves, for when the natural ones are "
        "not known.",
        units="pixel",
        higher_is_better=False,
        needs_truth=False,
    ),
    Score(
        "canonical_width",
        "filter width (canonical)",
        "RMS width of the filter in canonical coordinates",
        "The same width in the learned coordinates themselves.",
        units="pixel",
        higher_is_better=False,
        needs_truth=False,
    ),
    Score(
        "orthogonality_defect",
        "orthogonality defect",
        "||M^T M - I||_F / sqrt(n) of the group convolution matrix M",
        "How far the group convolution matrix is from orthogonal: 0 is orthogonal, that is no "
        "information is lost or amplified.",
        higher_is_better=False,
        needs_truth=False,
    ),
    Score(
        "symmetry_pvalue",
        "p-value",
        "p-value of the hypothesis that there is no identifiable symmetry",
        "At most so often would data that only just fail to have an identifiable symmetry (whose "
        "learned action moves a quarter of what it could, or that any rotation leaves alike) look "
        "as symmetric as these. Small is evidence for a symmetry. It does not use the truth.",
        higher_is_better=False,
        needs_truth=False,
    ),
)

FLOORED = tuple(score.name for score in SCORES if score.has_floor)

BY_NAME = {score.name: score for score in SCORES}
