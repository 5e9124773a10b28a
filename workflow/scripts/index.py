"""Pages of all studies -> the page that a person opens."""

from symlens.index import write_index
from symlens.stage import running

with running(snakemake.log[0], snakemake.threads):
    write_index(snakemake.input.pages, snakemake.input.overviews, snakemake.output.page)
