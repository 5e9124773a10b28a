#!/usr/bin/env bash
# Run by `snakemake --use-conda` inside the environment it has just built from environment.yml:
# the jobs there import this checkout's package. SYMLENS_ROOT is set by the Snakefile.
set -euo pipefail
python -m pip install --quiet --no-deps --no-build-isolation --editable "${SYMLENS_ROOT:-.}"
