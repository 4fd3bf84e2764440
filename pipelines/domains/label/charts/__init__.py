"""Charts of the label.

Belongs here: drawing published tables. Does not: computing them (`derived/`).
"""
