"""Converters of the files on access: counts of premises, codes of municipalities, shares, dates of a quarter.

Belongs here: what mappings of these sources name. Does not: what any source may need (`mapping/converters/`).
"""
