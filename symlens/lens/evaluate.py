"""Scores of the learned symmetries of one experiment and method, over seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens import metrics
from symlens.errors import DataError
from symlens.groups import group_action, orthogonal_factor
from symlens.lens.floors import chance_floors
from symlens.lens.runfile import symmetry_from
from symlens.lens.schemas import EVALUATION
from symlens.lens.scores import BY_NAME
from symlens.lens.symmetry import LearnedSymmetry
from symlens.lens.truth import Truth, truth_of
from symlens.store import take

Array = NDArray[np.float64]

HELD_OUT_ROWS = 8192
"""Held-out samples that are read per seed, evenly spaced over all of them (our choice)."""

STATISTICS = ("worst", "median", "low", "high")


def evaluate(runs: Sequence[xr.Dataset], data: xr.Dataset) -> xr.Dataset:
    """Score the runs of one experiment and method, one run per seed.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files, of distinct seeds.
    data : Dataset
        The data file they were trained on; may be lazy: of its samples, held-out ones are read.

    Returns
    -------
    Dataset
        As `symlens.lens.schemas.EVALUATION` says. Where the data do not know their ideal
        symmetry, only what needs no truth: verdicts, p-values, agreement between seeds,
        orthogonality and locality in canonical coordinates.

    Raises
    ------
    DataError
        If the runs do not belong together or to the data.
    """
    seeds = _check(runs, data)
    symmetries = [symmetry_from(run) for run in runs]
    truth = truth_of(data)
    scores = _truth_free_scores(runs, symmetries)
    parts: dict[str, object] = {}
    if truth is not None:
        held_out = _held_out(runs, data)
        ideal, phases = _ideal_scores(symmetries, truth, held_out)
        scores = ideal | scores
        centred = np.concatenate(held_out)
        parts = phases | chance_floors(truth, centred - centred.mean(axis=0), tuple(ideal))
    parts |= {name: (("seed",), np.asarray(values)) for name, values in scores.items()}
    parts |= _between_seeds(symmetries, scores)
    parts["verdict"] = (("seed",), np.array([run.attrs["verdict"] for run in runs], dtype=object))
    if all("seconds" in run.attrs for run in runs):
        parts["seconds"] = (("seed",), np.array([float(run.attrs["seconds"]) for run in runs]))
    evaluation = xr.Dataset(
        parts, coords={"seed": seeds}, attrs={"cyclic": int(symmetries[0].cyclic)}
    )
    return _described(evaluation)


def _check(runs: Sequence[xr.Dataset], data: xr.Dataset) -> NDArray[np.int64]:
    """Seeds of the runs, which must be distinct, and as wide as the data."""
    if not runs:
        raise DataError("evaluation: expected at least one run, got none")
    seeds = [int(run.attrs["seed"]) for run in runs]
    if len(set(seeds)) < len(seeds):
        raise DataError(f"evaluation: expected runs of distinct seeds, got seeds {seeds}")
    for name in ("experiment", "method", "cyclic"):
        found = sorted({str(run.attrs[name]) for run in runs if name in run.attrs})
        if len(found) > 1:
            raise DataError(f"evaluation: expected runs of one {name}, got {', '.join(found)}")
    n = int(data.sizes["pixel"])
    for seed, run in zip(seeds, runs, strict=True):
        if run.sizes["row"] != n:
            raise DataError(
                f"evaluation: the run of seed {seed} has {run.sizes['row']} features, the data {n}"
            )
    return np.asarray(seeds, dtype=np.int64)


def _held_out(runs: Sequence[xr.Dataset], data: xr.Dataset) -> list[Array]:
    """Held-out samples of every run, centred by its mean; the file is read once for all."""
    chosen = []
    for run in runs:
        rows = np.sort(run["held_out"].to_numpy())
        chosen.append(rows[:: -(-len(rows) // HELD_OUT_ROWS)])
    union = np.unique(np.concatenate(chosen))
    if union[-1] >= data.sizes["sample"]:
        raise DataError(
            f"evaluation: a run holds out row {union[-1]}, the data have {data.sizes['sample']}: "
            "they are not the data of these runs"
        )
    samples = take(data["x"], union).astype(np.float64)
    return [
        samples[np.searchsorted(union, rows)] - run["mean"].to_numpy()
        for run, rows in zip(runs, chosen, strict=True)
    ]


def _truth_free_scores(
    runs: Sequence[xr.Dataset], symmetries: Sequence[LearnedSymmetry]
) -> dict[str, list[float]]:
    """What can be said without the ideal symmetry, one value per seed."""
    canonical = [orthogonal_factor(s.group_convolution).T @ s.filter for s in symmetries]
    cyclic = symmetries[0].cyclic
    return {
        "canonical_participation": [metrics.participation(f) for f in canonical],
        "canonical_width": [metrics.rms_width(f, cyclic=cyclic) for f in canonical],
        "orthogonality_defect": [
            metrics.orthogonality_defect(s.group_convolution) for s in symmetries
        ],
        "symmetry_pvalue": [float(run["symmetry_pvalue"]) for run in runs],
        "symmetry_statistic": [float(run["symmetry_statistic"]) for run in runs],
    }


def _ideal_scores(
    symmetries: Sequence[LearnedSymmetry], truth: Truth, held_out: Sequence[Array]
) -> tuple[dict[str, list[float]], dict[str, object]]:
    """Scores against the ideal symmetry, one value per seed, and the eigenphases."""
    cyclic, ideal = truth.cyclic, truth.group_convolution
    scores = {
        "generator_cosine": [
            metrics.generator_cosine(s.generator, truth.generator) for s in symmetries
        ],
        "power_cosine": [metrics.power_cosine(s.generator, truth.generator) for s in symmetries],
        "equivariance_error": [
            metrics.equivariance_error(
                x.T @ x / len(x), s.group_convolution, truth.generator, cyclic=cyclic
            )
            for s, x in zip(symmetries, held_out, strict=True)
        ],
    }
    if ideal is not None:
        natural = [ideal.T @ s.filter for s in symmetries]
        scores |= {
            "group_convolution_cosine": [
                metrics.group_convolution_cosine(s.group_convolution, ideal, cyclic=cyclic)
                for s in symmetries
            ],
            "participation": [metrics.participation(f) for f in natural],
            "width": [metrics.rms_width(f, cyclic=cyclic) for f in natural],
        }
    logarithm = truth.log_action
    if truth.action is None or logarithm is None:
        return scores, {}
    scores["algebra_cosine"] = [
        metrics.algebra_cosine(s.action_log_generator, logarithm) for s in symmetries
    ]
    modes = metrics.modes(truth.action)
    phases = [
        metrics.eigenphases(group_action(s.action_log_generator, 1.0), modes) for s in symmetries
    ]
    scores["eigenphase_error"] = [p.error for p in phases]
    return scores, {
        "ideal_eigenphase": (("mode",), modes.phases),
        "eigenphase": (("seed", "mode"), np.stack([p.learned for p in phases])),
        "eigenphase_magnitude": (("seed", "mode"), np.stack([p.magnitude for p in phases])),
    }


def _between_seeds(
    symmetries: Sequence[LearnedSymmetry], scores: dict[str, list[float]]
) -> dict[str, object]:
    """Pairwise agreement of the generators, and worst, median and interval of every score."""
    agreement = metrics.pairwise_agreement(np.stack([s.generator for s in symmetries]))
    names = [name for name in BY_NAME if name in scores]
    rng = np.random.default_rng(np.random.SeedSequence(0))
    rows = []
    for name in names:
        values = np.asarray(scores[name])
        worst = values.min() if BY_NAME[name].higher_is_better else values.max()
        rows.append([worst, np.median(values), *metrics.bootstrap_interval(values, rng)])
    parts: dict[str, object] = {
        "agreement": (("seed", "other_seed"), agreement),
        "summary": (("score", "statistic"), np.array(rows)),
        "score": (("score",), np.array(names, dtype=object)),
        "statistic": (("statistic",), np.array(STATISTICS, dtype=object)),
    }
    if len(symmetries) > 1:
        pairs = agreement[np.triu_indices(len(symmetries), k=1)]
        parts |= {"agreement_worst": ((), pairs.min()), "agreement_median": ((), np.median(pairs))}
    return parts


def _described(evaluation: xr.Dataset) -> xr.Dataset:
    """The same with units and long names from the schema, and a copy of the seeds as axis."""
    evaluation = evaluation.assign_coords(
        other_seed=("other_seed", evaluation["seed"].to_numpy().copy())
    )
    for name in evaluation.variables:
        spec = EVALUATION.variables[str(name)]
        evaluation[name].attrs |= {"long_name": spec.long_name, "units": spec.units}
    return evaluation
