"""One training at a time, under a key of all that decides its result."""

import pytest

from symlens import tracking
from symlens.jobs import checkpoint_key, training


@pytest.fixture
def files(tmp_path):
    data = tmp_path / "data.nc"
    data.write_bytes(b"data")
    note = tmp_path / "tracking.json"
    tracking.initialise(note, enabled=False)
    return data, note


def begin(files, checkpoints, seed=1):
    data, note = files
    return training(
        {"n": 3},
        str(data),
        study="lens",
        experiment="one",
        method="fast",
        seed=seed,
        tracking=str(note),
        checkpoints=str(checkpoints),
        library="0f",
    )


def test_the_key_changes_with_settings_seed_data_and_code(files):
    data, _ = files
    keys = {checkpoint_key({"n": 3}, 1, data, "0f")}
    keys.add(checkpoint_key({"n": 4}, 1, data, "0f"))
    keys.add(checkpoint_key({"n": 3}, 2, data, "0f"))
    keys.add(checkpoint_key({"n": 3}, 1, data, "f0"))
    data.write_bytes(b"other data")
    keys.add(checkpoint_key({"n": 3}, 1, data, "0f"))
    assert len(keys) == 5


def fail_after(act, *args):
    act(*args)
    raise ZeroDivisionError


def test_checkpoints_stay_after_a_failure_and_go_with_success(files, tmp_path):
    folder = tmp_path / "checkpoints" / "seed-1"
    with pytest.raises(ZeroDivisionError), begin(files, folder) as job:
        fail_after(job.checkpoint.write_text, "half")
    with begin(files, folder) as job:
        assert job.checkpoint.read_text() == "half"
        assert (job.origin.study, job.origin.seed) == ("lens", 1)
    assert list(folder.parent.iterdir()) == []
