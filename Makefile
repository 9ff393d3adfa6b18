# Every target works from a fresh clone: it makes what it needs first (.venv, from the lock).
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# Thousands of short processes start in the tests: each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
CATALOGCTL := $(BIN)/catalogctl
SETUP := tools/setup

.PHONY: help site pr-check serve test lint format golden lock dist bench clean install dev

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

site: install ## Build the catalog into public/ (BASE_URL=… for absolute links)
	@$(CATALOGCTL) build --catalog catalog --out public $${BASE_URL:+--base-url "$$BASE_URL"}

serve: install ## Preview the catalog, rebuilt as files change
	@$(CATALOGCTL) serve --catalog catalog

pr-check: install ## Check a branch as CI does (BASE=origin/main)
	@status=0; \
	$(CATALOGCTL) validate --catalog catalog || status=$$?; \
	$(CATALOGCTL) diff --catalog catalog --base "$${BASE:-origin/main}" \
		$${ACTOR:+--actor "@$$ACTOR"} || status=$$?; \
	exit $$status

test: lint ## Run every check and every test
	@$(SETUP)/packages.sh
	@$(SETUP)/npm.sh
	@$(SETUP)/spaceone-clients.sh
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

lint: dev ## Check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(SETUP)/biome.sh ci site
	@$(SETUP)/tsc.sh --project .

format: dev ## Put all code into the one layout
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(SETUP)/biome.sh check --write site

golden: dev ## Accept what the golden tests find; review the diff
	@GOLDEN=accept $(BIN)/python -m pytest -q -k golden

lock: ## Write the lock anew (UPGRADE=--upgrade: newest versions)
	@$(SETUP)/venv.sh lock
	@.venv/uv/bin/uv pip compile pyproject.toml --group dev --generate-hashes --universal \
		--python-version 3.11 --no-header --quiet $(UPGRADE) -o requirements-dev.txt
	@.venv/bin/python $(SETUP)/runtime_lock.py requirements-dev.txt > requirements.txt
	@.venv/bin/python $(SETUP)/runtime_lock.py --further requirements-dev.txt securesystemslib tuf > requirements-trust.txt

dist: dev ## Build wheel, sdist and npm package (TAG=v…: refuse others)
	@TAG="$${TAG:-}" $(SETUP)/dist.sh

bench: dev ## Time catalogctl and its peers (ONLY="build change": some rows)
	@$(BIN)/python -m benchmarks.run $(BENCH) $${ONLY:+--only $$ONLY}

clean: ## Remove everything that make made
	rm -rf public .public.before .venv dist dist-npm .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache benchmarks/.work
	find tools tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@$(SETUP)/venv.sh runtime

dev:
	@$(SETUP)/venv.sh dev
