r"""Is the learned symmetry real? A verdict from samples that were not learned from, without truth.

A learner always finds the generator under which the data look most symmetric; whether they are is
another question, and it is asked of what the learner did not fit: moments of third and fourth
order. In the canonical representation of a translation each of them is stationary, a function of
the difference of its pixels. The *moving fraction*

.. math:: f = \frac{\|K - \bar K\|^2}{\tfrac 12 (\|K\|^2 + \langle \|K_R\|^2 \rangle)}

of their energy (:math:`\bar K` the average along diagonals, :math:`K_R` the moments after a random
rotation) is 0 for a symmetry and about 1 by chance.
"""

from symlens.lens.identifiability.verdict import Assessment, assess, stationarity_score

__all__ = ["Assessment", "assess", "stationarity_score"]
