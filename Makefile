# One command each: all of them first make what they need, and show what they do.
# Settings go through the environment (HANDOFF_PORT=9000 make run), options through ARGS
# (make test ARGS="-k checkin", make run ARGS="--port 9000").

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup run scale test check lint bench screenshots docs faults drain audit sbom format vendor pins clean

BIN := .venv/bin
ARGS ?=
# Three processes share the tests (tests/side_by_side.py), as the one with Rasa mostly waits; ARGS="-n 0"
# makes it one.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
QUIET_RASA := RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore

# What a shell may carry along must not lead our own Python to other code.
unexport PYTHONPATH PYTHONHOME PYENV_VERSION VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make or update both Python environments (.venv and bot/.venv)
	@tools/setup.sh

run: setup ## the whole product on http://127.0.0.1:8000, with a simulated carrier; Ctrl-C stops it
	@exec $(BIN)/handoff up $(ARGS)

scale: setup ## the same as several API, worker, Rasa and action processes on one PostgreSQL; Ctrl-C stops all
	@exec $(BIN)/handoff scale $(ARGS)

test: setup ## the test suite, with real Rasa and real PostgreSQL
	@$(BIN)/python -m tools.chromium
	@$(BIN)/python -m bot.training >/dev/null
	@$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

check: setup lint test ## everything that must hold before a commit

lint: setup ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd bot && $(QUIET_RASA) .venv/bin/python -m rasa data validate --domain domain --data data --fail-on-warnings

bench: setup ## turns, search and pages, beside their peers; ARGS="turns", "search" or "pages" for one of them
	@$(BIN)/python -m bot.training >/dev/null
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: setup ## the pictures of the guides (docs/pictures), from the same year
	@$(BIN)/python -m tools.screenshots $(ARGS)

docs: setup ## the documentation as a site in dist/docs; needs a network the first time only
	@tools/docs.sh

faults: setup ## every fault on one process and on many: lost, doubled, out of order, recovery (docs/faults.md)
	@$(BIN)/python -m bot.training >/dev/null
	@$(BIN)/python -m tools.faults $(ARGS)

drain: setup ## 10,000 due check-ins while processes are killed: lost, doubled, late, memory (takes half an hour)
	@$(BIN)/python -m tools.bench_checkins $(ARGS)

audit: setup ## known weaknesses of every package, against what was accepted (needs a network)
	@tools/audit.sh audit

sbom: setup ## what we ship, as CycloneDX files in dist/sbom
	@tools/audit.sh sbom

vendor: ## copy what the pages take from npm (tools/web/package.json) to where it is served
	@tools/vendor.sh

format: setup ## put the code into its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pins: setup ## pin the newest versions that pyproject.toml and bot/pyproject.toml allow
	@tools/pin.sh $(ARGS)

clean: ## remove what can be made again: caches, models and environments; var/ stays
	rm -rf .venv bot/.venv .uv bot/models bot/.rasa bot/results \
	    .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
