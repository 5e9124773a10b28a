"""The three kinds of file of the study ``wallpaper``."""

from __future__ import annotations

from symlens.store.schema import Schema, Variable
from symlens.wallpaper.groups import NAMES

REFERENCES = (
    "Guo, Qin and Agar, Understanding Experimental Data by Identifying Symmetries with Deep "
    "Learning; International Tables for Crystallography A"
)
GROUPS_NAMED = ", ".join(f"{index} {name}" for index, name in enumerate(NAMES))

IMAGE = ("sample", "y", "x", "channel")

DATA = Schema(
    kind="wallpaper data",
    title="Images of the plane groups",
    references=REFERENCES,
    variables={
        "image": Variable(IMAGE, "uint8", "1", "images, black 0 to white 255"),
        "label": Variable(("sample",), "int64", "1", f"plane group: {GROUPS_NAMED}"),
        "content": Variable(("sample",), "str", "1", "what the asymmetric unit holds"),
        "cell": Variable(
            ("sample", "axis", "vector"), "float64", "pixel", "cell vectors a and b in x and y"
        ),
        "origin": Variable(
            ("sample", "axis"),
            "float64",
            "pixel",
            "origin of the cell in x and y; NaN where it is not known",
            nan=True,
        ),
    },
)

ROWS = ("row",)

RUN = Schema(
    kind="wallpaper run",
    title="Plane groups named",
    references=REFERENCES,
    variables={
        "probability": Variable(("row", "group"), "float64", "1", f"of each: {GROUPS_NAMED}"),
        "label": Variable(ROWS, "int64", "1", "the group that the image was made with"),
        "sample": Variable(ROWS, "int64", "1", "number of the image in the data"),
        "content": Variable(ROWS, "str", "1", "what the asymmetric unit holds"),
        "disturbance": Variable(
            ROWS,
            "str",
            "1",
            "what was done to the image; learned for nothing, where it was learned from; none for "
            "nothing, where it was not",
        ),
        "level": Variable(ROWS, "float64", "1", "strength of the disturbance, in its own unit"),
        "periodic": Variable(ROWS, "float64", "1", "probability that the image repeats"),
        "cell_error": Variable(
            ROWS,
            "float64",
            "1",
            "largest relative error of lengths and area of the reduced cell; NaN without a cell",
            nan=True,
        ),
        "seconds": Variable(ROWS, "float64", "s", "processor time for the image"),
        "history": Variable(
            ("epoch", "term"),
            "float64",
            "1",
            "of the training, epoch by epoch; seconds in s, loss in nat",
            required=False,
        ),
        "term": Variable(("term",), "str", "1", "terms of the history", required=False),
    },
)

PER_SEED = ("seed",)
BY_CONTENT = ("seed", "content")
CURVE = ("seed", "disturbance", "level")

EVALUATION = Schema(
    kind="wallpaper evaluation",
    title="How well plane groups are named",
    references=REFERENCES,
    variables={
        "seed": Variable(PER_SEED, "int64", "1", "seed of a test"),
        "content": Variable(("content",), "str", "1", "what the asymmetric units hold"),
        "accuracy": Variable(BY_CONTENT, "float64", "1", "part of the clean images named rightly"),
        "related": Variable(
            BY_CONTENT,
            "float64",
            "1",
            "part of the wrong answers that are a subgroup or supergroup of the right one, with "
            "the same translations or not; 1 where there is none wrong",
        ),
        "images": Variable(BY_CONTENT, "int64", "1", "clean images of the test"),
        "floor": Variable(("content",), "float64", "1", "part of the most frequent group"),
        "calibration_error": Variable(
            PER_SEED, "float64", "1", "expected calibration error of the probabilities, ten bins"
        ),
        "cell_error": Variable(
            BY_CONTENT, "float64", "1", "median relative error of the cell", nan=True
        ),
        "loss": Variable(
            BY_CONTENT, "float64", "nat", "mean cross-entropy of the clean images of the test"
        ),
        "content_calibration_error": Variable(
            BY_CONTENT, "float64", "1", "expected calibration error, ten bins"
        ),
        "learned": Variable(("content",), "int64", "1", "1 for contents that were learned from"),
        "learned_accuracy": Variable(
            PER_SEED,
            "float64",
            "1",
            "part of the images learned from that is named rightly; NaN for no training",
            nan=True,
        ),
        "learned_loss": Variable(
            PER_SEED, "float64", "nat", "mean cross-entropy of these", nan=True
        ),
        "hierarchy": Variable(
            ("hierarchy",),
            "str",
            "1",
            "levels of the hierarchy: axis for none, two-fold or three-fold; rotation for its "
            "order; mirror for that and mirrors",
        ),
        "hierarchy_accuracy": Variable(
            ("seed", "content", "hierarchy"), "float64", "1", "part of the classes named rightly"
        ),
        "hierarchy_floor": Variable(
            ("content", "hierarchy"), "float64", "1", "part of the most frequent class"
        ),
        "seconds": Variable(PER_SEED, "float64", "s", "median processor time for an image"),
        "confusion": Variable(
            ("content", "label", "answer"), "int64", "1", "clean images of all seeds, by answer"
        ),
        "bin_count": Variable(("bin",), "int64", "1", "clean images of all seeds by confidence"),
        "bin_confidence": Variable(
            ("bin",), "float64", "1", "mean probability of the answer", nan=True
        ),
        "bin_accuracy": Variable(("bin",), "float64", "1", "part named rightly", nan=True),
        "disturbance": Variable(
            ("disturbance",), "str", "1", "kinds of disturbance", required=False
        ),
        "curve_level": Variable(
            ("disturbance", "level"), "float64", "1", "strength, own unit", required=False
        ),
        "curve": Variable(
            CURVE, "float64", "1", "part of the disturbed images named rightly", required=False
        ),
        "curve_images": Variable(
            CURVE, "int64", "1", "disturbed images of the test", required=False
        ),
    },
)
