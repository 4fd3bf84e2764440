"""Converters and readings that mappings name, one family a file; each registers itself (see `records/registry.py`)."""
