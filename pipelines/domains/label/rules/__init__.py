"""Findings on the label: figures that add up or not, sources that contradict each other, names that stay open.

Belongs here: one file a family of rules, codes LAB-01 and on. Does not: settling a conflict; every source is kept.
"""
