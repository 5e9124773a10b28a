"""Trials: a job is struck at a random moment, then done again; nothing may differ in the end.

`python trials.py --trials 200` disturbs jobs of a configuration one by one. In the folder as it was
before the job, the job is begun, struck, and done again as Snakemake would do it. A trial fails if

* the job said that it succeeded and its files are not those of an undisturbed run, byte by byte;
* a file of it was there in part, whatever it said;
* the second attempt fails, or its files differ;
* a file is left over, or a tracked run is still open, or a curve has lost a step.

One trial in ten goes on with all jobs that come after. A process that has imported everything
forks itself for each attempt. Clocks that measure durations are set still, the date is fixed.
"""

import argparse
import collections
import filecmp
import itertools
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

os.environ |= {
    "SOURCE_DATE_EPOCH": "1700000000",
    "MPLBACKEND": "agg",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
os.environ.pop("MLFLOW_TRACKING_URI", None)

import injuries
import numpy as np
from server import Server
from tasks import ROOT, planned_elsewhere

sys.path.insert(0, str(ROOT))

TO_THE_END = 0.1  # share of the trials that go on; drawn, so that it befalls jobs of every kind
LIMIT = 120.0  # processor seconds after which an attempt hangs, and
LOOK = 0.004  # seconds between two looks at it, of which it gets
LOOKS = 60_000
HUNG = -1000
LOST = "record lost"
CUT = "killed while writing"
SERVED = 0.3  # share of the trials of trainings and records that write to a tracking server
QUICK = ("tracking", "synthesize", "train", "evaluate", "tabulate")
"""Rules of jobs that draw nothing."""
GENTLE = ("clock jumps",)
"""What a job must not even notice."""


def everything():
    """Import all that a job may ask for, so that a forked one starts at once."""
    import importlib
    import pkgutil

    import matplotlib.pyplot as plt
    import mlflow.server
    import mlflow.store.tracking.sqlalchemy_store  # noqa: F401

    import symlens

    for module in pkgutil.walk_packages(symlens.__path__, "symlens."):
        if not module.name.endswith("__main__") and "jax" not in module.name:
            importlib.import_module(module.name)
    from symlens import clocks, provenance

    plt.close("all")
    provenance.code_version()  # known from now on, whatever is committed meanwhile
    for clock in ("wall", "processor"):
        setattr(clocks, clock, itertools.count(0.0, 0.5).__next__)


@dataclass
class End:
    """How an attempt ended."""

    code: int  # negative: the signal
    seconds: float
    events: int
    struck: bool
    said: str


class Bench:
    """A folder in which one job after the other is disturbed.

    Parameters
    ----------
    folder : Path
    config : Path
    quick : bool
        Whether to leave out what draws.
    """

    def __init__(self, folder, config, *, quick):
        folder.mkdir(parents=True)
        self.folder = folder
        self.place = injuries.Place.made(folder / "place")
        self.work = self.place.path
        self.tasks = planned_elsewhere(config, self.work, folder / "tasks")
        if quick:
            self.tasks = [task for task in self.tasks if task.rule in QUICK]
        shutil.rmtree(self.work / ".snakemake", ignore_errors=True)
        everything()
        self.ends = []
        for index, task in enumerate(self.tasks):
            shutil.copytree(self.work, self.snapshot(index), symlinks=True)
            end = self.attempt(task)
            if end.code:
                raise SystemExit(f"{task.name}, undisturbed: exit {end.code}\n{end.said}")
            self.ends.append(end)
        shutil.copytree(self.work, self.snapshot(len(self.tasks)), symlinks=True)

    def snapshot(self, index):
        """The folder before a job of an undisturbed run."""
        return self.folder / "before" / str(index)

    def restore(self, index):
        """The folder as it was before a job."""
        for item in self.work.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()
        shutil.copytree(self.snapshot(index), self.work, symlinks=True, dirs_exist_ok=True)

    def attempt(self, task, injury=None):
        """Do a job in a process of its own, as Snakemake does: its files are removed before."""
        for output in map(str, task.output):
            (self.work / output).parent.mkdir(parents=True, exist_ok=True)
            (self.work / output).unlink(missing_ok=True)
        for log in map(str, task.log):
            (self.work / log).parent.mkdir(parents=True, exist_ok=True)
        said, counted = self.folder / "said", self.folder / "counted"
        counted.write_text("")
        pid = os.fork()
        if pid == 0:
            self._child(task, injury, said, counted)
        moment = injury.seconds if injury else None
        hung = False
        for look in itertools.count():
            gone, status, usage = os.wait4(pid, os.WNOHANG)
            if gone:
                break
            spent = injuries.processor_seconds(pid) or 0.0
            if moment is not None and spent >= moment:
                os.kill(pid, injury.signal)
                moment = None
            if not hung and (spent > LIMIT or look > LOOKS):
                os.kill(pid, signal.SIGKILL)
                hung = True
            time.sleep(LOOK)
        told = json.loads(counted.read_text() or "{}")
        return End(
            HUNG if hung else os.waitstatus_to_exitcode(status),
            usage.ru_utime + usage.ru_stime,
            told.get("events", 0),
            injury is not None
            and (moment is None if injury.seconds is not None else told.get("struck", True)),
            said.read_text(errors="replace"),
        )

    def _child(self, task, injury, said, counted):
        """The attempt itself; never returns."""
        code = 98
        try:
            descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            note = os.open(counted, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.chdir(self.work)
            events = injuries.Events()
            if injury is not None and injury.event is not None:
                events.at, events.strike = injury.event, injury.strike
            try:
                task.run()
                code = 0
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else 97
            except BaseException:  # noqa: BLE001 - whatever it is, it is judged
                traceback.print_exc()
                code = 99
            struck = injury is not None and injury.event is not None and events.strike is None
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            os.write(note, json.dumps({"events": events.count, "struck": struck}).encode())
        finally:
            os._exit(code)


@dataclass
class Injury:
    """What happens to a job, and when.

    Parameters
    ----------
    what : str
    strike : callable or None
        Done in the job's process.
    event : int or None
        The number of the event at which.
    seconds : float or None
        Or the processor seconds, and then only a ``signal``.
    """

    what: str
    strike: object = None
    event: int | None = None
    seconds: float | None = None
    signal: int = signal.SIGKILL

    def __str__(self):
        when = f"event {self.event}" if self.event is not None else f"{self.seconds:.3f} s"
        return f"{self.what} at {when}"


def drawn(rng, bench, index, server):
    """A random injury of a job at a random moment."""
    task, end, place = bench.tasks[index], bench.ends[index], bench.place
    after = bench.snapshot(index + 1)
    size = max(1, (after / str(next(iter(task.output)))).stat().st_size)
    netcdf = [bench.work / str(file) for file in task.input if str(file).endswith(".nc")]
    megabyte = 1 << 20
    kinds = {
        "killed": injuries.killed,
        "terminated": injuries.terminated,
        CUT: lambda: injuries.killed_while_writing(int(rng.integers(size))),
        "out of memory": lambda: injuries.out_of_memory(int(rng.integers(0, 24 * megabyte))),
        "disk full": lambda: place.fill(int(rng.integers(0, 96 * 1024))),
        "read only": place.protect,
        "clock jumps": lambda: injuries.clock_jumps(float(rng.uniform(-3e8, 3e8))),
    }
    if task.rule in ("tracking", "train", "publish"):
        how = ["removed", "nonsense"][int(rng.integers(2))]
        kinds[LOST] = lambda: injuries.record_lost(bench.work / "results/mlflow", how)
    if netcdf:
        which = netcdf[int(rng.integers(len(netcdf)))]
        kinds["input truncated"] = lambda: injuries.truncated(which, float(rng.uniform()))
    what = list(kinds)[int(rng.integers(len(kinds)))]
    if what in ("killed", "terminated") and rng.uniform() < 0.4:
        number = signal.SIGKILL if what == "killed" else signal.SIGTERM
        return Injury(what, seconds=float(rng.uniform(0.0, end.seconds)), signal=number)
    first = 1 if what in (CUT, "input truncated") and rng.uniform() < 0.5 else None
    event = first or int(rng.integers(1, end.events + 1))
    if what == LOST and server is not None:
        return Injury("server lost", server.lose, event=event)
    return Injury(what, kinds[what], event=event)


def trial(bench, rng, number):
    """One trial: what was done, and everything that is wrong."""
    kinds = collections.defaultdict(list)
    for index, task in enumerate(bench.tasks):
        kinds[task.kind].append(index)
    own = kinds[list(kinds)[number % len(kinds)]]
    index = own[int(rng.integers(len(own)))]
    task = bench.tasks[index]
    bench.restore(index)
    served = task.rule in ("train", "publish") and rng.uniform() < SERVED
    server = Server(bench.work / "results") if served else None
    injury = drawn(rng, bench, index, server)
    wrong = []

    first = bench.attempt(task, injury)
    bench.place.mend()
    wrong += _after_the_first(bench, task, index, injury, first)
    if server is not None:
        server.end()
        server.start()
    if injury.what == LOST:
        injuries.record_lost(bench.work / "results/mlflow", "removed")  # as the message asks for
    for file in map(str, task.input):
        if file.endswith(".nc"):
            shutil.copy2(bench.snapshot(index) / file, bench.work / file)
    second = bench.attempt(task)
    if second.code:
        wrong.append(f"the second attempt ends with {second.code}: {second.said[-600:]}")
    if server is not None:
        server.end()
        server.give_back()
    last = len(bench.tasks) if rng.uniform() < TO_THE_END else index + 1
    for later in bench.tasks[index + 1 : last]:
        end = bench.attempt(later)
        if end.code:
            wrong.append(f"{later.name} ends with {end.code}: {end.said[-600:]}")
    wrong += _in_the_end(bench, last, injury)
    return {
        "trial": number,
        "task": task.name,
        "injury": str(injury) + (", recorded by a server" if served else ""),
        "struck": first.struck,
        "first": first.code,
        "wrong": wrong,
    }


def _after_the_first(bench, task, index, injury, end):
    """What a disturbed attempt must not have left."""
    for output in map(str, task.output):
        there, right = bench.work / output, bench.snapshot(index + 1) / output
        if end.code == 0 and not there.exists():
            yield f"it succeeded without {output}"
        elif there.exists() and not filecmp.cmp(there, right, shallow=False):
            yield f"{output} is there and wrong (exit {end.code})"
    if end.code and injury.what in GENTLE:
        yield f"it ends with {end.code}: {end.said[-600:]}"
    lines = [line for line in end.said.splitlines() if line.startswith("symlens: ")]
    if end.code in (1, 2) and len(lines) != 1 and injury.what != "out of memory":
        yield f"exit {end.code} with {len(lines)} lines: {end.said[-600:]}"
    if end.code in (HUNG, 97, 98, 99) and injury.what != "out of memory":
        yield f"exit {end.code}: {end.said[-900:]}"


def _in_the_end(bench, last, injury):
    """What must be as after an undisturbed run."""
    right = bench.snapshot(last)
    for folder, theirs in ((right, bench.work), (bench.work, right)):
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder)
            if file.is_dir() or _changes(name):
                continue
            other = theirs / name
            if not other.is_file():
                yield f"{name} is {'missing' if folder == right else 'left over'}"
            elif folder == right and not filecmp.cmp(file, other, shallow=False):
                yield f"{name} differs"
    lost = injury.what in (LOST, "server lost")
    yield from _in_the_record(bench.work, right, lost=lost)


def _changes(name):
    """What differs from run to run: logs, and the record, which is looked at by itself."""
    parts = name.parts
    return parts[:2] == ("results", "logs") or (
        parts[:2] == ("results", "mlflow") and "published" not in parts
    )


def _in_the_record(here, right, *, lost):
    """No run open; every training's curve whole."""
    now, then = _record(here), _record(right)
    if now is None:
        if then is not None:
            yield "the record is not there"
        return
    for name, status, _ in now:
        if status == "RUNNING":
            yield f"run {name} is still open"
    if lost or then is None:
        return
    finished = {name: curve for name, status, curve in now if status == "FINISHED"}
    for name, status, curve in then:
        if status == "FINISHED" and finished.get(name) != curve:
            yield f"run {name}: {len(finished.get(name, ()))} values recorded, not {len(curve)}"


def _record(folder):
    """Name, status and values of every tracked run, as begun, from the database itself."""
    database = folder / "results/mlflow/mlflow.db"
    if not database.exists():
        return None
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "select run_uuid, name, status from runs order by name, rowid"
        ).fetchall()
        values = collections.defaultdict(list)
        for run, key, step, value in connection.execute(
            "select run_uuid, key, step, value from metrics order by key, step, value"
        ):
            values[run].append((key, step, value))
    except sqlite3.DatabaseError:
        return []
    finally:
        connection.close()
    return [(name, status, values[run]) for run, name, status in rows]


