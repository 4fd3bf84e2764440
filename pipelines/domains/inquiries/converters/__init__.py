"""Converters and readings of inquiries and their notices, one family per file.

Belongs here: what mappings of inquiry sources name. Does not: the parser of notices (`notices/`).
"""
