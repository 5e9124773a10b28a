#!/usr/bin/env bash
# Run by snakemake --use-conda inside the environment it has just built from environment.yml,
# in the folder of the Snakefile: the jobs there import this checkout's package.
set -euo pipefail
python -m pip install --quiet --no-deps --no-build-isolation --editable ..
