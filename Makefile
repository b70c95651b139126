# Everything runs in .venv, which the first target that needs it makes with $(PYTHON).
#   make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
GROUND := $(DEMO)/nation/geography
EXPLORE := $(BIN)/hyperlocal explore $(DEMO)/results --boundaries $(GROUND)/lsoa21_boundaries.parquet \
	--postcodes $(GROUND)/ONSPD.csv --places $(GROUND)/IPN_GB.csv

.DEFAULT_GOAL := help
.PHONY: help demo explore test bench docs lint fmt setup clean explorer
.NOTPARALLEL:

help:
	@echo "make demo    make up a nation and build its Hyper-local Need; results in $(DEMO)/results"
	@echo "make explore open the explorer of the demo in a browser"
	@echo "make test    run all tests"
	@echo "make bench   measure speed and memory beside other ways to do the same work"
	@echo "make docs    build the documentation into build/docs"
	@echo "make lint    check format, style, types and the direction of imports"
	@echo "make fmt     put the code into the standard format"
	@echo "make setup   only make $(VENV), with all that the targets above need"
	@echo "make clean   remove $(VENV) and everything that was built"

demo: $(VENV)/installed-run explorer
	@$(BIN)/hyperlocal synthesise --areas 2000 --seed 1 --out $(DEMO)/nation
	@$(BIN)/hyperlocal correspondences hyperlocal-need-2025 --data $(DEMO)/nation
	@$(BIN)/hyperlocal build hyperlocal-need-2025 --data $(DEMO)/nation --out $(DEMO)/results --top 20
	@$(BIN)/hyperlocal quality $(DEMO)/results
	@echo
	@echo "Open the explorer with: make explore, which is"
	@echo "$(EXPLORE)"

explore: $(VENV)/installed-run explorer
	@$(EXPLORE)

# The explorer is built where there is Node.js; without it all else works.
explorer: $(VENV)/made
	@$(BIN)/python explorer/build_explorer.py

test: $(VENV)/installed-dev explorer
	@if [ -d explorer/node_modules ]; then npm test --silent --prefix explorer; \
		else echo "The explorer's own tests are left out: they need Node.js." >&2; test -z "$$HYPERLOCAL_CI"; fi
	@$(BIN)/python -m pytest -n auto --dist loadgroup

bench: $(VENV)/installed-bench
	@$(BIN)/python -m benchmarks

# The two variables only silence what the theme and a plugin say about MkDocs 2.
docs: export NO_MKDOCS_2_WARNING := 1
docs: export DISABLE_MKDOCS_2_WARNING := true
docs: $(VENV)/installed-dev
	@$(BIN)/python -m mkdocs build --strict --quiet

lint: $(VENV)/installed-dev explorer
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@if [ -d explorer/node_modules ]; then npm run check --silent --prefix explorer; \
		else echo "The explorer's sources are not checked: that needs Node.js." >&2; test -z "$$HYPERLOCAL_CI"; fi

fmt: $(VENV)/installed-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@if [ -d explorer/node_modules ]; then npm run format --silent --prefix explorer; fi

setup: $(VENV)/installed-dev $(VENV)/installed-bench

clean:
	rm -rf $(VENV) explorer/node_modules src/hyperlocal/explorer/assets build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One file in .venv says that it is made, one more for each set of packages that is in it.
$(VENV)/installed-run: EXTRAS :=
$(VENV)/installed-dev: EXTRAS := [dev,docs]
$(VENV)/installed-bench: EXTRAS := [bench]

$(VENV)/installed-%: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing packages into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".$(EXTRAS)"
	@touch $@

$(VENV)/made:
	@"$(PYTHON)" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'hyperlocal needs Python 3.11 or newer with its venv module, and "$(PYTHON)" is not that.' \
			'On Debian or Ubuntu: apt install python3-venv.' \
			'Another Python can be named: make PYTHON=python3.12' >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@
