# Every target that people and CI use. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
# A lock names everything: nothing is left to resolve, so that no new release of anything can change what is installed.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps --only-binary :all:
PY_VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
hash = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c1-16)
RUN_STAMP := $(VENV)/.stamp-run-$(PY_VERSION)-$(call hash,requirements.txt)
TEST_STAMP := $(VENV)/.stamp-test-$(PY_VERSION)-$(call hash,requirements-test.txt)
NODE_STAMP := node_modules/.stamp-$(call hash,package-lock.json)
NODE_TEST_STAMP := node_modules/.stamp-test-$(call hash,package-lock.json)
# The packages' own node and npm come first, where the machine had none.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
PRETTIER := $(WITH_NODE) node node_modules/prettier/bin/prettier.cjs --log-level warn
WHOOSHES := whoosh-2.7.4 whoosh3
LOCKS := test node bench $(WHOOSHES)
PO_FILES := $(wildcard marketplace/translations/*/LC_MESSAGES/messages.po)
MO_FILES := $(PO_FILES:.po=.mo)
ASSET_SOURCES := $(shell find static templates -type f -not -path 'static/dist/*' 2>/dev/null) marketplace/core/assets.py
MANIFEST := static/dist/manifest.json

export FLASK_APP := app.py
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run serve test coverage format lint types who-may unit functional browser torture nightly test-whoosh bench bench-browser bench-match lock messages screenshots clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.txt | $(VENV)/bin/python
	@echo "Installing the packages of requirements.txt"
	@$(PIP_INSTALL) -r requirements.txt
	@$(BIN)/python -c "from marketplace.search import bilingual; bilingual.build()"
	@rm -f $(VENV)/.stamp-run-* && touch $@

$(TEST_STAMP): requirements-test.txt $(RUN_STAMP)
	@echo "Installing the packages of requirements-test.txt"
	@$(PIP_INSTALL) -r requirements-test.txt
	@rm -f $(VENV)/.stamp-test-* && touch $@

.venv-%/.stamp: requirements-%.txt | $(VENV)/bin/python
	@echo "Installing the packages of $<"
	@rm -rf $(@D) && $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r $<
	@touch $@

$(NODE_STAMP): package-lock.json $(RUN_STAMP)
	@echo "Installing the front-end packages of package-lock.json"
	@command -v npm >/dev/null || $(PIP_INSTALL) -r requirements-node.txt
	@$(WITH_NODE) npm ci --omit=dev --ignore-scripts --silent
	@touch $@

# `npm ci` starts from an empty folder, so that the stamp of the smaller set goes too and is set again.
$(NODE_TEST_STAMP): $(NODE_STAMP)
	@echo "Installing the formatter of package-lock.json"
	@$(WITH_NODE) npm ci --ignore-scripts --silent
	@touch $(NODE_STAMP) $@

$(MANIFEST): $(NODE_STAMP) $(ASSET_SOURCES)
	@$(BIN)/python -m marketplace.core.assets

%.mo: %.po $(RUN_STAMP)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

setup: $(RUN_STAMP) $(MANIFEST) $(MO_FILES) ## install packages, build assets and catalogues

run: setup ## serve the demonstration park on HOST:PORT, with a worker beside it
	@DOORSTEP_DEV_PAGES=$${DOORSTEP_DEV_PAGES:-1} DOORSTEP_PUBLIC_URL=http://$(HOST):$(PORT) $(BIN)/flask start --host $(HOST) --port $(PORT)

serve: setup ## serve this installation without the demonstration park
	@$(BIN)/flask db upgrade
	@DOORSTEP_PUBLIC_URL=$${DOORSTEP_PUBLIC_URL:-http://$(HOST):$(PORT)} $(BIN)/flask serve --host $(HOST) --port $(PORT)

test-tools: $(TEST_STAMP) $(NODE_TEST_STAMP) $(MANIFEST) $(MO_FILES)
	@missing=""; command -v chromium >/dev/null || missing="chromium"; \
	fc-list 2>/dev/null | grep -i 'NotoSansCJK\|Noto Sans CJK' >/dev/null || missing="$$missing fontconfig fonts-noto-cjk fonts-noto-core"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $$missing"; apt-get update -qq; \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		else echo "The browser tests need this once: sudo apt-get install$$missing"; exit 1; fi; \
	fi

format: $(TEST_STAMP) $(NODE_TEST_STAMP) ## lay out Python, templates, CSS and JavaScript
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djhtml --tabwidth 2 templates
	@$(PRETTIER) --write static/css static/js

lint: $(TEST_STAMP) $(NODE_TEST_STAMP) ## style, import and layout checks
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/djhtml --check --tabwidth 2 templates
	@$(PRETTIER) --check static/css static/js

types: $(TEST_STAMP) ## type checks
	@$(BIN)/mypy --no-error-summary

who-may: $(TEST_STAMP) $(MANIFEST) $(MO_FILES) ## put the table of who may what in order and write docs/who-may.md
	@$(BIN)/python -m tests.functional.who_may

test: test-tools lint types ## all checks: style, types, unit, functional, browser, architecture
	@$(BIN)/pytest -n 2 --dist loadfile

coverage: test-tools ## how much of the lines and branches the tests come through: all tests, slower by half
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term

unit: test-tools ## unit and architecture tests only
	@$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/architecture

functional: test-tools ## journeys through forms and pages, without a browser
	@$(BIN)/pytest -n 2 --dist loadfile tests/functional

browser: test-tools ## journeys in Chromium
	@$(BIN)/pytest tests/browser

torture: test-tools ## the long kill and load runs
	@DOORSTEP_KILLS=100 $(BIN)/pytest --timeout 1800 tests/reliability

nightly: test-tools ## what takes minutes: a small run of the benches
	@$(BIN)/pytest -m nightly tests

test-whoosh: $(TEST_STAMP) $(WHOOSHES:%=.venv-%/.stamp) ## the index's contract tests on the other Whooshes too
	@for name in $(WHOOSHES); do \
		folder='import sysconfig; print(sysconfig.get_path("purelib"))'; \
		$(BIN)/python -c "$$folder" > "$$(.venv-$$name/bin/python -c "$$folder")/product.pth"; \
		.venv-$$name/bin/python -c 'import whoosh; print("Whoosh", whoosh.versionstring(), whoosh.__file__)'; \
		.venv-$$name/bin/python -m pytest -p no:cacheprovider -m index_contract tests/unit/search; done

bench: $(TEST_STAMP) $(MANIFEST) $(MO_FILES) .venv-bench/.stamp ## speed, growth and memory, with 10,000 and 100,000 listings, beside other engines
	@$(BIN)/python -m tests.bench $(PARKS:%=--parks %)

bench-browser: $(TEST_STAMP) $(MANIFEST) $(MO_FILES) ## the pages in Chromium with 100,000 listings, both widths, into docs/benchmarks.md
	@$(BIN)/python -m tests.bench.browser $(PARKS:%=--parks %)

bench-match: $(TEST_STAMP) $(MO_FILES) ## quality of search and matching beside plain BM25, into docs/benchmarks.md
	@$(BIN)/python -m tests.bench.quality

screenshots: test-tools ## pictures of every page at both widths, in screenshots/
	@$(BIN)/pytest tests/browser

messages: $(TEST_STAMP) ## take new texts into the catalogues
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k _n:1,2 -k N_ --no-location --sort-output --omit-header -o build/messages.pot .
	@$(BIN)/pybabel --quiet update -i build/messages.pot -d marketplace/translations -l zh_Hans --no-fuzzy-matching --ignore-obsolete

lock: ## resolve requirements*.in into the locks (needs uv)
	@for name in requirements $(LOCKS:%=requirements-%); do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile $$name.in --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-emit-find-links --quiet -o $$name.txt; done
	@npm install --package-lock-only --ignore-scripts --silent

clean: ## remove what set-up made, keep the instance
	@rm -rf $(VENV) .venv-* node_modules static/dist build screenshots .coverage .pytest_cache .mypy_cache .ruff_cache
