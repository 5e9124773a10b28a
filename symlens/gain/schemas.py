"""The three kinds of file of the study ``gain``."""

from __future__ import annotations

from symlens.store.schema import Attribute, Schema, Variable

REFERENCES = (
    "Tahmasebi and Jegelka, The Exact Sample Complexity Gain from Invariances for Kernel "
    "Regression, arXiv:2303.14269; Soleymani et al., arXiv:2502.19758"
)
SOURCES = ("manifold", "lens")

LABELS = {
    "arm": Variable(("arm",), "str", "1", "way to learn, the plain one first"),
    "epsilon": Variable(
        ("epsilon",), "float64", "1", "norm of the target's part that is not invariant"
    ),
}
CURVE = {
    "size": Variable(("size",), "int64", "1", "number of samples"),
    "rule": Variable(("rule",), "str", "1", "how the penalty is chosen"),
}

DATA = Schema(
    kind="gain data",
    title="A regression problem and its symmetry",
    references=REFERENCES,
    variables=LABELS
    | {
        "weight": Variable(("arm", "shell"), "float64", "1", "eigenvalue of the kernel"),
        "multiplicity": Variable(("arm", "shell"), "float64", "1", "how many times it occurs"),
        "signal": Variable(
            ("epsilon", "arm", "shell"), "float64", "1", "expected squared coefficients of targets"
        ),
        "unreachable": Variable(
            ("epsilon", "arm"), "float64", "1", "squared norm of targets out of an arm's reach"
        ),
        "level": Variable(
            ("level",), "int64", "1", "eigenvalue of the Laplacian, or rank", required=False
        ),
        "count": Variable(
            ("arm", "level"), "int64", "1", "exact number of eigenfunctions", required=False
        ),
        "weyl": Variable(
            ("arm", "level"), "float64", "1", "the same by Weyl's leading term", required=False
        ),
        "x": Variable(
            ("sample", "pixel"), "float64", "1", "pool of samples, centred", required=False
        ),
        "generator": Variable(("row", "col"), "float64", "1", "learned generator", required=False),
        "ideal_generator": Variable(
            ("row", "col"), "float64", "1", "true generator", required=False
        ),
    },
    attributes={
        "source": Attribute(str, SOURCES),
        "group": Attribute(str),
        "manifold": Attribute(str),
        "order": Attribute(int),
        "noise": Attribute(float),
        "rates": Attribute(list),
    },
)

RUN = Schema(
    kind="gain run",
    title="Learning curves of one seed",
    references=REFERENCES,
    variables=LABELS
    | CURVE
    | {
        "penalty": Variable(("penalty",), "float64", "1", "weight of the squared norm"),
        "risk_path": Variable(
            ("epsilon", "arm", "size", "penalty"), "float64", "1", "excess risk for every penalty"
        ),
        "risk": Variable(
            ("rule", "epsilon", "arm", "size"),
            "float64",
            "1",
            "excess risk with the penalty that a rule chooses",
            nan=True,
        ),
    },
    attributes={"seconds": Attribute(float)},
)

GAINS = ("rule", "epsilon", "arm", "size")
EVALUATION = Schema(
    kind="gain evaluation",
    title="Savings and exponents, measured and predicted",
    references=REFERENCES,
    variables=LABELS
    | CURVE
    | {
        "seed": Variable(("seed",), "int64", "1", "seed of a training"),
        "risk": Variable((*GAINS, "seed"), "float64", "1", "excess risk", nan=True),
        "predicted_risk": Variable(
            ("epsilon", "arm", "size"), "float64", "1", "predicted risk at the best penalty"
        ),
        "sample_gain": Variable(
            GAINS, "float64", "1", "samples the plain arm needs, over n; mean curves", nan=True
        ),
        "sample_gain_seed": Variable((*GAINS, "seed"), "float64", "1", "of every seed", nan=True),
        "predicted_sample_gain": Variable(
            ("epsilon", "arm", "size"), "float64", "1", "predicted sample gain", nan=True
        ),
        "risk_gain": Variable(
            GAINS, "float64", "1", "plain risk over the arm's, mean curves", nan=True
        ),
        "risk_gain_seed": Variable((*GAINS, "seed"), "float64", "1", "of every seed", nan=True),
        "predicted_risk_gain": Variable(
            ("epsilon", "arm", "size"), "float64", "1", "predicted risk gain"
        ),
        "exponent": Variable(
            ("rule", "epsilon", "arm", "estimate"),
            "float64",
            "1",
            "slope of log risk over log n: value and 95 % bootstrap interval over seeds",
            nan=True,
        ),
        "estimate": Variable(("estimate",), "str", "1", "value, low, high"),
        "exponent_seed": Variable(
            ("rule", "epsilon", "arm", "seed"), "float64", "1", "of every seed", nan=True
        ),
        "predicted_exponent": Variable(
            ("epsilon", "arm"), "float64", "1", "slope of the predicted curve, same sizes"
        ),
        "score": Variable(("score",), "str", "1", "name of a score with one value per seed"),
        "value": Variable(("score", "seed"), "float64", "1", "scores of every seed", nan=True),
        "floor": Variable(("score",), "float64", "1", "its value without a symmetry"),
        "predicted_value": Variable(("score",), "float64", "1", "its prediction", nan=True),
        "seconds": Variable(("seed",), "float64", "s", "wall time of the training"),
    },
    attributes={
        "source": Attribute(str, SOURCES),
        "group": Attribute(str),
        "manifold": Attribute(str),
        "order": Attribute(int),
        "rates": Attribute(list),
    },
)
