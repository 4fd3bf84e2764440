"""Converters and readings of the label's texts, one family per file.

Belongs here: what mappings of the label's sources name. Does not: what any source may need (`mapping/converters/`).
"""
