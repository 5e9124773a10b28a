"""Trainings: what they are a function of, what they leave out, and their files."""

from __future__ import annotations

import numpy as np
import pytest

from symlens import store
from symlens.config.latent import VaeSettings
from symlens.errors import DataError, FileError
from symlens.latent.data import synthesize
from symlens.latent.optimise import DEAR, FALL, schedule
from symlens.latent.runfile import networks
from symlens.latent.schemas import DATA, RUN
from symlens.latent.spaces import Layout, Shapes
from symlens.latent.train import scaling, shuffled, split, sweep_of, train
from symlens.provenance import Provenance
from symlens.tracking.tracker import NullTracker


def settings(**given):
    return VaeSettings.model_validate(given).model_dump(mode="json")


def test_a_training_is_a_function_of_its_seed(trained):
    runs, data, _ = trained()
    again = train(
        data,
        settings(samples=500, epochs=2, starts=2, hidden=[8], batch=50),
        "gaussian",
        1,
        NullTracker(),
    )
    np.testing.assert_array_equal(again["parameters"], runs[0]["parameters"])
    np.testing.assert_array_equal(again["held_out"], runs[0]["held_out"])
    assert not np.array_equal(runs[1]["parameters"], runs[0]["parameters"])


def test_held_out_objective_falls_and_is_that_of_the_kept_networks(trained):
    (run,), _, _ = trained(source="square", seeds=(1,), epochs=8, learning_rate=0.02)
    history = run["history"].to_numpy()
    assert (history[-1] < history[0]).all()
    last = run["error"] + run["beta"] * run["kl"].sum("latent")
    np.testing.assert_allclose(history[-1], last)


def test_latents_that_a_network_does_not_have_carry_nothing(trained):
    (run,), data, _ = trained(seeds=(1,), latent_sizes=[1, 3], betas=[0.5])
    assert run.sizes["net"] == 2 * 2 * 2
    small = (run["latent_size"] == 1).to_numpy()
    np.testing.assert_array_equal(run["kl"].to_numpy()[small][:, 1:], 0.0)
    assert (run["kl"].to_numpy()[~small] > 0).all()
    for net, mask in zip(networks(run), small, strict=True):
        found = net.posterior(data["x"].to_numpy()[:20])
        assert (found.kl[:, 1:] == 0).all() == mask


def test_measured_kl_is_that_of_the_stored_network(trained):
    for method in ("gaussian", "circular", "linear"):
        (run,), data, _ = trained(seeds=(1,), method=method)
        x = data["x"].to_numpy()[run["held_out"].to_numpy()]
        for net, kl in zip(networks(run), run["kl"].to_numpy(), strict=True):
            np.testing.assert_allclose(net.posterior(x).kl.mean(axis=0), kl, rtol=1e-3, atol=1e-5)


def test_learned_from_and_held_out_share_no_row():
    rng = np.random.default_rng(0)
    fitted, held = split(1000, settings(samples=400, held_out=0.25), rng)
    assert (len(fitted), len(held)) == (300, 100)
    assert len(np.union1d(fitted, held)) == 400


def test_constant_features_are_only_centred():
    x = np.column_stack([np.full(50, 7.0), np.linspace(-1, 3, 50)])
    mean, scale = scaling(x, standardise=True)
    np.testing.assert_allclose(mean, [7.0, 1.0])
    assert scale[0] == 1.0
    assert ((x - mean) / scale)[:, 1].std() == pytest.approx(1.0)
    np.testing.assert_array_equal(scaling(x, standardise=False)[1], 1.0)
    with pytest.raises(DataError, match="every feature is constant"):
        scaling(np.ones((50, 2)), standardise=True)


def test_shuffled_features_keep_their_values_and_lose_their_company():
    rng = np.random.default_rng(0)
    x = np.column_stack([np.arange(500.0), -np.arange(500.0)]).astype(np.float32)
    mixed = shuffled(x, rng)
    np.testing.assert_array_equal(np.sort(mixed, axis=0), np.sort(x, axis=0))
    assert abs(np.corrcoef(mixed.T)[0, 1]) < 0.2


