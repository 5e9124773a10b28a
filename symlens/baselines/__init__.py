"""Peers of the lens: other published ways to find a linear one-parameter symmetry in raw samples.

SymmetryGAN, LieGAN in a form that needs no labels, and Lie-PCA, each reimplemented from its paper;
and what chance scores. They give a direction of the Lie algebra; what else a lens has (a resolving
filter, canonical coordinates) none of them learns.
"""
