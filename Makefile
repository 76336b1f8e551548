# Everything a developer types. Each target sets up what it needs, from Python, make and git alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --require-virtualenv
PATHS := server/lakewright tests benchmarks
.DEFAULT_GOAL := help
.PHONY: help demo test check format pins benchmarks clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp ## watch a simulated Claude think, read this code base and explain a file of it
	@$(BIN)/lakewright explain --sandbox server/lakewright/agent/loop.py

test: $(VENV)/dev.stamp ## every test, on loopback only
	@$(BIN)/python -m pytest -q -n auto

check: $(VENV)/dev.stamp ## lint, format, types, layers, tables of the documents
	@$(BIN)/ruff check --quiet $(PATHS)
	@$(BIN)/ruff format --quiet --check $(PATHS)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -q tests/project
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run; else echo "skipped: shellcheck is not installed"; fi
	@echo "check: all good"

format: $(VENV)/dev.stamp ## put the code into its one format, and the tables into the README
	@$(BIN)/ruff check --quiet --fix $(PATHS); $(BIN)/ruff format --quiet $(PATHS)
	@$(BIN)/python tests/project/tables.py

benchmarks: $(VENV)/dev.stamp ## measure speed as ratios; prints tables, judges nothing
	@$(BIN)/python benchmarks/stream.py
	@$(BIN)/python benchmarks/start.py
	@$(BIN)/python benchmarks/edits.py

pins: $(VENV)/dev.stamp ## choose newest versions for the pinned requirement files (needs uv on the path)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build --group dev --group editors -c requirements-dev.txt -o requirements-editors.txt

clean: ## remove the virtual environment and every cache
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Lakewright needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/editors.stamp: $(VENV)/dev.stamp requirements-editors.txt
	@$(PIP) install --require-hashes -r requirements-editors.txt
	@touch $@
