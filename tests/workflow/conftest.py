"""A copy of the checkout, in which snakemake runs as a person runs it."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
import xarray as xr

ROOT = Path(__file__).resolve().parents[2]
MINI = "tests/workflow/mini.yaml"
FOREIGN = ("PYTHONPATH", "MLFLOW_TRACKING_URI", "PYTEST_ADDOPTS", "GIT_DIR")


def files_of_the_checkout():
    """Tracked files and new ones that are not ignored, those that are there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@dataclass
class Checkout:
    """A copy of the checkout to run in.

    Parameters
    ----------
    path : Path
    """

    path: Path

    @property
    def environment(self):
        clean = {key: value for key, value in os.environ.items() if key not in FOREIGN}
        return clean | {"OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(self.path / ".cache")}

    def command(self, *arguments, config=MINI, cores=2):
        chosen = ["--configfile", config] if config else []
        base = [sys.executable, "-m", "snakemake", "--cores", str(cores), "--nocolor", *chosen]
        return [*base, *arguments]

    def snakemake(self, *arguments, config=MINI, cores=2, code=0, **environment):
        """Run to the end and give what it said; fails unless it ends with ``code``."""
        done = subprocess.run(
            self.command(*arguments, config=config, cores=cores),
            check=False,
            cwd=self.path,
            env=self.environment | environment,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=900,
        )
        logs = "\n".join(
            f"--- {log}\n{log.read_text()[-3000:]}"
            for log in self.path.glob("results/logs/**/*.log")
        )
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{logs}"
        return done.stdout

    def planned(self, *arguments, config=MINI):
        """Jobs that a dry run would do: rule -> how many."""
        said = self.snakemake("--dry-run", "--quiet", "host", *arguments, config=config)
        if "Job stats:" not in said:
            return {}
        table = said.split("Job stats:")[1].split("total")[0].splitlines()
        rows = [line.split() for line in table if len(line.split()) == 2]
        return {rule: int(count) for rule, count in rows if count.isdigit()}

    def start(self, *arguments, config=MINI, cores=2):
        """Start in a process group of its own."""
        with (self.path / "started.log").open("w") as log:
            return subprocess.Popen(
                self.command(*arguments, config=config, cores=cores),
                cwd=self.path,
                env=self.environment,
                start_new_session=True,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
            )

    def wait_for_training(self, process, ready):
        """The process of a training, once ``ready()`` says that the moment is there."""
        for _ in range(6000):
            assert process.poll() is None, (self.path / "started.log").read_text()
            for child in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if " ".join(child.cmdline()).endswith(".train.py") and ready(child):
                        return child
            time.sleep(0.05)
        raise AssertionError("no training began")

    def copy(self, target):
        """A copy of its own, with all results."""
        return copy_checkout(target, self.path)

    def edit(self, name, text):
        with (self.path / name).open("a") as file:
            file.write(text)

    def unfinished(self):
        """Experiments whose runs are still open in the tracking store."""
        from symlens.tracking.store import Settings, opened

        path = self.path / "results/tracking.json"
        with opened(path, Settings.read(path)) as store:
            found = store.client.search_runs(
                [store.experiment("lens")], "attributes.status = 'RUNNING'"
            )
            return [run.data.tags.get("experiment") for run in found]

    def runs(self):
        return sorted(self.path.glob("results/lens/*/*/seed-*/run.nc"))


def copy_checkout(target, results=None):
    for name in files_of_the_checkout():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    if results is not None:
        for folder in ("results", ".snakemake"):
            shutil.copytree(results / folder, target / folder)
    return Checkout(target)


def arrays(path):
    with xr.open_dataset(path) as ds:
        return ds.load()


@pytest.fixture(scope="session")
def same():
    """Whether two run files hold the same arrays, bit by bit, but for the time they took."""

    def compare(path, other):
        a, b = arrays(path).drop_vars("seconds", errors="ignore"), arrays(other)
        return all(
            np.array_equal(a[name], b[name], equal_nan=a[name].dtype.kind == "f")
            for name in a.variables
        )

    return compare


@pytest.fixture(scope="session")
def copied():
    """A function that makes a fresh copy without results in a folder."""
    return copy_checkout


@pytest.fixture
def checkout(tmp_path):
    """A fresh copy without results."""
    return copy_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A copy in which the miniature has been run once; read only, see ``done``."""
    copy = copy_checkout(tmp_path_factory.mktemp("finished") / "checkout")
    copy.said = copy.snakemake()
    return copy


@pytest.fixture
def done(finished, tmp_path):
    """A copy of its own of the finished miniature."""
    return finished.copy(tmp_path / "checkout")
