"""Scores at all points of a sweep -> its figure and its tables."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    studies.get(snakemake.wildcards.study).collect(
        snakemake.params.sweep,
        snakemake.input.evaluations,
        snakemake.output.png,
        snakemake.output.points,
        snakemake.output.effects,
    )
