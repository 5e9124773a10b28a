"""Relevances, dimensions, constraints and equivariance of the trainings of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from symlens.errors import DataError
from symlens.latent import dimension, equivariance, relevance, theory
from symlens.latent.data import Constraint
from symlens.latent.formulas import known_constraints, recovered
from symlens.latent.network import Network
from symlens.latent.runfile import networks
from symlens.latent.schemas import EVALUATION
from symlens.latent.summarise import summarised
from symlens.store import take

Array = NDArray[np.float64]

JUDGED = 4000
"""Held-out samples of a seed that networks are judged on (our choice)."""
RESOLVED = 3.0
"""The linear theory is held against eigenvalues above this times beta."""


def evaluate(
    runs: Sequence[xr.Dataset],
    data: xr.Dataset,
    *,
    threshold: float,
    known: Sequence[Constraint] = (),
) -> xr.Dataset:
    """Judge the runs of one experiment and method, one run per seed.

    Parameters
    ----------
    runs : sequence of Dataset
        Run files, of distinct seeds.
    data : Dataset
        The data file they were trained on; may be lazy.
    threshold : float
        KL, in nats, above which a latent counts.
    known : sequence of Constraint
        Relations that the data are known to obey.

    Returns
    -------
    Dataset
        As `symlens.latent.schemas.EVALUATION` says.

    Raises
    ------
    DataError
        If the runs do not belong together or to the data.
    """
    seeds = _check(runs, data)
    samples = [_held_out(run, data) for run in runs]
    judged = [Judged(run, x, data, threshold) for run, x in zip(runs, samples, strict=True)]
    parts = _stacked([j.parts for j in judged])
    kept = [j.shown.reconstruct(j.x) for j in judged]
    parts |= recovered(data, samples[0], kept) | known_constraints(known, samples, kept)
    scores = _scores(runs, parts, judged)
    parts |= {name: (("seed",), values) for name, values in scores.items()}
    expected = int(data.attrs["embedding_dimension"])
    parts |= summarised(scores, expected if expected > 0 else None)
    evaluation = xr.Dataset(
        parts,
        coords={
            "seed": seeds,
            "beta": judged[0].betas,
            "latent_size": judged[0].sizes,
            "latent": np.arange(1, judged[0].sizes.max() + 1),
            "definition": np.array(list(relevance.DEFINITIONS), dtype=object),
            "estimator": np.array(dimension.ESTIMATORS, dtype=object),
            "feature": data["feature"].to_numpy().astype(object),
        },
        attrs={
            "intrinsic_dimension": int(data.attrs["intrinsic_dimension"]),
            "embedding_dimension": expected,
            "threshold": threshold,
            "action": str(data.attrs["action"]),
        },
    )
    for name in evaluation.variables:
        spec = EVALUATION.variables[str(name)]
        evaluation[name].attrs |= {"long_name": spec.long_name, "units": spec.units}
    return evaluation


class Judged:
    """One seed: the best start of every beta and latent size, and what it shows.

    Parameters
    ----------
    run : Dataset
    x : ndarray, shape (m, features)
        Held-out samples.
    data : Dataset
    threshold : float
    """

    def __init__(self, run: xr.Dataset, x: Array, data: xr.Dataset, threshold: float) -> None:
        self.x = x
        self.threshold = threshold
        self.betas: Array = np.asarray(list(dict.fromkeys(run["beta"].to_numpy().tolist())))
        self.sizes: NDArray[np.int64] = np.unique(run["latent_size"].to_numpy())
        trained = networks(run)
        objective = (run["error"] + run["beta"] * run["kl"].sum("latent")).to_numpy()
        best = np.array(
            [[_best(run, objective, b, k) for k in self.sizes] for b in self.betas], np.int64
        )
        self.shown: Network = trained[best[0, -1]]
        tables = [[relevance.relevances(x, trained[net]) for net in row] for row in best]
        orders = [[np.argsort(-t["kl"], kind="stable") for t in row] for row in tables]
        values = np.array(
            [
                [
                    [t[name][order] for name in relevance.DEFINITIONS]
                    for t, order in zip(ts, os, strict=True)
                ]
                for ts, os in zip(tables, orders, strict=True)
            ]
        )
        curved = trained[0].shapes.layout.curved > 0
        ranks = [[int(np.flatnonzero(o == 0)[0]) + 1 if curved else 0 for o in os] for os in orders]
        standard = self.shown.standard(x)
        eigenvalues = dimension.spectrum(standard)
        rng = np.random.default_rng(int(run.attrs["seed"]))
        dimensions = dimension.intrinsic(standard, rng)
        self.parts: dict[str, tuple[tuple[str, ...], Any]] = {
            "objectives": (("beta", "latent_size"), objective[best]),
            "errors": (("beta", "latent_size"), run["error"].to_numpy()[best]),
            "relevance": (("beta", "latent_size", "definition", "latent"), values),
            "count": (("beta", "latent_size", "definition"), _counts(values, threshold)),
            "participations": (
                ("beta", "latent_size", "definition"),
                np.apply_along_axis(relevance.participation, -1, values),
            ),
            "curved": (("beta", "latent_size"), np.array(ranks, np.int64)),
            "eigenvalue": (("feature",), eigenvalues),
            "linear_kl": (
                ("beta", "feature"),
                np.array([theory.linear_kl(eigenvalues, beta) for beta in self.betas]),
            ),
            "linear_rank": ((), np.int64(dimension.linear_rank(eigenvalues))),
            "dimension": (("estimator",), np.array([dimensions[n] for n in dimension.ESTIMATORS])),
        }
        if "control_parameters" in run:
            self.parts |= self._control(run, rng)
        if "symmetry_generator" in data:
            found = equivariance.motion(self.shown, x, data["symmetry_generator"].to_numpy(), rng)
            self.parts |= {
                "equivariance_error": ((), found.error),
                "equivariance_untrained": ((), found.untrained),
                "motion": (("latent",), found.rate[orders[0][-1]]),
                "frequency": (("code",), found.frequency),
            }

    def _control(
        self, run: xr.Dataset, rng: np.random.Generator
    ) -> dict[str, tuple[tuple[str, ...], Any]]:
        """Relevances of the best control network, on shuffled held-out samples."""
        objective = (run["control_error"] + self.betas[0] * run["control_kl"].sum("latent")).values
        network = networks(run, control=True)[int(np.argmin(objective))]
        mixed = np.stack([rng.permutation(column) for column in self.x.T], axis=1)
        found = relevance.relevances(mixed, network)
        order = np.argsort(-found["kl"], kind="stable")
        values = np.array([found[name][order] for name in relevance.DEFINITIONS])
        return {"control_relevance": (("definition", "latent"), values)}


def _best(run: xr.Dataset, objective: Array, beta: float, size: int) -> int:
    """Number of the network of this beta and size with the best held-out objective."""
    own = (run["beta"].to_numpy() == beta) & (run["latent_size"].to_numpy() == size)
    return int(np.argmin(np.where(own, objective, np.inf)))


def _counts(values: Array, threshold: float) -> NDArray[np.int64]:
    """Latents above the threshold of each definition; of KL, the given one."""
    counts = np.empty(values.shape[:-1], np.int64)
    for index in np.ndindex(counts.shape):
        name = list(relevance.DEFINITIONS)[index[-1]]
        level = threshold if name == relevance.DEFAULT else None
        counts[index] = relevance.count(name, values[index], level)
    return counts


def _scores(
    runs: Sequence[xr.Dataset], parts: Mapping[str, Any], judged: Sequence[Judged]
) -> dict[str, Array]:
    """One number per seed and score, at the shown beta and the largest latent size."""
    kl = list(relevance.DEFINITIONS).index(relevance.DEFAULT)
    counts, objectives = parts["count"][1][:, 0, :, kl], parts["objectives"][1][:, 0]
    seeds = np.arange(len(runs))
    selected = np.argmin(objectives, axis=1)
    threshold = judged[0].threshold
    scores: dict[str, Array] = {
        "relevant": counts[:, -1],
        "selected_size": judged[0].sizes[selected],
        "selected_relevant": counts[seeds, selected],
        "objective": objectives[:, -1],
        "participation": parts["participations"][1][:, 0, -1, kl],
        "seconds": np.array([run.attrs["seconds"] for run in runs]),
    }
    if "control_relevance" in parts:
        scores["control_relevant"] = (parts["control_relevance"][1][:, kl] > threshold).sum(axis=1)
    if runs[0].attrs["method"] == "linear":
        scores["theory_gap"] = np.array([_gap(j) for j in judged])
    if "equivariance_error" in parts:
        scores["equivariance_error"] = parts["equivariance_error"][1]
    if "formula" in parts:
        worst = parts["formula_residual"][1].max()
        scores["constraint_residual"] = np.full(len(runs), worst)
        scores["constraint_kept"] = parts["formula_kept"][1].max(axis=1)
    return {name: np.asarray(values, np.float64) for name, values in scores.items()}


def _gap(judged: Judged) -> float:
    """Largest |KL - theory| over all betas and latents with an eigenvalue above RESOLVED beta."""
    kl = list(relevance.DEFINITIONS).index(relevance.DEFAULT)
    values = judged.parts["relevance"][1][:, -1, kl]
    gaps = [0.0]
    for row, beta, predicted in zip(
        values, judged.betas, judged.parts["linear_kl"][1], strict=True
    ):
        known = judged.parts["eigenvalue"][1] > RESOLVED * beta
        width = min(len(row), int(known.sum()))
        gaps += list(np.abs(row[:width] - predicted[:width]))
    return float(max(gaps))


def _stacked(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Arrays of all seeds along a first dimension."""
    return {
        name: (("seed", *dims), np.stack([np.asarray(own[name][1]) for own in parts]))
        for name, (dims, _) in parts[0].items()
    }


