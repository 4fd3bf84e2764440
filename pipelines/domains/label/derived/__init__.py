"""Derived tables of the label."""
