"""Scores of all experiments of a study -> a table."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.wildcards.study).tabulate(
        snakemake.input.evaluations, snakemake.output[0]
    )
