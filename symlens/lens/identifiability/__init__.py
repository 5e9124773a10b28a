r"""Is the learned symmetry real? A verdict from samples that were not learned from, without truth.

A learner always finds the generator under which its samples look most symmetric. Whether they are
is asked of what it did not fit, moments K of third and fourth order on samples that it never saw.
In the canonical representation of a translation they are stationary: functions of the difference of
their pixels. The *moving fraction*

.. math:: f = \frac{\|K_\to - K\|^2 / 2}{\|K\|^2}

of their energy, with :math:`K_\to` the moments after a move along the pixels (mostly by one), is 0
for a symmetry and about 1 by chance. So is the fraction of the covariance that is not a function of
the difference of its pixels. A symmetry has to be below a quarter in both. Where even random
rotations leave no moments, as in white noise or in a normal process, every rotation of the white
samples is as good as the learned one, and nothing can be identified.
"""

from symlens.lens.identifiability.verdict import Assessment, assess, stationarity_score

__all__ = ["Assessment", "assess", "stationarity_score"]
