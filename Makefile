# Everything runs in .venv, with the exact versions of requirements.lock.
# PYTHON may name any interpreter from 3.11 on: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup demo test nightly lint bench site messages lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'make: Python 3.11 or later is needed; name it with PYTHON=...' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/grader demo

test: setup
	$(BIN)/python -m pytest --numprocesses 2

# What takes an hour: every mistake and mutant again, fifty kills, every attack in one batch, long fuzzing.
nightly: setup
	$(BIN)/grader build --check --prove
	FUZZ=40 GRADER_KILLS=50 GRADER_MESSY=all \
	  $(BIN)/python -m pytest --numprocesses 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

bench: setup
	$(BIN)/python benchmarks/throughput.py

site: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

wheel: setup
	$(BIN)/hatchling build --target wheel

# After a change of sentences; with NEW=fr it begins a translation into French.
messages: setup
	$(BIN)/python scripts/messages.py $(NEW)

# After a change of dependencies: uv is used for this alone, so it is not among them.
lock:
	uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) site dist .mypy_cache .pytest_cache .ruff_cache demo
