# Everything runs in virtual environments of its own; nothing is needed but python3 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help

.PHONY: help install demo test check format docs bench compat wheel clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 12

$(VENV)/.base: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt "pip>=25.1" setuptools  # older ones know no --group
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.demo: $(VENV)/.base
	$(PIP) install --quiet --constraint constraints.txt --group demo
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(PIP) install --quiet --constraint constraints.txt --group dev
	@touch $@

install: $(VENV)/.base ## Install trimtab into .venv (leaves .venv/bin/trimtab)

demo: $(VENV)/.demo ## Play recorded sessions through the gateway with real SDKs; no key, no network
	$(BIN)/python -m examples.demo

test: $(VENV)/.dev ## Run the tests
	$(BIN)/python -m pytest

check: $(VENV)/.dev ## Formatter, linter, strict types, import contract, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml
	$(BIN)/python -m trimtab.cli.docs --check

format: $(VENV)/.dev ## Format the code and fix what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Write the generated pages and README tables anew
	$(BIN)/python -m trimtab.cli.docs
	$(BIN)/python -m benchmarks.tables

bench: $(VENV)/.dev ## Run the benchmarks that need no peers; results go to benchmarks/results
	$(BIN)/python -m benchmarks

compat: $(VENV)/.dev ## Run the clients and peers that have pins of their own, each in its venv
	$(BIN)/python -m benchmarks.compat

wheel: $(VENV)/.dev ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## Remove what was built
	rm -rf .venv .venv-* build dist *.egg-info src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
