# make serve | make demo | make dev | make test | make nightly | make dates | make check | make bench | make bench-full | make chaos | make load | make scale | make soak      (docs/operate.md and docs/develop.md say more)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app trainer.app

# Each of the hundreds of processes that tests start would compile the app anew.
unexport PYTHONDONTWRITEBYTECODE

# One more than there are cores: many tests wait for a server, a browser or a disk.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.PHONY: serve demo dev test nightly dates check pythons bench bench-full chaos load scale soak checks documents sbom wheel release format lint types contracts templates messages content migrations size lock clean

serve: $(VENV)/ready
	@exec $(FLASK) serve

# A made-up firm with two years behind it, to look at with `make serve`.
demo: $(VENV)/ready
	@$(FLASK) seed demo --password

dev: $(VENV)/ready-dev
	@TRAINER_DEVELOPMENT=1 $(FLASK) setup
	@TRAINER_DEVELOPMENT=1 exec $(FLASK) run --debug --host 127.0.0.1 --port $${PORT:-8000}

# Without databases, servers, a browser and what else takes long: make test UNIT=1
test: $(VENV)/ready-dev node_modules/.ready
	@$(BIN)/python -m pytest -n $(WORKERS) -q --randomly-seed=1 $(if $(UNIT),-m "not database and not browser and not slow") $(COVERAGE)

# All pages in all looks, all tests on both databases, more random histories, races and forms.
nightly: $(VENV)/ready-dev node_modules/.ready
	@TRAINER_TEST_EVERYTHING=1 TRAINER_TEST_HISTORIES=1000 TRAINER_ROUNDS=50 $(BIN)/python -m pytest -n auto -q

# All tests on twelve days, in three time zones, two hours in all: ONLY=2028-02 make dates
dates: $(VENV)/ready-dev node_modules/.ready
	@$(BIN)/python -m tests.dates -n $(WORKERS)

check: $(VENV)/ready-dev node_modules/.ready
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint types contracts templates content migrations size
	@$(MAKE) --no-print-directory test COVERAGE="--cov --cov-report="

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

# How large everything is, beside its budgets in pyproject.toml.
size: $(VENV)/ready-dev
	@$(BIN)/python -m tests.size

lint: $(VENV)/ready-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

# Lays out code and templates; where a template's lines break is up to whoever writes it.
format: $(VENV)/ready-dev
	@$(BIN)/ruff format . && $(BIN)/python -m tests.templates

types: $(VENV)/ready-dev
	@$(BIN)/mypy

contracts: $(VENV)/ready-dev
	@$(BIN)/lint-imports

templates: $(VENV)/ready-dev
	@$(BIN)/djlint --lint --quiet trainer && $(BIN)/python -m tests.templates --check

# Every text that a reader sees, for translators, and the catalogs of the languages there are: what is new in them
# waits for its translation. Run it again once a catalog is translated. Content has its own folder.
messages: $(VENV)/ready-dev
	@cd trainer && ../$(BIN)/pybabel --quiet extract --mapping-file ../pyproject.toml --keywords _l --no-location \
	  --project "Would you recognize it?" --output-file translations/messages.pot .
	@$(BIN)/pybabel --quiet update --input-file trainer/translations/messages.pot --output-dir trainer/translations \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120
	@$(BIN)/pybabel --quiet compile --directory trainer/translations --statistics

content: $(VENV)/ready-dev
	@$(FLASK) content check

migrations: $(VENV)/ready-dev
	@folder=$$(mktemp -d) && TRAINER_INSTANCE=$$folder $(FLASK) setup >/dev/null && TRAINER_INSTANCE=$$folder $(FLASK) db check; status=$$?; rm -rf $$folder; exit $$status

# Beside a bare app, nginx, SQLite alone and pgbench; in two minutes: QUICK=1 make bench
bench: $(VENV)/ready-dev
	@$(BIN)/python -m tests.bench

bench-full: $(VENV)/ready-dev
	@TRAINER_BENCH_FULL=1 $(BIN)/python -m tests.bench

# A thousand kills under load on each database, and every test of faults in full: KILLS=100 make chaos
chaos: $(VENV)/ready-dev
	@$(BIN)/python -m tests.chaos

# Journeys of 50 learners on SQLite and 200 on PostgreSQL, ten minutes each: SECONDS=60 make load
load: $(VENV)/ready-dev
	@$(BIN)/python -m tests.load

# What pages and jobs cost with 10,000 and 100,000 learners, in a database of its own: FULL=1 DATABASE=SQLite make scale
scale: $(VENV)/ready-dev
	@$(BIN)/python -m tests.load.scale

# Twenty requests a second for an hour: MINUTES=5 make soak
soak: $(VENV)/ready-dev
	@$(BIN)/python -m tests.load.soak

checks: $(VENV)/ready-dev
	@$(BIN)/python -m tests.checks

# docs/asvs.md and docs/access.md, from what tests and pages say of themselves.
documents: $(VENV)/ready-dev
	@$(BIN)/python -m tests.documents

# What the app is made of, as CycloneDX: sbom.json. The tool has an environment of its own.
sbom: requirements.lock
	@$(PYTHON) -m venv .venvs/sbom && .venvs/sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	@.venvs/sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file sbom.json requirements.lock

# What `pip install` takes: program, content and migrations in one file, dist/trainer-VERSION-py3-none-any.whl.
wheel: $(VENV)/ready-dev
	@$(BIN)/python -m hatchling build -t wheel

# Numbers, commits and tags what CHANGELOG.md has under "Unreleased": make release VERSION=1.2.0
release: $(VENV)/ready-dev
	@$(BIN)/python -m tests.release $(VERSION)

# Upgrades all packages, or one: make lock PACKAGE=flask
lock: $(VENV)/made
	@$(BIN)/python -m pip install --quiet pip-tools
	@$(BIN)/pip-compile $(LOCK) $(call UPGRADE,requirements.lock) --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile $(LOCK) $(call UPGRADE,requirements-dev.lock) --extra dev --output-file requirements-dev.lock pyproject.toml

LOCK := --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header
# A package to upgrade is added to a lock that doesn't hold it, so it is named only to one that does.
UPGRADE = $(if $(PACKAGE),$(if $(shell grep -i "^$(PACKAGE)==" $(1)),--upgrade-package $(PACKAGE)),--upgrade)

clean:
	rm -rf $(VENV) node_modules

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make serve PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# pip would compile what it installs on one core. What a Python can't compile, nobody imports there.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --no-deps
COMPILE := { $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true; }

$(VENV)/ready: requirements.lock | $(VENV)/made
	@echo "Installing the locked packages (about twenty seconds)"
	@$(INSTALL) -r requirements.lock && $(COMPILE)
	@touch $@

# For a service that can't write here: it would compile the app anew at each start.
$(VENV)/compiled: $(VENV)/ready $(shell find trainer -name '*.py')
	@$(BIN)/python -m compileall -q trainer
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	@echo "Installing the locked packages that tests need"
	@$(INSTALL) -r requirements-dev.lock && $(COMPILE)
	@touch $@

# axe, the HTML validator and jose for tests; without npm those tests say that they could not run.
node_modules/.ready: package.json
	@if command -v npm >/dev/null; then echo "Installing axe, the HTML validator and jose"; npm ci --ignore-scripts --silent --no-audit --no-fund; fi
	@mkdir -p node_modules && touch $@
