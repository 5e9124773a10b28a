"""Samples, runs and scores of an experiment and method -> its figures."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.params.study).draw(
        snakemake.params.settings,
        snakemake.input.data,
        snakemake.input.runs,
        snakemake.input.evaluation,
        snakemake.output.png,
    )
