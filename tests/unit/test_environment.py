"""pyproject.toml, the lock files and environment.yml say the same."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-gpu.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def writer():
    spec = importlib.util.spec_from_file_location(
        "environment", ROOT / "workflow/scripts/environment.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked(name):
    """Requirement lines of a lock file by name; one name may have several, by marker."""
    lines = writer().pins((ROOT / name).read_text())
    found = {}
    for requirement in map(Requirement, lines):
        found.setdefault(requirement.name, []).append(requirement)
    return found


def wanted(extra):
    groups = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *groups["workflow"], *groups["dev"], *groups[extra]]
    return list(map(Requirement, lines))


def test_environment_is_written_from_the_lock():
    expected = writer().environment((ROOT / "requirements.lock").read_text())
    assert (ROOT / "environment.yml").read_text() == expected, "run: make lock"


def test_conda_gives_python_and_pip_only():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert [re.split(r"[ =]", d)[0] for d in dependencies[:-1]] == ["python", "pip"]
    assert set(dependencies[-1]) == {"pip"}
    assert len(dependencies[-1]["pip"]) == sum(map(len, locked("requirements.lock").values()))


def test_the_python_of_conda_is_supported():
    python = writer().PYTHON
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    assert f"{python}.1" in allowed


@pytest.mark.parametrize(("name", "extra"), list(zip(LOCKS, ("cpu", "gpu"), strict=True)))
def test_every_requirement_of_the_project_is_locked(name, extra):
    pins = locked(name)
    for requirement in wanted(extra):
        assert requirement.name in pins, f"{requirement} is not in {name}: run make lock"
        for pin in pins[requirement.name]:
            (version,) = pin.specifier
            assert version.version in requirement.specifier, f"{name} has {pin}: run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text()
    pins = sum(map(len, locked(name).values()))
    assert pins > 100
    assert len(re.findall(r"==.*\\\n    --hash=sha256:[0-9a-f]{64}", text)) == pins
    assert not re.search(r"://|index-url|find-links|(^|\s)/\w", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_one_tensorflow_only(name):
    """The module is in two distributions; the second installed would overwrite the first."""
    flavours = [
        pin
        for pin in [*locked(name).get("tensorflow", []), *locked(name).get("tensorflow-cpu", [])]
        if pin.marker is None or pin.marker.evaluate(dict(default_environment()))
    ]
    assert len(flavours) == 1


def test_the_gpu_lock_differs_by_tensorflow_and_cuda_only():
    cpu, gpu = map(locked, LOCKS)
    strange = {name for name in cpu.keys() ^ gpu.keys() if not name.startswith("nvidia-")}
    assert strange == {"tensorflow-cpu"}
    for name in (cpu.keys() & gpu.keys()) - {"tensorflow"}:
        assert cpu[name] == gpu[name]
