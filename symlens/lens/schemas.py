"""The three kinds of file of the study ``lens``."""

from __future__ import annotations

from symlens.lens.scores import BY_NAME
from symlens.store.schema import Attribute, Schema, Variable

REFERENCES = "Efe and Ozakin, SymmetryLens, arXiv:2410.05232"
VERDICTS = ("symmetry", "no symmetry", "not identifiable")
UNDECLARED = -1
"""The attribute ``cyclic`` of samples of which nobody said whether they are a ring."""

N_BY_N = ("row", "col")
EMBEDDED = ("embedded_row", "embedded_col")
SAMPLES = ("sample", "pixel")

DATA = Schema(
    kind="lens data",
    title="Samples",
    references=REFERENCES,
    variables={
        "x": Variable(SAMPLES, "float32", "1", "samples as they are observed"),
        "representation": Variable(
            N_BY_N,
            "float64",
            "1",
            "orthogonal change of basis R from natural to observed samples, x = x_natural R",
            required=False,
        ),
        "ideal_generator": Variable(
            N_BY_N,
            "float64",
            "1",
            "generator that the samples were made with, on the n observed pixels",
            required=False,
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1, UNDECLARED))},
    equal=(("pixel", "row", "col"),),
)

RUN = Schema(
    kind="lens run",
    title="Learned symmetry",
    references=REFERENCES,
    variables={
        "log_generator": Variable(
            EMBEDDED,
            "float64",
            "1",
            "logarithm S of the generator, which acts as x expm(t S), skew where orthogonal; "
            "on 3 n pixels with n zeros at each side where it was learned on a window",
        ),
        "generator": Variable(
            N_BY_N, "float64", "1", "minimal generator expm(S), its central n x n block"
        ),
        "group_convolution": Variable(
            N_BY_N, "float64", "1", "group convolution matrix M, whose columns are moved filters"
        ),
        "filter": Variable(("pixel",), "float64", "1", "resolving filter, of unit norm"),
        "mean": Variable(("pixel",), "float64", "1", "mean subtracted from every sample"),
        "scale": Variable((), "float64", "1", "number that every centred sample is divided by"),
        "raw": Variable(SAMPLES, "float32", "1", "held-out samples as they were observed"),
        "canonical": Variable(
            SAMPLES, "float32", "1", "the same samples in canonical representation"
        ),
        "history": Variable(
            ("step", "term"), "float64", "1", "terms of the objective over training", nan=True
        ),
        "step": Variable(("step",), "int64", "1", "step of training"),
        "term": Variable(("term",), "str", "1", "name of a term of the objective"),
        "held_out": Variable(
            ("held_sample",), "int64", "1", "row numbers, in the data, of the held-out samples"
        ),
        "symmetry_statistic": Variable(
            (),
            "float64",
            "1",
            "threshold less the fraction that the learned action moves, of the moments or of the "
            "covariance of held-out samples, whichever has the larger p-value",
        ),
        "symmetry_null": Variable(
            ("surrogate",),
            "float64",
            "1",
            "the same statistic for surrogates whose fraction is the threshold",
        ),
        "symmetry_pvalue": Variable(
            (),
            "float64",
            "1",
            "p-value of the hypothesis that there is no identifiable symmetry: the larger of the "
            "tail of the null at the statistic and the p-value of nothing being identifiable",
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1)), "verdict": Attribute(str, VERDICTS)},
    equal=(("pixel", "row", "col"), ("embedded_row", "embedded_col")),
)

PER_SEED = ("seed",)


def _score(name: str) -> Variable:
    """A score's values over the seeds; those that need the truth may be absent."""
    score = BY_NAME[name]
    return Variable(
        PER_SEED, "float64", score.units, score.long_name, required=not score.needs_truth
    )


EVALUATION = Schema(
    kind="lens evaluation",
    title="Scores of learned symmetries",
    references=REFERENCES,
    variables={
        "seed": Variable(PER_SEED, "int64", "1", "seed of a training"),
        "other_seed": Variable(("other_seed",), "int64", "1", "the same seeds"),
        "verdict": Variable(PER_SEED, "str", "1", "verdict of every seed: " + ", ".join(VERDICTS)),
        "symmetry_statistic": Variable(
            PER_SEED,
            "float64",
            "1",
            "threshold less the fraction that the learned action moves on held-out samples",
        ),
        "seconds": Variable(PER_SEED, "float64", "s", "wall time of the training", required=False),
        **{name: _score(name) for name in BY_NAME},
        "agreement": Variable(
            ("seed", "other_seed"),
            "float64",
            "1",
            "generator cosine, modulo inverse, between the seeds",
        ),
        "agreement_worst": Variable(
            (), "float64", "1", "smallest agreement between two seeds", required=False
        ),
        "agreement_median": Variable(
            (), "float64", "1", "median agreement between two seeds", required=False
        ),
        "score": Variable(("score",), "str", "1", "names of the scores in the summary"),
        "statistic": Variable(
            ("statistic",),
            "str",
            "1",
            "worst and median over the seeds; low and high end of the 95 % bootstrap interval of "
            "the median",
        ),
        "summary": Variable(("score", "statistic"), "float64", "1", "every score over the seeds"),
        "chance": Variable(
            ("chance",),
            "str",
            "1",
            "kinds of chance: any orthogonal matrix; orthogonal matrices that preserve the "
            "covariance",
            required=False,
        ),
        "floor_score": Variable(
            ("floor_score",), "str", "1", "names of the scores with a floor", required=False
        ),
        "level": Variable(
            ("level",),
            "float64",
            "1",
            "fraction of chance draws that a floor is not beaten by",
            required=False,
        ),
        "floor": Variable(
            ("chance", "floor_score", "level"),
            "float64",
            "1",
            "what chance scores, in the units of the score",
            required=False,
        ),
        "ideal_eigenphase": Variable(
            ("mode",),
            "float64",
            "rad",
            "angle by which the ideal action turns its eigenvectors",
            required=False,
        ),
        "eigenphase": Variable(
            ("seed", "mode"),
            "float64",
            "rad",
            "angle by which the learned action turns them, modulo inverse",
            required=False,
        ),
        "eigenphase_magnitude": Variable(
            ("seed", "mode"),
            "float64",
            "1",
            "modulus of the diagonal element; 1 for a shared eigenvector",
            required=False,
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1))},
    equal=(("seed", "other_seed"),),
)

CELL = ("task", "learner", "score")

COMPARISON = Schema(
    kind="lens comparison",
    title="Methods side by side",
    references=REFERENCES,
    variables={
        "task": Variable(("task",), "str", "1", "name of an experiment"),
        "learner": Variable(("learner",), "str", "1", "learning method"),
        "score": Variable(("score",), "str", "1", "name of a score"),
        "statistic": Variable(("statistic",), "str", "1", "worst and median over the seeds"),
        "chance": Variable(
            ("chance",),
            "str",
            "1",
            "kinds of chance: any orthogonal matrix; orthogonal matrices that preserve the "
            "covariance; any direction of the algebra that is searched",
        ),
        "value": Variable(
            (*CELL, "statistic"), "float64", "1", "score of a method on a task", nan=True
        ),
        "floor": Variable(
            (*CELL, "chance"), "float64", "1", "what one chance draw in twenty beats", nan=True
        ),
        "seconds": Variable(
            ("task", "learner"), "float64", "s", "median wall time of a training", nan=True
        ),
        "seeds": Variable(("task", "learner"), "int64", "1", "number of trainings, 0 for none"),
    },
    attributes={},
)
