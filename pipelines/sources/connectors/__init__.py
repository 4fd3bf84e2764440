"""Connectors, one a file; each registers itself under the name that `connector:` gives (see `sources/registry.py`)."""
