"""Converters and readings that mappings name, one family per file; each registers itself (see `mapping/registry.py`).

Belongs here: what any source may need. Does not: what one domain's sources need (`domains/<name>/converters/`).
"""
