"""The three kinds of file of the study ``lens``."""

from __future__ import annotations

from symlens.store.schema import Attribute, Schema, Variable

REFERENCES = "Efe and Ozakin, SymmetryLens, arXiv:2410.05232"
VERDICTS = ("symmetry", "no symmetry", "not identifiable")
METHODS = ("official", "fast")

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
    attributes={"cyclic": Attribute(int, (0, 1))},
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
            "skew logarithm S of the generator, which acts as x expm(t S); on 3 n pixels with n "
            "zeros at each side where the group is not cyclic",
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
            (), "float64", "1", "evidence for an identifiable symmetry on held-out samples"
        ),
        "symmetry_null": Variable(
            ("surrogate",), "float64", "1", "the same statistic for surrogates without symmetry"
        ),
        "symmetry_pvalue": Variable(
            (), "float64", "1", "fraction of the null distribution at or above the statistic"
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1)), "verdict": Attribute(str, VERDICTS)},
    equal=(("pixel", "row", "col"), ("embedded_row", "embedded_col")),
)

EVALUATION = Schema(
    kind="lens evaluation",
    title="Scores of learned symmetries",
    references=REFERENCES,
    variables={
        "seed": Variable(("seed",), "int64", "1", "seed of a training"),
    },
    attributes={"cyclic": Attribute(int, (0, 1))},
    open=True,
)
