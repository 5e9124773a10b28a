"""Scores and figures of a study -> one page."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    sweeps = dict(zip(snakemake.input.sweeps, snakemake.params.sweeps, strict=True))
    studies.get(snakemake.wildcards.study).summarize(
        snakemake.params.titles,
        snakemake.input.evaluations,
        snakemake.input.figures,
        snakemake.input.overview,
        snakemake.output.page,
        **({"sweeps": sweeps} if sweeps else {}),
    )
