# Every target is one line over scripts/bootstrap.py, which needs nothing but Python 3.11 or later.
PYTHON ?= python3

.PHONY: release test test-heavy test-portals lock help

help:
	@$(PYTHON) scripts/bootstrap.py

release:
	@$(PYTHON) scripts/bootstrap.py release

test:
	@$(PYTHON) scripts/bootstrap.py test

# What is too long for every change: kill tests, long fuzzing, a real browser, SFTP and S3 servers. `.ci/run` runs the same
# after `make test`.
test-heavy:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_browser.sh && sh scripts/install_stores.sh && .venv/bin/python -m pytest -m heavy --ignore tests/portals/real -p no:cacheprovider

# Pushes to the real CKAN and the real udata, installed once under .portals/ (docs/portails-pousser.md).
test-portals:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_portals.sh && .venv/bin/python -m pytest -m heavy -p no:cacheprovider tests/portals/real

# Writes requirements.lock and requirements-test.lock anew from pyproject.toml.
lock:
	@$(PYTHON) scripts/bootstrap.py setup && .venv/bin/python scripts/lock.py
