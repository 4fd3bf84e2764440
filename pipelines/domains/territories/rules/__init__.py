"""Rules on figures of access and of people by territory, one family per file.

Belongs here: what can be checked of recorded figures by themselves. Does not: measures computed of them (`derived/`).
"""
