"""One training at a time, under a key of all that decides its result."""

import pytest

from symlens import tracking
from symlens.jobs import checkpoint_key, training


@pytest.fixture
def files(tmp_path):
    data, code = tmp_path / "data.nc", tmp_path / "code.py"
    data.write_bytes(b"data")
    code.write_bytes(b"code")
    note = tmp_path / "tracking.json"
    tracking.initialise(note, None, [("lens", "one")], enabled=False)
    return data, code, note


def begin(files, checkpoints, seed=1):
    data, code, note = files
    return training(
        {"n": 3},
        str(data),
        study="lens",
        experiment="one",
        method="fast",
        seed=seed,
        tracking=str(note),
        checkpoints=str(checkpoints),
        library=[str(code)],
    )


def test_the_key_changes_with_settings_seed_data_and_code(files):
    data, code, _ = files
    keys = {checkpoint_key({"n": 3}, 1, data, [str(code)])}
    keys.add(checkpoint_key({"n": 4}, 1, data, [str(code)]))
    keys.add(checkpoint_key({"n": 3}, 2, data, [str(code)]))
    code.write_bytes(b"other code")
    keys.add(checkpoint_key({"n": 3}, 1, data, [str(code)]))
    data.write_bytes(b"other data")
    keys.add(checkpoint_key({"n": 3}, 1, data, [str(code)]))
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
