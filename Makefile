# make serve | make demo | make dev | make test | make nightly | make check | make bench | make bench-full      (README.md says more)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app trainer.app

.PHONY: serve demo dev test nightly check pythons bench bench-full checks lint types contracts templates content migrations lock clean

serve: $(VENV)/ready
	@exec $(FLASK) serve

# A made-up firm with two years behind it, to look at with `make serve`.
demo: $(VENV)/ready
	@$(FLASK) seed demo --password

dev: $(VENV)/ready-dev
	@TRAINER_DEVELOPMENT=1 $(FLASK) setup
	@TRAINER_DEVELOPMENT=1 exec $(FLASK) run --debug --host 127.0.0.1 --port $${PORT:-8000}

test: $(VENV)/ready-dev node_modules/.ready
	@$(BIN)/python -m pytest -n auto --dist loadgroup -q

# All pages in all looks, all tests on both databases, more random histories.
nightly: $(VENV)/ready-dev node_modules/.ready
	@TRAINER_TEST_EVERYTHING=1 TRAINER_TEST_HISTORIES=1000 $(BIN)/python -m pytest -n auto --dist loadgroup -q

check: $(VENV)/ready-dev node_modules/.ready lint types contracts templates content migrations test

# The unit suite on the other Pythons that this machine has.
pythons: $(VENV)/ready-dev
	@for version in 3.11 3.12 3.13; do \
	  if $(BIN)/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$version')" 2>/dev/null; then continue; fi; \
	  other=""; for one in python$$version $$HOME/.pyenv/versions/$$version.*/bin/python3; do \
	    if $$one -c "import venv" 2>/dev/null; then other=$$one; break; fi; done; \
	  if [ -z "$$other" ]; then echo "Python $$version: not on this machine"; continue; fi; \
	  echo "Python $$version"; \
	  $$other -m venv .venvs/$$version && \
	  .venvs/$$version/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock && \
	  .venvs/$$version/bin/python -m pytest -n auto -q -m "not browser and not postgres" --ignore tests/journeys/test_races.py || exit 1; \
	done

lint: $(VENV)/ready-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/ready-dev
	@$(BIN)/mypy

contracts: $(VENV)/ready-dev
	@$(BIN)/lint-imports

templates: $(VENV)/ready-dev
	@$(BIN)/djlint --lint --quiet trainer

content: $(VENV)/ready-dev
	@$(FLASK) content check

migrations: $(VENV)/ready-dev
	@folder=$$(mktemp -d) && TRAINER_INSTANCE=$$folder $(FLASK) setup >/dev/null && TRAINER_INSTANCE=$$folder $(FLASK) db check; status=$$?; rm -rf $$folder; exit $$status

bench: $(VENV)/ready-dev
	@$(BIN)/python -m tests.bench

bench-full: $(VENV)/ready-dev
	@TRAINER_BENCH_FULL=1 $(BIN)/python -m tests.bench

checks: $(VENV)/ready-dev
	@$(BIN)/python -m tests.checks

lock: $(VENV)/made
	@$(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile $(LOCK) --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK) --extra dev --output-file requirements-dev.lock pyproject.toml

LOCK := --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

clean:
	rm -rf $(VENV) node_modules

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make serve PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/ready: requirements.lock | $(VENV)/made
	@echo "Installing the locked packages (about half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@echo "Installing the locked packages that tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# axe and the HTML validator for the browser tests; without npm those tests say that they could not run.
node_modules/.ready: package.json
	@if command -v npm >/dev/null; then echo "Installing axe and the HTML validator"; npm ci --ignore-scripts --silent --no-audit --no-fund; fi
	@mkdir -p node_modules && touch $@
