"""The three kinds of file of the study ``plane``."""

from __future__ import annotations

from symlens.store.schema import Attribute, Schema, Variable

REFERENCES = "Efe and Ozakin, SymmetryLens, arXiv:2410.05232; two generators at once are our own"

N_BY_N = ("row", "col")
PAIR = ("generator", "row", "col")
SAMPLES = ("sample", "pixel")
SIDES = {"height": Attribute(int), "width": Attribute(int)}

DATA = Schema(
    kind="plane data",
    title="Samples of windows of the plane",
    references=REFERENCES,
    variables={
        "x": Variable(SAMPLES, "float32", "1", "samples as they are observed"),
        "representation": Variable(
            N_BY_N,
            "float64",
            "1",
            "orthogonal change of basis R from natural to observed samples, x = x_natural R",
        ),
        "ideal_generators": Variable(
            PAIR, "float64", "1", "shifts by one row and by one column, on the observed features"
        ),
    },
    attributes=SIDES,
    equal=(("pixel", "row", "col"),),
)

RUN = Schema(
    kind="plane run",
    title="Two learned commuting generators",
    references=REFERENCES,
    variables={
        "filters": Variable(
            ("canonical", "pixel"), "float64", "1", "filters, one per pixel of the learned grid"
        ),
        "generators": Variable(
            PAIR, "float64", "1", "learned shifts by one row and by one column of the grid"
        ),
        "mean": Variable(("pixel",), "float64", "1", "mean subtracted from every sample"),
        "scale": Variable((), "float64", "1", "number that every centred sample is divided by"),
        "raw": Variable(SAMPLES, "float32", "1", "held-out samples as they were observed"),
        "history": Variable(
            ("step", "term"), "float64", "1", "terms of the objective at every candidate"
        ),
        "step": Variable(("step",), "int64", "1", "number of a candidate"),
        "term": Variable(("term",), "str", "1", "name of a term of the objective"),
        "held_out": Variable(
            ("held_sample",), "int64", "1", "row numbers, in the data, of the held-out samples"
        ),
        "held_out_loss": Variable((), "float64", "1", "objective on the held-out samples"),
        "pairs": Variable(
            (),
            "int64",
            "1",
            "pairs of samples that overlap but for a step, which told the answer; 0: none did",
        ),
    },
    attributes=SIDES,
    equal=(("pixel", "canonical", "row", "col"),),
)

PER_SEED = ("seed",)
SCORES = {
    "generator_cosine": "the smaller of the two cosines of learned to ideal generators",
    "cosine_down": "cosine of the generator that was matched to the shift by one row",
    "cosine_right": "cosine of the generator that was matched to the shift by one column",
    "commutator": "|AB - BA| / (|AB| + |BA|) of the two learned generators",
    "cross_commutator": "the same of each learned generator and the other ideal one, the larger",
    "held_out_loss": "objective on held-out samples",
}
HIGHER_IS_BETTER = ("generator_cosine", "cosine_down", "cosine_right")

EVALUATION = Schema(
    kind="plane evaluation",
    title="Scores of two learned generators",
    references=REFERENCES,
    variables={
        "seed": Variable(PER_SEED, "int64", "1", "seed of a training"),
        "other_seed": Variable(("other_seed",), "int64", "1", "the same seeds"),
        "seconds": Variable(PER_SEED, "float64", "s", "wall time of the training"),
        "pairs": Variable(PER_SEED, "int64", "1", "overlapping pairs that told the answer, or 0"),
        **{name: Variable(PER_SEED, "float64", "1", text) for name, text in SCORES.items()},
        "agreement": Variable(
            ("seed", "other_seed"),
            "float64",
            "1",
            "the smaller cosine between the generators of two seeds, modulo order and inverse",
        ),
        "score": Variable(("score",), "str", "1", "names of the scores in the summary"),
        "statistic": Variable(("statistic",), "str", "1", "worst or median over the seeds"),
        "summary": Variable(("score", "statistic"), "float64", "1", "scores over the seeds"),
        "chance": Variable(
            ("chance",), "str", "1", "filters drawn from all, or from those of the same covariance"
        ),
        "floor": Variable(
            ("chance",), "float64", "1", "generator cosine that one chance draw in twenty beats"
        ),
    },
    attributes=SIDES,
)
