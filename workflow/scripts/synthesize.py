"""Samples of one experiment -> data.nc."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.wildcards.study).synthesize(
        snakemake.params.settings,
        snakemake.output.data,
        experiment=snakemake.wildcards.experiment,
    )
