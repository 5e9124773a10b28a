"""Run files with verdicts that were made up: rates do not need a learner."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from symlens.lens.calibration.evaluate import evaluate


def _made_up(verdicts, *, seed=1, truth="none", noise=0.1, cosines=None, samples=100):
    """A run with the given verdicts, all of one cell unless ``noise`` or ``samples`` are lists."""
    count = len(verdicts)
    pvalue = {"symmetry": 0.005, "no symmetry": 1.0, "not identifiable": 0.3}
    numbers = {
        "pvalue": [pvalue[verdict] for verdict in verdicts],
        "power_pvalue": np.full(count, 0.0005),
        "opposite_pvalue": [1 - pvalue[verdict] for verdict in verdicts],
        "moving_fraction": [0.05 if verdict == "symmetry" else 0.9 for verdict in verdicts],
        "departure": np.full(count, 0.02),
        "cosine": np.full(count, np.nan) if cosines is None else cosines,
        "seconds": np.full(count, 2.5),
        "noise": np.broadcast_to(noise, count),
        "strength": np.zeros(count),
    }
    return xr.Dataset(
        {name: ("data_set", np.array(value, float)) for name, value in numbers.items()}
        | {
            "seed": ("data_set", np.full(count, seed, np.int64)),
            "samples": ("data_set", np.array(np.broadcast_to(samples, count), np.int64)),
            "verdict": ("data_set", list(verdicts)),
        },
        attrs={"cyclic": 0, "truth": truth},
    )


@pytest.fixture
def made_up():
    """The maker of runs."""
    return _made_up


@pytest.fixture
def none():
    """Twenty data sets without a symmetry, one of them a false discovery."""
    found = evaluate(
        [
            _made_up(["no symmetry"] * 9 + ["symmetry"], seed=1),
            _made_up(["no symmetry"] * 6 + ["not identifiable"] * 4, seed=2),
        ]
    )
    return found.assign_attrs(experiment="sources", method="fast")


@pytest.fixture
def real():
    """Eight data sets with a symmetry in two cells: one miss, one wrong generator."""
    found = evaluate(
        [
            _made_up(
                ["symmetry"] * 7 + ["not identifiable"],
                truth="symmetry",
                noise=[0.1] * 4 + [0.5] * 4,
                cosines=[0.99] * 6 + [0.3, 0.9],
            )
        ]
    )
    return found.assign_attrs(experiment="bumps", method="fast")
