"""A small experiment of every kind, worked through once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from symlens import store
from symlens.config import load
from symlens.gain import stages
from symlens.gain.schemas import DATA, EVALUATION, RUN
from symlens.gain.train import train
from symlens.plan import Plan
from symlens.provenance import Provenance
from symlens.store.schema import Attribute, Schema, Variable
from symlens.tracking.tracker import NullTracker

SEEDS = (101, 102)
PIXELS = 8

FAKE = {
    "lens run": {
        "generator": Variable(("row", "col"), "float64", "1", "generator"),
        "mean": Variable(("pixel",), "float64", "1", "mean"),
    },
    "lens data": {
        "x": Variable(("sample", "pixel"), "float32", "1", "samples"),
        "ideal_generator": Variable(("row", "col"), "float64", "1", "generator"),
    },
}


def write_lens(folder: Path, *, cyclic: int = 1, turned: float = 0.0) -> tuple[str, str]:
    """Files as ``lens`` writes them: waves on a ring, and its shift, a little wrong if wanted."""
    rng = np.random.default_rng(5)
    place = np.arange(PIXELS) * 2 * np.pi / PIXELS
    phase = rng.uniform(0, 2 * np.pi, (200, 1))
    x = rng.uniform(0.5, 1.5, (200, 1)) * np.cos(place + phase)
    x = x + rng.uniform(0.5, 1.5, (200, 1)) * np.cos(2 * place + 2 * phase + 1)
    shift = np.roll(np.eye(PIXELS), 1, axis=1)
    other, _ = np.linalg.qr(np.eye(PIXELS) + turned * rng.standard_normal((PIXELS, PIXELS)))
    contents = {
        "lens run": {
            "generator": (("row", "col"), shift @ other if turned else shift),
            "mean": (("pixel",), np.zeros(PIXELS)),
        },
        "lens data": {
            "x": (("sample", "pixel"), x.astype(np.float32)),
            "ideal_generator": (("row", "col"), shift),
        },
    }
    paths = []
    for kind, variables in contents.items():
        path = folder / f"{kind.replace(' ', '-')}.nc"
        schema = Schema(kind, FAKE[kind], attributes={"cyclic": Attribute(int, (0, 1))})
        origin = Provenance("lens", "ring", "fast", 1, {})
        store.write(xr.Dataset(variables, attrs={"cyclic": cyclic}), path, schema, origin)
        paths.append(str(path))
    return paths[0], paths[1]


@dataclass(frozen=True)
class Worked:
    """An experiment's files and what is in them."""

    title: str
    data_file: str
    run_files: list[str]
    evaluation_file: str
    plan: Plan
    name: str

    @property
    def data(self) -> xr.Dataset:
        """Data file."""
        return store.read(self.data_file, DATA)

    @property
    def evaluation(self) -> xr.Dataset:
        """Evaluation file."""
        return store.read(self.evaluation_file, EVALUATION)


def blocks(folder: Path) -> dict[str, Any]:
    """One experiment of every kind."""
    run, samples = write_lens(folder)
    torus = {
        "source": "manifold",
        "manifold": "T2",
        "group": "translations(2,2)",
        "smoothness": 2,
        "cutoff": 64,
    }
    found = {
        "shifts": {"title": "Shifts", "data": torus},
        "nearly": {"title": "Nearly", "data": torus | {"epsilon": [0.0, 0.3, 1.0]}},
        "zonal": {
            "title": "Zonal",
            "data": torus | {"manifold": "S2", "group": "so(2)", "cutoff": 72},
        },
        "learned": {
            "title": "Learned",
            "data": {"source": "lens", "run": run, "samples": samples, "pool": 100},
        },
    }
    settings = {"sizes": [16, 32, 64, 128], "drawn": 256}
    return {name: block | {"seeds": list(SEEDS), "krr": settings} for name, block in found.items()}


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worked]:
    """Every experiment from configuration to evaluation, through the door of the study."""
    folder = tmp_path_factory.mktemp("gain")
    plan = Plan(load({"gain": {"experiments": blocks(folder)}}))
    found = {}
    for group in plan.groups("gain"):
        name = group.experiment
        own = folder / name / "krr"
        own.mkdir(parents=True)
        data = str(folder / f"{name}.nc")
        stages.synthesize(plan.parameters("synthesize", "gain", name), data, experiment=name)
        settings = plan.parameters("train", "gain", name, "krr")
        runs = []
        for seed in group.seeds:
            run = train(store.read(data, DATA), settings, seed, NullTracker())
            runs.append(str(own / f"{seed}.nc"))
            store.write(run, runs[-1], RUN, Provenance("gain", name, "krr", seed, settings))
        evaluation = str(own / "evaluation.nc")
        stages.evaluate(settings, runs, data, evaluation, experiment=name, method="krr")
        title = plan.experiments("gain")[name].title
        found[name] = Worked(title, data, runs, evaluation, plan, name)
    return found


@pytest.fixture
def lens_files() -> Callable[..., tuple[str, str]]:
    """What writes files as ``lens`` does."""
    return write_lens


@pytest.fixture
def experiments(tmp_path: Path) -> dict[str, Any]:
    """Blocks of configuration, one of every kind."""
    return blocks(tmp_path)
