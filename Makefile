# Every verb sets up what it needs first; only Python 3.11+, make and apt have to be there.
PYTHON ?= python3
VENV ?= .venv
RUN = $(VENV)/bin/python -m hydrodiag

# Compiling every module anew takes seconds of every start, so bytecode is always kept, in one place.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/bytecode

# A virtual environment whose Python is gone does not count, whatever its stamps say.
ifeq ($(shell $(VENV)/bin/python -c '' 2>/dev/null && echo runs),)
$(shell rm -f $(VENV)/.installed $(VENV)/.installed-dev)
endif

# All tests run on as many cores as there are, each file on one; ARGS="..." runs some on one.
ALL_TESTS = --numprocesses logical --maxprocesses 4 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help dev migrate superuser init-data test test-rag browser screenshots lint format check bench lock

help:  ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 14

dev: $(VENV)/.installed  ## set everything up and start it at http://localhost:8501
	@exec $(RUN) dev

migrate: $(VENV)/.installed  ## bring the database to the newest schema
	@exec $(RUN) migrate

superuser: $(VENV)/.installed  ## create an administrator
	@exec $(RUN) superuser

init-data: $(VENV)/.installed  ## write the demo fleet and its history, once
	@exec $(RUN) init-data

test: $(VENV)/.installed-dev browser  ## set everything up and run all tests
	@exec $(VENV)/bin/pytest $(or $(ARGS),$(ALL_TESTS))

test-rag: $(VENV)/.installed-dev  ## manuals from upload to answer, as an example to read
	@exec $(VENV)/bin/pytest tests/examples/test_rag.py -s -q

screenshots: $(VENV)/.installed-dev browser  ## pictures of every page into docs/img/
	@exec $(VENV)/bin/python -m tests.screenshots $(ARGS)

browser:
	@$(PYTHON) -m tests.chromium

lint: $(VENV)/.installed-dev  ## style, types and import rules
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.installed-dev  ## rewrite the code in the house style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

check: lint  ## what the gate checks besides the tests

bench: $(VENV)/.installed-dev  ## measure against peers and limits
	@exec $(VENV)/bin/python -m benchmarks

lock: $(VENV)/.installed-dev  ## pin the requirements of the requirements
	$(VENV)/bin/uv pip compile --quiet --no-annotate --no-header --python-version 3.11 --output-file requirements.lock requirements.txt
	$(VENV)/bin/uv pip compile --quiet --no-annotate --no-header --python-version 3.11 --output-file requirements-dev.lock requirements-dev.txt

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -m hydrodiag.bootstrap $(VENV) requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock requirements.lock
	@$(PYTHON) -m hydrodiag.bootstrap $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.installed
