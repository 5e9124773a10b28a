"""The jobs of a configuration as Snakemake plans them, without Snakemake around them.

`python tasks.py CONFIG FOLDER FILE` writes them down, in an order in which they can be done.
"""

import pickle
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Task:
    """A job: what its script finds as ``snakemake``."""

    rule: str
    script: str
    input: Any
    output: Any
    params: Any
    wildcards: Any
    log: Any
    threads: int
    resources: Any
    config: dict[str, Any]

    @property
    def kind(self):
        """Rule, study and, of trainings, method: tasks of a kind go the same way."""
        named = dict(self.wildcards.items())
        keys = ("study", "method") if self.rule == "train" else ("study",)
        return " ".join([self.rule, *(named[key] for key in keys if key in named)])

    @property
    def name(self):
        return f"{self.rule} {' '.join(map(str, self.wildcards))}".strip()

    def run(self):
        """Run the script in this process."""
        code = compile(Path(self.script).read_text(), self.script, "exec")
        exec(code, {"snakemake": self, "__name__": "__main__"})


def planned(config, folder):
    """The jobs of a configuration that have a script, each after those it needs.

    Always in the same order: what a trial of a number strikes depends on it.
    """
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import (
        ConfigSettings,
        OutputSettings,
        Quietness,
        ResourceSettings,
    )

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[Path(config)]),
            snakefile=ROOT / "workflow" / "Snakefile",
            workdir=Path(folder),
        )
        workflow.dag().execute_workflow(executor="dryrun")
        levels = list(workflow._workflow.dag.toposorted())
    jobs = [
        job
        for level in levels
        for job in sorted(level, key=lambda job: (job.rule.name, *map(str, job.output)))
        if job.rule.script
    ]
    return [
        Task(
            job.rule.name,
            str(ROOT / "workflow" / "rules" / job.rule.script),
            job.input._plainstrings(),
            job.output._plainstrings(),
            job.params,
            job.wildcards,
            job.log._plainstrings(),
            job.threads,
            SimpleNamespace(gpu=job.resources.gpu),
            job.rule.workflow.globals["config"],
        )
        for job in jobs
    ]


def planned_elsewhere(config, folder, file):
    """The same, found in a process of its own: Snakemake leaves its threads and loggers there."""
    import subprocess

    command = [sys.executable, __file__, str(config), str(folder), str(file)]
    subprocess.run(command, check=True, cwd=folder)
    return pickle.loads(file.read_bytes())


if __name__ == "__main__":
    import tasks  # so that what is pickled has a module to be found in

    Path(sys.argv[3]).write_bytes(pickle.dumps(tasks.planned(*sys.argv[1:3])))
