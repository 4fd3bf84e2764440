"""Converters and readings that mappings name, one family a file; each registers itself (`pipelines/records/registry.py`)."""
