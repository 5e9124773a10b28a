"""Checkpoint files: atomic, owned, never half-read."""

from __future__ import annotations

import errno
import logging

import numpy as np
import pytest

from symlens.config.lens_official import OfficialSettings
from symlens.errors import FileError
from symlens.lens.official import checkpoint as checkpoints
from symlens.lens.official.checkpoint import Checkpoint, fingerprint, load, save

OWNER = "f" * 64


@pytest.fixture
def state():
    generator = np.random.default_rng(1)
    return Checkpoint(
        step=20,
        arrays={
            "model": [generator.normal(size=(3, 3)).astype(np.float32)],
            "estimator": [generator.normal(size=(k,)).astype(np.float32) for k in range(1, 13)],
        },
        recorded=np.array([9, 19]),
        history=generator.normal(size=(2, 8)),
    )


def assert_equal(one, two):
    assert one.step == two.step
    assert one.arrays.keys() == two.arrays.keys()
    for name, arrays in one.arrays.items():
        assert len(arrays) == len(two.arrays[name])
        for a, b in zip(arrays, two.arrays[name], strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.recorded, two.recorded)
    np.testing.assert_array_equal(one.history, two.history)


def test_round_trip_makes_the_folder_and_leaves_nothing_else(tmp_path, state):
    path = tmp_path / "deep" / "down" / "state.npz"
    save(path, state, OWNER)
    save(path, state, OWNER)
    assert_equal(load(path, OWNER), state)
    assert [each.name for each in path.parent.iterdir()] == ["state.npz"]


def test_a_missing_checkpoint_is_a_fresh_start(tmp_path):
    assert load(tmp_path / "none.npz", OWNER) is None


def test_another_training_is_refused(tmp_path, state):
    path = tmp_path / "state.npz"
    save(path, state, OWNER)
    with pytest.raises(FileError, match=r"state\.npz: the checkpoint belongs to another training"):
        load(path, "0" * 64)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_checkpoint_is_never_half_read(tmp_path, state, part, caplog):
    path = tmp_path / "state.npz"
    save(path, state, OWNER)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with caplog.at_level(logging.WARNING):
        assert load(path, OWNER) is None
    assert "damaged checkpoint" in caplog.text
    assert len(caplog.records) == 1


def test_a_flipped_byte_in_an_array_is_found(tmp_path, state, caplog):
    path = tmp_path / "state.npz"
    save(path, state, OWNER)
    content = bytearray(path.read_bytes())
    inside = content.index(state.arrays["model"][0].tobytes()) + 5
    content[inside] ^= 0xFF
    path.write_bytes(bytes(content))
    assert load(path, OWNER) is None
    assert "damaged checkpoint" in caplog.text


def test_a_full_disk_keeps_the_old_checkpoint(tmp_path, state, monkeypatch):
    path = tmp_path / "state.npz"
    save(path, state, OWNER)

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoints.np, "savez", full)
    with pytest.raises(FileError, match=r"state\.npz: .*No space left on device"):
        save(path, state, OWNER)
    assert_equal(load(path, OWNER), state)
    assert len(list(tmp_path.iterdir())) == 1


def test_fingerprint_knows_all_that_a_training_depends_on():
    x = np.arange(12, dtype=np.float32).reshape(4, 3)
    base = {"settings": OfficialSettings(), "cyclic": False, "seed": 1, "backend": "tensorflow"}
    other = x.copy()
    other[3, 2] += 1e-3
    prints = [
        fingerprint(x, **base),
        fingerprint(other, **base),
        fingerprint(x.reshape(3, 4), **base),
        fingerprint(x, **{**base, "settings": OfficialSettings(epochs=7)}),
        fingerprint(x, **{**base, "cyclic": True}),
        fingerprint(x, **{**base, "seed": 2}),
        fingerprint(x, **{**base, "backend": "jax"}),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(np.asfortranarray(x), **base) == prints[0]
