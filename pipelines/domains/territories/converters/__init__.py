"""Converters of the files on access: counts of premises, codes of municipalities, shares, dates of a quarter."""
