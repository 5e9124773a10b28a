"""Small trainings whose files the later stages read."""

import numpy as np
import pytest

from symlens.config.latent import VaeSettings
from symlens.config.latent_data import LeptonPairData, PlaneData
from symlens.latent.data import synthesize, system_of
from symlens.latent.evaluate import evaluate
from symlens.latent.figures import FigureInputs
from symlens.latent.train import train
from symlens.tracking.tracker import NullTracker

BRIEF = {"samples": 500, "epochs": 2, "starts": 2, "hidden": [8], "batch": 50}


@pytest.fixture(scope="session")
def trained():
    """Factory of (runs, data, law) of brief trainings, each made once."""
    made = {}

    def build(source="circle", method="gaussian", seeds=(1, 2), **settings):
        key = (source, method, seeds, repr(settings))
        if key not in made:
            kinds = {"electron_positron": LeptonPairData(samples=700)}
            cfg = kinds.get(source) or PlaneData(source=source, samples=700)
            data = synthesize(cfg)
            full = VaeSettings.model_validate(BRIEF | settings).model_dump(mode="json")
            runs = [train(data, full, method, seed, NullTracker()) for seed in seeds]
            made[key] = (runs, data, system_of(cfg))
        return made[key]

    return build


@pytest.fixture(scope="session")
def judged(trained):
    """Factory of evaluations, each made once, with what tables and pages read of provenance."""
    made = {}

    def build(**kwargs):
        if repr(kwargs) not in made:
            runs, data, law = trained(**kwargs)
            found = evaluate(runs, data, threshold=0.05, known=law.constraints)
            attributes = {"experiment": "made_up", "method": runs[0].attrs["method"]}
            made[repr(kwargs)] = found.assign_attrs(attributes)
        return made[repr(kwargs)]

    return build


@pytest.fixture
def inputs_of(trained, judged):
    """Factory of figure inputs."""

    def build(title="Made up", **kwargs):
        runs, data, _ = trained(**kwargs)
        return FigureInputs(runs, judged(**kwargs), data, title)

    return build


@pytest.fixture
def rng():
    return np.random.default_rng(7)
