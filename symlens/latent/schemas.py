"""The three kinds of file of the study ``latent``."""

from __future__ import annotations

from symlens.latent.dimension import ESTIMATORS
from symlens.latent.relevance import DEFINITIONS
from symlens.latent.scores import SCORES
from symlens.store.schema import Attribute, Schema, Variable

REFERENCES = "Sanz, Learning symmetries in datasets, arXiv:2504.05174"
METHODS = ("gaussian", "linear", "circular", "spherical")

DATA = Schema(
    kind="latent data",
    title="Samples of known dimension, symmetry and constraints",
    references=REFERENCES,
    variables={
        "x": Variable(("sample", "feature"), "float64", "1", "features, units in feature_units"),
        "feature": Variable(("feature",), "str", "1", "names of the features"),
        "feature_units": Variable(("feature",), "str", "1", "units of the features"),
        "symmetry_generator": Variable(
            ("row", "col"),
            "float64",
            "1",
            "skew matrix A of a symmetry that acts on rows as x expm(t A)",
            required=False,
        ),
        "constraint": Variable(
            ("constraint",), "str", "1", "relations that clean samples obey", required=False
        ),
        "constraint_residual": Variable(
            ("constraint",),
            "float64",
            "1",
            "RMS by which the samples miss them, relative to their scale",
            required=False,
        ),
    },
    attributes={
        "intrinsic_dimension": Attribute(int),
        "embedding_dimension": Attribute(int),
        "action": Attribute(str),
    },
    equal=(("feature", "row", "col"),),
)

RUN = Schema(
    kind="latent run",
    title="Trained autoencoders of a sweep",
    references=REFERENCES,
    variables={
        "parameters": Variable(
            ("net", "parameter"),
            "float32",
            "1",
            "weights (input, output) and offsets of every layer, encoder first",
        ),
        "beta": Variable(("net",), "float64", "1", "weight of the KL term"),
        "latent_size": Variable(("net",), "int64", "1", "number of latents"),
        "start": Variable(("net",), "int64", "1", "number of the random start"),
        "error": Variable(("net",), "float64", "1", "held-out squared error summed over features"),
        "kl": Variable(("net", "latent"), "float64", "1", "held-out KL of every latent, nats"),
        "history": Variable(
            ("record", "net"), "float64", "1", "held-out objective, error + beta KL"
        ),
        "epoch": Variable(("record",), "int64", "1", "epoch of a record"),
        "mean": Variable(("feature",), "float64", "1", "mean subtracted from every feature"),
        "scale": Variable(("feature",), "float64", "1", "what a centred feature is divided by"),
        "hidden": Variable(("layer",), "int64", "1", "widths of the hidden layers; 0: none"),
        "held_out": Variable(
            ("held_sample",), "int64", "1", "row numbers, in the data, of the held-out samples"
        ),
        "control_parameters": Variable(
            ("control_net", "parameter"),
            "float32",
            "1",
            "the same for networks that learned from shuffled features",
            required=False,
        ),
        "control_error": Variable(
            ("control_net",), "float64", "1", "their held-out squared error", required=False
        ),
        "control_kl": Variable(
            ("control_net", "latent"), "float64", "1", "their held-out KL, nats", required=False
        ),
    },
    attributes={"seconds": Attribute(float)},
)

SEED = ("seed",)
GRID = ("seed", "beta", "latent_size")


def _score(name: str) -> Variable:
    score = next(score for score in SCORES if score.name == name)
    return Variable(SEED, "float64", score.units, score.meaning, required=False)


