"""Charts of inquiries.

Belongs here: drawing published tables. Does not: computing them (`law/`).
"""
