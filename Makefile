# Billing Portal. `make demo` is all a visitor needs; `make help` lists the rest.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTEST := .venv/bin/pytest -rs  # at its end: what was not run, and why

.PHONY: help setup demo demo-erp develop check test test-all bench lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## the environment only, in .venv/
	@$(PYTHON) tools/bootstrap.py runtime

demo: setup ## everything, with a fictional hospital network: PORT, PORTAL_HOME, DEMO_SIZE
	@.venv/bin/python manage.py up --demo

demo-erp: setup ## the demo with its books in a real ERP (Tryton, installed apart; minutes at first)
	@DEMO_ERP=tryton .venv/bin/python manage.py up --demo

develop: ## the environment with the tools for development
	@$(PYTHON) tools/bootstrap.py dev

check: develop ## lint, types, import contracts, repository checks; no database
	@.venv/bin/python tools/check.py

test: check ## check, then every test but the slow ones
	@$(PYTEST) -n 2 --dist loadfile -m "not slow" --ignore tests/architecture/static  # check ran it

test-all: test ## test, then the slow ones
	@$(PYTEST) -m slow

bench: develop ## benchmarks, one JSON object a line; ONLY=name for one
	@.venv/bin/python -m tests.benchmarks.run

lock: develop ## the locks anew, from pyproject.toml
	@.venv/bin/python -m pip install --quiet uv
	@tools/lock

clean: ## take away the environment and caches; data in PORTAL_HOME stay
	@rm -rf .venv .venv.lock .venv-maker .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