EVALUATION = Schema(
    kind="latent evaluation",
    title="Relevance of latents and dimension of samples",
    references=REFERENCES,
    variables={
        "seed": Variable(SEED, "int64", "1", "seed of a training"),
        "beta": Variable(("beta",), "float64", "1", "weight of the KL term, the shown one first"),
        "latent_size": Variable(("latent_size",), "int64", "1", "number of latents, ascending"),
        "latent": Variable(("latent",), "int64", "1", "rank of a latent by KL, from 1"),
        "definition": Variable(("definition",), "str", "1", "relevance: " + ", ".join(DEFINITIONS)),
        "estimator": Variable(("estimator",), "str", "1", "of dimension: " + ", ".join(ESTIMATORS)),
        **{score.name: _score(score.name) for score in SCORES},
        "objectives": Variable(GRID, "float64", "1", "held-out objective of the best start"),
        "errors": Variable(GRID, "float64", "1", "its squared error, summed over features"),
        "relevance": Variable(
            (*GRID, "definition", "latent"),
            "float64",
            "1",
            "relevance of every latent, ordered by KL; 0 beyond the latent size",
        ),
        "count": Variable((*GRID, "definition"), "int64", "1", "latents above the threshold"),
        "participations": Variable(
            (*GRID, "definition"), "float64", "1", "(sum rho)^2 over sum rho^2"
        ),
        "curved": Variable(
            GRID, "int64", "1", "rank of the curved latent by KL, from 1; 0: there is none"
        ),
        "control_relevance": Variable(
            ("seed", "definition", "latent"),
            "float64",
            "1",
            "relevances of the network that learned from shuffled features",
            required=False,
        ),
        "eigenvalue": Variable(
            ("seed", "feature"), "float64", "1", "of the covariance of standardised features"
        ),
        "linear_kl": Variable(
            ("seed", "beta", "feature"),
            "float64",
            "1",
            "KL of a linear autoencoder at its optimum, ln(2 eigenvalue/beta)/2, nats",
        ),
        "feature": Variable(("feature",), "str", "1", "names of the features"),
        "linear_rank": Variable(SEED, "int64", "1", "eigenvalues that are not rounding"),
        "dimension": Variable(
            ("seed", "estimator"), "float64", "1", "intrinsic dimension of the samples"
        ),
        "equivariance_untrained": Variable(
            SEED, "float64", "1", "equivariance error of a random encoder", required=False
        ),
        "motion": Variable(
            ("seed", "latent"),
            "float64",
            "1",
            "speed of a latent under the symmetry over its spread, per unit of group parameter",
            required=False,
        ),
        "frequency": Variable(
            ("seed", "code"),
            "float64",
            "1",
            "frequencies of the linear action on the latents, per unit of group parameter",
            required=False,
        ),
        "formula": Variable(("formula",), "str", "1", "constraints found", required=False),
        "formula_degree": Variable(("formula",), "int64", "1", "1: linear", required=False),
        "formula_residual": Variable(
            ("formula",),
            "float64",
            "1",
            "RMS residual of samples not used to find it",
            required=False,
        ),
        "formula_chance": Variable(
            ("formula",),
            "float64",
            "1",
            "the same where every feature is shuffled by itself",
            required=False,
        ),
        "formula_kept": Variable(
            ("seed", "formula"), "float64", "1", "the same of reconstructions", required=False
        ),
        "constraint": Variable(("constraint",), "str", "1", "known relations", required=False),
        "known_residual": Variable(
            ("constraint",), "float64", "1", "RMS residual of held-out samples", required=False
        ),
        "known_chance": Variable(
            ("constraint",), "float64", "1", "the same, features shuffled", required=False
        ),
        "known_kept": Variable(
            ("seed", "constraint"), "float64", "1", "the same of reconstructions", required=False
        ),
        "score": Variable(("score",), "str", "1", "names of the scores in the summary"),
        "statistic": Variable(
            ("statistic",),
            "str",
            "1",
            "worst, median, low and high end of the 95 % bootstrap interval of the median",
        ),
        "summary": Variable(("score", "statistic"), "float64", "1", "every score over the seeds"),
    },
    attributes={
        "intrinsic_dimension": Attribute(int),
        "embedding_dimension": Attribute(int),
        "threshold": Attribute(float),
        "action": Attribute(str),
    },
)
