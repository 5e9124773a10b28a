"""Morris's design; SALib is imported when one is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def problem(ranges: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """The ranges as SALib takes them."""
    return {
        "num_vars": len(ranges),
        "names": list(ranges),
        "bounds": [list(bounds) for bounds in ranges.values()],
    }


def design(
    ranges: Mapping[str, tuple[float, float]], trajectories: int, levels: int, seed: int
) -> list[list[float]]:
    """Values of all keys at every point, trajectory after trajectory.

    Parameters
    ----------
    ranges : mapping of str to (float, float)
    trajectories, levels, seed : int

    Returns
    -------
    list of list of float
        ``trajectories * (len(ranges) + 1)`` points. Each differs from the one before, within a
        trajectory, in one key, by ``levels / (2 (levels - 1))`` of its range.

    Raises
    ------
    ValueError
        If SALib is not installed.
    """
    try:
        from SALib.sample import morris
    except ImportError as error:
        raise ValueError(f"kind: morris needs the library SALib ({error})") from error

    found: list[list[float]] = morris.sample(
        problem(ranges), trajectories, num_levels=levels, seed=seed
    ).tolist()
    return found
