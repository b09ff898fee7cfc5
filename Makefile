# Two commands do everything on a machine with Python 3.11 or newer:  make run  and  make test.
# They set up .venv themselves. `make check` and `make bench` are the other two. GNU make 3.81 will do.

SHELL := /bin/sh
PYTHON := $(shell for v in 3.14 3.13 3.12 3.11; do command -v python$$v >/dev/null 2>&1 && python$$v -c 'import sys' >/dev/null 2>&1 && { echo python$$v; break; }; done)
BIN := .venv/bin
TESTS ?= tests
WORKERS ?= 2

.PHONY: run test check format bench bench-understanding bench-value bench-duplicates bench-segments lock clean

run: .venv/.ready
	@$(BIN)/regulars run

test: .venv/.ready
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(TESTS)

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/regulars templates check
	@if grep -nE '(index-url|https?://|file://)' requirements.lock bench/requirements.lock bench/*/requirements.lock bench/*/*/requirements.lock; then \
	  echo "the lock files hold download addresses; make them anew with: make lock"; exit 1; fi

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv-bench/.ready
	@$(BIN)/python -m bench

# The public data is kept outside the project: REGULARS_DATA names its folder.
bench-understanding: .venv/.ready
	@$(BIN)/python -m bench.understanding

bench-value: .venv-lifetimes/.ready .venv-pymc
	@$(BIN)/python -m bench.value

bench-segments: .venv/.ready
	@$(BIN)/python -m bench.segments --plans

bench-duplicates: .venv-names/.ready
	@$(BIN)/python -m bench.duplicates

.venv/.ready: requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
	  echo "Regulars needs Python 3.11 or newer; none of python3.14 ... python3.11 was found."; exit 1; fi
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) comes without ensurepip: install the package python3-venv (or $(PYTHON)-venv) and try again."; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv-bench/.ready: .venv/.ready bench/requirements.lock
	@rm -rf .venv-bench && $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

.venv-lifetimes/.ready: .venv/.ready bench/value/requirements.lock
	@rm -rf .venv-lifetimes && $(PYTHON) -m venv .venv-lifetimes
	@.venv-lifetimes/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/value/requirements.lock
	@touch $@

# A large one, not to be had for every Python: without it, its rows are left out.
.venv-pymc: .venv/.ready bench/value/pymc/requirements.lock
	@rm -rf $@ && $(PYTHON) -m venv $@
	@$@/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/value/pymc/requirements.lock \
	  && touch $@/.ready || echo "pymc-marketing cannot be installed here (see above); its rows are left out"

.venv-names/.ready: .venv/.ready bench/duplicates/requirements.lock
	@rm -rf .venv-names && $(PYTHON) -m venv .venv-names
	@.venv-names/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/duplicates/requirements.lock
	@touch $@

# Needs uv. Names, versions and hashes only: no addresses.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock:
	$(LOCK) pyproject.toml --group dev -o requirements.lock
	$(LOCK) bench/requirements.in -o bench/requirements.lock
	$(LOCK) bench/value/requirements.in -o bench/value/requirements.lock
	$(LOCK) bench/value/pymc/requirements.in -o bench/value/pymc/requirements.lock
	$(LOCK) bench/duplicates/requirements.in -o bench/duplicates/requirements.lock

clean:
	rm -rf .venv .venv-bench .venv-lifetimes .venv-pymc .venv-names .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
