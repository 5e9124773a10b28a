"""The only package that knows MLflow, a view on the trainings: results are the same without it.

MLflow is imported when a store is opened, not before.
"""

from symlens.tracking.session import attach, start
from symlens.tracking.tracker import NullTracker, Tracker
from symlens.tracking.upkeep import initialise, reconcile, settle

__all__ = ["NullTracker", "Tracker", "attach", "initialise", "reconcile", "settle", "start"]