def shared(given, arguments):
    """Give the trials to several processes, and tell what they tell."""
    own = [*arguments, "--workers", "1", "--step", str(given.workers)]
    folders = [given.folder / str(worker) for worker in range(given.workers)]
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, *own, "--first", str(worker), "--folder", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for worker, folder in enumerate(folders)
    ]
    for process in processes:
        yield from (json.loads(line) for line in process.stdout)
        if process.wait():
            raise SystemExit("a process that does trials ended too soon")


def one_by_one(given):
    """Do every ``step``-th trial from the first one on."""
    bench = Bench(given.folder.resolve(), given.config.resolve(), quick=given.quick)
    for number in range(given.first, given.trials, given.step):
        rng = np.random.default_rng(np.random.SeedSequence(given.seed, spawn_key=(number,)))
        yield trial(bench, rng, number)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1, help="every which trial is done here")
    parser.add_argument("--workers", type=int, default=1, help="processes that do trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="no job that draws")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("mini.yaml"))
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    found = one_by_one(given) if given.workers == 1 else shared(given, sys.argv[1:])
    wrong, kinds = 0, collections.Counter()
    for told in found:
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        wrong += bool(told["wrong"])
        kinds[told["injury"].split(" at ")[0]] += 1
    if given.step == 1:
        sys.stderr.write(f"{wrong} of {kinds.total()} trials went wrong: {dict(kinds)}\n")
    sys.exit(bool(wrong) and given.step == 1)


if __name__ == "__main__":
    main()
