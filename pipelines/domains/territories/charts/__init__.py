"""Maps and charts of coverage.

Belongs here: drawing published tables. Does not: computing them (`derived/`).
"""
