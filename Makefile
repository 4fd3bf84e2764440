# Every target is one line over scripts/bootstrap.py, which needs nothing but Python 3.11 or later.
PYTHON ?= python3

.PHONY: release test test-heavy lock help

help:
	@$(PYTHON) scripts/bootstrap.py

release:
	@$(PYTHON) scripts/bootstrap.py release

test:
	@$(PYTHON) scripts/bootstrap.py test

# Kill tests, long fuzzing: what is too long for every change. `.ci/run` runs it after `make test`.
test-heavy:
	@$(PYTHON) scripts/bootstrap.py setup && .venv/bin/python -m pytest -m heavy -p no:cacheprovider

# Writes requirements.lock and requirements-test.lock anew from pyproject.toml.
lock:
	@$(PYTHON) scripts/bootstrap.py setup && .venv/bin/python scripts/lock.py
