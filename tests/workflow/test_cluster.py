"""The whole road on a SLURM cluster: two nodes on this machine, one of them with a pretend GPU.

`make test-cluster` installs SLURM where it may and runs this; the daemons are real, the scheduler
too. It needs root, and a machine on which no cluster is configured.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
import yaml

from symlens.config import load
from symlens.plan import Plan

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("workflow")]

CONFIGURED = Path("/etc/slurm/slurm.conf")  # the executor hides SLURM_CONF from its jobs
MUNGE = Path("/run/munge")
MINE = "# Of the symlens tests; may be removed.\n"
CONF = """\
ClusterName=symlens
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobs.txt
GresTypes=gpu
NodeName=DEFAULT CPUs=2 RealMemory=60000
NodeName=gpu1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17001 Gres=gpu:1 Weight=2
NodeName=cpu1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17002 Weight=1
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
GRES = "AutoDetect=off\nNodeName=gpu1 Name=gpu Count=1 File=/dev/null\n"
PROFILE = (
    "--workflow-profile=workflow/profiles/slurm",
    "--slurm-no-account",
    "--slurm-status-command=squeue",  # there is no accounting here
    "--slurm-init-seconds-before-status-checks=1",
    "--seconds-between-status-checks=1",
    "--slurm-keep-successful-logs",
)
FEW = "cluster.yaml"


def said_by(*command):
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        pytest.fail(f"{' '.join(command)}: {done.stderr}", pytrace=False)
    return done.stdout


@dataclass
class Job:
    """A job that has ended, from the completion log: times in ISO 8601."""

    number: int
    state: str
    node: str
    start: str
    end: str


@dataclass
class Cluster:
    folder: Path

    def jobs(self):
        """Every job that has ended, by number."""
        pattern = r"JobId=(\d+) .*?JobState=(\w+) .*?StartTime=(\S+) EndTime=(\S+) NodeList=(\S+)"
        found = re.findall(pattern, (self.folder / "jobs.txt").read_text())
        return {int(i): Job(int(i), state, node, a, b) for i, state, a, b, node in found}

    def drain(self, node):
        said_by("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")


