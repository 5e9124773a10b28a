"""All tables and figures -> one page."""

from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    pass
