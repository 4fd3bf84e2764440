"""Derived tables of the label.

Belongs here: tables computed from other tables. Does not: findings about rows (`rules/`).
"""
