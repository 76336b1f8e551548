# Everything a developer types. Each target sets up what it needs, from Python, make and git alone;
# what belongs to VS Code needs npm, too, and is left out without it (where CI is true, that fails).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --require-virtualenv
PATHS := server/lakewright tests benchmarks
CLIENT := client-vscode
NPM := cd $(CLIENT) && npm --silent
HAS_NPM := $(or $(filter true,$(CI)),$(shell command -v npm))
SKIPPED := echo "skipped: VS Code's extension, since there is no npm (Debian: apt-get install npm)"
.DEFAULT_GOAL := help
.PHONY: help demo test test-server test-editors editors check check-client format vsix screenshots pins benchmarks clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run.stamp ## watch a simulated Claude think, read this code base and explain a file of it
	@$(BIN)/lakewright explain --sandbox server/lakewright/agent/loop.py

test: $(VENV)/editors.stamp ## every test, on loopback only; installs the editors, and says what
	@$(MAKE) --no-print-directory -j 2 test-server editors
	@$(MAKE) --no-print-directory test-editors

test-server: $(VENV)/dev.stamp ## those of the server and the program: without Node, browser or editor
	@$(BIN)/python -m pytest -q -n auto --ignore tests/editors

test-editors: editors $(if $(HAS_NPM),vsix) ## those with real editors: VS Code, Neovim, Helix, Emacs
	@$(if $(HAS_NPM),$(NPM) test,$(SKIPPED))
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup tests/editors

editors: $(VENV)/editors.stamp
	@cd tests && ../$(BIN)/python -m editors.programs

check: $(VENV)/editors.stamp $(if $(HAS_NPM),check-client) ## lint, format, types, layers, tables of the documents
	@$(BIN)/ruff check --quiet $(PATHS)
	@$(BIN)/ruff format --quiet --check $(PATHS)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -q tests/project
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run; else echo "skipped: shellcheck is not installed"; fi
	@$(if $(HAS_NPM),,$(SKIPPED))
	@echo "check: all good"

check-client: $(CLIENT)/node_modules/.stamp
	@$(NPM) run check

format: $(VENV)/dev.stamp ## put the code into its one format, and the tables into the README
	@$(BIN)/ruff check --quiet --fix $(PATHS); $(BIN)/ruff format --quiet $(PATHS)
	@$(BIN)/python tests/project/tables.py
	@$(BIN)/python tests/project/extension_settings.py

vsix: $(CLIENT)/node_modules/.packaged ## package the VS Code extension, with the server in it

screenshots: $(VENV)/editors.stamp vsix ## take the README's pictures anew, in a real VS Code
	@cd tests && ../$(BIN)/python -m editors.programs vscode
	@$(BIN)/python -m pytest -q -n 0 tests/editors/vscode/test_pictures.py --pictures $(CLIENT)/pictures

benchmarks: $(VENV)/editors.stamp ## measure speed as ratios; prints tables, judges nothing
	@$(BIN)/python benchmarks/stream.py
	@$(BIN)/python benchmarks/start.py
	@$(BIN)/python benchmarks/edits.py
	@$(BIN)/python benchmarks/lsp.py
	@$(BIN)/python benchmarks/extension.py

pins: $(VENV)/dev.stamp ## choose newest versions for the pinned requirement files (needs uv on the path)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build -o requirements.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build --group dev --group editors -c requirements-dev.txt -o requirements-editors.txt

clean: ## remove the virtual environment, what was installed for the editors, and every cache
	@rm -rf $(VENV) .editors artifacts build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@rm -rf $(CLIENT)/node_modules $(CLIENT)/dist $(CLIENT)/wheel $(CLIENT)/*.vsix tests/editors/vscode/node_modules

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

$(CLIENT)/node_modules/.stamp: $(CLIENT)/package-lock.json
	@echo "Installing what packages VS Code's extension into $(CLIENT)/node_modules (once, half a minute) ..."
	@cd $(CLIENT) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT)/node_modules/.packaged: $(CLIENT)/node_modules/.stamp $(VENV)/run.stamp README.md \
  $(shell find $(CLIENT) server/lakewright -type f -not -path '*/node_modules/*' -not -path '$(CLIENT)/dist/*' \
  -not -path '$(CLIENT)/wheel/*' -not -path '$(CLIENT)/test/*' -not -name '*.vsix' -not -name '*.pyc')
	@rm -f $(CLIENT)/*.vsix
	@$(NPM) run package
	@touch $@
