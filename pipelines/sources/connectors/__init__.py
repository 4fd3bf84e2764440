"""Connectors, one per file; each registers itself under the name that `connector:` gives (see `sources/registry.py`).

Belongs here: one kind of source each. Does not: HTTP (`sources/http/`), formats of files (`formats/`).
"""
