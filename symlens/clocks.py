"""The clocks that measure how long something takes; no other module of symlens reads one.

What they say stands in results beside what follows from configuration and seed. Called through
this module, ``clocks.wall()``, they can be set still in one place: then two trainings of the same
configuration and seed give the same bytes.
"""

from __future__ import annotations

import time


def wall() -> float:
    """Seconds that pass, from an arbitrary start; the date may jump, this does not."""
    return time.perf_counter()  # noqa: TID251 - this is the place


def processor() -> float:
    """Seconds that this process has computed, over all its threads."""
    return time.process_time()  # noqa: TID251
