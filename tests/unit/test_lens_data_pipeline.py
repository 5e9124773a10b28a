"""Synthesis and its stream: one truth, whatever the chunking."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from pydantic import TypeAdapter

from symlens.config.lens_data import LensData
from symlens.errors import DataError
from symlens.groups import dispersed_phases, ideal_generator, representation
from symlens.lens.data import stream, synthesize
from symlens.lens.data.pipeline import chunk_rows

ADAPTER = TypeAdapter(LensData)
BLOCKS = [
    {"source": "gaussian", "n": 7},
    {"source": "gaussian", "n": 7, "group": "random_basis", "cyclic": True},
    {"source": "gaussian", "n": 7, "group": "dispersed_translation", "cyclic": True},
    {"source": "legendre", "n": 9, "group": "frequency_shift"},
    {"source": "image_rows", "n": 9, "group": "random_basis"},
    {"source": "digit_slices", "n": 9},
    {"source": "digit_slices", "n": 9, "cyclic": True},
    {"source": "independent", "n": 5},
    {"source": "factors", "n": 5, "alike": True},
    {"source": "clusters", "n": 5},
    {"source": "elliptical", "n": 5, "freedom": 9.0},
    {"source": "gaussian", "n": 7, "broken": {"kind": "modes"}},
    {"source": "legendre", "n": 9, "broken": {"kind": "width"}, "cyclic": True},
    {"source": "white_noise", "n": 5},
]
CONTROLS = ("independent", "factors", "clusters", "elliptical", "white_noise")
EVERY = pytest.mark.parametrize(
    "block", BLOCKS, ids=lambda block: "-".join(str(value) for value in block.values())
)


def configured(block, **more):
    return ADAPTER.validate_python({**block, **more})


@EVERY
def test_a_stream_is_the_samples_in_memory(block):
    rows = chunk_rows(block["n"])
    cfg = configured(block, samples=2 * rows + 11)
    header, chunks = stream(cfg)
    parts = list(chunks)
    assert [len(part) for part in parts] == [rows, rows, 11]
    ds = synthesize(cfg)
    assert ds["x"].dims == ("sample", "pixel")
    assert ds["x"].dtype == np.float32
    assert np.array_equal(ds["x"], np.concatenate(parts))
    assert ds.drop_vars("x").identical(header)
    assert np.isfinite(ds["x"]).all()
    # Chunks are independent draws, unlike the official code's permuted batches.
    assert not np.array_equal(parts[0], parts[1])


@EVERY
def test_fewer_samples_are_the_first_of_more(block):
    more = synthesize(configured(block, samples=chunk_rows(block["n"]) + 100))["x"]
    fewer = synthesize(configured(block, samples=1234))["x"]
    assert np.array_equal(fewer, more[:1234])


@EVERY
def test_a_seed_says_everything_and_another_seed_says_something_else(block):
    cfg = configured(block, samples=300)
    assert np.array_equal(synthesize(cfg)["x"], synthesize(cfg)["x"])
    other = synthesize(cfg, seed=9)
    assert not np.array_equal(synthesize(cfg)["x"], other["x"])
    assert np.array_equal(other["x"], synthesize(configured(block, samples=300, seed=9))["x"])


@EVERY
def test_samples_are_normalised_before_the_noise(block):
    ds = synthesize(configured(block, samples=40_000, noise=0.0))
    quiet = ds["x"].to_numpy()
    natural = quiet @ ds["representation"].to_numpy().T if "representation" in ds else quiet
    assert natural.std() == pytest.approx(1.0, rel=0.03)
    noisy = synthesize(configured(block, samples=40_000, noise=0.5))["x"].to_numpy()
    added = float(noisy.var() - quiet.var())
    assert added == pytest.approx(0.25, abs=0.01 * float(quiet.var()))


@EVERY
def test_the_header_has_what_is_known(block):
    cfg = configured(block, samples=10)
    header, _ = stream(cfg)
    assert header.attrs == {"cyclic": int(cfg.cyclic)}
    if block["source"] in CONTROLS or "broken" in block:
        assert not header.data_vars
    elif block.get("group") == "dispersed_translation":
        assert set(header.data_vars) == {"ideal_generator"}
    else:
        basis = representation(cfg.group, cfg.n, cfg.group_seed)
        assert np.array_equal(header["representation"], basis)
        expected = ideal_generator(basis, cyclic=cfg.cyclic)
        assert np.array_equal(header["ideal_generator"], expected)


@pytest.mark.parametrize("group", ["permuted_translation", "frequency_shift", "random_basis"])
def test_a_group_family_is_the_same_natural_sample_in_another_basis(group):
    plain = synthesize(configured({"source": "gaussian", "n": 7, "samples": 50, "noise": 0.0}))
    other = synthesize(
        configured({"source": "gaussian", "n": 7, "samples": 50, "noise": 0.0, "group": group})
    )
    expected = plain["x"].to_numpy() @ other["representation"].to_numpy()
    np.testing.assert_allclose(other["x"], expected, atol=1e-5)


def test_the_generator_of_a_dispersed_translation_has_its_phases():
    cfg = configured(BLOCKS[2], samples=10, dispersion=[1.0, 0.25, 0.5])
    header, _ = stream(cfg)
    phases = np.angle(np.linalg.eigvals(header["ideal_generator"].to_numpy()))
    expected = dispersed_phases(7, (1.0, 0.25, 0.5))
    np.testing.assert_allclose(np.sort(phases), np.sort([*-expected, 0.0, *expected]), atol=1e-10)


def test_a_dispersed_law_is_nearly_kept_by_its_generator_and_not_by_the_shift():
    cfg = configured(
        {"source": "gaussian", "group": "dispersed_translation", "cyclic": True, "n": 9},
        samples=60_000,
        travel=2000.0,
        dispersion=[1.0, 1.0],
        scale=[0.8, 1.2],
    )
    ds = synthesize(cfg)
    x, generator = ds["x"].to_numpy().astype(float), ds["ideal_generator"].to_numpy()

    def third(values):
        return np.mean(values**3, axis=0)

    moved = np.abs(third(x @ generator) - third(x)).max() / np.abs(third(x)).max()
    assert moved < 0.05


def test_samples_without_any_signal_are_refused():
    cfg = configured({"source": "gaussian", "n": 5, "presence": 1e-12, "samples": 10})
    with pytest.raises(DataError, match="nothing to scale"):
        stream(cfg)


def test_a_longer_stream_needs_no_more_memory():
    def peak(count: int) -> int:
        _, chunks = stream(
            configured({"source": "gaussian", "n": 65, "group": "random_basis"}, samples=10**7)
        )
        tracemalloc.start()
        try:
            for part in itertools.islice(chunks, count):
                assert part.shape == (chunk_rows(65), 65)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    chunk = chunk_rows(65) * 65 * 4
    assert peak(8) < 1.1 * peak(2)
    assert peak(8) < 8 * chunk


def test_synthesis_loads_no_heavy_library():
    code = """
import sys
from symlens.config.lens_data import GaussianData
from symlens.lens.data import synthesize
synthesize(GaussianData(n=5, samples=10))
print(sorted({"tensorflow", "keras", "mlflow", "sklearn", "snakemake"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
