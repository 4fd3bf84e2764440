"""Compiled proofs: which cells of a text column Frictionless certainly accepts, without asking it cell by cell.

Belongs here: a field of a Table Schema → a check of whole columns. Does not: asking Frictionless (`columns.py`), rows.
"""
