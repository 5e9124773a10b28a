"""Configuration and door of the study."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from symlens import tracking
from symlens.config import ConfigError, load
from symlens.imports import needed
from symlens.latent import stages
from symlens.plan import NOT_RESULTS, Plan

EXPERIMENT = {
    "title": "Circle",
    "data": {"source": "circle", "samples": 300},
    "methods": ["gaussian", "circular"],
    "seeds": [1, 2],
    "vae": {"epochs": 2, "hidden": [6], "samples": 200, "threshold": 0.1},
}


def config(**changes):
    block = {"experiments": {"circle": EXPERIMENT | changes}, "vae": {"starts": 1, "epochs": 9}}
    return {"latent": block, "tracking": {"enabled": False}}


def test_settings_of_the_experiment_win_over_those_of_the_study():
    plan = Plan(load(config(), {}))
    trained = plan.parameters("train", "latent", "circle", "gaussian")
    assert trained["settings"]["epochs"] == 2
    assert trained["settings"]["starts"] == 1
    assert "threshold" not in trained["settings"]
    assert plan.parameters("evaluate", "latent", "circle", "gaussian")["threshold"] == 0.1
    assert plan.parameters("publish", "latent", "circle", "gaussian") == trained
    assert plan.parameters("synthesize", "latent", "circle") == {"data": trained["data"]}
    assert plan.parameters("figures", "latent", "circle", "gaussian") == {"title": "Circle"}


def test_a_threshold_judges_and_does_not_train():
    one, other = (
        Plan(load(config(vae={"threshold": t}), {})).parameters(
            "train", "latent", "circle", "gaussian"
        )
        for t in (0.05, 0.1)
    )
    assert one == other


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vae": {"betas": [0.2]}}, "vae.betas: further weights, beside beta"),
        ({"data": {"source": "circle", "samples": 25}}, "data.samples: at least 10"),
        ({"vae": {"beta": 0.0}}, "vae.beta: must be above 0"),
        ({"vae": {"latent_sizes": [1, 1]}}, "vae.latent_sizes: each once"),
        ({"vae": {"epoch": 3}}, "vae.epoch: unknown key; did you mean 'epochs'?"),
        ({"methods": ["spheric"]}, "did you mean 'spherical'?"),
        ({"data": {"source": "cirle"}}, "did you mean 'circle'?"),
    ],
)
def test_mistakes_are_lines(changes, said):
    with pytest.raises(ConfigError) as error:
        load(config(**changes), {})
    assert said in str(error.value)
    assert all(line.startswith("latent.experiments.circle") for line in error.value.mistakes)


@pytest.mark.parametrize(
    "stage", ["synthesize", "train", "evaluate", "figures", "tables", "summary"]
)
def test_library_files_of_a_stage(stage):
    library = stages.library(stage, "gaussian")
    files = [str(file) for file in needed(library.roots, NOT_RESULTS)]
    assert any("latent" in file for file in files)
    assert not any("/lens/" in file for file in files)
    assert ("optimise" in " ".join(files)) == (stage == "train")


def test_stages_from_samples_to_page(tmp_path):
    plan = Plan(load(config(methods=["circular"]), {}))
    ask = lambda stage: plan.parameters(stage, "latent", "circle", "circular")  # noqa: E731
    data = tmp_path / "data.nc"
    stages.synthesize(ask("synthesize"), str(data), experiment="circle")
    note = tmp_path / "tracking.json"
    tracking.initialise(note, enabled=False)
    runs = []
    for seed in (1, 2):
        runs.append(str(tmp_path / f"circular/seed-{seed}/run.nc"))
        (tmp_path / f"circular/seed-{seed}").mkdir(parents=True)
        stages.train(
            ask("train"),
            str(data),
            runs[-1],
            experiment="circle",
            method="circular",
            seed=seed,
            tracking=str(note),
            checkpoints=str(tmp_path / "checkpoints"),
            library="",
        )
    evaluation = str(tmp_path / "circular/evaluation.nc")
    stages.evaluate(
        ask("evaluate"), runs, str(data), evaluation, experiment="circle", method="circular"
    )
    drawings = [str(tmp_path / f"figures/circle/circular/{name}.png") for name in ("relevance",)]
    (tmp_path / "figures/circle/circular").mkdir(parents=True)
    stages.draw(ask("figures"), str(data), runs, evaluation, drawings)
    overview = str(tmp_path / "overview.png")
    stages.overview(["Circle"], [str(data)], runs, [evaluation], overview)
    stages.tabulate([evaluation], str(tmp_path / "stability.csv"))
    stages.summarize(["Circle"], [evaluation], drawings, overview, str(tmp_path / "latent.html"))
    assert "Circle" in (tmp_path / "latent.html").read_text(encoding="utf-8")
    assert (tmp_path / "stability.csv").read_text(encoding="utf-8").startswith("experiment,")
    published = stages.publish(
        ask("publish"),
        evaluation,
        drawings,
        experiment="circle",
        method="circular",
        tracking=str(note),
    )
    np.testing.assert_array_equal(published, [1, 2])


def test_door_and_samples_start_without_a_network():
    code = (
        "import sys; import symlens.latent.stages, symlens.latent.data, symlens.latent.network; "
        "assert not {'keras', 'tensorflow', 'matplotlib', 'skdim', 'mlflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
