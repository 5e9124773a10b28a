"""Samples -> run.nc: one training."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads, snakemake.resources.gpu):
    studies.get(snakemake.wildcards.study).train(
        snakemake.params.settings,
        snakemake.input.data,
        snakemake.output.run,
        experiment=snakemake.wildcards.experiment,
        method=snakemake.wildcards.method,
        seed=int(snakemake.wildcards.seed),
        tracking=snakemake.input.tracking,
        checkpoints=snakemake.params.checkpoints,
        library=snakemake.params.library,
    )