def _held_out(run: xr.Dataset, data: xr.Dataset) -> Array:
    rows = run["held_out"].to_numpy()
    if rows.max() >= data.sizes["sample"]:
        raise DataError(
            f"evaluation: a run holds out row {rows.max()}, the data have {data.sizes['sample']}: "
            "they are not the data of these runs"
        )
    return np.asarray(take(data["x"], rows[:: -(-len(rows) // JUDGED)]), np.float64)


def _check(runs: Sequence[xr.Dataset], data: xr.Dataset) -> NDArray[np.int64]:
    """Seeds of the runs, which must be distinct, of one sweep, and as wide as the data."""
    if not runs:
        raise DataError("evaluation: expected at least one run, got none")
    seeds = [int(run.attrs["seed"]) for run in runs]
    if len(set(seeds)) < len(seeds):
        raise DataError(f"evaluation: expected runs of distinct seeds, got seeds {seeds}")
    for name in ("beta", "latent_size", "hidden"):
        if any(not np.array_equal(run[name].values, runs[0][name].values) for run in runs):
            raise DataError(f"evaluation: expected runs of one sweep, {name} differs")
    n = int(data.sizes["feature"])
    for seed, run in zip(seeds, runs, strict=True):
        if run.sizes["feature"] != n:
            raise DataError(
                f"evaluation: the run of seed {seed} has {run.sizes['feature']} features, "
                f"the data {n}"
            )
    return np.asarray(seeds, dtype=np.int64)
