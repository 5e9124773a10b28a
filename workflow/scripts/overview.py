"""All experiments of a study -> one picture."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.wildcards.study).overview(
        snakemake.params.titles,
        snakemake.input.data,
        snakemake.input.runs,
        snakemake.input.evaluations,
        snakemake.output.png,
    )
