# symlens: every command a person needs. All that is wanted beforehand: make, and Python 3.11 to 3.13
# with venv. Each command first brings .venv into step with the lock file, if it is not.
#
#   PYTHON=python3.12 make run    another interpreter          make run GPU=1    TensorFlow for CUDA
#   make run CONFIG=config/paper.yaml ARGS="--cores 8"         (GPU=0 goes back; the choice is kept)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The interpreter and the kind of TensorFlow of the last time hold until others are named.
PYTHON ?= $(or $(wildcard $(BIN)/python),python3)
GPU ?= $(if $(wildcard $(VENV)/gpu),1,0)
LOCK := $(if $(filter 1,$(GPU)),requirements-gpu.lock,requirements.lock)
CONFIG ?=
ARGS ?=
FILES ?= tests
RESOLVE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
	--extra workflow --extra dev pyproject.toml

.PHONY: help run report test test-cluster test-faults lint format bench speed lock install clean

help:  ## what can be said to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@sed -n 's/^#   /  /p' Makefile

SNAKEMAKE = $(BIN)/snakemake --cores all $(if $(CONFIG),--configfile $(CONFIG))
# A training takes the accelerator; how many there are stands in the profile.
ON_GPU = $(if $(filter 1,$(GPU)),--set-resources train:gpu=1)

run: install  ## learn the symmetries of config/config.yaml (or CONFIG=...) into results/
	@$(SNAKEMAKE) $(ON_GPU) $(ARGS)

report: install  ## Snakemake's own report of the last run: results/report.html
	@$(SNAKEMAKE) --report results/report.html $(ARGS)

test: install  ## all tests, types and a miniature real run of the workflow (FILES=tests/unit ARGS="-x")
	@$(BIN)/python -m mypy
	@$(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(FILES) $(ARGS)

test-cluster: install  ## the workflow on a SLURM cluster of this machine's own (as root; installs SLURM)
	@bash workflow/scripts/slurm.sh
	@$(BIN)/python -m pytest -m cluster tests/workflow/test_cluster.py $(ARGS)

TRIALS ?= 200
INPUTS ?= 100000
WRITERS ?= 32
test-faults: install  ## jobs killed, starved, misled at random; nonsense as input (TRIALS=200 INPUTS=100000)
	@rm -rf build/faults && mkdir -p build/faults
	@$(BIN)/python tests/faults/trials.py --config tests/faults/all.yaml --trials $(TRIALS) --workers 2 \
	  --folder build/faults/trials > build/faults/trials.jsonl || \
	  { grep -v '"wrong": \[\]' build/faults/trials.jsonl; exit 1; }
	@$(BIN)/python tests/faults/fuzz.py --inputs $(INPUTS)
	@SYMLENS_WRITERS=$(WRITERS) $(BIN)/python -m pytest -q tests/unit/test_tracking_session.py -k at_once

lint: install  ## style, types, and the workflow's own linters
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/snakefmt --check workflow
	@$(BIN)/snakemake --lint

format: install  ## bring all files into the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format . ; $(BIN)/snakefmt workflow

bench: install  ## all methods side by side on config/bench.yaml (or CONFIG=...), timed: build/bench
	@rm -rf build/bench && mkdir -p build/bench
	@$(BIN)/snakemake --cores all --directory build/bench --quiet all $(ON_GPU) \
	  --configfile $(abspath $(or $(CONFIG),config/bench.yaml)) $(ARGS)
	@$(BIN)/python workflow/scripts/bench.py build/bench/results

speed: install  ## `fast` beside the official schedule, one core: build/speed/speed.csv
	@mkdir -p build/speed
	@OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 \
	  $(BIN)/python workflow/scripts/speed.py build/speed $(ARGS)

lock: install  ## resolve the lock files and environment.yml anew from pyproject.toml (UPGRADE=1: newest)
	@$(RESOLVE) --extra cpu --output-file requirements.lock
	@$(RESOLVE) --extra gpu --constraints requirements.lock --output-file requirements-gpu.lock
	@$(BIN)/python workflow/scripts/environment.py

install:  ## bring .venv into step with the lock file (every command does so by itself)
	@bash workflow/scripts/install.sh "$(PYTHON)" "$(VENV)" "$(LOCK)" "$(GPU)"

clean:  ## remove the environment and every result
	@rm -rf $(VENV) results .snakemake build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
