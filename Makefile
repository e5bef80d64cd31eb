# One word per task; `make` alone lists them.
BIN := .venv/bin
UV := $(shell command -v uv || echo .tools/uv/bin/uv)
# A test that hangs shows where all threads stand and ends the run.
PYTEST := $(BIN)/python -m pytest -o faulthandler_timeout=300 -o faulthandler_exit_on_timeout=true

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types imports web pytest unit integration format lock wheel clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: ## install everything into this checkout, start nothing
	@bash tools/bootstrap.sh

run: setup ## start the demo: server, broker, a small province, three virtual stations
	@$(BIN)/loa demo

test: setup ## install what the tests need and run every check and test
	@bash tools/system_packages.sh
	@$(MAKE) --no-print-directory --keep-going lint types imports web unit integration

lint: ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: ## mypy, strict
	$(BIN)/mypy

imports: ## import contracts between the layers
	$(BIN)/lint-imports

web: ## checks and tests of the web parts
	@$(BIN)/python tools/build_web.py --check

pytest: unit integration ## every test

unit: ## tests that start no program: on all cores at once
	@$(PYTEST) -n auto -m "not integration"

integration: ## tests of real programs and of sound, one after another
	@$(PYTEST) -m integration

format: ## let ruff write the format and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## resolve requirements.lock anew; hashes, no address of any index
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-package loa-agent --no-header \
		requirements-dev.in server/pyproject.toml device_agent/pyproject.toml \
		-o requirements.lock

wheel: setup ## wheels of both distributions into dist/
	cd device_agent && ../$(BIN)/hatchling build -t wheel -d ../dist
	cd server && ../$(BIN)/hatchling build -t wheel -d ../dist

clean: ## remove what setup and the checks made; var/ (your data) stays
	rm -rf .venv .tools dist web/node_modules server/loa_server/web_dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
