"""Where a result comes from."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from symlens import provenance
from symlens.provenance import Provenance, attributes, code_version, config_hash, source_hash


def test_hash_ignores_key_order_and_sees_every_value():
    config = {"a": 1, "b": {"c": [1.5, None], "d": True}}
    assert config_hash(config) == config_hash({"b": {"d": True, "c": [1.5, None]}, "a": 1})
    assert re.fullmatch(r"[0-9a-f]{16}", config_hash(config))
    others = [
        {"a": 2, "b": config["b"]},
        {"a": 1, "b": {"c": [1.5, 0], "d": True}},
        {"a": 1, "b": {"c": [None, 1.5], "d": True}},
        {"a": 1},
    ]
    hashes = {config_hash(other) for other in [config, *others]}
    assert len(hashes) == 1 + len(others)


def test_hash_is_stable_between_versions():
    # Checkpoints and results are keyed by it: a change of the recipe must be meant.
    text = b'{"n":33,"noise":0.05}'
    assert config_hash({"noise": 0.05, "n": 33}) == hashlib.sha256(text).hexdigest()[:16]


def test_tuples_and_paths_hash_as_what_json_makes_of_them():
    assert config_hash({"x": (1, 2), "p": Path("a/b")}) == config_hash({"x": [1, 2], "p": "a/b"})


def test_what_has_no_place_in_a_configuration_is_refused():
    with pytest.raises(TypeError, match="set has no place"):
        config_hash({"x": {1}})


def test_attributes_name_everything_needed_to_make_a_file_again(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    found = attributes(Provenance("lens", "translation", "fast", 3, {"n": 33}))
    assert {k: found[k] for k in ("study", "experiment", "method", "seed")} == {
        "study": "lens",
        "experiment": "translation",
        "method": "fast",
        "seed": 3,
    }
    assert found["config"] == {"n": 33}
    assert found["config_hash"] == config_hash({"n": 33})
    assert found["code_version"] == code_version()
    assert {"python", "numpy", "xarray"} <= set(found["library_versions"])
    assert found["created"] == "1970-01-01T00:00:00Z"
    assert "cores" in found["device"]


def test_the_device_that_was_used_wins_over_the_processor():
    assert attributes(Provenance("lens", "a", device="some GPU"))["device"] == "some GPU"


def test_source_hash_sees_names_and_contents(tmp_path):
    def written(name, text):
        folder = tmp_path / f"{name}{len(text)}"
        folder.mkdir()
        (folder / name).write_text(text)
        return source_hash(folder)

    hashes = [written("a.py", "1\n"), written("a.py", "10\n"), written("b.py", "1\n")]
    assert len(set(hashes)) == 3


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A git repository with a package in it, taken for ours."""
    package = tmp_path / "repo" / "package"
    package.mkdir(parents=True)
    (package / "a.py").write_text("a = 1\n")

    def git(*arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", "-C", str(package.parent), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    monkeypatch.setattr(provenance, "source_hash", lambda: "0123456789ab")
    yield package, git
    code_version.cache_clear()


def test_code_version_is_the_last_commit_that_touched_the_package(repository):
    package, git = repository
    code_version.cache_clear()
    commit = git("rev-parse", "--short=9", "HEAD")
    assert code_version().endswith(f"+g{commit}")

    (package.parent / "README.md").write_text("a remark\n")
    git("add", ".")
    git("commit", "-qm", "two")
    code_version.cache_clear()
    assert code_version().endswith(f"+g{commit}")

    (package / "a.py").write_text("a = 2\n")
    code_version.cache_clear()
    assert code_version().endswith(f"+g{commit}.dirty.0123456789ab")


def test_code_version_outside_of_a_repository(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    monkeypatch.setattr(provenance, "source_hash", lambda: "0123456789ab")
    code_version.cache_clear()
    assert code_version().endswith("+src.0123456789ab")
    code_version.cache_clear()
