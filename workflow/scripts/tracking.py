"""The tracking store, made before any training writes to it -> tracking.json."""

from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    from symlens import tracking

    tracking.initialise(snakemake.output[0], **snakemake.config["tracking"])
