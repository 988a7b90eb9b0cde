# make run    rank the levers: prints the answer, writes results/ and figures
# make test   run the tests
# Both prepare everything by themselves on a machine that has only Python 3.11 or newer.

SHELL  := /bin/sh
VENV   := .venv
BIN    := $(VENV)/bin
# Two stamps: `make run` needs the package alone, the rest also needs the developers' tools.
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/.tools
PIP    := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt
CODE   := src scripts benchmarks tests

.PHONY: run test fast lint format golden docs reference bench clean help

run: $(READY)
	@echo "==> adoptsim run experiments/rank_levers.yaml"
	@$(BIN)/adoptsim run experiments/rank_levers.yaml

test: $(TOOLS)
	@echo "==> pytest"
	@$(BIN)/python -m pytest -n 2 --dist loadfile

fast: $(TOOLS)  ## units only
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m fast

lint: $(TOOLS)  ## style, types, and documents that are up to date
	@echo "==> ruff, mypy, generated tables"
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/python scripts/odd_tables.py --check
	@$(BIN)/python scripts/files_tables.py --check
	@$(BIN)/python scripts/lever_pages.py --check
	@$(BIN)/python scripts/reference.py --check

golden: $(TOOLS)  ## write the golden files anew; look at the difference before you commit it
	@$(BIN)/python scripts/golden.py --write

docs: $(TOOLS)  ## tables generated from code; the README's output and figure from the newest quick flagship
	@$(BIN)/python scripts/odd_tables.py
	@$(BIN)/python scripts/files_tables.py
	@$(BIN)/python scripts/lever_pages.py
	@$(BIN)/python scripts/readme_flagship.py
	@$(BIN)/python scripts/explain_example.py
	@$(BIN)/python scripts/odd_checks.py

reference: $(TOOLS)  ## the full answers of results/reference/ anew: about an hour on two cores
	@$(BIN)/python scripts/reference.py

bench: $(TOOLS)  ## time and memory on this machine
	@$(BIN)/python benchmarks/model.py
	@$(BIN)/python benchmarks/per_object.py
	@$(BIN)/python benchmarks/store.py
	@$(BIN)/python benchmarks/studies.py
	@$(BIN)/python benchmarks/units.py

$(VENV)/pyvenv.cfg:
	@python=$$(sh scripts/find_python.sh) || exit 1; \
	echo "==> Making a virtual environment in $(VENV) with $$($$python --version)"; \
	$$python -m venv --clear $(VENV)

$(READY): $(VENV)/pyvenv.cfg pyproject.toml constraints.txt
	@echo "==> Installing adoptsim into $(VENV) (a minute or two, once)"
	@$(PIP) --editable .
	@touch $@

$(TOOLS): $(READY)
	@echo "==> Installing the tools for tests and style into $(VENV) (once)"
	@$(PIP) --editable ".[dev]"
	@touch $@

clean:  ## remove what was made here; results/ stays
	rm -rf $(VENV) .venv-3.12 .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n '1,3p' Makefile
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1: \2/p' Makefile
