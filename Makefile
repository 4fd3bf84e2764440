# Every target is one line over scripts/bootstrap.py, which needs nothing but Python 3.11 or later.
PYTHON ?= python3

.PHONY: release test test-heavy test-portals cluster test-cluster lock help

help:
	@$(PYTHON) scripts/bootstrap.py

release:
	@$(PYTHON) scripts/bootstrap.py release

test:
	@$(PYTHON) scripts/bootstrap.py test

# What is too long for every change: kill tests, long fuzzing, a real browser, SFTP and S3 servers. `.ci/run` runs the same
# after `make test`.
test-heavy:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_browser.sh && sh scripts/install_stores.sh && .venv/bin/python -m pytest -m heavy --ignore tests/portals/real --ignore tests/cluster -p no:cacheprovider

# Pushes to the real CKAN and the real udata, installed once under .portals/ (docs/portals.md).
test-portals:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_portals.sh && .venv/bin/python -m pytest -m heavy -p no:cacheprovider tests/portals/real

# A cluster on this machine: PostgreSQL, SeaweedFS, a Ray head and two nodes; the main job on it, then its end
# (docs/several-machines.md). It needs .cluster/, which is installed once; no other target does.
cluster:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_cluster.sh && .venv/bin/python -m scripts.cluster

# Such a cluster whose parts are killed; under 10 minutes.
test-cluster:
	@$(PYTHON) scripts/bootstrap.py setup && sh scripts/install_cluster.sh && .venv/bin/python -m pytest -m heavy -p no:cacheprovider tests/cluster

# Writes requirements.lock and requirements-test.lock anew from pyproject.toml.
lock:
	@$(PYTHON) scripts/bootstrap.py setup && .venv/bin/python scripts/lock.py
