"""What the points of a sweep say together: a row per point, and the effect of every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symlens.config.morris import problem
from symlens.errors import DataError
from symlens.lens.tables import stability_row
from symlens.tables import Cell

if TYPE_CHECKING:
    import xarray as xr

SCORE = "generator_cosine"
COLUMNS = (
    f"{SCORE}_worst",
    f"{SCORE}_median",
    f"{SCORE}_low",
    f"{SCORE}_high",
    f"{SCORE}_floor_covariance",
    "group_convolution_cosine_worst",
    "symmetry",
    "seeds",
    "seconds_median",
)
"""Of the table of all scores, those that a sweep's points are listed with."""


@dataclass(frozen=True)
class Collected:
    """The scores of a sweep.

    Parameters
    ----------
    settings : mapping
        The sweep's: ``kind``, ``title``, ``of``, ``points`` and what its kind has.
    reference : mapping
        Row of the experiment that was varied.
    rows : sequence of mapping
        Rows of the points, in their order.
    """

    settings: Mapping[str, Any]
    reference: Mapping[str, Cell]
    rows: Sequence[Mapping[str, Cell]]

    @property
    def points(self) -> list[dict[str, Any]]:
        """Label and changes of every point."""
        return list(self.settings["points"].values())

    def scores(self, statistic: str) -> NDArray[np.float64]:
        """Worst or median of the seeds at every point, shape (n_points,)."""
        return np.array([row[f"{SCORE}_{statistic}"] for row in self.rows], dtype=np.float64)

    def reference_score(self, statistic: str) -> float:
        """Worst or median of the seeds of the experiment that was varied."""
        return value(self.reference, f"{SCORE}_{statistic}")


def value(row: Mapping[str, Cell], column: str) -> float:
    """A number of a row of a table."""
    return float(np.float64(row[column]))


def collect(settings: Mapping[str, Any], evaluations: Sequence[xr.Dataset]) -> Collected:
    """Put the scores of a sweep together.

    Parameters
    ----------
    settings : mapping
        As `symlens.plan.Plan.sweep` gives them.
    evaluations : sequence of Dataset
        Of the experiment that is varied, then of the points.

    Raises
    ------
    DataError
        If evaluations and points are not the same experiments, or the truth is not known.
    """
    wanted = [settings["of"], *settings["points"]]
    found = [str(evaluation.attrs["experiment"]) for evaluation in evaluations]
    if found != wanted:
        raise DataError(f"sweep: expected evaluations of {wanted}, got {found}")
    rows = []
    for evaluation, name in zip(evaluations, wanted, strict=True):
        row = stability_row(evaluation)
        if row[f"{SCORE}_worst"] is None:
            raise DataError(f"sweep: the ideal symmetry of {name} is not known: nothing to compare")
        rows.append({column: row[column] for column in COLUMNS})
    return Collected(settings, rows[0], rows[1:])


def points_table(collected: Collected) -> list[dict[str, Cell]]:
    """A row per point, the experiment that is varied first: what is changed, and the scores."""
    keys = list(dict.fromkeys(key for point in collected.points for key in point["changes"]))
    settings = collected.settings
    start: dict[str, Cell] = {"experiment": settings["of"], "point": "the experiment"}
    table = [start | dict.fromkeys(keys) | dict(collected.reference)]
    named = zip(settings["points"].items(), collected.rows, strict=True)
    for (name, point), row in named:
        values: dict[str, Cell] = {key: point["changes"].get(key) for key in keys}
        table.append({"experiment": name, "point": point["label"]} | values | dict(row))
    return table


def effects_table(collected: Collected) -> list[dict[str, Cell]]:
    """What the changes do to the score: a row per variant or key, by the kind of the sweep."""
    return EFFECTS[collected.settings["kind"]](collected)


def _ablation(collected: Collected) -> list[dict[str, Cell]]:
    """How much lower the score of every variant is."""
    rows: list[dict[str, Cell]] = []
    for index, point in enumerate(collected.points):
        row: dict[str, Cell] = {"variant": point["label"]}
        for statistic in ("worst", "median"):
            score = float(collected.scores(statistic)[index])
            row[statistic] = score
            row[f"{statistic}_loss"] = collected.reference_score(statistic) - score
        rows.append(row)
    return rows


def _one_at_a_time(collected: Collected) -> list[dict[str, Cell]]:
    """For every key the lowest and highest score over its multiples."""
    rows: list[dict[str, Cell]] = []
    for key in collected.settings["keys"]:
        own = [i for i, point in enumerate(collected.points) if key in point["changes"]]
        scores, base = collected.scores("median")[own], collected.reference_score("median")
        lowest = collected.points[own[int(np.argmin(scores))]]
        rows.append(
            {
                "key": key,
                "lowest_median": float(scores.min()),
                "lowest_at": lowest["changes"][key],
                "highest_median": float(scores.max()),
                "reference_median": base,
                "largest_change": float(np.abs(scores - base).max()),
            }
        )
    return rows


def _morris(collected: Collected) -> list[dict[str, Cell]]:
    r"""Mean, mean modulus and spread of every key's elementary effects.

    .. math:: \mu_i = \overline{d_i}, \quad \mu_i^* = \overline{|d_i|}, \quad
              \sigma_i = \mathrm{std}(d_i), \quad
              d_i = \pm\frac{Y(x + \Delta e_i) - Y(x)}{\Delta},

    with the ranges scaled to one. The mean of the modulus has a 95 % bootstrap interval
    ``mu_star`` +- ``mu_star_conf``.
    """
    from SALib.analyze import morris

    settings = collected.settings
    ranges = settings["ranges"]
    design = [[point["changes"][key] for key in ranges] for point in collected.points]
    found = morris.analyze(
        problem({key: tuple(bounds) for key, bounds in ranges.items()}),
        np.array(design, dtype=np.float64),
        collected.scores("median"),
        num_levels=settings["levels"],
        seed=settings["design_seed"],
    )
    return [
        {
            "key": key,
            "mu": float(found["mu"][index]),
            "mu_star": float(found["mu_star"][index]),
            "mu_star_conf": float(found["mu_star_conf"][index]),
            "sigma": float(found["sigma"][index]),
        }
        for index, key in enumerate(ranges)
    ]


EFFECTS = {"ablation": _ablation, "one_at_a_time": _one_at_a_time, "morris": _morris}
