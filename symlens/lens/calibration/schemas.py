"""The three kinds of file of the study ``calibration``."""

from __future__ import annotations

from symlens.lens.schemas import VERDICTS
from symlens.store.schema import Attribute, Schema, Variable

TRUTHS = ("symmetry", "none", "near")
SETS = ("data_set",)
CELLS = ("cell",)


def _number(name: str, *, nan: bool = False, required: bool = True) -> Variable:
    return Variable(SETS, "float64", "1", name, nan=nan, required=required)


KIND = {
    "seed": Variable(SETS, "int64", "1", "seed of the training that learns from a data set"),
    "samples": Variable(SETS, "int64", "1", "number of its samples"),
    "noise": _number("its noise, in standard deviations of the samples"),
    "strength": _number("strength with which its symmetry is broken; 0 where it is not"),
}

DATA = Schema(
    kind="calibration data",
    title="Data sets of known truth",
    variables={
        **KIND,
        "x": Variable(
            ("sample", "pixel"),
            "float32",
            "1",
            "samples of all data sets, one set after the other as `samples` counts them",
        ),
        "ideal_generator": Variable(
            ("data_set", "row", "col"),
            "float64",
            "1",
            "generators that the data sets were made with",
            required=False,
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1)), "truth": Attribute(str, TRUTHS)},
    equal=(("pixel", "row", "col"),),
)

JUDGED = {
    **KIND,
    "verdict": Variable(SETS, "str", "1", "verdict: " + ", ".join(VERDICTS)),
    "pvalue": _number(
        "p-value of the hypothesis that there is no identifiable symmetry: the largest of those "
        "of its three parts"
    ),
    "power_pvalue": _number("p-value of the hypothesis that rotations move no moments"),
    "opposite_pvalue": _number("p-value of the hypothesis that there is a symmetry"),
    "moving_fraction": _number("fraction of the moments that the learned action moves", nan=True),
    "departure": _number("fraction of the covariance that is not stationary", nan=True),
    "cosine": _number(
        "cosine of learned and ideal generator, modulo inverse; NaN without an ideal", nan=True
    ),
    "seconds": Variable(SETS, "float64", "s", "wall time of learning and judging"),
}

RUN = Schema(
    kind="calibration run",
    title="Verdicts on data sets of known truth",
    variables=JUDGED,
    attributes={"cyclic": Attribute(int, (0, 1)), "truth": Attribute(str, TRUTHS)},
)

EVALUATION = Schema(
    kind="calibration evaluation",
    title="Rates of verdicts",
    variables={
        **JUDGED,
        **{
            name: Variable(CELLS, "float64", "1", f"{what} of the data sets of a cell")
            for name, what in (
                ("cell_noise", "noise"),
                ("cell_samples", "number of samples"),
                ("cell_strength", "strength of breaking"),
            )
        },
        **{
            name: Variable(CELLS, "int64", "1", f"data sets of a cell {what}")
            for name, what in (
                ("data_sets", "in all"),
                ("symmetry", "called a symmetry"),
                ("no_symmetry", "called no symmetry"),
                ("not_identifiable", "called not identifiable"),
                ("wrong", "called a symmetry whose learned generator has a cosine below 0.8"),
            )
        },
        "interval": Variable(
            ("interval",), "str", "1", "rate; low and high end of its 95 % interval"
        ),
        "rate": Variable(
            ("cell", "interval"),
            "float64",
            "1",
            "fraction of the data sets of a cell called a symmetry, Clopper-Pearson interval",
        ),
        "overall": Variable(
            ("interval",), "float64", "1", "the same over the data sets of all cells"
        ),
    },
    attributes={"cyclic": Attribute(int, (0, 1)), "truth": Attribute(str, TRUTHS)},
)