def test_schedule():
    both = np.arange(2)
    rates, weights = schedule(100, 0.01, 0.5, Layout(0, 2), both)
    assert weights.shape == (100, 2, 2)
    assert (weights == weights[:, :1, :1]).all()
    weights = weights[:, 0, 0]
    assert rates[0] == pytest.approx(0.01)
    assert rates[-1] == pytest.approx(0.01 * FALL)
    assert (np.diff(rates) <= 0).all()
    assert weights[0] == pytest.approx(0.02)
    np.testing.assert_allclose(weights[50:], 1.0)
    np.testing.assert_array_equal(schedule(10, 0.01, 0.0, Layout(0, 2), both)[1], 1.0)


def test_a_curved_latent_has_a_head_start():
    weights = schedule(101, 0.01, 0.0, Layout(1, 3), np.array([0, 1, 2]))[1]
    np.testing.assert_array_equal(weights[:, :, 0], 1.0)
    np.testing.assert_allclose(weights[25:], 1.0)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    np.testing.assert_allclose(weights[:11, 0, 1:], DEAR)
    assert (np.diff(weights[:, 0, 1]) <= 0).all()
    np.testing.assert_array_equal(weights[:25, 1, 1:], 0.0)  # not there yet


def test_sweep_names_every_network():
    sweep, about = sweep_of(3, "circular", settings(latent_sizes=[1, 2], betas=[1.0], starts=3))
    assert sweep.mask.shape == (12 + 3, 2)
    np.testing.assert_array_equal(sweep.source, [0] * 12 + [1] * 3)
    np.testing.assert_array_equal(sweep.mask[12:], 1.0)
    np.testing.assert_allclose(sweep.beta[12:], 0.2)
    assert set(zip(about["beta"], about["size"], about["start"], strict=True)) == {
        (b, k, s) for b in (0.2, 1.0) for k in (1, 2) for s in range(3)
    }
    np.testing.assert_array_equal(sweep.mask[:12].sum(axis=1), about["size"])
    np.testing.assert_array_equal(sweep.start[:12], about["start"])


@pytest.mark.parametrize("method", ["gaussian", "linear", "circular", "spherical"])
def test_layouts_add_up(method):
    layout = Layout.of(method, 3)
    assert layout.real + (1 if layout.curved else 0) == 3
    assert len(layout.owner()) == layout.codes
    assert set(layout.owner()) == {0, 1, 2}
    assert layout.dimensions().sum() == 3 + max(layout.curved - 1, 0)
    shapes = Shapes(5, (4,), layout)
    assert shapes.initial(np.random.default_rng(0), 2).shape == (2, shapes.parameters)


def test_files_keep_their_schema(tmp_path, trained):
    (run,), data, _ = trained(seeds=(1,))
    origin = Provenance("latent", "made_up", "gaussian", 1, {"a": 1})
    store.write(run, tmp_path / "run.nc", RUN, origin)
    store.write(data, tmp_path / "data.nc", DATA, Provenance("latent", "made_up", config={}))
    back = store.read(tmp_path / "run.nc", RUN)
    np.testing.assert_array_equal(back["parameters"], run["parameters"])
    assert len(networks(back)) == run.sizes["net"]
    assert len(networks(back, control=True)) == run.sizes["control_net"]
    with pytest.raises(FileError, match="latent run"):
        store.read(tmp_path / "data.nc", RUN)
    with pytest.raises(FileError, match="kl"):
        store.write(run.drop_vars("kl"), tmp_path / "bad.nc", RUN, origin)


def test_parameters_of_other_layers_are_refused(trained):
    (run,), _, _ = trained(seeds=(1,))
    with pytest.raises(DataError, match="parameters per network"):
        networks(run.isel(parameter=slice(1, None)))


def test_the_control_needs_every_feature():
    from symlens.config.latent_data import MechanicsData

    data = synthesize(MechanicsData(source="decay", samples=2500))
    given = settings(samples=2500, epochs=60, starts=1, learning_rate=0.05, batch=100)
    run = train(data, given, "linear", 1, NullTracker())
    kl = np.sort(run["kl"].to_numpy()[0])[::-1]
    control = np.sort(run["control_kl"].to_numpy()[0])
    assert (kl[:2] > 0.5).all()
    assert (kl[2:] < 0.1).all()
    assert (control > 0.5).all()
