"""Scores of learned symmetries, their chance floors, and their stability between seeds.

Study-neutral: matrices and samples in, numbers out. Row convention throughout: a natural sample
moves as ``x -> x T``, an observed one as ``x -> x R^T T R``, and its canonical representation is
``y = x M`` with the ideal ``M = R^T``. What data cannot fix is not scored: a generator counts as
its inverse, and the columns of ``M`` up to one sign, reversal and, if cyclic, rolls.
"""

from symlens.metrics.algebra import algebra_cosine, power_cosine, principal_log
from symlens.metrics.cosine import (
    ColumnAlignment,
    align_columns,
    frobenius_cosine,
    generator_cosine,
    group_convolution_cosine,
    is_inverted,
    pairwise_agreement,
)
from symlens.metrics.equivariance import equivariance_error
from symlens.metrics.floors import (
    commutant_orthogonal,
    covariance_modes,
    degenerate_groups,
    floor_levels,
    random_orthogonal,
    random_rotations,
)
from symlens.metrics.locality import orthogonality_defect, participation, rms_width
from symlens.metrics.proportion import Proportion, proportion
from symlens.metrics.spectrum import Eigenphases, Modes, eigenphases, modes
from symlens.metrics.stability import bootstrap_interval

__all__ = [
    "ColumnAlignment",
    "Eigenphases",
    "Modes",
    "Proportion",
    "algebra_cosine",
    "align_columns",
    "bootstrap_interval",
    "commutant_orthogonal",
    "covariance_modes",
    "degenerate_groups",
    "eigenphases",
    "equivariance_error",
    "floor_levels",
    "frobenius_cosine",
    "generator_cosine",
    "group_convolution_cosine",
    "is_inverted",
    "modes",
    "orthogonality_defect",
    "pairwise_agreement",
    "participation",
    "power_cosine",
    "principal_log",
    "proportion",
    "random_orthogonal",
    "random_rotations",
    "rms_width",
]
