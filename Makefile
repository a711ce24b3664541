# install, run, test, bench: all that a bare machine with git, make and Python 3.11 needs.
PYTHON ?= python3
BIN = .venv/bin
STATE = .postiche

.PHONY: install run test lint bench lock
install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

run: install
	$(BIN)/postiche serve --demo --database-url sqlite:///$(STATE)/postiche.db --api-key-file $(STATE)/api-key

test: lint
	$(BIN)/pytest -q -n auto

lint: install
	$(BIN)/ruff check && $(BIN)/ruff format --check
	$(BIN)/mypy

bench: install
	$(BIN)/python -m bench

lock:
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --quiet -o requirements.lock