def stop(folder):
    """Stop the daemons whose notes lie in a folder, also those that a killed test left behind."""
    for file in folder.glob("*.pid"):
        with contextlib.suppress(psutil.Error, ValueError):
            process = psutil.Process(int(file.read_text()))
            if process.name() in ("slurmctld", "slurmd", "munged"):
                process.terminate()
                process.wait(timeout=30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """SLURM's daemons, up and idle."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("slurmctld", "slurmd", "munged"))):
        pytest.fail("SLURM and munge must be installed, and this be root: make test-cluster")
    if CONFIGURED.exists() and not CONFIGURED.read_text().startswith(MINE):
        pytest.fail(f"{CONFIGURED} is there already: a real cluster is not touched")
    elif CONFIGURED.exists():
        stop(Path(re.search("StateSaveLocation=(.*)/state", CONFIGURED.read_text())[1]))
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool/gpu1", "spool/cpu1"):
        (folder / name).mkdir(parents=True)
    CONFIGURED.parent.mkdir(exist_ok=True)
    CONFIGURED.write_text(MINE + CONF.format(host=socket.gethostname(), folder=folder))
    gres = CONFIGURED.with_name("gres.conf")
    gres.write_text(MINE + GRES)
    said_by("install", "-d", "-o", "munge", "-g", "munge", "-m", "755", str(MUNGE))
    mine = not any(p.name() == "munged" for p in psutil.process_iter())
    try:
        if mine:
            said_by("runuser", "-u", "munge", "--", "/usr/sbin/munged")
        said_by("/usr/sbin/slurmctld", "-c")
        for node in ("gpu1", "cpu1"):
            said_by("/usr/sbin/slurmd", "-c", "-N", node)
        for _ in range(60):
            if said_by("sinfo", "--noheader", "--Node", "--format=%T").split() == ["idle"] * 2:
                break
            time.sleep(1)
        else:
            pytest.fail((folder / "slurmctld.log").read_text())
        yield Cluster(folder)
    finally:
        stop(folder)
        if mine:
            stop(MUNGE)
        CONFIGURED.unlink()
        gres.unlink()


def wait_for(what, process, checkout):
    for _ in range(6000):
        found = what()
        if found:
            return found
        assert process.poll() is None, (checkout.path / "started.log").read_text()
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def training_at_work(folder):
    """A process of a training that has come as far as to have its checkpoint folder."""
    if not list(folder.glob("results/checkpoints/lens/*/*/seed-*.lock")):
        return None
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if words and words[-1].endswith(".train.py") and str(folder) in words[-1]:
            return process
    return None


@dataclass
class Disturbed:
    """What was left of a run in which a training was killed and then a node drained."""

    checkout: object
    plan: Plan
    drained: str
    jobs: dict

    def of(self, rule):
        """Jobs of a rule, from the names of their logs."""
        logs = (self.checkout.path / "results/logs/slurm").rglob("*.log")
        numbers = {int(log.stem) for log in logs if f"/rule_{rule}/" in str(log)}
        return [job for number, job in sorted(self.jobs.items()) if number in numbers]

    def trainings(self):
        return sum(len(group.seeds) for group in self.plan.groups())


def few(checkout):
    """Of the miniature, two trainings that may want the GPU at once: the plan of it."""
    values = yaml.safe_load((checkout.path / "tests/workflow/mini.yaml").read_text())
    del values["lens"]["sweeps"], values["lens"]["experiments"]["translation"]
    (checkout.path / FEW).write_text(yaml.safe_dump(values))
    return Plan(load(checkout.path / FEW))


@pytest.fixture(scope="module")
def undisturbed(copied, tmp_path_factory):
    """The same on one machine, begun now: its folder, and the process that works there."""
    checkout = copied(tmp_path_factory.mktemp("undisturbed") / "checkout")
    groups = few(checkout).groups()
    files = [f"results/{g.study}/{g.experiment}/{g.method}/evaluation.nc" for g in groups]
    process = checkout.start("--", *files, config=FEW, cores=1)
    yield checkout, process
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def disturbed(cluster, undisturbed, copied, tmp_path_factory):
    checkout = copied(tmp_path_factory.mktemp("cluster") / "checkout")
    plan = few(checkout)
    process = checkout.start(*PROFILE, config=FEW)
    wait_for(lambda: training_at_work(checkout.path), process, checkout).kill()
    failed = lambda: [j for j in cluster.jobs().values() if j.state != "COMPLETED"]  # noqa: E731
    wait_for(failed, process, checkout)
    cluster.drain("cpu1")
    drained = time.strftime("%Y-%m-%dT%H:%M:%S")
    code = process.wait(timeout=600)
    assert code == 0, (checkout.path / "started.log").read_text()
    return Disturbed(checkout, plan, drained, cluster.jobs())


def test_everything_completes_with_identical_results(disturbed, undisturbed, same):
    reference, process = undisturbed
    assert process.wait(timeout=600) == 0, (reference.path / "started.log").read_text()
    here = disturbed.checkout.path
    files = sorted(here.glob("results/lens/*/*/**/*.nc"))
    assert len(files) == disturbed.trainings() + len(disturbed.plan.groups())
    for file in files:
        assert same(file, reference.path / file.relative_to(here)), file
    assert (here / "results/summary.html").is_file()


def test_the_killed_training_failed_once_and_was_tried_again(disturbed):
    states = [job.state for job in disturbed.of("train")]
    assert sorted(states) == ["COMPLETED"] * disturbed.trainings() + ["FAILED"]
    assert disturbed.checkout.unfinished() == []


def test_trainings_take_the_gpu_one_after_the_other(disturbed):
    """Though the node that has it has two processors."""
    trainings = sorted(disturbed.of("train"), key=lambda job: job.start)
    assert {job.node for job in trainings} == {"gpu1"}
    assert len(trainings) > 2
    for first, second in pairwise(trainings):
        assert first.end <= second.start


def test_a_drained_node_gets_no_more_jobs(disturbed):
    before = {job.node for job in disturbed.of("synthesize")}
    assert before == {"cpu1"}, "it takes what needs no GPU"
    after = [job for job in disturbed.jobs.values() if job.start > disturbed.drained]
    assert after
    assert {job.node for job in after} == {"gpu1"}


def test_what_is_short_went_as_one_job(disturbed):
    """Evaluation, figures and record of an experiment and method; overview and page of a study."""
    plan = disturbed.plan
    samples = sum(len(plan.experiments(study)) for study in plan.studies())
    trainings = disturbed.trainings() + 1  # that which was killed
    together = len(plan.groups()) + len(plan.studies())
    tables = len(plan.studies())
    assert len(disturbed.jobs) == samples + trainings + together + tables


def test_logs_of_all_jobs_are_collected(disturbed):
    logs = [
        int(log.stem) for log in (disturbed.checkout.path / "results/logs/slurm").rglob("*.log")
    ]
    assert set(disturbed.jobs) <= set(logs)
