"""Workbooks before their cells are read: what a spreadsheet shows, hides, failed to compute, or would cost to read.

Belongs here: one scan per file format, giving the same `SheetScan`, and the process apart that reads the cells. Does
not: what a source's description wants done about it (`formats/sheets.py`).
"""
