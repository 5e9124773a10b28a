"""The ``fast`` method."""

from symlens.lens.fast.learner import learn_fast

__all__ = ["learn_fast"]
