# Everything runs in .venv, with the exact versions of the lock files: requirements.lock has what it
# takes to run a course, requirements-dev.lock all of that and what developers use. For another
# interpreter (3.11 or later) in another folder: make test-fast PYTHON=python3.12 VENV=.venv-3.12

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
COURSE := $(VENV)/.course
DEVELOPER := $(VENV)/.developer
SCANNER := $(VENV)/.scanner
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --custom-compile-command 'make lock'

# Some tests wait for other processes, so two cores are busy with three of pytest's. A process gets
# its tests in a row, and so makes few fixtures that another one has; who is done takes from others.
PYTEST := $(BIN)/python -m pytest --numprocesses 3 --dist worksteal

# Tests start the kit hundreds of times; compiled once, it starts faster.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test test-fast coverage nightly lint bench site wheel messages lock clean

setup: $(DEVELOPER)

# pip installs uv, and uv installs the rest in less than half of the time that pip would take. A
# course imports a quarter of what is installed, and Python compiles that when it is first needed;
# for developers, everything is compiled.
$(COURSE): requirements-uv.lock requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'make: Python 3.11 or later is needed; name it with PYTHON=...' >&2; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPER): $(COURSE) requirements-dev.lock
	$(INSTALL) --compile-bytecode --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(COURSE)
	$(BIN)/grader demo

test: setup
	$(PYTEST)

# For use while you work, and for other versions of Python: a minute on two cores. No test that takes
# more than a quarter of a second of processor time, or more than a second with all its cases, and
# none that needs a browser or a server.
test-fast: setup
	$(PYTEST) --ignore tests/attacks --ignore tests/browser -m 'not cluster and not postgresql and not slow'

# Takes an hour: all mistakes and mutants again, fifty kills, all attacks in one batch, long fuzzing,
# and a scanner at the desk.
nightly: setup $(SCANNER)
	$(BIN)/grader build --check --prove
	FUZZ=40 GRADER_KILLS=50 GRADER_MESSY=all GRADER_FIGURES=all \
	  $(PYTEST)
	$(BIN)/python scripts/scan_desk.py $(VENV)/scanner/bin/wapiti

# What the scanner of the desk asks for does not agree with what we ask for, so it lives apart.
$(SCANNER): $(DEVELOPER) requirements-scan.lock
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/scanner
	$(BIN)/uv pip install --quiet --python $(VENV)/scanner/bin/python \
	  --require-hashes -r requirements-scan.lock
	@touch $@

# All tests once more, and the share of our lines that they run. Measuring makes them half as fast.
coverage: setup
	rm -rf .coverage
	$(BIN)/coverage run -m pytest --numprocesses 3 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

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

# Run it after you change sentences that are translated. NEW=fr starts a translation into French.
messages: setup
	$(BIN)/python scripts/messages.py $(NEW)

# Run it after you change dependencies.
lock: setup
	$(LOCK) --all-extras --group dev --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --extra course --extra desk --group build --constraint requirements-dev.lock \
	  --output-file requirements.lock pyproject.toml
	echo uv | $(LOCK) --output-file requirements-uv.lock -
	echo wapiti3 | $(LOCK) --output-file requirements-scan.lock -

clean:
	rm -rf .venv .venv-* site dist .mypy_cache .pytest_cache .ruff_cache demo
