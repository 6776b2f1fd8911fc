# Two commands do everything: `make demo` and `make test`. The rest serves them.
PYTHON ?= python3
SERVE ?= 1
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test cover check bench lock clean

demo: $(VENV)/core.done
	$(BIN)/bodycam-review models verify
	$(BIN)/bodycam-review demo $(if $(filter 0 no false,$(SERVE)),--no-serve)

# All that CI runs: style, types, import directions, tests. A browser waits half of its time, so two share a machine.
test: $(VENV)/test.done check
	$(BIN)/python -m compileall -q review
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --ignore=tests/browser -q
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser -q

# The tests again, with the branches that they cover: measuring makes them nearly twice as slow.
cover: $(VENV)/test.done
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --ignore=tests/browser --cov --cov-report= -q
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser --cov --cov-append --cov-report=term:skip-covered -q

check: $(VENV)/test.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/test.done
	$(BIN)/python -m benchmarks

$(VENV)/core.done: requirements/core.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11 demo")'
	$(PYTHON) -m venv $(VENV) || { echo "No venv module: on Debian and Ubuntu run: apt install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.done: $(VENV)/core.done requirements/test.txt requirements/torch.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/torch.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/test.txt
	touch $@

# Exact versions with hashes, for every platform and Python from 3.11 on.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml requirements/build.in -o requirements/core.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra test --extra dask --override requirements/without.txt --no-emit-package torch --no-emit-package triton -c requirements/core.txt pyproject.toml requirements/build.in -o requirements/test.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .coverage
