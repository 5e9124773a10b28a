"""Scores and figures -> the tracked runs they belong to; a note of it."""

from symlens import studies
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    import json

    from symlens.store import replacing

    seeds = studies.get(snakemake.wildcards.study).publish(
        snakemake.params.settings,
        snakemake.input.evaluation,
        snakemake.input.figures,
        experiment=snakemake.wildcards.experiment,
        method=snakemake.wildcards.method,
        tracking=snakemake.input.tracking,
    )
    with replacing(snakemake.output[0]) as temporary:
        temporary.write_text(json.dumps({"seeds": seeds}) + "\n", encoding="utf-8")
