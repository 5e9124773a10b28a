r"""Is the learned symmetry real? A verdict from samples that were not learned from, without truth.

A learner always finds the generator under which its samples look most symmetric. Whether they are
is asked of what it did not fit, moments of third and fourth order on samples that it never saw. In
the canonical representation of a translation they are stationary: functions of the difference of
their pixels. The *moving fraction* of their energy,

.. math:: f = \frac{\|K - \bar K\|^2}{\|K\|^2},

with :math:`\bar K` the average of K along diagonals, is 0 for a symmetry and nearly 1 by chance.
Where even random rotations leave no moments, as in white noise or in a normal process, every
rotation of the white samples is as good as the learned one, and nothing can be identified.
"""

from symlens.lens.identifiability.verdict import Assessment, assess, stationarity_score

__all__ = ["Assessment", "assess", "stationarity_score"]
