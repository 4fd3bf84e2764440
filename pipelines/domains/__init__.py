"""Domains: subject areas (the label, public inquiries, territories) and the code that only they need. The engine
imports none of them; a project names those that it uses.

Belongs here: one folder per domain, whose `__init__` says what it brings. Does not: anything that two domains share,
which belongs to the engine.
"""
