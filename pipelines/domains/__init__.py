"""Domains: the records that Arobase knows by heart. The engine imports none of them; a project names
those that it uses.

Belongs here: a folder a domain, whose `__init__` says what it brings. Does not: anything that two domains share, which
belongs to the engine.
"""
