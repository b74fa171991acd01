# All a developer types: make night, make test, make check, make bench. Everything runs in .venv.
PYTHON ?= python3
BIN := .venv/bin
SAMPLE := --config data/sample/mirrorwatch.toml

.PHONY: night test check bench lock clean

night: .venv/browser
	@$(BIN)/mirrorwatch $(SAMPLE) night --seeds data/sample/seeds.txt --replay data/sample/web.warc.gz

test: check
	$(BIN)/python -m pytest

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/ready
	$(BIN)/python -m tests.bench

# The environment: pinned packages, then this checkout itself; made again when the lock or the project file changes.
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mirrorwatch needs Python 3.11 or later; name one with make PYTHON=python3.11 ...")'
	@echo "setting up .venv (about a minute)" >&2
	@$(PYTHON) -m venv .venv || { echo "no venv module: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# A browser for the pages that need one: what is found, else Playwright's own or the system's package. Without one the night goes on and says so.
.venv/browser: .venv/ready
	@$(BIN)/mirrorwatch browser --install > $@.found && mv $@.found $@ || true

lock: .venv/ready
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --output-file requirements.txt pyproject.toml

clean:
	rm -rf data/state .venv
