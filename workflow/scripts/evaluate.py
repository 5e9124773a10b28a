"""The run files of all seeds -> evaluation.nc."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.wildcards.study).evaluate(
        snakemake.params.settings,
        snakemake.input.runs,
        snakemake.input.data,
        snakemake.output.evaluation,
        experiment=snakemake.wildcards.experiment,
        method=snakemake.wildcards.method,
    )
