PYTHON ?= python3
LAB_ARGS ?=
BIN := .venv/bin
LIBRARY := $(addprefix tests/,data exercises/test_judge.py fund models oracle plots scoring staking \
  test_eras.py test_metamodel.py world)
PYTEST := $(BIN)/pytest -q -n logical
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=120

.PHONY: course quick test test-oldest build check bench claims site wheel constraints

course: .venv/.lab  ## open JupyterLab on lesson 00
	$(BIN)/numlearn lab -- $(LAB_ARGS)

quick: .venv/.dev  ## tests of the rooms you touch, as many quick ones as fit in a minute
	$(PYTEST) --touched tests

test: .venv/.dev  ## all tests, and every notebook once, unsolved and solved
	$(PYTEST) $(NBVAL) tests lessons solutions

test-oldest: .venv-oldest/.test  ## the library's tests on the oldest versions we support
	.venv-oldest/bin/pytest -q -n logical $(LIBRARY)

build: .venv/.dev  ## notebooks from their masters in solutions/
	$(BIN)/numlearn build

check: .venv/.dev  ## style, import arrows, and the five rules of every lesson
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports
	$(BIN)/numlearn build --check

bench: .venv/.dev  ## the performance table: each line a ratio measured in one run
	for file in $(filter-out benchmarks/semester.py,$(wildcard benchmarks/[a-z]*.py)); do $(BIN)/python $$file || exit 1; done

claims: .venv/.dev  ## what the closed loop says of the claims, over eight seeds
	$(BIN)/python tests/claims/claims_suite.py

site: .venv/.dev  ## .cache/site/html: solved lessons, pages and the reference, to read offline
	$(BIN)/python docs/make_site.py

wheel: .venv/.dev  ## dist/numlearn-*.whl, with data and lessons inside
	$(BIN)/pip wheel -q --no-deps -w dist .

constraints: .venv/.dev  ## note the versions that are installed now
	$(BIN)/pip freeze --exclude-editable > constraints.txt

.venv/.lab .venv/.dev: .venv/.%: pyproject.toml constraints.txt
	@$(PYTHON) .ci/python_is_fit.py
	$(PYTHON) -m venv .venv && $(BIN)/pip install -q -c constraints.txt -e '.[$*]'
	touch $@

.venv-oldest/.test: pyproject.toml
	$(PYTHON) -m venv .venv-oldest && .venv-oldest/bin/pip install -q uv
	.venv-oldest/bin/uv pip install -q --python .venv-oldest --resolution lowest-direct -e '.[test]'
	touch $@
